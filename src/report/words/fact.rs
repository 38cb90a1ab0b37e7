//! What was wanted and what was seen, as sentences.
//! Values that came from an endpoint are shown between guillemets and never interpreted.

use super::{both, wanted};
use crate::model::expectation::{Aspect, Relation};
use crate::model::finding::{Expected, Flaw, Marker, Observed};
use crate::model::report::Said;

fn list(items: &[String], nl: &str, en: &str) -> (String, String) {
    let join = |last: &str| match items {
        [] => "-".to_owned(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    };
    (join(nl), join(en))
}

/// Text of an endpoint: cut, on one line, between guillemets.
fn quoted(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect();
    format!("«{line}»")
}

/// What an expectation wanted.
#[must_use]
pub fn expected(expected: &Expected) -> Said {
    match expected {
        Expected::StatusOneOf(codes) => {
            let (nl, en) = list(codes, "of", "or");
            both(format!("status {nl}"), format!("status {en}"))
        }
        Expected::MediaTypeOneOf(types) => {
            let (nl, en) = list(types, "of", "or");
            both(format!("mediatype {nl}"), format!("media type {en}"))
        }
        Expected::ValueAt { place, wanted: value } => {
            let (place, value) = (wanted::place(place), wanted::value(value));
            both(format!("{}: {}", place.nl, value.nl), format!("{}: {}", place.en, value.en))
        }
        Expected::EmptyBody => both("een leeg antwoord", "an empty body"),
        Expected::ResourceOf(kind) => both(format!("een resource {kind}"), format!("a resource of type {kind}")),
        Expected::FitsSchema(name) => {
            both(format!("geldig volgens schema {name}"), format!("valid against schema {name}"))
        }
        Expected::Entries(count) => {
            let count = wanted::count(count);
            both(format!("aantal resultaten: {}", count.nl), format!("entries: {}", count.en))
        }
        Expected::DisclosesAny(who) => {
            let (nl, en) = list(who, "of", "or");
            both(format!("gegevens van {nl}"), format!("data of {en}"))
        }
        Expected::DisclosesAll(who) => {
            let (nl, en) = list(who, "en", "and");
            both(format!("alle gegevens van {nl}"), format!("all data of {en}"))
        }
        Expected::DisclosesNone(who) => {
            let (nl, en) = list(who, "of", "or");
            both(format!("niets van {nl}"), format!("nothing of {en}"))
        }
        Expected::DisclosesOnly(who) => {
            let (nl, en) = list(who, "en", "and");
            both(format!("niets van anderen dan {nl}"), format!("nothing of anybody but {en}"))
        }
        Expected::OpensAll => both("alles wordt gegeven", "everything is served"),
        Expected::OpensNone => both("niets wordt gegeven", "nothing is served"),
        Expected::OpensAsIn(step) => {
            both(format!("open en dicht zoals in stap {step}"), format!("open and closed as in step {step}"))
        }
        Expected::Related { what, is, step } => {
            let (what_nl, what_en) = aspect(*what);
            let (is_nl, is_en) = relation(*is);
            both(format!("{what_nl} {is_nl} stap {step}"), format!("{what_en} {is_en} step {step}"))
        }
        Expected::Indistinguishable => both(
            "niet te onderscheiden van wie of wat nooit heeft bestaan",
            "cannot be told from who or what never existed",
        ),
        Expected::Count(count) => {
            let count = wanted::count(count);
            both(format!("aantal berichten: {}", count.nl), format!("exchanges: {}", count.en))
        }
        Expected::Logged(steps) if steps.is_empty() => {
            both("geen inzage door anderen in het overzicht", "no access by others in the log")
        }
        Expected::Logged(steps) => {
            let (nl, en) = list(steps, "en", "and");
            both(
                format!("in het overzicht iedere inzage van stap {nl}, en geen andere"),
                format!("in the log every access of step {en}, and no other"),
            )
        }
        Expected::LoggedThere(steps) => {
            let (nl, en) = list(steps, "en", "and");
            both(
                format!("bij de logvoorziening iedere inzage van stap {nl}, met het tijdstip waarop zij plaatsvond"),
                format!("at the log facility every access of step {en}, with the time at which it was"),
            )
        }
        Expected::Acknowledged(true) => both("de handeling wordt bevestigd", "the action is acknowledged"),
        Expected::Acknowledged(false) => both("de handeling wordt geweigerd", "the action is refused"),
        Expected::FollowsModel => both(
            "open en dicht zoals uit de vastgelegde keuzes volgt: het bijzondere gaat voor het algemene",
            "open and closed as follows from the choices on record: the specific goes before the general",
        ),
        Expected::OrderFree => both(
            "hetzelfde besluit, in welke volgorde de keuzes ook zijn vastgelegd",
            "the same decision in whatever order the choices were recorded",
        ),
        Expected::Monotone => both(
            "een toestemming erbij sluit niets, een bezwaar erbij opent niets",
            "one permission more closes nothing, one objection more opens nothing",
        ),
        Expected::Pattern(word) => {
            let said = super::entry::pattern(word);
            both(
                format!("de gegevens gaan zoals opgegeven ({}), of strikter", said.nl),
                format!("the data go as declared ({}), or more strictly", said.en),
            )
        }
        Expected::Handshake(true) => both(
            "het systeem spreekt met wie dit certificaat toont".to_owned(),
            "the system speaks with whoever shows this certificate".to_owned(),
        ),
        Expected::Handshake(false) => both(
            "het systeem weigert wie zo aanklopt: het verbreekt de verbinding of antwoordt met een weigering"
                .to_owned(),
            "the system refuses whoever calls like this: it breaks off, or answers with a refusal".to_owned(),
        ),
        Expected::After(step) => {
            both(format!("later dan het eerste van stap {step}"), format!("later than the first of step {step}"))
        }
        Expected::KeepsPace { step, within_ms } => {
            let within = crate::model::span::Span::millis(*within_ms);
            both(
                format!("een antwoord, ten hoogste {within} later dan het traagste van stap {step}"),
                format!("an answer, at most {within} later than the slowest of step {step}"),
            )
        }
        Expected::OnlyMatching => {
            both("alleen resultaten die bij de vraag passen", "only entries that match the search")
        }
        Expected::Answered => both("een antwoord", "an answer"),
        Expected::Done => both("de handeling wordt uitgevoerd", "the action is carried out"),
    }
}

fn aspect(what: Aspect) -> (&'static str, &'static str) {
    match what {
        Aspect::Content => ("inhoud", "content"),
        Aspect::Shape => ("vorm", "shape"),
        Aspect::Outcome => ("afloop", "outcome"),
        Aspect::Entries => ("resultaten", "entries"),
        Aspect::Elements => ("elementen", "elements"),
        Aspect::Canaries => ("merktekens", "canaries"),
        Aspect::Pages => ("resultaten van alle pagina’s samen", "entries of all pages together"),
    }
}

fn relation(is: Relation) -> (&'static str, &'static str) {
    match is {
        Relation::Equal => ("gelijk aan die van", "equal to that of"),
        Relation::SubsetOf => ("niet meer dan bij", "no more than in"),
        Relation::SupersetOf => ("niet minder dan bij", "no less than in"),
    }
}

/// The English is that of the flaw itself.
fn flaw_nl(flaw: &Flaw) -> String {
    let fixed = match flaw {
        Flaw::TooLarge => "het is groter dan wij lezen",
        Flaw::NotUtf8 => "de tekst is geen UTF-8",
        Flaw::NotWellFormed => "de XML is niet goed gevormd",
        Flaw::Doctype => "een documenttype (DOCTYPE) is niet toegestaan",
        Flaw::TooDeep => "er staan te veel elementen in elkaar",
        Flaw::Namespace => "de namespace is niet die welke hier hoort",
        Flaw::Text => "er staat tekst waar die niet hoort",
        Flaw::UnknownResource => "dit type resource bestaat niet",
        Flaw::UnknownElement => "dit element bestaat hier niet",
        Flaw::UnknownAttribute => "er staat een attribuut dat hier niet bestaat",
        Flaw::Repeated => "dit element mag hier maar één keer staan",
        Flaw::NoValue => "er is geen waarde en ook geen extensie",
        Flaw::NotList => "hier hoort een lijst",
        Flaw::List => "hier hoort geen lijst",
        Flaw::NotObject => "hier horen elementen, geen waarde",
        Flaw::NotOf(kind) => return format!("de waarde is geen geldige {}", quoted(kind)),
        Flaw::Lacks(name) => return format!("het verplichte element {} ontbreekt", quoted(name)),
        Flaw::TwoTypes => "van dit element is meer dan één type ingevuld",
        Flaw::Unwritable => "dit kan niet in XML staan",
    };
    fixed.to_owned()
}

/// What was seen.
#[must_use]
pub fn observed(observed: &Observed) -> Said {
    match observed {
        Observed::Status(code) => same(format!("status {code}")),
        Observed::MediaType(kind) if kind.is_empty() => both("geen mediatype", "no media type"),
        Observed::MediaType(kind) => same(quoted(kind)),
        Observed::Values(values) => same(values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ")),
        Observed::NoValue => both("geen waarde", "no value"),
        Observed::BodyOf(0) => both("een leeg antwoord", "an empty body"),
        Observed::BodyOf(bytes) => both(format!("een antwoord van {bytes} bytes"), format!("a body of {bytes} bytes")),
        Observed::Resource(kind) if kind.is_empty() => both("geen FHIR-resource", "no FHIR resource"),
        Observed::Resource(kind) => {
            both(format!("een resource {}", quoted(kind)), format!("a resource {}", quoted(kind)))
        }
        Observed::Misfit { at, why } => both(
            format!("ongeldig op {}: {}", quoted(at), quoted(why)),
            format!("invalid at {}: {}", quoted(at), quoted(why)),
        ),
        Observed::Flawed { at, flaw } => both(
            format!("geen geldige FHIR op {}: {}", quoted(at), flaw_nl(flaw)),
            format!("not valid FHIR at {}: {flaw}", quoted(at)),
        ),
        Observed::Fits => both("geldig", "valid"),
        Observed::Entries(1) => both("1 resultaat", "1 entry"),
        Observed::Entries(count) => both(format!("{count} resultaten"), format!("{count} entries")),
        Observed::Unreadable(why) => {
            both(format!("niet te lezen: {}", quoted(why)), format!("cannot be read: {}", quoted(why)))
        }
        Observed::Disclosed(markers) => disclosed(markers),
        Observed::NothingDisclosed => both("niets van de gevraagde personen", "nothing of those asked about"),
        Observed::Missing(groups) => {
            let (nl, en) = list(groups, "en", "and");
            both(format!("ontbreekt: {nl}"), format!("missing: {en}"))
        }
        Observed::Decisions { open, closed } => {
            both(format!("{open} open, {closed} dicht"), format!("{open} open, {closed} closed"))
        }
        Observed::ServerFailed(answers) => both(
            format!("fouten van de server in plaats van een antwoord: {answers}"),
            format!("server errors instead of an answer: {answers}"),
        ),
        Observed::Misdecided { too_open, too_closed } => both(
            format!("ten onrechte open: {}; ten onrechte dicht: {}", none_nl(too_open), none_nl(too_closed)),
            format!("wrongly open: {}; wrongly closed: {}", none_en(too_open), none_en(too_closed)),
        ),
        Observed::RelationHolds => both("zo is het", "so it is"),
        Observed::Differs(examples) => both(
            format!("verschilt: {}", examples.iter().map(|e| quoted(e)).collect::<Vec<_>>().join(", ")),
            format!("differs: {}", examples.iter().map(|e| quoted(e)).collect::<Vec<_>>().join(", ")),
        ),
        Observed::Pattern(word) => {
            let said = super::entry::pattern(word);
            both(format!("ze gingen zo: {}", said.nl), format!("they went like this: {}", said.en))
        }
        Observed::Took { ms, usual_ms } => both(
            format!("het antwoord kwam na {ms} ms; het traagste gewone antwoord na {usual_ms} ms"),
            format!("the answer came after {ms} ms; the slowest usual one after {usual_ms} ms"),
        ),
        Observed::NoAnswerIn(ms) => {
            both(format!("binnen {ms} ms kwam geen antwoord"), format!("no answer came within {ms} ms"))
        }
        Observed::Early(1) => both("1 kwam eerder", "1 came earlier"),
        Observed::Early(count) => both(format!("{count} kwamen eerder"), format!("{count} came earlier")),
        Observed::Unproven { count, lacks } => unproven(*count, lacks),
        Observed::NothingToCompare => both("er is niets om te vergelijken", "there is nothing to compare"),
        Observed::Distinguished { request, feature, protected, unknown } => both(
            format!(
                "bij {request} verraadt {feature} het verschil: {} tegenover {}",
                quoted(protected),
                quoted(unknown)
            ),
            format!("in {request}, {feature} gives it away: {} against {}", quoted(protected), quoted(unknown)),
        ),
        Observed::Alike(count) => both(
            format!("geen verschil in {count} antwoorden van iedere soort"),
            format!("no difference in {count} answers of each kind"),
        ),
        Observed::UnknownUnstable(feature) => both(
            format!("onbekenden verschillen onderling al, in {}", quoted(feature)),
            format!("the unknown already differ from each other, in {}", quoted(feature)),
        ),
        Observed::Blind => both(
            "ook wie of wat bekend is, lijkt onbekend; een verschil was dus niet te zien",
            "who or what is known looks unknown too, so nothing could have shown",
        ),
        Observed::TooFew(count) => both(
            format!("{count} antwoorden per soort is te weinig"),
            format!("{count} answers of each kind are too few"),
        ),
        Observed::Count(1) => both("1 bericht", "1 exchange"),
        Observed::Count(count) => both(format!("{count} berichten"), format!("{count} exchanges")),
        Observed::Acknowledged { yes: true, .. } => both("bevestigd", "acknowledged"),
        Observed::Acknowledged { yes: false, detail } => {
            both(format!("niet bevestigd: {}", quoted(detail)), format!("not acknowledged: {}", quoted(detail)))
        }
        Observed::Mislogged { missing, invented } => both(
            format!("ontbreekt in het overzicht: {}; staat er ten onrechte: {}", none_nl(missing), none_nl(invented)),
            format!("missing from the log: {}; wrongly in it: {}", none_en(missing), none_en(invented)),
        ),
        Observed::LogOf(0) => both("geen inzage door anderen", "no access by others"),
        Observed::LogOf(1) => both("1 inzage, zoals die plaatsvond", "1 access, as it took place"),
        Observed::LogOf(count) => {
            both(format!("{count} keer inzage, zoals die plaatsvond"), format!("{count} accesses, as they took place"))
        }
        Observed::ScopeRefused => {
            both("de tokendienst weigert de gevraagde scope", "the token service refuses the scope that was asked for")
        }
        Observed::Fault { phase, detail } => both(
            format!("afgebroken bij {}: {}", phase_nl(phase), quoted(detail)),
            format!("broke at {phase}: {}", quoted(detail)),
        ),
        Observed::RateLimited => same("status 429".to_owned()),
        Observed::ForeignData(what) => both(
            format!("gegevens van iemand buiten de toets ({})", quoted(what)),
            format!("data of somebody outside the test ({})", quoted(what)),
        ),
        Observed::SecondTryDiffers => {
            both("de tweede keer was het oordeel anders", "the second try gave another verdict")
        }
        Observed::NotSent(why) => both(
            format!("niet verstuurd of niet uitgelezen: {}", quoted(why)),
            format!("not sent, or not read to the end: {}", quoted(why)),
        ),
        Observed::NothingRecorded => both("hiervan is niets opgenomen", "nothing of this was recorded"),
        Observed::NothingServed => both("er is nergens iets gegeven", "nothing was served anywhere"),
    }
}

fn same(text: String) -> Said {
    both(text.clone(), text)
}

fn none_nl(items: &[String]) -> String {
    if items.is_empty() { "niets".to_owned() } else { items.join(", ") }
}

fn none_en(items: &[String]) -> String {
    if items.is_empty() { "nothing".to_owned() } else { items.join(", ") }
}

fn phase_nl(phase: &str) -> &str {
    match phase {
        "resolve" => "het opzoeken van de naam",
        "connect" => "het verbinden",
        "tls" => "het beveiligen van de verbinding",
        "send" => "het verzenden",
        "receive" => "het ontvangen",
        other => other,
    }
}

fn disclosed(markers: &[Marker]) -> Said {
    let mut seen: Vec<(String, String)> = Vec::new();
    for marker in markers {
        let via =
            if marker.encoding.is_empty() { String::new() } else { format!(" ({})", marker.encoding.join(" > ")) };
        let part_nl = marker.part.replace("body", "het antwoord").replace("header", "kop");
        let part_en = marker.part.replace("body", "the body");
        let nl = format!("{} van {} in {}{via}", group_nl(&marker.group), marker.member, part_nl);
        let en = format!("{} of {} in {}{via}", group_en(&marker.group), marker.member, part_en);
        if !seen.iter().any(|(known, _)| *known == nl) {
            seen.push((nl, en));
        }
    }
    let more = seen.len().saturating_sub(4);
    let (nl, en): (Vec<String>, Vec<String>) = seen.into_iter().take(4).unzip();
    let (mut nl, mut en) = (nl.join("; "), en.join("; "));
    if more > 0 {
        nl.push_str(&format!("; en nog {more}"));
        en.push_str(&format!("; and {more} more"));
    }
    both(nl, en)
}

fn group_nl(group: &str) -> String {
    match group {
        "clinical" => "medische gegevens".to_owned(),
        "identity" => "identiteit".to_owned(),
        "id" => "kenmerk van een gegeven".to_owned(),
        other => format!("gegevens ({other})"),
    }
}

fn group_en(group: &str) -> String {
    match group {
        "clinical" => "clinical data".to_owned(),
        "identity" => "identity".to_owned(),
        "id" => "the id of a record".to_owned(),
        other => format!("data ({other})"),
    }
}

/// That silence, or too little, shows nothing here, and why.
fn unproven(count: u64, lacks: &str) -> Said {
    let (nl, en) = match lacks {
        "trigger" => (
            "niet vast staat dat het systeem de opdracht heeft aangenomen",
            "nothing shows that the system took the order on",
        ),
        "line" => (
            "in dit testgeval kwam niets van het systeem bij de toets aan: de verbinding is niet aangetoond",
            "nothing of the system reached the test in this case: the line is not shown to be open",
        ),
        _ => (
            "nergens in dit testgeval is aangetoond dat hier iets kan aankomen",
            "nothing in this case shows that anything can arrive here",
        ),
    };
    let came = match count {
        0 => both("er kwam niets", "nothing came"),
        1 => both("er kwam 1 bericht", "1 message came"),
        _ => both(format!("er kwamen {count} berichten"), format!("{count} messages came")),
    };
    both(format!("{}, en {nl}", came.nl), format!("{}, and {en}", came.en))
}
