//! The terminal: what fails first, then the counts, then what to do next.
//! Colour only where the caller says the terminal has it; every mark is a letter too.

use super::{unheard, visible};
use crate::model::report::{CaseEntry, Conformance, JudgementEntry, Report, RequirementEntry, StepEntry};
use crate::model::text::Lang;
use crate::report::ground::leaked;
use crate::report::words::{self, Label, entry};
use std::collections::BTreeSet;

/// Whether escape sequences may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// They may.
    Ansi,
    /// Plain text.
    Plain,
}

/// The report as text. `folder` is where the run can be found; it is shown, not read.
#[must_use]
pub fn render(report: &Report, lang: Lang, colour: Colour, folder: &str) -> String {
    let mut page = Page { report, lang, colour, out: String::new() };
    page.preflight();
    page.findings();
    page.unjudged();
    page.passed();
    page.counts();
    page.next(folder);
    page.out
}

struct Page<'a> {
    report: &'a Report,
    lang: Lang,
    colour: Colour,
    out: String,
}

const RED: &str = "31;1";
const YELLOW: &str = "33;1";
const GREEN: &str = "32;1";
const BOLD: &str = "1";

impl<'a> Page<'a> {
    /// A line of which the beginning has a colour. The only escape sequences that reach the terminal stand here.
    fn painted(&mut self, code: &str, text: &str, rest: &str) {
        let (text, rest) = (unheard(text), unheard(rest.trim_end()));
        match self.colour {
            Colour::Ansi => self.out.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m{rest}\n")),
            Colour::Plain => self.out.push_str(&format!("{text}{rest}\n")),
        }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(&unheard(text.trim_end()));
        self.out.push('\n');
    }

    fn role(&self, role: &str) -> String {
        entry::role(role).into_said(self.lang)
    }

    /// English has the words of RFC 2119, which whoever reads English here knows.
    fn obligation(&self, word: &str) -> String {
        self.lang.pick(entry::obligation(word).nl, word.to_uppercase())
    }

    fn preflight(&mut self) {
        for finding in &self.report.preflight {
            let title = self.lang.pick("FOUT IN DE INRICHTING", "CONFIGURATION");
            self.painted(RED, &format!("{title} {} · {}", finding.fault, finding.place), "");
            if let Some(what) = entry::parse("config-error", Some(&finding.fault)).and_then(words::because) {
                self.line(&format!("  {}", what.say(self.lang)));
            }
            let (detail, remedy) = (visible(&finding.detail), finding.remedy.say(self.lang));
            let (seen, what) = (self.lang.pick("Gezien", "Seen"), self.lang.pick("Wat nu", "Do"));
            self.line(&format!("  {seen:<11}{detail}"));
            self.line(&format!("  {what:<11}{remedy}"));
            self.line("");
        }
    }

    /// Failures and warnings, the worst severity first; a leaked person stands before them all, whatever the verdict counts as.
    fn findings(&mut self) {
        let mut broken: Vec<&'a RequirementEntry> =
            self.report.requirements.iter().filter(|r| matches!(r.outcome.as_str(), "fail" | "warn")).collect();
        let rank = |entry: &RequirementEntry| {
            let severity = ["I", "II", "III", "IV"].iter().position(|s| *s == entry.severity).unwrap_or(4);
            (!leaked(self.report, entry), entry.outcome != "fail", severity)
        };
        broken.sort_by_key(|entry| rank(entry));
        for entry in broken {
            self.finding(entry);
        }
    }

    fn finding(&mut self, entry: &'a RequirementEntry) {
        let leaked = leaked(self.report, entry);
        let failed = entry.outcome == "fail";
        let word = if failed { self.lang.pick("VOLDOET NIET", "FAIL") } else { self.lang.pick("OPMERKING", "WARN") };
        let code = if failed || leaked { RED } else { YELLOW };
        let severity = self.lang.pick("ernst", "severity");
        let title = format!(
            "{word} {} · {} · {} · {severity} {}",
            entry.id,
            self.role(&entry.role),
            self.obligation(&entry.effective),
            entry.severity
        );
        self.painted(code, &title, "");
        // The word alone would say that it matters little.
        if leaked && !failed {
            self.line(&format!("  {}", Label::LeakFirst.say(self.lang)));
        }
        let text = entry.text.say(self.lang);
        self.line(&format!("  {text}"));
        if let Some(lowered) = &entry.lowered {
            let text = lowered.say(self.lang);
            self.line(&format!("  {text}"));
        }
        let broken = |case: &&CaseEntry| entry.cases.contains(&case.id) && case.steps.iter().any(|s| bears(s, entry));
        let cases: Vec<&CaseEntry> = self.report.cases.iter().filter(broken).collect();
        for case in cases.iter().take(3) {
            self.case(case, entry);
        }
        if cases.len() > 3 {
            let more = cases.len() - 3;
            let (and, with) = self
                .lang
                .pick(("en nog", "uitvoeringen met hetzelfde oordeel"), ("and", "more instances with this verdict"));
            self.line(&format!("  … {and} {more} {with}"));
        }
        if let Some(remedy) = &entry.remedy {
            let (what, remedy) = (self.lang.pick("Wat nu", "Do"), remedy.say(self.lang));
            self.line(&format!("  {what:<11}{remedy}"));
        }
        self.line("");
    }

    fn case(&mut self, case: &CaseEntry, entry: &RequirementEntry) {
        let each: Vec<String> = case.each.iter().map(|(name, value)| format!("{name}={}", visible(value))).collect();
        let label = self.lang.pick("Testgeval", "Case");
        self.line(&format!("  {label:<11}{} {}", case.id, each.join(" ")));
        for step in case.steps.iter().filter(|step| bears(step, entry)) {
            for judgement in step.judgements.iter().filter(|judgement| judgement.verdict == "fail").take(2) {
                self.judgement(case, step, judgement);
            }
        }
    }

    fn judgement(&mut self, case: &CaseEntry, step: &StepEntry, judgement: &JudgementEntry) {
        let of: Vec<String> = judgement.of.iter().map(|(name, value)| format!("{name}={}", visible(value))).collect();
        let times = if judgement.times > 1 { format!(" (×{})", judgement.times) } else { String::new() };
        let records = judgement.records.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let (expected, observed) = (judgement.expected.say(self.lang), judgement.observed.say(self.lang));
        let evidence = entry::evidence(&step.evidence).into_said(self.lang);
        let labels = [
            (self.lang.pick("Stap", "Step"), format!("{} {}{times}", step.id, of.join(" "))),
            (self.lang.pick("Verwacht", "Expected"), expected.to_owned()),
            (self.lang.pick("Gezien", "Observed"), visible(observed)),
            (self.lang.pick("Verzoek", "Exchange"), judgement.exchange.as_deref().map(visible).unwrap_or_default()),
            (
                self.lang.pick("Bewijs", "Evidence"),
                format!("{} record {records} ({evidence})", entry::recording(case.part)),
            ),
        ];
        for (label, text) in labels.into_iter().filter(|(_, text)| !text.is_empty()) {
            self.line(&format!("    {label:<10}{text}"));
        }
    }

    /// What could not be judged, grouped by reason, so that forty missing bindings are one line each.
    fn unjudged(&mut self) {
        let open: Vec<&RequirementEntry> = self
            .report
            .requirements
            .iter()
            .filter(|r| matches!(r.outcome.as_str(), "inconclusive" | "error" | "config-error" | "not-tested"))
            .filter(|r| r.reason.as_deref() != Some("not-selected"))
            .collect();
        if open.is_empty() {
            return;
        }
        let title = self.lang.pick("Niet aangetoond", "Not shown");
        self.painted(BOLD, title, "");
        let width = open.iter().map(|entry| entry.id.as_str().len()).max().unwrap_or(0);
        let roles = open.iter().map(|entry| self.role(&entry.role).chars().count()).max().unwrap_or(0);
        for one in open {
            let ended = entry::ended(one).into_said(self.lang);
            // The code stands beside the words, for `explain` knows it by that.
            let code = one.reason.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
            let detail = entry::missing(one).map(|detail| format!(": {}", visible(detail))).unwrap_or_default();
            let why = self.why(one).map(|why| format!(" — {why}")).unwrap_or_default();
            let role = self.role(&one.role);
            self.line(&format!("  {:<width$}  {role:<roles$}  {ended}{code}{detail}{why}", one.id.as_str()));
        }
        self.line("");
    }

    /// What passed, by profile, so that a reader sees what the counts are counts of.
    fn passed(&mut self) {
        let passed = |entry: &&RequirementEntry| entry.outcome == "pass";
        let mut groups: Vec<(&str, &str)> = Vec::new();
        for entry in self.report.requirements.iter().filter(passed) {
            let group = (entry.id.profile(), entry.role.as_str());
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        for (profile, role) in groups {
            let of_group = |entry: &&RequirementEntry| entry.id.profile() == profile && entry.role == role;
            let ids: Vec<&str> =
                self.report.requirements.iter().filter(passed).filter(of_group).map(|r| r.id.local()).collect();
            self.painted(GREEN, self.lang.pick("Voldoet", "Pass"), &format!(" {profile} · {}", self.role(role)));
            for line in wrapped(&ids, 100) {
                self.line(&format!("  {line}"));
            }
            self.line("");
        }
    }

    /// The first control or premise that did not hold, for a requirement that is inconclusive.
    fn why(&self, entry: &RequirementEntry) -> Option<String> {
        if entry.outcome != "inconclusive" {
            return None;
        }
        let case = self.report.cases.iter().find(|c| entry.cases.contains(&c.id) && c.outcome == "inconclusive")?;
        let step = case.steps.iter().find(|step| step.outcome == "inconclusive")?;
        let judgement = step.judgements.iter().find(|judgement| judgement.verdict != "pass");
        let observed =
            judgement.map(|one| format!("; {} — {}", one.expected.say(self.lang), one.observed.say(self.lang)));
        Some(visible(&format!("{}/{}{}", case.id, step.id, observed.unwrap_or_default())))
    }

    fn counts(&mut self) {
        let report = self.report;
        let conclusion = &report.conclusion;
        let (sentence, code) = match conclusion.conformance {
            Conformance::Conformant => (
                self.lang.pick(
                    "Conform: aan alle getoetste verplichtingen is voldaan.",
                    "Conformant: every applicable MUST was judged and none failed.",
                ),
                GREEN,
            ),
            Conformance::NotConformant => (
                self.lang.pick(
                    "Niet conform: aan een of meer verplichtingen is niet voldaan.",
                    "Not conformant: at least one MUST failed.",
                ),
                RED,
            ),
            Conformance::NotShown => (
                self.lang.pick(
                    "Niet aangetoond: niet iedere verplichting is beoordeeld.",
                    "Not shown: not every MUST was judged.",
                ),
                YELLOW,
            ),
        };
        self.painted(code, sentence, "");
        let completeness = conclusion.completeness;
        let (of, judged) = self.lang.pick(("van", "verplichtingen beoordeeld"), ("of", "MUSTs judged"));
        let text = format!(
            "{} {of} {} {judged} · {} {} · {}",
            completeness.judged,
            completeness.applicable,
            report.run.exchanges,
            self.lang.pick("uitwisselingen", "exchanges"),
            visible(&report.target.name)
        );
        self.line(&text);
        for profile in &report.profiles {
            let mark = match profile.conclusion.conformance {
                Conformance::Conformant => self.lang.pick("conform", "conformant"),
                Conformance::NotConformant => self.lang.pick("niet conform", "not conformant"),
                Conformance::NotShown => self.lang.pick("niet aangetoond", "not shown"),
            };
            let (judged, of) = (profile.conclusion.completeness.judged, profile.conclusion.completeness.applicable);
            self.line(&format!("  {:<24} {:<10} {mark} ({judged}/{of})", profile.id, self.role(&profile.role)));
        }
        if report.run.selection {
            self.line(
                self.lang.pick(
                    "SELECTIE: alleen het gekozen deel is getoetst.",
                    "SELECTION: only the chosen part was tested.",
                ),
            );
        }
        if report.run.interrupted {
            self.line(self.lang.pick(
                "AFGEBROKEN: de toets is niet tot het einde gekomen.",
                "INTERRUPTED: the run did not reach its end.",
            ));
        }
        let absent: BTreeSet<&str> = report.cases.iter().flat_map(|case| &case.absent).map(String::as_str).collect();
        if !absent.is_empty() {
            let text = self.lang.pick(
                "Niet gevraagd, gezien wat het capability statement noemt:",
                "Not asked, given what the capability statement declares:",
            );
            let absent: Vec<&str> = absent.into_iter().collect();
            let text = format!("{text} {}", absent.join(", "));
            self.line(&text);
        }
        if !report.left_behind.is_empty() {
            let text = self.lang.pick("Niet opgeruimd:", "Could not be removed:");
            let (count, first) = (report.left_behind.len(), visible(&report.left_behind[0]));
            self.line(&format!("{text} {count} ({first}{})", if count > 1 { ", …" } else { "" }));
        }
    }

    fn next(&mut self, folder: &str) {
        let text = match self.lang {
            Lang::Nl => format!(
                "Verslag: {folder}/report.json · opnieuw beoordelen: toetssteen rejudge {folder} · uitleg: toetssteen explain <eis of reden>"
            ),
            Lang::En => format!(
                "Report: {folder}/report.json · judge again: toetssteen rejudge {folder} · explanation: toetssteen explain <requirement or reason>"
            ),
        };
        self.line(&text);
    }
}

/// Words in lines of at most this many characters, where a word is not longer itself.
fn wrapped(words: &[&str], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push((*word).to_owned()),
        }
    }
    lines
}

/// Whether a step is why this requirement is broken; its neighbours may have broken another.
fn bears(step: &StepEntry, entry: &RequirementEntry) -> bool {
    matches!(step.outcome.as_str(), "fail" | "warn") && step.verifies.contains(&entry.id)
}
