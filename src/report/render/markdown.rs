//! A summary in Markdown for a CI job: the same reading order as the page, in one language.
//! What an endpoint sent stands in code spans, in which Markdown reads nothing.

pub(super) mod text;

use super::view::{Finding, Observation, Passed, Row, Source, Unshown, View};
use crate::model::report::Report;
use crate::model::text::Lang;
use crate::report::words::Label;
use text::{code, plain, prose, strong};

/// The summary.
#[must_use]
pub fn render(report: &Report, lang: Lang) -> String {
    let mut page = Markdown { view: View::of(report, lang), out: String::new() };
    page.conclusion();
    page.preflight();
    page.findings();
    page.subjects();
    page.outages();
    page.open();
    page.passed();
    page.about();
    page.out
}

struct Markdown {
    view: View,
    out: String,
}

impl Markdown {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// A paragraph of its own.
    fn paragraph(&mut self, text: &str) {
        self.line(text);
        self.line("");
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.paragraph(&format!("{} {text}", "#".repeat(level)));
    }

    fn conclusion(&mut self) {
        let view = &self.view;
        let mut lines = vec![format!("# {}: {}", view.say(Label::Report), plain(&view.product))];
        lines.push(strong(&view.verdict));
        lines.push(format!("{}.", plain(&view.completeness)));
        lines.extend(view.beside.iter().map(|text| plain(text)));
        if !view.leaks.is_empty() {
            let leaks = view.leaks.iter().map(|leak| {
                let seen = leak.observed.as_deref().map(|seen| format!(" — {}", code(seen))).unwrap_or_default();
                format!("- {}: {}{seen}", strong(&leak.id), plain(&leak.text))
            });
            lines.push(format!("**{}**", view.say(Label::LeakFirst)));
            lines.push(leaks.collect::<Vec<_>>().join("\n"));
        }
        lines.extend(view.banners.iter().map(|banner| format!("> {}", plain(&banner.text))));
        lines.push(rows(&view.strip));
        if let Some((name, means)) = &view.self_tested {
            lines.push(format!("{}. {}", strong(name), plain(means)));
        }
        for line in lines {
            self.paragraph(&line);
        }
    }

    fn preflight(&mut self) {
        if self.view.preflight.is_empty() {
            return;
        }
        self.heading(2, self.view.say(Label::Preflight));
        for found in std::mem::take(&mut self.view.preflight) {
            self.line(&format!("- {} {}", strong(&found.fault), code(&found.place)));
            self.line(&format!("  - {}: {}", self.view.say(Label::Observed), code(&found.detail)));
            self.line(&format!("  - {}: {}", self.view.say(Label::WhatNow), prose(&found.remedy)));
        }
        self.line("");
    }

    fn findings(&mut self) {
        self.heading(2, self.view.say(Label::Findings));
        if self.view.findings.is_empty() {
            self.paragraph(self.view.no_findings);
        }
        for finding in std::mem::take(&mut self.view.findings) {
            self.finding(&finding);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        self.heading(3, &format!("{} ({})", plain(&finding.id), plain(&finding.role)));
        let weight = finding.weight.iter().map(|text| plain(text)).collect::<Vec<_>>().join(" · ");
        self.field(Label::Verdict, &format!("{} · {weight}", strong(&finding.verdict)));
        match &finding.first {
            Some(first) => self.observation(first, ""),
            None => self.field(Label::Observed, self.view.say(Label::NoObservation)),
        }
        let text = format!("{} ({}){}", plain(&finding.text), code(&finding.full_id), sources(&finding.sources));
        self.field(Label::Requirement, &text);
        self.field(Label::WhatNow, &prose(&finding.remedy));
        if let Some(declared) = &finding.declared {
            self.field(Label::Declared, &code(declared));
        }
        self.line("");
        if !finding.more.is_empty() {
            self.fold(self.view.say(Label::MoreObservations));
            for more in &finding.more {
                self.line(&format!("- {} {}", code(&more.case), code(&more.step)));
                self.observation(more, "  ");
            }
            self.unfold();
        }
    }

    fn field(&mut self, label: Label, text: &str) {
        self.line(&format!("- **{}:** {text}", self.view.say(label)));
    }

    fn observation(&mut self, seen: &Observation, indent: &str) {
        let view = &self.view;
        let exchange = seen.exchange.as_deref().map(|text| format!("{} · ", code(text))).unwrap_or_default();
        let notes: String = seen.notes.iter().map(|note| format!(" · {}", plain(note))).collect();
        let case =
            format!("{} {}, {} {}", view.say(Label::Case), code(&seen.case), view.say(Label::Step), code(&seen.step));
        let lines = [
            (Label::Expected, code(&seen.expected)),
            (Label::Observed, code(&seen.observed)),
            (Label::Evidence, format!("{exchange}{}{notes} · {case}", plain(&seen.records))),
        ];
        let lines = lines.map(|(label, text)| format!("{indent}- **{}:** {text}", view.say(label)));
        for line in lines {
            self.line(&line);
        }
    }

    fn subjects(&mut self) {
        self.heading(2, self.view.say(Label::Categories));
        for subject in std::mem::take(&mut self.view.subjects) {
            self.heading(3, &plain(&subject.title));
            self.paragraph(&format!("{}.", plain(&subject.conclusion)));
            if subject.categories.is_empty() {
                continue;
            }
            let labels =
                [Label::Category, Label::Verdict, Label::Must, Label::Should].map(|label| self.view.say(label));
            self.line(&format!("| {} |", labels.join(" | ")));
            self.line("|---|---|---|---|");
            for one in &subject.categories {
                let cells = [&one.title, &one.conclusion, &one.must, &one.should].map(|text| plain(text));
                self.line(&format!("| {} |", cells.join(" | ")));
            }
            self.line("");
        }
        if !self.view.unclaimed.is_empty() {
            let roles: Vec<String> = self.view.unclaimed.iter().map(|role| plain(&role.title)).collect();
            self.paragraph(&format!("{}: {}.", self.view.say(Label::Unclaimed), roles.join(", ")));
        }
    }

    fn outages(&mut self) {
        if self.view.outages.is_empty() {
            return;
        }
        self.heading(2, self.view.say(Label::Outages));
        self.paragraph(self.view.say(Label::OutagesMeans));
        for outage in std::mem::take(&mut self.view.outages) {
            self.heading(3, &plain(&outage.title));
            let faults: Vec<String> = outage.faults.iter().map(|fault| plain(fault)).collect();
            self.line(&format!("| {} | {} |", self.view.say(Label::Facility), faults.join(" | ")));
            self.line(&format!("|---|{}", "---|".repeat(faults.len())));
            for row in &outage.rows {
                let cells: Vec<String> = row.cells.iter().map(|cell| plain(&cell.outcome)).collect();
                self.line(&format!("| {} | {} |", plain(&row.facility), cells.join(" | ")));
            }
            self.line("");
        }
    }

    fn open(&mut self) {
        self.heading(2, self.view.say(Label::NotShown));
        let open = std::mem::take(&mut self.view.open);
        let text = if open.is_empty() { Label::EverythingShown } else { Label::NotShownMeans };
        self.paragraph(self.view.say(text));
        for group in open {
            self.unshown(&group);
        }
    }

    fn unshown(&mut self, group: &Unshown) {
        self.heading(3, &plain(&group.reason));
        if let Some(next) = &group.next {
            self.paragraph(&format!("{}: {}", self.view.say(Label::WhatNow), prose(next)));
        }
        for one in &group.requirements {
            let limits: String = one.limits.iter().map(|text| format!(" · {}", plain(text))).collect();
            self.line(&format!("- {} ({}): {}{limits}", strong(&one.id), plain(&one.role), plain(&one.text)));
            if let Some(detail) = &one.detail {
                self.line(&format!("  - {}: {}", self.view.say(Label::Missing), code(detail)));
            }
            if let Some(declared) = &one.declared {
                self.line(&format!("  - {}: {}", self.view.say(Label::Declared), code(declared)));
            }
            for seen in &one.observations {
                self.observation(seen, "  ");
            }
        }
        self.line("");
    }

    fn passed(&mut self) {
        for (label, groups) in [
            (Label::Passed, std::mem::take(&mut self.view.passed)),
            (Label::NotApplicable, std::mem::take(&mut self.view.not_applicable)),
        ] {
            if !groups.is_empty() {
                self.fold(self.view.say(label));
                groups.iter().for_each(|group| self.ended(group));
                self.unfold();
            }
        }
    }

    fn ended(&mut self, group: &Passed) {
        self.paragraph(&strong(&group.title));
        for one in &group.requirements {
            let limits: String = one.limits.iter().map(|text| format!(" · {}", plain(text))).collect();
            self.line(&format!("- {}: {}{limits}", strong(&one.id), plain(&one.text)));
        }
        self.line("");
    }

    fn about(&mut self) {
        self.fold(self.view.say(Label::About));
        let about = rows(&self.view.about);
        self.paragraph(&about);
        for clause in std::mem::take(&mut self.view.reading) {
            let command = clause.command.map(|command| format!(" {}", code(command))).unwrap_or_default();
            let text = clause.text.as_ref().map(prose).unwrap_or_default();
            self.paragraph(&format!("**{}.** {text}{command}", clause.title));
            if !clause.points.is_empty() {
                let points = clause.points.iter().map(|(name, rule)| format!("- {}: {}", strong(name), plain(rule)));
                self.paragraph(&points.collect::<Vec<_>>().join("\n"));
            }
        }
        self.unfold();
    }

    /// Only labels of our own stand in a summary: it is HTML, in which no escape of Markdown holds.
    fn fold(&mut self, label: &'static str) {
        self.paragraph(&format!("<details><summary>{label}</summary>"));
    }

    fn unfold(&mut self) {
        self.line("");
        self.paragraph("</details>");
    }
}

fn rows(all: &[Row]) -> String {
    let cell = |row: &Row| {
        let lines = row.lines.iter().map(|line| if row.exact { code(line) } else { plain(line) });
        format!("- **{}:** {}", row.label, lines.collect::<Vec<_>>().join(", "))
    };
    all.iter().map(cell).collect::<Vec<_>>().join("\n")
}

fn sources(all: &[Source]) -> String {
    let one = |source: &Source| format!("{} ({})", plain(&source.cite), plain(&source.strength));
    let all: Vec<String> = all.iter().map(one).collect();
    if all.is_empty() { String::new() } else { format!("; {}", all.join("; ")) }
}
