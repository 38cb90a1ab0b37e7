//! The binary against servers that nobody of us wrote: what it says of them is true, and known beforehand.
//! Why each outcome is true stands in `docs/real-endpoints.md`; a table here changes together with that text.

mod front;
mod server;
mod token;
mod vendor;

use server::Server;
use std::io::Write as _;
use vendor::{Desk, Row};

const PRIVACY: &[&str] = &["privacy-by-design=holder"];

/// What these servers have in common: nobody bound an action, stated a regime or named a second endpoint.
const fn privacy(unt_01: &'static str, unt_05: &'static str) -> [Row; 8] {
    [
        ("privacy-by-design/OPT-01", "not-tested no-binding"),
        ("privacy-by-design/OPT-01-reversible", "not-tested no-binding"),
        ("privacy-by-design/OPT-02", "not-tested no-binding"),
        ("privacy-by-design/OPT-03", "not-tested no-binding"),
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

/// Consents are stored like anything else, and nothing follows from them.
#[test]
fn medplum_where_choices_are_consents() {
    let desk = Desk::new();
    let server = Server::medplum(true, None);
    let ran = desk.runs_target("consents.yaml", &[("@FHIR@", &server.url("/fhir"))], &[]);
    ran.ends(
        1,
        &[
            ("privacy-by-design/OPT-01", "inconclusive control-failed"),
            ("privacy-by-design/OPT-01-reversible", "inconclusive control-failed"),
            ("privacy-by-design/OPT-02", "inconclusive setup-refused"),
            ("privacy-by-design/OPT-03", "inconclusive setup-refused"),
            ("privacy-by-design/CON-01", "fail"),
            ("privacy-by-design/UNT-01", "fail"),
            ("privacy-by-design/UNT-05", "fail"),
            ("privacy-by-design/BLR-01", "not-tested no-endpoint"),
        ],
    );
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

/// Its statement says so; and bodies of R4 are not sent to it, whatever is claimed.
#[test]
fn fhirstarter_of_another_fhir_version() {
    let desk = Desk::new();
    let server = Server::fhirstarter_stu3();
    for (versions, outcome) in
        [("r4", "config-error version"), ("stu3", "not-tested not-yet"), ("r4, stu3", "not-tested not-yet")]
    {
        let ran = desk.runs_target("version.yaml", &[("@FHIR@", &server.url("")), ("@VERSIONS@", versions)], &[]);
        ran.ends(3, &medplum("", "").map(|(id, _)| (id, outcome)));
        ran.leaves_nothing();
    }
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
