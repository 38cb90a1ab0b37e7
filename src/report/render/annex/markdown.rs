//! The annex in Markdown, in one language; it reads in the same order as the page.
//! Texts of the tender file stand for themselves, and what is typed stands in code.

use super::view::{Annex, Doing, RequirementView, RoleView};
use crate::model::tender::Tender;
use crate::model::text::Lang;
use crate::report::render::markdown::text::{code, plain, prose, strong};
use crate::report::render::visible;
use crate::report::words::annex::{self as words, Heading};

/// The annex.
#[must_use]
pub fn markdown(tender: &Tender, lang: Lang) -> String {
    let view = Annex::of(tender, lang);
    let mut parts = vec![
        format!("# {}: {}", view.say(Heading::Annex), plain(&view.title)),
        strong(&view.lead),
        plain(&view.open_to_all),
    ];
    let field = |label: &str, text: String| format!("- {}: {text}", strong(label));
    parts.push(lines(
        view.strip.iter().map(|one| field(one.label, if one.exact { code(&one.text) } else { plain(&one.text) })),
    ));
    for (heading, all) in [(Heading::AsBidder, &view.bidder), (Heading::AsBuyer, &view.buyer)] {
        parts.push(format!("## {}", view.say(heading)));
        parts.push(lines(all.iter().enumerate().map(|(at, one)| doing(at + 1, one))).trim_end().to_owned());
    }
    parts.push(format!("## {}", view.say(Heading::Requirements)));
    for role in &view.roles {
        self::role(&view, role, &mut parts);
    }
    parts.push(format!("## {}", view.say(Heading::Rules)));
    for (title, text) in &view.rules {
        parts.push(format!("### {title}"));
        parts.push(prose(text));
    }
    let mut out = parts.join("\n\n");
    out.push('\n');
    out
}

fn lines(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join("\n")
}

/// A numbered step; what is typed stands under it, as part of it.
fn doing(number: usize, one: &Doing) -> String {
    let says = format!("{number}. {}", prose(&one.says));
    let Some(exact) = &one.exact else { return says };
    // A fence longer than any run of backticks in it cannot be left.
    let longest = exact.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let body: Vec<String> = exact.lines().map(|line| format!("   {}", visible(line))).collect();
    format!("{says}\n\n   {fence}\n{}\n   {fence}\n", body.join("\n"))
}

fn role(view: &Annex, role: &RoleView, parts: &mut Vec<String>) {
    parts.push(format!("### {}", plain(&role.heading)));
    parts.push(lines(
        [
            format!("- {}: {}", strong(view.say(Heading::ProfileRole)), code(&role.id)),
            format!("- {}: {}", strong(view.say(Heading::Edition)), plain(&role.edition)),
            format!("- {}: {}", strong(view.say(Heading::Digest)), code(&role.digest)),
        ]
        .into_iter(),
    ));
    if !role.options.is_empty() {
        parts.push(format!("#### {}", view.say(Heading::Options)));
        // The label first: a list item that began with somebody's text could begin with a mark of Markdown.
        let option = |one: &super::view::OptionView| {
            format!("- {}: {} {}", strong(&one.title), plain(&one.how), code(&one.value))
        };
        parts.push(lines(role.options.iter().map(option)));
    }
    parts.push(format!("#### {}", view.say(Heading::Minimum)));
    parts.push(plain(&role.minimum));
    for group in &role.groups {
        if !group.title.is_empty() {
            parts.push(format!("##### {}", plain(&group.title)));
        }
        parts.push(lines(group.requirements.iter().map(|one| requirement(view, one))));
    }
    if !role.wishes.is_empty() {
        parts.push(format!("#### {}", view.say(Heading::Wishes)));
        parts.push(plain(&view.told(words::wishes())));
        parts.push(lines(role.wishes.iter().map(|one| requirement(view, one))));
    }
    if !role.questions.is_empty() {
        parts.push(format!("#### {}", view.say(Heading::Questions)));
        parts.push(plain(&view.told(words::questions())));
        parts.push(lines(role.questions.iter().map(|one| {
            let because = format!("  - {}: {}", strong(view.say(Heading::NoTest)), plain(&one.because));
            let ask = format!("  - {}: {}", strong(view.say(Heading::Question)), plain(&one.ask));
            format!("{}\n{because}\n{ask}", requirement(view, &one.requirement))
        })));
    }
}

fn requirement(view: &Annex, one: &RequirementView) -> String {
    let weight = one.weight.iter().map(|text| plain(text)).collect::<Vec<_>>().join(" · ");
    let mut out = format!("- {} {}\n  - {weight}", strong(&one.id), plain(&one.text));
    for (title, value) in &one.applies {
        out.push_str(&format!(
            "\n  - {}: {} ({})",
            plain(&view.told(words::applies_with())),
            plain(title),
            code(value)
        ));
    }
    out
}
