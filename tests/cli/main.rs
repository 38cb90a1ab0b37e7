//! The main job through the real binary: exit codes, what is said, and what is left on the disk.
//! Everything listens on loopback; nothing outlives its test.

#[path = "../common/binary.rs"]
mod binary;
mod server;
mod shelf;
mod stage;

mod anonymous;
mod fault;
mod foreign;
mod help;
mod hiccup;
#[cfg(unix)]
mod interrupt;
mod misfit;
mod power;
mod report;
mod secret;
mod stable;
mod statement;
mod stranger;
mod walk;
