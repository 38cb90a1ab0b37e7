//! Secrets by the name they stand under and by their form, in any text: URLs, forms, JSON, XML, prose.
//! A text is read by its marks, not parsed: what is cut off or malformed holds secrets too.

use super::SecretKind;
use super::stretch::Stretch;
use crate::engine::oracle::views::Piece;
use regex::bytes::{Captures, Regex};
use std::sync::LazyLock;

/// A secret at a place of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Find {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: SecretKind,
    pub(super) value: Vec<u8>,
    pub(super) learn: Learn,
}

/// Whether a value found is sought everywhere from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Learn {
    /// Unless it is a plain word.
    Surely,
    /// Only if it is long and no path or media type: the place is no proof.
    IfRandom,
}

impl Find {
    pub(super) fn of(from: usize, to: usize, kind: SecretKind, value: &str, learn: Learn) -> Self {
        Self::of_bytes(from, to, kind, value.as_bytes(), learn)
    }

    pub(super) fn of_bytes(from: usize, to: usize, kind: SecretKind, value: &[u8], learn: Learn) -> Self {
        Self { from, to, kind, value: value.to_vec(), learn }
    }

    /// Whether it is to be sought elsewhere: a common word would be found where it means nothing.
    pub(super) fn is_learnt(&self) -> bool {
        let digit = self.value.iter().any(u8::is_ascii_digit);
        match self.learn {
            Learn::Surely => digit || self.value.len() >= 12,
            Learn::IfRandom => self.value.len() >= 12 && (digit || !self.value.contains(&b'/')),
        }
    }
}

const TOKENS: &str = "access_token|refresh_token|id_token|token|subject_token|actor_token|registration_access_token|logout_token|api_key|api-key|apikey|x-api-key";
const ASSERTIONS: &str = "client_assertion|assertion|id_token_hint|software_statement";
const PRESIGNED: &str = "sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|awsaccesskeyid";
const OTHERS: &str = "client_secret|code_verifier|device_code|password|passwd";

/// `name=value`, in URLs and forms.
static PARAMETER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(&format!(r#"(?i-u)(?:^|[?&;#\s"'(<>,])({TOKENS}|{ASSERTIONS}|{PRESIGNED}|{OTHERS}|code)=([^&\s"'<>#;)\\]+)"#))
});
/// `"name": `, before the value of a member.
static MEMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(&format!(r#"(?i-u)"({TOKENS}|{ASSERTIONS}|{PRESIGNED}|{OTHERS})"\s*:\s*(\[\s*)?"#)));
/// `<name>value</`.
static ELEMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(&format!(r"(?i-u)<(?:[\w.-]+:)?({TOKENS}|{OTHERS}|SignatureValue)(?:\s[^<>]*)?>([^<]+)<")));
static JWT: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r"(?-u)eyJ[\w-]{5,}\.([\w-]*)\.([\w-]+)(\.[\w-]*\.[\w-]+)?"));
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"(?s-u)-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)")
});
static BEARER: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"(?i-u)\b(?:bearer|dpop|basic)\s+([\w.~+/-]{12,}=*)"));
static USERINFO: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r#"(?-u)://[^\s/@:"'<>?#]*:([^\s/@"'<>?#]+)@"#));
/// A private member of a JSON Web Key.
static JWK: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r#"(?-u)"(?:d|p|q|dp|dq|qi|k)"\s*:\s*"([\w-]{20,})""#));
pub(super) fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// The secrets of one view, at their places in the input.
pub(super) fn scan(piece: &Piece) -> Vec<Find> {
    let text = &piece.text;
    let mut finds = Vec::new();
    let mut add = |range: (usize, usize), kind: SecretKind, value: &[u8], learn: Learn| {
        let (from, to) = piece.origin(range.0, range.1);
        finds.push(Find::of_bytes(from, to, kind, value, learn));
    };
    let mut stretch = Stretch::default();
    each(&PARAMETER, text, |found| {
        if let (Some(name), Some(value)) = (found.get(1), found.get(2)) {
            let is_code = name.as_bytes().eq_ignore_ascii_case(b"code");
            if !is_code || stretch.has_authorisation(text, name.start(), value.as_bytes()) {
                let decoded = percent_encoding::percent_decode(value.as_bytes()).collect::<Vec<u8>>();
                named(name.as_bytes(), (value.start(), value.end()), decoded, &mut add);
            }
        }
    });
    each(&MEMBER, text, |found| {
        if let (Some(whole), Some(name)) = (found.get(0), found.get(1)) {
            for (range, value) in values(text, whole.end(), found.get(2).is_some()) {
                named(name.as_bytes(), range, value, &mut add);
            }
        }
    });
    each(&ELEMENT, text, |found| {
        if let (Some(name), Some(value)) = (found.get(1), found.get(2)) {
            named(name.as_bytes(), (value.start(), value.end()), value.as_bytes().to_vec(), &mut add);
        }
    });
    each(&JWT, text, |found| {
        let sealed =
            if found.get(3).is_some() { found.get(0).zip(found.get(1)) } else { found.get(0).zip(found.get(2)) };
        if let Some((whole, first)) = sealed {
            let range = (first.start(), whole.end());
            add(range, SecretKind::Signature, &text[range.0..range.1], Learn::Surely);
        }
    });
    for (pattern, group, kind) in
        [(&KEY, 0, SecretKind::PrivateKey), (&BEARER, 1, SecretKind::Token), (&USERINFO, 1, SecretKind::Password)]
    {
        each(pattern, text, |found| {
            let value =
                found.get(group).filter(|value| group != 1 || kind != SecretKind::Token || is_random(value.as_bytes()));
            if let Some(value) = value {
                add((value.start(), value.end()), kind, value.as_bytes(), Learn::Surely);
            }
        });
    }
    if text.windows(5).any(|window| window == b"\"kty\"") {
        each(&JWK, text, |found| {
            if let Some(value) = found.get(1) {
                add((value.start(), value.end()), SecretKind::PrivateKey, value.as_bytes(), Learn::Surely);
            }
        });
    }
    finds
}

fn each(pattern: &LazyLock<Option<Regex>>, text: &[u8], mut found: impl FnMut(&Captures<'_>)) {
    if let Some(pattern) = pattern.as_ref() {
        pattern.captures_iter(text).for_each(|captures| found(&captures));
    }
}

/// Prose says `bearer authentication`; a credential has a digit.
fn is_random(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}

fn named(
    name: &[u8],
    range: (usize, usize),
    value: Vec<u8>,
    add: &mut impl FnMut((usize, usize), SecretKind, &[u8], Learn),
) {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let is_one_of = |names: &str| names.split('|').any(|one| one == name);
    let kind = match name.as_str() {
        // An assertion's header and claims are evidence: only its signature is secret, and found by its form.
        _ if is_one_of(ASSERTIONS) && value.starts_with(b"eyJ") && value.contains(&b'.') => return,
        "code" | "code_verifier" | "device_code" => SecretKind::Code,
        "client_secret" => SecretKind::ClientSecret,
        "password" | "passwd" => SecretKind::Password,
        "signaturevalue" => SecretKind::Signature,
        _ if is_one_of(PRESIGNED) => SecretKind::Presigned,
        _ => SecretKind::Token,
    };
    add(range, kind, &value, Learn::Surely);
}

/// The text or number that stands here, or the texts of an array; to the end if it is cut off.
fn values(text: &[u8], mut at: usize, is_array: bool) -> Vec<((usize, usize), Vec<u8>)> {
    let mut values = Vec::new();
    loop {
        let rest = &text[at..];
        if rest.first() == Some(&b'"') {
            let from = at + 1;
            let mut to = from;
            while to < text.len() && text[to] != b'"' {
                to += if text[to] == b'\\' { 2 } else { 1 };
            }
            let to = to.min(text.len());
            values.push(((from, to), unescaped(&text[from..to])));
            at = (to + 1).min(text.len());
        } else {
            let width = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
            if width == 0 {
                return values;
            }
            values.push(((at, at + width), text[at..at + width].to_vec()));
            at += width;
        }
        let gap = text[at..].iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
        if !is_array || gap == 0 {
            return values;
        }
        at += gap;
    }
}

fn unescaped(raw: &[u8]) -> Vec<u8> {
    std::str::from_utf8(raw)
        .ok()
        .and_then(|raw| serde_json::from_str::<String>(&format!("\"{raw}\"")).ok())
        .map_or_else(|| raw.to_vec(), String::into_bytes)
}
