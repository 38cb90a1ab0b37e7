//! A tender as a bidder reads it: in one language, in reading order, every field a text.
//! Page and Markdown show it; it selects and orders what the tender holds.

use crate::model::profile::{Depth, Obligation, Severity};
use crate::model::report::Said;
use crate::model::tender::{Challenge, DemandKind, RequirementDemand, RoleDemand, Tender};
use crate::model::text::Lang;
use crate::report::render::view::Prose;
use crate::report::words::annex::{self as words, Heading, Told};
use crate::report::words::{Label, bid, entry, page};
use std::fmt::Write;

/// One tender in one language.
pub struct Annex {
    /// The language.
    pub lang: Lang,
    /// What is bought.
    pub title: String,
    /// The annex in one sentence.
    pub lead: String,
    /// What it takes.
    pub open_to_all: String,
    /// Who, until when, with what.
    pub strip: Vec<Field>,
    /// What a bidder does.
    pub bidder: Vec<Doing>,
    /// What the buyer does.
    pub buyer: Vec<Doing>,
    /// What is asked, role by role.
    pub roles: Vec<RoleView>,
    /// What counts and what does not.
    pub rules: Vec<(&'static str, Prose)>,
}

/// A field of the first screen.
pub struct Field {
    /// Its name.
    pub label: &'static str,
    /// What stands in it.
    pub text: String,
    /// Whether it is to be copied exactly.
    pub exact: bool,
}

/// A step of whoever acts.
pub struct Doing {
    /// What is done.
    pub says: Prose,
    /// What is typed, or stands in a file.
    pub exact: Option<String>,
}

/// What is asked of one role.
pub struct RoleView {
    /// Where it stands on the page; unique within one language.
    pub anchor: String,
    /// Profile and role.
    pub heading: String,
    /// Profile and role, as files name them.
    pub id: String,
    /// The edition.
    pub edition: String,
    /// SHA-256 of the profile's file.
    pub digest: String,
    /// What is asked at least.
    pub minimum: String,
    /// How many requirements of each kind.
    pub counted: String,
    /// Options: what each is, what is asked, and the value.
    pub options: Vec<OptionView>,
    /// The minimum, by kind of requirement.
    pub groups: Vec<GroupView>,
    /// Wishes.
    pub wishes: Vec<RequirementView>,
    /// What is to be answered in writing.
    pub questions: Vec<QuestionView>,
}

/// An option that is asked for.
pub struct OptionView {
    /// What it is.
    pub title: String,
    /// Whether the value itself or at most that.
    pub how: String,
    /// Option and value, as a target file states them.
    pub value: String,
}

/// Requirements of one kind.
pub struct GroupView {
    /// The kind; empty where the profile does not group.
    pub title: String,
    /// The requirements.
    pub requirements: Vec<RequirementView>,
}

/// A requirement.
pub struct RequirementView {
    /// Its id.
    pub id: String,
    /// Its sentence.
    pub text: String,
    /// How binding and how grave it is, and what limits it.
    pub weight: Vec<String>,
    /// On which option it depends: what it is, and the values.
    pub applies: Vec<(String, String)>,
}

/// A question.
pub struct QuestionView {
    /// The requirement.
    pub requirement: RequirementView,
    /// Why no test shows it.
    pub because: String,
    /// What is asked.
    pub ask: String,
}

impl Annex {
    /// The tender in this language.
    #[must_use]
    pub fn of(tender: &Tender, lang: Lang) -> Self {
        let say = |said: Said| said.into_said(lang);
        let rule = |said: Said| Prose::of(said.say(lang));
        let number =
            |kind| tender.demands.iter().flat_map(|one| &one.requirements).filter(|one| one.kind == kind).count();
        let lead = words::lead(
            tender.demands.len(),
            number(DemandKind::Minimum),
            number(DemandKind::Question),
            &tender.deadline,
        );
        Self {
            lang,
            title: tender.title.say(lang).to_owned(),
            lead: say(lead),
            open_to_all: say(words::open_to_all()),
            strip: strip(tender, lang),
            bidder: bidder(tender, lang),
            buyer: buyer(tender, lang),
            roles: tender.demands.iter().map(|demand| role(demand, lang)).collect(),
            rules: vec![
                (Heading::Evidence.say(lang), rule(words::evidence())),
                (Heading::Grave.say(lang), rule(words::grave())),
                (Heading::WhyText.say(lang), rule(words::why_text(&tender.challenge))),
                (Heading::SelfTested.say(lang), rule(page::self_tested_means())),
                (Heading::Limits.say(lang), rule(words::limits())),
                (Heading::Law.say(lang), rule(words::law())),
            ],
        }
    }

    /// A heading or the name of a field.
    #[must_use]
    pub fn say(&self, heading: Heading) -> &'static str {
        heading.say(self.lang)
    }

    /// A heading that reports have too.
    #[must_use]
    pub fn label(&self, label: Label) -> &'static str {
        label.say(self.lang)
    }

    /// A sentence that says what a part of the annex is.
    #[must_use]
    pub fn told(&self, said: Said) -> String {
        said.into_said(self.lang)
    }

    /// The language as HTML names it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.lang.pick("nl", "en")
    }
}

fn said_day(day: &str, lang: Lang) -> String {
    words::day(day).into_said(lang)
}

fn strip(tender: &Tender, lang: Lang) -> Vec<Field> {
    let field = |heading: Heading, text: String, exact| Field { label: heading.say(lang), text, exact };
    let text = match &tender.challenge {
        Challenge::Text(text) => field(Heading::Text, text.clone(), true),
        Challenge::PerBidder => field(Heading::Text, words::own_text().into_said(lang), false),
    };
    let mut all = vec![field(Heading::Buyer, tender.buyer.clone(), false)];
    all.extend(tender.issued.iter().map(|day| field(Heading::Issued, said_day(day, lang), false)));
    all.extend([
        field(Heading::Deadline, said_day(&tender.deadline, lang), false),
        field(Heading::Period, said_day(&tender.earliest().unwrap_or_default(), lang), false),
        field(Heading::Where, bid::places(&tender.environments).into_said(lang), false),
        text,
        field(Heading::Version, tender.judge.clone(), false),
        field(Heading::Catalogue, tender.catalogue.clone(), true),
    ]);
    all
}

fn doings(told: Vec<Told>, lang: Lang) -> Vec<Doing> {
    told.into_iter().map(|one| Doing { says: Prose::of(one.says.say(lang)), exact: one.exact }).collect()
}

fn bidder(tender: &Tender, lang: Lang) -> Vec<Doing> {
    let folder = words::folder(lang);
    let (text, further) = match &tender.challenge {
        Challenge::Text(text) => (text.as_str(), String::new()),
        Challenge::PerBidder => (words::own_text_here(lang), format!(" --challenge {}", words::own_text_here(lang))),
    };
    let run = format!("toetssteen run --target toetssteen.yaml --challenge {text} --out {folder}");
    let own = format!("toetssteen tender check tender.json {folder}{further}");
    doings(words::bidder(&tender.judge, &claims(tender), &run, &own, folder), lang)
}

fn buyer(tender: &Tender, lang: Lang) -> Vec<Doing> {
    let folder = words::folder(lang);
    let further = match &tender.challenge {
        Challenge::Text(_) => String::new(),
        Challenge::PerBidder => format!(" --challenge {}", words::own_text_here(lang)),
    };
    let check = format!("toetssteen tender check tender.json {folder}{further}");
    let compare = format!(
        "toetssteen compare {folder}-1 {folder}-2 {folder}-3 --against tender.json{further} --out {}",
        words::beside(lang)
    );
    doings(words::buyer(&format!("toetssteen rejudge {folder}"), &check, &compare), lang)
}

/// What a target file claims at least; options that the tender leaves open stand as comments.
fn claims(tender: &Tender) -> String {
    let mut out = "claims:\n".to_owned();
    let mut profiles: Vec<&str> = Vec::new();
    for demand in &tender.demands {
        if profiles.contains(&demand.profile.as_str()) {
            continue;
        }
        profiles.push(&demand.profile);
        let same: Vec<&RoleDemand> = tender.demands.iter().filter(|one| one.profile == demand.profile).collect();
        let roles: Vec<&str> = same.iter().map(|one| one.role.as_str()).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  - profile: {}\n    roles: [{}]", demand.profile, roles.join(", "));
        if let Some(fhir) = demand.fhir {
            let _ = writeln!(out, "    fhir: [{}]", fhir.as_str());
        }
        let mut open: Vec<(&str, String)> = Vec::new();
        for condition in same.iter().flat_map(|one| &one.requirements).flat_map(|one| &one.applies_with) {
            if !open.iter().any(|(id, _)| *id == condition.option) {
                open.push((&condition.option, condition.all.join(" | ")));
            }
        }
        if !demand.options.is_empty() || !open.is_empty() {
            out.push_str("    options:\n");
        }
        for option in &demand.options {
            let _ = writeln!(out, "      {}: {}", option.id, option.value);
        }
        for (id, values) in open {
            let _ = writeln!(out, "      {id}:   # {values}");
        }
    }
    out.trim_end().to_owned()
}

fn role(demand: &RoleDemand, lang: Lang) -> RoleView {
    let of = |kind| demand.requirements.iter().filter(move |one| one.kind == kind);
    let number = |kind| of(kind).count();
    let counted = words::counted(number(DemandKind::Minimum), number(DemandKind::Wish), number(DemandKind::Question));
    let mut groups: Vec<GroupView> = Vec::new();
    for one in of(DemandKind::Minimum) {
        let title = one.group.as_ref().map(|group| group.say(lang).to_owned()).unwrap_or_default();
        // Profiles keep the requirements of a group together; one that comes back later joins its group.
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.requirements.push(requirement(one, lang)),
            None => groups.push(GroupView { title, requirements: vec![requirement(one, lang)] }),
        }
    }
    RoleView {
        anchor: format!("{}-{}-{}", lang.pick("nl", "en"), demand.profile, demand.role),
        heading: format!("{}: {}", demand.title.say(lang), entry::role(&demand.role).into_said(lang)),
        id: format!("{}={}", demand.profile, demand.role),
        edition: demand.edition.clone(),
        digest: demand.digest.clone(),
        minimum: words::minimum(demand.minimum).into_said(lang),
        counted: counted.into_said(lang),
        options: demand
            .options
            .iter()
            .map(|option| OptionView {
                title: option.title.say(lang).to_owned(),
                how: words::option_value(option.at_most).into_said(lang),
                value: format!("{}: {}", option.id, option.value),
            })
            .collect(),
        groups,
        wishes: of(DemandKind::Wish).map(|one| requirement(one, lang)).collect(),
        questions: of(DemandKind::Question).map(|one| question(one, lang)).collect(),
    }
}

fn question(one: &RequirementDemand, lang: Lang) -> QuestionView {
    QuestionView {
        requirement: requirement(one, lang),
        because: one.because.as_ref().map(|said| said.say(lang).to_owned()).unwrap_or_default(),
        ask: one.asks.clone().unwrap_or_else(words::how_met).into_said(lang),
    }
}

fn requirement(one: &RequirementDemand, lang: Lang) -> RequirementView {
    let mut weight = vec![
        entry::obligations(obligation(one.obligation), obligation(one.effective)).into_said(lang),
        entry::severity(severity(one.severity)).into_said(lang),
    ];
    weight.extend(one.named.then(|| words::named().into_said(lang)));
    weight.extend(
        (one.depth == Depth::Partial && one.kind != DemandKind::Question).then(|| words::in_part().into_said(lang)),
    );
    let lowered = one.obligation == Obligation::Must && one.effective == Obligation::Should;
    weight.extend(lowered.then(|| words::lowered().into_said(lang)));
    let applies = one.applies_with.iter().map(|condition| {
        let values = format!("{}: {}", condition.option, condition.values.join(" | "));
        (condition.title.say(lang).to_owned(), values)
    });
    RequirementView { id: one.id.to_string(), text: one.text.say(lang).to_owned(), weight, applies: applies.collect() }
}

const fn obligation(of: Obligation) -> &'static str {
    match of {
        Obligation::Must => "must",
        Obligation::Should => "should",
        Obligation::May => "may",
    }
}

const fn severity(of: Severity) -> &'static str {
    match of {
        Severity::I => "I",
        Severity::Ii => "II",
        Severity::Iii => "III",
        Severity::Iv => "IV",
    }
}
