//! Which certificates are revoked: the list of their issuer (RFC 5280), asked for again in good time, and good until it ends.
//! Who is let in by it is decided where the connection is made.

use crate::app::App;
use crate::config::{Revocation, RevocationAt};
use crate::defect::Defect;
use crate::outbound::Outgoing;
use hyper::{Method, StatusCode};
use std::time::Duration;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use tokio::sync::Mutex;

/// How long the issuer may take; whoever wants in waits for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// The list as it was last had.
#[derive(Debug)]
pub(crate) struct Register {
    at: Revocation,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    list: Option<Vec<u8>>,
    /// When it was last asked for, and whether it was had.
    asked: Option<(OffsetDateTime, bool)>,
}

/// What certificates are held against.
#[derive(Debug)]
pub(crate) enum Standing {
    /// This list, in DER.
    Listed(Vec<u8>),
    /// Nothing is known: nobody is let in.
    Unknown,
    /// Only with a defect: nothing, and everybody is let in.
    Unchecked,
}

impl Register {
    pub(crate) fn new(at: Revocation) -> Self {
        Self { at, known: Mutex::default() }
    }

    /// What holds now; where it is time, the issuer is asked first.
    pub(crate) async fn standing(&self, app: &App) -> Standing {
        let has = |defect| app.setup.has(defect);
        let (never, once) = match self.at.door {
            RevocationAt::Holders => (Defect::RevokedNeverLookedAt, Defect::StatusListReadOnce),
            RevocationAt::Receiver => (Defect::RevokedPartnerServed, Defect::PartnersListReadOnce),
        };
        if has(never) {
            return Standing::Unchecked;
        }
        let mut known = self.known.lock().await;
        let now = app.clock.now();
        // Half of what is promised: what is revoked just after the list was had still counts in time.
        let due = known.asked.is_none_or(|(asked, _)| now - asked >= self.at.within / 2);
        let again = (due && !has(once)) || has(Defect::IssuerAskedForEachCall);
        if again || known.list.is_none() {
            let list = self.ask(app, now).await;
            known.asked = Some((now, list.is_some()));
            // What was had before is good until it ends, whether or not there is another.
            known.list = list.or_else(|| known.list.take());
        }
        let had = known.asked.is_some_and(|(_, had)| had);
        match &known.list {
            _ if !had && has(Defect::OutageForgivesRevocation) => Standing::Unchecked,
            _ if !had && has(Defect::IssuerAskedForEachCall) => Standing::Unknown,
            Some(list) => Standing::Listed(list.clone()),
            None => Standing::Unknown,
        }
    }

    /// The list of the issuer, if it gives one that has not ended.
    async fn ask(&self, app: &App, now: OffsetDateTime) -> Option<Vec<u8>> {
        let answer = app.carrier.carry(Outgoing::new(Method::GET, &self.at.list).within(PATIENCE)).await.ok()?;
        let list = answer.body.to_vec();
        (answer.status == StatusCode::OK && now < next_update(&list)?).then_some(list)
    }
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const CLOCK: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day][hour][minute][second]Z");

/// Until when a list is good; nothing if it is none, or does not say (RFC 5280, 5.1.2).
fn next_update(list: &[u8]) -> Option<OffsetDateTime> {
    let of = |wanted: u8, (tag, content, rest)| (tag == wanted).then_some((content, rest));
    let (whole, _) = of(SEQUENCE, element(list)?)?;
    let (said, _) = of(SEQUENCE, element(whole)?)?;
    // A version, the algorithm, the issuer, and when this one was issued.
    let version = element(said)?;
    let rest = if version.0 == INTEGER { version.2 } else { said };
    let (_, rest) = of(SEQUENCE, element(rest)?)?;
    let (_, rest) = of(SEQUENCE, element(rest)?)?;
    let (_, _, rest) = element(rest)?;
    let (tag, content, _) = element(rest)?;
    let text = std::str::from_utf8(content).ok()?;
    let text = match tag {
        // Two digits of the year: from 50 on they are of the century before.
        UTC_TIME if *text.as_bytes().first()? >= b'5' => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    PrimitiveDateTime::parse(&text, CLOCK).ok().map(PrimitiveDateTime::assume_utc)
}

/// The first element of DER: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (length, rest) = match usize::from(first) {
        short @ 0..=0x7f => (short, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long & 0x7f).filter(|(digits, _)| digits.len() <= 4)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{
        BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, IsCa, KeyIdMethod,
        KeyPair, SerialNumber,
    };

    fn list(next_update: OffsetDateTime) -> Vec<u8> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let params = CertificateRevocationListParams {
            this_update: next_update - Duration::from_secs(60),
            next_update,
            crl_number: SerialNumber::from(7_u64),
            issuing_distribution_point: None,
            revoked_certs: Vec::new(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&issuer).unwrap().der().to_vec()
    }

    #[test]
    fn a_list_says_until_when_it_is_good() {
        for year in [2026, 2049, 2060] {
            let until = OffsetDateTime::UNIX_EPOCH.replace_year(year).unwrap() + Duration::from_secs(86_399);
            let list = list(until);
            assert_eq!(next_update(&list), Some(until));
            for end in 0..list.len().min(120) {
                // A list that is cut off is none, wherever.
                assert_eq!(next_update(&list[..end]), None);
            }
        }
        assert_eq!(next_update(b"<!DOCTYPE html>"), None);
        assert_eq!(next_update(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff, 0]), None);
    }
}
