//! The rule that every refusal needs a control: the same request, shown to succeed before and after.
//! It compares requests as written; what they yield is for the judge.

use super::ground::{Ground, StepAt};
use super::scope::Scope;
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::model::expectation::{BodyIs, Count, Expectation, Handshake, Matcher, Opening, StatusPattern};
use crate::model::request::{HttpRequest, Method};
use crate::model::testcase::{Head, Send, Verb};
use crate::model::text::{Name, Part, Text};

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for at in ground.steps().filter(|at| at.step.head == Head::Step) {
        let expect = &at.step.frame.expect;
        if let Verb::Await(_) = at.step.verb {
            if expect.contains(&Expectation::Count(Count::None)) {
                listening(&at, found);
            }
            continue;
        }
        // An empty list of statuses is told as such.
        let negative =
            |expectation: &Expectation| expectation.is_negative() && *expectation != Expectation::Status(Vec::new());
        let Some(negative) = expect.iter().position(negative) else {
            continue;
        };
        let wanted = asks(&at, 4);
        if wanted.is_empty() {
            continue;
        }
        let (mut before, mut after) = (false, false);
        for other in siblings(&at).filter(|other| other.step.head != Head::Step && other.index != at.index) {
            if stands_with(&other, &at)
                && other.step.frame.expect.iter().any(is_positive)
                && wanted.iter().all(|wanted| asks(&other, 4).iter().any(|asked| asked.covers(wanted)))
            {
                let (from, to) = moment(&at);
                // A `look` sends nothing: it shows what could be done when its exchanges took place, and no later.
                let (began, ended) = moment(&other);
                before |= other.step.head == Head::Around || ended < from;
                after |= other.step.head == Head::Around || began > to;
            }
        }
        let (lacking, wants) = match (before, after) {
            (true, true) => continue,
            (false, false) => ("before or after", "before and one after"),
            (true, false) => ("after", "after"),
            (false, true) => ("before", "before"),
        };
        found.push(
            at.finding(
                Code::MissingControl,
                &format!("expect/{negative}"),
                format!("no control shows {lacking} `{}` that the same request can succeed", at.step.name),
            )
            .label("a server that refuses everything would pass this")
            .help(format!(
                "add an `around`, or a `control` {wants}, with {}, that expects success: the same, or about somebody or by somebody else",
                wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
            )),
        );
    }
}

/// Silence counts only where the same counterpart was shown to receive something.
fn listening(at: &StepAt<'_>, found: &mut Vec<Diagnostic>) {
    let Verb::Await(wait) = &at.step.verb else {
        return;
    };
    let scope = Scope::of(at);
    for (n, counterpart) in wait.at.iter().enumerate() {
        let heard = siblings(at).any(|other| {
            let Verb::Await(heard) = &other.step.verb else { return false };
            let counts = other.step.frame.expect.iter().any(|expectation| {
                matches!(expectation, Expectation::Count(count) if *count != Count::None && *count != Count::Exactly(0))
            });
            let open = |name: &Name| Scope::of(&other).range(&name.root).is_some() || scope.range(&name.root).is_some();
            other.step.head != Head::Step
                && counts
                && heard.at.iter().any(|name| name == counterpart || open(name) || open(counterpart))
        });
        if !heard {
            found.push(
                at.finding(
                    Code::MissingControl,
                    &format!("await/at/{n}"),
                    format!("no control shows that `{counterpart}` can receive anything in this case"),
                )
                .label("silence here may mean that nobody was listening")
                .help(format!("add a `control` that awaits at `{counterpart}` and counts at least one")),
            );
        }
    }
}

fn siblings<'h>(at: &StepAt<'h>) -> impl Iterator<Item = StepAt<'h>> + use<'h> {
    let at = *at;
    at.case().steps.iter().enumerate().map(move |(index, step)| StepAt { index, step, ..at })
}

/// When the exchanges of a step took place: a `look` judges those of other steps.
fn moment(at: &StepAt<'_>) -> (usize, usize) {
    let Verb::Look(steps) = &at.step.verb else {
        return (at.index, at.index);
    };
    let positions =
        || at.case().steps.iter().enumerate().filter(|(_, step)| steps.contains(&step.name)).map(|(n, _)| n);
    (positions().min().unwrap_or(at.index), positions().max().unwrap_or(at.index))
}

/// A control under a condition of its own may be absent where the step runs.
fn stands_with(control: &StepAt<'_>, at: &StepAt<'_>) -> bool {
    let condition = &control.step.frame.condition;
    condition.is_none() || *condition == at.step.frame.condition
}

/// Whether a server that refuses everything would break this.
fn is_positive(expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Status(patterns) => {
            !patterns.is_empty()
                && patterns.iter().all(|pattern| match pattern {
                    StatusPattern::Code(code) => *code < 400,
                    StatusPattern::Class(class) => *class < 4,
                })
        }
        Expectation::Discloses(disclosure) => !disclosure.any.is_empty() || !disclosure.all.is_empty(),
        Expectation::Opens(opening) => *opening != Opening::None,
        Expectation::Count(count) | Expectation::Body(BodyIs::Entries(count)) => {
            !matches!(count, Count::None | Count::Exactly(0) | Count::AtLeast(0) | Count::AtMost(_))
        }
        Expectation::Body(BodyIs::Resource(kind)) => kind != "OperationOutcome",
        Expectation::Body(BodyIs::Schema(_)) | Expectation::Compare(_) => true,
        Expectation::Value(value) => !matches!(value.is, Matcher::Absent(_) | Matcher::Never(_) | Matcher::Hides(_)),
        Expectation::Body(BodyIs::Empty)
        | Expectation::MediaType(_)
        | Expectation::Indistinguishable(_)
        | Expectation::Decisions(_)
        | Expectation::OnlyMatching
        | Expectation::Logs(_)
        | Expectation::After(_)
        | Expectation::KeepsPace(_)
        | Expectation::Pattern(_)
        | Expectation::Acknowledged(_) => false,
        Expectation::Handshake(handshake) => *handshake == Handshake::Completed,
    }
}

/// What is asked, with the one factor that may differ left out.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Set { set: String, only: Option<Name> },
    Http { method: Method, endpoint: Option<Name>, path: String },
    Action(String),
    Sample(String),
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Set { set, .. } => write!(f, "`ask: {{ set: {set} }}`"),
            Self::Http { method, path, .. } => write!(f, "`{} {path}`", method.as_str()),
            Self::Action(action) => write!(f, "`act: {{ do: {action} }}`"),
            Self::Sample(name) => write!(f, "the vendor's sample `{name}`"),
        }
    }
}

impl Asked {
    /// Whether success of this shows that the other can succeed too.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Set { set, only }, Self::Set { set: other, only: wanted }) => {
                set == other && (only.is_none() || only == wanted)
            }
            (Self::Action(one), Self::Action(other)) | (Self::Sample(one), Self::Sample(other)) => one == other,
            (
                Self::Http { method, endpoint, path },
                Self::Http { method: other_method, endpoint: other_endpoint, path: other_path },
            ) => {
                let place = |path: &str| path.split('?').next().unwrap_or_default().to_owned();
                let same_endpoint = match (endpoint, other_endpoint) {
                    (Some(endpoint), Some(other)) => endpoint == other,
                    _ => true,
                };
                method == other_method && same_endpoint && (path == other_path || place(path) == place(other_path))
            }
            _ => false,
        }
    }
}

/// What a step asks; `again` and `look` ask what the steps they cite asked.
fn asks(at: &StepAt<'_>, depth: usize) -> Vec<Asked> {
    let of_step = |name: &crate::model::id::StepId| {
        siblings(at)
            .find(|other| other.step.name == *name && depth > 0)
            .map(|other| asks(&other, depth - 1))
            .unwrap_or_default()
    };
    match &at.step.verb {
        Verb::Ask(ask) => vec![Asked::Set { set: ask.set.to_string(), only: ask.only.clone() }],
        Verb::Sample(sample) => vec![Asked::Set { set: sample.set.to_string(), only: sample.only.clone() }],
        Verb::Send(Send::Http(request)) => vec![http(at, request)],
        Verb::Act(act) => vec![Asked::Action(act.action.to_string())],
        Verb::Look(steps) => steps.iter().flat_map(of_step).collect(),
        Verb::Again(again) => {
            let mut asked = of_step(&again.step);
            if let Some(to) = &again.to {
                for asked in &mut asked {
                    if let Asked::Http { endpoint, .. } = asked {
                        *endpoint = fixed(at, to);
                    }
                }
            }
            asked
        }
        Verb::Crawl(crawl) => vec![Asked::Set { set: crawl.from.to_string(), only: None }],
        Verb::Send(Send::VendorSample(sample)) => vec![Asked::Sample(sample.name.to_string())],
        Verb::Walk(walk) => vec![Asked::Set { set: walk.set.to_string(), only: None }],
        Verb::Play(_) | Verb::Await(_) => Vec::new(),
    }
}

fn http(at: &StepAt<'_>, request: &HttpRequest) -> Asked {
    Asked::Http { method: request.method, endpoint: fixed(at, &request.endpoint), path: blanked(&request.path) }
}

/// An endpoint that is an `each` name may be any of several.
fn fixed(at: &StepAt<'_>, endpoint: &Name) -> Option<Name> {
    Scope::of(at).range(&endpoint.root).is_none().then(|| endpoint.clone())
}

fn blanked(text: &Text) -> String {
    text.parts()
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => literal.as_str(),
            Part::Placeholder(_) => "{{…}}",
        })
        .collect()
}
