//! What a holder makes of answers of the register that it kept, that it missed, and that are written otherwise.
//! The register answers as told, so that each moment of an outage can be told apart.

use crate::facility::ALL;
use crate::handoff::{delivery, hook};
use crate::partner::{Partner, Said};
use crate::probed::each_alone;
use crate::stage::{STYLES, Stage, config, send};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toetssteen_reference::{Regime, Style, start};

const OURS: Option<&str> = Some("00000001");
const LASTS: Duration = Duration::from_secs(120);
const PARAMETERS: &str = "application/fhir+json; fhirVersion=4.0; charset=utf-8";

/// What the register, or the directory, says at this moment.
#[derive(Clone, Copy)]
enum Says {
    Nothing,
    Denial,
    /// The denial comes second, after a remark about the search.
    DenialBehindRemark,
    /// Nothing, under a media type with parameters.
    NothingWithParameters,
    Fault,
}

fn said(says: Says) -> Said {
    let remark = json!({ "resource": { "resourceType": "OperationOutcome" }, "search": { "mode": "outcome" } });
    let denial = json!({ "resource": { "resourceType": "Consent", "provision": { "type": "deny" } } });
    let bundle = |entries: Value| json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries });
    match says {
        Says::Nothing => Said::json(&json!({ "resourceType": "Bundle", "type": "searchset" })),
        Says::Denial => Said::json(&bundle(json!([denial]))),
        Says::DenialBehindRemark => Said::json(&bundle(json!([remark, denial]))),
        Says::NothingWithParameters => {
            Said(200, vec![("content-type", PARAMETERS.to_owned())], bundle(json!([])).to_string())
        }
        Says::Fault => Said::status(503),
    }
}

/// A holder with one patient who follows the register, and what the register says.
struct Scene {
    stage: Stage,
    patient: String,
    says: Arc<Mutex<Says>>,
    _register: Partner,
}

impl Scene {
    async fn new(style: Style, defects: &[&str], copies_last: Option<Duration>) -> Self {
        let says = Arc::new(Mutex::new(Says::Nothing));
        let told = Arc::clone(&says);
        let register = Partner::new(move |_, _| said(*told.lock().unwrap())).await;
        let mut config = config(style, Regime::OptOut, defects);
        let placed = ALL.iter().map(|name| ((*name).to_owned(), format!("{}/{name}/", register.origin)));
        config.partners.facilities = placed.collect();
        config.partners.copies_last = copies_last;
        let stage = Stage::new(start(config).await.unwrap(), style);
        let patient = stage.patient("111111110", OURS).await;
        assert_eq!(hook(&stage, "follow-register", &json!({ "patient": patient })).await.status, 200);
        Self { stage, patient, says, _register: register }
    }

    fn say(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    async fn is_open(&self) -> bool {
        self.stage.get("org-r", &format!("/Observation?patient={}", self.patient)).await.entries() == 1
    }

    async fn later(&self, by: Duration) {
        let by = json!({ "by-ms": by.as_millis() as u64 }).to_string();
        assert_eq!(send("POST", &format!("{}/clock", self.stage.url("control")), &[], by).await.status, 200);
        self.stage.forget();
    }
}

#[tokio::test]
async fn a_copy_counts_while_it_is_good_and_gives_way_to_an_objection() {
    for style in STYLES {
        let scene = Scene::new(style, &[], Some(LASTS)).await;
        assert!(scene.is_open().await);
        scene.say(Says::Fault);
        assert!(scene.is_open().await, "{style}: a copy may be used");
        scene.stage.choose(&scene.patient, "objection").await;
        assert!(!scene.is_open().await, "{style}");
        scene.stage.choose(&scene.patient, "withdraw").await;
        assert!(scene.is_open().await, "{style}: the copy is still good");
        scene.later(LASTS).await;
        assert!(!scene.is_open().await, "{style}: the copy is over");
        scene.say(Says::Denial);
        assert!(!scene.is_open().await, "{style}");
        scene.say(Says::Fault);
        assert!(!scene.is_open().await, "{style}: a denial is kept as well");
        scene.say(Says::Nothing);
        scene.later(LASTS).await;
        assert!(scene.is_open().await, "{style}");
    }
}

#[tokio::test]
async fn one_style_asks_before_it_looks_at_its_copy_and_the_other_after() {
    for (style, at_once) in [(Style::Plain, true), (Style::Other, false)] {
        let scene = Scene::new(style, &[], Some(LASTS)).await;
        assert!(scene.is_open().await);
        scene.say(Says::Denial);
        assert_eq!(!scene.is_open().await, at_once);
        scene.later(LASTS).await;
        assert!(!scene.is_open().await);
    }
}

/// Where a handoff goes whose address stands in the directory, written so.
async fn arrives(style: Style, defects: &[&str], media_type: &'static str, remarked: bool) -> bool {
    let partner = Partner::new(move |heard, _| {
        let address = format!("http://{}/found", heard.header("host"));
        let endpoint = json!({ "resource": { "resourceType": "Endpoint", "address": address } });
        let remark = json!({ "resource": { "resourceType": "OperationOutcome" } });
        let entries = if remarked { json!([remark, endpoint]) } else { json!([endpoint]) };
        let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries });
        match heard.method.as_str() {
            "GET" => Said(200, vec![("content-type", media_type.to_owned())], bundle.to_string()),
            _ => Said::status(202),
        }
    })
    .await;
    let stage = crate::stage::stage_among(style, Regime::OptIn, defects, &ALL, &partner.origin).await;
    let patient = stage.patient("111111110", None).await;
    let order = json!({ "patient": patient, "recipient": "00000001" });
    let task = hook(&stage, "send-handoff", &order).await.json()["task"].as_str().unwrap().to_owned();
    for _ in 0..800 {
        match delivery(&stage, &task).await.as_str() {
            "pending" => tokio::time::sleep(Duration::from_millis(10)).await,
            status => return status == "delivered",
        }
    }
    panic!("{task} is still under way")
}

async fn shows(probe: &str, style: Style, defects: &[&str]) -> bool {
    match probe {
        "outage-freezes-decisions" => {
            let scene = Scene::new(style, defects, None).await;
            assert!(scene.is_open().await);
            scene.say(Says::Fault);
            assert!(!scene.is_open().await, "during the outage nobody opens anything");
            scene.say(Says::Denial);
            scene.is_open().await
        }
        "copy-never-ends" => {
            let scene = Scene::new(style, defects, Some(LASTS)).await;
            assert!(scene.is_open().await);
            scene.say(Says::Fault);
            scene.later(LASTS).await;
            scene.is_open().await
        }
        "copy-overrules-objection" => {
            let scene = Scene::new(style, defects, Some(LASTS)).await;
            assert!(scene.is_open().await);
            scene.say(Says::Fault);
            scene.stage.choose(&scene.patient, "objection").await;
            scene.is_open().await
        }
        "register-read-by-position" => {
            let scene = Scene::new(style, defects, None).await;
            scene.say(Says::DenialBehindRemark);
            scene.is_open().await
        }
        "register-media-type-exact" => {
            let scene = Scene::new(style, defects, None).await;
            scene.say(Says::NothingWithParameters);
            !scene.is_open().await
        }
        "directory-read-by-position" => !arrives(style, defects, "application/fhir+json", true).await,
        _ => !arrives(style, defects, PARAMETERS, false).await,
    }
}

const PROBED: [&str; 7] = [
    "outage-freezes-decisions",
    "copy-never-ends",
    "copy-overrules-objection",
    "register-read-by-position",
    "register-media-type-exact",
    "directory-read-by-position",
    "directory-media-type-exact",
];

#[tokio::test]
async fn each_defect_about_answers_that_were_kept_missed_or_misread_shows_and_nowhere_else() {
    each_alone(&PROBED, shows).await;
}
