//! The comparison as a page: one self-contained file in Dutch and English, for a browser and for paper.
//! No script: the language and the only-differences switch are a choice and a tick that the style sheet reads.

use super::view::{Page, View};
use crate::model::comparison::Comparison;
use crate::model::text::Lang;
use crate::report::render::html::policy;
use crate::report::words::Label;
use askama::Template;
use std::io::Write;

/// The page of a report and, after it, what a comparison adds and changes.
const STYLE: &str = concat!(include_str!("../template/page.css"), include_str!("../template/compare.css"));

#[derive(Template)]
#[template(path = "compare.html")]
struct Sheet<'c> {
    /// Both languages, the chosen one first.
    views: [View<'c>; 2],
    style: &'static str,
    policy: String,
}

/// Writes the page; `lang` chooses the language shown first. `pages` has a place for each report.
///
/// # Errors
/// When the writer refuses.
pub fn write(all: &Comparison, pages: &[Option<Page>], lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let other = match lang {
        Lang::Nl => Lang::En,
        Lang::En => Lang::Nl,
    };
    let views = [View::new(all, lang, pages), View::new(all, other, pages)];
    let sheet = Sheet { views, style: STYLE, policy: policy(STYLE) };
    let mut out = out;
    sheet.write_into(&mut out)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_reaches_for_nothing() {
        for word in ["url(", "@import", "</", "@font-face"] {
            assert!(!STYLE.contains(word), "the style sheet holds {word}");
        }
    }
}
