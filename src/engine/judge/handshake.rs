//! Whether the other side spoke with a client that showed such a certificate.
//! With TLS 1.3 a refusal comes after the session stands, so that a connection that breaks off is one as well.

use crate::engine::oracle::Exchange;
use crate::model::expectation::{Expectation, Handshake};
use crate::model::finding::{Expected, Observed};
use crate::model::record::{FaultPhase, FaultRecord, Record};
use crate::model::testcase::Step;
use crate::model::verdict::Judgement;

/// What a broken connection says where a step asks whether it would be spoken with; nothing if it does not ask, or if
/// the connection broke for another reason.
pub(super) fn broken(step: &Step, record: &Record, fault: &FaultRecord) -> Option<Judgement> {
    let wanted = step.frame.expect.iter().find_map(|expectation| match expectation {
        Expectation::Handshake(wanted) => Some(*wanted),
        _ => None,
    })?;
    let of_session = matches!(fault.phase, FaultPhase::Tls | FaultPhase::Send | FaultPhase::Receive);
    if !of_session || fault.timed_out || !fault.request.url.starts_with("https:") {
        return None;
    }
    let phase = serde_json::to_value(fault.phase).ok()?.as_str().map(str::to_owned)?;
    let observed = Observed::Fault { phase, detail: fault.detail.clone() };
    let (holds, expected) = (wanted == Handshake::Refused, Expected::Handshake(wanted == Handshake::Completed));
    Some(Judgement::of(holds, expected, observed, vec![record.number]))
}

/// What an answer says: it was spoken with us, unless it is a refusal.
pub(super) fn answered(wanted: Handshake, exchange: &Exchange<'_>) -> Judgement {
    let status = exchange.response.status;
    let (observed, witnesses) = (Observed::Status(status), vec![exchange.number]);
    match wanted {
        Handshake::Completed => Judgement::of(true, Expected::Handshake(true), observed, witnesses),
        Handshake::Refused => {
            let refused = matches!(status, 400 | 401 | 403 | 421 | 495 | 496);
            Judgement::of(refused, Expected::Handshake(false), observed, witnesses).breach()
        }
    }
}
