//! `clean`: after a crash, what a run created at the target goes again.
//! The recording says what that is; a run that still goes on is left alone.

use super::args::{Clean, Common};
use super::rundir::{self, RunDir};
use super::{load, run, stream};
use crate::engine::run::Request;
use crate::engine::sweep::{self, Swept};
use crate::engine::tape;
use crate::model::record::Recording;
use crate::model::text::Lang;
use crate::report::exit::Exit;
use crate::report::render::visible;
use std::path::{Path, PathBuf};

/// Runs the command.
pub fn run(command: &Clean, common: &Common) -> u8 {
    clean(command, common).unwrap_or_else(|code| code)
}

fn clean(command: &Clean, common: &Common) -> Result<u8, u8> {
    let lang: Lang = common.lang.into();
    let catalogue = load::catalogue(common)?;
    let target = load::target(&command.target, &catalogue)?;
    let request = run::plain_request(catalogue, target, &command.target, command.timeout, common);
    let dirs = if command.dirs.is_empty() { interrupted(&command.out) } else { command.dirs.clone() };
    if dirs.is_empty() {
        let beside = command.out.display();
        stream::out(&lang.pick(
            format!("Naast {beside} staat geen afgebroken toets; er is niets gevraagd.\n"),
            format!("No interrupted run stands beside {beside}; nothing was contacted.\n"),
        ));
        return Ok(Exit::Fine as u8);
    }
    let runs = dirs.iter().map(|dir| read(dir)).collect::<Result<Vec<_>, _>>()?;
    if command.dry_run {
        for (dir, recording) in &runs {
            stream::out(&planned(dir, &request, recording, lang));
        }
        return Ok(Exit::Fine as u8);
    }
    let today = time::OffsetDateTime::now_utc().date().to_string();
    if let Some(why) = sweep::forbidden(&request, &today) {
        return Err(stream::refuse(&format!("nothing is removed: {why}")));
    }
    if !runs.iter().all(|(_, recording)| sweep::can_remove(&request, recording)) {
        return Err(stream::refuse("nothing is removed: the target file gives no credential for `writer`"));
    }
    let runtime = run::runtime()?;
    let mut all_gone = true;
    for (dir, recording) in &runs {
        let swept = runtime.block_on(sweep::sweep(&request, recording)).map_err(|error| run::refusal(&error))?;
        all_gone &= swept.left.is_empty() && swept.elsewhere.is_empty() && swept.choices.is_empty();
        stream::out(&told(dir, &swept, lang));
    }
    Ok(if all_gone { Exit::Fine } else { Exit::NotJudged } as u8)
}

/// Runs beside this place that did not reach their end, and whose process is gone.
fn interrupted(out: &Path) -> Vec<PathBuf> {
    let dirs = rundir::partials(out).into_iter().filter_map(|path| RunDir::at(&path).ok());
    dirs.filter(|dir| !dir.is_growing()).map(|dir| dir.path).collect()
}

fn read(dir: &Path) -> Result<(PathBuf, Recording), u8> {
    let wrong = |why: &str| stream::refuse(&format!("{} cannot be used: {why}", dir.display()));
    let known = RunDir::at(dir).map_err(|why| wrong(&why))?;
    if known.is_growing() {
        return Err(wrong("the run that writes it still goes on"));
    }
    let recording = tape::salvage(dir).map_err(|error| wrong(&error.to_string()))?;
    Ok((dir.to_owned(), recording))
}

fn planned(dir: &Path, request: &Request, recording: &Recording, lang: Lang) -> String {
    let (ours, elsewhere) = sweep::due(request, recording);
    let t = |nl: &'static str, en: &'static str| lang.pick(nl, en);
    let mut out = format!("{}\n", dir.display());
    for one in ours.iter().rev() {
        let url = format!("{}/{}", one.base.trim_end_matches('/'), one.reference);
        out.push_str(&format!("  {:<14}{}\n", t("te wissen", "would remove"), visible(&url)));
    }
    for url in &elsewhere {
        out.push_str(&format!("  {:<14}{}\n", t("elders", "elsewhere"), visible(url)));
    }
    for one in sweep::open(&request.catalogue, &request.target, &recording.records) {
        out.push_str(&format!("  {:<14}{one}\n", t("terug te nemen", "to take back")));
    }
    if sweep::looks_for_strays(request, recording) {
        out.push_str(&format!(
            "  {}\n",
            t(
                "en daarbij wat op weg was toen de toets werd afgebroken: dat wordt gezocht aan de hand van de testpatiënten",
                "and what was on its way when the run was cut off: that is searched for by the test patients",
            )
        ));
    }
    out
}

fn told(dir: &Path, swept: &Swept, lang: Lang) -> String {
    let t = |nl: &'static str, en: &'static str| lang.pick(nl, en);
    let mut out = format!("{}\n", dir.display());
    let mut line = |word: &str, text: &str| out.push_str(&format!("  {word:<12}{}\n", visible(text)));
    for url in swept.removed.iter().rev() {
        line(t("verwijderd", "removed"), url);
    }
    for url in swept.gone.iter().rev() {
        line(t("al weg", "gone before"), url);
    }
    for (url, answer) in swept.left.iter().rev() {
        let why = if answer.is_empty() { t("niet gevraagd of geen token", "not asked, or no token") } else { answer };
        line(t("BLEEF", "LEFT"), &format!("{url} ({why})"));
    }
    for url in &swept.elsewhere {
        let why = t("dat eindpunt staat niet in het doelbestand", "the target file does not name that endpoint");
        line(t("BLEEF", "LEFT"), &format!("{url} ({why})"));
    }
    for one in &swept.choices {
        let who = one.person.as_ref().map(ToString::to_string).unwrap_or_default();
        let todo = t("neem terug met", "take it back with");
        line(t("BLEEF", "LEFT"), &format!("{} {who}: {todo} {}", one.action, one.undo));
    }
    let (removed, gone, left) =
        (swept.removed.len(), swept.gone.len(), swept.left.len() + swept.elsewhere.len() + swept.choices.len());
    out.push_str(&lang.pick(
        format!("Verwijderd: {removed}; al weg: {gone}; achtergebleven: {left}.\n"),
        format!("Removed: {removed}; gone before: {gone}; left behind: {left}.\n"),
    ));
    out
}
