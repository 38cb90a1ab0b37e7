//! Why a run does not fit what stands in its folder, fit to be said to whoever asked.
//! What quotes the folder is made visible where it is shown.

use crate::model::report::Said;
use crate::model::text::Lang;
use crate::report::words::both;
use serde::Deserialize;
use std::path::Path;

/// The version of this program, as reports and recordings name it.
pub(super) const OWN: &str = env!("CARGO_PKG_VERSION");
/// A version is a few characters; what is longer was put there to be read.
const LONGEST: usize = 40;

/// Why a run does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Misfit {
    /// Something in its folder, in words that follow "does not fit: ".
    Folder(String),
    /// It is of another version of the program, which may judge otherwise; of which folder, once that is known.
    OtherJudge { by: String, dir: Option<String> },
}

impl From<String> for Misfit {
    fn from(why: String) -> Self {
        Self::Folder(why)
    }
}

impl Misfit {
    /// What differs is said to be so, unless it was judged by another version.
    pub(super) fn of(judge: &str, why: impl FnOnce() -> String) -> Self {
        if judge == OWN { Self::Folder(why()) } else { Self::OtherJudge { by: judge.to_owned(), dir: None } }
    }

    /// The same, with the folder that it is about.
    pub(in crate::cli) fn at(self, place: &Path) -> Self {
        match self {
            Self::Folder(why) => Self::Folder(format!("{} does not fit: {why}", place.display())),
            // Of a run that was put together the part is named, and not the whole.
            Self::OtherJudge { by, dir } => {
                Self::OtherJudge { by, dir: dir.or_else(|| Some(place.display().to_string())) }
            }
        }
    }

    /// What is said of it.
    pub(in crate::cli) fn say(&self, lang: Lang) -> String {
        match self {
            Self::Folder(why) => why.clone(),
            Self::OtherJudge { by, dir } => {
                let said = other_judge(by).into_said(lang);
                dir.as_ref().map_or_else(|| said.clone(), |dir| format!("{dir}: {said}"))
            }
        }
    }
}

/// That a report was judged by another version; fit to follow a colon.
pub(in crate::cli) fn other_judge(by: &str) -> Said {
    let by: String = by.chars().take(LONGEST).collect();
    both(
        format!("het verslag is beoordeeld door Toetssteen {by}, en dit is {OWN}: controleer het met die versie"),
        format!("the report was judged by Toetssteen {by}, and this is {OWN}: check it with that version"),
    )
}

/// The version that a report names, if it is a report at all.
pub(super) fn judge_of(report: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Head {
        judge: String,
    }
    serde_json::from_slice::<Head>(report).ok().map(|head| head.judge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_a_cause_of_its_own_in_both_languages() {
        let other = judge_of(br#"{ "format": 1, "judge": "0.0.9", "run": {} }"#).unwrap();
        let why = Misfit::of(&other, || "differs".to_owned()).at(Path::new("part")).at(Path::new("whole"));
        assert!(why.say(Lang::Nl).starts_with("part: het verslag is beoordeeld door Toetssteen 0.0.9, en dit is"));
        assert!(why.say(Lang::En).starts_with("part: the report was judged by Toetssteen 0.0.9, and this is"));
        let same = Misfit::of(OWN, || "differs".to_owned()).at(Path::new("part"));
        assert_eq!(same.say(Lang::Nl), "part does not fit: differs");
        assert_eq!(judge_of(b"{}"), None);
        assert!(other_judge(&"9".repeat(1000)).en.len() < 200);
    }
}
