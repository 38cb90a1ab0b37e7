//! What a tender check says, as it stands beside others in a comparison.

use super::check::{TenderConclusion, TenderReason, TenderVerdict};
use crate::model::comparison::{Against, BidShown};
use crate::model::report::Said;
use crate::model::tender::Tender;
use crate::report::words::both;

/// The verdicts about several reports, in their order.
#[must_use]
pub fn against(tender: &Tender, verdicts: &[TenderVerdict]) -> Against {
    Against {
        title: both(tender.title.nl.clone(), tender.title.en.clone()),
        buyer: tender.buyer.clone(),
        deadline: tender.deadline.clone(),
        bids: verdicts.iter().map(bid).collect(),
    }
}

fn bid(verdict: &TenderVerdict) -> BidShown {
    let conclusion = match verdict.conclusion {
        TenderConclusion::Meets => "meets",
        TenderConclusion::DoesNotMeet => "does-not-meet",
        TenderConclusion::NotShown => "not-shown",
    };
    BidShown {
        conclusion: conclusion.to_owned(),
        sentence: verdict.sentence.clone(),
        reasons: verdict.reasons.iter().map(reason).collect(),
        notes: verdict.notes.clone(),
    }
}

/// A reason with the requirements that it is about.
fn reason(reason: &TenderReason) -> Said {
    let said = &reason.said;
    // One that the sentence names already is not named again.
    let about = reason.about.iter().map(|about| about.requirement.as_str()).filter(|id| !said.nl.contains(id));
    let about: Vec<&str> = about.collect();
    match about.as_slice() {
        [] => said.clone(),
        _ => both(format!("{}: {}", said.nl, about.join(", ")), format!("{}: {}", said.en, about.join(", "))),
    }
}
