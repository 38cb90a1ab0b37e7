//! Every refusal, in the words of either style.
//! A refusal is made from what was asked, never from what is stored.

use crate::config::Style;
use crate::wire::{Content, Reply};
use hyper::StatusCode;
use serde_json::{Value, json};

/// How this process words its refusals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speech(pub(crate) Style);

impl Speech {
    /// A refusal with one issue; the two texts are those of the plain and of the other style.
    pub(crate) fn refuse(self, status: StatusCode, code: &str, plain: &str, other: &str) -> Reply {
        Reply::resource(status, self.outcome("error", code, plain, other))
    }

    pub(crate) fn outcome(self, severity: &str, code: &str, plain: &str, other: &str) -> Value {
        match self.0 {
            Style::Plain => json!({
                "resourceType": "OperationOutcome",
                "issue": [{ "severity": severity, "code": code, "diagnostics": plain }]
            }),
            Style::Other => json!({
                "issue": [{ "details": { "text": other }, "code": code, "severity": severity }],
                "resourceType": "OperationOutcome"
            }),
        }
    }

    pub(crate) fn unauthorized(self, challenge: &str) -> Reply {
        self.refuse(
            StatusCode::UNAUTHORIZED,
            "login",
            "A valid access token for this endpoint is required.",
            "Authorization needed",
        )
        .with("www-authenticate", challenge)
    }

    pub(crate) fn forbidden(self) -> Reply {
        self.refuse(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This client may not do this.",
            "Operation outside the rights of the client",
        )
    }

    pub(crate) fn unknown_id(self, kind: &str, id: &str) -> Reply {
        self.refuse(
            StatusCode::NOT_FOUND,
            "not-found",
            &format!("No {kind} with id '{id}' is known here."),
            &format!("Resource {kind}/{id} not found"),
        )
    }

    /// What would be given cannot be logged, so that it is not given.
    pub(crate) fn unlogged(self) -> Reply {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        self.refuse(status, "transient", "this cannot be given just now", "Even geen inzage mogelijk")
    }

    pub(crate) fn gone(self) -> Reply {
        self.refuse(StatusCode::GONE, "deleted", "This resource has been deleted.", "Resource removed")
    }

    pub(crate) fn unknown_type(self, name: &str) -> Reply {
        self.refuse(
            StatusCode::NOT_FOUND,
            "not-supported",
            &format!("The type '{name}' is not served here."),
            &format!("Resource type {name} unknown"),
        )
    }

    pub(crate) fn unserved_path(self) -> Reply {
        self.refuse(
            StatusCode::NOT_FOUND,
            "not-supported",
            "This interaction is not served here.",
            "Unknown interaction",
        )
    }

    pub(crate) fn method(self, allow: &str) -> Reply {
        self.refuse(
            StatusCode::METHOD_NOT_ALLOWED,
            "not-supported",
            &format!("This method is not supported here; use one of: {allow}."),
            &format!("Method not supported (allowed: {allow})"),
        )
        .with("allow", allow)
    }

    pub(crate) fn bad(self, code: &str, what: &str) -> Reply {
        self.refuse(
            StatusCode::BAD_REQUEST,
            code,
            &format!("The request cannot be understood: {what}."),
            &format!("Bad request ({what})"),
        )
    }

    /// What is wrong with the content of a resource.
    pub(crate) fn invalid(self, what: &str) -> Reply {
        let status = match self.0 {
            Style::Plain => StatusCode::UNPROCESSABLE_ENTITY,
            Style::Other => StatusCode::BAD_REQUEST,
        };
        self.refused_content(status, what)
    }

    pub(crate) fn refused_content(self, status: StatusCode, what: &str) -> Reply {
        self.refuse(
            status,
            "invalid",
            &format!("The resource is not valid: {what}."),
            &format!("Validation failed ({what})"),
        )
    }

    pub(crate) fn conflict(self) -> Reply {
        self.refuse(
            StatusCode::PRECONDITION_FAILED,
            "conflict",
            "If-Match does not name the current version.",
            "Version conflict",
        )
    }

    /// Criteria by which more than one resource could be meant.
    pub(crate) fn unselective(self) -> Reply {
        self.refuse(
            StatusCode::PRECONDITION_FAILED,
            "multiple-matches",
            "The criteria do not select one resource.",
            "Criteria not selective enough",
        )
    }

    /// Criteria by which nothing is meant.
    pub(crate) fn unselective_none(self) -> Reply {
        self.refuse(StatusCode::NOT_FOUND, "not-found", "Nothing fits the criteria.", "No match for the criteria")
    }

    pub(crate) fn full(self) -> Reply {
        self.refuse(
            StatusCode::INSUFFICIENT_STORAGE,
            "too-costly",
            "There is no room for more resources.",
            "Storage exhausted",
        )
    }

    /// Puts into words at which entry of a Bundle a refusal arose.
    pub(crate) fn at_entry(self, mut reply: Reply, index: usize) -> Reply {
        if let Content::Resource(outcome) = &mut reply.content {
            outcome["issue"][0]["expression"] = json!([format!("Bundle.entry[{index}]")]);
        }
        reply
    }
}
