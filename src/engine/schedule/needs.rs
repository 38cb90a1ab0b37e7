//! What an instance needs from the target and what it changes, read off its moves.
//! Nothing is declared twice: what a case needs follows from its steps.

use super::layout::{Deed, Move};
use super::range::{Values, action_of, member_of, word_of};
use crate::language::catalogue::Catalogue;
use crate::model::counterpart::Counterpart;
use crate::model::expectation::Expectation;
use crate::model::id::{ActionId, MemberId, Word};
use crate::model::plan::EachValue;
use crate::model::request::{Body, Fixture, HttpRequest};
use crate::model::testcase::{Part, Step, Verb, Via};
use crate::model::text::Name;
use std::collections::BTreeSet;

/// What an instance needs from the target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// Endpoints by name.
    pub endpoints: BTreeSet<String>,
    /// Parties that act.
    pub parties: BTreeSet<MemberId>,
    /// Actions, without their undo.
    pub actions: BTreeSet<ActionId>,
    /// Patients that must stand at the target.
    pub patients: BTreeSet<MemberId>,
    /// Patients whose state is changed.
    pub changes: BTreeSet<MemberId>,
    /// Parties that need a token for one patient.
    pub patient_tokens: BTreeSet<MemberId>,
    /// Parties that need a token for one purpose.
    pub purpose_tokens: BTreeSet<MemberId>,
    /// Whether it waits at moments, hence may advance a clock.
    pub waits: bool,
    /// Samples of the vendor's own client.
    pub samples: BTreeSet<Word>,
    /// The counterparts that it listens at or tells what to do.
    pub counterparts: BTreeSet<Counterpart>,
    /// Whether it does what everybody would notice: has a central facility fail, or sends hostile input.
    pub disturbs: bool,
    /// Whether it shows itself as the supplier's own client does.
    pub own_client: bool,
    /// Whether it shows another client certificate than we ordinarily do, or none.
    pub certificates: bool,
    /// The bodies that are written, with the content type that the case gives them itself.
    pub fixtures: Vec<(Fixture, Option<String>)>,
}

/// What these moves need.
#[must_use]
pub fn needs(catalogue: &Catalogue, moves: &[Move<'_>]) -> Needs {
    let mut needs = Needs::default();
    for one in moves {
        let values = &one.values;
        let acting = one.step.frame.party.as_ref().and_then(|name| member_of(name, values));
        // Who acts in a walk is said by its cells.
        if !matches!(one.deed, Deed::Walk { .. }) {
            needs.parties.extend(acting.clone());
        }
        if let Verb::Sample(sample) = &one.step.verb {
            for class in [&sample.protected, &sample.unknown, &sample.known] {
                needs.parties.extend(class.party.as_ref().and_then(|name| member_of(name, values)));
                class.person().into_iter().for_each(|name| needs.patient(catalogue, name, values));
            }
        }
        if let (Some(member), Some(change)) = (&acting, &one.step.frame.token) {
            if let Some(patient) = &change.patient {
                needs.patient_tokens.insert(member.clone());
                needs.patient(catalogue, patient, values);
            }
            if change.purpose.is_some() {
                needs.purpose_tokens.insert(member.clone());
            }
            if let Some(endpoint) = &change.endpoint {
                needs.endpoints.insert(word_of(endpoint, values));
            }
        }
        needs.disturbs |= one.step.verb.is_hostile();
        match &one.step.verb {
            Verb::Crawl(crawl) => needs.patient(catalogue, &crawl.about, values),
            Verb::Walk(walk) => {
                needs.patient(catalogue, &walk.person, values);
                needs.changes.extend(member_of(&walk.person, values));
                needs.actions.insert(walk.action.clone());
                needs.waits |= one.step.frame.settles.is_some();
            }
            Verb::Ask(_) | Verb::Send(_) | Verb::Again(_) | Verb::Act(_) | Verb::Look(_) | Verb::Sample(_) => {}
            Verb::Play(play) => {
                let who: Vec<_> = play.who.iter().flat_map(|name| Counterpart::named(&word_of(name, values))).collect();
                needs.fixtures.extend(play.fixtures().into_iter().map(|(_, fixture)| (fixture.clone(), None)));
                needs.certificates |= matches!(play.be, Part::Unguarded);
                needs.disturbs |= matches!(play.be, Part::Fault(_)) && who.iter().any(|one| one.is_facility());
                needs.counterparts.extend(who);
                if let Part::Answers(lines) = &play.be {
                    let about = lines.iter().filter_map(|line| line.about.as_ref());
                    about.for_each(|name| needs.patient(catalogue, name, values));
                }
            }
            Verb::Await(wait) => {
                needs.counterparts.extend(wait.at.iter().flat_map(|name| Counterpart::named(&word_of(name, values))));
            }
        }
        needs.own_client |= one.step.frame.via == Some(Via::OwnClient);
        needs.certificates |= one.step.frame.via.is_some_and(Via::is_of_certificate);
        if let (Deed::Request { about: Some(about), .. }, true) = (&one.deed, reads_log(one.step)) {
            // Whoever else looked at this person meanwhile would stand in the log too.
            needs.changes.insert(about.clone());
        }
        needs.waits |= one.at_ms.is_some_and(|at| at > 0);
        match &one.deed {
            Deed::Request { http, about, .. } => {
                needs.request(catalogue, http, values);
                if let Some(member) = about {
                    needs.member(catalogue, member);
                }
            }
            Deed::Sample { requests } | Deed::Crawl { requests } => {
                for request in requests {
                    needs.request(catalogue, &request.http, values);
                }
            }
            Deed::Walk { requests, cells } => {
                for cell in cells {
                    let values: Values = values.iter().chain(cell).map(|(n, v)| (n.clone(), v.clone())).collect();
                    needs.parties.extend(one.step.frame.party.as_ref().and_then(|name| member_of(name, &values)));
                    requests.iter().for_each(|request| needs.request(catalogue, &request.http, &values));
                }
            }
            Deed::VendorSample { sample } => {
                needs.endpoints.insert("fhir".to_owned());
                needs.samples.insert(sample.name.clone());
                needs.patient(catalogue, &sample.about, values);
            }
            Deed::Act => needs.act(catalogue, one),
            Deed::Again { to, .. } => {
                if let Some(to) = to {
                    needs.endpoints.insert(word_of(to, values));
                }
            }
            Deed::Play | Deed::Await | Deed::Look => {}
        }
    }
    needs
}

impl Needs {
    /// The counterparts that no other case may have meanwhile: facilities, of which there is one for everybody, and the
    /// sender, whose address a target knows by the number of its organisation.
    #[must_use]
    pub fn exclusive(&self, fixed: bool) -> BTreeSet<Counterpart> {
        let only_one = |one: &Counterpart| fixed || one.is_facility() || *one == Counterpart::Sender;
        self.counterparts.iter().copied().filter(only_one).collect()
    }

    fn member(&mut self, catalogue: &Catalogue, member: &MemberId) {
        if crate::engine::draw::record_of(catalogue, member).is_some() {
            self.patients.insert(member.clone());
        }
    }

    fn patient(&mut self, catalogue: &Catalogue, name: &Name, values: &Values) {
        // The field of a member is a datum of that member; that of a row is the column in which a member may stand.
        let root = Name { root: name.root.clone(), field: None };
        let whose = if matches!(values.get(&name.root), Some(EachValue::Row(_))) { name } else { &root };
        if let Some(member) = member_of(whose, values) {
            self.member(catalogue, &member);
        }
    }

    fn request(&mut self, catalogue: &Catalogue, http: &HttpRequest, values: &Values) {
        self.endpoints.insert(word_of(&http.endpoint, values));
        let texts = std::iter::once(&http.path).chain(http.header.values()).chain(http.form.values());
        for name in texts.flat_map(crate::model::text::Text::names) {
            self.patient(catalogue, name, values);
            // A column may itself hold placeholders, and so may the id whose neighbours are asked for.
            let inner = match values.get(&name.root) {
                Some(EachValue::Row(row)) => name.field.as_ref().and_then(|column| row.get(column)).cloned(),
                Some(EachValue::Near { to, .. }) => Some(to.clone()),
                Some(EachValue::Word(_)) | None => None,
            };
            if let Some(Ok(text)) = inner.map(crate::model::text::Text::try_from) {
                text.names().for_each(|inner| self.patient(catalogue, inner, values));
            }
        }
        if let Some(Body::Fixture(fixture)) = &http.body {
            let named = http.header.iter().find(|(name, _)| name.as_str() == "content-type");
            self.fixtures.push((fixture.clone(), named.map(|(_, text)| text.to_string())));
        }
        for name in body_names(catalogue, http) {
            self.patient(catalogue, &name, values);
        }
    }

    fn act(&mut self, catalogue: &Catalogue, one: &Move<'_>) {
        let Verb::Act(act) = &one.step.verb else { return };
        let Some(action) = action_of(&act.action, &one.values) else { return };
        self.actions.insert(action.clone());
        // Whoever tells the target where a counterpart is has it from then on.
        let cited = act.with.values().flat_map(crate::model::text::Text::names).filter(|n| n.root == "counterpart");
        self.counterparts.extend(cited.filter_map(|name| name.field.as_deref()?.parse::<Counterpart>().ok()));
        if let Some(member) = act.person.as_ref().and_then(|name| member_of(name, &one.values)) {
            // Reading does not change: an action that returns something and has no undo only looks.
            let reads = catalogue.action(&action).is_some_and(|a| a.undo.is_none() && !a.returns.is_empty());
            if !reads {
                self.changes.insert(member.clone());
            }
            self.member(catalogue, &member);
        }
    }
}

fn reads_log(step: &Step) -> bool {
    step.frame.expect.iter().any(|expectation| matches!(expectation, Expectation::Logs(_)))
}

/// The names that a request's body cites, those inside its fixture included.
fn body_names(catalogue: &Catalogue, http: &HttpRequest) -> Vec<Name> {
    use crate::model::target::{FhirVersion, Format};
    use crate::model::text::Text;
    let cited = |text: &Text| text.names().cloned().collect::<Vec<_>>();
    match &http.body {
        None => Vec::new(),
        Some(Body::Text(text)) => cited(text),
        Some(Body::Hostile(hostile)) => cited(&hostile.subject),
        Some(Body::Forms(forms)) => [&forms.json, &forms.xml].into_iter().flat_map(cited).collect(),
        Some(Body::Response(response)) => response.set.values().flat_map(cited).collect(),
        Some(Body::Fixture(fixture)) => {
            let forms =
                [FhirVersion::R4, FhirVersion::Stu3].map(|version| [(version, Format::Json), (version, Format::Xml)]);
            let mut bodies =
                forms.iter().flatten().map(|(version, format)| catalogue.body(&fixture.name, *version, *format));
            let bytes = bodies.find_map(|body| body).unwrap_or_default();
            let inside = String::from_utf8_lossy(bytes).into_owned();
            let inside = Text::try_from(inside).map(|text| cited(&text)).unwrap_or_default();
            fixture.set.values().flat_map(cited).chain(inside).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_stands_in_a_column_is_needed_as_if_named() {
        let catalogue = Catalogue::embedded().catalogue.unwrap();
        let row = [("name", "of the objector"), ("person", "opt"), ("path", "/Patient/{{ctrl.id}}")];
        let row = row.map(|(column, text)| (column.to_owned(), text.to_owned())).into();
        let values: Values =
            [("row".to_owned(), EachValue::Row(row)), ("patient".to_owned(), EachValue::Word("norel".to_owned()))]
                .into();
        let needed = |name: &str| {
            let mut needs = Needs::default();
            needs.patient(&catalogue, &name.parse().unwrap(), &values);
            needs.patients.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(needed("row.person"), ["opt"]);
        assert_eq!(needed("patient"), ["norel"]);
        assert_eq!(needed("patient.id"), ["norel"]);
        assert_eq!(needed("ctrl.id"), ["ctrl"]);
        assert!(needed("row.name").is_empty() && needed("row.path").is_empty() && needed("row.absent").is_empty());
    }
}
