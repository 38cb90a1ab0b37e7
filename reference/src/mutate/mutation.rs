//! What can be spoiled and where, and whether a declaration of it makes sense.
//! Nothing here touches a message.

use hyper::header::{HeaderName, HeaderValue};
use std::fmt;
use std::io;
use std::time::Duration;

/// One way in which the answers, or the requests, on some routes are spoiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    pub route: Route,
    pub action: Action,
}

/// Which exchanges are meant; what is not stated does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    pub method: Option<String>,
    /// A glob, in which `*` stands for any characters including slashes.
    ///
    /// It is held against the decoded path below the base of the endpoint, such as `/Observation*`
    /// (empty at the base itself), and against the whole path, such as `/token`; one must match.
    pub path: Option<String>,
    /// The first and the last status of the reference that is meant.
    pub status: Option<(u16, u16)>,
}

/// What is done to an exchange that is meant; several are done in the order of declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Status(u16),
    /// Another body; the headers stay.
    Body(String),
    /// No body; the headers stay.
    DropBody,
    /// A header of the answer with this value only.
    Header {
        name: String,
        value: String,
    },
    /// A header that is taken out of the answer.
    DropHeader(String),
    /// A JSON pointer (RFC 6901); answers that are not JSON or lack the place stay as they are.
    RemoveElement(String),
    /// A parameter, with or without a modifier, that is taken out of query and form on the way in.
    IgnoreParameter(String),
    /// A header that is taken out of the request on the way in.
    DropRequestHeader(String),
    /// A wait before the answer is passed on.
    Delay(Duration),
    /// This answer, and the reference never hears of it; no other mutation is applied to it.
    AnswerBeforeForwarding {
        status: u16,
        body: String,
    },
}

impl Mutation {
    /// Refuses, with `InvalidInput`, what could never be carried out.
    pub(super) fn check(&self) -> io::Result<()> {
        let statuses = self.route.status.into_iter().flat_map(|(a, b)| [a, b]);
        for status in statuses.chain(self.action.status()) {
            if !(200..=999).contains(&status) {
                return Err(refused(format_args!("{status} is no status of an answer")));
            }
        }
        if self.action.is_before_forwarding() && self.route.status.is_some() {
            return Err(refused(format_args!("what is done before forwarding cannot depend on the status")));
        }
        match &self.action {
            Action::Header { name, value } => {
                check_header(name)?;
                HeaderValue::from_str(value)
                    .map(drop)
                    .map_err(|_| refused(format_args!("the value for `{name}` fits no header")))
            }
            Action::DropHeader(name) | Action::DropRequestHeader(name) => check_header(name),
            Action::RemoveElement(pointer) if !pointer.starts_with('/') => {
                Err(refused(format_args!("`{pointer}` points at no element")))
            }
            Action::Status(_)
            | Action::Body(_)
            | Action::DropBody
            | Action::RemoveElement(_)
            | Action::IgnoreParameter(_)
            | Action::Delay(_)
            | Action::AnswerBeforeForwarding { .. } => Ok(()),
        }
    }
}

impl Route {
    /// Whether an exchange is meant, as far as its request tells; paths are decoded.
    pub(super) fn means(&self, method: &str, below: &str, whole: &str) -> bool {
        let is_method = self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        let is_path = self.path.as_deref().is_none_or(|glob| matches(glob, below) || matches(glob, whole));
        is_method && is_path
    }

    pub(super) fn means_status(&self, status: u16) -> bool {
        self.status.is_none_or(|(first, last)| (first..=last).contains(&status))
    }
}

impl Action {
    pub(super) fn is_before_forwarding(&self) -> bool {
        match self {
            Self::IgnoreParameter(_) | Self::DropRequestHeader(_) | Self::AnswerBeforeForwarding { .. } => true,
            Self::Status(_)
            | Self::Body(_)
            | Self::DropBody
            | Self::Header { .. }
            | Self::DropHeader(_)
            | Self::RemoveElement(_)
            | Self::Delay(_) => false,
        }
    }

    fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) | Self::AnswerBeforeForwarding { status, .. } => Some(*status),
            Self::Body(_)
            | Self::DropBody
            | Self::Header { .. }
            | Self::DropHeader(_)
            | Self::RemoveElement(_)
            | Self::IgnoreParameter(_)
            | Self::DropRequestHeader(_)
            | Self::Delay(_) => None,
        }
    }
}

pub(super) fn refused(why: fmt::Arguments<'_>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.to_string())
}

/// Framing is not for sale: the reader would see a broken proxy instead of a spoiled answer.
fn check_header(name: &str) -> io::Result<()> {
    let framing = ["content-length", "transfer-encoding", "connection"];
    if framing.iter().any(|one| name.eq_ignore_ascii_case(one)) {
        return Err(refused(format_args!("`{name}` frames messages and stays")));
    }
    HeaderName::from_bytes(name.as_bytes()).map(drop).map_err(|_| refused(format_args!("`{name}` names no header")))
}

fn matches(glob: &str, text: &str) -> bool {
    let Some((start, rest)) = glob.split_once('*') else {
        return glob == text;
    };
    let Some(mut left) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else {
            return false;
        };
        left = &left[at + part.len()..];
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_nothing_else_does() {
        for (glob, text, is_match) in [
            ("/Observation*", "/Observation", true),
            ("/Observation*", "/Observation/1/_history", true),
            ("/Observation*", "/MedicationRequest", false),
            ("*/_search", "/Observation/_search", true),
            ("*/_search", "/Observation/_search/x", false),
            ("/*/1/*y", "/A/1/_history", true),
            ("/*/1/*y", "/A/2/_history", false),
            ("a*a", "a", false),
            ("", "", true),
            ("", "/", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(glob, text), is_match, "{glob} {text}");
        }
    }
}
