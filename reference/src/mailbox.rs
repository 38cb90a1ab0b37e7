//! An intermediary: what one organisation leaves here is kept for another until that one confirms that it has arrived.
//! Parties are told apart by the URA in their token; whoever is not the addressee finds nothing.

use crate::app::App;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::fhir::fresh_id;
use crate::token::bearer;
use crate::wire::{Call, Payload, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// The most messages that wait at a time.
const MOST: usize = 10_000;

/// How long the longest message is.
const LONGEST: usize = 100_000;

/// In the other style what was delivered is cleared away by a round that comes by this often at least.
const ROUND: Duration = Duration::seconds(20);

#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    messages: BTreeMap<String, Message>,
}

#[derive(Debug)]
struct Message {
    sender: String,
    recipient: String,
    content: String,
    /// From when on it is as if it had never been.
    ends: Option<OffsetDateTime>,
}

impl Message {
    fn is_over(&self, now: OffsetDateTime) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}

impl Mailbox {
    /// Forgets what was delivered; with a defect that needs it, it is only marked.
    fn forget(&mut self, app: &App, now: OffsetDateTime) {
        let kept = [Defect::DeliveredOpenToSender, Defect::Delivered410Unknown404, Defect::DeliveredStaysListed];
        if !kept.into_iter().any(|defect| app.setup.has(defect)) {
            self.messages.retain(|_, message| !message.is_over(now));
        }
    }

    /// A message, if this organisation may have it now.
    fn opened(&self, app: &App, id: &str, ura: &str, now: OffsetDateTime) -> Option<&Message> {
        let message = self.messages.get(id)?;
        let by_sender = app.setup.has(Defect::DeliveredOpenToSender) && message.sender == ura;
        let by_anybody = app.setup.has(Defect::MailboxOpenToOthers);
        let waits = !message.is_over(now) && (message.recipient == ura || by_anybody);
        (waits || by_sender).then_some(message)
    }
}

pub(crate) fn answer(app: &App, call: &Call, rest: &[&str]) -> Reply {
    served(app, call, rest).unwrap_or_else(|refusal| refusal)
}

fn served(app: &App, call: &Call, rest: &[&str]) -> Result<Reply, Reply> {
    let session = bearer(app, call, &[app.setup.mailbox(), app.setup.inbox()]).map_err(|denied| {
        Reply::problem(StatusCode::UNAUTHORIZED, "invalid_token", "a valid access token is required")
            .with("www-authenticate", denied.challenge())
    })?;
    let Right::Organisation { ura } = &session.right else {
        return Err(Reply::problem(StatusCode::FORBIDDEN, "forbidden", "only organisations have a mailbox"));
    };
    let now = app.clock.now();
    app.world().mailbox.forget(app, now);
    let plain = app.setup.style == Style::Plain;
    match (&call.method, rest) {
        (&Method::POST, ["messages"]) => deposited(app, call, ura),
        (&Method::GET, ["messages"]) if plain => Ok(listed(app, ura, now)),
        (&Method::GET, ["inbox"]) if !plain => Ok(listed(app, ura, now)),
        (&Method::GET, ["messages", id]) => collected(app, id, ura, now),
        (&Method::POST, ["messages", id, "receipt"]) if plain => confirmed(app, id, ura, now),
        (&Method::DELETE, ["messages", id]) if !plain => confirmed(app, id, ura, now),
        _ => Err(Reply::problem(StatusCode::NOT_FOUND, "not_found", "nothing is served here")),
    }
}

fn deposited(app: &App, call: &Call, sender: &str) -> Result<Reply, Reply> {
    let bad = |said: &str| Reply::problem(StatusCode::BAD_REQUEST, "invalid_request", said);
    let Payload::Whole(bytes) = &call.payload else {
        return Err(Reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"));
    };
    let body: Value = serde_json::from_slice(bytes).map_err(|_| bad("the body is not JSON"))?;
    let word = |name: &str| body[name].as_str().filter(|word| !word.is_empty());
    let recipient = word("to").ok_or_else(|| bad("to is the URA of the addressee"))?;
    let content = word("content").filter(|content| content.len() <= LONGEST);
    let content = content.ok_or_else(|| bad("content is a text of at most 100000 bytes"))?;
    let mut world = app.world();
    if world.mailbox.messages.len() >= MOST {
        return Err(Reply::problem(StatusCode::INSUFFICIENT_STORAGE, "full", "there is no room for more messages"));
    }
    let id = fresh_id(app.setup.style);
    let message =
        Message { sender: sender.to_owned(), recipient: recipient.to_owned(), content: content.to_owned(), ends: None };
    world.mailbox.messages.insert(id.clone(), message);
    let place = format!("{}/{id}", app.setup.mailbox());
    Ok(Reply::json(StatusCode::CREATED, json!({ "id": id })).with("location", place))
}

/// What waits for an organisation, and of whom it is; nothing of what it says.
fn listed(app: &App, ura: &str, now: OffsetDateTime) -> Reply {
    let world = app.world();
    let stays = app.setup.has(Defect::DeliveredStaysListed);
    let own = world.mailbox.messages.iter().filter(|(_, one)| one.recipient == ura && (stays || !one.is_over(now)));
    match app.setup.style {
        Style::Plain => {
            let waiting: Vec<Value> = own.map(|(id, one)| json!({ "id": id, "from": one.sender })).collect();
            Reply::json(StatusCode::OK, json!({ "waiting": waiting }))
        }
        Style::Other => {
            let entry = |id: &String, one: &Message| {
                let sender = json!({ "identifier": { "system": crate::fhir::URA, "value": one.sender } });
                json!({ "resource": { "resourceType": "Communication", "id": id, "status": "in-progress", "sender": sender } })
            };
            let entries: Vec<Value> = own.map(|(id, one)| entry(id, one)).collect();
            let bundle =
                json!({ "resourceType": "Bundle", "type": "searchset", "total": entries.len(), "entry": entries });
            Reply::resource(StatusCode::OK, bundle)
        }
    }
}

fn collected(app: &App, id: &str, ura: &str, now: OffsetDateTime) -> Result<Reply, Reply> {
    let world = app.world();
    let Some(message) = world.mailbox.opened(app, id, ura, now) else {
        let was_there = world.mailbox.messages.get(id).is_some_and(|message| message.is_over(now));
        if was_there && app.setup.has(Defect::Delivered410Unknown404) {
            return Err(Reply::problem(StatusCode::GONE, "gone", "this message was delivered"));
        }
        return Err(not_here(app, id));
    };
    Ok(match app.setup.style {
        Style::Plain => {
            Reply::json(StatusCode::OK, json!({ "id": id, "from": message.sender, "content": message.content }))
        }
        Style::Other => {
            let payload = json!([{ "contentString": message.content }]);
            let resource =
                json!({ "resourceType": "Communication", "id": id, "status": "in-progress", "payload": payload });
            Reply::resource(StatusCode::OK, resource)
        }
    })
}

/// The addressee has it; from now on, or from the next round on, it is no longer here.
fn confirmed(app: &App, id: &str, ura: &str, now: OffsetDateTime) -> Result<Reply, Reply> {
    let mut world = app.world();
    let message = world.mailbox.messages.get_mut(id).filter(|one| one.recipient == ura && !one.is_over(now));
    let message = message.ok_or_else(|| not_here(app, id))?;
    let stays = match app.setup.style {
        _ if app.setup.has(Defect::DeliveredKeptNinetyDays) => Duration::days(90),
        Style::Plain => Duration::ZERO,
        Style::Other => ROUND,
    };
    // Confirming once more does not put it off.
    message.ends.get_or_insert(now + stays);
    Ok(Reply::new(StatusCode::NO_CONTENT, crate::wire::Content::Empty))
}

/// What is somebody else's, what was delivered and what never was are one and the same.
fn not_here(app: &App, id: &str) -> Reply {
    match app.setup.style {
        Style::Plain => Reply::problem(StatusCode::NOT_FOUND, "not_found", &format!("no message {id} waits for you")),
        Style::Other => Reply::problem(StatusCode::FORBIDDEN, "forbidden", "this is no message of yours"),
    }
}
