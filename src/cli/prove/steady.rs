//! A verdict says something of the endpoint: it may not hang on the numbers drawn, the order of the cases or how many
//! run at a time.

use super::trial::Seen;
use crate::model::id::CaseId;

/// A sentence for each case that ends differently in two rounds of the same trials.
pub fn differences(first: &[Seen], other: &[Seen]) -> Vec<String> {
    first.iter().zip(other).flat_map(|(first, other)| between(first, other)).collect()
}

fn between(first: &Seen, other: &Seen) -> Vec<String> {
    let subject = first.subject();
    let cases = first.outcomes.keys().chain(other.outcomes.keys().filter(|case| !first.outcomes.contains_key(*case)));
    cases
        .filter(|case| word(first, case) != word(other, case))
        .map(|case| {
            format!(
                "{case} is not steady on {subject} ({}, {}): {} with seed {} and {} jobs, {} with seed {} and {} jobs",
                first.set,
                first.style,
                word(first, case),
                first.draw.seed,
                first.draw.jobs,
                word(other, case),
                other.draw.seed,
                other.draw.jobs
            )
        })
        .collect()
}

fn word<'a>(seen: &'a Seen, case: &CaseId) -> &'a str {
    seen.outcomes.get(case).map_or("not run", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::super::trial::Draw;
    use super::*;
    use std::collections::BTreeMap;

    fn seen(seed: u64, outcome: &str) -> Seen {
        let case = "p/c".parse().expect("an id");
        let role = "holder".parse().expect("a role");
        Seen {
            draw: Draw { seed, jobs: 4 },
            set: "opt-in".to_owned(),
            style: toetssteen_reference::Style::Plain,
            defect: None,
            role: None,
            claimants: Default::default(),
            outcomes: BTreeMap::from([(case, (role, outcome.to_owned()))]),
            why: BTreeMap::new(),
        }
    }

    #[test]
    fn a_verdict_that_another_seed_changes_is_told_with_both_seeds() {
        assert_eq!(differences(&[seen(1, "pass")], &[seen(2, "pass")]), Vec::<String>::new());
        let told = differences(&[seen(1, "pass")], &[seen(2, "fail")]);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("pass with seed 1") && told[0].contains("fail with seed 2"), "{told:?}");
    }

    #[test]
    fn a_case_that_only_one_round_ran_is_told() {
        let mut none = seen(2, "pass");
        none.outcomes.clear();
        assert_eq!(differences(&[none], &[seen(1, "pass")]).len(), 1);
    }
}
