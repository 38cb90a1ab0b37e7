//! Routes that reach past one patient: export, histories of everything, operations on a whole type.
//! No care credential may use them, so they are refused before anything is looked up.

use super::desk::Desk;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::{Call, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

impl Desk<'_> {
    /// The answer to a call that is about everybody at once; nothing when it is not.
    pub(crate) fn bulk(&self, call: &Call, rest: &[&str]) -> Option<Reply> {
        let has = |defect| self.setup.has(defect);
        let asks = matches!(self.session.right, Right::Organisation { .. });
        match rest {
            ["$export"] | [_, "$export"] | [_, _, "$export"] if asks && has(Defect::ExportForAnyToken) => {
                let place = format!("{}/$export-status/1", self.base);
                Some(self.taken().with("content-location", place))
            }
            ["_history"] | [_, "_history"] if asks && has(Defect::SystemHistoryOpen) => Some(self.all("history")),
            [_, "$everything"] if asks && has(Defect::TypeEverythingOpen) => Some(self.all("searchset")),
            ["Subscription"] if asks && call.method == Method::POST && has(Defect::WideSubscriptionAccepted) => {
                let subscription = json!({ "resourceType": "Subscription", "id": "1", "status": "requested" });
                Some(Reply::resource(StatusCode::CREATED, subscription))
            }
            [.., last] if last.starts_with('$') && asks => Some(match self.setup.style {
                Style::Plain => self.speech.unserved_path(),
                Style::Other => self.speech.bad("not-supported", "operations are not served"),
            }),
            _ => None,
        }
    }

    fn taken(&self) -> Reply {
        Reply::resource(
            StatusCode::ACCEPTED,
            self.speech.outcome("information", "informational", "The export has begun.", "Export started"),
        )
    }

    /// Only with a defect: every record that is there, whoever it is about.
    fn all(&self, kind: &str) -> Reply {
        let entries: Vec<Value> = ["Patient", "Observation"]
            .iter()
            .flat_map(|name| self.holder.store.each(name))
            .map(|(_, _, resource)| json!({ "resource": resource.as_ref() }))
            .collect();
        Reply::resource(StatusCode::OK, json!({ "resourceType": "Bundle", "type": kind, "entry": entries }))
    }
}
