//! The recorder: walks the plan, sends, waits, and appends to the tape; it judges nothing itself.
//! It asks the judge only whether to stop, to repeat or to go on, and never stores the answer.

mod crawl;
mod deed;
mod guard;
mod hear;
#[cfg(test)]
mod hear_tests;
mod hostile;
mod instance;
mod lacking;
mod link;
mod meanwhile;
#[cfg(test)]
mod meanwhile_tests;
mod queue;
mod request;
mod sample;
#[cfg(test)]
mod sample_tests;
mod session;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod vendor;
mod via;
mod walk;

pub use session::{Notice, Progress, RunClock, Session, Stop};
