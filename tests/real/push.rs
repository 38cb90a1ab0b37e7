//! Servers of others in the place of a pharmacy. They take a transaction as FHIR has it, and know nothing of prescriptions:
//! what a pharmacy must refuse they store. Who takes no transaction refuses everything, which is no merit.

use super::server::{Server, TokenService, free_port};
use super::tables::{self, Group, Table, but, table};
use super::token::configuration;
use super::vendor::{Desk, Ran};

const SECRET: &str = "only-for-tests-c05d";

/// What is expected under `voorschrift`, with PSH-02 beside it.
fn pharmacy(groups: &[Group], privacy: &[Group]) -> Table {
    let mut all =
        but(&table("voorschrift", groups), "voorschrift", &[("not-tested not-yet", tables::OF_A_PHARMACY_NOT_YET)]);
    all.extend(table("privacy-by-design", privacy));
    all
}

/// With or without a statement: whether transactions are served is seen by sending one.
#[test]
fn medplum_takes_what_a_pharmacy_must_refuse() {
    let desk = Desk::new();
    let server = Server::medplum(true, None);
    let ran = desk.runs_target("pharmacy.yaml", &[("@FHIR@", &server.url("/fhir"))], &[]);
    ran.ends(1, &pharmacy(tables::MEDPLUM_PHARMACY, tables::STORES_WHAT_IT_TAKES));
    ran.leaves_nothing();
}

#[test]
fn fhirstarter_takes_no_prescription() {
    takes_no_prescription(&Server::fhirstarter());
}

#[test]
fn fhirsnake_takes_no_prescription() {
    takes_no_prescription(&Server::fhirsnake());
}

fn takes_no_prescription(server: &Server) {
    let desk = Desk::new();
    let ran = desk.runs_target("pharmacy.yaml", &[("@FHIR@", &server.url(""))], &[]);
    ran.ends(1, &pharmacy(tables::NO_PHARMACY, tables::TAKES_NOTHING));
    passes_nothing(&ran);
}

#[test]
fn medplum_behind_oidc_provider_knows_who_sends() {
    knows_who_sends(TokenService::OidcProvider);
}

#[test]
fn medplum_behind_glewlwyd_knows_who_sends() {
    knows_who_sends(TokenService::Glewlwyd);
}

fn knows_who_sends(service: TokenService) {
    let desk = Desk::new();
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}/fhir");
    let provider = Server::tokens(service, &configuration(&desk, SECRET, &[&address]));
    let upstream = Server::medplum(true, Some(&address));
    let _holder = Server::holder(port, &provider.url(service.issuer()), &address, &upstream);
    let token = provider.url(&format!("{}/token", service.issuer()));
    let addresses = [("@FHIR@", address.as_str()), ("@TOKEN@", token.as_str())];
    let ran = desk.runs_target("pharmacy-token.yaml", &addresses, &[("REAL_CLIENT_SECRET", SECRET)]);
    let known = pharmacy(tables::MEDPLUM_PHARMACY, tables::STORES_WHAT_IT_TAKES);
    ran.ends(1, &but(&known, "voorschrift", &[("pass", "RX-03")]));
    ran.leaves_nothing();
    ran.keeps_to_itself(SECRET);
}

/// Whatever is asked of it, its own page that says where it is answers 200, and every action is bound to that.
#[test]
fn oidc_provider_alone_passes_nothing() {
    alone(TokenService::OidcProvider, &["eoverdracht/RX-22"]);
}

/// It refuses the scopes of a handoff, so that no notification is sent.
#[test]
fn glewlwyd_alone_passes_nothing() {
    alone(TokenService::Glewlwyd, &[]);
}

fn alone(service: TokenService, more: &[&str]) {
    let desk = Desk::new();
    let port = free_port();
    let issuer = format!("http://127.0.0.1:{port}{}", service.issuer());
    let _provider = Server::tokens_on(port, service, &configuration(&desk, SECRET, &[&issuer]));
    let token = format!("{issuer}/token");
    let addresses = [("@ISSUER@", issuer.as_str()), ("@TOKEN@", token.as_str())];
    let ran = desk.runs_target("token-alone.yaml", &addresses, &[("REAL_CLIENT_SECRET", SECRET)]);
    assert_eq!(ran.code, 1, "{}", ran.shown);
    passes_nothing(&ran);
    let failed: Vec<String> =
        ran.outcomes().into_iter().filter(|(_, outcome)| outcome == "fail").map(|(id, _)| id).collect();
    let mut expected = more.to_vec();
    expected.extend(["privacy-by-design/PSH-02", "voorschrift/RX-32"]);
    assert_eq!(failed, expected, "{}", ran.shown);
    ran.is_judged_again_alike();
    ran.keeps_to_itself(SECRET);
}

fn passes_nothing(ran: &Ran) {
    assert!(!ran.outcomes().values().any(|outcome| outcome == "pass"), "{}", ran.shown);
    assert_eq!(ran.report["conclusion"]["completeness"]["attested"], 0);
}
