//! How a secret is written in the recording: `⟦kind:n:length⟧`.
//! A placeholder says nothing of the secret but its kind, its length, and that it is the same as another.

use super::SecretKind;
use regex::bytes::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands where a number of somebody outside the cast stood.
pub(crate) const WITHHELD: &str = "⟦withheld⟧";

static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let kinds: Vec<&str> = SecretKind::ALL.iter().map(|kind| kind.word()).collect();
    // Only what we write ourselves: an endpoint may not hide a canary between these brackets.
    Regex::new(&format!("⟦(?:(?:{}):[0-9]{{1,5}}:[0-9]{{1,7}}|withheld)⟧", kinds.join("|"))).ok()
});

/// A placeholder; what the secret held of the cast, which is no secret, follows in parentheses.
pub(super) fn write(kind: SecretKind, number: usize, length: usize, cast: &[String]) -> String {
    let placeholder = format!("⟦{}:{number}:{length}⟧", kind.word());
    if cast.is_empty() { placeholder } else { format!("{placeholder}({})", cast.join(",")) }
}

/// The bytes without what is written in placeholders.
pub(crate) fn without_placeholders(bytes: &[u8]) -> Cow<'_, [u8]> {
    match SHAPE.as_ref() {
        Some(shape) if bytes.contains(&0xe2) => shape.replace_all(bytes, "⟦⟧".as_bytes()),
        _ => Cow::Borrowed(bytes),
    }
}
