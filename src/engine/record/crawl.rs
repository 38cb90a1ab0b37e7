//! A crawl, carried out: the requests of the set, then whatever `steer` derives from answers that disclosed the person.
//! Only what disclosed the person is kept for `again`; everything is recorded.

use super::deed::{Sent, repeatable};
use super::instance::Walk;
use crate::engine::body;
use crate::engine::fill::{Asked, url_below};
use crate::engine::oracle::{is_server_failure, tree};
use crate::engine::probe::Request;
use crate::engine::schedule::{Move, member_of, word_of};
use crate::engine::steer::crawl::{Crawl, Route};
use crate::model::id::{MemberId, Word};
use crate::model::plan::Dialect;
use crate::model::record::{Key, SkipReason};
use crate::model::request::{Layout, SetRequest};
use crate::model::target::Format;
use crate::model::testcase::Verb;
use serde_json::Value;
use std::collections::BTreeMap;

impl Walk<'_> {
    pub(super) async fn crawl(&mut self, one: &Move<'_>, requests: &[&SetRequest]) {
        let Verb::Crawl(verb) = &one.step.verb else { return };
        let (Some(about), Some(first)) = (member_of(&verb.about, &one.values), requests.first()) else { return };
        let endpoint = word_of(&first.http.endpoint, &one.values);
        let base = self.session.target.endpoints.get(endpoint.as_str()).cloned().unwrap_or_default();
        let nothing = BTreeMap::new();
        let header = std::sync::Arc::clone(&self.session.header);
        let declared = header.plan.facts.get(endpoint.as_str()).map_or(&nothing, |facts| &facts.search);
        let mut crawl = Crawl::new(verb, &base, requests.len(), declared);
        let mut answered = false;
        for request in requests {
            if self.is_over(|| self.key(one)) {
                return;
            }
            let key = Key { request: Some(request.id.clone()), about: Some(about.clone()), ..self.key(one) };
            let asked = Asked::Member(about.clone());
            if let Some(sent) = self.make(one.step, key, &request.http, Some(&asked), &one.values).await {
                answered |= self.try_route(&mut crawl, sent, &about, 0).await;
            }
        }
        if !answered {
            return self.skip(self.key(one), SkipReason::Silent, "nothing was answered");
        }
        let mut number = 0_u32;
        while let Some(route) = crawl.next_route() {
            if self.is_over(|| self.key(one)) {
                return;
            }
            number += 1;
            let named = Word::try_from(format!("route-{number}")).ok();
            let key = Key { request: named, about: Some(about.clone()), ..self.key(one) };
            let depth = route.depth;
            let Some(headers) = self.credential(one.step, &key, &one.values, &endpoint).await else { return };
            let request = request_of(&base, route, self.instance().dialect, headers);
            let sent = Sent::new(key, base.clone(), request);
            self.try_route(&mut crawl, sent, &about, depth).await;
        }
    }

    /// Sends one request and takes in what it leads to; says whether it was answered.
    async fn try_route(&mut self, crawl: &mut Crawl<'_>, mut sent: Sent, about: &MemberId, depth: u32) -> bool {
        let mut exchanged = self.session.wire.exchange(sent.key.clone(), sent.request.clone()).await;
        let failed = exchanged.carried.result.as_ref().is_ok_and(|answer| is_server_failure(answer.status));
        if failed && repeatable(&sent.request) {
            // A route that one error of the server hid is not one that leads nowhere.
            let key = Key { try_number: 2, ..sent.key.clone() };
            exchanged = self.session.wire.exchange(key, sent.request.clone()).await;
        }
        let Ok(answer) = &exchanged.carried.result else { return failed };
        if let Some((url, tree)) = self.disclosed(exchanged.number, about) {
            if let Some(tree) = tree {
                crawl.saw(depth, &url, &tree);
            }
            sent.response = Some(answer.body.clone());
            self.sent.push(sent);
        }
        true
    }

    /// The URL and the tree of this exchange if it disclosed this person, sealed: a link that holds a secret cannot
    /// be found again by whoever judges the recording, and is not followed.
    fn disclosed(&self, number: u64, about: &MemberId) -> Option<(String, Option<Value>)> {
        self.session.court(|court| {
            let record = court.records.iter().rev().find(|record| record.number == number)?;
            let exchange = court.exchange(record)?;
            let discloses = court.register.discloses(&exchange, about.as_str());
            discloses.then(|| (exchange.request.url.clone(), tree::json(&exchange)))
        })
    }
}

/// A derived request as it is sent.
fn request_of(base: &str, route: Route, dialect: Dialect, credential: Vec<(String, String)>) -> Request {
    let mut headers = Request::own_headers(dialect.format);
    let mut body = Vec::new();
    if !route.form.is_empty() {
        body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&route.form).finish().into_bytes();
        headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    }
    if let Some(resource) = route.body {
        // A link of the target may hold a character that XML does not: then it is asked in JSON all the same.
        let tree = tree::parse(resource.as_bytes());
        let written = tree.and_then(|tree| body::written(&tree, Layout::Compact, dialect).ok());
        let json = || (resource.into_bytes(), Format::Json.media_type());
        let (bytes, media_type) = written.map_or_else(json, |written| (written.bytes, written.media_type));
        body = bytes;
        headers.push(("content-type".to_owned(), media_type.to_owned()));
    }
    headers.extend(credential);
    Request { method: route.method, url: url_below(base, &route.path), headers, body }
}
