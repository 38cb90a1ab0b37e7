//! Whether the status is one of those wanted.

use super::Exchange;
use crate::model::expectation::StatusPattern;
use crate::model::finding::{Expected, Observed};
use crate::model::verdict::Judgement;

/// Holds the status against the patterns; one that fits is enough.
///
/// Where only refusals were wanted and the request was served, the failure is a breach: something
/// was accepted or opened that should not have been.
#[must_use]
pub fn judge(one_of: &[StatusPattern], exchange: &Exchange) -> Judgement {
    let status = exchange.response.status;
    let judgement = Judgement::of(
        one_of.iter().any(|pattern| pattern.fits(status)),
        Expected::StatusOneOf(one_of.iter().map(ToString::to_string).collect()),
        Observed::Status(status),
        vec![exchange.number],
    );
    let refusal_wanted = !one_of.is_empty()
        && one_of.iter().all(|pattern| match pattern {
            StatusPattern::Code(code) => *code >= 400,
            StatusPattern::Class(class) => *class >= 4,
        });
    if refusal_wanted && (200..300).contains(&status) { judgement.breach() } else { judgement }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Given;
    use super::*;
    use crate::model::verdict::Verdict;

    fn judged(one_of: &[StatusPattern], status: u16) -> (Verdict, bool) {
        let judgement = judge(one_of, &Given::answer(status).exchange());
        (judgement.verdict, judgement.breach)
    }

    #[test]
    fn a_code_or_its_class_fits() {
        assert_eq!(judged(&[StatusPattern::Code(404)], 404), (Verdict::Pass, false));
        assert_eq!(judged(&[StatusPattern::Code(200), StatusPattern::Class(4)], 403), (Verdict::Pass, false));
        assert_eq!(judged(&[StatusPattern::Code(200)], 201), (Verdict::Fail, false));
        assert_eq!(judged(&[], 200), (Verdict::Fail, false));
    }

    #[test]
    fn what_was_served_where_refusal_was_wanted_is_a_breach() {
        let refusal = [StatusPattern::Code(401), StatusPattern::Class(4)];
        assert_eq!(judged(&refusal, 200), (Verdict::Fail, true));
        assert_eq!(judged(&refusal, 500), (Verdict::Fail, false));
        assert_eq!(judged(&[StatusPattern::Class(4), StatusPattern::Code(204)], 200), (Verdict::Fail, false));
    }
}
