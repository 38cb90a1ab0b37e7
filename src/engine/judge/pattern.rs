//! The facts by which a pattern of communication is told, gathered from the steps that a case names.
//! What a step yields is looked at as it is anywhere else.

use super::docket::Docket;
use super::names;
use crate::engine::oracle::{Exchange, pattern};
use crate::model::expectation::{Pattern, PatternWord};
use crate::model::id::StepId;
use crate::model::record::Key;
use crate::model::testcase::Step;
use crate::model::verdict::Judgement;

/// Holds what was seen in these steps against the pattern that is declared.
pub(super) fn judge(docket: &Docket<'_>, step: &Step, wanted: &Pattern) -> Option<Judgement> {
    let key = docket.records.first().map(|record| &record.key)?;
    let declared = docket.fill(step, (u64::MAX, key), &wanted.declared).ok()?;
    let declared = PatternWord::ALL.into_iter().find(|word| word.as_str() == declared)?;
    let discloses = |exchange: &Exchange<'_>| is_about(docket, step, key, wanted, exchange);
    let of = |steps: &[StepId]| -> Vec<Exchange<'_>> { steps.iter().flat_map(|one| docket.answered(one)).collect() };
    let (sent, obtained) = (of(std::slice::from_ref(&wanted.sent)), of(&wanted.obtained));
    let (others, facilities) = (of(&wanted.others), of(&wanted.facilities));
    let first_sent = sent.iter().map(|one| one.number).min();
    let first_obtained = obtained.iter().filter(|one| discloses(one)).map(|one| one.number).min();
    let facts = pattern::Facts {
        sent: first_sent.is_some(),
        first: first_sent.is_some_and(|sent| first_obtained.is_none_or(|obtained| sent < obtained)),
        content: sent.iter().any(discloses),
        obtained: first_obtained.is_some(),
        others: others.iter().any(discloses),
        registered: !facilities.is_empty(),
    };
    let all = [&sent, &obtained, &others, &facilities].into_iter().flatten();
    Some(pattern::judge(declared, facts, all.map(|one| one.number).collect()))
}

/// Whether an exchange gives away data of the person that the case is about.
fn is_about(docket: &Docket<'_>, step: &Step, key: &Key, wanted: &Pattern, exchange: &Exchange<'_>) -> bool {
    let whos = names::whos(docket, step, key, &wanted.about).unwrap_or_default();
    docket.court.register.found(exchange).iter().any(|marker| {
        // An id or a number says of whom, and nothing of what they have.
        !matches!(marker.group.as_str(), "id" | "identity")
            && whos.iter().any(|who| who.covers(&marker.member, &marker.group))
    })
}
