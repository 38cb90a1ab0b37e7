//! Whether an answer came about as fast as usual, or came at all.
//! What is usual is measured in the same run; only a long wait fails, never a slow server.

use crate::model::finding::{Expected, Observed};
use crate::model::record::{Event, FaultPhase, Record};
use crate::model::verdict::{Doubt, Judgement};

/// How one exchange went in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// It was answered after this many milliseconds.
    Answered(u64),
    /// It was sent and not answered while we waited, this many milliseconds.
    Unanswered(u64),
}

impl Timing {
    /// The timing of a record; nothing if it says nothing about it, as a connection that was never made.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        let millis = |began: u64, ended: u64| ended.saturating_sub(began) / 1_000_000;
        match &record.event {
            Event::Http(http) => Some(Self::Answered(millis(http.started_ns, http.ended_ns))),
            Event::Fault(fault) if fault.timed_out && fault.phase == FaultPhase::Receive => {
                Some(Self::Unanswered(millis(fault.started_ns, fault.ended_ns)))
            }
            _ => None,
        }
    }
}

/// Holds one exchange against the slowest usual one; `usual_ms` is nothing where none was answered.
#[must_use]
pub fn judge(step: &str, within_ms: u64, usual_ms: Option<u64>, timing: Timing, number: u64) -> Judgement {
    let expected = Expected::KeepsPace { step: step.to_owned(), within_ms };
    let Some(usual_ms) = usual_ms else {
        return Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingToCompare, vec![number]);
    };
    let limit = usual_ms.saturating_add(within_ms);
    match timing {
        Timing::Answered(ms) => Judgement::of(ms <= limit, expected, Observed::Took { ms, usual_ms }, vec![number]),
        // Whoever stops waiting before the limit does not know whether it would have been kept.
        Timing::Unanswered(ms) if ms < limit => {
            Judgement::doubtful(Doubt::TimedOut, expected, Observed::NoAnswerIn(ms), vec![number])
        }
        Timing::Unanswered(ms) => Judgement::of(false, expected, Observed::NoAnswerIn(ms), vec![number]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict::Verdict;

    fn verdict(usual: Option<u64>, timing: Timing) -> Verdict {
        judge("usual", 5_000, usual, timing, 7).verdict
    }

    #[test]
    fn a_slow_server_keeps_its_pace_and_a_blocked_one_does_not() {
        assert_eq!(verdict(Some(4_000), Timing::Answered(8_900)), Verdict::Pass);
        assert_eq!(verdict(Some(20), Timing::Answered(5_020)), Verdict::Pass);
        assert_eq!(verdict(Some(20), Timing::Answered(5_021)), Verdict::Fail);
        assert_eq!(verdict(Some(20), Timing::Unanswered(10_000)), Verdict::Fail);
    }

    #[test]
    fn whoever_did_not_wait_long_enough_or_knows_nothing_usual_cannot_tell() {
        assert_eq!(verdict(Some(9_000), Timing::Unanswered(10_000)), Verdict::Inconclusive);
        assert_eq!(verdict(None, Timing::Answered(1)), Verdict::Inconclusive);
    }
}
