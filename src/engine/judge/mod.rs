//! Catalogue, plan and sealed recording to verdicts: pure, and the only caller of oracles.
//! The live run, `rejudge` and everything after them call [`judge`] on the same bytes.

mod access;
mod alone;
mod docket;
mod handshake;
mod heard;
mod logged;
mod names;
mod pace;
mod pattern;
mod power;
mod ruling;
mod step;
mod trail;
mod walk;

pub use alone::{Said as SaidAlone, alone};
pub use docket::{Court, Docket};
pub use heard::Heard;
pub use logged::{is_complete as is_logged, wanted as wanted_logged};
pub use ruling::{configuration_fault, instance, is_lowered};
pub use step::{may_pass, one};
pub use walk::course_fails;

use crate::engine::fill::CastIndex;
use crate::engine::oracle::markers::Register;
use crate::language::catalogue::Catalogue;
use crate::model::plan::Plan;
use crate::model::record::{Event, Recording};
use crate::model::verdict::{PreflightFinding, Verdicts};

/// Judges a whole recording.
#[must_use]
pub fn judge(catalogue: &Catalogue, plan: &Plan, recording: &Recording) -> Verdicts {
    let cast = CastIndex::of(&recording.records);
    let register = Register::of(&recording.header, recording.cast());
    let court = Court {
        catalogue,
        plan,
        header: &recording.header,
        register: &register,
        cast: &cast,
        records: &recording.records,
        bodies: &recording.bodies,
    };
    let instances = (0..plan.instances.len()).map(|position| ruling::instance(&court, position)).collect();
    Verdicts { preflight: preflight(recording), instances, complete: court.reached_the_end() }
}

fn preflight(recording: &Recording) -> Vec<PreflightFinding> {
    recording
        .records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Preflight(finding) => Some(finding.clone()),
            _ => None,
        })
        .collect()
}
