//! Whether a patient's log (FHIR AuditEvent R4) lists the accesses that took place, and no others.
//! Each access needs an event for every kind of data it gave; several events may belong to one access.

use super::{Exchange, tree, value};
use crate::model::finding::{Expected, Observed};
use crate::model::testcase::Side;
use crate::model::verdict::{Doubt, Judgement, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// One access, as it was recorded.
#[derive(Clone, Debug)]
pub struct Access {
    /// The number of its record.
    pub number: u64,
    /// The care provider number of who had it.
    pub ura: String,
    /// The types of the resources that were given.
    pub kinds: BTreeSet<String>,
    /// The words by which an entry may say whose data they were; none where the log is that person's own.
    pub person: Vec<String>,
    /// When it began and ended, by the clock of the run.
    pub span: (OffsetDateTime, OffsetDateTime),
}

/// What the log is held against.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The steps whose accesses these are.
    pub steps: Vec<String>,
    /// The accesses.
    pub accesses: Vec<Access>,
    /// When the case began; what is older is of somebody else's making.
    pub began: OffsetDateTime,
    /// How far a logged time may be off.
    pub within: Duration,
    /// The organisations of the cast by their numbers; nobody else's entries are judged.
    pub organisations: BTreeMap<String, String>,
}

/// An entry of the log, as far as it is understood.
struct Entry {
    /// Of the cast; none where the entry only refers to an organisation that is not in the log itself.
    uras: BTreeSet<String>,
    /// When it was recorded, and when it says that it took place: what is recorded later has a period.
    times: Vec<OffsetDateTime>,
    /// Everything it says of what was given, in small letters.
    says: String,
}

/// Holds a log against the accesses that took place.
#[must_use]
pub fn judge(ledger: &Ledger, exchange: &Exchange<'_>) -> Judgement {
    let expected = Expected::Logged(ledger.steps.clone());
    let witnesses: Vec<u64> = ledger.accesses.iter().map(|access| access.number).chain([exchange.number]).collect();
    if !(200..300).contains(&exchange.response.status) {
        return Judgement::of(false, expected, Observed::Status(exchange.response.status), vec![exchange.number]);
    }
    let log = match tree::read(Side::Response, exchange) {
        Ok(log) => log,
        Err(unread) => {
            let observed = Observed::Unreadable(unread.word().to_owned());
            return match unread.doubt() {
                Some(doubt) => Judgement::doubtful(doubt, expected, observed, witnesses),
                None => Judgement::of(false, expected, observed, witnesses),
            };
        }
    };
    let Some(entries) = entries(&log, ledger) else {
        let kind = tree::resource_type(&log).unwrap_or_default().to_owned();
        return Judgement::of(false, expected, Observed::Resource(kind), witnesses);
    };
    hold(ledger, (&log, &entries), &invented(ledger, &entries), (expected, witnesses))
}

/// Holds what a log facility took against the accesses that took place: each must be there. That other accesses are there
/// too is what such a facility is for.
#[must_use]
pub fn judge_taken(ledger: &Ledger, taken: &[Exchange<'_>]) -> Judgement {
    let expected = Expected::LoggedThere(ledger.steps.clone());
    let numbers = ledger.accesses.iter().map(|access| access.number).chain(taken.iter().map(|one| one.number));
    let mut witnesses: Vec<u64> = numbers.collect();
    witnesses.sort_unstable();
    let (mut events, mut unread) = (Vec::new(), None);
    for exchange in taken {
        match tree::read(Side::Response, exchange) {
            Ok(body) => gather(&body, &mut events),
            // What is no FHIR says nothing; what we do not hold may have said it.
            Err(why) => unread = unread.or(why.doubt().map(|doubt| (doubt, why.word().to_owned()))),
        }
    }
    let log = json!({ "resourceType": "Bundle", "type": "collection", "entry": events });
    let entries = entries(&log, ledger).unwrap_or_default();
    let judgement = hold(ledger, (&log, &entries), &[], (expected.clone(), witnesses.clone()));
    match unread {
        Some((doubt, word)) if judgement.verdict == Verdict::Fail => {
            Judgement::doubtful(doubt, expected, Observed::Unreadable(word), witnesses)
        }
        _ => judgement,
    }
}

/// The events in what was sent, alone or several in a Bundle.
fn gather(body: &Value, events: &mut Vec<Value>) {
    match tree::entries(body) {
        Some(entries) => events.extend(entries.iter().cloned()),
        None => events.push(json!({ "resource": body })),
    }
}

/// What a log lacks, and what it invents.
fn hold(
    ledger: &Ledger,
    (log, entries): (&Value, &[Entry]),
    invented: &[String],
    (expected, witnesses): (Expected, Vec<u64>),
) -> Judgement {
    if ledger.accesses.is_empty() && !ledger.steps.is_empty() {
        return Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingToCompare, witnesses);
    }
    let (missing, referred) = missing(ledger, entries);
    if !missing.is_empty() && invented.is_empty() && referred == missing.len() {
        // Each may stand in the log: an entry of its time and kind only refers to an organisation that was not read.
        let observed = Observed::Unreadable("agent.who.reference".to_owned());
        return Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, observed, witnesses);
    }
    if !missing.is_empty() && !tree::links(log, "next").is_empty() {
        // Only the first page was read, so nothing can be said to be missing.
        let observed = Observed::Unreadable("cut".to_owned());
        return Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, observed, witnesses);
    }
    if missing.is_empty() && invented.is_empty() {
        return Judgement::of(true, expected, Observed::LogOf(ledger.accesses.len() as u64), witnesses);
    }
    let shown = |texts: &[String]| texts.iter().take(5).map(|text| value::cut(text, 120)).collect();
    let observed = Observed::Mislogged { missing: shown(&missing), invented: shown(invented) };
    Judgement::of(false, expected, observed, witnesses)
}

/// What each access gave and the log does not say; an entry explains one access only, for each kind. And of how many
/// of these an entry may tell that does not itself say whose it is.
fn missing(ledger: &Ledger, entries: &[Entry]) -> (Vec<String>, usize) {
    let mut accesses: Vec<&Access> = ledger.accesses.iter().collect();
    accesses.sort_by_key(|access| access.span.1);
    let mut used: BTreeSet<(usize, &str)> = BTreeSet::new();
    let (mut missing, mut referred) = (Vec::new(), 0);
    for access in accesses {
        for kind in &access.kinds {
            let free = |(at, entry): &(usize, &Entry)| {
                entry.tells(kind) && entry.is_about(access) && !used.contains(&(*at, kind.as_str()))
            };
            let candidates = || entries.iter().enumerate().filter(free);
            let named = candidates().filter(|(_, entry)| entry.may_be(access, ledger.within));
            let nameless =
                candidates().filter(|(_, entry)| entry.uras.is_empty() && entry.is_of_time(access, ledger.within));
            let first = named.min_by_key(|(_, entry)| entry.time()).map(|(at, _)| at);
            let other = nameless.min_by_key(|(_, entry)| entry.time()).map(|(at, _)| at);
            if first.is_none() {
                missing.push(format!("{} {kind} {}", ledger.name(&access.ura), clock(Some(access.span.0))));
                referred += usize::from(other.is_some());
            }
            used.extend(first.or(other).map(|at| (at, kind.as_str())));
        }
    }
    (missing, referred)
}

/// Entries of organisations of the cast that no access explains.
fn invented(ledger: &Ledger, entries: &[Entry]) -> Vec<String> {
    let explains = |entry: &Entry, access: &Access| {
        entry.may_be(access, ledger.within) && access.kinds.iter().any(|kind| entry.tells(kind))
    };
    let explained = |entry: &Entry| ledger.accesses.iter().any(|access| explains(entry, access));
    entries
        .iter()
        .filter(|entry| !entry.uras.is_empty() && !explained(entry))
        .map(|entry| {
            let names: Vec<&str> = entry.uras.iter().map(|ura| ledger.name(ura)).collect();
            format!("{} {}", names.join(", "), clock(entry.time()))
        })
        .collect()
}

impl Ledger {
    fn name<'l>(&'l self, ura: &'l str) -> &'l str {
        self.organisations.get(ura).map_or(ura, String::as_str)
    }
}

impl Entry {
    fn tells(&self, kind: &str) -> bool {
        self.says.contains(&kind.to_ascii_lowercase())
    }

    fn may_be(&self, access: &Access, within: Duration) -> bool {
        self.uras.contains(&access.ura) && self.is_of_time(access, within)
    }

    fn is_about(&self, access: &Access) -> bool {
        access.person.is_empty() || access.person.iter().any(|word| stands_in(&self.says, &word.to_ascii_lowercase()))
    }

    fn is_of_time(&self, access: &Access, within: Duration) -> bool {
        let (from, until) = access.span;
        self.times.iter().any(|time| from - within <= *time && *time <= until + within)
    }

    fn time(&self) -> Option<OffsetDateTime> {
        self.times.first().copied()
    }
}

/// Whether a word stands in a text by itself: id `12` does not in `Patient/123`.
fn stands_in(text: &str, word: &str) -> bool {
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric());
    text.match_indices(word)
        .any(|(at, _)| !goes_on(text[..at].chars().next_back()) && !goes_on(text[at + word.len()..].chars().next()))
}

/// The entries of organisations of the cast since the case began; nothing if this is no log.
fn entries(log: &Value, ledger: &Ledger) -> Option<Vec<Entry>> {
    let index = Index::of(tree::entries(log)?);
    let events = tree::resources(log).into_iter().filter(|event| tree::resource_type(event) == Some("AuditEvent"));
    let read = events.map(|event| {
        let mut texts = Vec::new();
        strings(&event["agent"], &mut texts);
        let mut elsewhere = false;
        for reference in organisations_named(event) {
            match referred(&index, event, reference) {
                Some(organisation) => strings(organisation, &mut texts),
                None => elsewhere = true,
            }
        }
        // A number may stand behind the name of its system, as in an OID.
        let words = texts.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
        let uras: BTreeSet<String> =
            words.filter(|word| ledger.organisations.contains_key(*word)).map(str::to_owned).collect();
        let mut said = Vec::new();
        strings(&event["entity"], &mut said);
        // A search is logged as base64Binary in `entity.query`.
        let decoded = said.iter().filter_map(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok());
        let says: Vec<String> = decoded.chain(said.iter().map(|text| (*text).to_owned())).collect();
        let times = [&event["recorded"], &event["period"]["start"], &event["period"]["end"]];
        let times = times.into_iter().filter_map(|time| OffsetDateTime::parse(time.as_str()?, &Rfc3339).ok()).collect();
        let may_be_ours = !uras.is_empty() || elsewhere;
        (Entry { uras, times, says: says.join("\n").to_ascii_lowercase() }, may_be_ours)
    });
    let recent = |time: &OffsetDateTime| *time >= ledger.began - ledger.within;
    let since = |entry: &Entry| entry.times.is_empty() || entry.times.iter().any(recent);
    Some(read.filter(|(entry, may_be_ours)| *may_be_ours && since(entry)).map(|(entry, _)| entry).collect())
}

/// The organisations to which an event refers.
fn organisations_named(event: &Value) -> impl Iterator<Item = &str> {
    let agents = event["agent"].as_array().into_iter().flatten();
    agents.filter_map(|agent| agent["who"]["reference"].as_str()).filter(|reference| {
        reference.starts_with('#') || reference.contains("Organization/") || reference.starts_with("urn:")
    })
}

/// What a reference leads to, in the event itself or in the same Bundle.
fn referred<'v>(index: &Index<'v>, event: &'v Value, reference: &str) -> Option<&'v Value> {
    if let Some(id) = reference.strip_prefix('#') {
        return event["contained"].as_array()?.iter().find(|one| one["id"].as_str() == Some(id));
    }
    let path = reference.split("/_history/").next().unwrap_or(reference);
    index.get(path)
}

/// The entries of a log by what they are called, each name for the first that has it.
struct Index<'v> {
    entries: &'v [Value],
    by_url: HashMap<&'v str, usize>,
    by_name: HashMap<(&'v str, &'v str), usize>,
}

impl<'v> Index<'v> {
    fn of(entries: &'v [Value]) -> Self {
        let (mut by_url, mut by_name) = (HashMap::new(), HashMap::new());
        for (at, entry) in entries.iter().enumerate() {
            if let Some(url) = entry["fullUrl"].as_str() {
                by_url.entry(url).or_insert(at);
            }
            let resource = &entry["resource"];
            if let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str()) {
                by_name.entry((kind, id)).or_insert(at);
            }
        }
        Self { entries, by_url, by_name }
    }

    /// The resource at this URL, or of the type and id in which it ends.
    fn get(&self, url: &str) -> Option<&'v Value> {
        let mut segments = url.rsplit('/');
        let (id, kind) = (segments.next(), segments.next());
        let named = id.zip(kind).and_then(|(id, kind)| self.by_name.get(&(kind, id)));
        let at = self.by_url.get(url).into_iter().chain(named).min()?;
        self.entries.get(*at).map(|entry| &entry["resource"])
    }
}

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|member| strings(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn clock(time: Option<OffsetDateTime>) -> String {
    time.map_or_else(|| "?".to_owned(), |time| format!("{:02}:{:02}:{:02}Z", time.hour(), time.minute(), time.second()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::oracle::fixture::Given;
    use crate::model::verdict::Verdict;
    use serde_json::json;

    const BEGAN: &str = "2026-01-01T10:00:00Z";

    fn at(text: &str) -> OffsetDateTime {
        OffsetDateTime::parse(text, &Rfc3339).unwrap()
    }

    fn ledger(accesses: &[(&str, &str, &[&str])]) -> Ledger {
        let access = |(ura, time, kinds): &(&str, &str, &[&str])| Access {
            number: 1,
            ura: (*ura).to_owned(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            person: Vec::new(),
            span: (at(time), at(time)),
        };
        Ledger {
            steps: if accesses.is_empty() { Vec::new() } else { vec!["accesses".to_owned()] },
            accesses: accesses.iter().map(access).collect(),
            began: at(BEGAN),
            within: Duration::seconds(2),
            organisations: [("90000001", "requester"), ("90000002", "stranger")]
                .map(|(ura, name)| (ura.to_owned(), name.to_owned()))
                .into(),
        }
    }

    fn event(ura: &str, time: &str, what: &Value) -> Value {
        json!({ "resource": { "resourceType": "AuditEvent", "recorded": time, "entity": [what],
            "agent": [{ "who": { "identifier": { "system": "http://fhir.nl/fhir/NamingSystem/ura", "value": ura } } }] } })
    }

    fn verdict(ledger: &Ledger, events: &[Value]) -> Verdict {
        let log = json!({ "resourceType": "Bundle", "type": "searchset", "entry": events });
        judge(ledger, &Given::answer(200).json(&log).exchange()).verdict
    }

    #[test]
    fn an_access_needs_an_event_for_each_kind() {
        let ledger = ledger(&[("90000001", "2026-01-01T10:00:05Z", &["Observation", "Encounter"])]);
        let of = |what: &str| event("90000001", "2026-01-01T11:00:06+01:00", &json!({ "what": { "reference": what } }));
        assert_eq!(verdict(&ledger, &[of("Observation/1"), of("Encounter/2")]), Verdict::Pass);
        assert_eq!(verdict(&ledger, &[of("Observation/1"), of("Observation/2")]), Verdict::Fail);
        let query = STANDARD.encode("Observation?patient=1&_include=Observation:encounter");
        let search = event("90000001", "2026-01-01T10:00:05Z", &json!({ "query": query }));
        assert_eq!(verdict(&ledger, &[search]), Verdict::Pass);
    }

    #[test]
    fn an_organisation_is_known_by_its_number_wherever_the_log_itself_gives_it() {
        let ledger = ledger(&[("90000001", "2026-01-01T10:00:05Z", &["Observation"])]);
        let of = |who: Value, contained: Value| {
            json!({ "resource": { "resourceType": "AuditEvent", "recorded": "2026-01-01T10:00:05Z",
                "entity": [{ "what": { "reference": "Observation/1" } }], "agent": [{ "who": who }], "contained": contained } })
        };
        let organisation =
            |id: &str, ura: &str| json!({ "resourceType": "Organization", "id": id, "identifier": [{ "value": ura }] });
        let oid = of(json!({ "identifier": { "value": "urn:oid:2.16.528.1.1007.3.3.90000001" } }), json!([]));
        assert_eq!(verdict(&ledger, &[oid]), Verdict::Pass);
        let inside = of(json!({ "reference": "#o" }), json!([organisation("o", "90000001")]));
        assert_eq!(verdict(&ledger, &[inside]), Verdict::Pass);
        let referring = || of(json!({ "reference": "http://h/fhir/Organization/7" }), json!([]));
        let beside = json!({ "resource": organisation("7", "90000001"), "search": { "mode": "include" } });
        assert_eq!(verdict(&ledger, &[referring(), beside]), Verdict::Pass);
        let another = json!({ "resource": organisation("7", "90000009") });
        assert_eq!(verdict(&ledger, &[referring(), another]), Verdict::Fail, "it was somebody else");
        assert_eq!(verdict(&ledger, &[referring()]), Verdict::Inconclusive, "who it was stands elsewhere");
        assert_eq!(verdict(&ledger, &[]), Verdict::Fail);
        let elsewhere = |recorded: &str, what: &str| {
            let mut entry = referring();
            entry["resource"]["recorded"] = json!(recorded);
            entry["resource"]["entity"] = json!([{ "what": { "reference": what } }]);
            entry
        };
        let later = elsewhere("2026-01-01T10:05:00Z", "Observation/1");
        assert_eq!(verdict(&ledger, &[later]), Verdict::Fail, "it tells of another time");
        let of_another_kind = elsewhere("2026-01-01T10:00:05Z", "Condition/1");
        assert_eq!(verdict(&ledger, &[of_another_kind]), Verdict::Fail, "it tells of something else");
    }

    #[test]
    fn an_event_explains_one_access_in_its_time() {
        let kinds: &[&str] = &["Observation"];
        let once = ledger(&[("90000001", "2026-01-01T10:00:05Z", kinds)]);
        let twice = ledger(&[("90000001", "2026-01-01T10:00:05Z", kinds), ("90000001", "2026-01-01T10:00:06Z", kinds)]);
        let what = json!({ "what": { "reference": "Observation/1" } });
        let on_time = event("90000001", "2026-01-01T10:00:05Z", &what);
        assert_eq!(verdict(&once, std::slice::from_ref(&on_time)), Verdict::Pass);
        assert_eq!(verdict(&twice, std::slice::from_ref(&on_time)), Verdict::Fail);
        assert_eq!(verdict(&twice, &[on_time.clone(), on_time.clone()]), Verdict::Pass);
        assert_eq!(verdict(&once, &[event("90000001", "2026-01-01T10:00:09Z", &what)]), Verdict::Fail);
        let other =
            |ura: &str, what: &str| event(ura, "2026-01-01T10:00:05Z", &json!({ "what": { "reference": what } }));
        assert_eq!(verdict(&once, &[on_time.clone(), other("90000002", "Observation/1")]), Verdict::Fail);
        assert_eq!(verdict(&once, &[on_time, other("90000001", "Condition/1")]), Verdict::Fail);
    }

    #[test]
    fn who_had_no_access_is_not_listed_and_the_past_is_not_judged() {
        let none = ledger(&[]);
        let what = json!({ "what": { "reference": "Patient/1" } });
        assert_eq!(verdict(&none, &[]), Verdict::Pass);
        assert_eq!(verdict(&none, &[event("90000001", "2025-12-31T10:00:00Z", &what)]), Verdict::Pass);
        assert_eq!(verdict(&none, &[event("77777777", BEGAN, &what)]), Verdict::Pass);
        assert_eq!(verdict(&none, &[event("90000001", BEGAN, &what)]), Verdict::Fail);
        assert_eq!(judge(&none, &Given::answer(403).exchange()).verdict, Verdict::Fail);
    }

    #[test]
    fn what_a_facility_took_holds_each_access_of_that_person_with_its_time() {
        let mut ledger = ledger(&[("90000001", "2026-01-01T10:00:05Z", &["Observation"])]);
        ledger.accesses[0].person = vec!["p-1".to_owned(), "999900006".to_owned()];
        let of = |person: &str, recorded: &str| {
            let entities = json!([{ "what": { "reference": person } }, { "what": { "reference": "Observation/1" } }]);
            let mut event = event("90000001", recorded, &json!(null));
            event["resource"]["entity"] = entities;
            event
        };
        let verdict = |sent: &[&Value]| {
            let sent: Vec<Given> = sent.iter().map(|body| Given::answer(200).json(body)).collect();
            let taken: Vec<Exchange<'_>> = sent.iter().map(Given::exchange).collect();
            judge_taken(&ledger, &taken).verdict
        };
        let (on_time, late) = (of("Patient/p-1", "2026-01-01T10:00:05Z"), of("Patient/p-1", "2026-01-01T10:00:40Z"));
        let single = |event: &Value| event["resource"].clone();
        let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [late, on_time] });
        assert_eq!(verdict(&[&single(&on_time)]), Verdict::Pass);
        assert_eq!(verdict(&[&batch]), Verdict::Pass, "others are left alone");
        assert_eq!(verdict(&[&single(&late)]), Verdict::Fail, "it has the time of the recovery");
        assert_eq!(verdict(&[&single(&of("Patient/p-2", "2026-01-01T10:00:05Z"))]), Verdict::Fail);
        assert_eq!(verdict(&[]), Verdict::Fail);
        let mut recorded_later = single(&late);
        recorded_later["period"] = json!({ "start": "2026-01-01T10:00:05Z", "end": "2026-01-01T10:00:05Z" });
        assert_eq!(verdict(&[&recorded_later]), Verdict::Pass);
    }
}
