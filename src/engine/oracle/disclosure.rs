//! Whether an answer discloses the people it should, and nobody else.
//! Names are resolved before; what a marker is, is for the register to say.

use super::Exchange;
use super::markers::{Kind, Register, Search, Sighting, Value};
use crate::model::finding::{Expected, Marker, Observed};
use crate::model::id::MemberId;
use crate::model::record::Withheld;
use crate::model::verdict::{Doubt, Judgement};
use std::collections::BTreeSet;

/// Somebody, or some of somebody's markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The member; nothing means everyone.
    pub member: Option<MemberId>,
    /// The group; nothing means every group.
    pub group: Option<String>,
}

/// What an answer should and should not disclose; each list that is not empty must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Something of at least one of these.
    pub any: Vec<Who>,
    /// Every canary of each of these.
    pub all: Vec<Who>,
    /// Nothing of any of these.
    pub none: Vec<Who>,
    /// Nothing of anybody but these.
    pub only: Vec<Who>,
}

/// Holds an answer against what was wanted; a breach is reported before anything that is missing.
#[must_use]
pub fn judge(wanted: &Wanted, register: &Register, exchange: &Exchange<'_>) -> Judgement {
    let seen = Seen { register, search: register.search(exchange), exchange };
    let judged = |whos: &Vec<Who>, judge: &dyn Fn(&[Who]) -> Judgement| (!whos.is_empty()).then(|| judge(whos));
    [
        judged(&wanted.none, &|whos| seen.none(whos)),
        judged(&wanted.only, &|whos| seen.only(whos)),
        judged(&wanted.all, &|whos| seen.all(whos)),
        judged(&wanted.any, &|whos| seen.any(whos)),
    ]
    .into_iter()
    .flatten()
    .reduce(|worst, next| if next.verdict > worst.verdict { next } else { worst })
    .unwrap_or_else(|| {
        let expected = Expected::DisclosesAny(Vec::new());
        Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingDisclosed, vec![exchange.number])
    })
}

impl Who {
    /// Whether a marker of this member and group is meant.
    #[must_use]
    pub fn covers(&self, member: &str, group: &str) -> bool {
        self.member.as_ref().is_none_or(|own| own.as_str() == member)
            && self.group.as_ref().is_none_or(|own| own == group)
    }

    /// As cases write it.
    #[must_use]
    pub fn written(&self) -> String {
        let member = self.member.as_ref().map_or("everyone", MemberId::as_str);
        match &self.group {
            Some(group) => format!("{member}.{group}"),
            None => member.to_owned(),
        }
    }
}

/// An answer, searched.
struct Seen<'a> {
    register: &'a Register,
    search: Search,
    exchange: &'a Exchange<'a>,
}

impl Seen<'_> {
    fn any(&self, whos: &[Who]) -> Judgement {
        let shown = self.markers(|sighting| {
            // An id alone says where a record is, not that anything of it was given.
            whos.iter()
                .any(|who| covers(who, sighting) && (!self.is_id(sighting) || who.group.as_deref() == Some("id")))
        });
        let expected = Expected::DisclosesAny(written(whos));
        if let Some(doubt) = self.doubt(&expected, !shown.is_empty()) {
            return doubt;
        }
        self.of(!shown.is_empty(), expected, disclosed(shown))
    }

    fn all(&self, whos: &[Who]) -> Judgement {
        let expected = Expected::DisclosesAll(written(whos));
        let seen: BTreeSet<usize> = self.search.sightings.iter().map(|sighting| sighting.value).collect();
        let mut missing = BTreeSet::new();
        let mut empty = false;
        for who in whos {
            let mut planted = self.planted(who).peekable();
            empty |= planted.peek().is_none();
            missing.extend(
                planted
                    .filter(|(number, _)| !seen.contains(number))
                    .map(|(_, value)| format!("{}.{}", value.member, value.group)),
            );
        }
        if let Some(doubt) = self.doubt(&expected, missing.is_empty() && !empty) {
            return doubt;
        }
        if missing.is_empty() && empty {
            // Everything of nothing is no disclosure.
            return Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingDisclosed, self.witness());
        }
        let holds = missing.is_empty();
        let observed = if holds {
            disclosed(self.markers(|sighting| whos.iter().any(|who| covers(who, sighting))))
        } else {
            Observed::Missing(missing.into_iter().collect())
        };
        self.of(holds, expected, observed)
    }

    fn none(&self, whos: &[Who]) -> Judgement {
        let expected = Expected::DisclosesNone(written(whos));
        let leaked = self.markers(|sighting| whos.iter().any(|who| covers(who, sighting)));
        let everyone = whos.iter().any(|who| who.member.is_none() && who.group.is_none());
        self.absent(expected, leaked, everyone)
    }

    fn only(&self, whos: &[Who]) -> Judgement {
        let expected = Expected::DisclosesOnly(written(whos));
        let leaked = self.markers(|sighting| !whos.iter().any(|who| covers(who, sighting)));
        let everyone = whos.iter().any(|who| who.member.is_none() && who.group.is_none());
        self.absent(expected, leaked, !everyone)
    }

    /// Judges that nothing leaked; `others` says whether people outside the cast would be a leak too.
    fn absent(&self, expected: Expected, leaked: Vec<Marker>, others: bool) -> Judgement {
        if !leaked.is_empty() {
            return self.of(false, expected, Observed::Disclosed(leaked)).breach();
        }
        if self.is_real() {
            let observed = Observed::ForeignData("real-number".to_owned());
            return self.of(false, expected, observed).breach();
        }
        if others && self.holds_other_cast() {
            return self.of(false, expected, Observed::ForeignData("other-cast".to_owned())).breach();
        }
        if let Some(doubt) = self.unseen(&expected) {
            return doubt;
        }
        self.of(true, expected, Observed::NothingDisclosed)
    }

    /// Why nothing can be said of what should be there, if so.
    fn doubt(&self, expected: &Expected, holds: bool) -> Option<Judgement> {
        if self.is_real() {
            let observed = Observed::ForeignData("real-number".to_owned());
            return Some(Judgement::doubtful(Doubt::ForeignData, expected.clone(), observed, self.witness()));
        }
        if holds { None } else { self.unseen(expected) }
    }

    /// Why absence cannot be seen, if so: part of the answer is not there to look at.
    fn unseen(&self, expected: &Expected) -> Option<Judgement> {
        let body = &self.exchange.response.body;
        let (doubt, observed) = if body.withheld == Some(Withheld::OtherCast) {
            (Doubt::ForeignData, Observed::ForeignData("other-cast".to_owned()))
        } else if body.cut {
            (Doubt::EvidenceDoesNotFit, Observed::Unreadable("cut".to_owned()))
        } else if self.search.exhausted {
            (Doubt::EvidenceDoesNotFit, Observed::Unreadable("too-large".to_owned()))
        } else {
            return None;
        };
        Some(Judgement::doubtful(doubt, expected.clone(), observed, self.witness()))
    }

    /// A real number anywhere in an answer keeps its body out of the recording.
    fn is_real(&self) -> bool {
        self.exchange.response.body.withheld == Some(Withheld::RealNumber)
    }

    fn holds_other_cast(&self) -> bool {
        let blank = crate::engine::seal::WITHHELD;
        let response = self.exchange.response;
        response.body.withheld == Some(Withheld::OtherCast)
            || response.headers.iter().chain(&response.trailers).any(|(_, value)| value.contains(blank))
            || self.exchange.body.windows(blank.len()).any(|window| window == blank.as_bytes())
    }

    /// What was planted for somebody: canaries, and where identity is asked for, numbers and names.
    fn planted<'a>(&'a self, who: &'a Who) -> impl Iterator<Item = (usize, &'a Value)> {
        let identity = who.group.as_deref() == Some("identity");
        self.register.values().iter().enumerate().filter(move |(number, value)| {
            who.covers(&value.member, &value.group)
                && match value.kind {
                    Kind::Canary => true,
                    // A number by which somebody was asked for cannot show that it was given.
                    Kind::Identity => identity && !self.search.sent.contains(number),
                    Kind::Reference { .. } => false,
                }
        })
    }

    fn markers(&self, wanted: impl Fn(&Sighting) -> bool) -> Vec<Marker> {
        let found: BTreeSet<Marker> = self
            .search
            .sightings
            .iter()
            .filter(|sighting| wanted(sighting))
            .map(|found| found.marker.clone())
            .collect();
        found.into_iter().collect()
    }

    fn is_id(&self, sighting: &Sighting) -> bool {
        self.register.values().get(sighting.value).is_some_and(|value| matches!(value.kind, Kind::Reference { .. }))
    }

    fn of(&self, holds: bool, expected: Expected, observed: Observed) -> Judgement {
        Judgement::of(holds, expected, observed, self.witness())
    }

    fn witness(&self) -> Vec<u64> {
        vec![self.exchange.number]
    }
}

fn covers(who: &Who, sighting: &Sighting) -> bool {
    who.covers(&sighting.marker.member, &sighting.marker.group)
}

fn disclosed(markers: Vec<Marker>) -> Observed {
    if markers.is_empty() { Observed::NothingDisclosed } else { Observed::Disclosed(markers) }
}

fn written(whos: &[Who]) -> Vec<String> {
    whos.iter().map(Who::written).collect()
}

#[cfg(test)]
mod tests;
