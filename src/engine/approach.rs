//! Whether counterparts can be reached where the target file says that the target reaches them.
//! Only addresses of this machine are called, so that a wrong one is nobody else's trouble; nothing is judged.

use crate::engine::counterpart::{OpenError, Switchboard};
use crate::engine::outfit::{self, Outfit};
use crate::engine::preflight;
use crate::engine::run::{self, Request, RunError};
use crate::model::target::{Counterparts, Target};
use std::net::{IpAddr, UdpSocket};
use std::sync::Arc;
use url::Url;

/// An address of ours as the target file gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approach {
    /// Where in the target file.
    pub place: String,
    /// The URL by which the target is to reach us; where we cannot listen, the address of that.
    pub url: String,
    /// The address at which we listen, as the file gives it.
    pub listen: String,
    /// What came of it.
    pub seen: Seen,
}

/// What calling an address of ours showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It leads to us.
    Ours,
    /// It leads elsewhere, or nowhere: what was seen.
    Elsewhere(String),
    /// It was not called, for it is no address of this machine: the host.
    NotFromHere(String),
    /// We cannot even listen: why.
    NotListening(String),
}

impl Approach {
    /// Whether this must be mended before anything can arrive.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        matches!(self.seen, Seen::Elsewhere(_) | Seen::NotListening(_))
    }
}

/// Listens where the target file says by which URL the target reaches us, and calls each of these.
///
/// # Errors
/// When certificates cannot be read; that an address is taken is something seen.
pub(super) async fn look(request: &Request, outfit: &Outfit) -> Result<Vec<Approach>, RunError> {
    let Some(at) = request.target.counterparts.clone().filter(|_| run::has_counterparts(request)) else {
        return Ok(Vec::new());
    };
    let given = given(&at);
    if given.is_empty() {
        return Ok(Vec::new());
    }
    // Nobody is told another address of a facility without one: there is nothing to call.
    let facilities = at.facilities.into_iter().filter(|(_, place)| place.public_url.is_some()).collect();
    let (at, trusted) = (Counterparts { facilities, ..at }, outfit::trusted(request)?);
    let opened = Switchboard::open(&at, request.parameters.body_limit).await;
    let secured = |board: Switchboard| match &outfit.identities {
        Some(own) => board.secure(own, &trusted).map(|()| board),
        None => Ok(board),
    };
    let board = match opened.and_then(secured) {
        Ok(board) => Arc::new(board),
        Err(OpenError { place, address, cause }) => {
            let seen = Seen::NotListening(cause.to_string());
            return Ok(vec![Approach { place, url: address.clone(), listen: address, seen }]);
        }
    };
    board.serve(&outfit.tape, &Arc::default());
    let mut found = Vec::new();
    for (place, url, listen) in given {
        let seen = call(&board, outfit, &request.target, &url).await;
        found.push(Approach { place, url, listen, seen });
    }
    board.close();
    Ok(found)
}

/// The URLs that a target file gives, each with its place and where we listen for it.
fn given(at: &Counterparts) -> Vec<(String, String, String)> {
    let common = at.public_url.iter().map(|url| ("public-url".to_owned(), url.clone(), at.listen.clone()));
    let facilities = at.facilities.iter().filter_map(|(name, place)| {
        Some((format!("facilities.{name}"), place.public_url.clone()?, place.listen.clone()))
    });
    common.chain(facilities).collect()
}

async fn call(board: &Arc<Switchboard>, outfit: &Outfit, target: &Target, url: &str) -> Seen {
    let parsed = match Url::parse(url) {
        Ok(parsed) => parsed,
        Err(error) => return Seen::Elsewhere(error.to_string()),
    };
    let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default()) else {
        return Seen::Elsewhere("the URL names no host".to_owned());
    };
    let host = host.trim_matches(['[', ']']);
    // A name may be known on the target's side alone.
    let found = tokio::net::lookup_host((host, port)).await.map(Vec::from_iter).unwrap_or_default();
    if found.is_empty() || !found.iter().all(|address| is_own(address.ip())) {
        return Seen::NotFromHere(host.to_owned());
    }
    let before = board.strays();
    let below = format!("{}/toetssteen-doctor", url.trim_end_matches('/'));
    let (_, answered) = preflight::ask(&outfit.wire, target, &below, None).await;
    // It belongs to no case, and is counted as such where it arrives.
    if board.strays() > before {
        return Seen::Ours;
    }
    Seen::Elsewhere(match answered {
        Ok(answer) => format!("status {}", answer.status),
        Err(broken) => broken.detail,
    })
}

/// Whether this is an address of this machine: nobody else's can be bound.
fn is_own(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_its_own() {
        assert!(["127.0.0.1", "127.9.9.9", "::1"].iter().all(|text| is_own(text.parse().unwrap())));
        // Reserved for documentation (RFC 5737): no machine has it.
        assert!(!is_own("192.0.2.1".parse().unwrap()));
    }
}
