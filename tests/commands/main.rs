//! Commands through the real binary: what each prints, what it leaves alone, and how it exits.
//! Everything listens on loopback; whatever is started here is stopped by its process id.

mod bench;
mod list;
