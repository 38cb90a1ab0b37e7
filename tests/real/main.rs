//! The binary against servers that nobody of us wrote: what it says of them is true, and known beforehand.
//! Why each outcome is true stands in `docs/real-endpoints.md`; a table here changes together with that text.

mod server;
mod vendor;

use server::{Server, free_port};
use std::io::Write as _;
use vendor::{Desk, Row};

const PRIVACY: &[&str] = &["privacy-by-design=holder"];

/// What these servers have in common: nobody bound an action, stated a regime or named a second endpoint.
const fn privacy(unt_01: &'static str, unt_05: &'static str) -> [Row; 7] {
    [
        ("privacy-by-design/OPT-01", "not-tested no-binding"),
        ("privacy-by-design/OPT-01-reversible", "not-tested no-binding"),
        ("privacy-by-design/OPT-02", "not-tested no-binding"),
        ("privacy-by-design/CON-01", "not-tested option-not-stated"),
        ("privacy-by-design/UNT-01", unt_01),
        ("privacy-by-design/UNT-05", unt_05),
        ("privacy-by-design/BLR-01", "not-tested no-endpoint"),
    ]
}

/// Medplum's router, with what hangs on its capability statement.
const fn medplum(cap_01: &'static str, cap_02: &'static str) -> [Row; 13] {
    [
        ("fhir-rest/CAP-01", cap_01),
        ("fhir-rest/CAP-02", cap_02),
        ("fhir-rest/SRCH-01", "warn"),
        ("fhir-rest/SELF-01", "fail"),
        ("fhir-rest/SELF-02", "inconclusive setup-refused"),
        ("fhir-rest/ERR-01", "pass"),
        ("fhir-rest/ERR-02", "pass"),
        ("fhir-rest/ERR-03", "warn"),
        ("fhir-rest/VER-01", "pass"),
        ("fhir-rest/VER-02", "pass"),
        ("fhir-rest/TX-01", "fail"),
        ("fhir-rest/TX-02", "fail"),
        ("fhir-rest/TX-03", "warn"),
    ]
}

#[test]
fn medplum_without_a_capability_statement() {
    let desk = Desk::new();
    let server = Server::medplum(false, None);
    let ran = desk.tests(&server.url("/fhir"), &[]);
    ran.ends(1, &medplum("not-tested no-request", "not-tested no-request"));
    ran.leaves_nothing();
    let ran = desk.tests(&server.url("/fhir"), PRIVACY);
    ran.ends(1, &privacy("not-tested no-request", "fail"));
    ran.leaves_nothing();
}

#[test]
fn medplum_with_a_capability_statement() {
    let desk = Desk::new();
    let server = Server::medplum(true, None);
    let ran = desk.tests(&server.url("/fhir"), &[]);
    ran.ends(1, &medplum("inconclusive control-failed", "inconclusive control-failed"));
    ran.leaves_nothing();
    let ran = desk.tests(&server.url("/fhir"), PRIVACY);
    ran.ends(1, &privacy("fail", "fail"));
    ran.leaves_nothing();
}

#[test]
fn fhirstarter() {
    let desk = Desk::new();
    let server = Server::fhirstarter();
    desk.tests(&server.url(""), &[]).ends(
        1,
        &[
            ("fhir-rest/CAP-01", "pass"),
            ("fhir-rest/CAP-02", "inconclusive control-failed"),
            ("fhir-rest/SRCH-01", "warn"),
            ("fhir-rest/SELF-01", "fail"),
            ("fhir-rest/SELF-02", "inconclusive setup-refused"),
            ("fhir-rest/ERR-01", "pass"),
            ("fhir-rest/ERR-02", "warn"),
            ("fhir-rest/ERR-03", "pass"),
            ("fhir-rest/VER-01", "inconclusive setup-refused"),
            ("fhir-rest/VER-02", "inconclusive setup-refused"),
            ("fhir-rest/TX-01", "inconclusive setup-refused"),
            ("fhir-rest/TX-02", "inconclusive setup-refused"),
            ("fhir-rest/TX-03", "inconclusive setup-refused"),
        ],
    );
    desk.tests(&server.url(""), PRIVACY).ends(1, &privacy("fail", "fail"));
}

#[test]
fn fhirsnake_passes_nothing() {
    let desk = Desk::new();
    let server = Server::fhirsnake();
    let ran = desk.tests(&server.url(""), &[]);
    ran.ends(
        3,
        &[
            ("fhir-rest/CAP-01", "not-tested no-request"),
            ("fhir-rest/CAP-02", "not-tested no-request"),
            ("fhir-rest/SRCH-01", "inconclusive control-failed"),
            ("fhir-rest/SELF-01", "inconclusive setup-refused"),
            ("fhir-rest/SELF-02", "inconclusive setup-refused"),
            ("fhir-rest/ERR-01", "inconclusive control-failed"),
            ("fhir-rest/ERR-02", "inconclusive control-failed"),
            ("fhir-rest/ERR-03", "inconclusive control-failed"),
            ("fhir-rest/VER-01", "inconclusive setup-refused"),
            ("fhir-rest/VER-02", "inconclusive setup-refused"),
            ("fhir-rest/TX-01", "inconclusive setup-refused"),
            ("fhir-rest/TX-02", "inconclusive setup-refused"),
            ("fhir-rest/TX-03", "inconclusive setup-refused"),
        ],
    );
    let private = desk.tests(&server.url(""), PRIVACY);
    private.ends(1, &privacy("not-tested no-request", "fail"));
    for ran in [ran, private] {
        // A tool by which this server passes anything is broken, whatever the tables above say.
        assert!(!ran.outcomes().values().any(|outcome| outcome == "pass"), "{}", ran.shown);
        assert_eq!(ran.report["conclusion"]["completeness"]["attested"], 0);
    }
}

#[test]
fn medplum_behind_a_token_service() {
    let desk = Desk::new();
    let (port, secret) = (free_port(), "only-for-tests-4f1c");
    let address = format!("http://127.0.0.1:{port}/fhir");
    let key = rcgen::KeyPair::generate().expect("a key");
    desk.write("by-key.pem", &key.serialize_pem());
    desk.write("by-key.pub.pem", &key.public_key_pem());
    let provider = Server::provider(&configuration(&desk, secret, &[&address]));
    let upstream = Server::medplum(true, Some(&address));
    let _holder = Server::holder(port, &provider, &address, &upstream);
    let token = provider.url("/token");
    let addresses = [("@FHIR@", address.as_str()), ("@TOKEN@", token.as_str())];
    let expected = medplum("inconclusive control-failed", "inconclusive control-failed");

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
    let refused = expected.map(|(id, _)| match id {
        "fhir-rest/CAP-01" | "fhir-rest/CAP-02" => (id, "not-tested no-request"),
        _ => (id, "config-error credential"),
    });
    ran.ends(3, &refused);
    ran.keeps_to_itself(wrong);
    assert!(ran.shown.contains("401 invalid_client"), "{}", ran.shown);
}

#[test]
fn a_holder_that_looks_at_the_audience() {
    let desk = Desk::new();
    let secret = "only-for-tests-77aa";
    let ports = [free_port(), free_port()];
    let addresses = ports.map(|port| format!("http://127.0.0.1:{port}"));
    let provider = Server::provider(&configuration(&desk, secret, &[&addresses[0], &addresses[1]]));
    let upstreams = [Server::fhirstarter(), Server::fhirstarter()];
    let _holders = [0, 1].map(|n| Server::holder(ports[n], &provider, &addresses[n], &upstreams[n]));
    let token = provider.url("/token");
    let ran = desk.runs_target(
        "audience.yaml",
        &[("@FHIR@", addresses[0].as_str()), ("@FHIR2@", addresses[1].as_str()), ("@TOKEN@", token.as_str())],
        &[("REAL_CLIENT_SECRET", secret)],
    );
    let expected = privacy("fail", "not-tested no-credential").map(|(id, outcome)| match id {
        "privacy-by-design/BLR-01" => (id, "pass"),
        _ => (id, outcome),
    });
    ran.ends(1, &expected);
    ran.keeps_to_itself(secret);
}

/// Says so once, on the terminal: a test that looks at nothing would otherwise look like one that passed.
#[test]
fn components_of_the_ministry_are_reached_by_address_only() {
    let names = ["TOETSSTEEN_NVI_URL", "TOETSSTEEN_LMR_URL", "TOETSSTEEN_ADDRESSING_URL", "TOETSSTEEN_DVA_URL"];
    let set: Vec<&str> = names.into_iter().filter(|name| std::env::var_os(name).is_some()).collect();
    let line = if set.is_empty() {
        format!("none of {} is set: the components of the ministry were not tested", names.join(", "))
    } else {
        format!("{} set, but there is no profile for it yet: not tested", set.join(", "))
    };
    let _ = writeln!(std::io::stderr(), "real endpoints: {line}");
}

/// The file of the token service: one client with a secret and one with a key, and these resources.
fn configuration(desk: &Desk, secret: &str, resources: &[&str]) -> std::path::PathBuf {
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
