//! JUnit XML for CI: one test case per requirement and role.
//! `failure` is a broken requirement, `error` a fault of ours or of the set-up, `skipped` what was not judged.

use super::visible;
use crate::model::report::{Report, RequirementEntry};
use crate::model::text::Lang;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

/// The bytes of a JUnit file.
///
/// # Errors
/// When the XML writer fails.
pub fn render(report: &Report, lang: Lang) -> Result<String, quick_junit::SerializeError> {
    let mut junit = Junit::new("toetssteen");
    for profile in &report.profiles {
        let mut suite = TestSuite::new(visible(&format!("{} {} ({})", profile.id, profile.edition, profile.role)));
        let of_suite =
            report.requirements.iter().filter(|entry| entry.id.profile() == profile.id && entry.role == profile.role);
        for entry in of_suite {
            suite.add_test_case(test_case(report, entry, lang));
        }
        junit.add_test_suite(suite);
    }
    junit.to_string()
}

fn test_case(report: &Report, entry: &RequirementEntry, lang: Lang) -> TestCase {
    let reason = entry.reason.as_deref().unwrap_or_default();
    let detail = entry.detail.as_deref().unwrap_or_default();
    let mut status = match entry.outcome.as_str() {
        "pass" | "attested" => TestCaseStatus::success(),
        // A broken SHOULD is no failure unless asked for; it stands in the output.
        "warn" => TestCaseStatus::success(),
        "fail" => TestCaseStatus::non_success(NonSuccessKind::Failure),
        "error" | "config-error" => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ => TestCaseStatus::skipped(),
    };
    let message = [entry.outcome.as_str(), reason, detail].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
    if !matches!(entry.outcome.as_str(), "pass" | "attested" | "warn") {
        status.set_message(visible(&message.join(": ")));
    }
    if matches!(entry.outcome.as_str(), "fail" | "error" | "config-error") {
        status.set_type(visible(&format!("{} {}", entry.effective, entry.severity)));
        status.set_description(visible(&evidence(report, entry, lang)));
    }
    let mut case = TestCase::new(entry.id.to_string(), status);
    case.set_classname(visible(&format!("{}.{}", entry.id.profile(), entry.role)));
    let mut out = visible(entry.text.say(lang));
    if entry.outcome == "warn" {
        out.push('\n');
        out.push_str(&visible(&evidence(report, entry, lang)));
    }
    case.set_system_out(out);
    case
}

/// What was wanted and what was seen, for every judgement that does not hold.
fn evidence(report: &Report, entry: &RequirementEntry, lang: Lang) -> String {
    let mut lines = Vec::new();
    for case in report.cases.iter().filter(|case| entry.cases.contains(&case.id)) {
        for step in case.steps.iter().filter(|step| step.outcome != "pass") {
            for judgement in step.judgements.iter().filter(|judgement| judgement.verdict != "pass") {
                let (expected, observed) = (judgement.expected.say(lang), judgement.observed.say(lang));
                lines.push(format!(
                    "{} / {}: {expected}; {observed}; records {:?}",
                    case.id, step.id, judgement.records
                ));
            }
        }
    }
    lines.truncate(20);
    lines.join(" | ")
}
