//! Exchange between two parties that know each other: handing off, being handed off to, and prescribing.
//! No central facility and no choice of the patient has a part in it; only a defect gives them one.

mod bulletin;
mod central;
mod counter;
mod doorbell;
mod form;
mod handoff;
mod hook;
mod letter;
mod narrative;
mod notice;
mod notification_task;
mod offer;
mod order;
mod prescriber;
mod prescription;
mod reader;
mod state;
mod stu3;
mod stu3_statement;
mod subscription;
mod task_door;

pub(crate) use counter::serve;
pub(crate) use doorbell::notified;
pub(crate) use hook::answer as hooked;
pub(crate) use state::Directed;
pub(crate) use task_door::SCOPE as TASK_SCOPE;
