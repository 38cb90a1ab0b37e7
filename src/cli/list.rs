//! `list`: what the catalogue holds, one id a line, the first word the id; or JSON.
//! With `--coverage` it says which cases verify a requirement and which defects they kill.

use super::args::{Common, List, ListFormat, Listed};
use super::{load, stream};
use crate::language::catalogue::Catalogue;
use crate::model::id::RequirementId;
use crate::model::text::{Bilingual, Lang};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Runs the command.
pub fn run(command: &List, common: &Common) -> u8 {
    let catalogue = match load::catalogue(common) {
        Ok(catalogue) => catalogue,
        Err(code) => return code,
    };
    let lang: Lang = common.lang.into();
    let rows = match command.what {
        Listed::Profiles => profiles(&catalogue),
        Listed::Requirements => requirements(&catalogue, command.coverage),
        Listed::Cases => cases(&catalogue),
        Listed::Defects => defects(&catalogue),
        Listed::Demands => demands(&catalogue),
    };
    let mut text = String::new();
    match command.format {
        ListFormat::Json => {
            let items: Vec<Value> = rows.iter().map(Row::json).collect();
            text = serde_json::to_string_pretty(&items).unwrap_or_default();
            text.push('\n');
        }
        ListFormat::Text => {
            let width = rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
            for row in &rows {
                text.push_str(&row.line(width, lang));
                text.push('\n');
            }
        }
    }
    stream::out(&text);
    0
}

/// One thing that is listed.
struct Row {
    id: String,
    words: Vec<String>,
    title: Option<Bilingual>,
    more: BTreeMap<&'static str, Vec<String>>,
}

impl Row {
    fn line(&self, width: usize, lang: Lang) -> String {
        let mut line = format!("{:<width$}", self.id);
        for word in &self.words {
            line.push_str("  ");
            line.push_str(word);
        }
        if let Some(title) = &self.title {
            line.push_str("  ");
            line.push_str(title.say(lang));
        }
        for (name, values) in &self.more {
            let values = if values.is_empty() { "-".to_owned() } else { values.join(" ") };
            line.push_str(&format!("\n    {name}: {values}"));
        }
        line.trim_end().to_owned()
    }

    fn json(&self) -> Value {
        let mut item = json!({ "id": self.id, "words": self.words, "title": self.title });
        for (name, values) in &self.more {
            item[*name] = json!(values);
        }
        item
    }
}

fn row(id: impl ToString, words: Vec<String>, title: Option<Bilingual>) -> Row {
    Row { id: id.to_string(), words, title, more: BTreeMap::new() }
}

fn profiles(catalogue: &Catalogue) -> Vec<Row> {
    let roles = |roles: &[crate::model::id::Role]| roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    catalogue
        .profiles
        .values()
        .map(|profile| {
            row(&profile.id, vec![profile.edition.clone(), roles(&profile.roles)], Some(profile.title.clone()))
        })
        .collect()
}

fn requirements(catalogue: &Catalogue, coverage: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for profile in catalogue.profiles.values() {
        for requirement in &profile.requirements {
            let id = profile.id_of(requirement);
            let obligation = word(&requirement.obligation);
            let severity = word(&requirement.severity);
            let mut row = row(&id, vec![obligation, severity], Some(requirement.text.clone()));
            if coverage {
                let (cases, kills) = covering(catalogue, &id);
                row.more.insert("cases", cases);
                row.more.insert("kills", kills);
            }
            rows.push(row);
        }
    }
    rows
}

fn covering(catalogue: &Catalogue, id: &RequirementId) -> (Vec<String>, Vec<String>) {
    let cases = catalogue.cases.iter().filter(|(_, case)| case.verifies.contains(id));
    let mut kills = BTreeSet::new();
    let mut names = Vec::new();
    for (name, case) in cases {
        names.push(name.to_string());
        kills.extend(case.kills.iter().map(ToString::to_string));
    }
    (names, kills.into_iter().collect())
}

fn cases(catalogue: &Catalogue) -> Vec<Row> {
    catalogue.cases.iter().map(|(id, case)| row(id, vec![case.role.to_string()], Some(case.purpose.clone()))).collect()
}

fn defects(catalogue: &Catalogue) -> Vec<Row> {
    catalogue
        .defects
        .iter()
        .map(|(id, (profile, defect))| {
            row(id, vec![profile.to_string(), defect.role.to_string()], Some(defect.title.clone()))
        })
        .collect()
}

fn demands(catalogue: &Catalogue) -> Vec<Row> {
    let mut served: BTreeMap<crate::model::profile::Demand, Vec<String>> = BTreeMap::new();
    for profile in catalogue.profiles.values() {
        for requirement in &profile.requirements {
            for demand in &requirement.serves {
                served.entry(demand.clone()).or_default().push(profile.id_of(requirement).to_string());
            }
        }
    }
    served.into_iter().map(|(demand, by)| row(String::from(demand), by, None)).collect()
}

fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
