//! Moments as a reader writes them: `24 november 2026, 19.57 uur UTC`.
//! What cannot be read as a moment is shown as it is.

use super::both;
use crate::model::report::Said;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, UtcOffset};

const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

/// When a run began, and when it ended if it did; a day and a minute that are the same are said once.
#[must_use]
pub fn period(started: &str, finished: Option<&str>) -> Said {
    let begin = Moment::read(started);
    let end = finished.map(Moment::read);
    match (begin, end) {
        (Ok(begin), Some(Ok(end))) if begin == end => begin.whole(),
        (Ok(begin), Some(Ok(end))) if begin.day == end.day => both(
            format!("{}, {}–{} uur UTC", begin.day.nl, begin.time("."), end.time(".")),
            format!("{}, {}–{} UTC", begin.day.en, begin.time(":"), end.time(":")),
        ),
        (begin, end) => {
            let whole = |moment: Result<Moment, Said>| moment.map_or_else(|said| said, |moment| moment.whole());
            let begin = whole(begin);
            match end.map(whole) {
                Some(end) => both(format!("{} – {}", begin.nl, end.nl), format!("{} – {}", begin.en, end.en)),
                None => begin,
            }
        }
    }
}

/// The day of a moment.
#[must_use]
pub fn day_of(moment: &str) -> Said {
    Moment::read(moment).map_or_else(|said| said, |moment| moment.day)
}

/// A day: `4 mei 2026`.
#[must_use]
pub fn day(of: Date) -> Said {
    let (nl, en) = MONTHS[usize::from(u8::from(of.month()) - 1)];
    let (day, year) = (of.day(), of.year());
    both(format!("{day} {nl} {year}"), format!("{day} {en} {year}"))
}

/// The moment in UTC; none where the text is no moment, or one that lies beyond the years that can be reckoned with there.
#[must_use]
pub fn utc(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)
}

#[derive(PartialEq)]
struct Moment {
    day: Said,
    hour: u8,
    minute: u8,
}

impl Moment {
    /// The moment; or the text as it is, where it is none.
    fn read(text: &str) -> Result<Self, Said> {
        let at = utc(text).ok_or_else(|| both(text, text))?;
        Ok(Self { day: day(at.date()), hour: at.hour(), minute: at.minute() })
    }

    fn time(&self, between: &str) -> String {
        format!("{:02}{between}{:02}", self.hour, self.minute)
    }

    fn whole(&self) -> Said {
        both(format!("{}, {} uur UTC", self.day.nl, self.time(".")), format!("{}, {} UTC", self.day.en, self.time(":")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_out() {
        assert_eq!(period("2026-05-04T19:07:05Z", None).nl, "4 mei 2026, 19.07 uur UTC");
        assert_eq!(period("2026-05-04T21:07:05+02:00", None).en, "4 May 2026, 19:07 UTC");
        assert_eq!(period("yesterday", None).en, "yesterday");
        assert_eq!(period("9999-12-31T23:59:59-01:00", None).en, "9999-12-31T23:59:59-01:00");
    }

    #[test]
    fn what_is_the_same_is_said_once() {
        let period = |end| period("2026-05-04T19:07:05Z", Some(end));
        assert_eq!(period("2026-05-04T19:07:50Z").en, "4 May 2026, 19:07 UTC");
        assert_eq!(period("2026-05-04T20:01:00Z").nl, "4 mei 2026, 19.07–20.01 uur UTC");
        assert_eq!(period("2026-05-05T00:01:00Z").en, "4 May 2026, 19:07 UTC – 5 May 2026, 00:01 UTC");
        assert_eq!(period("later").en, "4 May 2026, 19:07 UTC – later");
    }
}
