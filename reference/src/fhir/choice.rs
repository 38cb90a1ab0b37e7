//! What a patient chose, read from Consent resources and from the portal alike.
//! This says what was chosen, not what follows from it.

use super::date;
use super::store::{Store, URA};
use serde_json::Value;
use time::OffsetDateTime;

/// What the portal recorded for one patient, with just enough past to explain it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) stance: Stance,
    objected_before: bool,
    /// A permission whose place was taken by the objection that stands now.
    overridden_permit: bool,
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

impl Choice {
    pub(crate) fn change(&mut self, stance: Stance, until: Option<OffsetDateTime>) {
        self.permitted_before |= self.stance == Stance::Permit;
        self.until = until;
        self.objected_before |= self.stance == Stance::Objection;
        self.overridden_permit =
            stance == Stance::Objection && (self.stance == Stance::Permit || self.overridden_permit);
        self.stance = stance;
    }
}

/// Every choice of one patient at one holder.
pub(crate) struct Choices<'a> {
    pub(crate) store: &'a Store,
    pub(crate) recorded: Option<Choice>,
    pub(crate) patient: &'a str,
    /// The moment at which choices are judged; without one their beginning and end do not count.
    pub(crate) now: Option<OffsetDateTime>,
}

impl Choices<'_> {
    /// Whether an objection stands against this organisation, or against anybody when none is named.
    pub(crate) fn objected(&self, ura: Option<&str>) -> bool {
        self.stance() == Stance::Objection || self.now("deny", ura)
    }

    /// Whether a permission stands for this organisation, or for anybody when none is named.
    pub(crate) fn permitted(&self, ura: Option<&str>) -> bool {
        self.stance() == Stance::Permit || self.now("permit", ura)
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
                    .any(|consent| self.says(consent, "deny", None))
            })
    }

    /// Whether there was ever a permission, ended or not.
    pub(crate) fn ever_permitted(&self) -> bool {
        let recorded = self.recorded.is_some_and(|choice| choice.permitted_before || choice.stance == Stance::Permit);
        recorded
            || self.store.about(self.patient, "Consent").any(|record| {
                let bodies = record.versions.iter().filter_map(|version| version.body.as_deref());
                bodies.into_iter().any(|consent| self.says(consent, "permit", None))
            })
    }

    fn stance(&self) -> Stance {
        let ended = |choice: &Choice| matches!((choice.until, self.now), (Some(until), Some(now)) if choice.stance == Stance::Permit && until <= now);
        self.recorded.filter(|choice| !ended(choice)).map_or(Stance::None, |choice| choice.stance)
    }

    fn now(&self, what: &str, ura: Option<&str>) -> bool {
        self.store
            .about(self.patient, "Consent")
            .filter_map(|record| record.live())
            .any(|(_, consent)| self.says(consent, what, ura) && self.in_force(consent, what))
    }

    /// Whether now lies in the period of a provision. One that cannot be read never opens anything.
    fn in_force(&self, consent: &Value, what: &str) -> bool {
        let period = &consent["provision"]["period"];
        let (Some(now), false) = (self.now, period.is_null()) else {
            return true;
        };
        match date::stored(period) {
            Some(span) => span.from.is_none_or(|from| from <= now) && span.until.is_none_or(|until| now < until),
            None => what == "deny",
        }
    }

    fn says(&self, consent: &Value, what: &str, ura: Option<&str>) -> bool {
        consent["status"] == "active"
            && consent["provision"]["type"] == what
            && self.store.patient_of(consent).as_deref() == Some(self.patient)
            && ura.is_none_or(|ura| concerns(consent, ura))
    }
}

/// A provision without actors concerns everybody.
fn concerns(consent: &Value, ura: &str) -> bool {
    match consent["provision"]["actor"].as_array() {
        Some(actors) if !actors.is_empty() => actors.iter().any(|actor| {
            let identifier = &actor["reference"]["identifier"];
            identifier["system"] == URA && identifier["value"] == ura
        }),
        _ => true,
    }
}
