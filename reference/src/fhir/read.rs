//! Read and vread: one resource, or the one answer for everything that is not there.
//! What may not be seen is answered exactly as what never existed.

use super::access::{Lens, Ruling, Why};
use super::desk::Desk;
use super::kind::Kind;
use super::store::Version;
use super::write::versioned;
use crate::config::Right;
use crate::defect::Defect;
use crate::wire::{Content, Reply};
use hyper::StatusCode;
use serde_json::{Value, json};

impl Desk<'_> {
    pub(crate) fn read(&self, kind: &Kind, id: &str, number: Option<&str>) -> Reply {
        let Some(record) = self.holder.store.record(kind.name, id) else {
            return self.unknown(kind, id);
        };
        let wanted = match number {
            Some(_) if self.setup.has(Defect::VreadGivesCurrent) => record.versions.last(),
            Some(number) => record.version(number),
            None => record.versions.last(),
        };
        if self.session.right == Right::Writer {
            return match wanted {
                Some(version) => self.shown(version).unwrap_or_else(|| {
                    let ghost = record.versions.iter().rev().find(|version| version.body.is_some());
                    let ghost = ghost.filter(|_| self.setup.has(Defect::DeletedStillReadable));
                    ghost.and_then(|version| self.shown(version)).unwrap_or_else(|| self.speech.gone())
                }),
                None => self.unknown(kind, id),
            };
        }
        let Some((_, current)) = record.live() else {
            return self.unknown(kind, id);
        };
        let lens = if number.is_some() { Lens::Version } else { Lens::Id };
        match self.view(lens).ruling(kind, current) {
            Ruling::Closed(why) => self.closed(kind, id, why),
            Ruling::Open => wanted
                .filter(|version| self.sees_version(kind, version, lens))
                .and_then(|version| self.shown(version))
                .unwrap_or_else(|| self.unknown(kind, id)),
        }
    }

    /// An old version may have been about another patient.
    fn sees_version(&self, kind: &Kind, version: &Version, lens: Lens) -> bool {
        version.body.as_ref().is_some_and(|body| self.view(lens).sees(kind, body))
    }

    pub(crate) fn unknown(&self, kind: &Kind, id: &str) -> Reply {
        if self.setup.has(Defect::UnknownIdWithoutOutcome) {
            return Reply::new(StatusCode::NOT_FOUND, Content::Empty);
        }
        if self.setup.has(Defect::UnknownId200) {
            let empty: Value = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0 });
            return Reply::resource(StatusCode::OK, empty);
        }
        self.speech.unknown_id(kind.name, id)
    }

    fn closed(&self, kind: &Kind, id: &str, why: Why) -> Reply {
        if self.betrays(why) {
            return self.speech.forbidden();
        }
        if why == Why::Objected && self.setup.has(Defect::ObjectedHintInOutcome) {
            return self.speech.refuse(
                StatusCode::NOT_FOUND,
                "not-found",
                &format!("No {} with id '{id}' is available here.", kind.name),
                &format!("Resource {}/{id} not available", kind.name),
            );
        }
        let unknown = self.unknown(kind, id);
        if self.setup.has(Defect::EtagOnExisting) {
            return unknown.with("etag", "W/\"0\"");
        }
        if self.setup.has(Defect::LongerRefusalForExisting) {
            return self.speech.refuse(
                StatusCode::NOT_FOUND,
                "not-found",
                &format!("No {} with id '{id}'  is known here.", kind.name),
                &format!("Resource {}/{id}  not found", kind.name),
            );
        }
        unknown
    }

    /// Whether a defect makes this reason visible as a 403.
    pub(crate) fn betrays(&self, why: Why) -> bool {
        match why {
            Why::Objected => self.setup.has(Defect::Objected403Unknown404),
            Why::Unrelated => self.setup.has(Defect::Relation403Unknown404),
            Why::NoChoice => self.setup.has(Defect::NoChoice403),
            // To that defect an ended permission is no choice either.
            Why::Withdrawn => self.setup.has(Defect::Withdrawn403Unknown404) || self.setup.has(Defect::NoChoice403),
            Why::Outside | Why::Lost | Why::Register => false,
        }
    }

    fn shown(&self, version: &Version) -> Option<Reply> {
        let body = version.body.as_ref()?;
        let reply = Reply::resource(StatusCode::OK, Value::clone(body));
        Some(versioned(self.setup, reply, version))
    }
}
