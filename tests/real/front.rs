//! A front end of others before a server: an honest one changes no outcome, a faulty one only what it spoils.
//! Why each difference is right stands in `docs/real-endpoints.md`, as everywhere here.

use super::server::{Server, free_port};
use super::tables::{self, Group, Table};
use super::vendor::{self, Desk, Ran};
use toetssteen::engine::draw;
use toetssteen::language::catalogue::Catalogue;
use toetssteen::model::record::Parameters;
use toetssteen_reference::{Client, ClientKey, Config, Regime, Right, Running, Style};

const SECRET: &str = "only-for-tests-93be";

/// The honest reference on a runtime of its own: behind it nothing is wrong, so that what is seen comes from the front.
struct Reference {
    running: Option<Running>,
    runtime: tokio::runtime::Runtime,
}

impl Reference {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (own_ura, partners) = (String::new(), Default::default());
        let (style, regime) = (Style::Plain, Regime::OptIn);
        let config = Config { style, regime, defects: [].into(), clients: clients(), own_ura, partners };
        let running = runtime.block_on(toetssteen_reference::start(config)).expect("the reference starts");
        Self { running: Some(running), runtime }
    }

    fn endpoint(&self, name: &str) -> String {
        self.running.as_ref().and_then(|running| running.endpoint(name)).expect("an endpoint")
    }

    /// Tests the reference at this address; only the first holder and what the world may see stand behind the front.
    fn runs(&self, desk: &Desk, fhir: &str, part: &[&str]) -> Ran {
        let own = ["token", "control", "access-log", "fhir-2"].map(|name| self.endpoint(name));
        let public = url::Url::parse(fhir).expect("an address").origin().ascii_serialization();
        let marks = [
            ("@FHIR@", fhir),
            ("@TOKEN@", &own[0]),
            ("@CONTROL@", &own[1]),
            ("@LOG@", &own[2]),
            ("@FHIR2@", &own[3]),
            ("@PUBLIC@", &public),
        ];
        // One after the other: what a cache gives depends on what was asked before.
        let part: Vec<&str> = part.iter().copied().chain(["--jobs", "1"]).collect();
        desk.runs_part("reference.yaml", &marks, &[("REAL_CLIENT_SECRET", SECRET)], &part)
    }

    fn bare(&self, desk: &Desk, part: &[&str]) -> Ran {
        self.runs(desk, &self.endpoint("fhir"), part)
    }

    fn behind(&self, desk: &Desk, fault: &str, part: &[&str]) -> Ran {
        let fhir = url::Url::parse(&self.endpoint("fhir")).expect("an address");
        let front = Server::front(free_port(), &fhir.origin().ascii_serialization(), fault, 20);
        self.runs(desk, &front.url(fhir.path()), part)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// Who may ask for tokens; organisations bear the numbers that a run with the seed of these tests gives them.
fn clients() -> Vec<Client> {
    let catalogue = Catalogue::embedded().catalogue.expect("the embedded catalogue");
    let parameters =
        Parameters { seed: vendor::SEED, attempts: 1, timeout_ms: 10_000, body_limit: 1, challenge: None, shard: None };
    let rights = draw::organisations(&catalogue, &parameters)
        .into_iter()
        .map(|(name, ura)| (name.to_string(), Right::Organisation { ura }))
        .chain([("writer".to_owned(), Right::Writer), ("patient".to_owned(), Right::Portal)]);
    rights.map(|(id, right)| Client { id, key: ClientKey::Secret(SECRET.to_owned()), right }).collect()
}

/// The outcomes that are not those of the run without a front.
fn differences(bare: &Ran, front: &Ran) -> Table {
    let known = bare.outcomes();
    front.outcomes().into_iter().filter(|(id, outcome)| known.get(id) != Some(outcome)).collect()
}

fn differs(bare: &Ran, front: &Ran, code: i32, expected: &Table) {
    assert_eq!(&differences(bare, front), expected, "{}", front.shown);
    assert_eq!(front.code, code, "{}", front.shown);
    front.is_judged_again_alike();
    front.leaves_nothing();
}

/// The reference names its next page by its own address, whatever stands before it: no list is read to its end.
const PAGES_ELSEWHERE: &[Group] = &[("inconclusive control-failed", "PAGE-01 PAGE-02 PAGE-03 PAGE-04")];

#[test]
fn an_honest_front_changes_nothing() {
    let desk = Desk::new();
    let reference = Reference::start();
    let bare = reference.bare(&desk, &[]);
    let left = tables::table("privacy-by-design", &[tables::OF_FACILITIES]);
    let missing: Table = bare.outcomes().into_iter().filter(|(_, outcome)| outcome != "pass").collect();
    assert_eq!(missing, left, "{}", bare.shown);
    assert_eq!(bare.code, 3, "{}", bare.shown);
    // It names itself by that address too: a token for the front is none for what stands behind it.
    let mut expected = tables::table("fhir-rest", PAGES_ELSEWHERE);
    let known_otherwise = [("inconclusive control-failed", "LOG-01 UNT-12"), ("inconclusive setup-refused", "BLR-01")];
    expected.extend(tables::table("privacy-by-design", &known_otherwise));
    // One of its own, whose clock was not put forward by the run before.
    let front = Reference::start().behind(&desk, "none", &[]);
    differs(&bare, &front, 3, &expected);
}

/// Whom the tester asked about before is no secret of the holder's.
#[test]
fn a_cache_that_keeps_tokens_apart_betrays_nobody() {
    let desk = Desk::new();
    let reference = Reference::start();
    let ran =
        reference.behind(&desk, "cached-per-token", &["--case", "privacy-by-design/errors-do-not-betray-existence"]);
    assert_eq!(ran.outcomes()["privacy-by-design/UNT-05"], "pass", "{}", ran.shown);
    ran.is_judged_again_alike();
}

const REST: &[&str] = &["--profile", "fhir-rest"];

#[test]
fn a_faulty_front_changes_what_it_spoils_and_nothing_else() {
    let desk = Desk::new();
    let reference = Reference::start();
    let bare = reference.bare(&desk, REST);
    assert_eq!(bare.code, 0, "{}", bare.shown);
    let faults: &[(&str, i32, &[Group])] = &[
        ("prefer-dropped", 3, &[("inconclusive control-failed", "CAP-02"), ("warn", "SRCH-01")]),
        (
            "if-match-dropped",
            1,
            &[("fail", "VER-01"), ("warn", "VER-02"), ("inconclusive setup-refused", "TX-01 TX-02 TX-03")],
        ),
        (
            "etag-dropped",
            3,
            &[("warn", "READ-02"), ("inconclusive setup-refused", "READ-03 READ-05 READ-06 VER-01 VER-02 VER-04")],
        ),
        ("html-404", 3, &[("warn", "ERR-02")]),
        (
            "errors-as-200",
            1,
            &[
                (
                    "inconclusive control-failed",
                    "CAP-01 CAP-03 CAP-04 CAP-05 MT-01 MT-02 MT-03 READ-01 READ-02 READ-03 READ-05 READ-06",
                ),
                ("inconclusive setup-refused", "CRE-04"),
                ("fail", "ERR-01 ERR-03"),
                ("warn", "ERR-02 READ-04"),
            ],
        ),
        (
            "cached-for-all",
            1,
            &[
                ("fail", "CD-01 DEL-01 HIST-02 READ-06 UPD-01 VER-04"),
                ("warn", "MT-04 SRCH-01"),
                ("inconclusive setup-refused", "ERR-06 UPD-02 UPD-03 VER-01 VER-02 VER-03"),
            ],
        ),
        ("location-dropped", 1, &[("fail", "CRE-02")]),
        ("content-type-rewritten", 1, &[("fail", "MT-01"), ("warn", "ERR-02 MT-02 MT-03")]),
    ];
    let mut wrong = Vec::new();
    for (fault, code, expected) in faults {
        // One of its own: what a faulty front left behind is nobody else's.
        let ran = Reference::start().behind(&desk, fault, REST);
        let expected = tables::but(&tables::table("fhir-rest", PAGES_ELSEWHERE), "fhir-rest", expected);
        let seen = differences(&bare, &ran);
        if seen != expected || ran.code != *code {
            wrong.push(format!("{fault}: {} {seen:?}", ran.code));
        }
        ran.is_judged_again_alike();
        ran.leaves_nothing();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the holder gave before the objection, the cache still gives after it.
#[test]
fn a_cache_for_all_undoes_an_objection() {
    let desk = Desk::new();
    let reference = Reference::start();
    let part = [
        "--case",
        "privacy-by-design/objection-stops-retrieval",
        "--case",
        "privacy-by-design/objected-looks-unknown",
        "--case",
        "privacy-by-design/withdrawal-restores",
    ];
    let bare = reference.bare(&desk, &part);
    assert_eq!(bare.code, 0, "{}", bare.shown);
    let expected = [("fail", "OPT-01"), ("inconclusive control-failed", "OPT-01-reversible")];
    let expected = tables::table("privacy-by-design", &expected);
    differs(&bare, &reference.behind(&desk, "cached-for-all", &part), 1, &expected);
}

/// Medplum's router behind a front that lets through so many requests a second, tested with a ceiling of its own.
fn slowed(desk: &Desk, rate: u32, ceiling: &str) -> Ran {
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}/fhir");
    let server = Server::medplum(true, Some(&address));
    let _front = Server::front(port, &server.url(""), "rate-limited", rate);
    desk.runs_target("slow.yaml", &[("@FHIR@", &address), ("@CEILING@", ceiling)], &[])
}

#[test]
fn who_keeps_to_the_ceiling_is_not_slowed_down() {
    let ran = slowed(&Desk::new(), 20, "15");
    assert_eq!(differences_from_medplum(&ran), Table::new(), "{}", ran.shown);
    assert_eq!(ran.code, 1, "{}", ran.shown);
    ran.leaves_nothing();
}

/// A 429 is nobody's fault: not a refusal where one is expected, and not a failure. What was created goes all the same.
#[test]
fn being_slowed_down_is_no_verdict() {
    let ran = slowed(&Desk::new(), 1, "1000");
    let other = differences_from_medplum(&ran);
    assert!(!other.is_empty(), "{}", ran.shown);
    assert!(other.values().all(|outcome| outcome == "inconclusive rate-limited"), "{}", ran.shown);
    ran.leaves_nothing();
}

fn differences_from_medplum(ran: &Ran) -> Table {
    let known = tables::rest(tables::MEDPLUM);
    ran.outcomes().into_iter().filter(|(id, outcome)| known.get(id) != Some(outcome)).collect()
}
