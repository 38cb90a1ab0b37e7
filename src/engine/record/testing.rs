//! One case of a test's own against a tiny server, recorded and judged as a run does it.
//! Only tests use it.

use super::{Notice, Progress, Stop};
use crate::engine::binding::{Ask, Programs};
use crate::engine::judge;
use crate::engine::probe::testing::{Seen, Server};
use crate::engine::run::{self, MeansOf, Request};
use crate::language::catalogue::Catalogue;
use crate::model::id::CaseId;
use crate::model::plan::Selection;
use crate::model::record::{ActionRecord, Event, Parameters, Recording};
use crate::model::text::Lang;
use crate::model::verdict::{InstanceVerdict, Verdicts};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

/// Reading it takes longer than a trial.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().catalogue.unwrap());

struct Silent;

impl Progress for Silent {
    fn tell(&self, _: Notice) {}
}

/// A run of a few cases, before it takes place.
pub(super) struct Trial {
    request: Request,
    server: Server,
    /// Holds the target file's programs and the recording.
    folder: TempDir,
}

/// What came of it.
pub(super) struct Tried {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) recording: Recording,
    pub(super) verdicts: Verdicts,
    pub(super) server: Server,
    pub(super) folder: TempDir,
}

impl Trial {
    /// These cases, each a list of steps, against a server that answers so; actions are done as `bindings` says.
    pub(super) async fn of(
        cases: &[(&str, Value)],
        bindings: Value,
        answer: impl Fn(&Seen) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let server = Server::json(move |seen| match seen.line() {
            "GET /fhir/metadata" => {
                (200, json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1" }).to_string())
            }
            _ => answer(seen),
        })
        .await;
        let mut catalogue = CATALOGUE.clone();
        let mut names = Vec::new();
        for (name, steps) in cases {
            let id: CaseId = format!("privacy-by-design/{name}").parse().unwrap();
            let case = json!({
                "format": 1, "verifies": ["privacy-by-design/OPT-01"], "role": "holder",
                "purpose": { "nl": "Een proef.", "en": "A trial." }, "kills": [], "steps": steps,
            });
            catalogue.cases.insert(id.clone(), serde_json::from_value(case).unwrap());
            names.push(id);
        }
        let target = json!({
            "format": 1, "name": "trial", "product": { "vendor": "V", "name": "P", "version": "1" },
            "claims": [{ "profile": "privacy-by-design", "roles": ["holder"], "options": { "choice-regime": "opt-out" } }],
            "endpoints": { "fhir": format!("{}/fhir", server.url) },
            "credentials": { "requester": "none", "patient": "none" },
            "cast": { "preloaded": { "ctrl": { "id": { "fhir": "p1" }, "markers": ["marker-of-ctrl-1", "marker-of-ctrl-2"] } } },
            "bindings": bindings,
        });
        let folder = TempDir::new().unwrap();
        let request = Request {
            catalogue: Arc::new(catalogue),
            target: serde_json::from_value(target).unwrap(),
            base: folder.path().to_owned(),
            parameters: Parameters {
                seed: 1,
                attempts: 1,
                timeout_ms: 5000,
                body_limit: 1 << 20,
                challenge: None,
                shard: None,
            },
            selection: Selection { cases: names, ..Selection::default() },
            folder: Some(folder.path().join("run")),
            bodies_limit: 1 << 26,
            board: None,
            identities: None,
            jobs: 1,
            means: MeansOf { programs: Programs::Allowed, operator: None, lang: Lang::En },
            env: Arc::new(|_| None),
            stop: Stop::default(),
            progress: Arc::new(Silent),
        };
        Self { request, server, folder }
    }

    /// With somebody to ask.
    pub(super) fn asking(mut self, operator: impl Ask + 'static) -> Self {
        self.request.means.operator = Some(Arc::new(operator));
        self
    }

    /// With little patience for one exchange too many.
    pub(super) fn settling(mut self) -> Self {
        let settle = crate::model::span::Span::millis(250);
        self.request.target.counterparts = Some(crate::model::target::Counterparts { settle, ..Default::default() });
        self
    }

    /// With room for so many bytes of bodies.
    pub(super) fn holding(mut self, bodies_limit: u64) -> Self {
        self.request.bodies_limit = bodies_limit;
        self
    }

    /// A program of the target's owner.
    #[cfg(unix)]
    pub(super) fn program(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Takes place.
    pub(super) async fn run(self) -> Tried {
        let catalogue = Arc::clone(&self.request.catalogue);
        let recording = run::run(self.request).await.unwrap();
        let verdicts = judge::judge(&catalogue, &recording.header.plan, &recording);
        Tried { catalogue, recording, verdicts, server: self.server, folder: self.folder }
    }
}

impl Tried {
    /// What was concluded about the case of this name.
    pub(super) fn verdict(&self, name: &str) -> &InstanceVerdict {
        let id = format!("privacy-by-design/{name}");
        self.verdicts.instances.iter().find(|verdict| verdict.case.as_str() == id).unwrap()
    }

    /// The request lines that the server saw, without what pre-flight asked.
    pub(super) fn asked(&self) -> Vec<String> {
        let lines = self.server.seen().iter().map(|seen| seen.line().to_owned()).collect::<Vec<_>>();
        lines.into_iter().filter(|line| line != "GET /fhir/metadata").collect()
    }

    pub(super) fn actions(&self) -> Vec<&ActionRecord> {
        let actions = self.recording.records.iter().filter_map(|record| match &record.event {
            Event::Action(action) => Some(action),
            _ => None,
        });
        actions.collect()
    }

    /// Everything that was written, as one text.
    pub(super) fn written(&self) -> String {
        fn all(folder: &std::path::Path, out: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                match entry.file_type().unwrap().is_dir() {
                    true => all(&entry.path(), out),
                    false => out.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap())),
                }
            }
        }
        let mut out = std::fs::read_to_string(self.folder.path().join("run/run.jsonl")).unwrap();
        all(&self.folder.path().join("run/bodies"), &mut out);
        out
    }
}
