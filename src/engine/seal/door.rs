//! The seal itself: what goes in has secrets, what comes out has none.
//! It remembers secrets for as long as the run lasts, and gives the same one the same name within a scope.

use super::body::Body;
use super::ledger::Ledger;
use super::number::Numbers;
use super::part::Part;
use super::{SecretKind, WITHHELD};
use crate::engine::oracle::views::digits::Nine;
use crate::engine::probe::{Answer, Request};
use crate::model::record::{Response, SentRequest, Withheld};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Within what placeholders are numbered: an instance of the plan, or what belongs to none.
pub type Scope = Option<u32>;

/// The one door from the wire to the recording.
pub struct Seal {
    ledger: Mutex<Ledger>,
    pub(super) numbers: Numbers,
    /// Real numbers that an action returned, by the scope in which they are known: without a label elsewhere they
    /// may as well be an id.
    met: Mutex<BTreeSet<(Scope, Nine)>>,
}

/// An exchange that may be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedExchange {
    /// What was sent.
    pub request: SentRequest,
    /// What came back.
    pub response: Response,
    /// The bodies to keep, by digest.
    pub bodies: Vec<(String, Vec<u8>)>,
    /// Salted hashes of citizen service numbers outside the ranges; they belong in the facts.
    pub foreign: Vec<String>,
}

impl Seal {
    /// A seal that knows in which ranges nobody lives, how numbers are labelled, and who our own people are.
    #[must_use]
    pub fn new(
        ranges: Vec<String>,
        bsn_systems_and_labels: Vec<String>,
        known_bsns: BTreeSet<String>,
        run_salt: &str,
    ) -> Self {
        Self {
            ledger: Mutex::new(Ledger::of_numbers(&known_bsns)),
            numbers: Numbers::new(ranges, bsn_systems_and_labels, run_salt),
            met: Mutex::default(),
        }
    }

    /// Takes up what gives our own people away: canaries, names, ids. It never counts as a secret, so that no
    /// endpoint can hide a leak by calling it a token.
    pub fn know(&self, markers: impl IntoIterator<Item = String>) {
        self.ledger().know(markers);
    }

    /// Takes up a secret; from now on it is found in every encoding. Values of fewer than six bytes are not.
    pub fn learn(&self, kind: SecretKind, value: &str) {
        let mut ledger = self.ledger();
        ledger.learn(kind, value.as_bytes());
        if kind == SecretKind::PrivateKey && value.contains("-----BEGIN") {
            // Its content may turn up without its armour.
            let content: String = value.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
            ledger.learn(kind, content.as_bytes());
        }
    }

    /// Seals a request and its answer.
    #[must_use]
    pub fn answer(&self, scope: Scope, request: &Request, carried: &Answer) -> SealedExchange {
        let asked = Asked::of(request);
        let headers = header_parts(&carried.headers);
        let trailers = header_parts(&carried.trailers);
        let body = Body::of(&carried.body, &carried.headers, carried.cut);
        let wire = headers.iter().chain(&trailers);
        let labelled: BTreeSet<Nine> = wire
            .flat_map(|(_, value)| self.numbers.labelled(value.pieces()))
            .chain(self.numbers.labelled(body.part.pieces()))
            .chain(self.numbers.labelled(body.wire_pieces()))
            .collect();
        let parts = headers.iter().chain(&trailers).flat_map(|(name, value)| [name, value]).chain([&body.part]);
        let real: BTreeSet<Nine> = labelled
            .iter()
            .filter(|nine| self.numbers.is_real(nine))
            .copied()
            .chain(parts.flat_map(|part| self.met_in(scope, part)))
            .collect();

        let mut ledger = self.ledger();
        let others: BTreeSet<Nine> = labelled
            .iter()
            .filter(|nine| !real.contains(*nine) && !ledger.is_known_number(nine))
            // What we asked for ourselves tells us nothing when it comes back.
            .filter(|nine| !asked.parts().any(|part| part.holds(|sent| sent == *nine)))
            .copied()
            .collect();
        asked.parts().for_each(|part| part.teach(&mut ledger));
        for (name, value) in headers.iter().chain(&trailers) {
            name.teach(&mut ledger);
            value.teach(&mut ledger);
        }
        body.part.teach(&mut ledger);

        let (request, mut bodies) = asked.sealed(scope, &mut ledger);
        let mut sealed_pairs = |pairs: &[(String, String)], parts: &[(Part, Part)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .zip(parts)
                .map(|((name, value), (name_part, value_part))| {
                    let shown = |part: &Part, text: &str, ledger: &mut Ledger| match part {
                        part if part.holds(|nine| real.contains(nine)) => WITHHELD.to_owned(),
                        part => text_of(part.sealed(scope, ledger, |nine| others.contains(nine)), text),
                    };
                    (shown(name_part, name, &mut ledger), shown(value_part, value, &mut ledger))
                })
                .collect()
        };
        let headers = sealed_pairs(&carried.headers, &headers);
        let trailers = sealed_pairs(&carried.trailers, &trailers);
        let stranger = body.part.holds(|nine| others.contains(nine));
        let body = if !real.is_empty() {
            body.withheld(Withheld::RealNumber)
        } else if stranger && !ledger.holds_cast(body.part.pieces()) {
            body.withheld(Withheld::OtherCast)
        } else {
            let (body, kept) = body.sealed(scope, &mut ledger, |nine| others.contains(nine));
            bodies.extend(kept);
            body
        };
        let foreign = real.iter().map(|nine| self.numbers.hash(nine)).collect();
        SealedExchange {
            request,
            response: Response { status: carried.status, headers, trailers, body },
            bodies,
            foreign,
        }
    }

    /// Seals a request that got no answer.
    #[must_use]
    pub fn request(&self, scope: Scope, request: &Request) -> (SentRequest, Vec<(String, Vec<u8>)>) {
        let asked = Asked::of(request);
        let mut ledger = self.ledger();
        asked.parts().for_each(|part| part.teach(&mut ledger));
        asked.sealed(scope, &mut ledger)
    }

    /// Takes note of what an action returned under this name, before anything that holds it is recorded; gives the
    /// numbers of real people in it.
    pub(super) fn meet(&self, scope: Scope, name: &str, value: &str) -> BTreeSet<Nine> {
        let mut real = self.numbers.named(name, &Part::of(value.as_bytes()));
        real.retain(|nine| self.numbers.is_real(nine));
        self.met().extend(real.iter().map(|nine| (scope, *nine)));
        real
    }

    /// The same, where only that it is noted matters.
    pub fn returned(&self, scope: Scope, name: &str, value: &str) {
        self.meet(scope, name, value);
    }

    /// The numbers in this part that an action returned in this scope.
    fn met_in(&self, scope: Scope, part: &Part) -> BTreeSet<Nine> {
        let met = self.met();
        if met.is_empty() {
            return BTreeSet::new();
        }
        part.numbers().into_iter().filter(|nine| met.contains(&(scope, *nine))).collect()
    }

    /// The numbers of real people in a text that stands by itself.
    pub(super) fn real_in(&self, scope: Scope, part: &Part) -> BTreeSet<Nine> {
        let mut real = self.numbers.labelled(part.pieces());
        real.retain(|nine| self.numbers.is_real(nine));
        real.extend(self.met_in(scope, part));
        real
    }

    /// The first line of a text at whose end a labelled number of a real person has been seen, from 1.
    #[must_use]
    pub fn line_of_real_number(&self, text: &str) -> Option<usize> {
        let holds = |text: &str| !self.real_in(None, &Part::of(text.as_bytes())).is_empty();
        if !holds(text) {
            return None;
        }
        // The label may stand lines before the number: of all beginnings the shortest that shows it.
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).chain([text.len()]).collect();
        let line = ends.partition_point(|end| !holds(&text[..*end]));
        Some(line.min(ends.len().saturating_sub(1)) + 1)
    }

    /// Seals any other text: what a program said, the detail of a fault. Numbers of real people go from it as well.
    #[must_use]
    pub fn text(&self, scope: Scope, text: &str) -> String {
        let part = Part::of(text.as_bytes());
        let real = self.real_in(scope, &part);
        let mut ledger = self.ledger();
        part.teach(&mut ledger);
        text_of(part.sealed(scope, &mut ledger, |nine| real.contains(nine)), text)
    }

    fn met(&self) -> MutexGuard<'_, BTreeSet<(Scope, Nine)>> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic elsewhere must not stop secrets from being sealed.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Nothing of what it knows: it knows secrets.
        f.write_str("Seal")
    }
}

/// A request, part by part.
struct Asked<'a> {
    request: &'a Request,
    url: Part,
    headers: Vec<(Part, Part)>,
    body: Body<'a>,
}

impl<'a> Asked<'a> {
    fn of(request: &'a Request) -> Self {
        Self {
            request,
            url: Part::of(request.url.as_bytes()),
            headers: header_parts(&request.headers),
            body: Body::of(&request.body, &request.headers, false),
        }
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        let headers = self.headers.iter().flat_map(|(name, value)| [name, value]);
        std::iter::once(&self.url).chain(headers).chain(std::iter::once(&self.body.part))
    }

    fn sealed(self, scope: Scope, ledger: &mut Ledger) -> (SentRequest, Vec<(String, Vec<u8>)>) {
        let url = text_of(self.url.sealed(scope, ledger, |_| false), &self.request.url);
        let mut headers = Vec::with_capacity(self.headers.len());
        for ((name, value), (name_part, value_part)) in self.request.headers.iter().zip(&self.headers) {
            headers.push((
                text_of(name_part.sealed(scope, ledger, |_| false), name),
                text_of(value_part.sealed(scope, ledger, |_| false), value),
            ));
        }
        let (body, kept) = self.body.sealed(scope, ledger, |_| false);
        let method = self.request.method.as_str().to_owned();
        (SentRequest { method, url, headers, body }, kept.into_iter().collect())
    }
}

fn header_parts(headers: &[(String, String)]) -> Vec<(Part, Part)> {
    headers.iter().map(|(name, value)| (Part::of(name.as_bytes()), Part::of_header(name, value))).collect()
}

fn text_of(sealed: Option<Vec<u8>>, text: &str) -> String {
    sealed.map_or_else(|| text.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}
