//! A sheet: one sentence, then headed lists; what a comparison or a decision looks like on a terminal and in Markdown.
//! It shows what it is given; no text on it steers a terminal or becomes markup.

use super::markdown::text::{code, plain, strong};
use super::unheard;

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is; a heading in Markdown, left out where the sentence comes first.
    pub title: String,
    /// The whole of it in one sentence.
    pub sentence: String,
    /// What stands under it; empty sections are left out.
    pub sections: Vec<Section>,
}

/// A headed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// One thing in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What it is about.
    pub head: String,
    /// What is said of it.
    pub lines: Vec<Line>,
}

/// One thing that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The name of the field; absent for a sentence.
    pub label: Option<String>,
    /// The text.
    pub text: String,
    /// Whether the text is somebody else's, to be shown as it came.
    pub exact: bool,
}

impl Line {
    /// A sentence of ours.
    #[must_use]
    pub fn says(text: impl Into<String>) -> Self {
        Self { label: None, text: text.into(), exact: false }
    }

    /// A field with a text of ours.
    #[must_use]
    pub fn field(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: Some(label.into()), text: text.into(), exact: false }
    }

    /// A field with somebody else's text.
    #[must_use]
    pub fn exact(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: Some(label.into()), text: text.into(), exact: true }
    }
}

impl Item {
    /// Something of which no more is said.
    #[must_use]
    pub fn bare(head: impl Into<String>) -> Self {
        Self { head: head.into(), lines: Vec::new() }
    }
}

impl Sheet {
    /// As plain text, the sentence first.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", unheard(&self.sentence));
        for section in self.filled() {
            out.push_str(&format!("\n{}\n", unheard(&section.heading)));
            for item in &section.items {
                out.push_str(&format!("  {}\n", unheard(&item.head)));
                for line in &item.lines {
                    let label = line.label.as_ref().map(|label| format!("{label}: ")).unwrap_or_default();
                    out.push_str(&format!("      {}\n", unheard(&format!("{label}{}", line.text))));
                }
            }
        }
        out
    }

    /// As Markdown, for the summary of a job.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n\n{}\n", plain(&self.title), strong(&self.sentence));
        for section in self.filled() {
            out.push_str(&format!("\n## {}\n\n", plain(&section.heading)));
            for item in &section.items {
                out.push_str(&format!("- {}\n", strong(&item.head)));
                for line in &item.lines {
                    let text = if line.exact { code(&line.text) } else { plain(&line.text) };
                    let label = line.label.as_ref().map(|label| format!("{}: ", strong(label))).unwrap_or_default();
                    // A list item that began with the text itself could begin with a mark of Markdown.
                    out.push_str(&format!("  - {label}{}{text}\n", if label.is_empty() { "– " } else { "" }));
                }
            }
        }
        out
    }

    fn filled(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| !section.items.is_empty())
    }
}
