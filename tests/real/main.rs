//! The binary against servers that nobody of us wrote: what it says of them is true, and known beforehand.
//! Why each outcome is true stands in `docs/real-endpoints.md`; a table here changes together with that text.

mod door;
mod front;
mod push;
mod server;
mod tables;
mod token;
mod vendor;

use server::Server;
use std::io::Write as _;
use tables::{but, private, rest, table};
use vendor::Desk;

const PRIVATE: &str = "privacy-by-design";
const CLAIMS_PRIVACY: &[&str] = &["privacy-by-design=holder"];

#[test]
fn medplum_without_a_capability_statement() {
    let desk = Desk::new();
    let server = Server::medplum(false, None);
    let ran = desk.tests(&server.url("/fhir"), &[]);
    ran.ends(1, &but(&rest(tables::MEDPLUM), "fhir-rest", tables::WITHOUT_STATEMENT));
    ran.leaves_nothing();
    let ran = desk.tests(&server.url("/fhir"), CLAIMS_PRIVACY);
    let known = private(tables::MEDPLUM_PRIVATE);
    ran.ends(1, &but(&known, PRIVATE, tables::MEDPLUM_PRIVATE_WITHOUT_STATEMENT));
    ran.leaves_nothing();
}

#[test]
fn medplum_with_a_capability_statement() {
    let desk = Desk::new();
    let server = Server::medplum(true, None);
    let ran = desk.tests(&server.url("/fhir"), &[]);
    ran.ends(1, &rest(tables::MEDPLUM));
    ran.leaves_nothing();
    let ran = desk.tests(&server.url("/fhir"), CLAIMS_PRIVACY);
    ran.ends(1, &private(tables::MEDPLUM_PRIVATE));
    ran.leaves_nothing();
}

#[test]
fn medplum_held_to_what_it_offers() {
    let desk = Desk::new();
    let server = Server::medplum(true, None);
    let ran = desk.runs_target("medplum.yaml", &[("@FHIR@", &server.url("/fhir"))], &[]);
    ran.ends(1, &table("fhir-rest", tables::MEDPLUM_OFFERS));
    ran.leaves_nothing();
}

/// Consents are stored like anything else, and nothing follows from them.
#[test]
fn medplum_where_choices_are_consents() {
    let desk = Desk::new();
    let server = Server::medplum(true, None);
    let ran = desk.runs_target("consents.yaml", &[("@FHIR@", &server.url("/fhir"))], &[]);
    ran.ends(1, &but(&private(tables::MEDPLUM_PRIVATE), PRIVATE, tables::MEDPLUM_CONSENTS));
    ran.leaves_nothing();
}

#[test]
fn fhirstarter() {
    let desk = Desk::new();
    let server = Server::fhirstarter();
    desk.tests(&server.url(""), &[]).ends(1, &rest(tables::FHIRSTARTER));
    desk.tests(&server.url(""), CLAIMS_PRIVACY).ends(1, &private(tables::FHIRSTARTER_PRIVATE));
}

#[test]
fn fhirstarter_held_to_what_it_offers() {
    let desk = Desk::new();
    let server = Server::fhirstarter();
    let ran = desk.runs_target("fhirstarter.yaml", &[("@FHIR@", &server.url(""))], &[]);
    ran.ends(1, &table("fhir-rest", tables::FHIRSTARTER_OFFERS));
}

/// Its statement says so; and bodies of R4 are not sent to it, whatever is claimed.
#[test]
fn fhirstarter_of_another_fhir_version() {
    let desk = Desk::new();
    let server = Server::fhirstarter_stu3();
    let known = rest(tables::FHIRSTARTER);
    for (versions, outcome) in
        [("r4", "config-error version"), ("stu3", "not-tested not-yet"), ("r4, stu3", "not-tested not-yet")]
    {
        let ran = desk.runs_target("version.yaml", &[("@FHIR@", &server.url("")), ("@VERSIONS@", versions)], &[]);
        ran.ends(3, &tables::all_but_options(&known, outcome));
        ran.leaves_nothing();
    }
}

/// Also where it is claimed to offer all that another server offers.
#[test]
fn fhirsnake_passes_nothing() {
    let desk = Desk::new();
    let server = Server::fhirsnake();
    let ran = desk.tests(&server.url(""), &[]);
    ran.ends(3, &rest(tables::FHIRSNAKE));
    let claimed = desk.tests(&server.url(""), CLAIMS_PRIVACY);
    claimed.ends(1, &private(tables::FHIRSNAKE_PRIVATE));
    let offered = desk.runs_target("medplum.yaml", &[("@FHIR@", &server.url(""))], &[]);
    assert_eq!(offered.code, 1, "{}", offered.shown);
    for ran in [ran, claimed, offered] {
        // A tool by which this server passes anything is broken, whatever the tables say.
        let of_outages = |id: &String| id.contains("/SPF-07");
        let passes = |(id, outcome): (&String, &String)| outcome == "pass" && !of_outages(id);
        assert!(!ran.outcomes().iter().any(passes), "{}", ran.shown);
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
