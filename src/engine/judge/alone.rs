//! What cases of the catalogue say of one exchange that arrived, outside any run: for whoever builds the other side.
//! Only expectations that need nothing but the exchange itself are held against it.

use crate::engine::counterpart;
use crate::engine::oracle::{Exchange, body, value};
use crate::language::catalogue::Catalogue;
use crate::model::counterpart::Counterpart;
use crate::model::expectation::{Expectation, Matcher};
use crate::model::id::{CaseId, RequirementId, StepId};
use crate::model::plan::Dialect;
use crate::model::record::{Bodies, Event, InboundRecord, Record};
use crate::model::testcase::{Await, Head, Verb};
use crate::model::text::{Part, Text};
use crate::model::verdict::Judgement;

/// What one expectation of a case says.
#[derive(Clone, Debug)]
pub struct Said {
    /// The case.
    pub case: CaseId,
    /// The step.
    pub step: StepId,
    /// The requirements that it bears on.
    pub verifies: Vec<RequirementId>,
    /// What was wanted and what was seen.
    pub judgement: Judgement,
}

/// What the cases that wait for such an exchange say of it.
#[must_use]
pub fn alone(catalogue: &Catalogue, bodies: &Bodies, dialect: Dialect, record: &Record) -> Vec<Said> {
    let Event::Inbound(inbound) = &record.event else { return Vec::new() };
    let Some(exchange) = Exchange::seen(bodies, record).map(|one| one.in_version(dialect.fhir)) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    for (id, case) in &catalogue.cases {
        for step in case.steps.iter().filter(|step| step.head == Head::Step) {
            let Verb::Await(wait) = &step.verb else { continue };
            if !is_meant(wait, inbound) {
                continue;
            }
            let judged = step.frame.expect.iter().filter_map(|expectation| one(catalogue, expectation, &exchange));
            said.extend(judged.map(|judgement| Said {
                case: id.clone(),
                step: step.name.clone(),
                verifies: step.frame.verifies.clone().unwrap_or_else(|| case.verifies.clone()),
                judgement,
            }));
        }
    }
    said
}

fn is_meant(wait: &Await, inbound: &InboundRecord) -> bool {
    let at = wait.at.iter().any(|name| {
        Counterpart::named(&name.to_string()).iter().any(|counterpart| counterpart.as_str() == inbound.counterpart)
    });
    at && wait.method.is_none_or(|method| method.as_str() == inbound.request.method)
        && wait.path.as_ref().is_none_or(|path| counterpart::fits(&pattern(path), &inbound.below))
}

/// A path in which whatever a run would fill in is any segment.
fn pattern(path: &Text) -> String {
    let parts = path.parts().iter().map(|part| match part {
        Part::Literal(literal) => literal.as_str(),
        Part::Placeholder(_) => "*",
    });
    parts.collect()
}

fn one(catalogue: &Catalogue, expectation: &Expectation, exchange: &Exchange<'_>) -> Option<Judgement> {
    match expectation {
        Expectation::Body(wanted) => {
            Some(body::judge(wanted, &|name| catalogue.schema(name).map(<[u8]>::to_vec), exchange))
        }
        Expectation::Value(wanted) if needs_nothing(&wanted.is) => {
            Some(value::judge(wanted, &|text| Some(text.to_string()), exchange))
        }
        _ => None,
    }
}

/// Whether a matcher says all itself.
fn needs_nothing(matcher: &Matcher) -> bool {
    let is_bare = |text: &Text| text.names().next().is_none();
    match matcher {
        Matcher::Equals(text) | Matcher::Contains(text) | Matcher::Lacks(text) => is_bare(text),
        Matcher::OneOf(texts) | Matcher::OneOfEvery(texts) => texts.iter().all(is_bare),
        Matcher::Pattern(_)
        | Matcher::AtMost(_)
        | Matcher::AtLeast(_)
        | Matcher::Present(_)
        | Matcher::Absent(_)
        | Matcher::Never(_) => true,
        Matcher::Hides(_) => false,
    }
}
