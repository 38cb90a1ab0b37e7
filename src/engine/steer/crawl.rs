//! Routes to a person's data: from each answer that disclosed the person to the requests it leads to.
//! Nothing outside the endpoint's own base is ever followed, whatever an answer says.

use crate::engine::oracle::tree;
use crate::model::request::Method;
use crate::model::testcase::{Crawl as Verb, Follow};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A request that an answer led to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// Path and query below the endpoint's base; begins with `/` or `?`.
    pub path: String,
    /// A form, sent as such.
    pub form: Vec<(String, String)>,
    /// A FHIR resource as JSON; sent in the form that the claim asks for.
    pub body: Option<String>,
    /// How many routes led here.
    pub depth: u32,
}

/// One crawl, as far as it has come.
pub struct Crawl<'a> {
    base: String,
    follow: Vec<Follow>,
    left: u32,
    depth: u32,
    /// Searchable types of the capability statement with their parameters.
    declared: &'a BTreeMap<String, BTreeMap<String, String>>,
    waiting: VecDeque<Route>,
    seen: BTreeSet<(Method, String, String)>,
}

impl<'a> Crawl<'a> {
    /// A crawl below this base; `seeds` requests are sent before it begins.
    #[must_use]
    pub fn new(
        verb: &Verb,
        base: &str,
        seeds: usize,
        declared: &'a BTreeMap<String, BTreeMap<String, String>>,
    ) -> Self {
        let seeds = u32::try_from(seeds).unwrap_or(u32::MAX);
        Self {
            base: base.trim_end_matches('/').to_owned(),
            follow: if verb.follow.is_empty() { Follow::ALL.to_vec() } else { verb.follow.clone() },
            left: verb.requests.saturating_sub(seeds),
            depth: verb.depth,
            declared,
            waiting: VecDeque::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Takes in an answer that disclosed the person; `depth` is that of the request it answers, 0 for the set.
    pub fn saw(&mut self, depth: u32, url: &str, answer: &Value) {
        if depth >= self.depth {
            return;
        }
        let below = self.below(url).unwrap_or_default();
        for kind in self.follow.clone() {
            for mut route in self.routes(kind, &below, answer) {
                route.depth = depth + 1;
                self.offer(route);
            }
        }
    }

    /// The next request, until the bound is reached or nothing is left.
    pub fn next_route(&mut self) -> Option<Route> {
        self.left = self.left.checked_sub(1)?;
        self.waiting.pop_front()
    }

    /// Whether the bound ended it: routes are left that nobody took. To be asked when no request came next.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn offer(&mut self, route: Route) {
        let form: Vec<String> = route.form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let what = format!("{}{}", form.join("&"), route.body.clone().unwrap_or_default());
        if self.seen.insert((route.method, route.path.clone(), what)) {
            self.waiting.push_back(route);
        }
    }

    /// A URL below the base, from `/` or `?` on; nothing for anywhere else.
    fn below(&self, url: &str) -> Option<String> {
        let rest = match url.strip_prefix(self.base.as_str()) {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) => rest.to_owned(),
            Some(_) => return None,
            // Relative to the base, as FHIR references are; a colon before the first slash is a scheme.
            None if url.split('/').next().is_some_and(|head| head.contains(':')) => return None,
            None if url.starts_with('/') || url.starts_with('#') || url.is_empty() => return None,
            None => format!("/{url}"),
        };
        let path = rest.split('?').next().unwrap_or_default().to_ascii_lowercase();
        let climbs =
            path.split('/').any(|part| matches!(part, "." | "..")) || path.contains("%2e") || path.contains('\\');
        let plain = rest.bytes().all(|byte| byte.is_ascii_graphic());
        (!climbs && plain && rest.len() <= 2000).then_some(rest)
    }

    fn routes(&self, kind: Follow, below: &str, answer: &Value) -> Vec<Route> {
        let resources = tree::resources(answer);
        let named = || resources.iter().filter_map(|resource| Some((kind_of(resource)?, id_of(resource)?)));
        let patients = || named().filter(|(kind, _)| *kind == "Patient");
        match kind {
            Follow::Read => named().map(|(kind, id)| get(format!("/{kind}/{id}"))).collect(),
            Follow::Version => resources
                .iter()
                .filter_map(|resource| {
                    let version = resource.pointer("/meta/versionId")?.as_str().filter(|text| is_id(text))?;
                    Some(get(format!("/{}/{}/_history/{version}", kind_of(resource)?, id_of(resource)?)))
                })
                .collect(),
            Follow::History => named().map(|(kind, id)| get(format!("/{kind}/{id}/_history"))).collect(),
            Follow::Link => self.links(answer).into_iter().map(get).collect(),
            Follow::Reference => {
                let mut found = BTreeSet::new();
                resources.iter().for_each(|resource| references(resource, &mut found));
                found.iter().filter_map(|url| self.below(url)).map(get).collect()
            }
            Follow::Include => {
                let kinds: BTreeSet<&str> = named().map(|(kind, _)| kind).collect();
                let one = |wanted: &str| named().find(|(kind, _)| *kind == wanted);
                kinds
                    .into_iter()
                    .filter_map(one)
                    .map(|(kind, id)| get(format!("/{kind}?_id={id}&_include=*")))
                    .collect()
            }
            Follow::Revinclude => patients()
                .flat_map(|(_, id)| {
                    self.by_patient().map(move |kind| get(format!("/Patient?_id={id}&_revinclude={kind}:patient")))
                })
                .collect(),
            Follow::Everything => patients().map(|(_, id)| get(format!("/Patient/{id}/$everything"))).collect(),
            Follow::Compartment => patients()
                .flat_map(|(_, id)| self.by_patient().map(move |kind| get(format!("/Patient/{id}/{kind}"))))
                .collect(),
            Follow::Chained => resources
                .iter()
                .filter(|resource| tree::resource_type(resource) == Some("Patient"))
                .filter_map(|patient| first_identifier(patient))
                .flat_map(|token| {
                    let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
                    self.by_patient().map(move |kind| get(format!("/{kind}?patient.identifier={token}")))
                })
                .collect(),
            Follow::Form => patients().flat_map(|(_, id)| self.by_patient().map(move |kind| form(kind, id))).collect(),
            // One batch for each answer that is not one itself.
            Follow::Batch if below.is_empty() || below == "/" => Vec::new(),
            Follow::Batch => batch(named()).into_iter().collect(),
        }
    }

    fn links(&self, answer: &Value) -> Vec<String> {
        let all = answer.get("link").and_then(Value::as_array).into_iter().flatten();
        all.filter(|link| link.get("relation").and_then(Value::as_str) != Some("self"))
            .filter_map(|link| self.below(link.get("url")?.as_str()?))
            .collect()
    }

    /// The types that can be searched by patient.
    fn by_patient(&self) -> impl Iterator<Item = &'a str> {
        let declared = self.declared.iter().filter(|(_, parameters)| parameters.contains_key("patient"));
        declared.map(|(kind, _)| kind.as_str())
    }
}

fn get(path: String) -> Route {
    Route { method: Method::Get, path, form: Vec::new(), body: None, depth: 0 }
}

fn form(kind: &str, patient: &str) -> Route {
    let form = vec![("patient".to_owned(), patient.to_owned())];
    Route { method: Method::Post, path: format!("/{kind}/_search"), form, body: None, depth: 0 }
}

fn batch<'n>(named: impl Iterator<Item = (&'n str, &'n str)>) -> Option<Route> {
    const ENTRIES: usize = 5;
    let entries: Vec<Value> = named
        .take(ENTRIES)
        .map(|(kind, id)| json!({ "request": { "method": "GET", "url": format!("{kind}/{id}") } }))
        .collect();
    let body = json!({ "resourceType": "Bundle", "type": "batch", "entry": entries });
    let route =
        Route { method: Method::Post, path: "/".to_owned(), form: Vec::new(), body: Some(body.to_string()), depth: 0 };
    (!entries_of(&body).is_empty()).then_some(route)
}

fn entries_of(bundle: &Value) -> &[Value] {
    bundle.get("entry").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A type as FHIR writes it, so that it is one segment of a path and nothing else.
fn kind_of(resource: &Value) -> Option<&str> {
    let is_kind = |kind: &&str| {
        kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphabetic())
    };
    tree::resource_type(resource).filter(is_kind)
}

fn id_of(resource: &Value) -> Option<&str> {
    resource.get("id")?.as_str().filter(|id| is_id(id))
}

/// An id as FHIR allows it, so that it is one segment of a path and nothing else.
fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        && !text.bytes().all(|byte| byte == b'.')
}

fn first_identifier(patient: &Value) -> Option<String> {
    let first = patient.get("identifier")?.as_array()?.first()?;
    let (system, value) = (first.get("system")?.as_str()?, first.get("value")?.as_str()?);
    Some(format!("{system}|{value}"))
}

/// Every reference and every address of an attachment below a value.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                match inner.as_str() {
                    Some(text) if matches!(name.as_str(), "reference" | "url") => {
                        found.insert(text.to_owned());
                    }
                    _ => references(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb(requests: u32, depth: u32) -> Verb {
        serde_json::from_value(json!({ "about": "opt", "from": "clinical", "requests": requests, "depth": depth }))
            .unwrap()
    }

    fn declared() -> BTreeMap<String, BTreeMap<String, String>> {
        let patient = [("patient".to_owned(), "reference".to_owned())];
        [("Observation".to_owned(), patient.into())].into()
    }

    fn paths(crawl: &mut Crawl<'_>) -> Vec<String> {
        std::iter::from_fn(|| crawl.next_route())
            .map(|route| format!("{} {}", route.method.as_str(), route.path))
            .collect()
    }

    #[test]
    fn an_answer_leads_to_every_kind_of_route() {
        let declared = declared();
        let mut crawl = Crawl::new(&verb(100, 4), "http://h/fhir/", 1, &declared);
        crawl.saw(
            0,
            "http://h/fhir/Patient?_id=1",
            &json!({ "resourceType": "Bundle", "link": [{ "relation": "next", "url": "http://h/fhir?page=2" }, { "relation": "self", "url": "http://h/fhir/x" }],
                "entry": [{ "resource": { "resourceType": "Patient", "id": "1", "meta": { "versionId": "3" },
                    "identifier": [{ "system": "s", "value": "9" }], "photo": [{ "url": "Binary/7" }] } }] }),
        );
        let expected = [
            "GET /Patient/1",
            "GET ?page=2",
            "GET /Binary/7",
            "GET /Patient/1/_history/3",
            "GET /Patient/1/_history",
            "GET /Patient?_id=1&_include=*",
            "GET /Patient?_id=1&_revinclude=Observation:patient",
            "GET /Patient/1/$everything",
            "GET /Patient/1/Observation",
            "GET /Observation?patient.identifier=s%7C9",
            "POST /Observation/_search",
            "POST /",
        ];
        assert_eq!(paths(&mut crawl), expected);
    }

    #[test]
    fn nothing_outside_the_base_is_followed() {
        let declared = declared();
        let mut crawl = Crawl::new(&verb(100, 4), "http://h/fhir", 0, &declared);
        let urls = [
            "http://evil/fhir/x",
            "http://h/fhirx/y",
            "http://h/fhir/../admin",
            "//evil/x",
            "/etc/passwd",
            "urn:uuid:1",
            "http://h/fhir/%2e%2e/a",
            "javascript:alert(1)",
            "#contained",
            "http://h/fhir/a b",
            "a\\b",
        ];
        let links: Vec<Value> = urls.iter().map(|url| json!({ "relation": "next", "url": url })).collect();
        let references: Vec<Value> = urls.iter().map(|url| json!({ "reference": url })).collect();
        crawl.saw(0, "", &json!({ "resourceType": "Bundle", "link": links, "entry": [{ "resource": { "resourceType": "List", "entry": references } }] }));
        assert_eq!(paths(&mut crawl), Vec::<String>::new());
    }

    #[test]
    fn bounds_hold_and_nothing_is_asked_twice() {
        let declared = declared();
        let answer = json!({ "resourceType": "Observation", "id": "5", "subject": { "reference": "Patient/1" } });
        let mut crawl = Crawl::new(&verb(3, 4), "http://h/fhir", 1, &declared);
        crawl.saw(0, "", &answer);
        crawl.saw(0, "", &answer);
        assert_eq!(paths(&mut crawl).len(), 2);
        assert!(crawl.is_cut_short());
        let mut whole = Crawl::new(&verb(100, 4), "http://h/fhir", 1, &declared);
        whole.saw(0, "", &answer);
        paths(&mut whole);
        assert!(!whole.is_cut_short());
        let mut deep = Crawl::new(&verb(100, 1), "http://h/fhir", 0, &declared);
        deep.saw(1, "", &answer);
        assert_eq!(paths(&mut deep), Vec::<String>::new());
    }

    #[test]
    fn an_id_that_is_no_id_reaches_no_path() {
        let declared = declared();
        let mut crawl = Crawl::new(&verb(100, 4), "http://h/fhir", 0, &declared);
        crawl.saw(0, "", &json!({ "resourceType": "Observation", "id": "../../x" }));
        crawl.saw(0, "", &json!({ "resourceType": "Observation", "id": "a?b" }));
        crawl.saw(0, "", &json!({ "resourceType": "../Observation", "id": "a" }));
        assert_eq!(paths(&mut crawl), Vec::<String>::new());
    }
}
