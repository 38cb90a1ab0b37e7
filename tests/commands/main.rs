//! Commands through the real binary: what each prints, what it leaves alone, and how it exits.
//! Everything listens on loopback; whatever is started here is stopped by its process id.
#![cfg(unix)]

mod bench;
#[path = "../common/binary.rs"]
mod binary;
mod cast;
mod ci;
mod clean;
mod doctor;
mod explain;
mod gate;
mod list;
mod matrix;
mod narrow;
mod paper;
mod prove;
mod purge;
mod push;
mod serve;
mod shard;
mod tender;
mod views;
mod xml;
