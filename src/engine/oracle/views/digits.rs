//! Numbers of nine digits, written together or in groups.
//! Whose number it is, and whether it is one, is for the reader to say.

use std::ops::Range;

/// Nine digits.
pub(crate) type Nine = [u8; 9];

/// Every nine digits that stand between things that are not digits; groups may be parted by a dot, a space,
/// a dash or a no-break space, and what precedes or follows may be a group of its own.
pub(crate) fn nines(text: &[u8]) -> Vec<(Nine, Range<usize>)> {
    let mut found = Vec::new();
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].iter().position(u8::is_ascii_digit) {
        let from = at + next;
        let to = text[from..].iter().position(|byte| !byte.is_ascii_digit()).map_or(text.len(), |width| from + width);
        let follows = groups.last().is_some_and(|last| is_parting(&text[last.end..from]));
        if !follows {
            judge(text, &groups, &mut found);
            groups.clear();
        }
        groups.push(from..to);
        at = to;
    }
    judge(text, &groups, &mut found);
    found
}

fn is_parting(between: &[u8]) -> bool {
    matches!(between, b"." | b" " | b"-" | b"+" | b"\xc2\xa0")
}

fn judge(text: &[u8], groups: &[Range<usize>], found: &mut Vec<(Nine, Range<usize>)>) {
    for (index, first) in groups.iter().enumerate() {
        let mut width = 0;
        for last in &groups[index..] {
            width += last.len();
            if width >= 9 {
                if width == 9 {
                    let mut nine = [0; 9];
                    let digits = text[first.start..last.end].iter().filter(|byte| byte.is_ascii_digit());
                    nine.iter_mut().zip(digits).for_each(|(to, from)| *to = *from);
                    found.push((nine, first.start..last.end));
                }
                break;
            }
        }
    }
}
