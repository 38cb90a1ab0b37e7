//! Links to further pages as secrets of their own, which they are not.
//! Honest pages are asked for with a token like anything else; only a defect knows another way.

use crate::app::Setup;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::token::Session;
use crate::wire::Call;

/// Only with a defect: whoever has the link to a page needs nothing else.
pub(crate) fn opens(setup: &Setup, call: &Call, rest: &[&str]) -> Option<Session> {
    let is_page = match setup.style {
        Style::Plain => call.query.iter().any(|(name, _)| name == "_offset"),
        Style::Other => rest.first() == Some(&"_page"),
    };
    (is_page && setup.has(Defect::PageLinkOpensForAnybody)).then(|| Session {
        client: "page".to_owned(),
        right: Right::Writer,
        patient: None,
        scope: None,
    })
}
