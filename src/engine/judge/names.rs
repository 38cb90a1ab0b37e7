//! Names in expectations to the people they stand for.
//! A name that stands for nobody is evidence that does not fit, never a pass.

use super::docket::Docket;
use crate::engine::oracle::disclosure::{Wanted, Who};
use crate::engine::schedule::{Values, word_of};
use crate::model::expectation::Disclosure;
use crate::model::plan::EachValue;
use crate::model::record::Key;
use crate::model::testcase::Step;
use crate::model::text::Name;

/// The people of a disclosure, for one record.
pub fn wanted(docket: &Docket<'_>, step: &Step, key: &Key, disclosure: &Disclosure) -> Option<Wanted> {
    let all = |names: &[Name]| whos(docket, step, key, names);
    Some(Wanted {
        any: all(&disclosure.any)?,
        all: all(&disclosure.all)?,
        none: all(&disclosure.none)?,
        only: all(&disclosure.only)?,
    })
}

/// The people that these names stand for, for one record.
pub fn whos(docket: &Docket<'_>, step: &Step, key: &Key, names: &[Name]) -> Option<Vec<Who>> {
    let values = docket.values(step, key);
    names.iter().map(|name| who(docket, key, &values, name)).collect()
}

fn who(docket: &Docket<'_>, key: &Key, values: &Values, name: &Name) -> Option<Who> {
    match name.root.as_str() {
        "everyone" => return Some(Who { member: None, group: name.field.clone() }),
        "asked" => return Some(Who { member: Some(key.about.clone()?), group: name.field.clone() }),
        _ => {}
    }
    let (word, group) = match values.get(&name.root) {
        Some(EachValue::Row(_)) => (word_of(name, values), None),
        Some(EachValue::Word(word)) => (word.clone(), name.field.clone()),
        Some(EachValue::Near { .. }) => return None,
        None => (name.root.clone(), name.field.clone()),
    };
    let member = docket.court.header.people.iter().find(|person| person.member.as_str() == word)?;
    Some(Who { member: Some(member.member.clone()), group })
}
