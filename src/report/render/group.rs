//! The page for a working group: coverage, and what reports of several products say about a standard.
//! It shows what `report::group` gathered.

use super::frame::Frame;
use super::html::{other, policy};
use super::view::{Piece, Prose, View, outcome_mark};
use crate::language::catalogue::Catalogue;
use crate::model::report::{Report, Said};
use crate::model::text::Lang;
use crate::report::group::{End, Group, Row};
use crate::report::words::group::{self as words, Heading};
use crate::report::words::{Label, banner, day, entry, page, period};
use askama::Template;

const STYLE: &str = concat!(include_str!("template/page.css"), include_str!("template/group.css"));

#[derive(Template)]
#[template(path = "group.html")]
struct Page<'r> {
    sides: [Side; 2],
    group: &'r Group<'r>,
    style: String,
    policy: String,
}

/// The page in one language.
struct Side {
    lang: Lang,
    as_of: Option<String>,
    first: bool,
}

/// The page; `lang` chooses the language shown first.
///
/// # Errors
/// Never for reports that this program built; the template's signature says so.
pub fn render(reports: &[&Report], catalogue: &Catalogue, lang: Lang, frame: &Frame) -> askama::Result<String> {
    let style = frame.dressed(STYLE);
    let group = Group::of(reports, catalogue);
    let side = |lang, first| Side { lang, as_of: frame.as_of.map(|of| day(of).into_said(lang)), first };
    Page { sides: [side(lang, true), side(other(lang), false)], group: &group, policy: policy(&style), style }.render()
}

impl Side {
    fn code(&self) -> &'static str {
        self.lang.pick("nl", "en")
    }

    fn say(&self, label: Label) -> &'static str {
        label.say(self.lang)
    }

    fn said<'s>(&self, said: &'s Said) -> &'s str {
        said.say(self.lang)
    }

    fn head(&self, heading: Heading) -> String {
        words::heading(heading).into_said(self.lang)
    }

    /// A sentence of ours in pieces.
    fn prose(&self, heading: Heading) -> Vec<Piece> {
        Prose::of(&self.head(heading)).0
    }

    fn tested(&self, tested: &usize, rows: &[Row]) -> String {
        words::tested(*tested, rows.len()).into_said(self.lang)
    }

    fn products(&self, number: &usize) -> String {
        words::products(*number).into_said(self.lang)
    }

    fn role(&self, end: &End) -> String {
        entry::role(&end.role).into_said(self.lang)
    }

    fn outcome(&self, end: &End) -> String {
        entry::outcome(&end.outcome).into_said(self.lang)
    }

    fn letter(&self, end: &End) -> String {
        banner::letter(&end.outcome).into_said(self.lang)
    }

    fn mark(&self, end: &End) -> &'static str {
        outcome_mark(&end.outcome)
    }

    fn product(&self, report: &Report) -> String {
        View::product(report)
    }

    fn conclusion(&self, report: &Report) -> String {
        let conclusion = &report.conclusion;
        let (word, judged) = (page::conformance(conclusion.conformance), page::completeness(conclusion.completeness));
        format!("{}, {}", word.say(self.lang), judged.say(self.lang))
    }

    fn when(&self, report: &Report) -> String {
        period(&report.run.started, report.run.finished.as_deref()).into_said(self.lang)
    }

    /// What stands under a list of rows: those that `keep` keeps.
    fn rows<'g>(&self, group: &'g Group<'_>, keep: fn(&Row) -> bool) -> Vec<&'g Row> {
        group.rows().filter(|row| keep(row)).collect()
    }
}
