//! Dates of any precision as spans of time, and how two spans compare in a search.
//! A date without a zone is read as UTC.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime, Time};

/// From the first instant up to, not including, the second; open where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Option<OffsetDateTime>,
    pub(crate) until: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    Eq,
    Ge,
    Le,
    Gt,
    Lt,
}

/// A searched date with its prefix; nothing when it cannot be read.
pub(crate) fn searched(text: &str) -> Option<(Prefix, Span)> {
    let prefixes = [("eq", Prefix::Eq), ("ge", Prefix::Ge), ("le", Prefix::Le), ("gt", Prefix::Gt), ("lt", Prefix::Lt)];
    let (prefix, date) = prefixes
        .iter()
        .find_map(|(word, prefix)| Some((*prefix, text.strip_prefix(word)?)))
        .unwrap_or((Prefix::Eq, text));
    Some((prefix, span(date)?))
}

/// The span of a value in a resource: a date, a dateTime, or a Period.
pub(crate) fn stored(value: &Value) -> Option<Span> {
    match value {
        Value::String(text) => span(text),
        Value::Object(period) => {
            let side = |name: &str| period.get(name).and_then(Value::as_str).and_then(span);
            (period.contains_key("start") || period.contains_key("end")).then(|| Span {
                from: side("start").and_then(|span| span.from),
                until: side("end").and_then(|span| span.until),
            })
        }
        _ => None,
    }
}

pub(crate) fn fits(prefix: Prefix, value: Span, asked: Span) -> bool {
    let within = || {
        matches!((value.from, asked.from), (Some(value), Some(asked)) if value >= asked)
            && matches!((value.until, asked.until), (Some(value), Some(asked)) if value <= asked)
    };
    let later = || match (value.until, asked.until) {
        (None, _) => true,
        (Some(value), Some(asked)) => value > asked,
        (Some(_), None) => false,
    };
    let earlier = || match (value.from, asked.from) {
        (None, _) => true,
        (Some(value), Some(asked)) => value < asked,
        (Some(_), None) => false,
    };
    match prefix {
        Prefix::Eq => within(),
        Prefix::Gt => later(),
        Prefix::Lt => earlier(),
        Prefix::Ge => later() || within(),
        Prefix::Le => earlier() || within(),
    }
}

fn span(text: &str) -> Option<Span> {
    let (from, until) = match text.split_once('T') {
        None => whole_days(text)?,
        Some((date, time)) => moment(date, time)?,
    };
    Some(Span { from: Some(from), until: Some(until) })
}

fn whole_days(text: &str) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |at: usize, width: usize| {
        let part: &&str = parts.get(at)?;
        (part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<i32>().ok())
            .flatten()
    };
    let year = number(0, 4)?;
    let start = |year: i32, month: u8, day: u8| {
        let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Some(date.with_time(Time::MIDNIGHT).assume_utc())
    };
    match parts.len() {
        1 => Some((start(year, 1, 1)?, start(year + 1, 1, 1)?)),
        2 => {
            let month = u8::try_from(number(1, 2)?).ok()?;
            let next = if month == 12 { start(year + 1, 1, 1) } else { start(year, month + 1, 1) };
            Some((start(year, month, 1)?, next?))
        }
        3 => {
            let from = start(year, u8::try_from(number(1, 2)?).ok()?, u8::try_from(number(2, 2)?).ok()?)?;
            Some((from, from.checked_add(Duration::DAY)?))
        }
        _ => None,
    }
}

fn moment(date: &str, time: &str) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let cut = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(cut);
    let zone = if zone.is_empty() { "Z" } else { zone };
    let (clock, width) = match clock.len() {
        5 => (format!("{clock}:00"), Duration::MINUTE),
        8 => (clock.to_owned(), Duration::SECOND),
        _ => (clock.to_owned(), Duration::MILLISECOND),
    };
    let from = OffsetDateTime::parse(&format!("{date}T{clock}{zone}"), &Rfc3339).ok()?;
    Some((from, from.checked_add(width)?))
}
