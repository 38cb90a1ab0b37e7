//! `init`: a target file that is valid at once, with what to fill in said in plain words.
//! Contacts nothing; whether the server is there is for the run to find out.

use super::args::{Common, Init};
use super::{load, stream};
use crate::engine::plan::is_loopback;
use crate::language::catalogue::Catalogue;
use crate::model::id::{ActionId, MemberId, ProfileId, Role};
use crate::model::profile::{Profile, ProfileOption};
use crate::model::target::FhirVersion;
use crate::model::testcase::{Act, Step, Verb};
use crate::model::text::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Runs the command.
pub fn run(command: &Init, common: &Common) -> u8 {
    write(command, common).unwrap_or_else(|code| code)
}

fn write(command: &Init, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    let url = url::Url::parse(&command.fhir)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.username().is_empty())
        .ok_or_else(|| {
            stream::refuse(&format!(
                "`{}` is no URL of a FHIR server; write for instance http://127.0.0.1:8080/fhir",
                command.fhir
            ))
        })?;
    let claims = claims(&command.claim, &catalogue)?;
    if command.output.exists() {
        return Err(stream::refuse(&format!(
            "{} exists already and is left alone; give --output another name",
            command.output.display()
        )));
    }
    let text = target_file(&catalogue, &url, &claims, common.lang.into());
    std::fs::write(&command.output, text)
        .map_err(|error| stream::refuse(&format!("cannot write {}: {error}", command.output.display())))?;
    let shown = command.output.display();
    stream::out(&match Lang::from(common.lang) {
        Lang::En => {
            format!("{shown} written. Next: toetssteen plan --target {shown}, then toetssteen run --target {shown}\n")
        }
        Lang::Nl => format!(
            "{shown} is geschreven. Nu: toetssteen plan --target {shown}, daarna toetssteen run --target {shown}\n"
        ),
    });
    Ok(0)
}

type Claims = BTreeMap<ProfileId, Vec<Role>>;

fn claims(texts: &[String], catalogue: &Catalogue) -> Result<Claims, u8> {
    let mut claims = Claims::new();
    for text in texts {
        let wrong = || stream::refuse(&format!("`--claim {text}` is not PROFILE=ROLE; see `toetssteen list profiles`"));
        let (profile, role) = text.split_once('=').ok_or_else(wrong)?;
        let (profile, role): (ProfileId, Role) =
            (profile.parse().map_err(|_| wrong())?, role.parse().map_err(|_| wrong())?);
        let Some(known) = catalogue.profiles.get(&profile) else {
            return Err(stream::refuse(&format!("no profile `{profile}`; see `toetssteen list profiles`")));
        };
        if !known.roles.contains(&role) {
            return Err(stream::refuse(&format!("profile `{profile}` has no role `{role}`")));
        }
        claims.entry(profile).or_default().push(role);
    }
    Ok(claims)
}

fn target_file(catalogue: &Catalogue, url: &url::Url, claims: &Claims, lang: Lang) -> String {
    let t = |nl: &'static str, en: &'static str| lang.pick(nl, en);
    let host = url.host_str().unwrap_or_default();
    let name = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let until = (time::OffsetDateTime::now_utc() + time::Duration::days(90)).date();
    let needs = Needs::of(catalogue, claims);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# {}",
        t(
            "Wat getoetst wordt, en hoe. Geheimen staan hier nooit in: verwijs naar een omgevingsvariabele of bestand.",
            "What is tested, and how. Secrets never stand here: point to an environment variable or a file."
        )
    );
    let _ = writeln!(out, "format: 1\nname: \"{name}\"");
    let _ = writeln!(out, "product: {{ vendor: {0}, name: {0}, version: {0} }}", t("niet opgegeven", "not stated"));
    let block = format!(
        "authorisation: {{ owner: \"{}\", environment: test, until: {until}, max-requests-per-second: 20 }}",
        t("vul in wie de toets toestaat", "fill in who allows this test")
    );
    if is_loopback(url.as_str()) {
        let _ = writeln!(
            out,
            "# {}\n# {block}",
            t("Voor deze machine is geen toestemming nodig.", "This machine needs no authorisation.")
        );
    } else {
        let _ = writeln!(
            out,
            "# {}\n# {block}",
            t(
                "Vul dit in en haal de # weg; tot dan worden alleen anonieme leesvragen gesteld.",
                "Fill this in and take the # away; until then only anonymous reading requests are made."
            )
        );
    }
    let _ = writeln!(out, "claims:");
    for (profile, roles) in claims {
        let Some(known) = catalogue.profiles.get(profile) else { continue };
        claim(&mut out, known, roles, &needs, lang);
    }
    let _ = writeln!(out, "endpoints:");
    if needs.people {
        let _ = writeln!(out, "  fhir: \"{}\"", url.as_str().trim_end_matches('/'));
    }
    if needs.endpoints.contains("public") {
        // Known from the start: the pages that anybody may open stand beside the FHIR base.
        let note = t("waar openbare pagina's staan, zoals /health", "where public pages are, such as /health");
        let _ = writeln!(out, "  public: \"{}\"    # {note}", url.origin().ascii_serialization());
    }
    for (endpoint, nl, en) in [
        ("fhir-2", "een tweede bron van dezelfde leverancier", "a second holder of the same supplier"),
        ("prescriptions", "waar voorschriften binnenkomen", "where prescriptions arrive"),
        (
            "notification",
            "waar een seintje over een overdracht binnenkomt",
            "where a notification of a handoff arrives",
        ),
        ("handoff", "waar taak en overdrachtsbericht staan", "where task and handoff message are"),
        (
            "mailbox",
            "waar een bericht wordt opgehaald; het nummer komt achter dit adres (bij FHIR bijvoorbeeld …/Bundle)",
            "where a message is collected; its id comes behind it (with FHIR for instance …/Bundle)",
        ),
        ("inbox", "waar staat welke berichten er klaarliggen", "where it stands which messages wait"),
        ("token", "de tokendienst", "the token service"),
    ] {
        if needs.endpoints.contains(endpoint) || endpoint == "token" {
            // Where nobody's data are asked for, the address that was given is that of the messages.
            let off = if endpoint == "mailbox" && !needs.people { "" } else { "# " };
            let _ = writeln!(out, "  {off}{endpoint}: \"{}\"    # {}", url.as_str().trim_end_matches('/'), t(nl, en));
        }
    }
    if needs.listens {
        let _ = writeln!(
            out,
            "# {}\n# counterparts: {{ listen: \"0.0.0.0:9000\", public-url: \"http://tester:9000\" }}",
            t(
                "Wij spelen de andere partij. Draait dit systeem niet op deze machine, zeg dan waar wij luisteren en hoe het ons bereikt.",
                "We play the other party. Where this system is not on this machine, say where we listen and how it reaches us."
            )
        );
    }
    let _ = writeln!(
        out,
        "# {}",
        t(
            "Wie er vraagt. `none`: het eindpunt vraagt nergens om. Anders bijvoorbeeld:",
            "Who asks. `none`: the endpoint asks for nothing. Otherwise for instance:"
        )
    );
    let _ = writeln!(
        out,
        "#   {{ client-credentials: {{ id: my-client, secret: {{ env: MY_SECRET }}, parameters: {{ patient: patient }} }} }}"
    );
    let _ = writeln!(
        out,
        "#   {{ client-credentials: {{ id: my-client, key: {{ file: my-key.pem }} }} }}   {{ bearer: {{ token: {{ env: MY_TOKEN }} }} }}"
    );
    let _ = writeln!(out, "credentials:");
    for party in &needs.parties {
        let title = catalogue.cast.organisations.get(party).map(|organisation| organisation.title.say(lang).to_owned());
        let note = match party.as_str() {
            "writer" => t("mag testgegevens aanmaken en verwijderen", "may create and remove test data").to_owned(),
            "patient" => t("de patiënt zelf, in het portaal", "the patient, in the portal").to_owned(),
            _ => title.unwrap_or_default(),
        };
        let _ = writeln!(out, "  {party}: none    # {note}");
    }
    let cast = if needs.people {
        t(
            "fhir: wij maken de testpatiënten aan als `writer` en ruimen ze op. Staan ze er al: zie docs/target-file.md (preloaded, fixture).",
            "fhir: we create the test patients as `writer` and remove them. If they stand there already: see docs/target-file.md (preloaded, fixture).",
        )
    } else {
        t("Er zijn geen testpatiënten nodig.", "No test patients are needed.")
    };
    let _ = writeln!(out, "# {cast}\ncast: fhir");
    bindings(&mut out, catalogue, &needs.actions, lang);
    out
}

/// What the cases of these claims need.
struct Needs {
    parties: BTreeSet<MemberId>,
    actions: BTreeSet<ActionId>,
    endpoints: BTreeSet<String>,
    /// Whether it is about people, who then stand at the endpoint `fhir`.
    people: bool,
    /// All that is looked at for options: cases, request sets, requirements and actions, as text.
    read: String,
    /// Whether we stand in for another party.
    listens: bool,
}

impl Needs {
    fn of(catalogue: &Catalogue, claims: &Claims) -> Self {
        let mut needs = Self {
            parties: BTreeSet::new(),
            actions: BTreeSet::new(),
            endpoints: BTreeSet::new(),
            people: false,
            read: String::new(),
            listens: false,
        };
        for case in catalogue.cases.iter().filter(|(id, case)| {
            claims.iter().any(|(profile, roles)| id.standard() == profile.as_str() && roles.contains(&case.role))
        }) {
            needs.actions.extend(case.1.actions());
            let mut text = serde_json::to_string(case.1).unwrap_or_default();
            let sets = case.1.steps.iter().filter_map(|step| catalogue.sets.get(step.verb.set()?.0));
            sets.for_each(|set| text.push_str(&serde_json::to_string(set).unwrap_or_default()));
            let about = |step: &Step| matches!(&step.verb, Verb::Act(Act { person: Some(_), .. }));
            needs.people |= ["\"fhir\"", "\"fixture\""].iter().any(|word| text.contains(word));
            needs.people |= case.1.steps.iter().any(about);
            for party in catalogue.cast.organisations.keys().filter(|party| text.contains(&format!("\"{party}\""))) {
                needs.parties.insert(party.clone());
            }
            needs.listens |= case.1.steps.iter().any(|step| matches!(step.verb, Verb::Await(_) | Verb::Play(_)));
            for endpoint in ["fhir-2", "prescriptions", "public", "notification", "handoff", "mailbox", "inbox"] {
                if text.contains(&format!("\"{endpoint}\"")) {
                    needs.endpoints.insert(endpoint.to_owned());
                }
            }
            needs.read.push_str(&text);
        }
        if needs.people {
            needs.parties.insert(crate::engine::plan::writer());
        }
        let undo = needs.actions.iter().filter_map(|action| catalogue.action(action)?.undo.clone());
        let undo: Vec<ActionId> = undo.collect();
        needs.actions.extend(undo);
        let opening = claims.keys().filter_map(|id| catalogue.profiles.get(id)).flat_map(|profile| &profile.actions);
        let opening = opening.filter(|action| action.opens.is_some() && needs.people && !needs.actions.is_empty());
        let opening: Vec<ActionId> = opening.map(|action| action.id.clone()).collect();
        needs.actions.extend(opening);
        if needs.people
            && !needs.actions.is_empty()
            && let Ok(patient) = "patient".parse()
        {
            needs.parties.insert(patient);
        }
        let written = |text: serde_json::Result<String>| text.unwrap_or_default();
        for action in needs.actions.iter().filter_map(|action| catalogue.action(action)) {
            needs.read.push_str(&written(serde_json::to_string(action)));
        }
        for (profile, roles) in claims.iter().filter_map(|(id, roles)| Some((catalogue.profiles.get(id)?, roles))) {
            for requirement in
                profile.requirements.iter().filter(|one| one.roles.iter().any(|role| roles.contains(role)))
            {
                needs.read.push_str(&written(serde_json::to_string(&requirement.condition)));
            }
        }
        needs
    }

    /// Whether anything of these claims depends on an option.
    fn asks_for(&self, option: &ProfileOption) -> bool {
        self.read.contains(&format!("option.{}}}", option.id)) || self.read.contains(&format!("\"{}\":", option.id))
    }
}

/// How a message may be left with an intermediary, and what may confirm that it arrived.
const DEPOSIT: &str = concat!(
    r#"{ http: { as: sender, method: POST, endpoint: mailbox, path: "/", header: { content-type: application/json }, "#,
    r#"body: "{\"to\":\"{{with.recipient}}\",\"content\":\"{{with.content}}\"}", returns: { message: { at: { json: /id } } } } }"#
);
const CONFIRM: &str =
    r#"{ http: { as: receiver, method: POST, endpoint: mailbox, path: "/{{with.message}}/receipt" } }"#;

fn claim(out: &mut String, profile: &Profile, roles: &[Role], needs: &Needs, lang: Lang) {
    let roles = roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let fhir = profile.fhir.unwrap_or(FhirVersion::R4).as_str();
    let _ = writeln!(out, "  - profile: {}\n    roles: [{roles}]\n    fhir: [{fhir}]\n    format: [json]", profile.id);
    let options: Vec<&ProfileOption> = profile.options.iter().filter(|option| needs.asks_for(option)).collect();
    if options.is_empty() {
        return;
    }
    let head = lang.pick(
        "keuzes van dit profiel: haal de # weg en zeg per regel wat dit systeem doet; wat niet is opgegeven, wordt niet getoetst",
        "options of this profile: take the # away and say on each line what this system does; what is not stated is not tested",
    );
    let _ = writeln!(out, "    # {head}");
    let _ = writeln!(out, "    # options:");
    for option in options {
        let value =
            option.default.map_or_else(|| option.values.first().cloned().unwrap_or_default(), |span| span.to_string());
        let _ = writeln!(
            out,
            "    #   {}: {value}    # {} ({})",
            option.id,
            option.title.say(lang),
            option.values.join(" | ")
        );
    }
}

fn bindings(out: &mut String, catalogue: &Catalogue, actions: &BTreeSet<ActionId>, lang: Lang) {
    if actions.is_empty() {
        return;
    }
    let t = |nl: &'static str, en: &'static str| lang.pick(nl, en);
    let _ = writeln!(
        out,
        "# {}",
        t(
            "Hoe een handeling op dit systeem gebeurt. Haal de # weg bij wat past; zonder koppeling wordt wat ervan afhangt niet getoetst.",
            "How an action is done on this system. Take the # away where it fits; without a binding, what depends on it is not tested."
        )
    );
    let _ = writeln!(
        out,
        "# {}",
        t(
            "Vier manieren: fhir-consent, http, exec (een programma, met --allow-exec), manual (een mens).",
            "Four ways: fhir-consent, http, exec (a program, with --allow-exec), manual (a person)."
        )
    );
    let _ = writeln!(out, "# bindings:");
    for id in actions {
        let title = catalogue.action(id).map(|action| action.title.say(lang).to_owned()).unwrap_or_default();
        let effect = match id.as_str() {
            "record-objection" => Some("deny"),
            "withdraw-objection" => Some("revoke-deny"),
            "record-consent" => Some("permit"),
            "record-consent-until" => Some("permit"),
            "withdraw-consent" | "clear-choices" => Some("revoke-all"),
            "show-choices" => Some("show"),
            _ => None,
        };
        let how = match effect {
            Some(effect) => format!("{{ fhir-consent: {{ endpoint: fhir, as: patient, do: {effect} }} }}"),
            None => match id.as_str() {
                "deposit-message" => DEPOSIT.to_owned(),
                "confirm-delivery" => CONFIRM.to_owned(),
                _ => "{ exec: [ci/script.sh, \"{{asked.bsn}}\"] }".to_owned(),
            },
        };
        let _ = writeln!(out, "#   {id}: {how}    # {title}");
    }
}
