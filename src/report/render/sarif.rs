//! SARIF 2.1.0 (OASIS): one result for everything that somebody has to do.
//! A message of SARIF reads links and placeholders; brackets and braces of our texts stand as escapes.

use super::alert::{self, Alert, Mark};
use super::view::View;
use super::visible;
use crate::model::report::{Report, RequirementEntry};
use crate::model::text::Lang;
use crate::report::words::entry;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The schema as OASIS publishes it.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What stands for itself in a path of a URI (RFC 3986).
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The bytes of a SARIF log. `source` is the file at which the results point.
///
/// # Errors
/// Never for a report that this program built; serde's signature says so.
pub fn render(report: &Report, lang: Lang, source: &str) -> serde_json::Result<String> {
    let alerts = alert::all(report, lang);
    let (found, results): (Vec<_>, Vec<_>) = alerts.iter().partition(|alert| alert.entry.is_none());
    let rules = rules(&results);
    let results: Vec<Value> = results.iter().filter_map(|alert| result(alert, &rules, source)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Toetssteen",
                "version": visible(&report.judge),
                "language": lang.pick("nl", "en"),
                "rules": rules.iter().map(|entry| rule(entry, lang)).collect::<Vec<_>>(),
            } },
            // What was tested tells two products in one repository apart.
            "automationDetails": { "id": format!("toetssteen/{}/", utf8_percent_encode(&visible(&report.target.name), PATH)) },
            "invocations": [invocation(report, &found)],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": properties(report, lang),
        }],
    });
    let mut text = serde_json::to_string_pretty(&log)?;
    text.push('\n');
    Ok(text)
}

/// The requirements that results are about, each once.
fn rules<'r>(results: &[&Alert<'r>]) -> Vec<&'r RequirementEntry> {
    let mut rules: Vec<&RequirementEntry> = Vec::new();
    for entry in results.iter().filter_map(|alert| alert.entry) {
        if rules.iter().all(|known| known.id != entry.id) {
            rules.push(entry);
        }
    }
    rules
}

fn rule(one: &RequirementEntry, lang: Lang) -> Value {
    let remedy = one.remedy.clone().unwrap_or_else(entry::look_closer);
    let sources: Vec<String> = one
        .sources
        .iter()
        .map(|source| visible(&format!("{} ({})", source.cite, entry::strength(&source.strength).say(lang))))
        .collect();
    json!({
        "id": one.id.as_str(),
        "shortDescription": { "text": multiformat(one.text.say(lang)) },
        "help": { "text": multiformat(remedy.say(lang)) },
        "defaultConfiguration": { "level": if one.effective == "must" { "error" } else { "warning" } },
        "properties": {
            "obligation": visible(&one.obligation),
            "effective": visible(&one.effective),
            "severity": visible(&one.severity),
            "sources": sources,
        },
    })
}

fn result(alert: &Alert<'_>, rules: &[&RequirementEntry], source: &str) -> Option<Value> {
    let entry = alert.entry?;
    let index = rules.iter().position(|known| known.id == entry.id)?;
    let (kind, level) = match alert.mark {
        Mark::Broken => ("fail", "error"),
        Mark::Remark => ("fail", "warning"),
        Mark::Open | Mark::SetUp => ("open", "none"),
    };
    let text: Vec<String> = std::iter::once(&alert.title).chain(&alert.lines).map(|line| multiformat(line)).collect();
    Some(json!({
        "ruleId": entry.id.as_str(),
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": { "text": text.join("\n") },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(source) },
                // The file as a whole: nothing in it is wrong, it says what was tested.
                "region": { "startLine": 1 },
            },
            "logicalLocations": [{
                "fullyQualifiedName": visible(&format!("{}/{}", entry.id, entry.role)),
                "kind": "requirement",
            }],
        }],
        "partialFingerprints": {
            "requirementAndRole/v1": alert.fingerprint,
            // GitHub knows a result again by this name, and would else make it of the line in the source.
            "primaryLocationLineHash": format!("{}:1", alert.fingerprint),
        },
        "properties": {
            "outcome": visible(&entry.outcome),
            "reason": entry.reason.as_deref().map(visible),
            "severity": visible(&entry.severity),
            "role": visible(&entry.role),
        },
    }))
}

/// How the run went. What pre-flight found is about the set-up, and no result.
fn invocation(report: &Report, found: &[&Alert<'_>]) -> Value {
    let ours = report.requirements.iter().any(|one| one.outcome == "error");
    let mut invocation = json!({
        "executionSuccessful": !report.run.interrupted && found.is_empty() && !ours,
        "toolConfigurationNotifications": found.iter().map(|alert| json!({
            "level": "error",
            "message": { "text": multiformat(&format!("{}\n{}", alert.title, alert.lines.join("\n"))) },
        })).collect::<Vec<_>>(),
    });
    let times = [("startTimeUtc", Some(&report.run.started)), ("endTimeUtc", report.run.finished.as_ref())];
    for (name, time) in times {
        // A moment that is none would make the whole log invalid.
        if let Some(time) = time.filter(|time| OffsetDateTime::parse(time, &Rfc3339).is_ok()) {
            invocation[name] = Value::from(time.as_str());
        }
    }
    invocation
}

fn properties(report: &Report, lang: Lang) -> Value {
    let view = View::of(report, lang);
    json!({
        "conclusion": visible(&view.verdict),
        "completeness": visible(&view.completeness),
        "product": visible(&view.product),
        "catalogue": visible(&report.catalogue.digest),
        "recording": visible(&report.run.digest),
        "selection": report.run.selection,
        "interrupted": report.run.interrupted,
        "selfTested": report.run.self_tested,
    })
}

/// A text of ours as a message: line ends stay, and nothing in it is a link or a placeholder (3.11.5, 3.11.6).
fn multiformat(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '[' | ']' | '\\' => out.extend(['\\', c]),
            '{' | '}' => out.extend([c, c]),
            _ => out.push_str(&visible_char(c)),
        }
    }
    out
}

fn visible_char(c: char) -> String {
    // Its escape has a backslash and braces of its own, which are ours.
    let shown = visible(&c.to_string());
    if shown.chars().count() == 1 { shown } else { multiformat(&shown) }
}

/// A path as a URI reference; one that is relative begins at the root of the repository.
fn uri(path: &str) -> String {
    let path = visible(path).replace('\\', "/");
    utf8_percent_encode(path.strip_prefix("./").unwrap_or(&path), PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_link_or_a_placeholder() {
        assert_eq!(multiformat("[x](1) {0} \\"), "\\[x\\](1) {{0}} \\\\");
        assert_eq!(multiformat("a\u{1b}\nb"), "a\\\\u{{1b}}\nb");
    }

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("./ci/a b:c.yaml"), "ci/a%20b%3Ac.yaml");
        assert_eq!(uri("ci\\t.yaml"), "ci/t.yaml");
    }
}
