//! A comparison as a sheet for people: regressions first, what the comparison is worth before them all.
//! It shows what was found and finds nothing.

use super::{Change, ClaimChange, Diff, Kind, Side};
use crate::model::report::Said;
use crate::model::text::Lang;
use crate::report::render::sheet::{Item, Line, Section, Sheet};
use crate::report::words::{Label, diff as words, entry, page};

/// The sheet in this language.
#[must_use]
pub fn sheet(diff: &Diff, lang: Lang) -> Sheet {
    let weighing = diff.regressions.iter().filter(|change| change.weighs()).count();
    let sentence = words::sentence(&diff.new.product, diff.regressions.len(), weighing, diff.improvements.len());
    let list = |kind, changes: &[Change]| Section {
        heading: words::heading(kind).into_said(lang),
        items: changes.iter().map(|change| item(change, lang)).collect(),
    };
    let unchanged = words::unchanged(diff.still_broken, diff.unchanged).into_said(lang);
    Sheet {
        title: words::title().into_said(lang),
        sentence: sentence.into_said(lang),
        sections: vec![
            Section {
                heading: words::worth().into_said(lang),
                items: diff.caveats.iter().map(|said| Item::bare(said.say(lang))).collect(),
            },
            list(Kind::Broken, &diff.regressions),
            list(Kind::Mended, &diff.improvements),
            list(Kind::Arrived, &diff.arrived),
            list(Kind::Gone, &diff.gone),
            Section {
                heading: words::claims().into_said(lang),
                items: diff.claims.iter().map(|claim| claimed(claim, lang)).collect(),
            },
            Section {
                heading: words::reports().into_said(lang),
                items: vec![
                    side(&diff.old, &words::old(), lang),
                    side(&diff.new, &words::new(), lang),
                    Item::bare(unchanged),
                ],
            },
        ],
    }
}

fn item(change: &Change, lang: Lang) -> Item {
    let role = entry::role(&change.role).into_said(lang);
    let kind = words::kind(change.kind).into_said(lang);
    let weight = if change.must { Label::Must } else { Label::Should }.say(lang).to_lowercase();
    let severity = entry::severity(&change.severity).into_said(lang);
    let from_to = words::from_to(change.from.as_ref().map(|it| &it.said), change.to.as_ref().map(|it| &it.said));
    let mut lines = vec![
        Line::says(from_to.into_said(lang)),
        Line::says(format!("{} ({weight}, {severity})", change.text.say(lang))),
    ];
    if let Some(missing) = change.to.as_ref().and_then(|it| it.missing.as_ref()) {
        lines.push(Line::exact(Label::Missing.say(lang), missing));
    }
    if let Some(shown) = &change.shown {
        lines.push(Line::exact(Label::Expected.say(lang), shown.expected.say(lang)));
        lines.push(Line::exact(Label::Observed.say(lang), shown.observed.say(lang)));
        let records = entry::records(&shown.records, shown.part).into_said(lang);
        let exchange = shown.exchange.iter().map(|text| format!("{text} · ")).collect::<String>();
        lines.push(Line::exact(
            Label::Evidence.say(lang),
            format!("{exchange}{records} · {}/{}", shown.case, shown.step),
        ));
    }
    for case in &change.cases {
        let each: Vec<String> = case.each.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let each = if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) };
        let outcome = |text: &Option<String>| outcome(text.as_deref(), lang);
        let text = format!("{}{each}: {} → {}", case.id, outcome(&case.from), outcome(&case.to));
        lines.push(Line::exact(Label::Case.say(lang), text));
    }
    Item { head: format!("{} ({role}): {kind}", change.requirement), lines }
}

/// An outcome of a case, `word` or `word:reason`, as a few words.
fn outcome(text: Option<&str>, lang: Lang) -> String {
    let Some(text) = text else { return "–".to_owned() };
    let (word, reason) = text.split_once(':').map_or((text, None), |(word, reason)| (word, Some(reason)));
    let said = entry::parse(word, reason).map_or_else(|| entry::outcome(word), crate::report::words::outcome);
    said.into_said(lang)
}

fn claimed(change: &ClaimChange, lang: Lang) -> Item {
    let role = entry::role(&change.role).into_said(lang);
    let what = words::claim(&change.what).into_said(lang);
    let absent = words::unclaimed().into_said(lang);
    let (from, to) = (change.from.as_ref().unwrap_or(&absent), change.to.as_ref().unwrap_or(&absent));
    Item { head: format!("{} ({role})", change.profile), lines: vec![Line::exact(what, format!("{from} → {to}"))] }
}

fn side(side: &Side, name: &Said, lang: Lang) -> Item {
    let mut lines = vec![
        Line::exact(Label::Version.say(lang), &side.version),
        Line::exact(Label::Date.say(lang), &side.started),
        Line::field(Label::Conclusion.say(lang), page::conformance(side.conformance).into_said(lang)),
        Line::says(page::completeness(side.completeness).into_said(lang)),
        Line::exact(Label::CatalogueDigest.say(lang), &side.catalogue),
        Line::exact(Label::Judge.say(lang), &side.judge),
        Line::exact(Label::RunId.say(lang), &side.run),
    ];
    lines.extend(
        page::stamps(side.selection, side.interrupted).into_iter().map(|said| Line::says(said.into_said(lang))),
    );
    Item { head: name.say(lang).to_owned(), lines }
}
