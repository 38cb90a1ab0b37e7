//! A request minus parts: each alone, then all together. What is left is sent; why it was sent decides nothing.
//! Parts are `header.NAME`, `query.NAME` and `form.NAME`; method and path are never left out.

use crate::engine::probe::Request;
use crate::model::testcase::Without;
use std::collections::BTreeSet;

/// The requests that are sent, each with the name of what it lacks.
#[must_use]
pub fn variants(request: &Request, without: &Without, listed: &[String]) -> Vec<(String, Request)> {
    let parts = parts(request);
    let is_listed = |part: &String| listed.contains(part);
    match without {
        Without::EachOf(_) => {
            parts.iter().filter(|part| is_listed(part)).map(|part| (part.clone(), less(request, &[part]))).collect()
        }
        Without::AllBut(_) => {
            let own: Vec<&String> = parts.iter().filter(|part| !is_listed(part)).collect();
            let mut all: Vec<(String, Request)> =
                own.iter().map(|part| ((*part).clone(), less(request, &[*part]))).collect();
            // A request that holds nothing of its own is sent as it is: it works without what it has not.
            if own.len() != 1 {
                all.push((if own.is_empty() { "nothing" } else { "all" }.to_owned(), less(request, &own)));
            }
            all
        }
    }
}

fn parts(request: &Request) -> BTreeSet<String> {
    let headers = request.headers.iter().map(|(name, _)| format!("header.{name}"));
    let query = pairs(query_of(&request.url)).map(|(name, _)| format!("query.{name}"));
    let form = form_of(request).into_iter().flat_map(pairs).map(|(name, _)| format!("form.{name}"));
    headers.chain(query).chain(form).collect()
}

fn pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    url::form_urlencoded::parse(text.as_bytes()).into_owned()
}

fn query_of(url: &str) -> &str {
    url.split_once('?').map_or("", |(_, query)| query)
}

fn form_of(request: &Request) -> Option<&str> {
    let is_form = |(name, value): &(String, String)| {
        name == "content-type" && value.starts_with("application/x-www-form-urlencoded")
    };
    request.headers.iter().any(is_form).then(|| std::str::from_utf8(&request.body).ok()).flatten()
}

fn less(request: &Request, parts: &[&String]) -> Request {
    let lacks = |kind: &str, name: &str| parts.iter().any(|part| part.strip_prefix(kind) == Some(name));
    let mut left = request.clone();
    left.headers.retain(|(name, _)| !lacks("header.", name));
    if let Some(form) = form_of(request)
        && pairs(form).any(|(name, _)| lacks("form.", &name))
    {
        left.body = written(pairs(form).filter(|(name, _)| !lacks("form.", name))).into_bytes();
    }
    let query = query_of(&request.url);
    if pairs(query).any(|(name, _)| lacks("query.", &name)) {
        let path = request.url.split('?').next().unwrap_or_default();
        let query = written(pairs(query).filter(|(name, _)| !lacks("query.", name)));
        left.url = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    }
    left
}

fn written(pairs: impl Iterator<Item = (String, String)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::request::Method;

    fn request() -> Request {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Request {
            method: Method::Get,
            url: "http://h/Observation?patient=1&tenant=7".to_owned(),
            headers: vec![header("accept", "x"), header("x-tenant", "7")],
            body: Vec::new(),
        }
    }

    fn names(without: &Without, listed: &[&str]) -> Vec<String> {
        let listed: Vec<String> = listed.iter().map(|part| (*part).to_owned()).collect();
        variants(&request(), without, &listed).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn each_foreign_part_alone_then_all_together() {
        let without = Without::AllBut("profiled".parse().unwrap());
        assert_eq!(names(&without, &["header.accept", "query.patient"]), ["header.x-tenant", "query.tenant", "all"]);
        let listed = ["header.accept", "query.patient"].map(str::to_owned);
        let all = variants(&request(), &without, &listed).pop().unwrap().1;
        assert_eq!((all.url.as_str(), all.headers.len()), ("http://h/Observation?patient=1", 1));
        assert_eq!(
            names(&without, &["header.accept", "query.patient", "query.tenant", "header.x-tenant"]),
            ["nothing"]
        );
    }

    #[test]
    fn each_listed_part_that_is_there_is_left_out() {
        let without = Without::EachOf("needed".parse().unwrap());
        assert_eq!(names(&without, &["header.accept", "header.authorization"]), ["header.accept"]);
    }
}
