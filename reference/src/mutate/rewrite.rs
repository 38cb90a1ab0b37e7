//! Puts one host and port in the place of another in bytes, queries, and forms.
//! It never looks inside anything encoded or signed, and leaves alone what does not name the host.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// What stays readable in a value that is written anew.
const IN_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A change of host and port, such as `127.0.0.1:80` to `127.0.0.1:8080`.
#[derive(Clone, Debug)]
pub(super) struct Swap {
    patterns: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Which values of a query or form are to be written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    All,
    /// Those of this parameter only; every other pair stays byte for byte.
    Of(&'static str),
}

impl Swap {
    pub(super) fn new(from: &str, to: &str) -> Self {
        let escapes = [":", "%3A", "%3a"];
        Self {
            patterns: escapes
                .map(|escape| {
                    let written = |authority: &str| authority.replace(':', escape).into_bytes();
                    (written(from), written(to))
                })
                .into(),
        }
    }

    /// The bytes with every mention changed; nothing when there is none.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut changed = Vec::with_capacity(bytes.len());
        let mut at = 0;
        let mut since = 0;
        while at < bytes.len() {
            let found =
                self.patterns.iter().find(|(from, _)| bytes[at..].starts_with(from) && stands_alone(bytes, at, from));
            if let Some((from, to)) = found {
                changed.extend_from_slice(&bytes[since..at]);
                changed.extend_from_slice(to);
                at += from.len();
                since = at;
            } else {
                at += 1;
            }
        }
        (since > 0).then(|| {
            changed.extend_from_slice(&bytes[since..]);
            changed
        })
    }

    /// A query or form without the ignored parameters and with the chosen values changed.
    pub(super) fn pairs(&self, raw: &[u8], values: Values, ignored: &[&str]) -> Vec<u8> {
        raw.split(|byte| *byte == b'&')
            .filter_map(|pair| {
                let name = decoded(pair.split(|byte| *byte == b'=').next().unwrap_or_default());
                if ignored.iter().any(|ignored| is_parameter(&name, ignored)) {
                    return None;
                }
                let chosen = match values {
                    Values::All => true,
                    Values::Of(wanted) => name == wanted.as_bytes(),
                };
                let changed = chosen.then(|| self.pair(pair)).flatten();
                Some(changed.unwrap_or_else(|| pair.to_vec()))
            })
            .collect::<Vec<_>>()
            .join(&b'&')
    }

    /// Escapes differ from sender to sender, so the value is compared as it is meant.
    fn pair(&self, pair: &[u8]) -> Option<Vec<u8>> {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.split_at(at + 1);
        let changed = self.bytes(&decoded(value))?;
        let written = percent_encode(&changed, IN_VALUE).to_string();
        Some([name, written.as_bytes()].concat())
    }
}

fn decoded(part: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

fn is_parameter(name: &[u8], wanted: &str) -> bool {
    name.strip_prefix(wanted.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b":"))
}

/// Whether a mention is a whole host and port, not a part of a longer one.
fn stands_alone(bytes: &[u8], at: usize, from: &[u8]) -> bool {
    let after = bytes.get(at + from.len());
    if after.is_some_and(u8::is_ascii_digit) {
        return false;
    }
    // The digits before it may be an escape, as in `%20127.0.0.1:80`.
    match bytes[..at] {
        [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        // A letter may be one too: `\n` in JSON.
        [.., last] => !last.is_ascii_digit() && last != b'.' && last != b'-',
        [] => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swap() -> Swap {
        Swap::new("127.0.0.1:80", "127.0.0.1:9000")
    }

    fn text(input: &str) -> String {
        let changed = swap().bytes(input.as_bytes());
        changed.map_or_else(|| "-".to_owned(), |bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn only_the_whole_host_and_port_is_changed() {
        assert_eq!(text("http://127.0.0.1:80/a"), "http://127.0.0.1:9000/a");
        assert_eq!(text("127.0.0.1:80 127.0.0.1:80"), "127.0.0.1:9000 127.0.0.1:9000");
        assert_eq!(text("http%3A%2F%2F127.0.0.1%3A80%2Fa"), "http%3A%2F%2F127.0.0.1%3A9000%2Fa");
        assert_eq!(text("%20127.0.0.1%3a80"), "%20127.0.0.1%3a9000");
        assert_eq!(text(r"a\n127.0.0.1:80"), r"a\n127.0.0.1:9000");
        assert_eq!(text("http://127.0.0.1:800/a"), "-");
        assert_eq!(text("http://1127.0.0.1:80/a"), "-");
        assert_eq!(text(""), "-");
    }

    #[test]
    fn bytes_that_are_no_text_survive() {
        let changed = swap().bytes(b"\xff127.0.0.1:80\xff").unwrap();
        assert_eq!(changed, b"\xff127.0.0.1:9000\xff");
    }

    #[test]
    fn pairs_without_the_host_stay_byte_for_byte() {
        let raw = b"a=%7e&b&&c=x%20y+z&url=http%3A%2F%2F127%2E0%2E0%2E1%3A80";
        let changed = swap().pairs(raw, Values::All, &[]);
        let wanted = b"a=%7e&b&&c=x%20y+z&url=http%3A%2F%2F127.0.0.1%3A9000";
        assert_eq!(changed, wanted);
    }

    #[test]
    fn other_parameters_stay_when_one_is_chosen() {
        let raw = b"resource=http://127.0.0.1:80/a&scope=http://127.0.0.1:80/a";
        let changed = swap().pairs(raw, Values::Of("resource"), &[]);
        let wanted = b"resource=http%3A%2F%2F127.0.0.1%3A9000%2Fa&scope=http://127.0.0.1:80/a";
        assert_eq!(changed, wanted);
    }

    #[test]
    fn an_ignored_parameter_goes_with_its_modifiers_and_in_any_escape() {
        let raw = b"patient=1&p%61tient:Patient=2&patients=3&code=4";
        assert_eq!(swap().pairs(raw, Values::All, &["patient"]), b"patients=3&code=4");
    }
}
