//! A decision as a sheet for people: the sentence, what is broken, what is let through and by whom.
//! It shows the decision and takes none.

use super::{About, Decision, Violation};
use crate::model::text::Lang;
use crate::report::render::sheet::{Item, Line, Section, Sheet};
use crate::report::words::{Label, entry, gate as words};

/// So many requirements of one violation are named; the rest is counted.
const NAMED: usize = 20;

/// The sheet in this language.
#[must_use]
pub fn sheet(decision: &Decision, lang: Lang) -> Sheet {
    let bare = |about: &About| Item { head: head(about, lang), lines: vec![Line::says(about.text.say(lang))] };
    let sections = [
        (words::violations(), decision.violations.iter().map(|it| violation(it, lang)).collect()),
        (words::waived(), decision.waived.iter().map(|it| waived(it, lang)).collect()),
        (words::known(), decision.known.iter().map(bare).collect()),
        (words::remarks(), decision.remarks.iter().map(bare).collect()),
        (words::notes(), decision.notes.iter().map(|said| Item::bare(said.say(lang))).collect()),
    ];
    Sheet {
        title: words::title().into_said(lang),
        sentence: decision.sentence.say(lang).to_owned(),
        sections: sections
            .into_iter()
            .map(|(heading, items): (_, Vec<Item>)| Section { heading: heading.into_said(lang), items })
            .collect(),
    }
}

fn head(about: &About, lang: Lang) -> String {
    let role = entry::role(&about.role).into_said(lang);
    format!("{} ({role}): {}", about.requirement, about.ended.say(lang))
}

fn violation(violation: &Violation, lang: Lang) -> Item {
    let mut lines: Vec<Line> = match violation.about.as_slice() {
        [one] => vec![Line::says(one.text.say(lang))],
        many => many.iter().take(NAMED).map(|about| Line::says(head(about, lang))).collect(),
    };
    if violation.about.len() > NAMED {
        lines.push(Line::says(words::more(violation.about.len() - NAMED).into_said(lang)));
    }
    if let Some(shown) = &violation.shown {
        lines.push(Line::exact(Label::Expected.say(lang), shown.expected.say(lang)));
        lines.push(Line::exact(Label::Observed.say(lang), shown.observed.say(lang)));
        let records = entry::records(&shown.records, shown.part).into_said(lang);
        let exchange = shown.exchange.iter().map(|text| format!("{text} · ")).collect::<String>();
        lines.push(Line::exact(Label::Evidence.say(lang), format!("{exchange}{records} · {}", shown.case)));
    }
    lines.push(Line::field(Label::WhatNow.say(lang), words::next(violation.rule).into_said(lang)));
    Item { head: violation.said.say(lang).to_owned(), lines }
}

fn waived(waived: &super::Waived, lang: Lang) -> Item {
    let by = words::by(&waived.owner, &waived.until).into_said(lang);
    let lines =
        vec![Line::exact(Label::Reason.say(lang), &waived.reason), Line::exact(words::owner().into_said(lang), by)];
    Item { head: head(&waived.about, lang), lines }
}
