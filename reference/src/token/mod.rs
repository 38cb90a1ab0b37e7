//! The token service and what the other endpoints need of it.
//! Nothing here knows what a token will be used for.

mod assertion;
mod grant;
mod scope;
mod session;

pub(crate) use assertion::{Assertions, readable};
pub(crate) use grant::answer;
pub(crate) use session::{Denied, Session, Signer, bearer};
