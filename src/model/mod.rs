//! The words of the house as types: everything that files hold and layers pass on.
//! Nothing here reads a file, a clock or a network, and nothing prints.

pub mod cast;
pub mod clock;
pub mod comparison;
pub mod counterpart;
pub mod defect;
pub mod demand;
pub mod digest;
pub mod expectation;
pub mod finding;
pub mod id;
pub mod inbound;
pub mod plan;
pub mod policy;
pub mod profile;
pub mod record;
pub mod report;
pub mod request;
pub mod shard;
pub mod span;
pub mod target;
pub mod tender;
pub mod testcase;
pub mod text;
pub mod verb;
pub mod verdict;
