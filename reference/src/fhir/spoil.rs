//! What defects make of a call before it is read, and of a search or body before it is used.
//! Without defects everything here hands back what it was given.

use super::date::Prefix;
use super::kind::Meaning;
use super::query::Query;
use crate::app::Setup;
use crate::defect::Defect;
use crate::wire::Call;
use hyper::header::HeaderValue;
use serde_json::Value;

/// The call as a server with these defects would understand it.
pub(crate) fn call(setup: &Setup, call: &Call) -> Call {
    let has = |defect| setup.has(defect);
    let mut call = call.clone();
    let accept = call.header("accept").unwrap_or_default().to_owned();
    let refused = (has(Defect::GenericJsonRefused) && accept == "application/json")
        || (has(Defect::AcceptWithCharsetRefused) && accept.contains("charset"));
    if refused {
        call.headers.insert("accept", HeaderValue::from_static("application/x-unreadable"));
    }
    if has(Defect::UnacceptableServed) {
        call.headers.remove("accept");
    }
    let content = call.header("content-type").unwrap_or_default().to_owned();
    if has(Defect::ContentTypeWithCharsetRefused) && content.contains("charset") {
        call.headers.insert("content-type", HeaderValue::from_static("application/x-unreadable"));
    }
    if has(Defect::UnknownMediaTypeAccepted) && !content.is_empty() && !content.contains("form-urlencoded") {
        call.headers.insert("content-type", HeaderValue::from_static("application/fhir+json"));
    }
    call
}

/// The search as a server with these defects would carry it out.
pub(crate) fn query(setup: &Setup, query: &mut Query) {
    let has = |defect| setup.has(defect);
    let others = query.clauses.iter().filter(|clause| !clause.is_patient()).count();
    query.any = has(Defect::ParametersAny) && others > 1;
    if has(Defect::RepeatedParameterLastWins) {
        query.keep_last_of_each();
    }
    for clause in &mut query.clauses {
        if has(Defect::CommaListFirstOnly) {
            clause.values.truncate(1);
            clause.dates.truncate(1);
        }
        if has(Defect::CommaListLastOnly) {
            clause.values.drain(..clause.values.len().saturating_sub(1));
            clause.dates.drain(..clause.dates.len().saturating_sub(1));
        }
        if has(Defect::DateYearAsInstant) {
            for (value, (prefix, asked)) in clause.values.iter().zip(&mut clause.dates) {
                let is_year = value.trim_start_matches(char::is_alphabetic).len() == 4;
                // Without a prefix a year is searched for as text, as such servers do.
                if is_year && *prefix != Prefix::Eq {
                    asked.until = asked.from;
                }
            }
        }
        if has(Defect::DatePrefixIgnored) {
            clause.dates.iter_mut().for_each(|(prefix, _)| *prefix = Prefix::Eq);
        }
        if has(Defect::TokenSystemIgnored) && matches!(clause.param.meaning, Meaning::Token(_)) {
            for value in &mut clause.values {
                if let Some((_, code)) = value.split_once('|').filter(|(_, code)| !code.is_empty()) {
                    *value = code.to_owned();
                }
            }
        }
    }
}

/// A body as a server with these defects would keep it; `old` is what it replaces.
pub(crate) fn body(setup: &Setup, body: &mut Value, old: Option<&Value>) {
    if setup.has(Defect::NonAsciiLost) {
        each_text(body, &|text| *text = text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect());
    }
    if setup.has(Defect::ExtensionsDropped) {
        without_extensions(body);
    }
    if let (true, Some(old), Some(new)) =
        (setup.has(Defect::UpdateMerges), old.and_then(Value::as_object), body.as_object_mut())
    {
        for (name, value) in old {
            new.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

fn each_text(value: &mut Value, change: &dyn Fn(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_text(field, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn without_extensions(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_extensions),
        Value::Object(fields) => {
            fields.shift_remove("extension");
            fields.values_mut().for_each(without_extensions);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
