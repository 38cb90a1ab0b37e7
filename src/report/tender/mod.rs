//! A tender: from what a buyer demands to what bidders read, and whether a bidder's report shows it.
//! Pure; dates come from files. What a report shows is measured; whether a bid is lawful or acceptable is for people to say.

mod beside;
mod check;
mod draft;
mod show;

pub use beside::against;
pub use check::{
    Again, Bid, Cause, Demand, Facts, Standing, Taken, TenderConclusion, TenderReason, TenderVerdict, check, check_all,
};
pub use draft::draw_up;
pub use show::sheet;
