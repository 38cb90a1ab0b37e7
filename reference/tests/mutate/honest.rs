//! The proxy before the real reference: tokens for proxied resources open proxied doors.
//! Only the way through is looked at; what the reference decides has its own tests.

use crate::stage::{ask, at};
use std::collections::BTreeSet;
use toetssteen_reference::mutate::{Action, start};
use toetssteen_reference::{Client, ClientKey, Config, Partners, Regime, Right, Style};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn a_token_for_a_proxied_resource_opens_it() {
    let config = Config {
        // The other style writes whole URLs, of which the proxy has to change the name.
        style: Style::Other,
        regime: Regime::Implied,
        defects: BTreeSet::new(),
        clients: vec![Client {
            id: "writer".to_owned(),
            key: ClientKey::Secret("geheim".to_owned()),
            right: Right::Writer,
        }],
        own_ura: "00000009".to_owned(),
        partners: Partners::default(),
    };
    let reference = toetssteen_reference::start(config).await.unwrap();
    let spoil = at("/Patient/*", Action::RemoveElement("/active".to_owned()));
    let proxy = start(reference.endpoints(), vec![spoil]).await.unwrap();
    let fhir = proxy.endpoints()["fhir"].clone();

    let form = format!("grant_type=client_credentials&client_id=writer&client_secret=geheim&resource={fhir}");
    let seen = ask(&proxy, "POST", "/token", FORM, &form).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    let token = seen.json()["access_token"].as_str().unwrap().to_owned();

    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/fhir+json\r\n");
    let base = format!("/{}", fhir.splitn(4, '/').nth(3).unwrap());
    let patient = r#"{"resourceType":"Patient","active":true,"name":[{"family":"Proef"}]}"#;
    let seen = ask(&proxy, "POST", &format!("{base}/Patient"), &headers, patient).await;
    assert_eq!(seen.status, 201, "{}", seen.body);
    let place = &seen.headers["location"];
    assert!(place.starts_with(&format!("{fhir}/Patient/")), "{place}");

    let path = place.strip_prefix(&fhir).unwrap().split("/_history").next().unwrap();
    let seen = ask(&proxy, "GET", &format!("{base}{path}"), &headers, "").await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    let read = seen.json();
    assert_eq!(read["name"][0]["family"], "Proef");
    assert!(read.get("active").is_none());
    proxy.stop().await;
    reference.stop().await;
}
