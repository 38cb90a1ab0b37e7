//! Reports and the catalogue as a working group reads them: what is tested and how deeply, and what that says of a standard.
//! A catalogue that the reports were not judged with is not mixed with them.

use super::ground;
use super::words::{both, entry, group as words, page};
use crate::language::catalogue::Catalogue;
use crate::model::id::DefectId;
use crate::model::profile::{Profile, Strength};
use crate::model::report::{Report, RequirementEntry, Said};
use crate::model::span::Span;
use crate::model::testcase::Step;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a working group reads.
pub struct Group<'r> {
    /// The reports that count: all judged with the same catalogue by the same version.
    pub reports: Vec<&'r Report>,
    /// Those that do not.
    pub left_out: Vec<&'r Report>,
    /// Whether the catalogue at hand is the one they were judged with.
    pub same_catalogue: bool,
    /// How many different products there are.
    pub products: usize,
    /// Every requirement, by profile.
    pub profiles: Vec<Coverage>,
    /// Profiles of the catalogue that no report is about; none if the catalogue is another.
    pub unclaimed: Vec<Said>,
    /// Where the profiles leave a choice.
    pub choices: Vec<Choice>,
}

/// A profile with its requirements.
pub struct Coverage {
    /// Its id.
    pub id: String,
    /// Its name and edition.
    pub title: Said,
    /// How many of them have a case.
    pub tested: usize,
    /// The requirements.
    pub rows: Vec<Row>,
}

/// A requirement, over all its roles and reports.
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its id in its profile.
    pub local: String,
    /// Its sentence.
    pub text: Said,
    /// How binding it is.
    pub obligation: Said,
    /// How it is verified, and how deeply.
    pub depth: Said,
    /// Why nothing verifies it, where nothing does.
    pub because: Option<Said>,
    /// The cases that bear on it.
    pub cases: Vec<Case>,
    /// How it ended, for each product and role.
    pub ends: Vec<End>,
    /// Sources that nobody read.
    pub open: Vec<Open>,
    /// Expectations that rest on no better source: case and step.
    pub resting: Vec<String>,
}

/// A case with the defects that it must kill.
pub struct Case {
    /// Its id.
    pub id: String,
    /// Their names; their ids where the catalogue is another.
    pub kills: Vec<Said>,
}

/// How a requirement ended in one report, in one role.
pub struct End {
    /// The product.
    pub product: String,
    /// The role.
    pub role: String,
    /// The outcome, as it stands in the report.
    pub outcome: String,
    /// Whether that breaks it: a MUST with a remark is met.
    broken: bool,
}

/// A source that nobody read.
pub struct Open {
    /// Document and clause.
    pub cite: String,
    /// How well it is known.
    pub strength: Said,
    /// Whether it is an assumption, not even common knowledge.
    pub guess: bool,
}

/// A choice that a profile leaves.
pub struct Choice {
    /// The profile.
    pub profile: Said,
    /// What is chosen.
    pub title: Said,
    /// The values there are; empty where only the reports speak.
    pub values: Vec<String>,
    /// What was chosen, by product.
    pub chosen: Vec<(String, String)>,
}

impl Row {
    /// Whether a case bears on it.
    #[must_use]
    pub fn is_tested(&self) -> bool {
        !self.cases.is_empty()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_untested(&self) -> bool {
        !self.is_tested()
    }

    /// Whether a source that nobody read is common knowledge at best, or an expectation rests on no better; no assumption among them.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let rests = !self.open.is_empty() || !self.resting.is_empty();
        rests && !self.is_guess()
    }

    /// Whether any of it is an assumption.
    #[must_use]
    pub fn is_guess(&self) -> bool {
        self.open.iter().any(|one| one.guess)
    }

    fn judged(&self) -> impl Iterator<Item = &End> {
        self.ends.iter().filter(|end| matches!(end.outcome.as_str(), "pass" | "warn" | "fail"))
    }

    /// Whether at least two products were judged on it, and each of them breaks it wherever it was judged.
    #[must_use]
    pub fn everyone_fails(&self) -> bool {
        let products: BTreeSet<&str> = self.judged().map(|end| end.product.as_str()).collect();
        products.len() > 1 && self.judged().all(|end| end.broken)
    }

    /// Whether it has a case, applies somewhere, and no product was judged on it.
    #[must_use]
    pub fn nobody_judged(&self) -> bool {
        let applies = self.ends.iter().any(|end| end.outcome != "not-applicable");
        self.is_tested() && applies && self.judged().next().is_none()
    }
}

impl<'r> Group<'r> {
    /// What these reports say, with what the catalogue adds if it is theirs.
    #[must_use]
    pub fn of(all: &[&'r Report], catalogue: &Catalogue) -> Self {
        let like_first = |one: &&'r Report| {
            all.first().is_some_and(|first| first.catalogue == one.catalogue && first.judge == one.judge)
        };
        let (reports, left_out): (Vec<&Report>, Vec<&Report>) = all.iter().copied().partition(like_first);
        let same_catalogue = reports.first().is_some_and(|one| one.catalogue.digest == catalogue.digest);
        let known = same_catalogue.then_some(catalogue);
        let products: BTreeSet<String> = reports.iter().map(|one| product(one)).collect();
        Self {
            products: products.len(),
            profiles: coverage(&reports, known),
            unclaimed: unclaimed(&reports, known),
            choices: choices(&reports, known),
            same_catalogue,
            left_out,
            reports,
        }
    }

    /// Every requirement.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.profiles.iter().flat_map(|one| &one.rows)
    }
}

/// The product, whatever its version: two versions of one are not two products.
#[must_use]
pub fn product(report: &Report) -> String {
    let name = page::name(&report.target);
    page::maker(&report.target).map_or_else(|| name.to_owned(), |maker| format!("{name} · {maker}"))
}

fn coverage(reports: &[&Report], catalogue: Option<&Catalogue>) -> Vec<Coverage> {
    let mut profiles: Vec<Coverage> = Vec::new();
    let mut places: HashMap<String, (usize, usize)> = HashMap::new();
    for report in reports {
        let kills: HashMap<&str, &[String]> =
            report.cases.iter().map(|case| (case.id.as_str(), case.kills.as_slice())).collect();
        let product = product(report);
        for one in &report.requirements {
            let (at, place) = *places.entry(one.id.to_string()).or_insert_with(|| {
                let at = profiles.iter().position(|known| known.id == one.id.profile()).unwrap_or_else(|| {
                    profiles.push(Coverage {
                        id: one.id.profile().to_owned(),
                        title: title(report, one.id.profile()),
                        tested: 0,
                        rows: Vec::new(),
                    });
                    profiles.len() - 1
                });
                profiles[at].rows.push(row(one, catalogue));
                (at, profiles[at].rows.len() - 1)
            });
            let row = &mut profiles[at].rows[place];
            for id in &one.cases {
                if !row.cases.iter().any(|known| known.id == id.as_str()) {
                    let kills = kills.get(id.as_str()).copied().unwrap_or_default();
                    let kills = kills.iter().map(|defect| named(defect, catalogue)).collect();
                    row.cases.push(Case { id: id.to_string(), kills });
                }
            }
            // In one report every case may be about other options than those stated; one that has a test tells how deep it goes.
            if one.verification == "test" {
                (row.depth, row.because) = (words::depth(&one.verification, &one.depth), None);
            }
            let broken = ground::is_broken(&one.effective, &one.outcome);
            let (role, outcome) = (one.role.clone(), one.outcome.clone());
            row.ends.push(End { product: product.clone(), role, outcome, broken });
        }
    }
    for profile in &mut profiles {
        profile.tested = profile.rows.iter().filter(|row| row.is_tested()).count();
    }
    profiles
}

fn title(report: &Report, id: &str) -> Said {
    let known = report.profiles.iter().find(|one| one.id == id);
    known.map_or_else(
        || both(id, id),
        |one| both(format!("{} {}", one.title.nl, one.edition), format!("{} {}", one.title.en, one.edition)),
    )
}

fn named(defect: &str, catalogue: Option<&Catalogue>) -> Said {
    let id = defect.parse::<DefectId>().ok();
    let known = id.and_then(|id| catalogue?.defects.get(&id));
    known.map_or_else(|| both(defect, defect), |(_, defect)| both(&*defect.title.nl, &*defect.title.en))
}

fn row(one: &RequirementEntry, catalogue: Option<&Catalogue>) -> Row {
    let unread = one.sources.iter().filter(|source| matches!(source.strength.as_str(), "known" | "guess"));
    let open = unread.map(|source| Open {
        cite: source.cite.clone(),
        strength: entry::strength(&source.strength),
        guess: source.strength == "guess",
    });
    Row {
        id: one.id.to_string(),
        local: one.id.local().to_owned(),
        text: one.text.clone(),
        obligation: entry::obligation(&one.obligation),
        depth: words::depth(&one.verification, &one.depth),
        because: if one.verification == "test" { None } else { one.because.clone() },
        cases: Vec::new(),
        ends: Vec::new(),
        open: open.collect(),
        resting: catalogue.map(|catalogue| resting(one, catalogue)).unwrap_or_default(),
    }
}

/// The steps whose expected values have no better source than common knowledge or a guess.
fn resting(one: &RequirementEntry, catalogue: &Catalogue) -> Vec<String> {
    let weak = |step: &&Step| matches!(step.frame.rests_on, Some(Strength::Known | Strength::Guess));
    let bears = |step: &&Step| step.frame.verifies.as_ref().is_none_or(|these| these.contains(&one.id));
    let cases = catalogue.cases.iter().filter(|(_, case)| case.verifies.contains(&one.id));
    cases
        .flat_map(|(id, case)| {
            case.steps.iter().filter(weak).filter(bears).map(move |step| format!("{id} {}", step.name))
        })
        .collect()
}

fn unclaimed(reports: &[&Report], catalogue: Option<&Catalogue>) -> Vec<Said> {
    let claimed = |profile: &&Profile| {
        reports.iter().any(|report| report.profiles.iter().any(|one| one.id == profile.id.as_str()))
    };
    let all = catalogue.into_iter().flat_map(|catalogue| catalogue.profiles.values());
    all.filter(|profile| !claimed(profile)).map(|one| both(&*one.title.nl, &*one.title.en)).collect()
}

fn choices(reports: &[&Report], catalogue: Option<&Catalogue>) -> Vec<Choice> {
    // By profile and option: what each product stated.
    let mut stated: BTreeMap<(&str, &str), Vec<(String, String)>> = BTreeMap::new();
    let mut titles: BTreeMap<&str, Said> = BTreeMap::new();
    for report in reports {
        for profile in &report.profiles {
            titles.entry(&profile.id).or_insert_with(|| title(report, &profile.id));
            for (option, value) in &profile.options {
                let chosen = (product(report), value.clone());
                let all = stated.entry((&profile.id, option)).or_default();
                if !all.contains(&chosen) {
                    all.push(chosen);
                }
            }
        }
    }
    let profile_title = |id: &str| titles.get(id).cloned().unwrap_or_else(|| both(id, id));
    let Some(catalogue) = catalogue else {
        let choice = |((profile, option), chosen): ((&str, &str), Vec<(String, String)>)| Choice {
            profile: profile_title(profile),
            title: both(option, option),
            values: Vec::new(),
            chosen,
        };
        return stated.into_iter().map(choice).collect();
    };
    let profiles = catalogue.profiles.values().filter(|profile| titles.contains_key(profile.id.as_str()));
    profiles
        .flat_map(|profile| profile.options.iter().map(move |option| (profile, option)))
        // A length of time has a lowest and a highest value; nobody contradicts anybody there.
        .filter(|(_, option)| option.values.len() > 1 && option.values.iter().any(|one| one.parse::<Span>().is_err()))
        .map(|(profile, option)| Choice {
            profile: profile_title(profile.id.as_str()),
            title: both(&*option.title.nl, &*option.title.en),
            values: option.values.clone(),
            chosen: stated.get(&(profile.id.as_str(), option.id.as_str())).cloned().unwrap_or_default(),
        })
        .collect()
}
