//! The summary for a buyer: two pages of plain words in both languages, in the same single file as every page.
//! It shows what `report::buyer` selected.

use super::frame::Frame;
use super::html::{other, policy};
use super::view::{Banner, banners};
use crate::model::report::{CategoryConclusion, Conformance, Report, Said};
use crate::model::text::Lang;
use crate::report::buyer::Summary;
use crate::report::words::buyer::{self, Heading};
use crate::report::words::{self, Label, page};
use askama::Template;

const STYLE: &str = concat!(include_str!("template/page.css"), include_str!("template/buyer.css"));

#[derive(Template)]
#[template(path = "buyer.html")]
struct Page {
    sides: [Side; 2],
    style: String,
    policy: String,
}

/// The summary in one language.
struct Side {
    lang: Lang,
    tone: &'static str,
    verdict: String,
    judged: String,
    banners: Vec<Banner>,
    summary: Summary,
    when: String,
    tested_by: Option<String>,
}

/// The summary; `lang` chooses the language shown first.
///
/// # Errors
/// Never for a report that this program built; the template's signature says so.
pub fn render(report: &Report, lang: Lang, frame: &Frame) -> askama::Result<String> {
    let style = frame.dressed(STYLE);
    let sides = [lang, other(lang)].map(|lang| side(report, lang, frame));
    Page { sides, policy: policy(&style), style }.render()
}

fn side(report: &Report, lang: Lang, frame: &Frame) -> Side {
    Side {
        lang,
        tone: match report.conclusion.conformance {
            Conformance::Conformant => "good",
            Conformance::NotConformant => "bad",
            Conformance::NotShown => "open",
        },
        verdict: buyer::verdict(report.conclusion.conformance).into_said(lang),
        judged: buyer::judged(report.conclusion.completeness).into_said(lang),
        banners: banners(report, frame, lang).into_iter().filter(|one| one.kind != "partial").collect(),
        summary: Summary::of(report, frame),
        when: words::period(&report.run.started, report.run.finished.as_deref()).into_said(lang),
        tested_by: report.run.self_tested.then(|| page::self_tested_means().into_said(lang)),
    }
}

impl Side {
    fn code(&self) -> &'static str {
        self.lang.pick("nl", "en")
    }

    fn say(&self, label: Label) -> &'static str {
        label.say(self.lang)
    }

    fn head(&self, heading: Heading) -> String {
        buyer::heading(heading).into_said(self.lang)
    }

    fn said(&self, said: &Said) -> String {
        said.say(self.lang).to_owned()
    }

    // The template hands over what it shows by reference.
    fn more(&self, number: &usize) -> String {
        buyer::more(*number).into_said(self.lang)
    }

    fn conclusion(&self, conclusion: &CategoryConclusion) -> String {
        page::category(*conclusion).into_said(self.lang)
    }

    fn mark(&self, conclusion: &CategoryConclusion) -> &'static str {
        match conclusion {
            CategoryConclusion::Meets => "meets",
            CategoryConclusion::MeetsWithRemarks => "remarks",
            CategoryConclusion::NotShown => "not-shown",
            CategoryConclusion::DoesNotMeet => "fails",
            CategoryConclusion::NotApplicable => "none",
        }
    }
}
