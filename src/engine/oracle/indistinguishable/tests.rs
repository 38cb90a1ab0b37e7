//! Protected against unknown, on answers of a server with lawful noise.

mod instrument;
mod server;
mod telling;
