//! The sample reports under `reports/examples`: three products made from the reference, and what is made of their reports.
//! What a run gives is made anew and must end as the samples do; what follows from a report must follow byte by byte.
//! `UPDATE_EXAMPLES=1` writes them.
#![cfg(unix)]

#[path = "../commands/bench.rs"]
#[allow(dead_code, reason = "the tests of commands use the rest of it")]
mod bench;
#[path = "../common/binary.rs"]
mod binary;

use bench::Served;
use binary::{command, text, toetssteen, told};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// One product: what is told of it, and how the reference misbehaves for it.
struct Product {
    name: &'static str,
    vendor: &'static str,
    serve: &'static [&'static str],
    /// The roles that it claims, by profile.
    claims: &'static [(&'static str, &'static [&'static str])],
    /// Options that it states otherwise.
    options: &'static [(&'static str, &'static str)],
}

const PRODUCTS: [Product; 3] = [
    Product {
        name: "Koerier",
        vendor: "Voorbeeld Zorg-ICT",
        serve: &[],
        claims: &[("privacy-by-design", &["sender"]), ("eoverdracht", &["sender"]), ("voorschrift", &["sender"])],
        options: &[],
    },
    Product {
        name: "Postduif",
        vendor: "Fictieve Systemen",
        serve: &["--style", "other", "--defect", "handoff-open-to-any-partner", "--defect", "loss-is-silent"],
        claims: &[("privacy-by-design", &["sender"]), ("eoverdracht", &["sender"]), ("voorschrift", &["sender"])],
        options: &[],
    },
    // Claims less, and states another length of time for what it does claim.
    Product {
        name: "Bode",
        vendor: "Denkbeeldige Software",
        serve: &[],
        claims: &[("voorschrift", &["sender"])],
        options: &[("watched-for", "2s")],
    },
];

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/examples")
}

/// The target file of a product: that of the running reference, with its name and no more than its claims.
fn target(product: &Product, served: &Served) -> String {
    let text = fs::read_to_string(served.target()).expect("the target file");
    let mut tree: Value = serde_saphyr::from_str(&text).expect("YAML");
    tree["name"] = json!(product.name);
    tree["product"] = json!({ "vendor": product.vendor, "name": product.name, "version": "1.0" });
    let claims = tree["claims"].as_array().expect("claims").clone();
    tree["claims"] = claims
        .into_iter()
        .filter_map(|mut claim| {
            let (_, roles) = product.claims.iter().find(|(profile, _)| claim["profile"] == *profile)?;
            claim["roles"] = json!(roles);
            for (option, value) in product.options {
                if claim["options"].get(option).is_some() {
                    claim["options"][option] = json!(value);
                }
            }
            Some(claim)
        })
        .collect();
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
    let path = served.path("product.yaml");
    // JSON is YAML too.
    fs::write(&path, tree.to_string()).expect("a file");
    path.to_string_lossy().into_owned()
}

/// The report of a product, made now.
fn run(product: &Product, folder: &Path) {
    let served = Served::start(product.serve);
    let (target, out) = (target(product, &served), served.path("out"));
    let out = out.to_string_lossy().into_owned();
    let done = toetssteen(&["run", "--target", &target, "--seed", "11", "--challenge", CHALLENGE, "--out", &out]);
    let report = fs::read(served.path("out/report.json")).unwrap_or_else(|_| panic!("{}", told(&done)));
    let home = folder.join(product.name.to_lowercase());
    fs::create_dir_all(&home).expect("a folder");
    fs::write(home.join("report.json"), report).expect("a file");
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
    std::thread::scope(|scope| {
        for product in &PRODUCTS {
            scope.spawn(|| run(product, folder.path()));
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
