//! Whether a report shows what a tender demands, and if not, why: pure, from the two files alone.
//! It says what was measured of a system; it ranks nobody and calls nothing lawful.

use crate::model::profile::Obligation;
use crate::model::report::{Conformance, ProfileConclusion, Report, RequirementEntry, Said};
use crate::model::span::Span;
use crate::model::target::Product;
use crate::model::tender::{
    Challenge, DemandKind, MinimumKind, OptionDemand, Place, RequirementDemand, RoleDemand, Tender,
};
use crate::report::gate::About;
use crate::report::ground::{follows, leaked};
use crate::report::words::{bid as words, entry, gate, page};
use serde::Serialize;
use std::collections::BTreeMap;
use time::Date;

/// Whether a report was judged again from its recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Again {
    /// It was not: only a `report.json` is at hand.
    #[default]
    NotAsked,
    /// It was, and gives the same bytes.
    Fits {
        /// Whether its test persons follow from the seed and the text that it names.
        drawn: bool,
    },
    /// It was, and does not; why.
    DoesNotFit(String),
}

/// What is known besides the two files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// SHA-256 of the profile files in the run directory, by profile; empty where only a `report.json` is at hand.
    pub profiles: BTreeMap<String, String>,
    /// The texts that were issued, where each bidder got one of its own.
    pub challenges: Vec<String>,
    /// Whether the report was judged again.
    pub again: Again,
}

/// Whether a report shows what is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TenderConclusion {
    /// The whole minimum was shown.
    Meets,
    /// Something of the minimum is broken or not offered.
    DoesNotMeet,
    /// Neither was shown.
    NotShown,
}

/// Why a report does not show what is demanded; in the order of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Data reached someone not entitled to them, whether the tender asks for that requirement or not.
    Leak,
    /// A requirement of the minimum is broken.
    NotMet,
    /// A role, an option or a named requirement is not offered.
    NotOffered,
    /// The report does not follow from the recording in its folder.
    DoesNotFollow,
    /// The report was judged with another catalogue, edition or profile file.
    OtherEdition,
    /// The report contradicts itself, or the catalogue that it names.
    Contradiction,
    /// The run did not reach its end.
    Interrupted,
    /// The run was narrowed.
    Narrowed,
    /// Something was wrong before the first case.
    SetUp,
    /// The run did not draw from the text that was issued.
    OtherChallenge,
    /// Two reports draw from a text that one bidder got.
    SharedChallenge,
    /// The run began too long before the deadline, or before the tender was published.
    TooOld,
    /// The run ended after the deadline.
    AfterDeadline,
    /// The run took place where the tender does not allow it.
    Environment,
    /// A requirement of the minimum was not judged.
    NotShown,
}

impl Cause {
    /// Whether it says that the system does not do what is demanded, and not only that the report does not show it.
    #[must_use]
    pub const fn is_against(self) -> bool {
        match self {
            Self::Leak | Self::NotMet | Self::NotOffered => true,
            Self::DoesNotFollow
            | Self::OtherEdition
            | Self::Contradiction
            | Self::Interrupted
            | Self::Narrowed
            | Self::SetUp
            | Self::OtherChallenge
            | Self::SharedChallenge
            | Self::TooOld
            | Self::AfterDeadline
            | Self::Environment
            | Self::NotShown => false,
        }
    }
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TenderReason {
    /// The kind.
    pub cause: Cause,
    /// The same as a sentence, without full stop, fit to follow a colon.
    pub said: Said,
    /// The requirements that it is about, with their roles.
    pub about: Vec<About>,
}

/// How one requirement of the tender stands in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was judged and holds.
    Met,
    /// It holds, and a part of it that only counts as a SHOULD is broken.
    MetWithRemark,
    /// It is broken.
    NotMet,
    /// It was not judged.
    NotShown,
    /// The role, or what it is about, is not offered.
    NotOffered,
    /// It does not apply under the options stated.
    NotApplicable,
    /// The report is of another edition and says nothing of this one.
    OtherEdition,
    /// No test shows it; the bidder answers in writing.
    ToAnswer,
}

/// One requirement of the tender in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Taken {
    /// The requirement.
    pub requirement: String,
    /// Its sentence, as the tender has it.
    pub text: Said,
    /// What it is in the tender.
    pub kind: DemandKind,
    /// How it stands.
    pub standing: Standing,
    /// How it ended in the report, where the report has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Said>,
}

/// One role of the tender in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Demand {
    /// The profile.
    pub profile: String,
    /// The role.
    pub role: String,
    /// Whether the report is about it.
    pub offered: bool,
    /// Its requirements, in the order of the tender.
    pub requirements: Vec<Taken>,
}

/// What a report shows of a tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TenderVerdict {
    /// The version of this format; 1.
    pub format: u32,
    /// Whether it shows what is demanded.
    pub conclusion: TenderConclusion,
    /// The whole of it in one sentence.
    pub sentence: Said,
    /// The product, as its maker names it.
    pub product: Product,
    /// The run.
    pub run: String,
    /// Whether nobody but the bidder saw the exchanges.
    pub self_tested: bool,
    /// Why not, the gravest first.
    pub reasons: Vec<TenderReason>,
    /// Role by role.
    pub demands: Vec<Demand>,
    /// What else has to be known.
    pub notes: Vec<Said>,
}

/// One bidder's report with what is known beside it.
#[derive(Clone, Copy, Debug)]
pub struct Bid<'a> {
    /// The report.
    pub report: &'a Report,
    /// What is known besides.
    pub facts: &'a Facts,
}

/// Holds several reports against a tender, and against each other where each bidder has a text of its own.
#[must_use]
pub fn check_all(tender: &Tender, bids: &[Bid<'_>]) -> Vec<TenderVerdict> {
    let text = |bid: &Bid<'_>| bid.report.run.parameters.challenge.clone();
    let again = |at: usize| {
        let others = bids.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, bid)| text(bid));
        tender.challenge == Challenge::PerBidder
            && text(&bids[at]).is_some()
            && others.into_iter().any(|one| one == text(&bids[at]))
    };
    let shared = |at| again(at).then(|| (Cause::SharedChallenge, words::shared_challenge()));
    bids.iter().enumerate().map(|(at, bid)| Look::of(tender, *bid).verdict(shared(at))).collect()
}

/// Holds one report against a tender.
#[must_use]
pub fn check(tender: &Tender, report: &Report, facts: &Facts) -> TenderVerdict {
    Look::of(tender, Bid { report, facts }).verdict(None)
}

struct Look<'a> {
    tender: &'a Tender,
    report: &'a Report,
    facts: &'a Facts,
    reasons: Vec<TenderReason>,
}

impl<'a> Look<'a> {
    fn of(tender: &'a Tender, bid: Bid<'a>) -> Self {
        Self { tender, report: bid.report, facts: bid.facts, reasons: Vec::new() }
    }

    fn say(&mut self, cause: Cause, said: Said, about: Vec<About>) {
        self.reasons.push(TenderReason { cause, said, about });
    }

    fn verdict(mut self, further: Option<(Cause, Said)>) -> TenderVerdict {
        self.run();
        self.place_and_time();
        self.leaks();
        if let Some((cause, said)) = further {
            self.say(cause, said, Vec::new());
        }
        let same = self.tender.catalogue == self.report.catalogue.digest;
        if !same {
            let said = words::other_catalogue(&self.tender.catalogue, &self.report.catalogue.digest);
            self.say(Cause::OtherEdition, said, Vec::new());
        }
        let tender = self.tender;
        let demands: Vec<Demand> = tender.demands.iter().map(|demand| self.demand(demand, same)).collect();
        // A stable sort: what is equally grave stays in the order of the tender.
        self.reasons.sort_by_key(|reason| reason.cause);
        let conclusion = match self.reasons.as_slice() {
            [] => TenderConclusion::Meets,
            all if all.iter().any(|reason| reason.cause.is_against()) => TenderConclusion::DoesNotMeet,
            _ => TenderConclusion::NotShown,
        };
        let named = page::product(&self.report.target);
        TenderVerdict {
            format: 1,
            conclusion,
            sentence: words::sentence(
                conclusion,
                &named,
                self.reasons.first().map(|one| &one.said),
                self.reasons.len(),
            ),
            product: self.report.target.product.clone(),
            run: self.report.run.id.clone(),
            self_tested: self.report.run.self_tested,
            notes: self.notes(),
            reasons: self.reasons,
            demands,
        }
    }

    /// What holds for the run as a whole.
    fn run(&mut self) {
        let report = self.report;
        if report.run.interrupted {
            self.say(Cause::Interrupted, gate::interrupted(), Vec::new());
        }
        if report.run.selection {
            self.say(Cause::Narrowed, gate::selection(), Vec::new());
        }
        if let Some(found) = report.preflight.first() {
            self.say(Cause::SetUp, gate::set_up(&found.place, report.preflight.len()), Vec::new());
        }
        // In roles that are not asked for too: who alters one verdict may alter another.
        for claim in report.profiles.iter().filter(|claim| !follows(report, claim)) {
            self.say(Cause::Contradiction, gate::contradiction(&claim.id, &claim.role), Vec::new());
        }
        let drawn = report.run.parameters.challenge.as_deref();
        let issued = match &self.tender.challenge {
            Challenge::Text(text) => drawn == Some(text),
            Challenge::PerBidder => drawn.is_some_and(|drawn| self.facts.challenges.iter().any(|one| one == drawn)),
        };
        match &self.facts.again {
            Again::DoesNotFit(why) => self.say(Cause::DoesNotFollow, words::does_not_follow(why), Vec::new()),
            Again::Fits { drawn: false } => self.say(Cause::OtherChallenge, words::not_drawn(), Vec::new()),
            Again::Fits { drawn: true } | Again::NotAsked => {}
        }
        if !issued {
            self.say(Cause::OtherChallenge, words::other_challenge(drawn), Vec::new());
        }
    }

    fn place_and_time(&mut self) {
        let (tender, report) = (self.tender, self.report);
        let place = Place::of(report.target.authorisation.as_ref().map(|one| one.environment));
        if !tender.environments.contains(&place) {
            self.say(Cause::Environment, words::other_place(place, &tender.environments), Vec::new());
        }
        let began = day(&report.run.started);
        let ended = report.run.finished.as_deref().map_or(began, day);
        let days = (began, ended, day(&tender.deadline), tender.earliest().as_deref().and_then(day));
        let (Some(began), Some(ended), Some(deadline), Some(earliest)) = days else {
            self.say(Cause::TooOld, words::no_day(), Vec::new());
            return;
        };
        if began < earliest {
            self.say(Cause::TooOld, words::too_old(&began.to_string(), &earliest.to_string()), Vec::new());
        }
        if ended > deadline {
            self.say(Cause::AfterDeadline, words::after_deadline(&ended.to_string(), &tender.deadline), Vec::new());
        }
    }

    /// Data that leaked bar a bid whatever is asked, and whatever the verdict counts as: nobody but the patient could do
    /// without.
    fn leaks(&mut self) {
        let report = self.report;
        for entry in report.requirements.iter().filter(|one| leaked(report, one)) {
            self.say(Cause::Leak, gate::leak(entry.id.as_str(), &entry.role), vec![About::of(entry)]);
        }
    }

    fn demand(&mut self, demand: &RoleDemand, same: bool) -> Demand {
        let report = self.report;
        let claimed = report.profiles.iter().find(|one| one.id == demand.profile && one.role == demand.role);
        let kept = self.facts.profiles.get(&demand.profile);
        let same = same
            && claimed.is_none_or(|claim| claim.edition == demand.edition)
            && kept.is_none_or(|digest| *digest == demand.digest);
        if !same && self.tender.catalogue == report.catalogue.digest {
            self.say(Cause::OtherEdition, words::other_edition(&demand.profile, &demand.edition), Vec::new());
        }
        match claimed {
            None => {
                self.say(Cause::NotOffered, gate::not_claimed(&demand.profile, Some(&demand.role)), Vec::new());
                let taken = |one| {
                    taken(
                        one,
                        if one.kind == DemandKind::Question { Standing::ToAnswer } else { Standing::NotOffered },
                        None,
                    )
                };
                Demand {
                    profile: demand.profile.clone(),
                    role: demand.role.clone(),
                    offered: false,
                    requirements: demand.requirements.iter().map(taken).collect(),
                }
            }
            Some(claim) => self.claimed(demand, claim, same),
        }
    }

    fn claimed(&mut self, demand: &RoleDemand, claim: &ProfileConclusion, same: bool) -> Demand {
        let as_demanded = self.options(demand, claim);
        let mut open = Vec::new();
        let mut requirements = Vec::new();
        for one in &demand.requirements {
            let entry = self.report.requirements.iter().find(|entry| entry.id == one.id && entry.role == demand.role);
            let standing = if same { self.stands(one, entry) } else { unlike(one) };
            if one.kind == DemandKind::Minimum {
                self.minimum(one, entry, standing, &mut open, demand);
            }
            if same && as_demanded && is_denied(one, entry, claim) {
                self.say(
                    Cause::Contradiction,
                    words::denied(one.id.as_str(), &demand.role),
                    entry.map(About::of).into_iter().collect(),
                );
            }
            requirements.push(taken(one, standing, entry));
        }
        let minimum = demand.requirements.iter().filter(|one| one.kind == DemandKind::Minimum).count();
        let bare = demand.minimum == MinimumKind::Conformant && claim.conclusion.conformance == Conformance::NotShown;
        if same && (!open.is_empty() || (bare && !self.reasons.iter().any(|one| one.cause == Cause::Narrowed))) {
            let said = gate::not_shown(&claim.id, &claim.role, open.len(), minimum);
            self.say(Cause::NotShown, said, open);
        }
        Demand { profile: demand.profile.clone(), role: demand.role.clone(), offered: true, requirements }
    }

    fn minimum(
        &mut self,
        one: &RequirementDemand,
        entry: Option<&RequirementEntry>,
        standing: Standing,
        open: &mut Vec<About>,
        demand: &RoleDemand,
    ) {
        let about = || entry.map(About::of).into_iter().collect::<Vec<_>>();
        match standing {
            // A leak is told already. The report's own severity decides, so that a failure is never told of twice or not at all.
            Standing::NotMet if !entry.is_some_and(|entry| leaked(self.report, entry)) => {
                self.say(Cause::NotMet, gate::must_broken(one.id.as_str(), &demand.role), about());
            }
            Standing::NotOffered => {
                self.say(Cause::NotOffered, words::left_out(one.id.as_str(), &demand.role), about());
            }
            Standing::NotShown => match entry {
                Some(entry) => open.push(About::of(entry)),
                None => self.say(Cause::Contradiction, words::denied(one.id.as_str(), &demand.role), Vec::new()),
            },
            Standing::NotMet
            | Standing::Met
            | Standing::MetWithRemark
            | Standing::NotApplicable
            | Standing::OtherEdition
            | Standing::ToAnswer => {}
        }
    }

    /// How a requirement stands in a report of the same edition.
    fn stands(&self, one: &RequirementDemand, entry: Option<&RequirementEntry>) -> Standing {
        if one.kind == DemandKind::Question {
            return Standing::ToAnswer;
        }
        match (entry.map(|entry| entry.outcome.as_str()), one.effective) {
            (Some("pass"), _) => Standing::Met,
            (Some("warn"), _) if entry.is_some_and(|entry| leaked(self.report, entry)) => Standing::NotMet,
            // Of what only counts as a SHOULD a warning is the breach itself.
            (Some("warn"), Obligation::Should) | (Some("fail"), _) => Standing::NotMet,
            (Some("warn"), Obligation::Must | Obligation::May) => Standing::MetWithRemark,
            (Some("not-applicable"), _) if one.named => Standing::NotOffered,
            (Some("not-applicable"), _) => Standing::NotApplicable,
            (Some(_) | None, _) => Standing::NotShown,
        }
    }

    /// Whether the report states the options as they are demanded.
    fn options(&mut self, demand: &RoleDemand, claim: &ProfileConclusion) -> bool {
        let mut all = true;
        for option in &demand.options {
            let stated = claim.options.get(&option.id).map(String::as_str);
            if !suits(option, stated) {
                all = false;
                let said = words::other_option(&claim.id, &claim.role, &option.id, &option.value, stated);
                self.say(Cause::NotOffered, said, Vec::new());
            }
        }
        all
    }

    fn notes(&self) -> Vec<Said> {
        let run = &self.report.run;
        let mut notes = Vec::new();
        if self.report.judge != self.tender.judge {
            notes.push(words::other_judge(&self.tender.judge, &self.report.judge));
        }
        if self.tender.demands.iter().flat_map(|one| &one.requirements).any(|one| one.kind == DemandKind::Question) {
            notes.push(words::questions());
        }
        notes.extend(run.self_tested.then(words::self_tested));
        match self.facts.again {
            Again::NotAsked => notes.push(words::rejudge_first()),
            Again::Fits { .. } => notes.push(words::judged_again()),
            Again::DoesNotFit(_) => {}
        }
        notes.push(words::measured());
        notes
    }
}

/// The day of a moment or day in ISO 8601.
fn day(text: &str) -> Option<Date> {
    Date::parse(text.get(..10)?, time::macros::format_description!("[year]-[month]-[day]")).ok()
}

/// Whether the value stated is the one demanded; for a length of time, whether it is no longer.
fn suits(option: &OptionDemand, stated: Option<&str>) -> bool {
    match (stated, option.at_most) {
        (None, _) => false,
        (Some(stated), false) => stated == option.value,
        (Some(stated), true) => match (stated.parse::<Span>(), option.value.parse::<Span>()) {
            (Ok(stated), Ok(longest)) => stated <= longest,
            _ => false,
        },
    }
}

fn unlike(one: &RequirementDemand) -> Standing {
    match one.kind {
        DemandKind::Question => Standing::ToAnswer,
        DemandKind::Minimum | DemandKind::Wish => Standing::OtherEdition,
    }
}

/// Whether the report says of a requirement what the catalogue that it names cannot say: that it does not apply although
/// it does under the options stated, or that less of it is in effect.
fn is_denied(one: &RequirementDemand, entry: Option<&RequirementEntry>, claim: &ProfileConclusion) -> bool {
    let Some(entry) = entry.filter(|_| one.kind == DemandKind::Minimum) else { return false };
    let applies = one
        .applies_with
        .iter()
        .all(|condition| claim.options.get(&condition.option).is_some_and(|value| condition.values.contains(value)));
    // Where every case is about other options than those stated, an honest report says that no test looks at it yet: that
    // shows nothing, and denies nothing.
    let uncovered = entry.verification == "not-yet" && entry.outcome == "not-tested";
    let tested = entry.verification == "test" || uncovered;
    (entry.outcome == "not-applicable" && applies) || entry.effective != "must" || !tested
}

fn taken(one: &RequirementDemand, standing: Standing, entry: Option<&RequirementEntry>) -> Taken {
    Taken {
        requirement: one.id.to_string(),
        text: one.text.clone(),
        kind: one.kind,
        standing,
        ended: entry.map(entry::ended),
    }
}
