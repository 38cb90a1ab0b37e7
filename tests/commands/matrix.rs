//! `docs/matrix.txt` is what `prove --no-impostors --rounds 2` prints, which takes minutes. Whether it is still of this catalogue
//! shows at once: it has a column for each case, a row for each defect, and a kill wherever a case claims one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use toetssteen::language::catalogue::Catalogue;

#[test]
fn the_committed_matrix_is_of_this_catalogue() {
    let catalogue = Catalogue::embedded().catalogue.expect("a catalogue");
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/matrix.txt")).expect("the matrix");
    let remedy = "make it anew: toetssteen prove --no-impostors --rounds 2 > docs/matrix.txt";

    let mut lines = text.lines().skip(2);
    let columns: Vec<&str> =
        lines.by_ref().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(columns, catalogue.cases.keys().map(ToString::to_string).collect::<Vec<_>>(), "{remedy}");

    // One column is three characters wide, and the last ones end the line.
    let mut killed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in lines.skip(1).take_while(|line| !line.is_empty()) {
        let cells = &line[line.len() - 3 * columns.len()..];
        let marks = cells.as_bytes().chunks(3).zip(&columns);
        let kills = marks.filter(|(mark, _)| mark.ends_with(b"K")).map(|(_, case)| *case);
        killed.entry(line.split_whitespace().next().expect("a defect")).or_default().extend(kills);
    }
    killed.remove("(clean)");
    let claims = |defect| catalogue.cases.iter().filter(move |(_, case)| case.kills.contains(defect));
    for defect in catalogue.defects.keys() {
        let claimed: Vec<String> = claims(defect).map(|(id, _)| id.to_string()).collect();
        let seen = killed.remove(defect.as_str());
        assert!(seen.is_some_and(|seen| claimed.iter().all(|case| seen.contains(case.as_str()))), "{defect}: {remedy}");
    }
    assert_eq!(killed.keys().collect::<Vec<_>>(), Vec::<&&str>::new(), "{remedy}");
}
