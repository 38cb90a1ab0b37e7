//! What `doctor` says: endpoints, credentials, claims, bindings, cases, each with what to do.
//! It shows what was seen; it concludes nothing about conformance.

use crate::engine::approach::Seen;
use crate::engine::binding::Programs;
use crate::engine::checkup::{Checkup, Unasked};
use crate::engine::plan::is_loopback;
use crate::engine::preflight::Accepted;
use crate::engine::run::Request;
use crate::model::id::{ActionId, CaseId, MemberId, Role, Word};
use crate::model::plan::LeftOut;
use crate::model::profile::Profile;
use crate::model::report::Said;
use crate::model::target::{Binding, CastMeans, Claim, Credential};
use crate::model::text::Lang;
use crate::model::verdict::{Gap, Outcome};
use crate::report::render::visible;
use crate::report::words;
use std::collections::{BTreeMap, BTreeSet};

/// The whole page.
pub fn render(request: &Request, checkup: &Checkup, lang: Lang) -> String {
    let mut page = Page { request, checkup, lang, out: String::new() };
    page.authorisation();
    page.endpoints();
    page.credentials();
    page.counterparts();
    page.claims();
    page.bindings();
    page.cases();
    page.summary();
    page.out
}

/// How something stands; the first word of its line.
#[derive(Clone, Copy)]
enum State {
    Fine,
    Note,
    Fault,
}

struct Page<'a> {
    request: &'a Request,
    checkup: &'a Checkup,
    lang: Lang,
    out: String,
}

impl Page<'_> {
    fn head(&mut self, nl: &str, en: &str) {
        let title = self.lang.pick(nl, en);
        let gap = if self.out.is_empty() { "" } else { "\n" };
        self.out.push_str(&format!("{gap}{title}\n"));
    }

    fn line(&mut self, state: State, name: &str, text: &str) {
        let mark = match state {
            State::Fine => self.lang.pick("goed", "ok"),
            State::Note => self.lang.pick("let op", "note"),
            State::Fault => self.lang.pick("FOUT", "FAULT"),
        };
        self.out.push_str(format!("  {mark:<7}{name:<22}{}", visible(text)).trim_end());
        self.out.push('\n');
    }

    fn advice(&mut self, said: &Said) {
        let line = format!("         {}: {}\n", self.lang.pick("Wat nu", "Do"), said.say(self.lang));
        self.out.push_str(&line);
    }

    /// The faults found at this endpoint or party; says whether there were any.
    fn faults(&mut self, place: &str) -> bool {
        let mut any = false;
        for finding in self.checkup.findings.iter().filter(|finding| finding.place == place) {
            let text = format!("{}: {}", words::fault(finding.fault).say(self.lang), finding.detail);
            self.line(State::Fault, place, &text);
            self.advice(&words::remedy(finding.fault));
            any = true;
        }
        any
    }

    fn authorisation(&mut self) {
        self.head("Toestemming", "Authorisation");
        let remote = self.request.target.endpoints.values().any(|url| !is_loopback(url));
        match &self.request.target.authorisation {
            Some(given) => {
                let text = format!(
                    "{} {}, {}/s",
                    self.lang.pick("tot en met", "until"),
                    given.until,
                    given.max_requests_per_second
                );
                self.line(State::Fine, &given.owner.clone(), &text);
            }
            None if remote => {
                let text = self.lang.pick(
                    "ontbreekt: buiten deze machine worden alleen anonieme leesvragen gesteld",
                    "missing: off this machine only anonymous reading requests are made",
                );
                self.line(State::Note, "authorisation", text);
                self.advice(&words::advice::gap(Gap::NotAuthorised));
            }
            None => {
                let text = self.lang.pick("niet nodig op deze machine", "not needed on this machine");
                self.line(State::Fine, "authorisation", text);
            }
        }
    }

    fn endpoints(&mut self) {
        self.head("Eindpunten", "Endpoints");
        for (name, url) in &self.request.target.endpoints {
            let faulty = self.faults(name.as_str());
            let Some(answered) = self.checkup.answers.get(name) else {
                if !faulty {
                    self.line(State::Fault, name.as_str(), self.lang.pick("antwoordt niet", "does not answer"));
                }
                continue;
            };
            let mut text =
                format!("{url} {} {}", self.lang.pick("antwoordt met status", "answers with status"), answered.status);
            if let Some(tls) = &answered.tls {
                text.push_str(&format!(", {tls}"));
            }
            let mut state = State::Fine;
            if let Some(facts) = self.checkup.plan.facts.get(name) {
                match &facts.fhir_version {
                    Some(version) => text.push_str(&format!(", FHIR {version}")),
                    None => {
                        state = State::Note;
                        text.push_str(self.lang.pick(
                            "; geen capability statement te krijgen, dus wat daarvan afhangt wordt niet getoetst",
                            "; no capability statement was to be had, so what depends on it is not tested",
                        ));
                    }
                }
                if !facts.search.is_empty() {
                    let types: Vec<&str> = facts.search.keys().map(String::as_str).collect();
                    text.push_str(&format!(", {} {}", self.lang.pick("te zoeken:", "searches"), types.join(" ")));
                }
            }
            if !faulty || matches!(state, State::Note) {
                self.line(state, name.as_str(), &text);
            }
        }
    }

    fn credentials(&mut self) {
        self.head("Inloggegevens", "Credentials");
        for (party, credential) in &self.request.target.credentials {
            if self.faults(party.as_str()) {
                continue;
            }
            let (state, text) = match (credential, self.checkup.parties.get(party)) {
                (Credential::None, _) => {
                    self.without_credential(party);
                    continue;
                }
                (Credential::Bearer(_) | Credential::Basic(_), _) => {
                    let text = self.lang.pick(
                        "gelezen; of het wordt aanvaard, blijkt pas uit het eerste testgeval",
                        "read; whether it is accepted shows only in the first case",
                    );
                    (State::Note, text.to_owned())
                }
                (Credential::ClientCredentials(_), Some(Accepted::Yes)) => (
                    State::Fine,
                    self.lang.pick("de tokendienst gaf een token", "the token service gave a token").to_owned(),
                ),
                (Credential::ClientCredentials(_), Some(Accepted::No(why))) => {
                    let lead = self.lang.pick("kreeg nog geen token", "got no token yet");
                    let tail = self.lang.pick(
                        "dat kan aan deze ene vraag liggen: er is nog niet om een patiënt of doel gevraagd",
                        "that may concern this one request: no patient or purpose was named yet",
                    );
                    (State::Note, format!("{lead}: {why}; {tail}"))
                }
                (Credential::ClientCredentials(_), None) => {
                    (State::Note, self.lang.pick("niet gevraagd", "not asked").to_owned())
                }
            };
            self.line(state, party.as_str(), &text);
        }
        let state = match &self.request.target.cast {
            CastMeans::Fixture(_) if self.request.means.programs == Programs::Forbidden => State::Note,
            CastMeans::Fhir | CastMeans::Fixture(_) | CastMeans::Preloaded(_) => State::Fine,
        };
        let cast = match &self.request.target.cast {
            CastMeans::Fhir => self.lang.pick(
                "bij een toets worden de testpatiënten via FHIR aangemaakt",
                "a run creates its patients over FHIR",
            ),
            CastMeans::Fixture(_) if self.request.means.programs == Programs::Forbidden => self.lang.pick(
                "een programma laadt de testpatiënten, maar mag zonder --allow-exec niet worden gestart",
                "a program loads the patients, but may not be started without --allow-exec",
            ),
            CastMeans::Fixture(_) => {
                self.lang.pick("een programma laadt de testpatiënten", "a program loads the patients")
            }
            CastMeans::Preloaded(_) => {
                self.lang.pick("de testpatiënten staan er al", "the patients stand there already")
            }
        };
        self.line(state, "cast", cast);
    }

    /// What endpoints said to a question about data without credentials, held against a party that has none.
    fn without_credential(&mut self, party: &MemberId) {
        let (lang, name) = (self.lang, party.as_str());
        let told = |seen: &[(&Word, &Unasked)]| {
            let one = |(endpoint, seen): &(&Word, &Unasked)| format!("{endpoint}: GET {} → {}", seen.url, seen.status);
            seen.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let seen: Vec<(&Word, &Unasked)> = self.checkup.unasked.iter().collect();
        let demanding: Vec<_> = seen.iter().copied().filter(|(_, seen)| seen.demands()).collect();
        if !demanding.is_empty() {
            let refused = self.checkup.refused(&self.request.target).contains(party);
            let lead = lang.pick(
                "het doelbestand zegt `none`, maar het eindpunt vraagt om inloggegevens",
                "the target file says `none`, but the endpoint asks for credentials",
            );
            let state = if refused { State::Fault } else { State::Note };
            self.line(state, name, &format!("{lead} ({})", told(&demanding)));
            self.advice(&words::advice::gap(Gap::NoCredential));
            return;
        }
        let (state, lead) = match seen.as_slice() {
            [] => (State::Note, lang.pick("geen; niet na te gaan", "none; there was nothing to ask")),
            all if all.iter().all(|(_, seen)| seen.serves()) => {
                (State::Fine, lang.pick("geen; er werd ook niet om gevraagd", "none; and none were asked for"))
            }
            _ => (
                State::Note,
                lang.pick("geen; of dat volstaat, is niet te zeggen", "none; whether that will do cannot be said"),
            ),
        };
        let told = if seen.is_empty() { String::new() } else { format!(" ({})", told(&seen)) };
        self.line(state, name, &format!("{lead}{told}"));
    }

    /// Whether the addresses that the target file gives for our counterparts lead to them.
    fn counterparts(&mut self) {
        if self.checkup.approaches.is_empty() {
            return;
        }
        self.head("Nagespeelde partijen", "Counterparts");
        for one in &self.checkup.approaches {
            let (name, lang) = (one.place.trim_start_matches("counterparts."), self.lang);
            let (state, text, advice) = match &one.seen {
                Seen::Ours => (State::Fine, lang.pick("komt bij ons uit", "leads to us").to_owned(), None),
                Seen::Elsewhere(seen) => {
                    let lead = lang.pick("komt niet uit waar wij luisteren", "does not lead to where we listen");
                    let text = format!("{lead} ({}): {seen}", one.listen);
                    (State::Fault, text, Some(words::advice::not_reached()))
                }
                Seen::NotFromHere(host) => {
                    let text = match lang {
                        Lang::Nl => format!("niet nagegaan: {host} is geen adres van deze machine"),
                        Lang::En => format!("not looked at: {host} is no address of this machine"),
                    };
                    (State::Note, text, Some(words::advice::reached_from_there()))
                }
                Seen::NotListening(why) => {
                    let lead = lang.pick("hier kan niet worden geluisterd", "cannot be listened at");
                    (State::Fault, format!("{lead}: {why}"), Some(words::advice::not_listening()))
                }
            };
            let text = format!("{} {text}", one.url);
            self.line(state, name, &text);
            if let Some(advice) = advice {
                self.advice(&advice);
            }
        }
    }

    fn claims(&mut self) {
        self.head("Opgaven", "Claims");
        if self.request.target.claims.is_empty() {
            self.line(
                State::Note,
                "claims",
                self.lang.pick("niets opgegeven, dus niets te toetsen", "nothing is claimed, so nothing is tested"),
            );
        }
        for claim in &self.request.target.claims {
            let Some(profile) = self.request.catalogue.profiles.get(&claim.profile) else { continue };
            self.claim(claim, profile);
        }
    }

    fn claim(&mut self, claim: &Claim, profile: &Profile) {
        let said = |role: &Role| words::entry::role(role.as_str()).into_said(self.lang);
        let roles: Vec<String> = claim.roles.iter().map(said).collect();
        let versions: Vec<&str> = claim.fhir.iter().map(|version| version.as_str()).collect();
        let formats: Vec<&str> = claim.format.iter().map(|format| format.as_str()).collect();
        let text = format!("{}: {} ({} {})", profile.edition, roles.join(", "), versions.join(" "), formats.join(" "));
        self.line(State::Fine, claim.profile.as_str(), &text);
        for option in &profile.options {
            if let Some(value) = claim.options.get(&option.id) {
                self.line(State::Fine, &format!("  {}", option.id), value);
            } else if option.default.is_none() {
                let lead = self.lang.pick("niet opgegeven", "not stated");
                let text = format!("{lead} ({})", option.values.join(" | "));
                self.line(State::Note, &format!("  {}", option.id), &text);
            }
        }
    }

    fn bindings(&mut self) {
        let wanted = self.wanted();
        if wanted.is_empty() {
            return;
        }
        self.head("Koppelingen", "Bindings");
        for (action, cases) in wanted {
            let names: Vec<&str> = cases.iter().map(CaseId::as_str).collect();
            let (state, how) = match self.request.target.bindings.get(&action) {
                Some(Binding::FhirConsent(_)) => (State::Fine, "fhir-consent"),
                Some(Binding::Http(_)) => (State::Fine, "http"),
                Some(Binding::Exec(_)) if self.request.means.programs == Programs::Forbidden => {
                    (State::Note, self.lang.pick("exec, alleen met --allow-exec", "exec, only with --allow-exec"))
                }
                Some(Binding::Exec(_)) => (State::Fine, "exec"),
                Some(Binding::Manual(_)) => (State::Fine, "manual"),
                None => (State::Note, self.lang.pick("ontbreekt; niet getoetst", "missing; not tested")),
            };
            self.line(state, action.as_str(), &format!("{how}: {}", names.join(" ")));
        }
    }

    /// The actions that cases of the claims use, with their way back, each with those cases.
    fn wanted(&self) -> BTreeMap<ActionId, BTreeSet<CaseId>> {
        let catalogue = &self.request.catalogue;
        let mut wanted: BTreeMap<ActionId, BTreeSet<CaseId>> = BTreeMap::new();
        for claim in &self.request.target.claims {
            let of_claim = catalogue
                .cases
                .iter()
                .filter(|(id, case)| id.standard() == claim.profile.as_str() && claim.roles.contains(&case.role));
            for (id, case) in of_claim {
                for own in case.actions() {
                    let undo = catalogue.action(&own).and_then(|action| action.undo.clone());
                    for action in undo.into_iter().chain([own]) {
                        wanted.entry(action).or_default().insert(id.clone());
                    }
                }
            }
        }
        // An action that only opens the cast stands in no step; the plan names it where it is missing.
        for left in &self.checkup.plan.left_out {
            if left.outcome == Outcome::NotTested(Gap::NoBinding)
                && let Ok(action) = left.detail.parse::<ActionId>()
            {
                wanted.entry(action).or_default().insert(left.case.clone());
            }
        }
        wanted
    }

    fn cases(&mut self) {
        self.head("Testgevallen", "Cases");
        let mut run: BTreeMap<&CaseId, usize> = BTreeMap::new();
        for instance in &self.checkup.plan.instances {
            *run.entry(&instance.case).or_default() += 1;
        }
        for (case, times) in run {
            let times = if times > 1 { format!(" × {times}") } else { String::new() };
            self.out.push_str(&format!("  {:<7}{case}{times}\n", self.lang.pick("toetst", "runs")));
        }
        // One thing to do often opens many cases: it is told once.
        let mut left: Vec<(&LeftOut, Vec<&CaseId>)> = Vec::new();
        for one in &self.checkup.plan.left_out {
            let alike = |other: &&LeftOut| other.outcome == one.outcome && other.detail == one.detail;
            match left.iter_mut().find(|(other, _)| alike(other)) {
                Some((_, cases)) => cases.push(&one.case),
                None => left.push((one, vec![&one.case])),
            }
        }
        for (one, cases) in left {
            let detail = if one.detail.is_empty() { String::new() } else { format!(" ({})", visible(&one.detail)) };
            for case in cases {
                self.out.push_str(&format!("  {:<7}{case}\n", self.lang.pick("niet", "not")));
            }
            let why = words::outcome(one.outcome);
            self.out.push_str(&format!(
                "         {}: {}{detail}\n",
                self.lang.pick("Waarom", "Why"),
                why.say(self.lang)
            ));
            if let Outcome::NotTested(gap) = one.outcome {
                self.advice(&words::advice::gap(gap));
            }
        }
    }

    fn summary(&mut self) {
        let run: BTreeSet<&CaseId> = self.checkup.plan.instances.iter().map(|instance| &instance.case).collect();
        let (run, left) = (run.len(), self.checkup.plan.left_out.len());
        let unreached = self.checkup.approaches.iter().filter(|one| one.is_fault()).count();
        let faults = unreached + self.checkup.findings.len() + self.checkup.refused(&self.request.target).len();
        let (one, several) = if self.lang == Lang::Nl { ("fout", "fouten") } else { ("fault", "faults") };
        let found = format!("\n{faults} {}", if faults == 1 { one } else { several });
        let (gevallen, cases) = if run == 1 { ("testgeval kan", "case") } else { ("testgevallen kunnen", "cases") };
        let line = match self.lang {
            Lang::Nl => format!(
                "{found} gevonden; {run} {gevallen} worden uitgevoerd, {left} niet. Er is niets geschreven op het systeem.\n"
            ),
            Lang::En => {
                format!(
                    "{found} found; {run} {cases} would run, {left} would not. Nothing was written at the target.\n"
                )
            }
        };
        self.out.push_str(&line);
    }
}
