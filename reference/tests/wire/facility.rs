//! Central facilities: how they are asked, and what a register of consent decides about those who follow it.
//! One stand-in plays all of them, each below its own name.

use crate::handoff::{delivery, hook};
use crate::partner::{Heard, Partner, Said};
use crate::probed::each_alone;
use crate::stage::{BSN, STYLES, Stage, URA, send, stage_among};
use serde_json::{Value, json};
use toetssteen_reference::{Regime, Style};

pub const ALL: [&str; 3] = ["consent-register", "localisation-index", "directory"];
const OURS: Option<&str> = Some("00000001");
const REGISTER: &str = "POST /consent-register/Consent/_search";

pub fn searchset(entries: Value) -> Said {
    Said::json(&json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries }))
}

fn denial() -> Value {
    json!([{ "resource": { "resourceType": "Consent", "provision": { "type": "deny" } } }])
}

pub fn yes(_: &Heard, _: usize) -> Said {
    searchset(json!([]))
}

#[tokio::test]
async fn each_facility_is_asked_in_its_own_way() {
    for style in STYLES {
        let partner = Partner::new(yes).await;
        let stage = stage_among(style, Regime::OptIn, &[], &ALL, &partner.origin).await;
        let patient = stage.patient("111111110", None).await;
        let ask = async |facility: &str| {
            hook(&stage, "use-facility", &json!({ "facility": facility, "patient": patient })).await.status
        };
        assert_eq!(ask("every-facility").await, 200);
        let heard = partner.heard();
        let lines: Vec<_> = heard.iter().map(Heard::line).collect();
        let directory = format!("GET /directory/Endpoint?organization.identifier={URA}%7C00000009");
        assert_eq!(lines, [REGISTER, "POST /localisation-index/List/_search", &directory]);
        for one in &heard[..2] {
            assert_eq!(one.form()["patient.identifier"], format!("{BSN}|111111110"));
        }
        assert_eq!(ask("elsewhere").await, 400);
        assert_eq!(hook(&stage, "register-in-index", &json!({ "patient": patient })).await.status, 200);
        let list: Value =
            serde_json::from_str(&partner.like("POST /localisation-index/List").pop().unwrap().body).unwrap();
        assert_eq!(
            (&list["resourceType"], &list["subject"]["identifier"]["value"]),
            (&json!("List"), &json!("111111110"))
        );
        assert_eq!(list["source"]["identifier"]["value"], "00000009");
        assert_eq!(hook(&stage, "register-in-index", &json!({ "patient": "nobody" })).await.status, 404);
    }
    let partner = Partner::new(|_, _| Said::status(503)).await;
    let stage = stage_among(Style::Plain, Regime::OptIn, &[], &ALL[..1], &partner.origin).await;
    let patient = stage.patient("111111110", None).await;
    for facility in ["consent-register", "directory", "every-facility"] {
        let order = json!({ "facility": facility, "patient": patient });
        assert_eq!(hook(&stage, "use-facility", &order).await.status, 502, "{facility}");
    }
}

#[tokio::test]
async fn a_recipient_without_address_is_looked_up_in_the_directory() {
    for (count, wanted) in [(1, "delivered"), (2, "failed"), (0, "failed")] {
        let partner = Partner::new(move |heard, _| {
            let endpoint = |number: usize| {
                let address = format!("http://{}/found-{number}/", heard.header("host"));
                json!({ "resource": { "resourceType": "Endpoint", "address": address } })
            };
            match heard.method.as_str() {
                "GET" => searchset((0..count).map(endpoint).collect()),
                _ => Said::status(202),
            }
        })
        .await;
        let stage = stage_among(Style::Plain, Regime::OptIn, &[], &ALL, &partner.origin).await;
        let patient = stage.patient("111111110", None).await;
        let order = json!({ "patient": patient, "recipient": "00000001" });
        let task = hook(&stage, "send-handoff", &order).await.json()["task"].as_str().unwrap().to_owned();
        assert_eq!(delivery(&stage, &task).await, wanted, "{count}");
        let heard = partner.heard();
        assert_eq!(heard[0].line(), format!("GET /directory/Endpoint?organization.identifier={URA}%7C00000001"));
        let posts: Vec<_> = heard[1..].iter().map(Heard::line).collect();
        let expected = format!("POST /found-0/{task}");
        assert_eq!(posts, if count == 1 { vec![expected] } else { Vec::new() });
    }
}

/// What an organisation finds of a patient: by search, by POST, by id, in a batch, and by number.
async fn found(stage: &Stage, patient: &str) -> Vec<bool> {
    let search = stage.get("org-r", &format!("/Observation?patient={patient}")).await.entries() == 1;
    let posted = stage.ask("org-r", "Observation", &[("patient", patient)]).await.entries() == 1;
    let read = stage.get("org-r", &format!("/Patient/{patient}")).await.status == 200;
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
        { "request": { "method": "GET", "url": format!("Observation?patient={patient}") } }
    ] });
    let headers = [("content-type", crate::stage::FHIR)];
    let batch = stage.call("POST", "org-r", "", &headers, &batch.to_string()).await;
    let number = stage.get("org-r", "/Patient?identifier=111111110").await.entries() == 1;
    vec![search, posted, read, batch.text.contains("canary"), number]
}

#[tokio::test]
async fn a_register_decides_along_about_those_who_follow_it_and_nobody_else() {
    for style in STYLES {
        let said = std::sync::Arc::new(std::sync::Mutex::new(json!([])));
        let told = std::sync::Arc::clone(&said);
        let partner = Partner::new(move |_, _| searchset(told.lock().unwrap().clone())).await;
        let stage = stage_among(style, Regime::OptOut, &[], &ALL, &partner.origin).await;
        let patient = stage.patient("111111110", OURS).await;
        let other = stage.patient("222222221", OURS).await;
        assert_eq!(found(&stage, &patient).await, [true; 5]);
        assert!(partner.heard().is_empty());
        assert_eq!(hook(&stage, "follow-register", &json!({ "patient": patient })).await.status, 200);
        assert_eq!(found(&stage, &patient).await, [true; 5]);
        let heard = partner.heard();
        assert_eq!(heard.len(), 5);
        assert!(heard.iter().all(|one| one.line() == REGISTER && one.body.contains("111111110")), "{heard:?}");
        stage.get("org-r", &format!("/Observation?patient={other}")).await;
        stage.get("org-x", &format!("/Observation?patient={patient}")).await;
        assert_eq!(partner.heard().len(), 5);
        *said.lock().unwrap() = denial();
        assert_eq!(found(&stage, &patient).await, [false; 5]);
        let (closed, never) = (stage.get("org-r", &format!("/Patient/{patient}")).await, stage.never());
        let unknown = stage.get("org-r", &format!("/Patient/{never}")).await;
        assert_eq!(closed.without(&patient), unknown.without(&never));
        assert_eq!(stage.get("org-r", &format!("/Observation?patient={other}")).await.entries(), 1);
        assert_eq!(own(&stage, &patient).await, 200);
        assert_eq!(stage.get("writer", &format!("/Patient/{patient}")).await.status, 200);
        assert_eq!(hook(&stage, "follow-nobody", &json!({ "patient": patient })).await.status, 200);
        assert_eq!(found(&stage, &patient).await, [true; 5]);
    }
}

#[tokio::test]
async fn a_local_objection_counts_whatever_the_register_says() {
    let partner = Partner::new(yes).await;
    let stage = stage_among(Style::Other, Regime::OptOut, &[], &ALL, &partner.origin).await;
    let patient = stage.patient("111111110", OURS).await;
    hook(&stage, "follow-register", &json!({ "patient": patient })).await;
    stage.choose(&patient, "objection").await;
    assert_eq!(found(&stage, &patient).await, [false; 5]);
}

async fn own(stage: &Stage, patient: &str) -> u16 {
    let bearer = stage.bearer("portal", "fhir", &[("patient", patient)]).await;
    let url = format!("{}/Patient/{patient}", stage.url("fhir"));
    send("GET", &url, &[("authorization", &bearer)], "").await.status
}

async fn shows(probe: &str, style: Style, defects: &[&str]) -> bool {
    let wanted = probe.to_owned();
    let partner = Partner::new(move |heard, before| match wanted.as_str() {
        "register-fault-means-open" => Said::status(500),
        "register-garbage-means-open" => Said::json(&json!({ "resourceType": "OperationOutcome" })),
        _ => yes(heard, before),
    })
    .await;
    let silent = ["register-silence-means-open", "own-access-needs-register"].contains(&probe);
    let origin = if silent { "http://127.0.0.1:9" } else { partner.origin.as_str() };
    let stage = stage_among(style, Regime::OptOut, defects, &ALL, origin).await;
    let patient = stage.patient("111111110", OURS).await;
    hook(&stage, "follow-register", &json!({ "patient": patient })).await;
    match probe {
        "own-access-needs-register" => own(&stage, &patient).await != 200,
        "objection-overruled-by-register" => {
            stage.choose(&patient, "objection").await;
            found(&stage, &patient).await == [true; 5]
        }
        _ => found(&stage, &patient).await == [true; 5],
    }
}

const PROBED: [&str; 5] = [
    "register-silence-means-open",
    "register-fault-means-open",
    "register-garbage-means-open",
    "own-access-needs-register",
    "objection-overruled-by-register",
];

#[tokio::test]
async fn each_defect_about_the_register_shows_and_nowhere_else() {
    each_alone(&PROBED, shows).await;
}
