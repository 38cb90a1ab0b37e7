//! A server with lawful noise, and samples of it.

use super::super::super::fixture::Given;
use super::super::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

pub const REQUEST: &str = "by-number";

/// A server with lawful noise, and a sample of it.
pub struct Server {
    random: ChaCha8Rng,
    asked: u64,
}

/// One answer before it is an exchange.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    /// Sent instead of the tree.
    pub text: Option<String>,
}

pub struct Sample {
    pub given: Vec<(Given, SampleClassName, u32, Vec<String>)>,
}

impl Server {
    fn word(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b"0123456789abcdef"[self.random.next_u32() as usize % 16])).collect()
    }

    fn uuid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|length| self.word(length)).join("-")
    }

    fn chance(&mut self, of_ten: u32) -> bool {
        self.random.next_u32() % 10 < of_ten
    }

    fn answer(&mut self, own: &[String], known: bool) -> Answer {
        self.asked += 1;
        let (id, bsn) = (&own[0], &own[1]);
        let mut headers = vec![
            ("date".to_owned(), format!("Tue, 06 Jan 2026 10:00:{:02} GMT", self.asked / 40 % 60)),
            ("content-type".to_owned(), "application/fhir+json;charset=utf-8".to_owned()),
            ("etag".to_owned(), format!("W/\"{}\"", self.word(20))),
            ("x-request-id".to_owned(), self.uuid()),
            ("x-ratelimit-remaining".to_owned(), (5000 - self.asked).to_string()),
            ("server".to_owned(), format!("node-{}", if self.chance(5) { "a" } else { "b" })),
            ("content-location".to_owned(), format!("http://h/Patient/{id}")),
        ];
        if self.chance(3) {
            headers.push(("x-cache".to_owned(), "miss".to_owned()));
        }
        for position in (1..headers.len()).rev() {
            headers.swap(position, self.random.next_u32() as usize % (position + 1));
        }
        let number = format!("{:07}", self.random.next_u32() % 10_000_000);
        let mut body = json!({
            "resourceType": "Bundle", "id": self.uuid(), "type": "searchset",
            "meta": {"lastUpdated": format!("2026-01-06T10:00:00.{number}Z")}, "total": 0,
            "link": [{"relation": "self", "url": format!("http://h/Patient?identifier=http%3A%2F%2Fbsn%7C{bsn}")}],
            "entry": [{"search": {"mode": "outcome"}, "resource": {"resourceType": "OperationOutcome",
                "issue": [{"code": "not-found", "diagnostics": format!("nobody has {bsn} (ref {})", self.word(12))}]}}]
        });
        if known {
            body["total"] = json!(1);
            body["entry"] = json!([{"resource": {"resourceType": "Patient", "id": id, "name": [{"family": own[2]}]}}]);
        }
        Answer { status: 200, headers, body, text: None }
    }
}

pub fn person(random: &mut ChaCha8Rng) -> Vec<String> {
    let id = random.next_u32() % 5000;
    let family = "Abcdefghijklmnopqrst"[..5 + (random.next_u32() % 12) as usize].to_owned();
    vec![
        id.to_string(),
        format!("9999{:05}", random.next_u32() % 100_000),
        format!("{family}{}", random.next_u32() % 1000),
        String::new(),
        format!("19{}-01-02", 10 + random.next_u32() % 90),
    ]
}

/// Blocks of the three classes in seeded order; `change` is done to every answer.
pub fn sampled(
    seed: u64,
    per_class: u32,
    change: impl FnMut(&mut Answer, SampleClassName, &[String], &mut ChaCha8Rng),
) -> Sample {
    sampled_in_turn(seed, per_class, 1, change)
}

/// The same, where each of the unknown is asked about so many times.
pub fn sampled_in_turn(
    seed: u64,
    per_class: u32,
    times: u32,
    mut change: impl FnMut(&mut Answer, SampleClassName, &[String], &mut ChaCha8Rng),
) -> Sample {
    let mut server = Server { random: ChaCha8Rng::seed_from_u64(seed), asked: 0 };
    let (protected, known) = (person(&mut server.random), person(&mut server.random));
    let (mut given, mut unknown) = (Vec::new(), Vec::new());
    for block in 0..per_class {
        let mut classes = [SampleClassName::Protected, SampleClassName::Unknown, SampleClassName::Known];
        for position in (1..3).rev() {
            classes.swap(position, server.random.next_u32() as usize % (position + 1));
        }
        for class in classes {
            let own = match class {
                SampleClassName::Protected => protected.clone(),
                SampleClassName::Known => known.clone(),
                SampleClassName::Unknown if block.is_multiple_of(times) => {
                    unknown = person(&mut server.random);
                    unknown.clone()
                }
                SampleClassName::Unknown => unknown.clone(),
            };
            let mut answer = server.answer(&own, class == SampleClassName::Known);
            change(&mut answer, class, &own, &mut server.random);
            let mut one = Given::answer(answer.status).number(server.asked);
            for (name, value) in &answer.headers {
                one = one.header(name, value);
            }
            let text = answer.text.unwrap_or_else(|| answer.body.to_string());
            let length = text.len().to_string();
            given.push((one.text(&text).header("content-length", &length), class, block, own));
        }
    }
    Sample { given }
}

impl Sample {
    pub fn of(&self, request: &str) -> Vec<Sampled<'_>> {
        let one = |(given, class, block, own): &'_ (Given, SampleClassName, u32, Vec<String>)| {
            (given.number, *class, *block, own.clone())
        };
        self.given
            .iter()
            .map(|all| {
                let (_, class, block, own) = one(all);
                Sampled { exchange: all.0.exchange(), class, block, request: request.to_owned(), own }
            })
            .collect()
    }

    pub fn judge(&self) -> Judgement {
        let judgements = judge(&wanted(), &self.of(REQUEST), &Unanswered::new());
        assert_eq!(judgements.len(), 1);
        judgements.into_iter().next().unwrap()
    }
}

pub fn wanted() -> Indistinguishable {
    Indistinguishable {
        by: Observable::Structure,
        mask: vec![
            Mask::Header("x-request-id".to_owned().try_into().unwrap()),
            Mask::Element("Bundle.meta.lastUpdated".to_owned()),
        ],
    }
}

/// The issue by which an answer says that nobody is known.
pub fn issue(answer: &mut Answer) -> &mut Value {
    &mut answer.body["entry"][0]["resource"]["issue"][0]
}
