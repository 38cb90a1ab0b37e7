//! One call about one patient at one endpoint, for the tests of every binding.
//! Only tests use it.

use super::{Acted, Call, Made, Means, PersonAt, Programs, Refusal, Stage, act};
use crate::engine::credential::testing::target;
use crate::engine::credential::{Credentials, Tokens};
use crate::engine::probe::{Answer, Request};
use crate::engine::wire::testing::wire;
use crate::model::record::{Key, Phase};
use crate::model::target::{Binding, Returned, Target};
use crate::model::text::{Lang, Part, Text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

pub(super) fn binding(value: &Value) -> Binding {
    serde_json::from_value(value.clone()).unwrap()
}

/// All that one action needs.
pub(super) struct Set {
    pub(super) means: Means,
    pub(super) call: Call,
    target: Target,
    credentials: Arc<Credentials>,
}

impl Set {
    /// About patient `p1` at this server, below `/fhir`.
    pub(super) fn at(server: &str) -> Self {
        let endpoints = json!({ "fhir": format!("{server}/fhir/") });
        let target = target(&endpoints, &json!({ "patient": { "bearer": { "token": { "env": "T" } } } }));
        let env = |_: &str| Some("of-the-patient".to_owned());
        let credentials = Arc::new(Credentials::load(&target, Path::new("."), &env).unwrap());
        let means = Means {
            programs: Programs::Allowed,
            operator: None,
            lang: Lang::En,
            folder: PathBuf::from("."),
            deadline: Duration::from_secs(10),
            run: "run-1".to_owned(),
            made: Made::default(),
        };
        let person = PersonAt {
            member: "opt".parse().unwrap(),
            bsn: "999900006".to_owned(),
            family: "Zwaluw".to_owned(),
            given: "Nel".to_owned(),
            birth_date: "1970-01-01".to_owned(),
            ids: BTreeMap::from([("fhir".parse().unwrap(), "p1".to_owned())]),
        };
        let call = Call {
            action: "record-objection".parse().unwrap(),
            person: Some(person),
            with: BTreeMap::from([("scope".to_owned(), "all".to_owned()), ("task".to_owned(), "t;1".to_owned())]),
            captured: BTreeSet::from(["task".to_owned()]),
            key: Key::of(Phase::Case),
        };
        Self { means, call, target, credentials }
    }

    /// Carries it out.
    pub(super) async fn act(&self, binding: &Binding) -> Result<Acted, Refusal> {
        let (wire, _) = wire();
        let fill = |_: &str, text: &Text| self.fill(text);
        let read = |_: &Returned, _: &Answer, _: &Request| Some("read".to_owned());
        let stage = Stage {
            wire: &wire,
            target: &self.target,
            means: &self.means,
            now: OffsetDateTime::now_utc(),
            fill: &fill,
            read: &read,
        };
        let mut tokens = Tokens::new(Arc::clone(&self.credentials), "");
        sent(act(&stage, &mut tokens, &self.call, binding)).await
    }

    fn fill(&self, text: &Text) -> Result<String, String> {
        let part = |part: &Part| match part {
            Part::Literal(text) => Ok(text.clone()),
            Part::Placeholder(name) => match name.to_string().as_str() {
                "asked.id" => Ok("p1".to_owned()),
                "asked.bsn" => Ok("999900006".to_owned()),
                other => {
                    let with = other.strip_prefix("with.").and_then(|name| self.call.with.get(name));
                    with.cloned().ok_or_else(|| format!("no value for {other}"))
                }
            },
        };
        text.parts().iter().map(part).collect()
    }
}

/// Cases run on several threads, so an action must be able to move between them.
fn sent<F: Future + Send>(future: F) -> F {
    future
}
