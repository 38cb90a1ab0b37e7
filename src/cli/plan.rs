//! `plan`: what a run would send, create and change, and how long it takes at the ceiling.
//! Contacts nothing; what depends on the target's capability statement is said to.

use super::args::{Common, Plan};
use super::{load, operator, stream};
use crate::engine::draw;
use crate::engine::plan::{self, Circumstances};
use crate::engine::schedule::{self, Deed};
use crate::language::catalogue::Catalogue;
use crate::model::plan::Plan as Laid;
use crate::model::record::Parameters;
use crate::model::target::{CastMeans, Target};
use crate::model::testcase::Verb;
use crate::model::text::Lang;
use crate::report::words;
use std::collections::{BTreeMap, BTreeSet};

/// Runs the command.
pub fn run(command: &Plan, common: &Common) -> u8 {
    show(command, common).unwrap_or_else(|code| code)
}

fn show(command: &Plan, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    let target = load::target(&command.target, &catalogue)?;
    let selection = load::selection(&command.narrow, &catalogue)?;
    let parameters =
        Parameters { seed: 0, attempts: 1, timeout_ms: 10_000, body_limit: 0, challenge: None, shard: None };
    let circumstances = Circumstances {
        facts: BTreeMap::new(),
        faults: BTreeMap::new(),
        selection,
        allow_exec: command.allow_exec,
        operator: operator::present().is_some(),
        today: time::OffsetDateTime::now_utc().date().to_string(),
    };
    let plan = plan::plan(&catalogue, &target, &circumstances, &parameters);
    stream::out(&render(&catalogue, &target, &plan, &parameters, common.lang.into()));
    Ok(0)
}

fn render(catalogue: &Catalogue, target: &Target, plan: &Laid, parameters: &Parameters, lang: Lang) -> String {
    let t = |nl: &str, en: &str| lang.pick(nl, en).to_owned();
    let mut out = String::new();
    let (mut requests, mut waiting) = (0_u64, 0_u64);
    let mut actions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (position, instance) in plan.instances.iter().enumerate() {
        let Ok((moves, _)) = schedule::layout(catalogue, plan, parameters, position) else { continue };
        let mut own = 0;
        let mut last_at = 0;
        for one in &moves {
            own += match (&one.deed, &one.step.verb) {
                (Deed::Request { .. } | Deed::Again { .. }, _) => 1,
                (Deed::Sample { requests }, Verb::Sample(sample)) => {
                    (schedule::asks_of_sample(sample.per_class) * requests.len()) as u64
                }
                (Deed::Crawl { .. }, Verb::Crawl(crawl)) => u64::from(crawl.requests),
                (Deed::VendorSample { .. }, _) => 1,
                (Deed::Walk { requests, cells }, Verb::Walk(walk)) => {
                    let asks = requests.len() as u64 * cells.len() as u64;
                    u64::from(walk.walks) * u64::from(walk.orders) * (u64::from(walk.length.1) + 1 + asks)
                }
                (Deed::Act, Verb::Act(act)) => {
                    let person = act.person.as_ref().map(ToString::to_string).unwrap_or_default();
                    actions.entry(schedule::word_of(&act.action, &one.values)).or_default().insert(person);
                    1
                }
                _ => 0,
            };
            let at = one.at_ms.unwrap_or(0);
            waiting += at.saturating_sub(last_at);
            last_at = at;
        }
        requests += own;
        let each: Vec<String> = instance.each.iter().map(|(name, value)| format!("{name}={}", value.label())).collect();
        out.push_str(&format!(
            "{:<52} {own:>5} {} {}\n",
            instance.case.as_str(),
            t("verzoeken", "requests"),
            each.join(" ")
        ));
    }
    for left in &plan.left_out {
        let why = words::outcome(left.outcome);
        let why = why.say(lang);
        let detail = if left.detail.is_empty() { String::new() } else { format!(" ({})", left.detail) };
        let statement =
            left.outcome == crate::model::verdict::Outcome::NotTested(crate::model::verdict::Gap::NoRequest);
        let note = if statement {
            t(" — hangt af van het capability statement", " — depends on the capability statement")
        } else {
            String::new()
        };
        out.push_str(&format!("{:<52}     - {why}{detail}{note}\n", left.case.as_str()));
    }
    let created = created(catalogue, target, plan);
    let pace = target.authorisation.as_ref().map(|given| given.max_requests_per_second);
    out.push_str(&format!("\n{}: {requests}\n", t("Verzoeken", "Requests")));
    if let Some(pace) = pace.filter(|pace| *pace > 0) {
        let seconds = requests.div_ceil(u64::from(pace));
        out.push_str(&format!("{}: {seconds} s ({pace}/s)\n", t("Duur bij dit plafond", "Time at the ceiling")));
    }
    out.push_str(&format!(
        "{}: {} s\n",
        t("Wachttijd (tenzij de klok vooruit kan)", "Waiting (unless the clock can be advanced)"),
        waiting / 1000
    ));
    out.push_str(&format!("{}: {created}\n", t("Maakt aan en ruimt op", "Creates and removes")));
    for (action, people) in actions {
        let people: Vec<String> = people.into_iter().filter(|p| !p.is_empty()).collect();
        out.push_str(&format!("{}: {action} {}\n", t("Verandert", "Changes"), people.join(", ")));
    }
    out
}

/// What bringing the cast in creates.
fn created(catalogue: &Catalogue, target: &Target, plan: &Laid) -> String {
    match &target.cast {
        CastMeans::Fhir => {
            let mut resources = 0;
            for (member, endpoints) in &plan.cast {
                let fixture = draw::record_of(catalogue, member).map(|(record, _)| &record.fixture);
                let bytes = fixture.and_then(|name| {
                    catalogue.body(name, crate::model::target::FhirVersion::R4, crate::model::target::Format::Json)
                });
                let entries = bytes
                    .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok())
                    .and_then(|tree| tree.get("entry").and_then(|entry| entry.as_array().map(Vec::len)))
                    .unwrap_or(0);
                resources += (entries + plan::treated_by(catalogue, member).len()) * endpoints.len();
            }
            let people: Vec<&str> = plan.cast.keys().map(|member| member.as_str()).collect();
            format!("{resources} ({})", people.join(", "))
        }
        CastMeans::Fixture(_) | CastMeans::Preloaded(_) => "0".to_owned(),
    }
}
