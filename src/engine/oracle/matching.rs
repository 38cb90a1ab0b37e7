//! Whether every entry of a search result matches what was asked, by our own evaluation of the search.
//! A parameter whose meaning is not known here decides nothing; what is missing from an answer is another check.

use super::{Exchange, tree};
use crate::model::finding::{Expected, Observed};
use crate::model::testcase::Side;
use crate::model::verdict::{Doubt, Judgement};
use serde_json::Value;
use std::borrow::Cow;

/// Whether a resource matches one parameter; nothing where that cannot be said.
type Fits = Option<bool>;

/// Holds the entries of a search result against the search. An entry too many is a breach.
#[must_use]
pub fn judge(exchange: &Exchange<'_>) -> Judgement {
    let witnesses = vec![exchange.number];
    let bundle = match tree::read(Side::Response, exchange) {
        Ok(bundle) => bundle,
        Err(unread) => {
            let doubt = unread.doubt().unwrap_or(Doubt::Vacuous);
            return Judgement::doubtful(
                doubt,
                Expected::OnlyMatching,
                Observed::Unreadable(unread.word().into()),
                witnesses,
            );
        }
    };
    let Some(entries) = tree::entries(&bundle) else {
        return Judgement::doubtful(Doubt::Vacuous, Expected::OnlyMatching, Observed::NothingServed, witnesses);
    };
    let asked = asked(exchange);
    let trimmed = asked.iter().any(|(name, _)| matches!(name.as_ref(), "_elements" | "_summary"));
    let included = |entry: &&Value| entry.pointer("/search/mode").and_then(Value::as_str) == Some("include");
    let matches: Vec<&Value> = entries
        .iter()
        .filter(|entry| !tree::is_outcome(entry) && !included(entry))
        .filter_map(|entry| entry.get("resource"))
        .collect();
    let mut known = false;
    let mut strangers = Vec::new();
    for resource in &matches {
        for (name, value) in &asked {
            let fits = fits(resource, name, value, trimmed);
            known |= fits.is_some();
            if fits == Some(false) {
                strangers.push(format!("{} ({name})", tree::name(resource)));
                break;
            }
        }
    }
    if !strangers.is_empty() {
        let observed = Observed::Differs(strangers.into_iter().take(5).collect());
        return Judgement::of(false, Expected::OnlyMatching, observed, witnesses).breach();
    }
    let seen = Observed::Entries(matches.len() as u64);
    // An empty result holds nothing too much; a full one of which nothing could be evaluated shows nothing.
    if matches.is_empty() || known {
        Judgement::of(true, Expected::OnlyMatching, seen, witnesses)
    } else {
        Judgement::doubtful(Doubt::Vacuous, Expected::OnlyMatching, seen, witnesses)
    }
}

/// The parameters of the search, from the URL and from a form.
fn asked<'e>(exchange: &Exchange<'e>) -> Vec<(Cow<'e, str>, Cow<'e, str>)> {
    let query = exchange.request.url.split_once('?').map_or("", |(_, query)| query);
    let is_form = exchange
        .request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let form: &[u8] = if is_form { exchange.request_body } else { &[] };
    url::form_urlencoded::parse(query.as_bytes()).chain(url::form_urlencoded::parse(form)).collect()
}

fn fits(resource: &Value, name: &str, value: &str, trimmed: bool) -> Fits {
    // A comma stands for "or": one of several values suffices.
    let any = |one: &dyn Fn(&str) -> Fits| {
        let each: Vec<Fits> = value.split(',').map(one).collect();
        if each.contains(&Some(true)) {
            Some(true)
        } else if each.contains(&None) {
            None
        } else {
            Some(false)
        }
    };
    let missing = |found: bool, fits: Fits| if found || !trimmed { fits } else { None };
    match name {
        "patient" | "subject" => {
            let named = || ["subject", "patient"].iter().filter_map(|field| resource.get(field));
            let reference = named().find_map(|person| person.get("reference")?.as_str());
            // A logical reference names somebody by a number; whose that is, is not known here.
            let logical = reference.is_none() && named().next().is_some();
            let id = reference.map(|text| text.split("/_history/").next().unwrap_or(text));
            let is = |wanted: &str| {
                let wanted = wanted.rsplit('/').next().unwrap_or(wanted);
                match id {
                    Some(id) => Some(id.rsplit('/').next() == Some(wanted)),
                    // Which element a type means by the patient (`for`, `beneficiary`) is not known here.
                    None if logical || mentions(resource, wanted) => None,
                    None => Some(false),
                }
            };
            missing(reference.is_some(), any(&is))
        }
        "_id" => any(&|wanted| Some(resource.get("id").and_then(Value::as_str) == Some(wanted))),
        "status" => {
            let found = resource.get("status").and_then(Value::as_str);
            missing(found.is_some(), any(&|wanted| Some(found == Some(wanted.rsplit('|').next().unwrap_or(wanted)))))
        }
        "category" => {
            let found = resource.get("category");
            missing(found.is_some(), any(&|wanted| Some(found.is_some_and(|found| coded(found, wanted)))))
        }
        "code" => {
            let found = ["code", "medicationCodeableConcept"].iter().find_map(|field| resource.get(field));
            missing(found.is_some(), any(&|wanted| Some(found.is_some_and(|found| coded(found, wanted)))))
        }
        "date" => {
            let found = ["effectiveDateTime", "effectiveInstant", "date", "authoredOn"]
                .iter()
                .find_map(|field| resource.get(field)?.as_str());
            any(&|wanted| dated(found?, wanted))
        }
        _ => None,
    }
}

/// Whether a reference to the patient of this id stands anywhere in a resource.
fn mentions(tree: &Value, id: &str) -> bool {
    match tree {
        Value::Object(members) => members.iter().any(|(name, member)| match member.as_str() {
            Some(text) if name == "reference" => {
                let text = text.split("/_history/").next().unwrap_or(text);
                text.rsplit_once('/').is_some_and(|(before, last)| last == id && before.ends_with("Patient"))
            }
            _ => mentions(member, id),
        }),
        Value::Array(items) => items.iter().any(|item| mentions(item, id)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether a concept, or one of a list, has this code; `system|code` asks for both.
fn coded(concept: &Value, wanted: &str) -> bool {
    let (system, code) = match wanted.split_once('|') {
        Some((system, code)) => (Some(system), code),
        None => (None, wanted),
    };
    match concept {
        Value::Array(items) => items.iter().any(|item| coded(item, wanted)),
        _ => concept.get("coding").and_then(Value::as_array).into_iter().flatten().any(|coding| {
            let text = |field: &str| coding.get(field).and_then(Value::as_str).unwrap_or_default();
            (code.is_empty() || text("code") == code) && system.is_none_or(|system| text("system") == system)
        }),
    }
}

/// Whether a date lies as asked, to the day; nothing where either is less exact than that.
fn dated(found: &str, wanted: &str) -> Fits {
    let split = wanted.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (prefix, day) = (wanted.get(..split)?, wanted.get(split..)?.get(..10)?);
    let found = found.get(..10)?;
    match prefix {
        "" | "eq" => Some(found == day),
        "ge" => Some(found >= day),
        "le" => Some(found <= day),
        // The same day is before or after by its time, which is not looked at.
        "gt" if found != day => Some(found > day),
        "lt" if found != day => Some(found < day),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn observation() -> Value {
        json!({ "resourceType": "Observation", "id": "1", "status": "final", "subject": { "reference": "http://h/Patient/p/_history/1" },
            "category": [{ "coding": [{ "system": "s", "code": "laboratory" }] }], "effectiveDateTime": "2022-03-01T10:00:00Z" })
    }

    #[test]
    fn a_parameter_is_evaluated_as_far_as_it_is_known() {
        let one = observation();
        for (name, value, expected) in [
            ("patient", "p", Some(true)),
            ("patient", "Patient/q", Some(false)),
            ("category", "laboratory", Some(true)),
            ("category", "s|laboratory", Some(true)),
            ("category", "t|laboratory", Some(false)),
            ("category", "vital-signs,laboratory", Some(true)),
            ("status", "amended", Some(false)),
            ("date", "ge2022-01-01", Some(true)),
            ("date", "le2022-01-01", Some(false)),
            ("date", "2022", None),
            ("code", "x", Some(false)),
            ("performer", "x", None),
        ] {
            assert_eq!(fits(&one, name, value, false), expected, "{name}={value}");
        }
        let task = json!({ "resourceType": "Task", "id": "t", "for": { "reference": "Patient/p" } });
        assert_eq!(fits(&task, "patient", "p", false), None, "a type may mean its patient by another element");
        assert_eq!(fits(&task, "patient", "Patient/q", false), Some(false), "whoever is not in it is not meant by it");
        let performed = json!({ "subject": { "reference": "Patient/q" }, "performer": [{ "reference": "Patient/p" }] });
        assert_eq!(fits(&performed, "patient", "p", false), Some(false), "the element is known and names another");
        let logical = json!({ "subject": { "identifier": { "value": "1" } } });
        assert_eq!(fits(&logical, "patient", "p", false), None, "whom a number names is not known here");
        assert_eq!(fits(&one, "code", "x", true), None, "left out because fewer elements were asked for");
    }
}
