//! A tender file to a TenderFile: its shape, its dates, and that what it demands exists and can be shown.
//! What follows from it, the annex and the published form, is drawn up elsewhere.

use super::catalogue::Catalogue;
use super::code::Code;
use super::diagnostic::{Diagnostic, Severity};
use super::folder;
use super::lint::claim;
use super::lint::profile::{bad_day, is_day};
use super::load::{self, Parsed};
use super::suggest;
use crate::model::id::RequirementId;
use crate::model::profile::{Obligation, Profile, Requirement, Verification};
use crate::model::target::{Claim, FhirVersion, Format};
use crate::model::tender::{Challenge, Demanded, Minimum, TenderFile};
use crate::model::text::Bilingual;
use std::collections::BTreeSet;
use std::path::Path;

/// So many characters a challenge has at least: who can guess it can test before it is issued.
const SHORTEST: usize = 16;

/// More than anybody types, and still a line.
const LONGEST: usize = 128;

/// One day in milliseconds.
pub const DAY: u64 = 86_400_000;

/// The oldest that a run may be demanded to be, in days.
const OLDEST: u64 = 3660;

/// What came of reading a tender file.
#[derive(Debug)]
pub struct LoadedTender {
    /// The tender, if no error was found.
    pub tender: Option<TenderFile>,
    /// Errors and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// The parts of a tender file of which each tells at most one fault of shape.
const ITEMS: &[&str] = &["profiles/*"];

/// Reads and checks a tender file.
#[must_use]
pub fn load_tender(path: &Path, catalogue: &Catalogue) -> LoadedTender {
    let name = path.display().to_string();
    match folder::read_file(path) {
        Ok(bytes) => read_tender(&name, &bytes, catalogue),
        Err(error) => {
            let message = format!("the tender file cannot be read: {}", folder::reason(&error));
            LoadedTender { tender: None, diagnostics: vec![Diagnostic::of_file(Code::Unreadable, name, message)] }
        }
    }
}

/// Checks the bytes of a tender file; `name` is what diagnostics call it.
#[must_use]
pub fn read_tender(name: &str, bytes: &[u8], catalogue: &Catalogue) -> LoadedTender {
    let mut found = Vec::new();
    let Some(source) = load::text(name, bytes, &mut found) else {
        return LoadedTender { tender: None, diagnostics: found };
    };
    let parsed: Option<Parsed<TenderFile>> = load::yaml(&source, ITEMS, &mut found);
    if let Some(parsed) = parsed.as_ref().filter(|parsed| parsed.whole) {
        let profiles: Vec<_> = catalogue.profiles.values().collect();
        let claims: Vec<Claim> = parsed.value.profiles.iter().map(as_claim).collect();
        let place = claim::Place { source: &source, tree: &parsed.tree, way: "profiles".to_owned() };
        claim::claims(&profiles, &claims, &place, &|_| false, &mut found);
        Look { catalogue, parsed, found: &mut found }.check();
    }
    found.sort_by(|a, b| a.order().cmp(&b.order()));
    found.dedup();
    let faulty = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    LoadedTender { tender: parsed.filter(|_| !faulty).map(|parsed| parsed.value), diagnostics: found }
}

/// What a system that has what is demanded would claim.
fn as_claim(demanded: &Demanded) -> Claim {
    Claim {
        profile: demanded.profile.clone(),
        roles: demanded.roles.clone(),
        fhir: vec![FhirVersion::R4],
        format: vec![Format::Json],
        options: demanded.options.clone(),
    }
}

struct Look<'p> {
    catalogue: &'p Catalogue,
    parsed: &'p Parsed<TenderFile>,
    found: &'p mut Vec<Diagnostic>,
}

impl Look<'_> {
    fn check(&mut self) {
        let tender = &self.parsed.value;
        self.title(&tender.title);
        if tender.buyer.trim().is_empty() {
            self.say(Code::EmptyText, "buyer", "it has no buyer".to_owned());
        }
        self.dates();
        self.challenge();
        for (list, empty) in
            [("environments", tender.environments.is_empty()), ("profiles", tender.profiles.is_empty())]
        {
            if empty {
                self.say(Code::EmptyList, list, format!("a tender with no {list}"));
            }
        }
        for (n, demanded) in tender.profiles.iter().enumerate() {
            self.demanded(n, demanded);
        }
    }

    fn title(&mut self, title: &Bilingual) {
        for (lang, text) in [("nl", &title.nl), ("en", &title.en)] {
            if text.trim().is_empty() {
                self.say(Code::EmptyText, &format!("title/{lang}"), "the title is empty".to_owned());
            }
        }
    }

    fn dates(&mut self) {
        let tender = &self.parsed.value;
        for (way, day) in [("deadline", Some(&tender.deadline)), ("issued", tender.issued.as_ref())] {
            if let Some(day) = day.filter(|day| !is_day(day)) {
                self.found.push(bad_day(&self.parsed.source, self.parsed.tree.region(way), day));
            }
        }
        // Days of ISO 8601 compare as texts.
        if let Some(issued) = tender.issued.as_ref().filter(|issued| **issued > tender.deadline && is_day(issued)) {
            self.say(Code::BadDate, "issued", format!("the tender is issued ({issued}) after its deadline"));
        }
        let age = tender.no_older_than.as_millis();
        if age == 0 || !age.is_multiple_of(DAY) || age / DAY > OLDEST {
            let message = format!("`{}` is not a number of days from 1 to {OLDEST}", tender.no_older_than);
            self.helped(Code::BadValue, "no-older-than", message, "write whole days: `60d`".to_owned());
        }
    }

    fn challenge(&mut self) {
        let Challenge::Text(text) = &self.parsed.value.challenge else { return };
        let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.len() > LONGEST || !text.chars().all(harmless) || text.starts_with('-') {
            let message =
                "a challenge has letters, digits, `-`, `_` and `.`, does not begin with `-`, and fits on a line";
            let help = "bidders type it on the command line of any system; leave out blanks and quotes".to_owned();
            self.helped(Code::BadValue, "challenge/text", message.to_owned(), help);
        } else if text.len() < SHORTEST {
            let message = format!("a challenge of {} characters can be guessed before it is issued", text.len());
            let help = format!("draw at least {SHORTEST} characters by chance, as with `openssl rand -hex 16`");
            self.helped(Code::WeakChallenge, "challenge/text", message, help);
        }
    }

    fn demanded(&mut self, n: usize, demanded: &Demanded) {
        let Some(profile) = self.catalogue.profiles.get(&demanded.profile) else { return };
        let mut named = BTreeSet::new();
        if let Minimum::Musts(musts) = &demanded.minimum {
            if musts.is_empty() {
                self.say(
                    Code::EmptyList,
                    &format!("profiles/{n}/minimum/musts"),
                    "a minimum of no requirements".to_owned(),
                );
            }
            for (m, id) in musts.iter().enumerate() {
                let way = format!("profiles/{n}/minimum/musts/{m}");
                self.named(&way, id, demanded, &mut named, true);
            }
        }
        for (m, id) in demanded.wishes.iter().enumerate() {
            self.named(&format!("profiles/{n}/wishes/{m}"), id, demanded, &mut named, false);
        }
        if demanded.minimum == Minimum::Conformant {
            let testable =
                |one: &&Requirement| one.obligation != Obligation::Should && one.verification == Verification::Test;
            for (m, role) in demanded.roles.iter().enumerate().filter(|(_, role)| profile.roles.contains(role)) {
                if !profile.requirements.iter().filter(testable).any(|one| one.roles.contains(role)) {
                    let message = format!(
                        "no MUST of `{}` for the role `{role}` can be tested, so that no report can be conformant",
                        profile.id
                    );
                    let help = "take the role out, and ask for what it must do in words".to_owned();
                    self.helped(Code::UntestableDemand, &format!("profiles/{n}/roles/{m}"), message, help);
                }
            }
        }
    }

    /// A requirement that is named under a profile.
    fn named(
        &mut self,
        way: &str,
        id: &RequirementId,
        demanded: &Demanded,
        named: &mut BTreeSet<RequirementId>,
        must: bool,
    ) {
        let Some(profile) = self.catalogue.profiles.get(&demanded.profile) else { return };
        let Some(requirement) = profile.requirements.iter().find(|one| profile.id_of(one) == *id) else {
            let known: Vec<String> = profile.requirements.iter().map(|one| profile.id_of(one).to_string()).collect();
            let message = format!("`{}` has no requirement `{id}`", profile.id);
            let region = self.parsed.tree.region(way);
            let help = suggest::help(id.as_str(), known.iter().map(String::as_str));
            self.found.push(Diagnostic::at(Code::UnknownRequirement, &self.parsed.source, region, message).help(help));
            return;
        };
        if !named.insert(id.clone()) {
            self.say(Code::DuplicateId, way, format!("`{id}` is named before"));
        } else if sound(profile, demanded) && !requirement.roles.iter().any(|role| demanded.roles.contains(role)) {
            self.say(Code::RoleNotBound, way, format!("`{id}` binds none of the roles demanded"));
        } else if requirement.verification != Verification::Test {
            let help =
                "leave it out; with `minimum: conformant` the annex asks the bidder about it in words".to_owned();
            self.helped(
                Code::UntestableDemand,
                way,
                format!("no test shows `{id}`, so that no report can meet it"),
                help,
            );
        } else if must && requirement.obligation == Obligation::Should {
            let help = "put it under `wishes`".to_owned();
            self.helped(Code::UntestableDemand, way, format!("`{id}` is a SHOULD, which no report fails"), help);
        } else if let Some((option, value)) = excluded(requirement, demanded) {
            let help = format!("take it out, or demand another value of `{option}`");
            let message = format!("`{id}` does not apply where `{option}` is `{value}`, which is demanded here");
            self.helped(Code::UntestableDemand, way, message, help);
        }
    }

    fn say(&mut self, code: Code, way: &str, message: String) {
        let region = self.parsed.tree.region(way);
        self.found.push(Diagnostic::at(code, &self.parsed.source, region, message));
    }

    fn helped(&mut self, code: Code, way: &str, message: String, help: String) {
        let region = self.parsed.tree.region(way);
        self.found.push(Diagnostic::at(code, &self.parsed.source, region, message).help(help));
    }
}

/// Whether the roles demanded are roles of the profile; what is wrong with them is told there, and not again of each
/// requirement.
fn sound(profile: &Profile, demanded: &Demanded) -> bool {
    !demanded.roles.is_empty() && demanded.roles.iter().all(|role| profile.roles.contains(role))
}

/// The option, demanded with this value, under which a requirement does not apply.
#[must_use]
pub fn excluded<'d>(requirement: &Requirement, demanded: &'d Demanded) -> Option<(&'d str, &'d str)> {
    let cited = requirement.condition.iter().flat_map(|condition| &condition.options);
    cited
        .filter_map(|(option, allowed)| {
            let (id, value) = demanded.options.get_key_value(option)?;
            (!allowed.contains(value)).then_some((id.as_str(), value.as_str()))
        })
        .next()
}
