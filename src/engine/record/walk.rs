//! A walk, carried out: for each course clear all, record its choices, wait until they have effect, ask every cell.
//! Which set comes next after one that failed is for `steer`; that it failed is read from the recording, as the judge does.

use super::deed::Given;
use super::instance::Walk as Walking;
use crate::engine::fill::Asked;
use crate::engine::judge;
use crate::engine::schedule::{self, Move, Values, member_of};
use crate::engine::steer::walk::{Choice, Course, Courses, planned};
use crate::model::id::{ActionId, MemberId};
use crate::model::record::{Event, Key, Purpose, SkipReason, WaitRecord};
use crate::model::request::SetRequest;
use crate::model::testcase::{Asking, Verb, Walk};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

impl Walking<'_> {
    pub(super) async fn walk(&mut self, one: &Move<'_>, requests: &[&SetRequest], cells: &[Values]) {
        let Verb::Walk(walk) = &one.step.verb else { return };
        let catalogue = Arc::clone(&self.session.catalogue);
        let Some(person) = member_of(&walk.person, &one.values) else { return };
        let choices = catalogue.choices(&self.instance().case, &walk.choices);
        let clear = catalogue.action(&walk.action).and_then(|action| action.undo.clone());
        let (Some(choices), Some(clear)) = (choices, clear) else {
            return self.skip(self.key(one), SkipReason::NoValue, format!("choices {}", walk.choices));
        };
        let parameters = &self.session.header.parameters;
        let label = format!("{} {}", self.number, one.step.name);
        let mut courses = Courses::new(planned(walk, choices, parameters, &label));
        self.remember_way_back(&walk.action, Some(&person));
        while let Some(course) = courses.next_course() {
            if self.is_over(|| self.key(one)) {
                return;
            }
            self.course(one, walk, &course, (&person, &clear), requests, cells).await;
            courses.told(&course, self.fails(one, &course));
        }
    }

    async fn course(
        &mut self,
        one: &Move<'_>,
        walk: &Walk,
        course: &Course,
        (person, clear): (&MemberId, &ActionId),
        requests: &[&SetRequest],
        cells: &[Values],
    ) {
        self.perform(self.course_key(one, course, 0), clear, Some(person), Given::default()).await;
        for (position, choice) in course.choices.iter().enumerate() {
            if self.is_over(|| self.key(one)) {
                return;
            }
            let key = self.course_key(one, course, position + 1);
            let mut with = self.arguments(choice);
            self.complete(&walk.action, &mut with);
            self.perform(key, &walk.action, Some(person), Given::ours(with)).await;
            if self.is_over(|| self.key(one)) {
                return;
            }
            if walk.ask == Asking::AfterEach || position + 1 == course.choices.len() {
                // Nothing has to come into effect that the target did not take on; the course is undecided either way.
                if self.was_acknowledged(&walk.action) {
                    self.settle(one).await;
                }
                for cell in cells {
                    if self.is_over(|| self.key(one)) {
                        return;
                    }
                    self.ask_cell(one, course, position + 1, person, requests, cell).await;
                }
            }
        }
    }

    async fn ask_cell(
        &mut self,
        one: &Move<'_>,
        course: &Course,
        position: usize,
        person: &MemberId,
        requests: &[&SetRequest],
        cell: &Values,
    ) {
        let mut values = one.values.clone();
        values.extend(cell.clone());
        for request in requests {
            if self.is_over(|| self.key(one)) {
                return;
            }
            let mut key = self.course_key(one, course, position);
            key.purpose = Purpose::Main;
            key.each.extend(cell.iter().map(|(name, value)| (name.clone(), value.label())));
            let key = Key { request: Some(request.id.clone()), about: Some(person.clone()), ..key };
            let asked = Asked::Member(person.clone());
            if let Some(sent) = self.make(one.step, key, &request.http, Some(&asked), &values).await {
                self.send(one.step, sent).await;
            }
        }
    }

    /// Where in a walk a record belongs: the set, its order, and how many choices stood.
    fn course_key(&self, one: &Move<'_>, course: &Course, position: usize) -> Key {
        let mut key = Key { purpose: Purpose::Action, ..self.key(one) };
        let place =
            [("walk", course.walk.to_string()), ("order", course.order.to_string()), ("choices", position.to_string())];
        key.each.extend(place.map(|(name, value)| (name.to_owned(), value)));
        key
    }

    /// A choice as a binding gets it: an organisation of the cast by its number.
    fn arguments(&self, choice: &Choice) -> BTreeMap<String, String> {
        let organisations = &self.session.header.organisations;
        let given = |value: &String| organisations.get(value.as_str()).unwrap_or(value).clone();
        choice.iter().map(|(name, value)| (name.clone(), given(value))).collect()
    }

    /// Waits until what was just recorded has effect.
    async fn settle(&mut self, one: &Move<'_>) {
        let Some(moment) = &one.step.frame.settles else { return };
        let Ok(length) = schedule::length(moment, &self.instance().options) else { return };
        let millis = length.as_millis();
        let advanced = self.session.advances_clock() && self.advance_clock(millis).await;
        if !advanced {
            self.sleep(Duration::from_millis(millis)).await;
        }
        self.session.tape.event(self.key(one), Event::Wait(WaitRecord { millis, advanced }));
    }

    fn fails(&self, one: &Move<'_>, course: &Course) -> bool {
        self.session.court(|court| {
            let docket = court.dockets(self.position).into_iter().find(|docket| docket.attempt == self.attempt);
            docket.is_some_and(|docket| judge::course_fails(&docket, one.step, course.walk))
        })
    }
}
