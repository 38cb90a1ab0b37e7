//! Defects of plain REST: each shows in its own probe, in both styles, and in that of no other.
//! The probes of one defect share a reference; each works on resources of its own.

use crate::stage::{FHIR, STYLES, Seen, Stage, send, stage};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use toetssteen_reference::{DEFECTS, Regime, Style};

/// The defects that are probed here.
pub const PROBES: &[&str] = &[
    "capability-lists-unserved-writes",
    "head-always-200",
    "non-ascii-lost",
    "extensions-dropped",
    "client-id-taken",
    "client-id-kept-inside",
    "create-answered-204",
    "update-merges",
    "update-idle",
    "id-mismatch-accepted",
    "wrong-type-accepted",
    "wrong-type-body-decides",
    "deleted-still-readable",
    "deleted-still-found",
    "delete-twice-fails",
    "vread-gives-current",
    "version-stays",
    "etag-not-version-id",
    "history-oldest-first",
    "history-hides-deletion",
    "not-modified-although-changed",
    "last-modified-is-creation",
    "if-none-exist-many-accepted",
    "if-none-exist-updates",
    "conditional-update-creates",
    "conditional-update-takes-first",
    "conditional-delete-idle",
    "conditional-delete-some",
    "next-link-missing",
    "pages-overlap",
    "pages-skip",
    "total-of-page",
    "post-search-ignores-body",
    "post-search-next-loses-body",
    "parameters-any",
    "repeated-parameter-last-wins",
    "comma-list-first-only",
    "comma-list-last-only",
    "token-system-ignored",
    "date-prefix-ignored",
    "date-year-as-instant",
    "lenient-handling-ignored",
    "include-as-match",
    "include-instead-of-matches",
    "batch-stops-at-fault",
    "batch-faults-first",
    "response-entries-reordered",
    "response-entry-added",
    "transaction-references-kept",
    "forward-reference-kept",
    "unknown-media-type-accepted",
    "unacceptable-served",
    "generic-json-refused",
    "accept-with-charset-refused",
    "content-type-with-charset-refused",
];

static WORDS: AtomicUsize = AtomicUsize::new(0);

fn word() -> String {
    format!("w{}x", WORDS.fetch_add(1, Ordering::Relaxed))
}

fn observation(identifier: &str, value: &str) -> Value {
    json!({
        "resourceType": "Observation", "status": "final", "code": { "text": "c" }, "valueString": value,
        "identifier": [{ "system": "http://a.example", "value": identifier }], "effectiveDateTime": "2021-03-04",
    })
}

const WHOLE: [(&str, &str); 2] = [("content-type", FHIR), ("prefer", "return=representation")];

async fn made(stage: &Stage, body: &Value) -> String {
    let seen = stage.call("POST", "writer", "/Observation", &WHOLE, &body.to_string()).await;
    assert_eq!(seen.status, 201, "{seen:?}");
    seen.json()["id"].as_str().unwrap().to_owned()
}

async fn put(stage: &Stage, id: &str, mut body: Value) -> Seen {
    body["id"] = json!(id);
    stage.call("PUT", "writer", &format!("/Observation/{id}"), &WHOLE, &body.to_string()).await
}

async fn get(stage: &Stage, path: &str) -> Seen {
    stage.get("writer", path).await
}

async fn found(stage: &Stage, query: &str) -> usize {
    get(stage, &format!("/Observation?{query}")).await.entries()
}

/// Whether the misbehaviour of this defect is seen.
async fn shows(probe: &str, stage: &Stage) -> bool {
    match probe.split('-').next() {
        Some("if" | "conditional" | "not") => conditional(probe, stage).await,
        Some(
            "next" | "pages" | "total" | "post" | "parameters" | "repeated" | "comma" | "token" | "date" | "lenient",
        ) => searching(probe, stage).await,
        Some("batch" | "response" | "transaction" | "forward" | "include") => bundling(probe, stage).await,
        Some("deleted" | "delete" | "vread" | "version" | "etag" | "history" | "last") => living(probe, stage).await,
        _ => conversing(probe, stage).await,
    }
}

async fn conversing(probe: &str, stage: &Stage) -> bool {
    let name = word();
    let mut body = observation(&name, "first");
    let sent = async |headers: &[(&str, &str)], body: &Value| {
        stage.call("POST", "writer", "/Observation", headers, &body.to_string()).await
    };
    let post = async |headers: &[(&str, &str)], body: &Value| sent(headers, body).await.status;
    let accepts = async |media: &str| stage.get_with("writer", "/Observation?_count=1", &[("accept", media)]).await;
    match probe {
        "capability-lists-unserved-writes" => stage.write("POST", "/Encounter", &json!({})).await.status == 405,
        "head-always-200" => {
            stage.call("HEAD", "writer", &format!("/Patient/{}", stage.never()), &[], "").await.status == 200
        }
        "non-ascii-lost" => {
            body["valueString"] = json!("é");
            let id = made(stage, &body).await;
            get(stage, &format!("/Observation/{id}")).await.json()["valueString"] != "é"
        }
        "extensions-dropped" => {
            body["extension"] = json!([{ "url": "http://x.example", "valueCode": "y" }]);
            let id = made(stage, &body).await;
            get(stage, &format!("/Observation/{id}")).await.json()["extension"].is_null()
        }
        "client-id-taken" => {
            body["id"] = json!(name);
            made(stage, &body).await;
            get(stage, &format!("/Observation/{name}")).await.status == 200
        }
        "client-id-kept-inside" => {
            body["id"] = json!(name);
            made(stage, &body).await == name && get(stage, &format!("/Observation/{name}")).await.status == 404
        }
        "create-answered-204" => post(&WHOLE[..1], &body).await == 204,
        "update-merges" => {
            let id = made(stage, &body).await;
            body = observation(&name, "second");
            body.as_object_mut().unwrap().remove("effectiveDateTime");
            put(stage, &id, body).await;
            let read = get(stage, &format!("/Observation/{id}")).await.json();
            read["valueString"] == "second" && !read["effectiveDateTime"].is_null()
        }
        "update-idle" => {
            let id = made(stage, &body).await;
            let told = put(stage, &id, observation(&name, "second")).await;
            told.status == 200 && get(stage, &format!("/Observation/{id}")).await.json()["valueString"] == "first"
        }
        "id-mismatch-accepted" => {
            let id = made(stage, &body).await;
            body["id"] = json!(word());
            stage.call("PUT", "writer", &format!("/Observation/{id}"), &WHOLE, &body.to_string()).await.status == 200
        }
        "wrong-type-accepted" => {
            body["resourceType"] = json!("Patient");
            sent(&WHOLE, &body).await.json()["resourceType"] == "Observation"
        }
        "wrong-type-body-decides" => {
            body["resourceType"] = json!("Patient");
            sent(&WHOLE, &body).await.json()["resourceType"] == "Patient"
        }
        "unknown-media-type-accepted" => post(&[("content-type", "text/plain")], &body).await == 201,
        "content-type-with-charset-refused" => {
            post(&[("content-type", "application/fhir+json; charset=utf-8")], &body).await == 415
        }
        "unacceptable-served" => accepts("application/pdf").await.status == 200,
        "generic-json-refused" => accepts("application/json").await.status != 200,
        "accept-with-charset-refused" => accepts("application/fhir+json; charset=utf-8").await.status != 200,
        _ => panic!("no probe for {probe}"),
    }
}

async fn living(probe: &str, stage: &Stage) -> bool {
    let name = word();
    let id = made(stage, &observation(&name, "first")).await;
    let path = format!("/Observation/{id}");
    let first = get(stage, &path).await;
    if probe == "last-modified-is-creation" {
        let by = json!({ "by-ms": 2000 }).to_string();
        assert_eq!(send("POST", &format!("{}/clock", stage.url("control")), &[], by).await.status, 200);
    }
    if probe.starts_with("delete") || probe == "history-hides-deletion" {
        stage.call("DELETE", "writer", &path, &[], "").await;
    } else {
        put(stage, &id, observation(&name, "second")).await;
    }
    match probe {
        "deleted-still-readable" => get(stage, &path).await.status == 200,
        "deleted-still-found" => found(stage, &format!("identifier={name}")).await == 1,
        "delete-twice-fails" => stage.call("DELETE", "writer", &path, &[], "").await.status >= 400,
        "vread-gives-current" => {
            let version = first.json()["meta"]["versionId"].as_str().unwrap().to_owned();
            let current = get(stage, &path).await.json()["meta"]["versionId"] == version;
            !current && get(stage, &format!("{path}/_history/{version}")).await.text.contains("second")
        }
        "version-stays" => {
            let second = get(stage, &path).await.json();
            second["valueString"] == "second" && second["meta"]["versionId"] == first.json()["meta"]["versionId"]
        }
        "last-modified-is-creation" => {
            let second = get(stage, &path).await;
            let stays = second.header("last-modified") == first.header("last-modified");
            stays && second.json()["valueString"] == "second"
        }
        "etag-not-version-id" => {
            let version = first.json()["meta"]["versionId"].as_str().unwrap().to_owned();
            !first.header("etag").contains(&format!("\"{version}\""))
        }
        "history-oldest-first" => {
            let history = get(stage, &format!("{path}/_history")).await.json();
            history["entry"].as_array().unwrap().len() == 2 && history["entry"][0]["resource"]["valueString"] == "first"
        }
        "history-hides-deletion" => !get(stage, &format!("{path}/_history")).await.text.contains("DELETE"),
        _ => panic!("no probe for {probe}"),
    }
}

async fn conditional(probe: &str, stage: &Stage) -> bool {
    let name = word();
    let body = observation(&name, "first");
    let by_search = format!("/Observation?identifier={name}");
    if probe == "not-modified-although-changed" {
        let path = format!("/Observation/{}", made(stage, &body).await);
        return stage.get_with("writer", &path, &[("if-none-match", "W/\"77\"")]).await.status == 304;
    }
    let first = made(stage, &body).await;
    if !["if-none-exist-updates", "conditional-update-creates", "conditional-delete-idle"].contains(&probe) {
        made(stage, &body).await;
    }
    let text = observation(&name, "second").to_string();
    let unless = format!("identifier={name}");
    let headers = [WHOLE[0], ("if-none-exist", unless.as_str())];
    match probe {
        "if-none-exist-many-accepted" => {
            stage.call("POST", "writer", "/Observation", &headers, &text).await.status != 412
        }
        "if-none-exist-updates" => {
            stage.call("POST", "writer", "/Observation", &headers, &text).await;
            get(stage, &format!("/Observation/{first}")).await.json()["valueString"] == "second"
        }
        "conditional-update-creates" => stage.call("PUT", "writer", &by_search, &WHOLE, &text).await.status == 201,
        "conditional-update-takes-first" => stage.call("PUT", "writer", &by_search, &WHOLE, &text).await.status == 200,
        "conditional-delete-idle" => {
            stage.call("DELETE", "writer", &by_search, &[], "").await.status == 204
                && get(stage, &by_search).await.entries() == 1
                && get(stage, &format!("/Observation/{first}")).await.status == 200
        }
        "conditional-delete-some" => {
            stage.call("DELETE", "writer", &by_search, &[], "").await;
            get(stage, &by_search).await.entries() == 1
        }
        _ => panic!("no probe for {probe}"),
    }
}

async fn searching(probe: &str, stage: &Stage) -> bool {
    let name = word();
    for number in ["one", "two", "three"] {
        made(stage, &observation(&name, number)).await;
    }
    let other = word();
    made(stage, &observation(&other, "other")).await;
    let page = get(stage, &format!("/Observation?identifier={name}&_count=2")).await;
    let next = async || match page.link("next") {
        Some(url) => get(stage, url.strip_prefix(&stage.url("fhir")).unwrap()).await.entries(),
        None => 0,
    };
    let repeats = async || {
        let last = &page.json()["entry"][1]["fullUrl"];
        let url = page.link("next").unwrap();
        get(stage, url.strip_prefix(&stage.url("fhir")).unwrap()).await.json()["entry"][0]["fullUrl"] == *last
    };
    match probe {
        "next-link-missing" => page.link("next").is_none(),
        "pages-overlap" => page.link("next").is_some() && repeats().await,
        "pages-skip" => page.link("next").is_some() && next().await == 0,
        "total-of-page" => page.json()["total"] == 2,
        "post-search-ignores-body" => stage.ask("writer", "Observation", &[("identifier", &name)]).await.entries() > 3,
        "post-search-next-loses-body" => {
            let posted = stage.ask("writer", "Observation", &[("identifier", &name), ("_count", "2")]).await;
            let Some(url) = posted.link("next").filter(|_| posted.entries() == 2) else { return false };
            get(stage, url.strip_prefix(&stage.url("fhir")).unwrap()).await.text.contains(&other)
        }
        "repeated-parameter-last-wins" => found(stage, &format!("identifier={other}&identifier={name}")).await == 3,
        "parameters-any" => found(stage, &format!("identifier={name}&_id=nobody")).await == 3,
        "comma-list-first-only" => found(stage, &format!("identifier={name},{other}")).await == 3,
        "comma-list-last-only" => found(stage, &format!("identifier={other},{name}")).await == 3,
        "token-system-ignored" => found(stage, &format!("identifier=http://b.example%7C{name}")).await == 3,
        "date-prefix-ignored" => found(stage, &format!("identifier={name}&date=ge2020-01-01")).await == 0,
        "date-year-as-instant" => found(stage, &format!("identifier={name}&date=le2021")).await == 0,
        "lenient-handling-ignored" => get(stage, "/Observation?nothing=x").await.status == 400,
        _ => panic!("no probe for {probe}"),
    }
}

async fn bundling(probe: &str, stage: &Stage) -> bool {
    let name = word();
    let post = |body: Value| json!({ "resource": body, "request": { "method": "POST", "url": "Observation" } });
    let read = json!({ "request": { "method": "GET", "url": "Observation/nobody" } });
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [&read, post(observation(&name, "a"))] });
    match probe {
        "batch-stops-at-fault" => {
            stage.write("POST", "", &batch).await;
            found(stage, &format!("identifier={name}")).await == 0
        }
        "batch-faults-first" => {
            let entries = json!([post(observation(&name, "a")), read, post(observation(&name, "b"))]);
            let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": entries });
            stage.write("POST", "", &batch).await.json()["entry"][0]["response"]["status"] == "404 Not Found"
        }
        "response-entry-added" => {
            let entries = json!([post(observation(&name, "a"))]);
            let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
            stage.write("POST", "", &bundle).await.entries() == 2
        }
        "forward-reference-kept" => {
            let linked = |from: &str, to: &str| {
                let mut entry = post(observation(&name, from));
                entry["fullUrl"] = json!(format!("urn:uuid:{from}"));
                entry["resource"]["derivedFrom"] = json!([{ "reference": format!("urn:uuid:{to}") }]);
                entry
            };
            let entries = json!([linked("a", "b"), linked("b", "a")]);
            let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
            stage.write("POST", "", &bundle).await;
            let text = get(stage, &format!("/Observation?identifier={name}")).await.text;
            text.contains("urn:uuid:b") && !text.contains("urn:uuid:a")
        }
        "response-entries-reordered" => {
            stage.write("POST", "", &batch).await.json()["entry"][1]["response"]["status"] == "404 Not Found"
        }
        "transaction-references-kept" => {
            let mut first = post(observation(&word(), "a"));
            first["fullUrl"] = json!("urn:uuid:a");
            let mut second = observation(&name, "b");
            second["derivedFrom"] = json!([{ "reference": "urn:uuid:a" }]);
            let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [first, post(second)] });
            stage.write("POST", "", &bundle).await;
            get(stage, &format!("/Observation?identifier={name}")).await.text.contains("urn:uuid:a")
        }
        "include-as-match" | "include-instead-of-matches" => {
            let patient = json!({ "resourceType": "Patient" }).to_string();
            let patient = stage.call("POST", "writer", "/Patient", &WHOLE, &patient).await.json()["id"].clone();
            let patient = patient.as_str().unwrap();
            let mut body = observation(&name, "a");
            body["subject"] = json!({ "reference": format!("Patient/{patient}") });
            made(stage, &body).await;
            let bundle =
                get(stage, &format!("/Observation?identifier={name}&_include=Observation:subject")).await.json();
            let entries = bundle["entry"].as_array().unwrap();
            let of = |kind: &str| entries.iter().find(|entry| entry["resource"]["resourceType"] == kind);
            match probe {
                "include-as-match" => of("Patient").is_some_and(|entry| entry["search"]["mode"] == "match"),
                _ => of("Patient").is_some() && of("Observation").is_none(),
            }
        }
        _ => panic!("no probe for {probe}"),
    }
}

#[tokio::test]
async fn each_shows_in_its_own_probe_and_in_no_other() {
    let mut elsewhere = Vec::new();
    for style in STYLES {
        for defect in PROBES {
            assert!(DEFECTS.iter().any(|known| known.id == *defect), "{defect} is no switch");
            let stage = stage(style, Regime::OptOut, &[*defect]).await;
            assert!(shows(defect, &stage).await, "{defect} in {style}");
            // One style is enough for the others: the defects do not look at it, and the matrix is large.
            for other in PROBES.iter().filter(|other| *other != defect && style == Style::Plain) {
                if shows(other, &stage).await {
                    elsewhere.push(format!("{defect} shows in the probe of {other}"));
                }
            }
            stage.run.stop().await;
        }
    }
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}

#[tokio::test]
async fn an_honest_reference_shows_none() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        for probe in PROBES {
            assert!(!shows(probe, &stage).await, "{probe} in {style}");
        }
        stage.run.stop().await;
    }
}
