//! The comparison as CSV (RFC 4180, UTF-8): one line for each requirement, role and report.
//! Nothing in it is taken for a formula by whatever opens it.

use super::neutral::{begins_a_formula, neutral};
use crate::model::comparison::{Cell, Comparison, NOT_OFFERED, Row, Subject};
use crate::model::text::Lang;
use crate::report::words::{self, Label, compare as said, entry};
use std::io::{self, Write};

/// Writes the file, its words in this language.
///
/// # Errors
/// When the writer refuses.
pub fn write(all: &Comparison, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let head = [
        Label::Profile.say(lang),
        Label::Role.say(lang),
        Label::Category.say(lang),
        Label::Requirement.say(lang),
        Label::Obligation.say(lang),
        Label::Severity.say(lang),
        Label::Report.say(lang),
        Label::Product.say(lang),
        Label::OutcomeCode.say(lang),
        Label::Outcome.say(lang),
        Label::Reason.say(lang),
        Label::Comparable.say(lang),
        Label::WhatDiffers.say(lang),
        Label::Observed.say(lang),
    ];
    line(out, &head.map(str::to_owned))?;
    for subject in &all.subjects {
        for category in &subject.categories {
            // A role that nobody offers, and what nobody was asked, stand there all the same.
            if category.rows.is_empty() {
                for party in &all.reports {
                    let cell = [NOT_OFFERED.to_owned(), said::state(NOT_OFFERED).into_said(lang)];
                    let who = [party.letter.clone(), party.name.clone()];
                    let (title, none) = (category.title.say(lang).to_owned(), String::new);
                    let start = [subject.profile.clone(), subject.role.clone(), title, none(), none(), none()];
                    let end = [none(), "false".to_owned(), none(), none()];
                    line(out, &[&start[..], &who[..], &cell[..], &end[..]].concat())?;
                }
            }
            for row in &category.rows {
                for (party, cell) in all.reports.iter().zip(&row.cells) {
                    let start = place(subject, category.title.say(lang), row, lang);
                    let who = [party.letter.clone(), party.name.clone()];
                    line(out, &[&start[..], &who[..], &ended(cell, lang)[..]].concat())?;
                }
            }
        }
    }
    Ok(())
}

fn place(subject: &Subject, category: &str, row: &Row, lang: Lang) -> [String; 6] {
    [
        subject.profile.clone(),
        subject.role.clone(),
        category.to_owned(),
        row.requirement.to_string(),
        entry::obligation(&row.effective).into_said(lang),
        row.severity.clone(),
    ]
}

fn ended(cell: &Cell, lang: Lang) -> [String; 6] {
    let known = || entry::parse(&cell.state, cell.reason.as_deref()).and_then(words::because);
    let reason = cell.because.clone().or_else(known).map(|said| said.into_said(lang)).unwrap_or_default();
    let differs: Vec<String> = cell.differs.iter().map(|kind| said::difference(*kind).into_said(lang)).collect();
    [
        cell.state.clone(),
        said::state(&cell.state).into_said(lang),
        reason,
        cell.comparable.to_string(),
        differs.join("; "),
        cell.shown.as_ref().map(|shown| shown.observed.say(lang).to_owned()).unwrap_or_default(),
    ]
}

fn line(out: &mut dyn Write, fields: &[String]) -> io::Result<()> {
    let quoted: Vec<String> = fields.iter().map(|field| quoted(&neutral(&guarded(field)))).collect();
    write!(out, "{}\r\n", quoted.join(","))
}

/// The text with nothing that begins a formula behind a semicolon or a tab either: where people write a decimal comma, a
/// spreadsheet parts the lines there, and quotes in the midst of what it then takes for a field hold nothing together.
fn guarded(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    for (at, c) in field.char_indices() {
        out.push(c);
        let begins = || field[at + c.len_utf8()..].trim_start_matches(|c: char| c == '"' || c.is_whitespace());
        if matches!(c, ';' | '\t') && begins().starts_with(begins_a_formula) {
            out.push('\'');
        }
    }
    out
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', ';', '\n', '\r']) || field.starts_with([' ', '\'']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
