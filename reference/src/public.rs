//! Pages that anybody may open without a token: health, metrics, a description of the interface.
//! They say how the process is, and nothing of whom it holds data about.

use crate::app::{App, Which};
use crate::config::Style;
use crate::defect::Defect;
use crate::wire::{Call, Content, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

/// The page at this path; nothing where there is none.
pub(crate) fn answer(app: &App, call: &Call, path: &[&str]) -> Option<Reply> {
    let page: fn(&App) -> Content = match path {
        ["health"] => health,
        ["metrics"] => metrics,
        ["openapi.json"] => openapi,
        ["server-status"] if app.setup.has(Defect::LatestRequestsPublic) => latest_requests,
        ["robots.txt"] => |_| Content::Text("User-agent: *\nDisallow: /\n".to_owned()),
        _ => return None,
    };
    if call.method != Method::GET {
        let reply = Reply::problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "use GET");
        return Some(reply.with("allow", "GET"));
    }
    Some(Reply::new(StatusCode::OK, page(app)))
}

fn health(app: &App) -> Content {
    match app.setup.style {
        Style::Plain => Content::Json(json!({ "status": "UP" })),
        Style::Other => Content::Text("ok\n".to_owned()),
    }
}

fn metrics(app: &App) -> Content {
    let mut text = String::from("# TYPE up gauge\nup 1\n");
    if app.setup.has(Defect::MetricsNamePatients) {
        let mut world = app.world();
        for (id, _, _) in world.holder(Which::A).store.each("Patient") {
            text.push_str(&format!("reads_total{{patient=\"Patient/{id}\"}} 1\n"));
        }
    }
    Content::Text(text)
}

/// What a web server shows of itself where its status page was left open.
fn latest_requests(app: &App) -> Content {
    let mut text = String::from("Server uptime: 2 days\n");
    let mut world = app.world();
    for (id, _, _) in world.holder(Which::A).store.each("Patient") {
        text.push_str(&format!("127.0.0.1 GET /holder-a/fhir/Patient/{id} HTTP/1.1\n"));
    }
    Content::Text(text)
}

fn openapi(app: &App) -> Content {
    let mut world = app.world();
    let live = world.holder(Which::A).store.each("Patient").last().map(|(_, _, patient)| Value::clone(patient));
    let example = match live.filter(|_| app.setup.has(Defect::OpenapiShowsAPatient)) {
        Some(patient) => patient,
        None => json!({ "resourceType": "Patient", "name": [{ "family": "Example" }] }),
    };
    Content::Json(json!({
        "openapi": "3.0.3",
        "info": { "title": "reference", "version": "1" },
        "paths": { "/Patient/{id}": { "get": { "responses": { "200": {
            "description": "one patient",
            "content": { "application/fhir+json": { "example": example } }
        } } } } }
    }))
}
