//! The comparison in short, for a terminal: what may not be compared first, then who leaks, then who offers what.
//! Every text of a report is made harmless before it is shown.

use super::view::{Limit, View};
use crate::model::comparison::Comparison;
use crate::model::text::Lang;
use crate::report::render::unheard;
use crate::report::words::Label;

/// Of more obstacles than this the others stand in the files.
const SHOWN: usize = 12;
/// The same for who has what.
const VALUES: usize = 8;

/// The summary; `written` names the files that were written.
#[must_use]
pub fn render(all: &Comparison, lang: Lang, written: &[String]) -> String {
    let view = View::new(all, lang, &[]);
    let mut out = format!("{}\n{}\n", Label::Comparison.say(lang), view.extent());
    let (refused, noted) = (view.refused(), view.noted());
    heading(&mut out, Label::NotToCompare.say(lang));
    if refused.is_empty() {
        line(&mut out, 2, Label::AllToCompare.say(lang));
    }
    obstacles(&mut out, &view, &refused);
    if !noted.is_empty() {
        heading(&mut out, Label::ToKnow.say(lang));
        obstacles(&mut out, &view, &noted);
    }
    if !all.leaks.is_empty() {
        heading(&mut out, Label::LeakFirst.say(lang));
        for leak in &all.leaks {
            let text = leak.text.say(lang);
            line(
                &mut out,
                2,
                &format!(
                    "{}: {} ({}): {}: {text}",
                    view.letters(&leak.reports),
                    leak.requirement,
                    view.role(&leak.role),
                    Label::NotKept.say(lang)
                ),
            );
        }
    }
    if let Some(against) = &all.against {
        heading(&mut out, Label::AgainstTender.say(lang));
        for (party, bid) in view.bids() {
            line(&mut out, 2, &format!("{}  {}: {}", party.letter, view.bid(&bid.conclusion), bid.sentence.say(lang)));
            bid.reasons.iter().for_each(|reason| line(&mut out, 4, reason.say(lang)));
        }
        line(&mut out, 2, &format!("{}: {}", Label::Deadline.say(lang), against.deadline));
    }
    heading(&mut out, Label::Reports.say(lang));
    for party in &all.reports {
        let conclusion = view.conformance(party.conclusion.conformance).to_lowercase();
        let judged = view.judged(party.conclusion.completeness);
        line(&mut out, 2, &format!("{}  {}, {}: {conclusion}, {judged}", party.letter, party.name, view.date(party)));
    }
    heading(&mut out, Label::Matrix.say(lang));
    for subject in &all.subjects {
        line(&mut out, 2, &format!("{}. {}", view.subject(subject), view.offer(subject)));
    }
    if !written.is_empty() {
        out.push('\n');
        for path in written {
            line(&mut out, 0, &format!("{} {path}", lang.pick("geschreven:", "written:")));
        }
    }
    out
}

fn obstacles(out: &mut String, view: &View<'_>, all: &[Limit<'_>]) {
    for limit in all.iter().take(SHOWN) {
        let (one, scopes) = (limit.one, view.scopes(limit));
        if !scopes.is_empty() {
            line(out, 2, &scopes);
        }
        line(out, if scopes.is_empty() { 2 } else { 4 }, one.says.say(view.lang));
        for held in one.values.iter().take(VALUES) {
            line(out, 6, &format!("{}: {}", view.letters(&held.reports), held.value.say(view.lang)));
        }
        if one.values.len() > VALUES {
            line(out, 6, &format!("… {}", one.values.len() - VALUES));
        }
    }
    if all.len() > SHOWN {
        line(out, 2, &format!("… {}", all.len() - SHOWN));
    }
}

fn heading(out: &mut String, text: &str) {
    out.push_str(&format!("\n{text}\n"));
}

fn line(out: &mut String, indent: usize, text: &str) {
    out.push_str(&format!("{:indent$}{}\n", "", unheard(text)));
}
