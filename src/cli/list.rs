//! `list`: what the catalogue holds, one id a line, the first word the id; or JSON.
//! With `--coverage` it says what verifies what, and what nothing verifies and why.

mod coverage;
mod demand;

use super::args::{Common, List, ListFormat, Listed};
use super::{load, stream};
use crate::language::catalogue::Catalogue;
use crate::model::text::{Bilingual, Lang};
use serde_json::{Map, Value, json};

/// Runs the command.
pub fn run(command: &List, common: &Common) -> u8 {
    let catalogue = match load::catalogue(common) {
        Ok(catalogue) => catalogue,
        Err(code) => return code,
    };
    let rows = match command.what {
        Listed::Profiles => profiles(&catalogue, command.coverage),
        Listed::Requirements if command.coverage => coverage::requirements(&catalogue),
        Listed::Requirements => requirements(&catalogue),
        Listed::Cases => cases(&catalogue, command.coverage),
        Listed::Defects => defects(&catalogue, command.coverage),
        Listed::Demands => demand::demands(&catalogue),
    };
    stream::out(&render(&rows, command.format, common.lang.into()));
    0
}

fn render(rows: &[Row], format: ListFormat, lang: Lang) -> String {
    match format {
        ListFormat::Json => {
            let items: Vec<Value> = rows.iter().map(Row::json).collect();
            let mut text = serde_json::to_string_pretty(&items).unwrap_or_default();
            text.push('\n');
            text
        }
        ListFormat::Text => {
            let width = rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
            rows.iter().map(|row| row.line(width, lang) + "\n").collect()
        }
    }
}

/// One thing that is listed, on one line.
struct Row {
    id: String,
    words: Vec<String>,
    lists: Vec<(&'static str, Vec<String>)>,
    title: Option<Bilingual>,
    /// Why nothing, or not everything, is tested.
    reason: Option<Bilingual>,
    /// What only JSON has room for.
    more: Map<String, Value>,
}

impl Row {
    fn of(id: impl ToString, words: Vec<String>, title: &Bilingual) -> Self {
        let (lists, reason, more) = (Vec::new(), None, Map::new());
        Self { id: id.to_string(), words, lists, title: Some(title.clone()), reason, more }
    }

    fn list(mut self, name: &'static str, values: Vec<String>) -> Self {
        self.lists.push((name, values));
        self
    }

    fn line(&self, width: usize, lang: Lang) -> String {
        let mut line = format!("{:<width$}", self.id);
        for word in &self.words {
            line.push_str("  ");
            line.push_str(word);
        }
        for (name, values) in &self.lists {
            let values = if values.is_empty() { "-".to_owned() } else { values.join(",") };
            line.push_str(&format!("  {name}={values}"));
        }
        if let Some(title) = &self.title {
            line.push_str("  ");
            line.push_str(title.say(lang));
        }
        if let Some(reason) = &self.reason {
            line.push_str(&format!("  ({})", reason.say(lang)));
        }
        line.trim_end().to_owned()
    }

    fn json(&self) -> Value {
        let mut item = json!({ "id": self.id, "words": self.words, "title": self.title });
        for (name, values) in &self.lists {
            item[*name] = json!(values);
        }
        if let Some(reason) = &self.reason {
            item["reason"] = json!(reason);
        }
        for (name, value) in &self.more {
            item[name.as_str()] = value.clone();
        }
        item
    }
}

fn profiles(catalogue: &Catalogue, coverage: bool) -> Vec<Row> {
    let row = |profile: &crate::model::profile::Profile| {
        let roles = profile.roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let row = Row::of(&profile.id, vec![profile.edition.clone(), roles], &profile.title);
        if coverage { coverage::of_profile(catalogue, profile, row) } else { row }
    };
    catalogue.profiles.values().map(row).collect()
}

fn requirements(catalogue: &Catalogue) -> Vec<Row> {
    let all = catalogue.profiles.values().flat_map(|profile| profile.requirements.iter().map(move |r| (profile, r)));
    all.map(|(profile, requirement)| {
        let words = vec![word(&requirement.obligation), word(&requirement.severity)];
        Row::of(profile.id_of(requirement), words, &requirement.text)
    })
    .collect()
}

fn cases(catalogue: &Catalogue, coverage: bool) -> Vec<Row> {
    let row = |(id, case): (&crate::model::id::CaseId, &crate::model::testcase::TestCase)| {
        let row = Row::of(id, vec![case.role.to_string()], &case.purpose);
        if !coverage {
            return row;
        }
        row.list("requirements", texts(&case.verifies)).list("defects", texts(&case.kills))
    };
    catalogue.cases.iter().map(row).collect()
}

fn defects(catalogue: &Catalogue, coverage: bool) -> Vec<Row> {
    let all = catalogue.defects.iter();
    all.map(|(id, (profile, defect))| {
        let row = Row::of(id, vec![profile.to_string(), defect.role.to_string()], &defect.title);
        if !coverage {
            return row;
        }
        let killers = catalogue.cases.iter().filter(|(_, case)| case.kills.contains(id)).map(|(name, _)| name);
        row.list("cases", texts(killers))
    })
    .collect()
}

fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
