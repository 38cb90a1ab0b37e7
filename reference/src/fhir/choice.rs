//! What a patient chose, read from Consent resources and from the portal alike, and what that decides.
//! A more specific choice goes before a less specific one; of equally specific ones the objection wins.

use super::date;
use super::store::{Store, URA};
use crate::app::Setup;
use crate::defect::Defect;
use serde_json::Value;
use std::cmp::Reverse;
use time::OffsetDateTime;

/// The most choices that one patient can record at the portal.
const MOST: usize = 500;

/// What the portal recorded for one patient, with just enough past to explain it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) stance: Stance,
    objected_before: bool,
    /// A permission whose place was taken by the objection that stands now.
    overridden_permit: bool,
    /// Choices about a part, oldest first.
    parts: Vec<Part>,
    permitted_before: bool,
    /// When the permission ends, if it has an end.
    until: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stance {
    #[default]
    None,
    Objection,
    Permit,
}

/// A part of a patient's data, or of those who ask for them; what is not named is all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) kind: Option<String>,
    pub(crate) ura: Option<String>,
}

#[derive(Clone, Debug)]
struct Part {
    scope: Scope,
    stance: Stance,
}

impl Choice {
    pub(crate) fn change(&mut self, stance: Stance, until: Option<OffsetDateTime>) {
        self.permitted_before |= self.stance == Stance::Permit;
        self.until = until;
        self.objected_before |= self.stance == Stance::Objection;
        self.overridden_permit =
            stance == Stance::Objection && (self.stance == Stance::Permit || self.overridden_permit);
        self.stance = stance;
    }

    /// Records a choice about a part; whoever chose about that part before chooses anew.
    pub(crate) fn change_part(&mut self, scope: Scope, stance: Stance) {
        self.objected_before |= stance == Stance::Objection;
        self.parts.retain(|part| part.scope != scope);
        if self.parts.len() < MOST {
            self.parts.push(Part { scope, stance });
        }
    }

    /// Takes every objection back; what it took the place of holds again.
    pub(crate) fn withdraw(&mut self) {
        self.parts.retain(|part| part.stance != Stance::Objection);
        if self.stance == Stance::Objection {
            let before = if self.overridden_permit { Stance::Permit } else { Stance::None };
            self.change(before, None);
        }
    }

    /// As if nothing had ever been chosen.
    pub(crate) fn clear(&mut self) {
        self.parts.clear();
        self.change(Stance::None, None);
    }
}

/// One choice that stands, wherever it was recorded.
struct Provision {
    permits: bool,
    kinds: Vec<String>,
    uras: Vec<String>,
    /// Later choices have higher numbers.
    order: usize,
}

impl Provision {
    fn concerns(&self, kind: &str, ura: &str) -> bool {
        let holds = |listed: &[String], one: &str| listed.is_empty() || listed.iter().any(|known| known == one);
        holds(&self.kinds, kind) && holds(&self.uras, ura)
    }

    fn specificity(&self) -> usize {
        usize::from(!self.kinds.is_empty()) + usize::from(!self.uras.is_empty())
    }
}

/// Every choice of one patient at one holder.
pub(crate) struct Choices<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) store: &'a Store,
    pub(crate) recorded: Option<&'a Choice>,
    pub(crate) patient: &'a str,
    /// The moment at which choices are judged; without one their beginning and end do not count.
    pub(crate) now: Option<OffsetDateTime>,
}

impl Choices<'_> {
    /// What the choices say about data of this type for this organisation; nothing if none concerns it.
    ///
    /// Whoever is deaf to objections hears permissions only.
    pub(crate) fn decision(&self, kind: &str, ura: &str, deaf: bool) -> Option<bool> {
        let mut concerned: Vec<Provision> = self.provisions().into_iter().filter(|one| one.permits || !deaf).collect();
        if self.setup.has(Defect::ObjectionScopeIgnored) {
            concerned.iter_mut().filter(|one| !one.permits).for_each(|one| {
                one.kinds.clear();
                one.uras.clear();
            });
        }
        if self.setup.has(Defect::ConsentCategoryCollapses) {
            concerned.iter_mut().filter(|one| one.permits).for_each(|one| one.kinds.clear());
        }
        concerned.retain(|one| one.concerns(kind, ura));
        if self.setup.has(Defect::TwoConsentsCancelOut) && concerned.iter().filter(|one| one.permits).count() > 1 {
            concerned.retain(|one| !one.permits);
        }
        if self.setup.has(Defect::LastChoiceWins) {
            return concerned.iter().max_by_key(|one| one.order).map(|one| one.permits);
        }
        // The objection comes first among equals: false sorts before true.
        concerned.sort_by_key(|one| (Reverse(one.specificity()), one.permits));
        concerned.first().map(|one| one.permits)
    }

    /// Whether the patient is shown an objection of any width.
    pub(crate) fn objected(&self) -> bool {
        self.provisions().iter().any(|one| !one.permits)
    }

    /// Whether the patient is shown a permission of any width.
    pub(crate) fn consented(&self) -> bool {
        self.provisions().iter().any(|one| one.permits)
    }

    /// Whether the objection that stands at the portal took the place of a permission.
    pub(crate) fn permitted_but_for_objection(&self) -> bool {
        self.recorded.is_some_and(|choice| choice.overridden_permit)
    }

    /// Whether there was ever an objection, withdrawn or not.
    pub(crate) fn ever_objected(&self) -> bool {
        let recorded = self.recorded.is_some_and(|choice| choice.objected_before || choice.stance == Stance::Objection);
        recorded
            || self.store.about(self.patient, "Consent").any(|record| {
                record
                    .versions
                    .iter()
                    .filter_map(|version| version.body.as_deref())
                    .any(|consent| self.stands(consent) && consent["provision"]["type"] == "deny")
            })
    }

    fn provisions(&self) -> Vec<Provision> {
        let mut all = Vec::new();
        if let Some(choice) = self.recorded {
            let whole = (choice.stance != Stance::None && !self.is_over(choice))
                .then(|| Part { scope: Scope::default(), stance: choice.stance });
            all.extend(whole.iter().chain(&choice.parts).enumerate().map(|(order, part)| Provision {
                permits: part.stance == Stance::Permit,
                kinds: part.scope.kind.clone().into_iter().collect(),
                uras: part.scope.ura.clone().into_iter().collect(),
                order,
            }));
        }
        for record in self.store.about(self.patient, "Consent") {
            let Some((_, consent)) = record.live().filter(|(_, consent)| self.stands(consent)) else { continue };
            let permits = match consent["provision"]["type"].as_str() {
                Some("permit") => true,
                Some("deny") => false,
                _ => continue,
            };
            if self.in_force(consent, permits) {
                all.push(Provision { permits, kinds: kinds_of(consent), uras: uras_of(consent), order: record.rank });
            }
        }
        all
    }

    /// Whether a permission at the portal has ended.
    fn is_over(&self, choice: &Choice) -> bool {
        let permits = choice.stance == Stance::Permit;
        matches!((choice.until, self.now), (Some(until), Some(now)) if permits && until <= now)
    }

    /// Whether there was ever a permission, ended or not.
    pub(crate) fn ever_permitted(&self) -> bool {
        let recorded = self.recorded.is_some_and(|choice| choice.permitted_before || choice.stance == Stance::Permit);
        recorded
            || self.store.about(self.patient, "Consent").any(|record| {
                let bodies = record.versions.iter().filter_map(|version| version.body.as_deref());
                bodies.into_iter().any(|consent| self.stands(consent) && consent["provision"]["type"] == "permit")
            })
    }

    /// Whether now lies in the period of a provision. One that cannot be read never opens anything.
    fn in_force(&self, consent: &Value, permits: bool) -> bool {
        let period = &consent["provision"]["period"];
        let (Some(now), false) = (self.now, period.is_null()) else {
            return true;
        };
        match date::stored(period) {
            Some(span) => span.from.is_none_or(|from| from <= now) && span.until.is_none_or(|until| now < until),
            None => !permits,
        }
    }

    fn stands(&self, consent: &Value) -> bool {
        consent["status"] == "active" && self.store.patient_of(consent).as_deref() == Some(self.patient)
    }
}

/// The types that a provision names; none means all.
fn kinds_of(consent: &Value) -> Vec<String> {
    let listed = consent["provision"]["class"].as_array().into_iter().flatten();
    listed.filter_map(|class| class["code"].as_str()).map(str::to_owned).collect()
}

/// The organisations that a provision names; none means everybody.
fn uras_of(consent: &Value) -> Vec<String> {
    let listed = consent["provision"]["actor"].as_array().into_iter().flatten();
    listed
        .map(|actor| &actor["reference"]["identifier"])
        .map(|identifier| match (identifier["system"].as_str(), identifier["value"].as_str()) {
            (Some(URA), Some(value)) => value.to_owned(),
            // Somebody we do not know: the provision concerns nobody who can ask here.
            _ => String::new(),
        })
        .collect()
}
