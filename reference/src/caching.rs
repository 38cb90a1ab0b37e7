//! What caches between here and the asker may do with an answer: nothing.
//! Only defects let an answer about a person be kept.

use crate::app::Setup;
use crate::defect::Defect;
use crate::wire::Call;
use hyper::header::{HeaderMap, HeaderValue};

pub(crate) fn mark(setup: &Setup, call: &Call, headers: &mut HeaderMap) {
    let about = |kind: &str| call.path.iter().any(|part| part == kind);
    let spoiled = if setup.has(Defect::DocumentsCachePublic) && about("DocumentReference") {
        Some("public, max-age=600")
    } else if setup.has(Defect::PersonDataKept) && about("Observation") {
        Some("private, max-age=60")
    } else {
        None
    };
    match spoiled {
        Some(kept) => drop(headers.insert("cache-control", HeaderValue::from_static(kept))),
        None => drop(headers.entry("cache-control").or_insert(HeaderValue::from_static("no-store"))),
    }
}
