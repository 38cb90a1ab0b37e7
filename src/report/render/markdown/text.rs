//! Text into Markdown: every character stands for itself, and nothing becomes a link.
//! Both functions expect to stand after something on their line, never at its beginning.

use crate::report::render::view::Prose;
use crate::report::render::visible;

/// A sentence. What a reader of Markdown might turn into a link stands in a code span instead.
pub(in crate::report::render) fn plain(text: &str) -> String {
    let text = visible(text);
    if becomes_a_link(&text) {
        // A pipe ends a cell of a table even in a code span.
        let parts: Vec<String> =
            text.split('|').map(|part| if part.is_empty() { String::new() } else { span(part) }).collect();
        return parts.join("&#124;");
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '`' | '*' | '_' | '[' | ']' | '~' | '$' | '!' | '{' | '}' | '^' => out.extend(['\\', c]),
            // Tables and backslashes disagree on what an escaped pipe is; an entity is read alike everywhere.
            '\\' => out.push_str("&#92;"),
            '|' => out.push_str("&#124;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out
}

/// A text that stands out. Markdown reads asterisks beside a blank, or with nothing between them, as asterisks.
pub(in crate::report::render) fn strong(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { "**–**".to_owned() } else { format!("**{}**", plain(text)) }
}

/// Addresses, mentions and references to issues are linked without any markup.
fn becomes_a_link(text: &str) -> bool {
    let low = text.to_ascii_lowercase();
    ["://", "www.", "@", "#", "mailto:", "xmpp:"].iter().any(|mark| low.contains(mark))
}

/// A sentence with what is to be typed literally in code spans.
pub(in crate::report::render) fn prose(text: &Prose) -> String {
    text.0.iter().map(|piece| if piece.literal { code(&piece.text) } else { plain(&piece.text) }).collect()
}

/// A text in a code span, in which Markdown reads nothing.
pub(in crate::report::render) fn code(text: &str) -> String {
    span(&visible(text))
}

fn span(text: &str) -> String {
    if text.trim().is_empty() {
        return "–".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let edge = |c: Option<char>| matches!(c, Some('`' | ' '));
    let pad = if edge(text.chars().next()) || edge(text.chars().next_back()) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stands_for_itself() {
        assert_eq!(plain("a *b* <c> [d](e) {f} a|b\\"), "a \\*b\\* &lt;c&gt; \\[d\\](e) \\{f\\} a&#124;b&#92;");
    }

    #[test]
    fn emphasis_needs_something_that_is_no_blank_at_its_edges() {
        assert_eq!(strong(" ) "), "**)**");
        assert_eq!(strong("\u{a0}*"), "**\\***");
        assert_eq!(strong(" "), "**–**");
    }

    #[test]
    fn an_address_is_no_link() {
        assert_eq!(plain("see https://example.org"), "`see https://example.org`");
        assert_eq!(plain("WWW.example.org"), "`WWW.example.org`");
        assert_eq!(plain("thanks @someone, #1"), "`thanks @someone, #1`");
        assert_eq!(plain("|@a|b"), "&#124;`@a`&#124;`b`");
    }

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(code("x\ny"), "`x\\u{a}y`");
        assert_eq!(code(" "), "–");
    }
}
