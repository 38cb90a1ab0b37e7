//! Headers that hold secrets by their name.
//! Schemes, cookie names and attributes stay: they are evidence.

use super::SecretKind;
use super::place::{Find, Learn};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Words in a header's name that say that its value is a credential.
const WORDS: [&str; 6] = ["token", "secret", "api-key", "apikey", "auth", "session"];
/// Names that hold such a word and no credential.
const OPEN: [&str; 4] = ["www-authenticate", "proxy-authenticate", "authentication-info", "proxy-authentication-info"];

/// The secrets of a header, by its name.
pub(super) fn scan(name: &str, value: &str) -> Vec<Find> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "authorization" | "proxy-authorization" => credential(value, SecretKind::Token, Learn::Surely),
        "cookie" => pairs(value).into_iter().map(|(from, to)| cookie(value, from, to)).collect(),
        "set-cookie" => {
            let end = value.find(';').unwrap_or(value.len());
            pairs(&value[..end]).into_iter().map(|(from, to)| cookie(value, from, to)).collect()
        }
        "dpop" => vec![Find::of(0, value.len(), SecretKind::Proof, value, Learn::Surely)],
        _ if is_credential(&name) => {
            let kind = if name.contains("secret") {
                SecretKind::ClientSecret
            } else if name.contains("session") {
                SecretKind::Cookie
            } else {
                SecretKind::Token
            };
            credential(value, kind, Learn::IfRandom)
        }
        _ => Vec::new(),
    }
}

fn is_credential(name: &str) -> bool {
    // `author` and `authority` say who, not by what right.
    let name = name.replace("authority", "");
    let is_author = name.contains("author") && !name.contains("authori");
    !is_author
        && !OPEN.contains(&name.as_str())
        && !name.starts_with("access-control-")
        && WORDS.iter().any(|word| name.contains(word))
}

fn credential(value: &str, kind: SecretKind, learn: Learn) -> Vec<Find> {
    let (scheme, start) = match value.split_once(char::is_whitespace) {
        Some((scheme, rest)) if is_scheme(scheme, rest) => (scheme, value.len() - rest.trim_start().len()),
        _ => ("", 0),
    };
    let secret = value[start..].trim_end();
    let end = start + secret.len();
    if !scheme.eq_ignore_ascii_case("basic") {
        return vec![Find::of(start, end, kind, secret, learn)];
    }
    let mut finds = vec![Find::of(start, end, SecretKind::Password, secret, Learn::Surely)];
    let bare = secret.trim_end_matches('=');
    let decoded = STANDARD.decode(format!("{bare}{}", "=".repeat((4 - bare.len() % 4) % 4))).unwrap_or_default();
    if let Some(colon) = decoded.iter().position(|byte| *byte == b':') {
        // No place of its own: the whole is sealed, its second half is known from now on.
        finds.push(Find::of_bytes(0, 0, SecretKind::Password, &decoded[colon + 1..], Learn::IfRandom));
    }
    finds
}

fn is_scheme(word: &str, rest: &str) -> bool {
    !rest.trim().is_empty()
        && !word.is_empty()
        && word.len() <= 32
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The values of `name=value` pairs parted by semicolons; a name alone may be a value as well.
fn pairs(value: &str) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut from = 0;
    for pair in value.split(';') {
        let start = from + pair.find('=').map_or(pair.len() - pair.trim_start().len(), |equals| equals + 1);
        pairs.push((start, from + pair.trim_end().len().max(start - from)));
        from += pair.len() + 1;
    }
    pairs
}

fn cookie(value: &str, from: usize, to: usize) -> Find {
    Find::of(from, to, SecretKind::Cookie, &value[from..to], Learn::IfRandom)
}
