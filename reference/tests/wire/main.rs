//! The reference over a real socket: honest in both styles, and wrong in exactly one way per defect.
//! Every test starts its own reference and speaks HTTP to it.

mod access;
mod copies;
mod crud;
mod defects;
mod dispensing;
mod facility;
mod handoff;
mod holder;
mod logging;
mod mailbox;
mod offering;
mod partner;
mod pharmacy;
mod prescribing;
mod privacy;
mod probed;
mod reading;
mod receiving;
mod rest;
mod revoking;
mod search;
mod secure;
mod sending;
mod stage;
mod token;
mod transaction;
