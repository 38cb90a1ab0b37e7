//! Programs as small shell scripts; only where there is a shell to write them for.
//! Only tests live here.

use crate::engine::binding::testing::{Set, binding};
use crate::engine::binding::{Acted, Programs, Refusal};
use crate::model::verdict::Evidence;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

fn set(script: &str) -> (tempfile::TempDir, Set) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ci/act.sh");
    std::fs::create_dir(folder.path().join("ci")).unwrap();
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut set = Set::at("http://127.0.0.1:1");
    set.means.folder = folder.path().to_owned();
    (folder, set)
}

async fn run(script: &str) -> Acted {
    let (_folder, set) = set(script);
    set.act(&binding(&json!({ "exec": ["ci/act.sh", "{{asked.bsn}}", "{{with.scope}} $(x)"] }))).await.unwrap()
}

#[tokio::test]
async fn it_runs_in_its_folder_without_shell_or_environment() {
    let acted = run(r#"test -f ci/act.sh || exit 9; env | grep -q CARGO && exit 8
        printf '{"bsn":"%s","scope":"%s","count":2,"yes":true,"list":[1]}' "$1" "$2""#)
    .await;
    let record = acted.record;
    assert!(record.acknowledged, "{}", record.detail);
    assert_eq!(record.evidence, Evidence::Hook);
    let returned: Vec<_> = record.returned.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(returned, [("bsn", "999900006"), ("count", "2"), ("scope", "all $(x)"), ("yes", "true")]);
}

#[tokio::test]
async fn captured_values_come_on_standard_input_only() {
    let (folder, set) = set("cat > seen.json");
    set.act(&binding(&json!({ "exec": ["ci/act.sh"] }))).await.unwrap();
    let seen: Value = serde_json::from_slice(&std::fs::read(folder.path().join("seen.json")).unwrap()).unwrap();
    assert_eq!((seen["with"]["task"].as_str(), seen["asked"]["ids"]["fhir"].as_str()), (Some("t;1"), Some("p1")));
    for argument in ["{{with.task}}", "{{asked.id}}"] {
        let refused = set.act(&binding(&json!({ "exec": ["ci/act.sh", argument] }))).await;
        assert!(matches!(refused, Err(Refusal::NotDrawn(_))), "{argument}");
    }
    let program = set.act(&binding(&json!({ "exec": ["{{with.scope}}"] }))).await;
    assert!(matches!(program, Err(Refusal::NotDrawn(_))));
}

#[tokio::test]
async fn an_exit_code_refuses_and_says_why() {
    let acted = run("echo broken pipe dream >&2; exit 3").await;
    assert!(!acted.record.acknowledged);
    assert_eq!(acted.record.detail, "the program ended with 3: broken pipe dream");
    let chatter = run("echo not json").await;
    assert!(chatter.record.acknowledged && chatter.record.returned.is_empty());

    let (_folder, mut set) = set("exit 0");
    let absent = set.act(&binding(&json!({ "exec": ["ci/absent.sh"] }))).await.unwrap();
    assert!(!absent.record.acknowledged);
    set.means.programs = Programs::Forbidden;
    let forbidden = set.act(&binding(&json!({ "exec": ["ci/act.sh"] }))).await;
    assert_eq!(forbidden.unwrap_err(), Refusal::ProgramsForbidden);
}

#[tokio::test]
async fn what_never_ends_is_ended_with_its_children() {
    let (folder, mut set) = set("(sleep 1; touch late) & yes");
    set.means.deadline = Duration::from_millis(300);
    let begun = Instant::now();
    let acted = set.act(&binding(&json!({ "exec": ["ci/act.sh"] }))).await.unwrap();
    assert!(!acted.record.acknowledged && begun.elapsed() < Duration::from_secs(1));
    assert!(acted.record.detail.contains("did not end within 0.3 s"), "{}", acted.record.detail);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert!(!folder.path().join("late").exists(), "a child outlived the deadline");
}

#[tokio::test]
async fn a_child_that_holds_the_output_does_not_hold_us() {
    let begun = Instant::now();
    let acted = run(r#"printf '{"a":1}'; sleep 5 & exit 0"#).await;
    assert!(acted.record.acknowledged && begun.elapsed() < Duration::from_secs(3));
    assert_eq!(acted.record.returned["a"], "1");
    let loud = run("head -c 300000 /dev/zero").await;
    assert!(loud.record.acknowledged && loud.record.returned.is_empty());
}
