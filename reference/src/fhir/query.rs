//! A search as it was asked: clauses that apply, parameters that are ignored, and the page.
//! Reading it needs no store; what cannot be read is refused before anything is looked up.

use super::date::{self, Prefix, Span};
use super::include::named_reference;
use super::kind::{Kind, Meaning, Param};
use super::search::Found;
use super::store::Store;
use super::traverse::is_way;
use crate::config::Style;
use crate::wire::Pairs;
use std::collections::BTreeSet;

const PAGE: usize = 50;
const LARGEST_PAGE: usize = 200;

#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) count: usize,
    pub(crate) offset: usize,
    /// The references between clinical resources along which targets go along.
    pub(crate) ways: Vec<String>,
    /// References whose targets go along with what is found.
    pub(crate) includes: Vec<(&'static Kind, &'static str)>,
    /// References by which others go along with what is found.
    pub(crate) revincludes: Vec<(&'static Kind, &'static str)>,
    /// Only with a defect: one clause that fits is enough.
    pub(crate) any: bool,
    /// The elements that were asked for, if not all.
    pub(crate) elements: Option<Vec<String>>,
    /// Whether any parameter was not understood.
    pub(crate) ignored: bool,
    /// The parameters that decide the answer, as they were written.
    pub(crate) applied: Pairs,
    /// Only with a defect: what the next page is asked by instead.
    pub(crate) onward: Option<Pairs>,
    /// Every parameter, understood or not.
    pub(crate) asked: Pairs,
}

#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) param: &'static Param,
    pub(crate) test: Test,
    /// Alternatives: one of them has to fit.
    pub(crate) values: Vec<String>,
    pub(crate) dates: Vec<(Prefix, Span)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Fits,
    Exact,
    Missing(bool),
}

impl Query {
    /// Reads parameters; the fault is fit to follow "cannot be understood: ".
    pub(crate) fn parse(kind: &'static Kind, asked: &Pairs, style: Style) -> Result<Self, String> {
        let mut query = Self {
            clauses: Vec::new(),
            count: PAGE,
            offset: 0,
            ways: Vec::new(),
            includes: Vec::new(),
            revincludes: Vec::new(),
            any: false,
            elements: None,
            ignored: false,
            applied: Vec::new(),
            onward: None,
            asked: asked.clone(),
        };
        for (key, value) in asked {
            let (name, modifier) = match key.split_once(':') {
                Some((name, modifier)) => (name, Some(modifier)),
                None => (key.as_str(), None),
            };
            let mut shown = value.clone();
            match name {
                "_count" if modifier.is_none() => {
                    let count: usize = value.parse().map_err(|_| "_count is not a number")?;
                    query.count = count.min(LARGEST_PAGE);
                    shown = query.count.to_string();
                }
                "_offset" if style == Style::Plain && modifier.is_none() => {
                    query.offset = value.parse().map_err(|_| "_offset is not a number")?;
                }
                "_elements" if modifier.is_none() => {
                    query.elements = Some(value.split(',').map(str::to_owned).collect());
                }
                "_format" => {}
                "_include" if modifier.is_none() && is_way(kind, value) => query.ways.push(value.clone()),
                "_include" | "_revinclude" if modifier.is_none() => {
                    let Some(reference) = named_reference(value) else {
                        query.ignored = true;
                        continue;
                    };
                    let list = if name == "_include" { &mut query.includes } else { &mut query.revincludes };
                    list.push(reference);
                }
                _ => match kind.params.iter().find(|param| param.name == name) {
                    Some(param) => query.clauses.push(clause(param, modifier, value)?),
                    None => {
                        query.ignored = true;
                        continue;
                    }
                },
            }
            query.applied.push((key.clone(), shown));
        }
        Ok(query)
    }

    /// Only with a defect: of several patient parameters the last one counts.
    pub(crate) fn keep_last_patient(&mut self) {
        let last = self.clauses.iter().rposition(Clause::is_patient);
        let mut index = 0;
        self.clauses.retain(|clause| {
            let keep = !clause.is_patient() || Some(index) == last;
            index += 1;
            keep
        });
    }

    /// Only with a defect: of a parameter that is repeated the last one counts.
    pub(crate) fn keep_last_of_each(&mut self) {
        let mut seen = Vec::new();
        self.clauses.reverse();
        self.clauses.retain(|clause| {
            let name = (clause.param.name, clause.test);
            let keep = !seen.contains(&name);
            seen.push(name);
            keep
        });
        self.clauses.reverse();
    }

    /// The part of what was found that stands on this page.
    pub(crate) fn page<'f>(&self, found: &'f [Found]) -> &'f [Found] {
        let rest = found.get(self.offset..).unwrap_or_default();
        &rest[..self.count.min(rest.len())]
    }

    /// Whether some parameter was sent without a value.
    pub(crate) fn has_empty(&self) -> bool {
        self.clauses.iter().any(|clause| clause.values.iter().any(String::is_empty))
    }

    /// Whether the question is about exactly one patient, as far as the question alone can tell.
    pub(crate) fn names_one_patient(&self, kind: &Kind, store: &Store) -> bool {
        let fits = || self.clauses.iter().filter(|clause| clause.test == Test::Fits);
        if kind.name != "Patient" {
            let named = self.patients(store);
            return named.len() == 1 && named.iter().all(|id| !id.is_empty());
        }
        let one = |name: &str| {
            let values: BTreeSet<_> = self
                .clauses
                .iter()
                .filter(|clause| clause.param.name == name && !matches!(clause.test, Test::Missing(_)))
                .flat_map(|clause| &clause.values)
                .collect();
            values.len() == 1 && values.iter().all(|value| !value.is_empty())
        };
        let whole_identifier = fits()
            .filter(|clause| clause.param.name == "identifier")
            .all(|clause| clause.values.iter().all(|value| !value.ends_with('|')));
        let one_day = fits().filter(|clause| clause.param.name == "birthdate").all(|clause| {
            clause.values.iter().all(|value| value.trim_start_matches("eq").len() == 10)
                && clause.dates.iter().all(|(prefix, _)| *prefix == Prefix::Eq)
        });
        one("_id") || (one("identifier") && whole_identifier) || (one("family") && one("birthdate") && one_day)
    }

    /// The logical ids in `patient` and `subject`; empty where a value was empty.
    pub(crate) fn patients(&self, store: &Store) -> BTreeSet<String> {
        self.clauses
            .iter()
            .filter(|clause| clause.is_patient() && clause.test == Test::Fits)
            .flat_map(|clause| &clause.values)
            .map(|value| patient_id(value, store))
            .collect()
    }

    /// Whether nothing but dates and the page was asked.
    pub(crate) fn only_dates(&self) -> bool {
        !self.ignored
            && self.clauses.iter().all(|clause| matches!(clause.param.meaning, Meaning::LastUpdated | Meaning::Date(_)))
    }
}

impl Clause {
    pub(crate) fn is_patient(&self) -> bool {
        matches!(self.param.meaning, Meaning::Patient(_))
    }
}

/// The logical id a reference value means, or the value itself when it is no reference of ours.
pub(crate) fn patient_id(value: &str, store: &Store) -> String {
    store.local(value, "Patient").unwrap_or_else(|| value.to_owned())
}

fn clause(param: &'static Param, modifier: Option<&str>, value: &str) -> Result<Clause, String> {
    let test = match (modifier, param.name) {
        (None, _) => Test::Fits,
        (Some("exact"), "family") => Test::Exact,
        (Some("missing"), "patient") => match value {
            "true" => Test::Missing(true),
            "false" => Test::Missing(false),
            _ => return Err("missing is true or false".to_owned()),
        },
        (Some(_), name) => return Err(format!("a modifier of {name} is not supported")),
    };
    let values = alternatives(value);
    let dated = matches!(param.meaning, Meaning::Date(_) | Meaning::LastUpdated);
    let dates = if dated && !value.is_empty() {
        values
            .iter()
            .map(|value| date::searched(value))
            .collect::<Option<_>>()
            .ok_or_else(|| format!("{} is not a date with a supported prefix", param.name))?
    } else {
        Vec::new()
    };
    Ok(Clause { param, test, values, dates })
}

/// Splits at commas that are not escaped.
fn alternatives(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for letter in value.chars() {
        match letter {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            ',' if !escaped => parts.push(String::new()),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.push(letter);
                }
            }
        }
        escaped = false;
    }
    parts
}
