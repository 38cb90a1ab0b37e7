//! The action is one HTTP request that the target file spells out.
//! A status of the 200s acknowledges it; what it returns is read from that same answer.

use super::act::{Done, Errand, Halt};
use super::stage::Refusal;
use crate::engine::probe::{Answer, Request};
use crate::model::id::Word;
use crate::model::target::{HttpBinding, Returned};

pub(super) async fn run(errand: &mut Errand<'_, '_>, binding: &HttpBinding) -> Result<Done, Halt> {
    let request = request(errand, binding)?;
    let stage = errand.stage;
    let values = |request: &Request, answer: &Answer| {
        let read =
            |(name, wanted): (&Word, &Returned)| Some((name.to_string(), (stage.read)(wanted, answer, request)?));
        if acknowledges(answer) { binding.returns.iter().filter_map(read).collect() } else { Vec::new() }
    };
    let (request, answer) = errand.send_for(binding.party.as_ref(), &binding.endpoint, request, values).await?;
    let mut done = Done::acknowledged(format!("{} answered {}", request.method.as_str(), answer.status));
    done.acknowledged = acknowledges(&answer);
    done.returned = values(&request, &answer).into_iter().collect();
    Ok(done)
}

fn acknowledges(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

fn request(errand: &Errand<'_, '_>, binding: &HttpBinding) -> Result<Request, Refusal> {
    let fill = |text| (errand.stage.fill)(binding.endpoint.as_str(), text).map_err(Refusal::NoValue);
    let (base, path) = (errand.base(&binding.endpoint)?, fill(&binding.path)?);
    let url = match path.strip_prefix('/').unwrap_or(&path) {
        // The endpoint itself, without a slash that it does not have.
        "" => base,
        query if query.starts_with('?') => format!("{base}{query}"),
        below => format!("{base}/{below}"),
    };
    let mut headers = Vec::new();
    for (name, text) in &binding.header {
        let value = fill(text)?;
        if !value.is_empty() {
            headers.push((name.as_str().to_owned(), value));
        }
    }
    if !binding.header.keys().any(|name| name.as_str() == "accept") {
        headers.push(("accept".to_owned(), "*/*".to_owned()));
    }
    let body = binding.body.as_ref().map(fill).transpose()?.unwrap_or_default().into_bytes();
    Ok(Request { method: binding.method, url, headers, body })
}

#[cfg(test)]
mod tests {
    use crate::engine::binding::testing::{Set, binding};
    use crate::engine::probe::testing::Server;
    use crate::model::verdict::Evidence;
    use serde_json::json;

    #[tokio::test]
    async fn a_request_is_filled_sent_as_its_party_and_read() {
        let server = Server::json(|_| (200, json!({ "status": "objected" }).to_string())).await;
        let set = Set::at(&server.url);
        let binding = binding(&json!({ "http": {
            "as": "patient", "method": "PUT", "endpoint": "fhir", "path": "/choices/{{asked.id}}",
            "header": { "content-type": "text/plain" }, "body": "{{asked.bsn}} {{with.scope}}",
            "returns": { "objected": { "at": { "json": "/status" }, "is": { "equals": "objected" } } }
        } }));
        let acted = set.act(&binding).await.unwrap();
        let seen = &server.seen()[0];
        assert_eq!((seen.line(), seen.body.as_str()), ("PUT /fhir/choices/p1", "999900006 all"));
        assert_eq!(seen.header("authorization"), Some("Bearer of-the-patient"));
        assert_eq!((acted.record.acknowledged, acted.record.evidence), (true, Evidence::Wire));
        assert_eq!(acted.record.returned["objected"], "read");
        assert_eq!((acted.record.exchanges.as_slice(), acted.number), ([1].as_slice(), 2));
    }

    #[tokio::test]
    async fn a_refusal_is_recorded_and_returns_nothing() {
        let server = Server::json(|_| (403, json!({ "status": "objected" }).to_string())).await;
        let set = Set::at(&server.url);
        let plain = binding(&json!({ "http": { "method": "POST", "endpoint": "fhir", "path": "/",
            "returns": { "objected": { "at": { "json": "/status" } } } } }));
        let acted = set.act(&plain).await.unwrap();
        assert!(!acted.record.acknowledged && acted.record.returned.is_empty());
        assert_eq!((acted.record.detail.as_str(), server.seen()[0].line()), ("POST answered 403", "POST /fhir"));

        let elsewhere = binding(&json!({ "http": { "method": "GET", "endpoint": "portal", "path": "/" } }));
        assert!(set.act(&elsewhere).await.is_err());
        assert_eq!(server.seen().len(), 1);
    }
}
