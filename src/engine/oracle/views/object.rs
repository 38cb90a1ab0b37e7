//! The objects of a JSON text, found by their braces in one pass.
//! It also works in text that is cut off or stands within other text, where a parser gives up.

/// The objects of a text, and the text values that each has itself under one name, not in objects within.
pub(crate) struct Objects<'a> {
    values: Vec<Vec<&'a [u8]>>,
    /// After each brace, which object one is in.
    edges: Vec<(usize, Option<usize>)>,
}

impl<'a> Objects<'a> {
    /// Reads a text once, however many places of it are asked about afterwards.
    pub(crate) fn of(text: &'a [u8], name: &str) -> Self {
        let mut found = Self { values: Vec::new(), edges: Vec::new() };
        let mut open = Vec::new();
        for (index, byte) in text.iter().enumerate() {
            match byte {
                b'{' => {
                    open.push(found.values.len());
                    found.values.push(Vec::new());
                    found.edges.push((index, open.last().copied()));
                }
                b'}' => {
                    open.pop();
                    found.edges.push((index, open.last().copied()));
                }
                b'"' => {
                    if let Some(object) = open.last() {
                        found.values[*object].extend(member(&text[index..], name));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The innermost object around this place; one that is cut off reaches to the end.
    pub(crate) fn around(&self, at: usize) -> Option<usize> {
        let before = self.edges.partition_point(|(edge, _)| *edge < at);
        self.edges.get(before.checked_sub(1)?)?.1
    }

    /// The values of an object.
    pub(crate) fn values(&self, object: usize) -> &[&'a [u8]] {
        self.values.get(object).map_or(&[], Vec::as_slice)
    }
}

fn member<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let rest = text.strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?.strip_prefix(b"\"")?;
    let rest = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_belongs_to_the_innermost_object_also_in_a_text_that_is_cut_off() {
        let text =
            br#"x } {"a":{"value":"in"} HERE ,"value" : "out",[{"value":"deeper"}] THERE} LAST {"value":"cut" END"#;
        let objects = Objects::of(text, "value");
        let at = |mark: &[u8]| text.windows(mark.len()).position(|window| window == mark).unwrap();
        let values = |mark: &[u8]| objects.around(at(mark)).map(|object| objects.values(object));
        assert_eq!(values(b"in\""), Some(&[b"in".as_slice()][..]));
        for mark in [b"HERE".as_slice(), b"THERE"] {
            assert_eq!(values(mark), Some(&[b"out".as_slice()][..]));
        }
        assert_eq!(values(b"LAST"), None);
        assert_eq!(values(b"END"), Some(&[b"cut".as_slice()][..]));
        assert_eq!(objects.around(0), None);
    }
}
