//! Rules about sentences: both languages say something, and not the same.
//! Whether they say it well is for people.

use super::ground::Ground;
use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::source::Node;
use std::sync::Arc;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let house = ground.house;
    let mut files: Vec<(&Arc<SourceFile>, &Node)> = Vec::new();
    files.extend(house.profiles.iter().map(|parsed| (&parsed.source, &parsed.tree)));
    files.extend(house.demands.iter().map(|parsed| (&parsed.source, &parsed.tree)));
    files.extend(house.cases.iter().map(|(_, parsed)| (&parsed.source, &parsed.tree)));
    files.extend(house.defects.iter().map(|(_, parsed)| (&parsed.source, &parsed.tree)));
    files.extend(house.casts.iter().map(|parsed| (&parsed.source, &parsed.tree)));
    files.extend(house.sets.iter().map(|(_, parsed)| (&parsed.source, &parsed.tree)));
    for (source, tree) in files {
        bilingual(source, tree, found);
    }
}

/// Checks every pair of `nl` and `en` below a node.
pub(in crate::language) fn bilingual(source: &Arc<SourceFile>, tree: &Node, found: &mut Vec<Diagnostic>) {
    tree.each_map(&mut |map| {
        let [nl, en] = ["nl", "en"].map(|language| map.entry(language));
        for (language, entry) in [("Dutch", nl), ("English", en)] {
            if let Some(entry) = entry
                && entry.node.scalar().is_some_and(|text| text.trim().is_empty())
            {
                let message = format!("the {language} is empty");
                found.push(Diagnostic::at(Code::EmptyText, source, entry.region, message));
            }
        }
        if let (Some(nl), Some(en)) = (nl, en)
            && let (Some(dutch), Some(english)) = (nl.node.scalar(), en.node.scalar())
            && dutch == english
            && dutch.split_whitespace().count() > 1
        {
            let message = "Dutch and English are the same words";
            found.push(Diagnostic::at(Code::SameText, source, en.node.region, message));
        }
    });
}
