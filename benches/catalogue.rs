//! What it costs to read a large catalogue, and to judge a long recording; no network.
//! Each stands beside the least that any reader must do with the same bytes, so that the ratio can be compared
//! between machines.

use divan::{Bencher, black_box};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;
use toetssteen::engine::{judge, tape};
use toetssteen::language::catalogue::Catalogue;
use toetssteen::language::load::{Files, from_files};
use toetssteen::model::record::Recording;

fn main() {
    divan::main();
}

/// How many cases are generated beside those of the catalogue.
const CASES: usize = 2000;

static EMBEDDED: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::embedded().catalogue.expect("the embedded catalogue"));

/// The catalogue with many copies of its own cases.
static LARGE: LazyLock<Files> = LazyLock::new(|| {
    let mut files: Files = EMBEDDED.files.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec())).collect();
    let cases: Vec<(String, Vec<u8>)> = EMBEDDED
        .cases
        .keys()
        .map(|id| format!("testcases/{id}.yaml"))
        .filter_map(|path| Some((path.clone(), files.get(&path)?.clone())))
        .collect();
    for (number, (path, bytes)) in cases.iter().cycle().take(CASES).enumerate() {
        files.insert(path.replace(".yaml", &format!("-copy-{number}.yaml")), bytes.clone());
    }
    files
});

/// A whole run against the reference: some ten thousand exchanges.
static RUN: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_toetssteen"));
    demo.args(["demo", "--seed", "1", "--out"]).arg(folder.path().join("run"));
    let status = demo.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the binary starts");
    assert!(status.success(), "the clean reference passes");
    folder
});

static RECORDING: LazyLock<Recording> =
    LazyLock::new(|| tape::read(&RUN.path().join("run")).expect("a whole recording"));

#[divan::bench(sample_count = 10)]
fn lint_of_2000_more_cases(bencher: Bencher) {
    let large = LazyLock::force(&LARGE);
    bencher.with_inputs(|| large.clone()).bench_values(|files| black_box(from_files(files)));
}

/// The same files as plain trees, without knowing what they mean.
#[divan::bench(sample_count = 10)]
fn the_same_files_read_as_trees(bencher: Bencher) {
    let large = LazyLock::force(&LARGE);
    bencher.bench(|| {
        for bytes in large.iter().filter(|(path, _)| path.ends_with(".yaml")).map(|(_, bytes)| bytes) {
            let text = std::str::from_utf8(bytes).expect("text");
            let _ = black_box(serde_saphyr::from_str::<serde_json::Value>(text));
        }
    });
}

#[divan::bench(sample_count = 10)]
fn judging_a_whole_run(bencher: Bencher) {
    let recording = LazyLock::force(&RECORDING);
    let catalogue = LazyLock::force(&EMBEDDED);
    bencher
        .counter(divan::counter::ItemsCount::new(recording.records.len()))
        .bench(|| black_box(judge::judge(catalogue, &recording.header.plan, recording)));
}

/// Reading that run from its folder, every digest checked.
#[divan::bench(sample_count = 10)]
fn reading_a_whole_run(bencher: Bencher) {
    let recording = LazyLock::force(&RECORDING);
    bencher
        .counter(divan::counter::ItemsCount::new(recording.records.len()))
        .bench(|| black_box(tape::read(&RUN.path().join("run")).expect("a whole recording")));
}
