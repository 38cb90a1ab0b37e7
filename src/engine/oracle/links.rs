//! The URLs that a target wrote: in headers, under the names that FHIR has for them, and inside any text.
//! What a URL means, and whether it may be followed, is for others to say.

use super::{Exchange, tree};
use crate::model::testcase::Side;
use serde_json::Value;

/// Headers that hold a URL, or begin one.
const HEADERS: [&str; 4] = ["location", "content-location", "link", "refresh"];
/// Members whose value is a URL, absolute or relative.
const MEMBERS: [&str; 4] = ["url", "fullUrl", "reference", "location"];

/// Every URL of that side, in the order in which it stands there.
#[must_use]
pub fn of(side: Side, exchange: &Exchange) -> Vec<String> {
    let header = |name: &&str| match side {
        Side::Request => exchange.request.header(name),
        Side::Response => exchange.response.header(name),
    };
    let mut found: Vec<String> = HEADERS.iter().filter_map(header).collect();
    match tree::read(side, exchange) {
        Ok(tree) => gather(&tree, &mut found),
        Err(_) => {
            let bytes = tree::decoded(side, exchange).unwrap_or_default();
            inside(&String::from_utf8_lossy(&bytes), &mut found);
        }
    }
    found
}

fn gather(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if MEMBERS.contains(&name.as_str()) => found.push(text.to_owned()),
                    _ => gather(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, found)),
        Value::String(text) => inside(text, found),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// URLs with a scheme, as they stand in a text of any kind.
fn inside(text: &str, found: &mut Vec<String>) {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')');
    let urls = text.split(ends).filter(|word| word.starts_with("http://") || word.starts_with("https://"));
    found.extend(urls.map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::oracle::fixture::Given;

    #[test]
    fn urls_are_found_in_headers_members_and_texts() {
        let body = serde_json::json!({
            "resourceType": "Bundle",
            "link": [{ "relation": "self", "url": "http://h/Patient?a=1" }],
            "entry": [{ "fullUrl": "http://h/Patient/1", "resource": {
                "subject": { "reference": "Patient/1" }, "note": "see http://h/x?y=2 or \"http://h/z\"", "status": "final" } }],
        });
        let given = Given::answer(201).header("location", "/fhir/Patient/1").header("etag", "x").json(&body);
        let mut found = of(Side::Response, &given.exchange());
        found.sort();
        let expected = [
            "/fhir/Patient/1",
            "Patient/1",
            "http://h/Patient/1",
            "http://h/Patient?a=1",
            "http://h/x?y=2",
            "http://h/z",
        ];
        assert_eq!(found, expected);
        let page = Given::answer(404).text("<a href=\"http://h/y\">y</a>");
        assert_eq!(of(Side::Response, &page.exchange()), ["http://h/y"]);
    }
}
