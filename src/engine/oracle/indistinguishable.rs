//! Temporary.
//! Temporary.
use super::Exchange;
use crate::model::expectation::Indistinguishable;
use crate::model::record::SampleClassName;
use crate::model::verdict::Judgement;
use std::collections::BTreeMap;
/// Temporary.
#[derive(Clone, Debug)]
pub struct Sampled<'a> { pub exchange: Exchange<'a>, pub class: SampleClassName, pub block: u32, pub request: String, pub own: Vec<String> }
/// Temporary.
pub fn judge(_: &Indistinguishable, _: &[Sampled<'_>], _: &BTreeMap<(String, SampleClassName), u32>) -> Vec<Judgement> { Vec::new() }
