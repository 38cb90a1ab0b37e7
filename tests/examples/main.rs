//! The sample reports under `reports/examples`: three products made from the reference, and what is made of their reports.
//! What a run gives is made anew and must end as the samples do; what follows from a report must follow byte by byte.
//! `UPDATE_EXAMPLES=1` writes them.
#![cfg(unix)]

#[path = "../common/binary.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod binary;

use binary::{command, text, told};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use toetssteen::cli::endpoint::{self, Endpoint};
use toetssteen::engine::binding::Programs;
use toetssteen::engine::judge;
use toetssteen::engine::record::{Notice, Progress, Stop};
use toetssteen::engine::run::{self as engine, MeansOf, Request};
use toetssteen::language::catalogue::Catalogue;
use toetssteen::model::defect::ClaimSet;
use toetssteen::model::digest::digest;
use toetssteen::model::plan::Selection;
use toetssteen::model::record::Parameters;
use toetssteen::model::target::Target;
use toetssteen::model::text::Lang;
use toetssteen::report::{build, render};
use toetssteen_reference::Style;

/// One product: what is told of it, and how the reference behaves for it.
struct Product {
    name: &'static str,
    vendor: &'static str,
    style: Style,
    defects: &'static [&'static str],
    /// The roles that it claims, by profile.
    claims: &'static [(&'static str, &'static [&'static str])],
    /// Options that it states otherwise.
    options: &'static [(&'static str, &'static str)],
}

const PRODUCTS: [Product; 3] = [
    Product {
        name: "Koerier",
        vendor: "Voorbeeld Zorg-ICT",
        style: Style::Plain,
        defects: &[],
        claims: &[("privacy-by-design", &["sender"]), ("eoverdracht", &["sender"]), ("voorschrift", &["sender"])],
        options: &[],
    },
    Product {
        name: "Postduif",
        vendor: "Fictieve Systemen",
        style: Style::Other,
        defects: &["handoff-open-to-any-partner", "loss-is-silent"],
        claims: &[("privacy-by-design", &["sender"]), ("eoverdracht", &["sender"]), ("voorschrift", &["sender"])],
        options: &[],
    },
    // Claims less, and states another length of time for what it does claim.
    Product {
        name: "Bode",
        vendor: "Denkbeeldige Software",
        style: Style::Plain,
        defects: &[],
        claims: &[("voorschrift", &["sender"])],
        options: &[("watched-for", "2s")],
    },
];

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/examples")
}

/// What a product claims: as the reference does, and no more than it says.
fn claims(product: &Product, catalogue: &Catalogue) -> ClaimSet {
    let mut set = catalogue.reference.sets[0].clone();
    set.claims.retain_mut(|claim| {
        let known = product.claims.iter().find(|(profile, _)| claim.profile.as_str() == *profile);
        let Some((_, roles)) = known else { return false };
        claim.roles = roles.iter().map(|role| role.parse().expect("a role")).collect();
        for (option, value) in product.options {
            if let Some(stated) = claim.options.get_mut(*option) {
                *stated = (*value).to_owned();
            }
        }
        true
    });
    set
}

/// The target of a product: that of the running reference, with its name.
fn target(product: &Product, endpoint: &Endpoint) -> Target {
    let mut tree = serde_json::to_value(&endpoint.target).expect("a target");
    tree["name"] = json!(product.name);
    tree["product"] = json!({ "vendor": product.vendor, "name": product.name, "version": "1.0" });
    tree["authorisation"] = json!({
        "owner": "test@voorbeeld.example", "environment": "test", "until": "2099-12-31", "max-requests-per-second": 500,
    });
    if !product.claims.iter().any(|(profile, _)| *profile == "eoverdracht") {
        // What it does not claim, it does not serve.
        tree["endpoints"]
            .as_object_mut()
            .expect("endpoints")
            .retain(|name, _| !["handoff", "notification"].contains(&name.as_str()));
    }
    serde_json::from_value(tree).expect("a target")
}

struct Untold;

impl Progress for Untold {
    fn tell(&self, _: Notice) {}
}

/// The report of a product, made now: the reference and the tester meet over TLS, with certificates on both sides.
async fn run(product: &Product, folder: &Path) {
    let catalogue = Arc::new(Catalogue::embedded().catalogue.expect("a catalogue"));
    let parameters = Parameters {
        seed: 11,
        attempts: 1,
        timeout_ms: 10_000,
        body_limit: 2 << 20,
        challenge: Some(CHALLENGE.to_owned()),
        shard: None,
    };
    let defects: Vec<_> = product.defects.iter().map(|defect| defect.parse().expect("a defect")).collect();
    let set = claims(product, &catalogue);
    let endpoint =
        endpoint::start(&catalogue, &set, product.style, &defects, &parameters).await.expect("the reference");
    let home = folder.join(product.name.to_lowercase());
    fs::create_dir_all(&home).expect("a folder");
    let out = TempDir::new().expect("a folder");
    let request = Request {
        catalogue: Arc::clone(&catalogue),
        target: target(product, &endpoint),
        base: PathBuf::from("."),
        parameters,
        selection: Selection::default(),
        folder: Some(out.path().join("run")),
        bodies_limit: 1 << 29,
        board: Some(Arc::clone(&endpoint.board)),
        identities: endpoint.identities.clone(),
        jobs: 4,
        means: MeansOf { programs: Programs::Forbidden, operator: None, lang: Lang::Nl },
        env: Arc::clone(&endpoint.env),
        stop: Stop::default(),
        progress: Arc::new(Untold),
    };
    let recording = engine::run(request).await.expect("a recording");
    endpoint.stop().await;
    let verdicts = judge::judge(&catalogue, &recording.header.plan, &recording);
    let recorded = fs::read(out.path().join("run/run.jsonl")).expect("the recording");
    let report = build::build(&catalogue, &recording, &verdicts, &digest(&recorded));
    fs::write(home.join("report.json"), render::json::render(&report).expect("JSON")).expect("a file");
}

/// What the buyer of `tender.yaml` issued.
const CHALLENGE: &str = "7c1e94d0a86b4f2395e1";

/// A day that does not change, for whatever counts from one.
const DAY: &str = "1798761600";

/// What follows from the reports in a folder: pages, a comparison, and what a tender says of them.
fn derive(folder: &Path) {
    let go = |arguments: &[&str]| {
        let done = command(arguments).current_dir(folder).env("SOURCE_DATE_EPOCH", DAY).output().expect("the binary");
        assert!(matches!(done.status.code(), Some(0 | 1 | 3 | 6)), "{arguments:?}: {}", told(&done));
        text(&done.stdout)
    };
    let reports = PRODUCTS.each_ref().map(|product| format!("{}/report.json", product.name.to_lowercase()));
    for (product, report) in PRODUCTS.iter().zip(&reports) {
        go(&[
            "report",
            report,
            "--report",
            &format!("html={}/report.html", product.name.to_lowercase()),
            "--lang",
            "nl",
        ]);
    }
    let all: Vec<&str> = reports.iter().map(String::as_str).collect();
    go(&["tender", "tender.yaml", "--out", "tender", "--lang", "nl"]);
    let against = ["--against", "tender/tender.json", "--out", "comparison", "--lang", "nl"];
    go(&[&["compare"], &all[..], &against].concat());
    go(&["report", "koerier/report.json", "--view", "buyer", "--report", "html=koerier/buyer.html", "--lang", "nl"]);
    go(&["report", "postduif/report.json", "--view", "buyer", "--report", "html=postduif/buyer.html", "--lang", "nl"]);
    go(&["report", "bode/report.json", "--view", "buyer", "--report", "html=bode/buyer.html", "--lang", "nl"]);
}

/// What is said in a report, without what differs from run to run.
fn said(report: &Value) -> Value {
    let of = |entry: &Value, names: &[&str]| names.iter().map(|name| entry[name].clone()).collect::<Vec<_>>();
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    json!({
        "conclusion": report["conclusion"],
        "profiles": report["profiles"],
        "product": report["target"]["product"],
        "requirements": list("requirements").iter().map(|one| of(one, &["id", "role", "outcome", "reason", "severity"])).collect::<Vec<_>>(),
        "cases": list("cases").iter().map(|one| of(one, &["id", "each", "outcome", "reason"])).collect::<Vec<_>>(),
    })
}

fn read(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let place = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() { copy(&entry, &place) } else { fs::copy(&entry, &place).map(drop).expect("a file") }
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { all.extend(files(&entry)) } else { all.push(entry) }
    }
    all.sort();
    all
}

#[test]
fn the_samples_end_as_a_run_does() {
    let folder = TempDir::new().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        for product in &PRODUCTS {
            run(product, folder.path()).await;
        }
    });
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        copy(folder.path(), &examples());
        derive(&examples());
    }
    for product in &PRODUCTS {
        let name = format!("{}/report.json", product.name.to_lowercase());
        assert_eq!(said(&read(&examples().join(&name))), said(&read(&folder.path().join(&name))), "{name}");
    }
}

#[test]
fn what_follows_from_the_samples_is_what_stands_beside_them() {
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        // They are being written.
        return;
    }
    let folder = TempDir::new().expect("a folder");
    copy(&examples(), folder.path());
    let before = files(folder.path());
    derive(folder.path());
    assert_eq!(files(folder.path()), before, "no more and no fewer");
    for path in before {
        let known = examples().join(path.strip_prefix(folder.path()).expect("below it"));
        assert!(fs::read(&path).expect("a file") == fs::read(&known).expect("a file"), "{}", known.display());
    }
}
