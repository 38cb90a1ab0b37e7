//! A running reference with its clients, and the few requests that every test needs.
//! Nothing here judges an answer.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use toetssteen_reference::{Client, ClientKey, Config, Partners, Regime, Right, Running, Style, start};

pub const STYLES: [Style; 2] = [Style::Plain, Style::Other];
pub const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
pub const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
/// Under which URA the reference itself sends and receives.
pub const OWN: &str = "00000009";
pub const FHIR: &str = "application/fhir+json";

pub struct Stage {
    pub run: Running,
    pub style: Style,
    /// Tokens already asked for: signing is slow in a debug build.
    tokens: Mutex<BTreeMap<String, String>>,
}

#[derive(Debug)]
pub struct Seen {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON in {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn is_outcome(&self) -> bool {
        self.header("content-type").starts_with(FHIR) && self.json()["resourceType"] == "OperationOutcome"
    }

    pub fn entries(&self) -> usize {
        self.json()["entry"].as_array().map_or(0, Vec::len)
    }

    pub fn link(&self, relation: &str) -> Option<String> {
        self.json()["link"]
            .as_array()?
            .iter()
            .find(|link| link["relation"] == relation)
            .map(|link| link["url"].as_str().unwrap().to_owned())
    }

    /// Everything that could tell two answers apart, with the id that was asked for taken out.
    pub fn without(&self, id: &str) -> (u16, BTreeMap<String, String>, String) {
        let headers = self
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        (self.status, headers, self.text.replace(id, "ID"))
    }
}

fn client(id: &str, right: Right) -> Client {
    Client { id: id.to_owned(), key: ClientKey::Secret(format!("{id}-secret")), right }
}

pub fn config(style: Style, regime: Regime, defects: &[&str]) -> Config {
    let organisation = |ura: &str| Right::Organisation { ura: ura.to_owned() };
    Config {
        style,
        regime,
        defects: defects.iter().map(|&id| id.to_owned()).collect(),
        clients: vec![
            client("writer", Right::Writer),
            client("portal", Right::Portal),
            client("org-r", organisation("00000001")),
            client("org-x", organisation("00000009")),
        ],
        own_ura: OWN.to_owned(),
        partners: Partners::default(),
    }
}

pub async fn stage(style: Style, regime: Regime, defects: &[&str]) -> Stage {
    let run = start(config(style, regime, defects)).await.unwrap();
    Stage::new(run, style)
}

/// The same, where these central facilities lie at this address.
pub async fn stage_among(style: Style, regime: Regime, defects: &[&str], facilities: &[&str], origin: &str) -> Stage {
    let mut config = config(style, regime, defects);
    let placed = facilities.iter().map(|name| ((*name).to_owned(), format!("{origin}/{name}/")));
    config.partners.facilities = placed.collect();
    Stage::new(start(config).await.unwrap(), style)
}

pub async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Seen {
    let (authority, path) = url.strip_prefix("http://").unwrap().split_at(url[7..].find('/').unwrap());
    let stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path).header("host", authority);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body.into())).unwrap();
    let response = sender.send_request(request).await.unwrap();
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    driver.abort();
    Seen { status: head.status.as_u16(), headers: head.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

pub fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

impl Stage {
    pub fn new(run: Running, style: Style) -> Self {
        Self { run, style, tokens: Mutex::default() }
    }

    /// Forgets every token, as when the clock has moved.
    pub fn forget(&self) {
        self.tokens.lock().unwrap().clear();
    }

    pub fn url(&self, name: &str) -> String {
        self.run.endpoint(name).unwrap()
    }

    pub async fn ask_token(&self, client: &str, extra: &[(&str, &str)]) -> Seen {
        let secret = format!("{client}-secret");
        let mut form = vec![("grant_type", "client_credentials"), ("client_id", client), ("client_secret", &secret)];
        form.extend_from_slice(extra);
        self.post_form(&self.url("token"), &form, &[]).await
    }

    pub async fn post_form(&self, url: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Seen {
        let body: Vec<String> =
            form.iter().map(|(key, value)| format!("{}={}", escaped(key), escaped(value))).collect();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        send("POST", url, &all, body.join("&")).await
    }

    /// A bearer header for this client at this endpoint.
    pub async fn bearer(&self, client: &str, endpoint: &str, extra: &[(&str, &str)]) -> String {
        let key = format!("{client} {endpoint} {extra:?}");
        if let Some(known) = self.tokens.lock().unwrap().get(&key) {
            return known.clone();
        }
        let resource = self.url(endpoint);
        let mut form = vec![("resource", resource.as_str())];
        form.extend_from_slice(extra);
        let seen = self.ask_token(client, &form).await;
        let bearer = format!("Bearer {}", seen.json()["access_token"].as_str().unwrap());
        self.tokens.lock().unwrap().insert(key, bearer.clone());
        bearer
    }

    pub async fn get(&self, client: &str, path: &str) -> Seen {
        self.get_with(client, path, &[]).await
    }

    pub async fn get_with(&self, client: &str, path: &str, headers: &[(&str, &str)]) -> Seen {
        self.call("GET", client, path, headers, "").await
    }

    /// A call at `fhir`, in the name of a client; the path starts with its slash.
    pub async fn call(&self, method: &str, client: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Seen {
        let bearer = self.bearer(client, "fhir", &[]).await;
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        send(method, &format!("{}{path}", self.url("fhir")), &all, body.to_owned()).await
    }

    pub async fn write(&self, method: &str, path: &str, body: &Value) -> Seen {
        self.call(method, "writer", path, &[("content-type", FHIR)], &body.to_string()).await
    }

    /// A search by POST.
    pub async fn ask(&self, client: &str, kind: &str, form: &[(&str, &str)]) -> Seen {
        let bearer = self.bearer(client, "fhir", &[]).await;
        let url = format!("{}/{kind}/_search", self.url("fhir"));
        self.post_form(&url, form, &[("authorization", &bearer)]).await
    }

    /// A patient with an observation and, if a URA is given, a care team; gives the patient's id.
    pub async fn patient(&self, bsn: &str, ura: Option<&str>) -> String {
        let about = json!({ "reference": "urn:uuid:p" });
        let mut entries = vec![
            post(
                "p",
                "Patient",
                json!({
                    "resourceType": "Patient",
                    "identifier": [{ "system": BSN, "value": bsn }],
                    "name": [{ "family": format!("Naam{bsn}") }],
                    "birthDate": "1970-01-02"
                }),
            ),
            post(
                "o",
                "Observation",
                json!({
                    "resourceType": "Observation", "status": "final", "subject": about,
                    "code": { "coding": [{ "system": "http://loinc.org", "code": "8302-2" }], "text": format!("canary-{bsn}") },
                    "effectiveDateTime": "2026-02-03"
                }),
            ),
        ];
        if let Some(ura) = ura {
            entries.push(post(
                "c",
                "CareTeam",
                json!({
                    "resourceType": "CareTeam", "subject": about,
                    "participant": [{ "member": { "identifier": { "system": URA, "value": ura } } }]
                }),
            ));
        }
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
        let seen = self.write("POST", "", &bundle).await;
        assert_eq!(seen.status, 200, "{seen:?}");
        let location = seen.json()["entry"][0]["response"]["location"].as_str().unwrap().to_owned();
        location.split("Patient/").nth(1).unwrap().split('/').next().unwrap().to_owned()
    }

    /// An id as this style makes them, that was never given out.
    pub fn never(&self) -> String {
        match self.style {
            Style::Plain => "zzzzzzzzzz".to_owned(),
            Style::Other => "00000000-0000-4000-8000-000000000000".to_owned(),
        }
    }

    pub fn consent(&self, patient: &str, what: &str) -> Value {
        json!({
            "resourceType": "Consent", "status": "active",
            "patient": { "reference": format!("Patient/{patient}") },
            "provision": { "type": what }
        })
    }

    /// Records a choice as a patient of this style does: `objection`, `permit`, or `none`.
    pub async fn choose(&self, patient: &str, choice: &str) {
        match self.style {
            Style::Other => {
                let bearer = self.bearer("portal", "portal", &[("patient", patient)]).await;
                let url = format!("{}/choices/{patient}", self.url("portal"));
                let body = json!({ "choice": choice }).to_string();
                let seen = send("PUT", &url, &[("authorization", &bearer)], body).await;
                assert_eq!(seen.status, 200, "{seen:?}");
            }
            Style::Plain => {
                let bearer = self.bearer("portal", "fhir", &[("patient", patient)]).await;
                let headers = [("authorization", bearer.as_str()), ("content-type", FHIR)];
                let base = self.url("fhir");
                let old = send("GET", &format!("{base}/Consent?patient={patient}"), &headers, "").await.json();
                let deny = choice == "objection";
                for entry in old["entry"].as_array().into_iter().flatten() {
                    // An objection does not take a permission away; anything else replaces what was there.
                    if !deny {
                        let id = entry["resource"]["id"].as_str().unwrap();
                        let seen = send("DELETE", &format!("{base}/Consent/{id}"), &headers, "").await;
                        assert_eq!(seen.status, 204, "{seen:?}");
                    }
                }
                let what = match choice {
                    "objection" => "deny",
                    "permit" => "permit",
                    _ => return,
                };
                let body = self.consent(patient, what).to_string();
                let seen = send("POST", &format!("{base}/Consent"), &headers, body).await;
                assert_eq!(seen.status, 201, "{seen:?}");
            }
        }
    }

    pub async fn choices(&self, patient: &str) -> Value {
        let bearer = self.bearer("portal", "portal", &[("patient", patient)]).await;
        let url = format!("{}/choices/{patient}", self.url("portal"));
        send("GET", &url, &[("authorization", &bearer)], "").await.json()
    }
}

pub fn post(name: &str, kind: &str, resource: Value) -> Value {
    json!({
        "fullUrl": format!("urn:uuid:{name}"),
        "resource": resource,
        "request": { "method": "POST", "url": kind }
    })
}
