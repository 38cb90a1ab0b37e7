//! The make of a client, which must not matter.
//! Without defects everything here hands back what it was given.

use crate::app::Setup;
use crate::defect::Defect;
use crate::wire::{Call, Content, Reply};
use hyper::StatusCode;

/// What our own client calls itself.
const OWN: &str = "Gemaal-Client";
/// What a well-known tester calls itself.
const TESTER: &str = "toetssteen/";

/// The answer as a server with these defects gives it to this client.
pub(crate) fn suited(setup: &Setup, call: &Call, mut reply: Reply) -> Reply {
    let agent = call.header("user-agent").unwrap_or_default();
    let weighted = call.header("accept").is_some_and(|accept| accept.contains("q="));
    if weighted && setup.has(Defect::WeightedAcceptRefused) {
        return Reply::problem(StatusCode::NOT_ACCEPTABLE, "not_acceptable", "one media type, without weights");
    }
    let neutral = !agent.contains(OWN);
    let less = (setup.has(Defect::NeutralClientGetsLess) && neutral)
        || (setup.has(Defect::TesterIsFavoured) && neutral && !agent.contains(TESTER));
    if let (true, Content::Resource(bundle)) = (less, &mut reply.content)
        && bundle["type"] == "searchset"
        && let Some(entries) = bundle["entry"].as_array_mut()
    {
        entries.truncate(1);
    }
    reply
}
