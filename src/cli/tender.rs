//! `tender`: a requirement annex from a short file, and bidders' reports held against it.
//! Asks no clock: the same file and catalogue give the same bytes on every day.

use super::args::{Common, SheetFormat, Tender as Arguments, TenderCheck, Tendering};
use super::rejudge::Misfit;
use super::{day, further, load, rejudge, rundir, stream};
use crate::engine::draw;
use crate::model::digest::digest;
use crate::model::report::{Report, Said};
use crate::model::tender::{Challenge, DemandKind, Tender};
use crate::model::text::Lang;
use crate::report::exit::Exit;
use crate::report::load as published;
use crate::report::render::{annex, json, visible};
use crate::report::tender::{self, Again, Bid, Cause, Facts, TenderConclusion, TenderVerdict};
use std::io;
use std::path::{Path, PathBuf};

/// Runs the command.
pub fn run(command: &Arguments, common: &Common) -> u8 {
    let done = match (&command.what, &command.file) {
        (Some(Tendering::Check(asked)), _) => check(asked, common),
        (None, Some(file)) => write(file, &command.out, common),
        (None, None) => Err(stream::refuse("name a tender file")),
    };
    done.unwrap_or_else(|code| code)
}

fn write(file: &Path, out: &Path, common: &Common) -> Result<u8, u8> {
    let lang: Lang = common.lang.into();
    let today = day::epoch().map_err(|why| stream::refuse(&why))?.map(|day| day.to_string());
    let catalogue = load::catalogue(common)?;
    let asked = load::tender(file, &catalogue)?;
    let drawn = tender::draw_up(&asked, &catalogue, today);
    let written = files(&drawn, lang).and_then(|files| {
        files.iter().try_for_each(|(name, text)| further::to(&out.join(name), text.as_bytes()))?;
        Ok(files)
    });
    let files = written.map_err(|error| {
        stream::err(&format!("error: cannot write the annex: {error}\n"));
        Exit::Ours as u8
    })?;
    for (name, _) in files {
        stream::out(&format!("{}\n", out.join(name).display()));
    }
    stream::err(&notes(&drawn));
    Ok(Exit::Fine as u8)
}

/// Every file of the annex by its name.
fn files(tender: &Tender, lang: Lang) -> io::Result<[(&'static str, String); 4]> {
    Ok([
        ("annex.nl.md", annex::markdown(tender, Lang::Nl)),
        ("annex.en.md", annex::markdown(tender, Lang::En)),
        ("annex.html", annex::page(tender, lang).map_err(io::Error::other)?),
        ("tender.json", json::text(tender).map_err(io::Error::other)?),
    ])
}

/// What a buyer should know before publishing.
fn notes(tender: &Tender) -> String {
    let mut out = match &tender.challenge {
        Challenge::Text(_) => {
            "note: annex and tender.json hold the challenge; keep them to yourself until the tender opens\n".to_owned()
        }
        Challenge::PerBidder => {
            "note: issue a challenge of at least 16 random characters to each bidder when the tender \
                                 opens, and give them to `tender check --challenge`\n"
                .to_owned()
        }
    };
    let all = || tender.demands.iter().flat_map(|demand| &demand.requirements);
    let lowered: Vec<&str> = all()
        .filter(|one| one.kind == DemandKind::Wish && one.obligation != one.effective)
        .map(|one| one.id.as_str())
        .collect();
    if !lowered.is_empty() {
        out.push_str(&format!(
            "note: the values expected by {} rest on no source that was read; they count as wishes\n",
            lowered.join(", ")
        ));
    }
    let mut open: Vec<String> = Vec::new();
    for demand in &tender.demands {
        for one in
            demand.requirements.iter().filter(|one| one.kind == DemandKind::Minimum).flat_map(|one| &one.applies_with)
        {
            let name = format!("{} {}", demand.profile, one.option);
            if !open.contains(&name) {
                open.push(name);
            }
        }
    }
    if !open.is_empty() {
        out.push_str(&format!(
            "note: left to the bidder: {}; a requirement that depends on one is not asked of whoever states another value\n",
            open.join(", ")
        ));
    }
    out
}

fn check(command: &TenderCheck, common: &Common) -> Result<u8, u8> {
    let (_, verdicts) = verdicts(&command.tender, &command.challenge, &command.reports)?;
    stream::out(&shown(&verdicts, command.format, common.lang.into())?);
    let all = verdicts.iter().all(|verdict| verdict.conclusion == TenderConclusion::Meets);
    Ok(if all { Exit::Fine } else { Exit::Gate } as u8)
}

/// The tender, and what each of these reports shows of it.
///
/// # Errors
/// The exit code, once the fault is printed.
pub(super) fn verdicts(
    tender: &Path,
    challenges: &[String],
    reports: &[PathBuf],
) -> Result<(Tender, Vec<TenderVerdict>), u8> {
    let tender = published::tender(tender).map_err(|why| stream::refuse(&visible(&why.to_string())))?;
    match (&tender.challenge, challenges.is_empty()) {
        (Challenge::PerBidder, true) => {
            return Err(stream::refuse("each bidder got a challenge of its own; give each with --challenge"));
        }
        (Challenge::Text(_), false) => {
            return Err(stream::refuse("the tender has one challenge for all bidders; leave --challenge out"));
        }
        (Challenge::PerBidder, false) | (Challenge::Text(_), true) => {}
    }
    let mut read: Vec<(Report, Facts, Option<Said>)> = Vec::new();
    for path in reports {
        rundir::readable(path).map_err(|why| stream::refuse(&visible(&why)))?;
        let report = load::report(path)?;
        let (facts, other_judge) = facts(path, challenges);
        read.push((report, facts, other_judge));
    }
    let bids: Vec<Bid<'_>> = read.iter().map(|(report, facts, _)| Bid { report, facts }).collect();
    let mut verdicts = tender::check_all(&tender, &bids);
    for (verdict, (.., other_judge)) in verdicts.iter_mut().zip(read) {
        if let Some(said) = other_judge {
            say_instead(verdict, said);
        }
    }
    Ok((tender, verdicts))
}

/// Says of a report that it is of another version of the program, where it would be said not to follow from its recording:
/// nobody altered it for all that is known.
fn say_instead(verdict: &mut TenderVerdict, said: Said) {
    let Some(reason) = verdict.reasons.iter_mut().find(|reason| reason.cause == Cause::DoesNotFollow) else { return };
    let before = std::mem::replace(&mut reason.said, said);
    // The sentence names the gravest reason, which may be this one.
    verdict.sentence.nl = verdict.sentence.nl.replace(&before.nl, &reason.said.nl);
    verdict.sentence.en = verdict.sentence.en.replace(&before.en, &reason.said.en);
}

fn shown(verdicts: &[TenderVerdict], format: SheetFormat, lang: Lang) -> Result<String, u8> {
    let sheets = || verdicts.iter().map(|verdict| tender::sheet(verdict, lang));
    Ok(match format {
        SheetFormat::Text => sheets().map(|sheet| sheet.text()).collect::<Vec<_>>().join("\n"),
        SheetFormat::Markdown => sheets().map(|sheet| sheet.markdown()).collect::<Vec<_>>().join("\n"),
        SheetFormat::Json => json::text(&verdicts).map_err(|error| {
            stream::err(&format!("error: {error}\n"));
            Exit::Ours as u8
        })?,
    })
}

/// What a run directory shows besides its report: whether the report follows from the recording, and that from the lot; and
/// of a report that only another version can judge again, that.
fn facts(path: &Path, challenges: &[String]) -> (Facts, Option<Said>) {
    let mut facts = Facts { challenges: challenges.to_vec(), ..Facts::default() };
    // A folder that holds the report alone says no more than the report.
    if path.join("run.jsonl").symlink_metadata().is_err() && !rundir::is_merged(path) {
        return (facts, None);
    }
    let mut other_judge = None;
    match rejudge::all_judged(path) {
        Err(why) => {
            if let Misfit::OtherJudge { by, .. } = &why {
                other_judge = Some(rejudge::other_judge(&visible(by)));
            }
            facts.again = Again::DoesNotFit(visible(&why.say(Lang::En)));
        }
        Ok(parts) => {
            let drawn = parts.iter().all(|part| draw::follows(&part.catalogue, &part.recording.header));
            facts.again = Again::Fits { drawn };
            for profile in parts.iter().flat_map(|part| part.catalogue.profiles.values()) {
                let file = format!("profiles/{}/{}/profile.yaml", profile.id, profile.edition);
                let bytes = parts.iter().find_map(|part| part.catalogue.files.get(&file));
                facts.profiles.extend(bytes.map(|bytes| (profile.id.to_string(), digest(bytes))));
            }
        }
    }
    (facts, other_judge)
}
