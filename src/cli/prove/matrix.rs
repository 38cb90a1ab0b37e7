//! The matrix of defects and cases: who killed what, and who saw it besides.
//! The same trials give the same text, so that it can be kept as a snapshot.

use super::trial::Seen;
use crate::language::catalogue::Catalogue;
use crate::model::id::{CaseId, DefectId};
use std::collections::{BTreeMap, BTreeSet};

/// All rows.
pub struct Matrix {
    /// One for each trial.
    pub rows: Vec<Row>,
}

/// One trial, read.
pub struct Row {
    seen: Seen,
}

/// What a case made of a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    /// Claims it and noticed it.
    Killed,
    /// Claims it and did not notice.
    Missed,
    /// Noticed it without claiming it.
    AlsoSeen,
    /// Could not judge under it.
    Unsure,
    /// Passes.
    Passed,
}

impl Cell {
    const fn letter(self) -> char {
        match self {
            Self::Killed => 'K',
            Self::Missed => '!',
            Self::AlsoSeen => 's',
            Self::Unsure => '~',
            Self::Passed => '.',
        }
    }
}

impl Row {
    /// The row of a trial.
    pub const fn of(seen: Seen) -> Self {
        Self { seen }
    }

    fn cell(&self, case: &CaseId) -> Option<Cell> {
        let (_, outcome) = self.seen.outcomes.get(case)?;
        let noticed = matches!(outcome.as_str(), "fail" | "warn");
        Some(match (self.seen.claimants.contains(case), noticed) {
            (true, true) => Cell::Killed,
            (true, false) => Cell::Missed,
            (false, true) => Cell::AlsoSeen,
            (false, false) if outcome == "pass" => Cell::Passed,
            (false, false) => Cell::Unsure,
        })
    }

    /// Whether a case that claims the defect ran at all; the clean reference always matters.
    fn is_of_matter(&self) -> bool {
        self.seen.defect.is_none() || self.seen.outcomes.keys().any(|case| self.seen.claimants.contains(case))
    }

    /// What the case says did not hold, to end a sentence with; a trial leaves nothing else behind to look at.
    fn because(&self, case: &CaseId) -> String {
        self.seen.why.get(case).map(|why| format!(": {why}")).unwrap_or_default()
    }

    fn name(&self) -> String {
        self.seen.defect.as_ref().map_or_else(|| "(clean)".to_owned(), ToString::to_string)
    }
}

impl Matrix {
    /// The matrix as text: one line a defect and style, one column a case.
    pub fn render(&self, catalogue: &Catalogue) -> String {
        let ran: BTreeSet<&CaseId> = self.rows.iter().flat_map(|row| row.seen.outcomes.keys()).collect();
        let cases: Vec<&CaseId> = catalogue.cases.keys().filter(|case| ran.contains(case)).collect();
        let mut out = String::from(
            "K killed by a case that claims it · s also seen by · ~ could not judge · . passes · ! claimed and not noticed: of no matter under these claims, or a fault that is named at the end\n\n",
        );
        for (index, case) in cases.iter().enumerate() {
            out.push_str(&format!("{:>4}  {case}\n", index + 1));
        }
        let head: String = (1..=cases.len()).map(|number| format!("{number:>3}")).collect();
        out.push_str(&format!("\n{:<40} {:<6} {head}\n", "defect", "style"));
        let first = self.rows.first().map(|row| &row.seen.set);
        for row in self.rows.iter().filter(|row| row.is_of_matter()) {
            let cells: String =
                cases.iter().map(|case| format!("{:>3}", row.cell(case).map_or(' ', Cell::letter))).collect();
            let style = match first == Some(&row.seen.set) {
                true => row.seen.style.to_string(),
                // The style says which reference it was, and the claims what of it was looked at.
                false => format!("{} {}", row.seen.style, row.seen.set),
            };
            out.push_str(&format!("{:<40} {style:<6} {cells}\n", row.name()));
        }
        out.push('\n');
        for (defect, also) in self.also_seen() {
            out.push_str(&format!("{defect}: also seen by {}\n", also.into_iter().collect::<Vec<_>>().join(", ")));
        }
        out.push('\n');
        out
    }

    fn also_seen(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.seen.defect.is_some()) {
            let also = row.seen.outcomes.keys().filter(|case| row.cell(case) == Some(Cell::AlsoSeen));
            let also: BTreeSet<String> = also.map(ToString::to_string).collect();
            if !also.is_empty() {
                all.entry(row.name()).or_default().extend(also);
            }
        }
        all
    }

    /// Whether there is a trial of this defect.
    pub fn tried(&self, defect: &DefectId) -> bool {
        self.rows.iter().any(|row| row.seen.defect.as_ref() == Some(defect))
    }

    /// Everything that is not proved, one sentence each; a case can be said to kill nothing only where `all` its defects
    /// were tried.
    pub fn faults(&self, all: bool) -> Vec<String> {
        let mut faults = Vec::new();
        let mut kills: BTreeMap<&CaseId, bool> = BTreeMap::new();
        // Under other claims a defect may be of no matter; under some it must be noticed in every style.
        let mut killed: BTreeMap<String, BTreeMap<&str, bool>> = BTreeMap::new();
        for row in &self.rows {
            let (set, style) = (&row.seen.set, row.seen.style);
            let Some(defect) = &row.seen.defect else {
                for (case, (_, outcome)) in row.seen.outcomes.iter().filter(|(_, (_, outcome))| outcome != "pass") {
                    let why = row.because(case);
                    faults.push(format!("{case} ends {outcome} on the clean reference ({set}, {style}){why}"));
                }
                continue;
            };
            let own = row.seen.outcomes.keys().any(|case| row.cell(case) == Some(Cell::Killed));
            *killed.entry(row.name()).or_default().entry(set).or_insert(true) &= own;
            for (case, (role, outcome)) in &row.seen.outcomes {
                let noticed = matches!(outcome.as_str(), "fail" | "warn");
                *kills.entry(case).or_default() |= row.cell(case) == Some(Cell::Killed);
                if noticed && row.seen.role.as_ref() != Some(role) {
                    let why = row.because(case);
                    faults.push(format!("{defect} flips {case}, a case of another role ({set}, {style}){why}"));
                }
            }
        }
        let missed = killed.iter().filter(|(_, sets)| !sets.values().any(|killed| *killed));
        faults.extend(missed.map(|(defect, sets)| {
            let sets: Vec<&str> = sets.keys().copied().collect();
            format!("{defect} is killed by no case that claims it in every style ({})", sets.join(", "))
        }));
        let idle = kills.into_iter().filter(|(_, kills)| all && !kills);
        faults.extend(idle.map(|(case, _)| format!("{case} kills no defect")));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Draw;
    use super::*;
    use toetssteen_reference::Style;

    const OWN: &str = "p/own";

    /// A trial of a holder's defect that the case `p/own` claims, or of the clean reference; each case with its role and outcome.
    fn row(defect: Option<&str>, cases: &[(&str, &str, &str)]) -> Row {
        let id = |text: &str| text.parse().expect("an id");
        let cases = cases.iter();
        Row::of(Seen {
            draw: Draw { seed: 1, jobs: 4 },
            set: "opt-in".to_owned(),
            style: Style::Plain,
            defect: defect.map(|name| name.parse().expect("a name")),
            role: defect.map(|_| "holder".parse().expect("a role")),
            claimants: defect.map(|_| BTreeSet::from([id(OWN)])).unwrap_or_default(),
            outcomes: cases
                .map(|(case, role, outcome)| (id(case), (role.parse().expect("a role"), (*outcome).to_owned())))
                .collect(),
            why: BTreeMap::from([(id("p/other"), "asked: expected a; observed b".to_owned())]),
        })
    }

    fn faults(rows: Vec<Row>, all: bool) -> Vec<String> {
        Matrix { rows }.faults(all)
    }

    #[test]
    fn a_defect_that_another_role_notices_is_a_fault_and_one_that_its_own_role_notices_is_none() {
        let noticed = |role| row(Some("d"), &[(OWN, "holder", "fail"), ("p/other", role, "warn")]);
        assert_eq!(faults(vec![noticed("holder")], false), Vec::<String>::new());
        let told = faults(vec![noticed("sender")], false);
        assert_eq!(told, ["d flips p/other, a case of another role (opt-in, plain): asked: expected a; observed b"]);
    }

    #[test]
    fn a_defect_that_its_case_does_not_notice_is_a_fault() {
        for outcome in ["pass", "inconclusive", "not-tested"] {
            let told = faults(vec![row(Some("d"), &[(OWN, "holder", outcome)])], false);
            assert_eq!(told, ["d is killed by no case that claims it in every style (opt-in)"], "{outcome}");
        }
    }

    #[test]
    fn a_defect_without_a_trial_is_not_tried() {
        let matrix = Matrix { rows: vec![row(None, &[]), row(Some("d"), &[(OWN, "holder", "fail")])] };
        assert!(matrix.tried(&"d".parse().expect("a name")));
        assert!(!matrix.tried(&"e".parse().expect("a name")));
    }

    #[test]
    fn a_case_kills_nothing_only_where_all_its_defects_were_tried() {
        let rows = || vec![row(Some("d"), &[(OWN, "holder", "fail"), ("p/other", "holder", "pass")])];
        assert_eq!(faults(rows(), false), Vec::<String>::new());
        assert_eq!(faults(rows(), true), ["p/other kills no defect"]);
    }

    #[test]
    fn whatever_does_not_pass_on_the_clean_reference_is_a_fault() {
        for outcome in ["fail", "warn", "inconclusive", "not-tested", "config-error"] {
            let told = faults(vec![row(None, &[(OWN, "holder", outcome)])], false);
            assert_eq!(told, [format!("{OWN} ends {outcome} on the clean reference (opt-in, plain)")]);
        }
    }
}
