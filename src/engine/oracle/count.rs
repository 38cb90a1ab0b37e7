//! Whether there are as many as wanted.

use crate::model::expectation::Count;
use crate::model::finding::{Expected, Observed};
use crate::model::verdict::Judgement;

/// Holds a number of exchanges against what was wanted.
///
/// One where none was wanted is a breach: something was sent that should not have been. Whether
/// silence may count at all is for the judge, who knows the trigger.
#[must_use]
pub fn judge(wanted: Count, number: u64, witnesses: Vec<u64>) -> Judgement {
    let judgement =
        Judgement::of(fits(wanted, number), Expected::Count(words(wanted)), Observed::Count(number), witnesses);
    if wanted == Count::None { judgement.breach() } else { judgement }
}

/// Whether the number is as wanted.
#[must_use]
pub fn fits(wanted: Count, number: u64) -> bool {
    match wanted {
        Count::None => number == 0,
        Count::Exactly(exact) => number == u64::from(exact),
        Count::AtLeast(least) => number >= u64::from(least),
        Count::AtMost(most) => number <= u64::from(most),
    }
}

/// As files write it: `none`, `exactly 2`, `at-least 1`.
#[must_use]
pub fn words(wanted: Count) -> String {
    match wanted {
        Count::None => "none".to_owned(),
        Count::Exactly(exact) => format!("exactly {exact}"),
        Count::AtLeast(least) => format!("at-least {least}"),
        Count::AtMost(most) => format!("at-most {most}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn each_kind_can_fail() {
        for (wanted, number, verdict, breach) in [
            (Count::None, 0, Verdict::Pass, false),
            (Count::None, 1, Verdict::Fail, true),
            (Count::Exactly(2), 2, Verdict::Pass, false),
            (Count::Exactly(2), 3, Verdict::Fail, false),
            (Count::AtLeast(2), 2, Verdict::Pass, false),
            (Count::AtLeast(2), 1, Verdict::Fail, false),
            (Count::AtMost(2), 2, Verdict::Pass, false),
            (Count::AtMost(2), 3, Verdict::Fail, false),
        ] {
            let judgement = judge(wanted, number, Vec::new());
            assert_eq!((judgement.verdict, judgement.breach), (verdict, breach), "{wanted:?} {number}");
        }
    }
}
