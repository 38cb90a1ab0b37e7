//! The action is a FHIR Consent (R4): written, read back, made inactive, or shown.
//! Only what this run created is ever changed; everything else is read and left alone.

use super::act::{Done, Errand, Halt};
use super::resource;
use super::stage::{MadeConsent, Refusal};
use crate::engine::body;
use crate::engine::oracle::created::{below, echoes};
use crate::engine::oracle::tree;
use crate::engine::probe::{Answer, Request};
use crate::model::plan::Dialect;
use crate::model::request::{Layout, Method};
use crate::model::span::Span;
use crate::model::target::{ConsentBinding, ConsentEffect, FhirVersion};
use serde_json::Value;
use std::collections::BTreeSet;
use url::form_urlencoded::byte_serialize;

/// How many pages of a list are read.
const PAGES: usize = 20;

pub(super) async fn run(errand: &mut Errand<'_, '_>, binding: &ConsentBinding) -> Result<Done, Halt> {
    let person = errand.call.person.as_ref().ok_or(Refusal::NoPerson)?;
    let patient = person.ids.get(&binding.endpoint).ok_or_else(|| Refusal::NoId(binding.endpoint.clone()))?;
    let (base, patient) = (errand.base(&binding.endpoint)?, patient.clone());
    let mut desk = Desk { errand, binding, base, patient };
    match binding.effect {
        ConsentEffect::Deny => desk.create("deny").await,
        ConsentEffect::Permit => desk.create("permit").await,
        ConsentEffect::AsAsked => match desk.errand.call.with.get("effect").map(String::as_str) {
            Some("deny") => desk.create("deny").await,
            Some("permit") => desk.create("permit").await,
            _ => Err(Halt::failed("the argument `effect` is neither permit nor deny")),
        },
        ConsentEffect::RevokeDeny => desk.revoke(Some("deny")).await,
        ConsentEffect::RevokeAll => desk.revoke(None).await,
        ConsentEffect::Show => desk.show().await,
    }
}

struct Desk<'d, 'a, 's> {
    errand: &'d mut Errand<'a, 's>,
    binding: &'d ConsentBinding,
    base: String,
    patient: String,
}

impl Desk<'_, '_, '_> {
    async fn create(&mut self, provision: &'static str) -> Result<Done, Halt> {
        let stage = self.errand.stage;
        let given = |name: &str| {
            self.errand.call.with.get(name).map(String::as_str).filter(|word| !matches!(*word, "" | "any"))
        };
        let scope = resource::Scope { category: given("category"), organisation: given("organisation") };
        let mut consent = resource::choice(&self.patient, provision, &scope, &stage.means.run, stage.now);
        if let Some(lasts) = given("lasts") {
            let lasts: Span = lasts.parse().map_err(|_| Halt::Failed(format!("`{lasts}` is no length of time")))?;
            resource::end_after(&mut consent, stage.now, lasts.into());
        }
        let answer = self.send(Method::Post, format!("{}/Consent", self.base), Some(&consent)).await?;
        // Whether a create may be answered so is for a case to judge; here what was stored is read back.
        if !matches!(answer.status, 200 | 201 | 204) {
            return Err(Halt::Failed(format!("POST Consent answered {}", answer.status)));
        }
        let location = answer.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.as_str());
        let body = json(&answer).ok();
        let id = location.and_then(resource::id_in).or_else(|| body.as_ref().and_then(resource::id));
        let id = id.ok_or_else(|| Halt::failed("POST Consent was answered without saying which id it got"))?;
        let made = MadeConsent {
            endpoint: self.binding.endpoint.clone(),
            party: self.binding.party.clone(),
            patient: self.patient.clone(),
            id: id.to_owned(),
            provision,
            ended: false,
        };
        // What is remembered is changed and removed later on. Without a 201 for a place below this very endpoint it may be
        // one that stood there before, or another of that id: then it is ours only if it reads back so.
        let sure = answer.status == 201 && location.is_none_or(|place| below(&self.base, place).is_some());
        if sure {
            stage.means.made.add(made.clone());
        }
        let kept = self.read(id).await?.ok_or_else(|| Halt::failed("the Consent that was created is not there"))?;
        if !sure {
            if !resource::is_ours(&kept, &stage.means.run) && !echoes(&consent, &kept) {
                return Err(Halt::failed("the Consent that is there is not the one that was created"));
            }
            stage.means.made.add(made);
        }
        let same = resource::is_active(&kept)
            && resource::provision(&kept) == Some(provision)
            && resource::concerns(&kept, &self.patient);
        if !same {
            return Err(Halt::failed("the Consent that was created reads back otherwise"));
        }
        Ok(Done::acknowledged(format!("Consent/{id} is active with {provision}")))
    }

    async fn revoke(&mut self, provision: Option<&str>) -> Result<Done, Halt> {
        let stage = self.errand.stage;
        let wanted = |found: Option<&str>| provision.is_none() || found == provision;
        let made = stage.means.made.all().into_iter();
        let mut ids: BTreeSet<String> = made
            .filter(|made| !made.ended && made.endpoint == self.binding.endpoint && made.patient == self.patient)
            .filter(|made| wanted(Some(made.provision)))
            .map(|made| made.id)
            .collect();
        match self.list().await {
            Ok(found) => ids.extend(
                found
                    .iter()
                    .filter(|consent| resource::is_ours(consent, &stage.means.run) && resource::is_active(consent))
                    .filter(|consent| wanted(resource::provision(consent)))
                    .filter_map(|consent| resource::id(consent).map(str::to_owned)),
            ),
            // A server need not search as long as we remember what we created.
            Err(Halt::Failed(_)) if !ids.is_empty() => {}
            Err(halt) => return Err(halt),
        }
        let mut ended = 0;
        for id in &ids {
            ended += usize::from(self.end(id).await?);
        }
        Ok(Done::acknowledged(format!("{ended} of our Consents made inactive, none of ours is active")))
    }

    /// Makes one Consent inactive; false if it already was.
    async fn end(&mut self, id: &str) -> Result<bool, Halt> {
        let Some(mut consent) = self.read(id).await?.filter(resource::is_active) else {
            return Ok(false);
        };
        if !resource::concerns(&consent, &self.patient) {
            return Err(Halt::Failed(format!("Consent/{id} is about somebody else")));
        }
        consent["status"] = Value::from("inactive");
        let url = format!("{}/Consent/{id}", self.base);
        let put = self.send(Method::Put, url.clone(), Some(&consent)).await?.status;
        if put == 405 {
            let delete = self.send(Method::Delete, url, None).await?.status;
            if !matches!(delete, 200..=299 | 404 | 410) {
                return Err(Halt::Failed(format!("PUT Consent/{id} answered 405 and DELETE {delete}")));
            }
        } else if !(200..300).contains(&put) {
            return Err(Halt::Failed(format!("PUT Consent/{id} answered {put}")));
        }
        match self.read(id).await? {
            Some(kept) if resource::is_active(&kept) => Err(Halt::Failed(format!("Consent/{id} is still active"))),
            Some(_) => {
                self.errand.stage.means.made.end(&self.binding.endpoint, id);
                Ok(true)
            }
            None => {
                self.errand.stage.means.made.forget(&self.binding.endpoint, id);
                Ok(true)
            }
        }
    }

    async fn show(&mut self) -> Result<Done, Halt> {
        let found = self.list().await?;
        let says = |provision| {
            let holds = |consent: &&Value| resource::is_active(consent) && resource::concerns(consent, &self.patient);
            found.iter().filter(holds).any(|consent| resource::provision(consent) == Some(provision)).to_string()
        };
        let mut done = Done::acknowledged(format!("{} Consents are on record", found.len()));
        done.returned.insert("objected".to_owned(), says("deny"));
        done.returned.insert("consented".to_owned(), says("permit"));
        Ok(done)
    }

    /// Every Consent that the server lists for the patient.
    async fn list(&mut self) -> Result<Vec<Value>, Halt> {
        let patient: String = byte_serialize(self.patient.as_bytes()).collect();
        let mut url = format!("{}/Consent?patient={patient}", self.base);
        let mut found = Vec::new();
        for _ in 0..PAGES {
            let answer = self.send(Method::Get, url.clone(), None).await?;
            if answer.status != 200 {
                return Err(Halt::Failed(format!("the search for Consents answered {}", answer.status)));
            }
            let bundle = json(&answer)?;
            if bundle["resourceType"] != "Bundle" {
                return Err(Halt::failed("the search for Consents was not answered with a Bundle"));
            }
            found.extend(resource::consents(&bundle).cloned());
            let Some(next) = resource::next(&bundle) else {
                return Ok(found);
            };
            url = self.further(&url, next)?;
        }
        Err(Halt::Failed(format!("the list of Consents has more than {PAGES} pages")))
    }

    /// The next page, which may only be on the same server: our credential goes with it.
    fn further(&self, page: &str, next: &str) -> Result<String, Halt> {
        let origin = url::Url::parse(&self.base).map(|url| url.origin());
        let next = url::Url::parse(page).and_then(|page| page.join(next));
        match (origin, next) {
            (Ok(origin), Ok(next)) if next.origin() == origin => Ok(next.into()),
            _ => Err(Halt::failed("the list of Consents goes on at another server")),
        }
    }

    /// One Consent; nothing if it is not there or no longer there.
    async fn read(&mut self, id: &str) -> Result<Option<Value>, Halt> {
        let answer = self.send(Method::Get, format!("{}/Consent/{id}", self.base), None).await?;
        match answer.status {
            200 => json(&answer).map(Some),
            404 | 410 => Ok(None),
            status => Err(Halt::Failed(format!("GET Consent/{id} answered {status}"))),
        }
    }

    async fn send(&mut self, method: Method, url: String, resource: Option<&Value>) -> Result<Answer, Halt> {
        // The binding writes a Consent of R4.
        let dialect = Dialect { fhir: FhirVersion::R4, format: self.errand.stage.target.form() };
        let mut headers = vec![("accept".to_owned(), dialect.format.media_type().to_owned())];
        let mut bytes = Vec::new();
        if let Some(resource) = resource {
            let written = body::written(resource, Layout::Compact, dialect);
            let written = written.map_err(|error| Halt::Failed(error.to_string()))?;
            headers.push(("content-type".to_owned(), written.media_type.to_owned()));
            bytes = written.bytes;
        }
        let request = Request { method, url, headers, body: bytes };
        let (_, answer) = self.errand.send(Some(&self.binding.party), &self.binding.endpoint, request).await?;
        Ok(answer)
    }
}

fn json(answer: &Answer) -> Result<Value, Halt> {
    tree::carried(&answer.headers, &answer.body).ok_or_else(|| Halt::failed("an answer about Consents was not JSON"))
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
