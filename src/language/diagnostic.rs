//! Diagnostics: what is wrong with a file, where, and what to do about it.
//! Rendering makes text; printing it is the command line's affair.

use super::code::Code;
use super::source::Region;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing can be judged with this.
    Error,
    /// It can, but someone should look.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One file as it was read; shared by everything said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path with `/`, relative to the catalogue, or as given on the command line.
    pub path: String,
    /// Its text; empty if it has none.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Diagnostic {
    /// The kind.
    pub code: Code,
    /// How grave; that of the code.
    pub severity: Severity,
    /// What is wrong, in one sentence without full stop.
    pub message: String,
    /// The file, by path.
    pub file: String,
    /// Where in it, if it can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Region>,
    /// A word or two beside the caret.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Other places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// The text that the span is of.
    #[serde(skip)]
    pub source: Option<Arc<SourceFile>>,
}

/// Another place that belongs to a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Related {
    /// The file, by path.
    pub file: String,
    /// Where in it.
    pub span: Region,
    /// What it has to do with it.
    pub label: String,
    /// The text that the span is of.
    #[serde(skip)]
    pub source: Arc<SourceFile>,
}

/// Whether the terminal takes colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    #[default]
    Plain,
    /// ANSI colours.
    Ansi,
}

impl Diagnostic {
    /// A diagnostic about a whole file or folder.
    #[must_use]
    pub fn of_file(code: Code, file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.rule().severity,
            message: message.into(),
            file: file.into(),
            span: None,
            label: String::new(),
            help: None,
            related: Vec::new(),
            source: None,
        }
    }

    /// A diagnostic about a place in a file.
    #[must_use]
    pub fn at(code: Code, source: &Arc<SourceFile>, span: Region, message: impl Into<String>) -> Self {
        Self { span: Some(span), source: Some(Arc::clone(source)), ..Self::of_file(code, &source.path, message) }
    }

    /// Says a word or two beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// Shows another place that belongs to it.
    #[must_use]
    pub fn related(mut self, source: &Arc<SourceFile>, span: Region, label: impl Into<String>) -> Self {
        self.related.push(Related { file: source.path.clone(), span, label: label.into(), source: Arc::clone(source) });
        self
    }

    /// Where it sorts: by file, then by place, then by code, so that two runs say the same in the same order.
    pub(super) fn order(&self) -> (&str, usize, usize, Code, &str) {
        let start = self.span.map_or(0, |span| span.start);
        let end = self.span.map_or(0, |span| span.end);
        (&self.file, start, end, self.code, &self.message)
    }
}

/// A diagnostic as a compiler would show it: code, file, line, caret, help.
///
/// Control characters and characters that change the direction of writing are made visible, so
/// that a file can neither colour nor reorder what its reviewer sees.
#[must_use]
pub fn render(diagnostic: &Diagnostic, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    }
    .decor_style(DecorStyle::Ascii);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = visible(&diagnostic.message);
    let label = visible(&diagnostic.label);
    let file = visible(&diagnostic.file);
    let related: Vec<(String, String, &Related)> =
        diagnostic.related.iter().map(|related| (visible(&related.file), visible(&related.label), related)).collect();
    let explain = format!("See `toetssteen explain {}`", diagnostic.code);
    let help = match &diagnostic.help {
        Some(help) => format!("{}  {explain}", visible(help)),
        None => explain,
    };

    let mut group = level
        .primary_title(message.as_str())
        .id(diagnostic.code.as_str())
        .elements(Vec::<annotate_snippets::Message<'_>>::new());
    match (&diagnostic.source, diagnostic.span) {
        (Some(source), Some(span)) => {
            let mut main = AnnotationKind::Primary.span(shown(&source.text, span));
            if !label.is_empty() {
                main = main.label(label.as_str());
            }
            let mut snippet = Snippet::source(source.text.as_str()).path(file.as_str()).annotation(main);
            for (_, label, related) in related.iter().filter(|(_, _, related)| related.file == diagnostic.file) {
                snippet = snippet
                    .annotation(AnnotationKind::Context.span(shown(&source.text, related.span)).label(label.as_str()));
            }
            group = group.element(snippet);
        }
        _ => group = group.element(Origin::path(file.as_str())),
    }
    for (file, label, related) in related.iter().filter(|(_, _, related)| related.file != diagnostic.file) {
        group =
            group.element(Snippet::source(related.source.text.as_str()).path(file.as_str()).annotation(
                AnnotationKind::Context.span(shown(&related.source.text, related.span)).label(label.as_str()),
            ));
    }
    group = group.element(Level::HELP.message(help.as_str()));
    renderer.render(&[group]).to_string()
}

/// The part of a region that is underlined: its first line, and never nothing if there is something.
fn shown(text: &str, region: Region) -> std::ops::Range<usize> {
    let start = region.start.min(text.len());
    let end = region.end.clamp(start, text.len());
    let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at);
    let end = end.min(line_end);
    if start == end {
        let next = text[start..line_end].chars().next().map_or(0, char::len_utf8);
        start..start + next
    } else {
        start..end
    }
}

/// A text from a file, with what a terminal would obey or hide written out.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = c.is_control()
            || matches!(c,
                '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
        if hidden {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Arc<SourceFile> {
        Arc::new(SourceFile { path: "testcases/demo-exchange/refuses.yaml".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn a_diagnostic_looks_like_a_compilers() {
        let source = source("format: 1\nverifies: [demo-exchange/5.2-9]\n");
        let diagnostic = Diagnostic::at(
            Code::UnknownRequirement,
            &source,
            Region::of(&source.text, 21, 40),
            "no profile defines `demo-exchange/5.2-9`",
        )
        .label("cited here")
        .help("did you mean `demo-exchange/5.2-3`?".to_owned());
        insta::assert_snapshot!(render(&diagnostic, Colour::Plain), @"
        error[unknown-requirement]: no profile defines `demo-exchange/5.2-9`
         --> testcases/demo-exchange/refuses.yaml:2:12
          |
        2 | verifies: [demo-exchange/5.2-9]
          |            ^^^^^^^^^^^^^^^^^^^ cited here
          |
          = help: did you mean `demo-exchange/5.2-3`?  See `toetssteen explain unknown-requirement`
        ");
    }

    #[test]
    fn a_file_cannot_colour_or_reorder_what_is_said_of_it() {
        let source = source("a: \u{1b}[31mred \u{202e}txet\n");
        let diagnostic =
            Diagnostic::at(Code::BadValue, &source, Region::of(&source.text, 3, 5), "bad \u{202e}word\u{7}");
        let text = render(&diagnostic, Colour::Plain);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
        assert!(text.contains("\\u{202e}word\\u{7}"));
    }
}
