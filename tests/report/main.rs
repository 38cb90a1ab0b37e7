//! Every renderer fed with one golden report: what people read of it, and what an endpoint cannot make of it.
//! `golden.json` is a report as a run leaves it, cut down to one requirement of each kind.

mod annotations;
mod bones;
mod diff;
mod elements;
mod exit;
mod gate;
mod golden;
mod hostile;
mod known;
mod large;
mod made;
mod markup;
mod read;
mod tender;
mod views;
