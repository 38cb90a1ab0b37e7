//! The comparison as an Excel workbook: comparability, matrix, findings, quantities, reports.
//! Numbers, dates and truth values are such; every text is made harmless; nothing in it depends on a clock.

use super::neutral;
use super::view::View;
use crate::model::comparison::{ABSENT, Cell, Comparison, Difference, Measure, NOT_OFFERED, Weight};
use crate::model::report::Said;
use crate::model::text::Lang;
use crate::report::words::{self, Label, compare as said, entry};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatPattern, Url, Workbook, Worksheet, XlsxError,
};
use std::collections::HashMap;

/// A sheet bears no more addresses than 65,530; with more cells than this they stand there without one.
const MOST_LINKS: usize = 60_000;
/// What Excel takes.
const MOST_COLUMNS: usize = 16_000;

/// The bytes of the workbook, its words in this language.
///
/// # Errors
/// When a sheet cannot hold what there is.
pub fn render(all: &Comparison, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let view = View::new(all, lang, &[]);
    let styles = Styles::new();
    let mut book = Workbook::new();
    let made = all.as_of.as_deref().and_then(date).unwrap_or(ExcelDateTime::from_ymd(2000, 1, 1)?);
    book.set_properties(
        &DocProperties::new()
            .set_title(Label::Comparison.say(lang))
            .set_author("Toetssteen")
            .set_creation_datetime(&made),
    );
    comparability(&view, &styles, book.add_worksheet())?;
    let mut matrix = Worksheet::new();
    let mut findings = Worksheet::new();
    let places = self::findings(&view, &styles, &mut findings)?;
    self::matrix(&view, &styles, &mut matrix, &places)?;
    book.push_worksheet(matrix);
    book.push_worksheet(findings);
    quantities(&view, &styles, book.add_worksheet())?;
    reports(&view, &styles, book.add_worksheet())?;
    if all.against.is_some() {
        tender(&view, &styles, book.add_worksheet())?;
    }
    book.save_to_buffer()
}

/// Where the finding of a cell stands: by subject, category, row and report.
type Places = HashMap<(usize, usize, usize, usize), u32>;

struct Styles {
    head: Format,
    wrap: Format,
    date: Format,
    by_mark: HashMap<(&'static str, bool), Format>,
}

impl Styles {
    fn new() -> Self {
        let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let colours = [
            ("pass", 0x1E_5B_2C, 0xE8_F3_EA),
            ("fail", 0xA3_16_1A, 0xFB_E9_E9),
            ("warn", 0x7A_4A_00, 0xFB_F1_DF),
            ("told", 0x43_47_4E, 0xFF_FF_FF),
            ("none", 0x43_47_4E, 0xFF_FF_FF),
            ("away", 0x43_47_4E, 0xFF_FF_FF),
            ("lack", 0x43_47_4E, 0xFF_FF_FF),
            ("open", 0x43_47_4E, 0xFF_FF_FF),
            ("number", 0x1B_1B_1F, 0xFF_FF_FF),
        ];
        let mut by_mark = HashMap::new();
        for (mark, ink, tint) in colours {
            let ink = wrap.clone().set_font_color(Color::RGB(ink));
            let tint = Color::RGB(tint);
            by_mark.insert((mark, true), ink.clone().set_background_color(tint));
            let hatched = ink.set_pattern(FormatPattern::LightUp).set_foreground_color(Color::RGB(0x8C_94_9F));
            by_mark.insert((mark, false), hatched.set_background_color(tint));
        }
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_background_color(Color::RGB(0xF3_F6_FA))
                .set_align(FormatAlign::Top),
            date: wrap.clone().set_num_format("yyyy-mm-dd hh:mm"),
            wrap,
            by_mark,
        }
    }

    fn of(&self, mark: &'static str, comparable: bool) -> &Format {
        self.by_mark.get(&(mark, comparable)).unwrap_or(&self.wrap)
    }
}

/// Names and widths of the columns, the first row kept in sight, and a filter over all.
fn table(
    sheet: &mut Worksheet,
    styles: &Styles,
    name: &str,
    columns: &[(&str, f64)],
    kept: u16,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    for (at, (title, width)) in columns.iter().enumerate() {
        let at = column(at);
        sheet.set_column_width(at, *width)?;
        sheet.write_string_with_format(0, at, neutral(title), &styles.head)?;
    }
    sheet.set_freeze_panes(1, kept)?;
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?;
    Ok(())
}

fn filter(sheet: &mut Worksheet, rows: u32, columns: usize) -> Result<(), XlsxError> {
    sheet.autofilter(0, 0, rows, column(columns.saturating_sub(1)))?;
    Ok(())
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

fn text(sheet: &mut Worksheet, styles: &Styles, row: u32, at: usize, value: &str) -> Result<(), XlsxError> {
    if !value.is_empty() {
        sheet.write_string_with_format(row, column(at), neutral(value), &styles.wrap)?;
    }
    Ok(())
}

fn date(text: &str) -> Option<ExcelDateTime> {
    let at = words::utc(text)?;
    let year = u16::try_from(at.year()).ok()?;
    ExcelDateTime::from_ymd(year, u8::from(at.month()), at.day())
        .ok()?
        .and_hms(u16::from(at.hour()), at.minute(), f64::from(at.second()))
        .ok()
}

fn comparability(view: &View<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let lang = view.lang;
    let columns = [
        (Label::Weight, 22.0),
        (Label::WhatDiffers, 28.0),
        (Label::Profile, 22.0),
        (Label::Role, 14.0),
        (Label::Category, 22.0),
        (Label::Reason, 60.0),
        (Label::Values, 50.0),
        (Label::Reports, 22.0),
    ];
    let columns = columns.map(|(label, width)| (label.say(lang), width));
    table(sheet, styles, lang.pick("Vergelijkbaarheid", "Comparability"), &columns, 0)?;
    let mut row = 0;
    for one in &view.all.obstacles {
        for held in &one.values {
            row += 1;
            let weight = match one.weight {
                Weight::Blocks => Label::NotComparable.say(lang),
                Weight::Quantities => lang.pick("alleen wat is gemeten", "measured quantities only"),
                Weight::Notes => Label::ToKnow.say(lang),
            };
            let group = view
                .all
                .subjects
                .iter()
                .filter(|subject| {
                    Some(&subject.profile) == one.profile.as_ref() && Some(&subject.role) == one.role.as_ref()
                })
                .flat_map(|subject| &subject.categories)
                .find(|category| category.group == one.group && one.kind == Difference::Executed);
            let fields = [
                weight.to_owned(),
                said::difference(one.kind).into_said(lang),
                one.profile.clone().unwrap_or_default(),
                one.role.as_deref().map(|role| view.role(role)).unwrap_or_default(),
                group.map(|category| category.title.say(lang).to_owned()).unwrap_or_default(),
                one.says.say(lang).to_owned(),
                held.value.say(lang).to_owned(),
                held.reports.join(", "),
            ];
            for (at, field) in fields.iter().enumerate() {
                text(sheet, styles, row, at, field)?;
            }
        }
    }
    if row == 0 {
        row = 1;
        text(sheet, styles, row, 5, Label::AllToCompare.say(lang))?;
    }
    filter(sheet, row, columns.len())
}

fn findings(view: &View<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<Places, XlsxError> {
    let lang = view.lang;
    let columns = [
        (Label::Requirement, 24.0),
        (Label::Role, 14.0),
        (Label::Category, 22.0),
        (Label::Report, 8.0),
        (Label::Product, 24.0),
        (Label::Outcome, 18.0),
        (Label::Reason, 40.0),
        (Label::Comparable, 12.0),
        (Label::WhatDiffers, 30.0),
        (Label::Obligation, 12.0),
        (Label::Severity, 8.0),
        (Label::Expected, 45.0),
        (Label::Observed, 45.0),
        (Label::Exchange, 45.0),
        (Label::Case, 40.0),
        (Label::Evidence, 24.0),
    ];
    let columns = columns.map(|(label, width)| (label.say(lang), width));
    table(sheet, styles, name_of_findings(lang), &columns, 1)?;
    let mut places = Places::new();
    let mut row = 0;
    for (a, subject) in view.all.subjects.iter().enumerate() {
        for (b, category) in subject.categories.iter().enumerate() {
            for (c, line) in category.rows.iter().enumerate() {
                for (d, cell) in line.cells.iter().enumerate().filter(|(_, cell)| tells(cell)) {
                    row += 1;
                    places.insert((a, b, c, d), row);
                    let party = &view.all.reports[d];
                    let shown = cell.shown.as_ref();
                    let before = [
                        line.requirement.to_string(),
                        view.role(&subject.role),
                        category.title.say(lang).to_owned(),
                        party.letter.clone(),
                        party.name.clone(),
                    ];
                    for (at, field) in before.iter().enumerate() {
                        text(sheet, styles, row, at, field)?;
                    }
                    let format = styles.of(view.mark(&cell.state), cell.comparable);
                    sheet.write_string_with_format(row, 5, neutral(&view.word(&cell.state)), format)?;
                    text(sheet, styles, row, 6, &reason(view, cell))?;
                    sheet.write_boolean_with_format(row, 7, cell.comparable, &styles.wrap)?;
                    let differs: Vec<String> =
                        cell.differs.iter().map(|kind| said::difference(*kind).into_said(lang)).collect();
                    let after = [
                        differs.join("; "),
                        entry::obligation(&line.effective).into_said(lang),
                        line.severity.clone(),
                        shown.map(|one| one.expected.say(lang).to_owned()).unwrap_or_default(),
                        shown.map(|one| one.observed.say(lang).to_owned()).unwrap_or_default(),
                        shown.and_then(|one| one.exchange.clone()).unwrap_or_default(),
                        shown.map(|one| one.case.clone()).unwrap_or_default(),
                        cell.evidence.as_deref().map(|word| view.evidence(word)).unwrap_or_default(),
                    ];
                    for (at, field) in after.iter().enumerate() {
                        text(sheet, styles, row, at + 8, field)?;
                    }
                }
            }
        }
    }
    filter(sheet, row, columns.len())?;
    Ok(places)
}

fn name_of_findings(lang: Lang) -> &'static str {
    lang.pick("Bevindingen", "Findings")
}

/// Whether there is more to say than that it is met, does not apply or is not offered.
fn tells(cell: &Cell) -> bool {
    !matches!(cell.state.as_str(), "pass" | "not-applicable" | NOT_OFFERED | ABSENT) || !cell.cases.is_empty()
}

fn reason(view: &View<'_>, cell: &Cell) -> String {
    let (all, word) = (view.ended(cell), view.word(&cell.state));
    all.strip_prefix(&word).map(|rest| rest.trim_start_matches(": ").to_owned()).unwrap_or(all)
}

fn matrix(view: &View<'_>, styles: &Styles, sheet: &mut Worksheet, places: &Places) -> Result<(), XlsxError> {
    let lang = view.lang;
    let fixed = [
        (Label::Profile, 18.0),
        (Label::Role, 12.0),
        (Label::Category, 20.0),
        (Label::Requirement, 14.0),
        (Label::Text, 50.0),
        (Label::Obligation, 12.0),
        (Label::Severity, 8.0),
        (Label::Together, 20.0),
    ];
    let parties: Vec<String> =
        view.all.reports.iter().map(|party| format!("{} · {}", party.letter, party.name)).collect();
    let columns: Vec<(&str, f64)> = fixed
        .iter()
        .map(|(label, width)| (label.say(lang), *width))
        .chain(parties.iter().map(|name| (name.as_str(), 18.0)))
        .take(MOST_COLUMNS)
        .collect();
    table(sheet, styles, lang.pick("Matrix", "Matrix"), &columns, 4)?;
    let mut row = 0;
    for (a, subject) in view.all.subjects.iter().enumerate() {
        for (b, category) in subject.categories.iter().enumerate() {
            row += 1;
            let title = [
                subject.title.say(lang),
                &view.role(&subject.role),
                category.title.say(lang),
                "",
                Label::CategoryConclusion.say(lang),
            ];
            for (at, field) in title.iter().enumerate() {
                text(sheet, styles, row, at, field)?;
            }
            for (d, (conclusion, offer)) in
                category.conclusions.iter().zip(&subject.offers).enumerate().take(MOST_COLUMNS)
            {
                let format = styles.of(view.category_mark(conclusion), offer.comparable || !offer.offered);
                let word = neutral(&view.category_word(conclusion, offer.offered));
                sheet.write_string_with_format(row, column(fixed.len() + d), word, format)?;
            }
            for (c, line) in category.rows.iter().enumerate() {
                row += 1;
                let fields = [
                    subject.title.say(lang).to_owned(),
                    view.role(&subject.role),
                    category.title.say(lang).to_owned(),
                    line.requirement.local().to_owned(),
                    line.text.say(lang).to_owned(),
                    entry::obligation(&line.effective).into_said(lang),
                    line.severity.clone(),
                    said::together(line.together).into_said(lang),
                ];
                for (at, field) in fields.iter().enumerate() {
                    text(sheet, styles, row, at, field)?;
                }
                for (d, cell) in line.cells.iter().enumerate().take(MOST_COLUMNS) {
                    let format = styles.of(view.mark(&cell.state), cell.comparable || cell.state == NOT_OFFERED);
                    let word = neutral(&view.word(&cell.state));
                    match places.get(&(a, b, c, d)).filter(|_| places.len() <= MOST_LINKS) {
                        Some(place) => {
                            let url = Url::new(format!("internal:'{}'!A{}", name_of_findings(lang), place + 1))
                                .set_text(word);
                            sheet.write_url_with_format(row, column(fixed.len() + d), url, format)?;
                        }
                        None => {
                            sheet.write_string_with_format(row, column(fixed.len() + d), word, format)?;
                        }
                    }
                }
            }
        }
    }
    filter(sheet, row, columns.len())
}

fn quantities(view: &View<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let lang = view.lang;
    let fixed = [
        (Label::Profile, 20.0),
        (Label::Role, 12.0),
        (Label::Quantity, 50.0),
        (Label::WhatDiffers, 34.0),
        (Label::Unit, 10.0),
        (Label::Case, 40.0),
    ];
    let parties: Vec<String> =
        view.all.reports.iter().map(|party| format!("{} · {}", party.letter, party.name)).collect();
    let columns: Vec<(&str, f64)> = fixed
        .iter()
        .map(|(label, width)| (label.say(lang), *width))
        .chain(parties.iter().map(|name| (name.as_str(), 18.0)))
        .take(MOST_COLUMNS)
        .collect();
    table(sheet, styles, lang.pick("Metingen", "Quantities"), &columns, 3)?;
    let mut row = 0;
    for one in &view.all.quantities {
        row += 1;
        let fields = [
            one.profile.clone(),
            view.role(&one.role),
            one.title.say(lang).to_owned(),
            view.measured_of(one),
            one.unit.clone(),
            one.case.clone(),
        ];
        for (at, field) in fields.iter().enumerate() {
            text(sheet, styles, row, at, field)?;
        }
        for (d, value) in one.values.iter().enumerate().take(MOST_COLUMNS) {
            let at = column(fixed.len() + d);
            let format = styles.of(view.measured_mark(one, &d), value.comparable || value.state == NOT_OFFERED);
            match value.number.filter(|_| one.kind == Measure::Effect).and_then(|number| u32::try_from(number).ok()) {
                Some(number) => sheet.write_number_with_format(row, at, number, format)?,
                None => sheet.write_string_with_format(row, at, neutral(&view.measured(one, &d)), format)?,
            };
        }
    }
    filter(sheet, row, columns.len())
}

fn tender(view: &View<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let labels = [Label::Which, Label::Product, Label::Outcome, Label::InWords, Label::Reasons, Label::Caveats];
    let columns: Vec<(&str, f64)> =
        labels.iter().zip([8.0, 28.0, 32.0, 60.0, 90.0, 60.0]).map(|(l, w)| (view.say(*l), w)).collect();
    table(sheet, styles, view.say(Label::AgainstTender), &columns, 2)?;
    let mut row = 0;
    for (party, bid) in view.bids() {
        row += 1;
        let told = |all: &[Said]| all.iter().map(|one| view.tell(one)).collect::<Vec<_>>().join("; ");
        let (reasons, notes) = (told(&bid.reasons), told(&bid.notes));
        let cells = [&party.letter, &party.name, view.bid(&bid.conclusion), view.tell(&bid.sentence), &reasons, &notes];
        for (at, cell) in cells.into_iter().enumerate() {
            text(sheet, styles, row, at, cell)?;
        }
    }
    filter(sheet, row, columns.len())
}

fn reports(view: &View<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let lang = view.lang;
    let columns = [
        (Label::Report, 8.0),
        (Label::Product, 26.0),
        (Label::Supplier, 22.0),
        (Label::Date, 18.0),
        (Label::Age, 12.0),
        (Label::Environment, 24.0),
        (Label::Conclusion, 18.0),
        (Label::Judged, 12.0),
        (Label::Applicable, 14.0),
        (Label::Narrowed, 14.0),
        (Label::CutOff, 12.0),
        (Label::SelfTested, 14.0),
        (Label::Judge, 16.0),
        (Label::CatalogueDigest, 40.0),
        (Label::RunDigest, 40.0),
    ];
    let columns = columns.map(|(label, width)| (label.say(lang), width));
    table(sheet, styles, lang.pick("Verslagen", "Reports"), &columns, 2)?;
    let mut row = 0;
    for party in &view.all.reports {
        row += 1;
        text(sheet, styles, row, 0, &party.letter)?;
        text(sheet, styles, row, 1, &party.name)?;
        text(sheet, styles, row, 2, view.vendor(party))?;
        match date(&party.started) {
            Some(at) => sheet.write_datetime_with_format(row, 3, at, &styles.date)?,
            None => sheet.write_string_with_format(row, 3, neutral(&party.started), &styles.wrap)?,
        };
        if let Some(days) = party.age_days.and_then(|days| u32::try_from(days).ok()) {
            sheet.write_number_with_format(row, 4, days, &styles.wrap)?;
        }
        text(sheet, styles, row, 5, &view.environment(party))?;
        let conclusion = &party.conclusion;
        let format = styles.of(view.tone(conclusion.conformance), true);
        sheet.write_string_with_format(row, 6, view.conformance(conclusion.conformance), format)?;
        for (at, number) in [(7, conclusion.completeness.judged), (8, conclusion.completeness.applicable)] {
            sheet.write_number_with_format(row, at, u32::try_from(number).unwrap_or(u32::MAX), &styles.wrap)?;
        }
        for (at, yes) in [(9, party.selection), (10, party.interrupted), (11, party.self_tested)] {
            sheet.write_boolean_with_format(row, at, yes, &styles.wrap)?;
        }
        text(sheet, styles, row, 12, &party.judge)?;
        text(sheet, styles, row, 13, &party.catalogue)?;
        text(sheet, styles, row, 14, &party.run)?;
    }
    filter(sheet, row, columns.len())
}
