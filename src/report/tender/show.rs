//! What a report shows of a tender as a sheet for people: the sentence, the reasons, and requirement by requirement.
//! It shows the verdict and takes none.

use super::{Demand, Standing, Taken, TenderReason, TenderVerdict};
use crate::model::tender::DemandKind;
use crate::model::text::Lang;
use crate::report::gate::About;
use crate::report::render::sheet::{Item, Line, Section, Sheet};
use crate::report::words::{Label, bid as words, entry, gate};

/// So many requirements of one reason are named; the rest is counted.
const NAMED: usize = 20;

/// Every standing, in the order in which they are counted.
const STANDINGS: [Standing; 8] = [
    Standing::NotMet,
    Standing::NotOffered,
    Standing::NotShown,
    Standing::OtherEdition,
    Standing::MetWithRemark,
    Standing::Met,
    Standing::NotApplicable,
    Standing::ToAnswer,
];

/// The sheet in this language.
#[must_use]
pub fn sheet(verdict: &TenderVerdict, lang: Lang) -> Sheet {
    let mut sections = vec![Section {
        heading: words::reasons().into_said(lang),
        items: verdict.reasons.iter().map(|it| reason(it, lang)).collect(),
    }];
    sections.extend([DemandKind::Minimum, DemandKind::Wish, DemandKind::Question].map(|kind| Section {
        heading: words::kind(kind).into_said(lang),
        items: verdict.demands.iter().filter_map(|demand| of_kind(demand, kind, lang)).collect(),
    }));
    sections.push(Section {
        heading: gate::notes().into_said(lang),
        items: verdict.notes.iter().map(|said| Item::bare(said.say(lang))).collect(),
    });
    Sheet { title: words::title().into_said(lang), sentence: verdict.sentence.say(lang).to_owned(), sections }
}

fn reason(reason: &TenderReason, lang: Lang) -> Item {
    let says = |about: &About| {
        let role = entry::role(&about.role).into_said(lang);
        Line::says(format!("{} ({role}): {}", about.requirement, about.ended.say(lang)))
    };
    let mut lines: Vec<Line> = match reason.about.as_slice() {
        [one] => vec![Line::field(Label::Requirement.say(lang), one.text.say(lang))],
        many => many.iter().take(NAMED).map(says).collect(),
    };
    if reason.about.len() > NAMED {
        lines.push(Line::says(gate::more(reason.about.len() - NAMED).into_said(lang)));
    }
    Item { head: capital(reason.said.say(lang)), lines }
}

/// One role: how its requirements of this kind stand, in numbers, and each that does not simply hold.
fn of_kind(demand: &Demand, kind: DemandKind, lang: Lang) -> Option<Item> {
    let all: Vec<&Taken> = demand.requirements.iter().filter(|one| one.kind == kind).collect();
    if all.is_empty() {
        return None;
    }
    let role = entry::role(&demand.role).into_said(lang);
    let name = format!("{} · {role}", demand.profile);
    if kind == DemandKind::Question {
        let lines = all.iter().map(|one| Line::field(&one.requirement, one.text.say(lang))).collect();
        return Some(Item { head: name, lines });
    }
    let number = |standing| all.iter().filter(|one| one.standing == standing).count();
    let counted: Vec<String> = STANDINGS
        .into_iter()
        .filter(|standing| number(*standing) > 0)
        .map(|standing| words::times(number(standing), standing).into_said(lang))
        .collect();
    let lines = all
        .iter()
        .filter(|one| !matches!(one.standing, Standing::Met | Standing::NotApplicable))
        .map(|one| {
            let stands = one.ended.clone().unwrap_or_else(|| words::standing(one.standing)).into_said(lang);
            Line::field(format!("{} ({stands})", one.requirement), one.text.say(lang))
        })
        .collect();
    Some(Item { head: format!("{name}: {}", counted.join(", ")), lines })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
