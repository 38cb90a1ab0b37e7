//! A comparison as one reader reads it: in one language, in reading order.
//! Cells stay where they are in the comparison; what is said of them is made while it is written down.

use crate::model::comparison::{
    ABSENT, BidShown, Category, Cell, Comparison, Difference, Measure, NOT_OFFERED, Obstacle, Party, Quantity, Row,
    Subject, Together, Weight,
};
use crate::model::report::{CategoryConclusion, Completeness, Conformance, Said};
use crate::model::text::Lang;
use crate::report::render::view::{Prose, capital};
use crate::report::words::{self, Label, compare as said, entry, meaning, page};

/// With more reports than this a table shows letters instead of words.
const WORDS_FIT: usize = 8;
/// More columns than this do not fit on paper.
const PAPER_FITS: usize = 30;

/// The page of one report, if it stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it stands, seen from the comparison, with everything escaped that an address does not bear.
    pub href: String,
    /// The language that it shows first.
    pub lang: Lang,
}

/// One comparison in one language.
pub struct View<'c> {
    /// The comparison.
    pub all: &'c Comparison,
    /// The language.
    pub lang: Lang,
    pages: &'c [Option<Page>],
}

/// An obstacle, with every part of which it holds.
pub struct Limit<'c> {
    /// The obstacle.
    pub one: &'c Obstacle,
    /// The parts; none if it holds of everything.
    pub scopes: Vec<(String, String)>,
}

/// What different reports say alike of one requirement.
pub struct Saying<'c> {
    /// A cell of them.
    pub cell: &'c Cell,
    /// Their places.
    pub at: Vec<usize>,
}

impl<'c> View<'c> {
    pub(super) const fn new(all: &'c Comparison, lang: Lang, pages: &'c [Option<Page>]) -> Self {
        Self { all, lang, pages }
    }

    /// A heading or the name of a field.
    pub fn say(&self, label: Label) -> &'static str {
        label.say(self.lang)
    }

    /// A sentence in this language.
    pub fn tell<'s>(&self, said: &'s Said) -> &'s str {
        said.say(self.lang)
    }

    /// What a report shows of a tender, in a few words.
    pub fn bid(&self, conclusion: &str) -> &'static str {
        self.say(match conclusion {
            "meets" => Label::BidMeets,
            "does-not-meet" => Label::BidMeetsNot,
            _ => Label::BidNotShown,
        })
    }

    /// The same as a shade.
    pub fn bid_tone(&self, conclusion: &str) -> &'static str {
        match conclusion {
            "meets" => "pass",
            "does-not-meet" => "fail",
            _ => "open",
        }
    }

    /// What each report shows of the tender that they were held against.
    pub fn bids(&self) -> Vec<(&Party, &BidShown)> {
        let bids = self.all.against.iter().flat_map(|against| &against.bids);
        self.all.reports.iter().zip(bids).collect()
    }

    /// The language as HTML names it.
    pub fn code(&self) -> &'static str {
        self.lang.pick("nl", "en")
    }

    /// How many reports, and from when they are counted.
    pub fn extent(&self) -> String {
        said::extent(self.all.reports.len(), self.all.as_of.as_deref()).into_said(self.lang)
    }

    /// Whether a table shows letters instead of words.
    pub fn dense(&self) -> bool {
        self.all.reports.len() > WORDS_FIT
    }

    /// Whether the columns do not fit on paper.
    pub fn too_wide(&self) -> bool {
        self.all.reports.len() > PAPER_FITS
    }

    /// What may not be compared.
    pub fn refused(&self) -> Vec<Limit<'c>> {
        self.limits(|weight| weight != Weight::Notes)
    }

    /// What has to be known beside it.
    pub fn noted(&self) -> Vec<Limit<'c>> {
        self.limits(|weight| weight == Weight::Notes)
    }

    /// What is said of several parts in the same words is said once.
    fn limits(&self, wanted: fn(Weight) -> bool) -> Vec<Limit<'c>> {
        let mut all: Vec<Limit<'c>> = Vec::new();
        for one in self.all.obstacles.iter().filter(|one| wanted(one.weight)) {
            let known = all.iter_mut().find(|known| {
                let first = known.one;
                first.kind == one.kind && first.says == one.says && first.values == one.values
            });
            match known {
                Some(known) => known.scopes.extend(self.scope(one)),
                None => all.push(Limit { one, scopes: self.scope(one).into_iter().collect() }),
            }
        }
        all
    }

    /// Of which part an obstacle speaks: profile, role and group; none if of everything.
    fn scope(&self, one: &Obstacle) -> Option<(String, String)> {
        let subject = self.all.subjects.iter().find(|subject| of(one, subject))?;
        let role = self.role(&subject.role);
        let category = subject.categories.iter().find(|category| category.group == one.group);
        let within = match category.filter(|_| one.kind == Difference::Executed) {
            Some(category) => format!("{role} ({})", category.title.say(self.lang)),
            None => role,
        };
        Some((subject.title.say(self.lang).to_owned(), within))
    }

    /// The parts of which an obstacle speaks, those of one profile together.
    pub fn scopes(&self, limit: &Limit<'_>) -> String {
        let mut profiles: Vec<(&str, Vec<&str>)> = Vec::new();
        for (profile, role) in &limit.scopes {
            match profiles.last_mut().filter(|(known, _)| *known == profile) {
                Some((_, roles)) => roles.push(role),
                None => profiles.push((profile, vec![role])),
            }
        }
        profiles
            .iter()
            .map(|(profile, roles)| format!("{profile}: {}", roles.join(", ")))
            .collect::<Vec<_>>()
            .join(" · ")
    }

    /// Whether its values are many, and so folded.
    pub fn folded(&self, one: &Obstacle) -> bool {
        one.values.len() > 6
    }

    /// The sentence of an obstacle.
    pub fn obstacle(&self, one: &Obstacle) -> Prose {
        Prose::of(one.says.say(self.lang))
    }

    /// Letters as in a sentence.
    pub fn letters(&self, names: &[String]) -> String {
        said::letters(names).into_said(self.lang)
    }

    /// A role in words.
    pub fn role(&self, word: &str) -> String {
        entry::role(word).into_said(self.lang)
    }

    /// When a run began, and how old it is.
    pub fn date(&self, party: &Party) -> String {
        let (day, age) = (said::day(&party.started), said::age(&party.started, party.age_days));
        match age.say(self.lang) {
            "" => day.into_said(self.lang),
            age => format!("{} ({age})", day.say(self.lang)),
        }
    }

    /// Who makes the product, where that was filled in.
    pub fn vendor<'p>(&self, party: &'p Party) -> &'p str {
        if page::stated(&party.vendor) { &party.vendor } else { Label::NotStated.say(self.lang) }
    }

    /// In what kind of environment.
    pub fn environment(&self, party: &Party) -> String {
        said::environment(party.environment).into_said(self.lang)
    }

    /// The beginning of a digest; the whole stands in the other forms.
    pub fn digest<'p>(&self, digest: &'p str) -> &'p str {
        digest.get(..12).unwrap_or(digest)
    }

    /// A conclusion as a word.
    pub fn conformance(&self, of: Conformance) -> String {
        capital(page::conformance(of).say(self.lang))
    }

    /// How much was judged.
    pub fn judged(&self, of: Completeness) -> String {
        page::completeness(of).into_said(self.lang)
    }

    /// The mark of a conclusion.
    pub fn tone(&self, of: Conformance) -> &'static str {
        match of {
            Conformance::Conformant => "pass",
            Conformance::NotConformant => "fail",
            Conformance::NotShown => "open",
        }
    }

    /// The name of a subject: profile, editions and role.
    pub fn subject(&self, one: &Subject) -> String {
        format!("{} {} · {}", one.title.say(self.lang), one.editions.join(", "), self.role(&one.role))
            .replace("  ", " ")
    }

    /// Where a subject stands.
    pub fn place(&self, one: &Subject) -> String {
        format!("{}-{}-{}", self.code(), one.profile, one.role)
    }

    /// Who offers it.
    pub fn offer(&self, one: &Subject) -> String {
        let those = |wanted: bool| -> Vec<String> {
            let both = one.offers.iter().zip(&self.all.reports).filter(|(offer, _)| offer.offered == wanted);
            both.map(|(_, party)| party.letter.clone()).collect()
        };
        said::offer(&those(true), &those(false)).into_said(self.lang)
    }

    /// Why a column may not be compared.
    pub fn why(&self, because: &[Difference]) -> String {
        said::not_comparable(because).into_said(self.lang)
    }

    /// The mark of a category's conclusion.
    pub fn category_mark(&self, of: &Option<CategoryConclusion>) -> &'static str {
        match of {
            Some(CategoryConclusion::Meets) => "pass",
            Some(CategoryConclusion::MeetsWithRemarks) => "warn",
            Some(CategoryConclusion::NotShown) => "open",
            Some(CategoryConclusion::DoesNotMeet) => "fail",
            Some(CategoryConclusion::NotApplicable) => "none",
            None => "away",
        }
    }

    /// A category's conclusion in words; `offered` says whether the role is.
    pub fn category_word(&self, of: &Option<CategoryConclusion>, offered: bool) -> String {
        match of {
            Some(of) => capital(page::category(*of).say(self.lang)),
            None => self.word(if offered { ABSENT } else { NOT_OFFERED }),
        }
    }

    /// Where what is said of a requirement stands.
    pub fn anchor(&self, row: &Row, role: &str) -> String {
        anchor(self.lang, row, role)
    }

    /// Where the finding of a cell stands: in the report's own page, or below where that has none.
    pub fn link(&self, row: &Row, role: &str, at: &usize) -> String {
        let known = !matches!(row.cells[*at].state.as_str(), NOT_OFFERED | ABSENT);
        match self.pages.get(*at).and_then(Option::as_ref).filter(|_| known) {
            Some(page) => format!("{}#{}", page.href, anchor(page.lang, row, role)),
            None => format!("#{}", self.anchor(row, role)),
        }
    }

    /// Whether a report has a page of its own.
    pub fn page(&self, at: &usize) -> Option<&'c str> {
        self.pages.get(*at).and_then(Option::as_ref).map(|page| page.href.as_str())
    }

    /// The letter of the report at this place.
    pub fn letter(&self, at: &usize) -> &'c str {
        &self.all.reports[*at].letter
    }

    /// The mark of a state.
    pub fn mark(&self, state: &str) -> &'static str {
        mark(state)
    }

    /// A state in words.
    pub fn word(&self, state: &str) -> String {
        capital(said::state(state).say(self.lang))
    }

    /// A state as a letter or two.
    pub fn short(&self, state: &str) -> String {
        said::letter(state).into_said(self.lang)
    }

    /// How a cell ended, and why if it was not judged.
    pub fn ended(&self, cell: &Cell) -> String {
        let word = self.word(&cell.state);
        let known = || entry::parse(&cell.state, cell.reason.as_deref()).and_then(words::because);
        match cell.because.clone().or_else(known) {
            Some(reason) => format!("{word}: {}", reason.say(self.lang)),
            None => word,
        }
    }

    /// Whether the reports that offer the role say the same of a requirement.
    pub fn alike(&self, row: &Row) -> bool {
        let mut states = row.cells.iter().map(|cell| cell.state.as_str()).filter(|state| *state != NOT_OFFERED);
        let first = states.next();
        states.all(|state| Some(state) == first)
    }

    /// Whether all say the same of a requirement and there is nothing to show, so that paper need not say it again.
    pub fn plain(&self, row: &Row) -> bool {
        self.alike(row) && row.cells.iter().all(|cell| cell.shown.is_none())
    }

    /// What holds of all, where that is worth a word beside the requirement.
    pub fn together(&self, row: &Row) -> Option<String> {
        match row.together {
            Together::AllMeet | Together::AllFail => Some(capital(said::together(row.together).say(self.lang))),
            Together::Same | Together::Differ | Together::Alone => None,
        }
    }

    /// Every requirement with this in common, with its role.
    pub fn common(&self, what: &Together) -> Vec<(&'c Subject, &'c Row)> {
        let rows = self.all.subjects.iter().flat_map(|subject| {
            subject.categories.iter().flat_map(|category| &category.rows).map(move |row| (subject, row))
        });
        rows.filter(|(_, row)| row.together == *what).collect()
    }

    /// Requirements that all break.
    pub fn all_fail(&self) -> Vec<(&'c Subject, &'c Row)> {
        self.common(&Together::AllFail)
    }

    /// Requirements that all meet.
    pub fn all_meet(&self) -> Vec<(&'c Subject, &'c Row)> {
        self.common(&Together::AllMeet)
    }

    /// What the reports say of a requirement; those that say the same stand together.
    pub fn sayings<'r>(&self, row: &'r Row) -> Vec<Saying<'r>> {
        let mut all: Vec<Saying<'r>> = Vec::new();
        for (at, cell) in row.cells.iter().enumerate() {
            match all.iter_mut().find(|known| *known.cell == *cell) {
                Some(known) => known.at.push(at),
                None => all.push(Saying { cell, at: vec![at] }),
            }
        }
        all
    }

    /// How binding a requirement is and how bad its breach.
    pub fn weight(&self, row: &Row) -> String {
        let (obligation, severity) = (entry::obligation(&row.effective), entry::severity(&row.severity));
        format!("{} · {}", capital(obligation.say(self.lang)), severity.say(self.lang))
    }

    /// The numbers of records.
    pub fn records(&self, numbers: &[u64], part: Option<u32>) -> String {
        entry::records(numbers, part).into_said(self.lang)
    }

    /// The strength of evidence.
    pub fn evidence(&self, word: &str) -> String {
        entry::evidence(word).into_said(self.lang)
    }

    /// Quantities of one kind, those of one case together.
    pub fn quantities(&self) -> Vec<Vec<&'c Quantity>> {
        let mut all: Vec<Vec<&'c Quantity>> = Vec::new();
        for one in &self.all.quantities {
            match all.last_mut().filter(|group| alike(group, one)) {
                Some(group) => group.push(one),
                None => all.push(vec![one]),
            }
        }
        all
    }

    /// What one row of a table of quantities is about.
    pub fn measured_of(&self, one: &Quantity) -> String {
        match (one.kind, one.of.get("facility"), one.of.get("fault")) {
            (Measure::Outage, Some(facility), Some(fault)) => {
                let (facility, fault) = (entry::counterpart(facility), entry::fault(fault));
                format!("{}: {}", capital(facility.say(self.lang)), fault.say(self.lang))
            }
            _ if one.of.is_empty() => Label::Time.say(self.lang).to_owned(),
            _ => one.of.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", "),
        }
    }

    /// A value: a number with its unit, or how it ended.
    pub fn measured(&self, one: &Quantity, at: &usize) -> String {
        let value = &one.values[*at];
        match (one.kind, value.number) {
            (_, Some(number)) if value.state == "pass" => capital(said::seconds(number).say(self.lang)),
            (_, Some(number)) => {
                let (time, ended) = (said::seconds(number), said::state(&value.state));
                format!("{}; {}", capital(time.say(self.lang)), ended.say(self.lang))
            }
            (Measure::Effect, None) if value.state == "pass" => capital(said::at_once().say(self.lang)),
            (_, None) => self.word(&value.state),
        }
    }

    /// The mark of a value; a number is neither good nor bad.
    pub fn measured_mark(&self, one: &Quantity, at: &usize) -> &'static str {
        let value = &one.values[*at];
        let timed = value.number.is_some() || one.kind == Measure::Effect;
        if timed && value.state == "pass" { "number" } else { mark(&value.state) }
    }

    /// The states that occur, in the order of the legend, with what each means.
    pub fn legend(&self) -> Vec<(&'static str, String)> {
        crate::model::comparison::STATES
            .into_iter()
            .filter(|state| {
                let cells = || self.all.subjects.iter().flat_map(|one| &one.categories).flat_map(|one| &one.rows);
                let measured = self.all.quantities.iter().flat_map(|one| &one.values);
                cells().flat_map(|row| &row.cells).any(|cell| cell.state == *state)
                    || measured.into_iter().any(|value| value.state == *state)
                    || (*state == NOT_OFFERED
                        && self.all.subjects.iter().any(|one| one.offers.iter().any(|o| !o.offered)))
            })
            .map(|state| (state, self.means(state)))
            .collect()
    }

    fn means(&self, state: &str) -> String {
        match state {
            NOT_OFFERED => Label::NotOfferedMeans.say(self.lang).to_owned(),
            ABSENT => Label::AbsentMeans.say(self.lang).to_owned(),
            other => meaning::outcome(other).map(|said| said.into_said(self.lang)).unwrap_or_default(),
        }
    }

    /// Whether anything stands side by side that may not be compared.
    pub fn hatched(&self) -> bool {
        let rows = self.all.subjects.iter().flat_map(|one| &one.categories).flat_map(|one| &one.rows);
        let cells = rows.flat_map(|row| &row.cells).map(|cell| (cell.comparable, cell.state.as_str()));
        let values = self.all.quantities.iter().flat_map(|one| &one.values);
        let values = values.map(|value| (value.comparable, value.state.as_str()));
        cells.chain(values).any(|(comparable, state)| !comparable && state != NOT_OFFERED)
    }

    /// Why a reference to law stands there.
    pub fn law(&self) -> String {
        page::law().into_said(self.lang)
    }

    /// The places of all reports.
    pub fn places(&self) -> std::ops::Range<usize> {
        0..self.all.reports.len()
    }

    /// Whether a category has rows that differ.
    pub fn differs(&self, category: &Category) -> bool {
        category.rows.iter().any(|row| !self.alike(row))
    }
}

fn of(one: &Obstacle, subject: &Subject) -> bool {
    one.profile.as_ref() == Some(&subject.profile) && one.role.as_ref() == Some(&subject.role)
}

fn alike(group: &[&Quantity], one: &Quantity) -> bool {
    group.first().is_some_and(|first| first.kind == one.kind && first.case == one.case && first.role == one.role)
}

fn anchor(lang: Lang, row: &Row, role: &str) -> String {
    let code = lang.pick("nl", "en");
    format!("{code}-{}-{}-{role}", row.requirement.profile(), row.requirement.local())
}

fn mark(state: &str) -> &'static str {
    match state {
        "pass" => "pass",
        "warn" => "warn",
        "fail" => "fail",
        "attested" => "told",
        "not-applicable" => "none",
        NOT_OFFERED => "away",
        ABSENT => "lack",
        _ => "open",
    }
}
