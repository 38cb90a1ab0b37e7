//! The shape of a text: its words stay, its numbers, identifiers and random tokens become a class.
//! Two texts that differ only in such parts have one shape.

/// Replaces what looks drawn or counted by its class.
pub fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(sealed) = sealed(rest) {
            shape.push_str(&unnumbered(sealed));
            rest = &rest[sealed.len()..];
            continue;
        }
        let end = rest.find(|next: char| !is_of_token(next)).unwrap_or(rest.len());
        if end == 0 {
            shape.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            push_token(&rest[..end], &mut shape);
            rest = &rest[end..];
        }
    }
    shape
}

/// How long a text is, sealed values counted without their running number.
pub fn length(text: &str) -> usize {
    let (mut length, mut rest) = (0, text);
    while let Some(start) = rest.find('⟦') {
        length += rest[..start].chars().count();
        rest = &rest[start..];
        let (counted, width) = match sealed(rest) {
            Some(sealed) => (unnumbered(sealed).chars().count(), sealed.len()),
            None => (1, '⟦'.len_utf8()),
        };
        length += counted;
        rest = &rest[width..];
    }
    length + rest.chars().count()
}

/// The sealed value with which a text begins, if it does. An endpoint may write the marks too: what is longer than any
/// of ours is none, and is not looked through for each mark in it.
fn sealed(text: &str) -> Option<&str> {
    const LONGEST: usize = 80;
    let inside = text.strip_prefix('⟦')?;
    let (end, mark) = inside.char_indices().take(LONGEST).find(|(_, letter)| matches!(letter, '⟦' | '⟧'))?;
    (mark == '⟧').then(|| &text[..'⟦'.len_utf8() + end + mark.len_utf8()])
}

/// A sealed value `⟦kind:n:length⟧` without `n`, which only counts how many came before.
fn unnumbered(sealed: &str) -> String {
    let inside = sealed.trim_matches(|mark| mark == '⟦' || mark == '⟧');
    match inside.split(':').collect::<Vec<_>>()[..] {
        [kind, _, length] => format!("⟦{kind}:{length}⟧"),
        _ => sealed.to_owned(),
    }
}

fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

fn push_token(token: &str, shape: &mut String) {
    let has = |test: fn(&u8) -> bool| token.as_bytes().iter().any(test);
    if is_uuid(token) {
        shape.push_str("⟨uuid⟩");
    } else if token.len() >= 16 && has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
    {
        shape.push_str("⟨token⟩");
    } else {
        for part in token.split_inclusive(['-', '_']) {
            let word = part.trim_end_matches(['-', '_']);
            shape.push_str(class(word).unwrap_or(word));
            shape.push_str(&part[word.len()..]);
        }
    }
}

/// The class of a run of letters and digits; nothing for a word.
fn class(word: &str) -> Option<&'static str> {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let one_case = !(word.bytes().any(|b| b.is_ascii_lowercase()) && word.bytes().any(|b| b.is_ascii_uppercase()));
    if digits == 0 {
        None
    } else if digits == word.len() {
        Some("⟨digits⟩")
    } else if word.len() >= 8 && one_case && word.bytes().all(|b| b.is_ascii_hexdigit()) {
        Some("⟨hex⟩")
    } else {
        Some("⟨mixed⟩")
    }
}

fn is_uuid(token: &str) -> bool {
    let lengths = token.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && token.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_becomes_a_class_and_words_stay() {
        for (text, wanted) in [
            ("Not found (ref 8a7b33c01f)", "Not found (ref ⟨hex⟩)"),
            ("c56a4180-65aa-42ec-a945-5fd21dec0538", "⟨uuid⟩"),
            ("2026-01-02T10:11:12.5Z", "⟨digits⟩-⟨digits⟩-⟨mixed⟩:⟨digits⟩:⟨digits⟩.⟨mixed⟩"),
            ("W/\"9xKqLw_2aB7cD1eF3\"", "W/\"⟨token⟩\""),
            ("no-store", "no-store"),
            ("", ""),
            ("⟦own:0⟧ é ⟦cookie:12:32⟧", "⟦own:0⟧ é ⟦cookie:32⟧"),
            ("⟦open", "⟦open"),
        ] {
            assert_eq!(shape(text), wanted);
        }
    }

    #[test]
    fn a_sealed_value_is_as_long_as_its_kind_and_length() {
        assert_eq!(length("a=⟦cookie:9:32⟧"), length("a=⟦cookie:10:32⟧"));
        assert_ne!(length("a=⟦cookie:9:32⟧"), length("a=⟦cookie:9:320⟧"));
        assert_eq!(length("é"), 1);
    }

    #[test]
    fn marks_of_an_endpoint_are_marks_and_no_more() {
        assert_eq!(length("⟦⟦x:123456:⟧"), "⟦⟦x:⟧".chars().count());
        let open = "⟦".repeat(200_000);
        assert_eq!((length(&open), shape(&open).chars().count()), (200_000, 200_000));
        let far = format!("⟦{}⟧", "a ".repeat(100));
        assert_eq!(length(&far), far.chars().count());
    }
}
