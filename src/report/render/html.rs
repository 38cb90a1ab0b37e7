//! The page: one self-contained file in Dutch and English, for a browser and for paper.
//! No script, no address outside the page; every value passes one escaper.

use super::frame::Frame;
use super::view::View;
use super::visible::{escaped, steers};
use crate::model::report::Report;
use crate::model::text::Lang;
use crate::report::words::Label;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

const STYLE: &str = include_str!("template/page.css");

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    /// Both languages, the chosen one first.
    views: [View; 2],
    style: String,
    policy: String,
}

/// The page; `lang` chooses the language shown first.
///
/// # Errors
/// Never for a report that this program built; the template's signature says so.
pub fn render(report: &Report, lang: Lang) -> askama::Result<String> {
    framed(report, lang, &Frame::default())
}

/// The page, with what is known beside the report.
///
/// # Errors
/// As [`render`].
pub fn framed(report: &Report, lang: Lang, frame: &Frame) -> askama::Result<String> {
    let style = frame.dressed(STYLE);
    let views = [View::framed(report, lang, frame).addressed(), View::framed(report, other(lang), frame)];
    Page { views, policy: policy(&style), style }.render()
}

/// The language that stands second.
pub(super) const fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Nl => Lang::En,
        Lang::En => Lang::Nl,
    }
}

/// What a browser may do with the page: apply this one style sheet, known by its hash, and nothing else.
pub(super) fn policy(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// The escaper of every value on the page: markup becomes text, and what steers becomes visible.
#[derive(Clone, Copy)]
pub struct Harmless;

impl askama::filters::Escaper for Harmless {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        string.chars().try_for_each(|letter| self.write_escaped_char(&mut dest, letter))
    }

    fn write_escaped_char<W: Write>(&self, mut dest: W, c: char) -> fmt::Result {
        match c {
            '<' => dest.write_str("&lt;"),
            '>' => dest.write_str("&gt;"),
            '&' => dest.write_str("&amp;"),
            '"' => dest.write_str("&quot;"),
            '\'' => dest.write_str("&#39;"),
            _ if steers(c) => dest.write_str(&escaped(c)),
            _ => dest.write_char(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_style_by_its_hash() {
        let known = "default-src 'none'; style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; \
                     base-uri 'none'; form-action 'none'";
        assert_eq!(policy(""), known);
    }

    #[test]
    fn the_style_reaches_for_nothing() {
        for word in ["url(", "@import", "</", "@font-face"] {
            assert!(!STYLE.contains(word), "the style sheet holds {word}");
        }
    }
}
