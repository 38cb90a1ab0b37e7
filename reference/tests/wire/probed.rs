//! Which defect shows in which probe: a table whose diagonal is filled and whose rest is empty.
//! What a probe does and sees is decided by the test that brings it.

use crate::stage::STYLES;
use std::collections::BTreeMap;
use std::future::Future;
use toetssteen_reference::{DEFECTS, Style};

fn known(defect: &str) {
    assert!(DEFECTS.iter().any(|known| known.id == defect), "{defect} is no defect");
}

/// Each defect shows in its own probe in both styles, in no other, and in none on an honest reference.
pub async fn each_alone(probed: &[&str], shows: impl AsyncFn(&str, Style, &[&str]) -> bool) {
    for defect in probed {
        known(defect);
        for style in STYLES {
            assert!(shows(defect, style, &[defect]).await, "{defect} in {style}");
            assert!(!shows(defect, style, &[]).await, "honest {defect} in {style}");
        }
        for probe in probed.iter().filter(|probe| *probe != defect) {
            assert!(!shows(probe, Style::Plain, &[defect]).await, "{defect} shows in the probe of {probe}");
        }
    }
}

/// The same where one story, told for each defect and without any, answers all probes; `at_once` are told together.
/// `expected` says whether a probe shows a defect, or that there is none.
pub async fn in_stories<Story: Send + 'static, Telling: Future<Output = Story> + Send + 'static>(
    probed: &[&'static str],
    at_once: usize,
    tell: impl Fn(Style, Option<&'static str>) -> Telling,
    shows: impl Fn(&Story, &str) -> bool,
    expected: impl Fn(Option<&str>, &str) -> bool,
) {
    probed.iter().for_each(|defect| known(defect));
    let defects = || probed.iter().copied().map(Some).chain([None]);
    let tellings: Vec<_> = STYLES.iter().flat_map(|style| defects().map(|defect| (*style, defect))).collect();
    for some in tellings.chunks(at_once) {
        let mut telling = tokio::task::JoinSet::new();
        let mut of = BTreeMap::new();
        for (style, defect) in some.iter().copied() {
            of.insert(telling.spawn(tell(style, defect)).id(), (style, defect));
        }
        while let Some(told) = telling.join_next_with_id().await {
            let (id, story) = told.unwrap();
            let (style, defect) = of[&id];
            for probe in probed {
                assert_eq!(shows(&story, probe), expected(defect, probe), "{probe} with {defect:?} in {style}");
            }
        }
    }
}
