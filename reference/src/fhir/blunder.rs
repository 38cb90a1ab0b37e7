//! Errors as defects write them: a web page, a trace, a query.
//! Without a defect an answer leaves here as it came.

use crate::app::Setup;
use crate::defect::Defect;
use crate::wire::{Content, Reply};
use hyper::StatusCode;
use serde_json::json;

const PAGE: &str =
    "<html><body><h1>Something went wrong</h1><p>Ticket GML-20417. Call the service desk.</p></body></html>";
const TRACE: &str = "java.lang.IllegalStateException: unexpected value\n\tat nl.gemaal.search.Planner.plan(Planner.java:214)\n\tat nl.gemaal.rest.Endpoint.handle(Endpoint.java:88)";
const QUERY: &str = "ERROR: syntax error at or near \"=\" in: SELECT id, body FROM resource WHERE kind = 'Observation' AND subject = = $1";

/// What is sent instead of this answer.
pub(crate) fn spoiled(setup: &Setup, reply: Reply) -> Reply {
    if ![StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY].contains(&reply.status) {
        return reply;
    }
    if setup.has(Defect::HtmlErrorPage) {
        return Reply::new(reply.status, Content::Html(PAGE));
    }
    let said = match (setup.has(Defect::TraceInError), setup.has(Defect::QueryInError)) {
        (true, _) => TRACE,
        (false, true) => QUERY,
        (false, false) => return reply,
    };
    match reply.content {
        Content::Resource(mut outcome) => {
            outcome["issue"][0]["diagnostics"] = json!(said);
            Reply { content: Content::Resource(outcome), ..reply }
        }
        Content::Empty | Content::Json(_) | Content::Html(_) | Content::Text(_) => reply,
    }
}
