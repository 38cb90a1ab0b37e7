//! The day that a command works with, where it is given from outside.
//! Whether the clock may stand in for it is for each command to say.

use time::{Date, Month, OffsetDateTime};

/// The day of `SOURCE_DATE_EPOCH` in UTC, if it is set (https://reproducible-builds.org).
///
/// # Errors
/// What is wrong with it.
pub fn epoch() -> Result<Option<Date>, String> {
    moment().map(|moment| moment.map(OffsetDateTime::date))
}

/// The same to the second.
///
/// # Errors
/// What is wrong with it.
pub fn moment() -> Result<Option<OffsetDateTime>, String> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let moment = of_epoch(&text.to_string_lossy());
    moment.map(Some).ok_or_else(|| "SOURCE_DATE_EPOCH is no number of seconds".to_owned())
}

fn of_epoch(seconds: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(seconds.parse().ok()?).ok()
}

/// A day as ISO 8601 writes it: `2026-12-01`.
#[must_use]
pub fn read(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_the_moment_in_utc() {
        assert_eq!(of_epoch("1796083199").map(|at| at.date().to_string()).as_deref(), Some("2026-11-30"));
        assert_eq!(of_epoch("1796083200").map(|at| at.date().to_string()).as_deref(), Some("2026-12-01"));
        assert_eq!(of_epoch("soon"), None);
        assert_eq!(of_epoch(""), None);
    }

    #[test]
    fn a_day_is_written_one_way() {
        assert_eq!(read("2026-12-01").map(|day| day.to_string()).as_deref(), Some("2026-12-01"));
        for wrong in ["2026-2-1", "2026-02-30", "01-12-2026", "2026-12-01-", "today", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
