//! The main job through the real binary: exit codes, what is said, and what is left on the disk.
//! Everything listens on loopback; nothing outlives its test.

mod stage;

mod report;
mod walk;
