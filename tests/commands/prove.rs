//! `prove`, narrowed to a defect: it says of that defect what it shows, and of nothing else.

use super::binary::{text, toetssteen, told};

#[test]
fn one_defect_is_tried_in_both_styles_without_the_clean_reference_and_impostors() {
    let done = toetssteen(&["prove", "--defect", "bundle-type-wrong"]);
    assert_eq!(done.status.code(), Some(2), "a name that is none: {}", told(&done));
    assert!(text(&done.stderr).contains("list defects"), "{}", told(&done));

    let done = toetssteen(&["prove", "--defect", "id-left-out"]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let said = text(&done.stdout);
    let rows: Vec<&str> = said.lines().filter(|line| line.starts_with("id-left-out ")).collect();
    assert_eq!(rows.len(), 2, "{said}");
    assert!(rows.iter().all(|row| row.ends_with("K")), "{said}");
    assert!(!said.contains("(clean)"), "{said}");
    let last = said.lines().last().unwrap_or_default();
    assert_eq!(last, "proved: each of these defects is killed by a case that claims it, impostors were left out");
}
