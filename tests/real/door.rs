//! A door of nginx that looks at a list of revoked certificates, and three that do not as they should.
//! Why each outcome is true stands in `docs/real-endpoints.md`, as everywhere here.

use super::server::{Server, free_port};
use super::vendor::Desk;

/// What the requirements end in with this fault: offline, revoked, and a list that has ended.
fn ends(fault: &str, code: i32, wanted: [&str; 3]) {
    let desk = Desk::new();
    let door = Server::door(free_port(), &desk.path("server.pem"), fault);
    let address = door.url("/fhir").replace("http:", "https:");
    let cases =
        ["revoked-identity-is-refused", "identity-is-checked-without-its-issuer", "ended-status-list-opens-nothing"];
    let cases = cases.map(|case| format!("privacy-by-design/{case}"));
    let part: Vec<&str> = cases.iter().flat_map(|case| ["--case", case]).collect();
    let ran = desk.runs_part("revocation.yaml", &[("@FHIR@", &address)], &[], &part);
    let seen = ran.outcomes();
    let of = |id: &str| seen.get(&format!("privacy-by-design/{id}")).map_or("", String::as_str);
    assert_eq!(["SPF-06", "SPF-06-revoked", "SPF-06-stale"].map(of), wanted, "{fault}: {}", ran.shown);
    assert_eq!(ran.code, code, "{fault}: {}", ran.shown);
    ran.is_judged_again_alike();
}

#[test]
fn nginx_with_a_list_that_is_kept_fresh() {
    ends("none", 0, ["pass", "pass", "pass"]);
}

#[test]
fn nginx_without_a_list() {
    ends("never", 1, ["inconclusive control-failed", "fail", "warn"]);
}

/// The first list is good for a day, so that an ended one is never met.
#[test]
fn nginx_with_a_list_that_was_fetched_once() {
    ends("once", 1, ["inconclusive control-failed", "fail", "warn"]);
}

#[test]
fn nginx_that_forgets_its_list_while_none_comes() {
    ends("forgiving", 1, ["pass", "fail", "warn"]);
}
