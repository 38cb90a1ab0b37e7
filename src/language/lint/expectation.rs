//! Rules about single expectations and saved values: lists hold something, places and patterns can be read.
//! Who is disclosed is a matter of `name`.

use super::ground::Ground;
use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::source::Node;
use crate::model::expectation::{BodyIs, Disclosure, Expectation, Mask, Matcher, PatternWord, Place};
use std::sync::Arc;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for (_, parsed) in ground.house.sets.iter().filter(|(_, parsed)| parsed.whole) {
        for (n, expectation) in parsed.value.open_when.iter().enumerate() {
            let mut look = Look { ground, source: &parsed.source, tree: &parsed.tree, found };
            look.expectation(&format!("open-when/{n}"), expectation);
        }
    }
    for at in ground.steps() {
        let mut look = Look { ground, source: at.source(), tree: &at.parsed.tree, found };
        for (n, expectation) in at.step.frame.expect.iter().enumerate() {
            look.expectation(&at.way(&format!("expect/{n}")), expectation);
        }
        for (word, save) in &at.step.frame.save {
            look.place(&at.way(&format!("save/{word}/at")), &save.at);
        }
    }
}

struct Look<'l, 'h> {
    ground: &'l Ground<'h>,
    source: &'l Arc<SourceFile>,
    tree: &'l Node,
    found: &'l mut Vec<Diagnostic>,
}

impl Look<'_, '_> {
    fn say(&mut self, code: Code, way: &str, message: impl Into<String>) {
        self.found.push(Diagnostic::at(code, self.source, self.tree.region(way), message));
    }

    fn expectation(&mut self, way: &str, expectation: &Expectation) {
        match expectation {
            Expectation::Status(patterns) if patterns.is_empty() => {
                self.say(Code::EmptyList, &format!("{way}/status"), "no status can be one of none");
            }
            Expectation::MediaType(types) if types.is_empty() => {
                self.say(Code::EmptyList, &format!("{way}/media-type"), "no media type can be one of none");
            }
            Expectation::Value(value) => {
                self.place(&format!("{way}/value/at"), &value.at);
                self.matcher(&format!("{way}/value/is"), &value.is);
            }
            Expectation::Body(BodyIs::Schema(name)) if !self.ground.schemas.contains(name.as_str()) => {
                let place = (self.source, self.tree.region(&format!("{way}/body/schema")));
                let said = (name.as_str(), format!("there is no JSON Schema `{name}`"));
                let known = self.ground.schemas.iter().copied();
                self.ground.unknown(self.found, Code::UnknownSchema, place, said, known);
            }
            Expectation::Discloses(disclosure) => {
                let Disclosure { any, all, none, only } = disclosure;
                if [any, all, none, only].iter().all(|names| names.is_empty()) {
                    self.say(Code::EmptyList, &format!("{way}/discloses"), "it names nobody");
                }
            }
            Expectation::Pattern(wanted) if wanted.declared.names().next().is_none() => {
                let declared = wanted.declared.to_string();
                if !PatternWord::ALL.iter().any(|word| word.as_str() == declared) {
                    let place = (self.source, self.tree.region(&format!("{way}/pattern/declared")));
                    let message = format!("`{declared}` is no pattern of communication");
                    let known = PatternWord::ALL.map(PatternWord::as_str);
                    self.ground.unknown(self.found, Code::UnknownPattern, place, (&declared, message), known);
                }
            }
            Expectation::Indistinguishable(wanted) => {
                for (n, mask) in wanted.mask.iter().enumerate() {
                    if let Mask::Element(path) = mask {
                        self.element(&format!("{way}/indistinguishable/mask/{n}/element"), path);
                    }
                }
            }
            Expectation::Status(_)
            | Expectation::MediaType(_)
            | Expectation::Body(_)
            | Expectation::Opens(_)
            | Expectation::Compare(_)
            | Expectation::Count(_)
            | Expectation::Decisions(_)
            | Expectation::OnlyMatching
            | Expectation::After(_)
            | Expectation::KeepsPace(_)
            | Expectation::Handshake(_)
            | Expectation::Pattern(_)
            | Expectation::Logs(_)
            | Expectation::Acknowledged(_) => {}
        }
    }

    fn matcher(&mut self, way: &str, matcher: &Matcher) {
        match matcher {
            Matcher::Pattern(pattern) | Matcher::Never(pattern) => {
                // The size is that of the oracle: what it could not build would judge nothing.
                if let Err(error) = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build() {
                    let error = error.to_string();
                    let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    self.say(
                        Code::BadPattern,
                        &format!("{way}/{}", if matches!(matcher, Matcher::Never(_)) { "never" } else { "pattern" }),
                        format!("not a regular expression: {reason}"),
                    );
                }
            }
            Matcher::Hides(names) if names.is_empty() => {
                self.say(Code::EmptyList, &format!("{way}/hides"), "it names nobody");
            }
            Matcher::OneOf(texts) | Matcher::OneOfEvery(texts) if texts.is_empty() => {
                let word = if matches!(matcher, Matcher::OneOf(_)) { "one-of" } else { "one-of-every" };
                self.say(Code::EmptyList, &format!("{way}/{word}"), "nothing can be one of none");
            }
            _ => {}
        }
    }

    fn place(&mut self, way: &str, place: &Place) {
        match place {
            Place::Json(pointer) if !is_pointer(pointer) => {
                let message = format!("`{pointer}` is not a JSON pointer: it begins with `/`, and `~` stands as `~0`");
                self.say(Code::BadPlace, &format!("{way}/json"), message);
            }
            Place::Element(path) => self.element(&format!("{way}/element"), path),
            Place::Form(name)
            | Place::Query(name)
            | Place::Link(name)
            | Place::Created(name)
            | Place::Notified(name)
                if name.is_empty() =>
            {
                self.say(Code::BadPlace, way, "the name of a place is not empty");
            }
            _ => {}
        }
    }

    fn element(&mut self, way: &str, path: &str) {
        let mut parts = path.split('.');
        let head = parts.next().is_some_and(|head| {
            head.starts_with(|c: char| c.is_ascii_uppercase()) && head.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        let rest = parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        if !head || !rest {
            let message = format!("`{path}` is not an element path: it is written as `Task.input.value`");
            self.say(Code::BadPlace, way, message);
        }
    }
}

/// Whether this is a pointer of RFC 6901.
fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && escapes
}
