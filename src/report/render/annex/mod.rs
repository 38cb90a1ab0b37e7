//! The requirement annex of a tender: one self-contained page in Dutch and English for a browser and for paper, and
//! Markdown in one language. No script, no address outside the page; every value passes one escaper.

mod markdown;
mod view;

pub use markdown::markdown;
pub use view::Annex;

use super::html;
use crate::model::tender::Tender;
use crate::model::text::Lang;
use crate::report::words::Label;
use crate::report::words::annex::{self as words, Heading};
use askama::Template;

/// The style of every page, and what an annex adds to it.
const STYLE: &str = concat!(include_str!("../template/page.css"), include_str!("../template/annex.css"));

#[derive(Template)]
#[template(path = "annex.html")]
struct Page {
    /// Both languages, the chosen one first.
    views: [Annex; 2],
    style: &'static str,
    policy: String,
}

/// The page; `lang` chooses the language shown first.
///
/// # Errors
/// Never for a tender that this program drew up; the template's signature says so.
pub fn page(tender: &Tender, lang: Lang) -> askama::Result<String> {
    let other = match lang {
        Lang::Nl => Lang::En,
        Lang::En => Lang::Nl,
    };
    Page { views: [Annex::of(tender, lang), Annex::of(tender, other)], style: STYLE, policy: html::policy(STYLE) }
        .render()
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
