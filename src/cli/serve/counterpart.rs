//! `serve receiver` and its like: our stand-in for the other party, for whoever builds the side that talks to it.
//! Each message that arrives is told on stderr with what the catalogue's cases say of it.

use super::super::args::{Common, ServeCounterpart};
use super::super::signals::Signals;
use super::super::{load, run, stream};
use crate::engine::counterpart::{Desk, Playing, Ready, ReadyBody, Switchboard};
use crate::engine::judge::{self, SaidAlone};
use crate::engine::seal::Seal;
use crate::engine::tape::Tape;
use crate::language::catalogue::Catalogue;
use crate::model::counterpart::Counterpart;
use crate::model::plan::Dialect;
use crate::model::record::{Event, InboundRecord, Record};
use crate::model::target::{Counterparts, FacilityPlace, FhirVersion, Format};
use crate::model::text::Lang;
use crate::model::verdict::Verdict;
use crate::report::exit::Exit;
use crate::report::render::visible;
use crate::report::words;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Runs the command.
pub fn run(counterpart: Counterpart, command: &ServeCounterpart, common: &Common) -> u8 {
    serve(counterpart, command, common).unwrap_or_else(|code| code)
}

fn serve(counterpart: Counterpart, command: &ServeCounterpart, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    let lang: Lang = common.lang.into();
    let at = places(counterpart, command.port);
    let runtime = run::runtime()?;
    runtime.block_on(async {
        let opened = Switchboard::open(&at, run::BODY_LIMIT).await;
        let board = Arc::new(opened.map_err(|why| stream::refuse(&why.to_string()))?);
        let tape =
            Arc::new(Tape::new(Seal::new(Vec::new(), labels(&catalogue), BTreeSet::new(), "serve"), run::BODIES_LIMIT));
        let desk = Arc::new(Desk::new(0, 1, "serve".to_owned(), dialect(command)));
        if let Some(status) = command.answer {
            let line = Ready {
                method: None,
                path: None,
                about: None,
                times: None,
                status,
                headers: Vec::new(),
                body: ReadyBody::Bytes(Vec::new()),
            };
            desk.play(counterpart, Playing::Answers(vec![(line, 0)]));
        }
        board.seat(&desk, &Counterpart::ALL);
        board.serve(&tape, &Arc::default());
        stream::out(&welcome(counterpart, &board, lang));
        let told = tell(&catalogue, &tape, &desk, dialect(command), lang);
        let mut signals = Signals::new();
        tokio::select! {
            () = told => {}
            () = signals.next() => {}
        }
        board.leave(&desk).await;
        Ok(Exit::Fine as u8)
    })
}

/// One port for the counterpart that was asked for; parties share theirs with the others of their kind.
fn places(counterpart: Counterpart, port: u16) -> Counterparts {
    let listen = format!("127.0.0.1:{port}");
    if !counterpart.is_facility() {
        return Counterparts { listen, fixed: true, ..Counterparts::default() };
    }
    let place = FacilityPlace { listen, public_url: None };
    let facilities: BTreeMap<_, _> = counterpart.as_str().parse().ok().map(|name| (name, place)).into_iter().collect();
    Counterparts { fixed: true, facilities, ..Counterparts::default() }
}

fn labels(catalogue: &Catalogue) -> Vec<String> {
    let bsn = &catalogue.numbers.bsn;
    [bsn.system.clone(), bsn.oid.clone()].into_iter().chain(bsn.labels.iter().cloned()).collect()
}

const fn dialect(command: &ServeCounterpart) -> Dialect {
    Dialect { fhir: if command.stu3 { FhirVersion::Stu3 } else { FhirVersion::R4 }, format: Format::Json }
}

fn welcome(counterpart: Counterpart, board: &Switchboard, lang: Lang) -> String {
    let places = board.places();
    let mut out = format!(
        "{} · {}\n\n",
        words::entry::counterpart(counterpart.as_str()).into_said(lang),
        lang.pick("stoppen met Ctrl-C", "stop it with Ctrl-C")
    );
    for (name, place) in &places {
        let wanted = name == counterpart.as_str() || (!counterpart.is_facility() && name == "token-service");
        if wanted {
            out.push_str(&format!("{name:<20} {}\n", place.url));
        }
    }
    out
}

/// Tells of every message as it arrives, until nobody can arrive any more.
async fn tell(catalogue: &Catalogue, tape: &Tape, desk: &Desk, dialect: Dialect, lang: Lang) {
    let mut arrivals = desk.arrivals();
    let mut told = 0;
    loop {
        arrivals.borrow_and_update();
        let lines: Vec<String> = tape.look(|records, bodies| {
            let new = records.get(told..).unwrap_or_default();
            let of = |record: &Record| match &record.event {
                Event::Inbound(inbound) => Some(line(inbound, &judge::alone(catalogue, bodies, dialect, record), lang)),
                _ => None,
            };
            let lines = new.iter().filter_map(of).collect();
            told = records.len();
            lines
        });
        lines.iter().for_each(|line| stream::err(line));
        if arrivals.changed().await.is_err() {
            return;
        }
    }
}

fn line(inbound: &InboundRecord, said: &[SaidAlone], lang: Lang) -> String {
    let now = time::OffsetDateTime::now_utc().time();
    let clock = format!("{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second());
    let status = inbound.response.as_ref().map_or_else(|| "–".to_owned(), |answer| answer.status.to_string());
    let (method, below) = (visible(&inbound.request.method), visible(&inbound.below));
    let bytes = inbound.request.body.length;
    let mut out = format!("{clock} {method:<6} {status} {below} ({bytes} bytes)\n");
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for one in said {
        let mark = match one.judgement.verdict {
            Verdict::Pass => "✓",
            Verdict::Fail | Verdict::Warn => "✕",
            Verdict::Inconclusive | Verdict::Error => "?",
        };
        let ids: Vec<&str> = one.verifies.iter().map(|id| id.as_str()).collect();
        let expected = words::expected(&one.judgement.expected).into_said(lang);
        let observed = words::observed(&one.judgement.observed).into_said(lang);
        let text = match one.judgement.verdict {
            Verdict::Pass => format!("         {mark} {}: {}\n", ids.join(", "), visible(&expected)),
            _ => format!("         {mark} {}: {} – {}\n", ids.join(", "), visible(&expected), visible(&observed)),
        };
        if shown.insert(text.clone()) {
            out.push_str(&text);
        }
    }
    out
}
