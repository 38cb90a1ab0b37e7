//! Calls that the reference makes itself: to partners, to their token services, to central facilities.
//! What is said in them is decided elsewhere.

mod carrier;
mod grant;
mod patience;

pub(crate) use carrier::{Carrier, Outgoing};
pub(crate) use grant::bearer;
pub(crate) use patience::{Fault, Patience, judged};
