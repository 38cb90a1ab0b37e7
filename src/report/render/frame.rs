//! What a page says beside the report itself: the day it is read on, the digest of the file, waivers.
//! All of it is given by whoever asks for the page; rendering reads no clock and no disk.

use crate::model::report::{Report, RequirementEntry};
use crate::report::gate::Waived;
use crate::report::words;
use time::{Date, Duration};

/// A run older than this may say little about the product of today: half a year.
const STALE: Duration = Duration::days(183);

/// What is known beside the report; the default knows nothing, and then nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The day on which the report is read; without it no page judges its age.
    pub as_of: Option<Date>,
    /// SHA-256 of `report.json` as it stands on disk, in hexadecimal: the foot of every printed page.
    pub digest: Option<String>,
    /// Broken requirements that a policy lets through for a time.
    pub waived: Vec<Waived>,
}

impl Frame {
    /// The day on which a run ended that was too long ago on the day of reading.
    #[must_use]
    pub fn outdated(&self, report: &Report) -> Option<Date> {
        let ended = report.run.finished.as_deref().unwrap_or(&report.run.started);
        let ended = words::utc(ended)?.date();
        (self.as_of? - ended > STALE).then_some(ended)
    }

    /// The waiver that covers this requirement.
    #[must_use]
    pub fn waiver(&self, entry: &RequirementEntry) -> Option<&Waived> {
        self.waived.iter().find(|one| one.about.requirement == entry.id.as_str() && one.about.role == entry.role)
    }

    /// The style sheet with the digest at the foot of every printed page.
    ///
    /// What is no digest is left out: it would stand in the style sheet as it is.
    #[must_use]
    pub fn dressed(&self, style: &str) -> String {
        match self.digest.as_deref() {
            Some(digest) if digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()) => format!(
                "{style}@page {{ @bottom-left {{ content: \"report.json · SHA-256 {digest}\"; font: 6.5pt monospace; color: #4d5157; }} }}\n"
            ),
            _ => style.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_digest_gets_into_the_style() {
        let dressed = |digest: &str| Frame { digest: Some(digest.to_owned()), ..Frame::default() }.dressed("a{}");
        assert!(dressed(&"0a".repeat(32)).contains("SHA-256 0a0a"));
        assert_eq!(dressed("\"; } } body { display: none"), "a{}");
        assert_eq!(dressed(&"\" ".repeat(32)), "a{}");
        assert_eq!(Frame::default().dressed("a{}"), "a{}");
    }
}
