//! Servers of others behind a token service of others: it changes nothing about what is seen of the server.
//! Each test is run with both token services.

use super::server::{Server, TokenService, free_port};
use super::tables::{self, Table, all_but_options, but, private, rest};
use super::vendor::Desk;

#[test]
fn medplum_behind_oidc_provider() {
    medplum_behind(TokenService::OidcProvider, "401 invalid_client");
}

/// It refuses a wrong secret with an empty 403.
#[test]
fn medplum_behind_glewlwyd() {
    medplum_behind(TokenService::Glewlwyd, "the token service answered 403");
}

fn medplum_behind(service: TokenService, refusal: &str) {
    let desk = Desk::new();
    let (port, secret) = (free_port(), "only-for-tests-4f1c");
    let address = format!("http://127.0.0.1:{port}/fhir");
    let key = rcgen::KeyPair::generate().expect("a key");
    desk.write("by-key.pem", &key.serialize_pem());
    desk.write("by-key.pub.pem", &key.public_key_pem());
    let provider = Server::tokens(service, &configuration(&desk, secret, &[&address]));
    let upstream = Server::medplum(true, Some(&address));
    let _holder = Server::holder(port, &provider.url(service.issuer()), &address, &upstream);
    let token = provider.url(&format!("{}/token", service.issuer()));
    let addresses = [("@FHIR@", address.as_str()), ("@TOKEN@", token.as_str())];
    let expected = rest(tables::MEDPLUM);

    let ran = desk.runs_target("secret.yaml", &addresses, &[("REAL_CLIENT_SECRET", secret)]);
    ran.ends(1, &expected);
    ran.leaves_nothing();
    ran.keeps_to_itself(secret);

    let ran = desk.runs_target("key.yaml", &addresses, &[]);
    ran.ends(1, &expected);
    ran.leaves_nothing();
    // The first bytes of the key itself, after the line that says what it is.
    ran.keeps_to_itself(key.serialize_pem().lines().nth(2).expect("a second line of the key"));

    let wrong = "wrong-9b2e-wrong";
    let ran = desk.runs_target("secret.yaml", &addresses, &[("REAL_CLIENT_SECRET", wrong)]);
    let refused = all_but_options(&expected, "config-error credential");
    let refused = but(&refused, "fhir-rest", &[("not-tested no-request", "CAP-01 CAP-02")]);
    ran.ends(3, &refused);
    ran.keeps_to_itself(wrong);
    assert!(ran.shown.contains(refusal), "{}", ran.shown);
}

#[test]
fn holders_that_look_at_the_audience_of_oidc_provider() {
    two_holders(TokenService::OidcProvider, None, "pass");
}

#[test]
fn holders_that_look_at_the_audience_of_glewlwyd() {
    two_holders(TokenService::Glewlwyd, None, "pass");
}

#[test]
fn holders_behind_an_honest_front() {
    two_holders(TokenService::OidcProvider, Some("none"), "pass");
}

/// The cache hands on to everybody what it once got for one who had a token.
#[test]
fn holders_behind_a_cache_that_does_not_look_at_tokens() {
    two_holders(TokenService::OidcProvider, Some("cached-for-all"), "fail");
}

fn audience(blr_01: &'static str) -> Table {
    let nobody_is_a_stranger = "UNT-03 UNT-05 UNT-06 WIR-04-validator";
    but(
        &private(tables::FHIRSTARTER_PRIVATE),
        "privacy-by-design",
        &[(blr_01, "BLR-01"), ("not-tested no-credential", nobody_is_a_stranger), ("not-tested no-endpoint", "MIN-07")],
    )
}

/// Two holders with one token service, each behind a front if one is named.
fn two_holders(service: TokenService, front: Option<&str>, blr_01: &'static str) {
    let desk = Desk::new();
    let secret = "only-for-tests-77aa";
    let known = [free_port(), free_port()];
    let ports = front.map_or(known, |_| [free_port(), free_port()]);
    let addresses = known.map(|port| format!("http://127.0.0.1:{port}"));
    let provider = Server::tokens(service, &configuration(&desk, secret, &[&addresses[0], &addresses[1]]));
    let issuer = provider.url(service.issuer());
    let upstreams = [Server::fhirstarter(), Server::fhirstarter()];
    let holders = [0, 1].map(|n| Server::holder(ports[n], &issuer, &addresses[n], &upstreams[n]));
    let _fronts = front.map(|fault| [0, 1].map(|n| Server::front(known[n], &holders[n].url(""), fault, 20)));
    let token = provider.url(&format!("{}/token", service.issuer()));
    let ran = desk.runs_target(
        "audience.yaml",
        &[("@FHIR@", addresses[0].as_str()), ("@FHIR2@", addresses[1].as_str()), ("@TOKEN@", token.as_str())],
        &[("REAL_CLIENT_SECRET", secret)],
    );
    ran.ends(1, &audience(blr_01));
    ran.keeps_to_itself(secret);
}

/// The file of the token service: one client with a secret and one with a key, and these resources.
pub fn configuration(desk: &Desk, secret: &str, resources: &[&str]) -> std::path::PathBuf {
    const SCOPE: &str = "system/*.*";
    let resources: Vec<_> =
        resources.iter().map(|uri| serde_json::json!({ "uri": uri, "scope": SCOPE, "lifetime": 300 })).collect();
    let mut clients = vec![serde_json::json!({
        "client_id": "by-secret", "client_secret": secret, "token_endpoint_auth_method": "client_secret_basic", "scope": SCOPE,
    })];
    if desk.path("by-key.pub.pem").exists() {
        clients.push(serde_json::json!({
            "client_id": "by-key", "token_endpoint_auth_method": "private_key_jwt", "public_key_file": "by-key.pub.pem",
            "kid": "by-key-1", "scope": SCOPE,
        }));
    }
    desk.write("provider.json", &serde_json::json!({ "resources": resources, "clients": clients }).to_string())
}
