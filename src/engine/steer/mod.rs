//! The larger verbs' next request: pure functions of what was recorded so far.
//! The recorder asks them what to send, the judge only whether a recording fits; no verdict depends on them.

pub mod crawl;
pub mod walk;
pub mod without;
