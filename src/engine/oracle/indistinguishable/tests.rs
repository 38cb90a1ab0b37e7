use super::super::fixture::Given;
use super::*;
use crate::model::verdict::Verdict;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

const REQUEST: &str = "by-number";

/// A server with lawful noise, and a sample of it.
struct Server {
    random: ChaCha8Rng,
    asked: u64,
}

/// One answer before it is an exchange.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
    /// Sent instead of the tree.
    text: Option<String>,
}

struct Sample {
    given: Vec<(Given, SampleClassName, u32, Vec<String>)>,
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

fn person(random: &mut ChaCha8Rng) -> Vec<String> {
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
fn sampled(
    seed: u64,
    per_class: u32,
    change: impl FnMut(&mut Answer, SampleClassName, &[String], &mut ChaCha8Rng),
) -> Sample {
    sampled_in_turn(seed, per_class, 1, change)
}

/// The same, where each of the unknown is asked about so many times.
fn sampled_in_turn(
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
    fn of(&self, request: &str) -> Vec<Sampled<'_>> {
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

    fn judge(&self) -> Judgement {
        let judgements = judge(&wanted(), &self.of(REQUEST), &Unanswered::new());
        assert_eq!(judgements.len(), 1);
        judgements.into_iter().next().unwrap()
    }
}

fn wanted() -> Indistinguishable {
    Indistinguishable {
        by: Observable::Structure,
        mask: vec![
            Mask::Header("x-request-id".to_owned().try_into().unwrap()),
            Mask::Element("Bundle.meta.lastUpdated".to_owned()),
        ],
    }
}

/// What a change to the protected alone is found by; nothing if it is not found.
fn found_by(seed: u64, mut change: impl FnMut(&mut Answer)) -> Option<String> {
    let sample = sampled(seed, 30, |answer, class, _, _| {
        if class == SampleClassName::Protected {
            change(answer);
        }
    });
    let judgement = sample.judge();
    match judgement.observed {
        Observed::Distinguished { feature, .. } => {
            assert!(judgement.breach && judgement.verdict == Verdict::Fail && judgement.witnesses.len() == 2);
            Some(feature)
        }
        Observed::Alike(30) => None,
        other => panic!("{other:?}"),
    }
}

fn issue(answer: &mut Answer) -> &mut Value {
    &mut answer.body["entry"][0]["resource"]["issue"][0]
}

#[test]
fn lawful_noise_is_never_a_difference() {
    for seed in 0..200 {
        let judgement = sampled(seed, 30, |_, _, _, _| {}).judge();
        assert_eq!((judgement.verdict, judgement.observed), (Verdict::Pass, Observed::Alike(30)), "seed {seed}");
    }
}

#[test]
fn a_status_tells() {
    for seed in 0..5 {
        assert_eq!(found_by(seed, |answer| answer.status = 403), Some("status".to_owned()));
    }
}

#[test]
fn a_header_tells_by_its_presence_its_value_and_its_kind() {
    let push = |name: &str, value: &str| {
        let (name, value) = (name.to_owned(), value.to_owned());
        move |answer: &mut Answer| answer.headers.push((name.clone(), value.clone()))
    };
    assert_eq!(found_by(1, push("x-consent", "no")), Some("header x-consent".to_owned()));
    assert_eq!(found_by(2, push("x-request-id", "again")), Some("header x-request-id lines".to_owned()));
    assert_eq!(found_by(3, |answer| answer.headers.retain(|h| h.0 != "etag")), Some("header etag".to_owned()));
    let set = |name: &'static str, value: &'static str| {
        move |answer: &mut Answer| {
            answer.headers.iter_mut().filter(|h| h.0 == name).for_each(|h| value.clone_into(&mut h.1));
        }
    };
    assert_eq!(found_by(4, set("content-type", "application/json")), Some("header content-type".to_owned()));
    assert_eq!(found_by(5, set("date", "never")), None, "a date is never compared");
    assert_eq!(found_by(6, set("x-request-id", "-")), None, "a masked header is compared by presence alone");
}

#[test]
fn a_body_tells_by_members_values_and_text() {
    assert_eq!(found_by(1, |answer| answer.body["extra"] = json!(true)), Some("body extra".to_owned()));
    assert_eq!(
        found_by(2, |answer| issue(answer)["code"] = json!("suppressed")),
        Some("body entry.resource.issue.code".to_owned())
    );
    assert_eq!(found_by(3, |answer| answer.body["total"] = json!("0")), Some("body total".to_owned()));
    // The reference in the text is different each time, so only its words can tell.
    assert_eq!(
        found_by(4, |answer| {
            let text = issue(answer)["diagnostics"].as_str().unwrap().replace("nobody", "no one");
            issue(answer)["diagnostics"] = json!(text);
        }),
        Some("body entry.resource.issue.diagnostics shape".to_owned())
    );
    assert_eq!(
        found_by(5, |answer| issue(answer)["code"] = json!("")),
        Some("body entry.resource.issue.code".to_owned())
    );
    assert_eq!(
        found_by(6, |answer| answer.body["meta"]["lastUpdated"] = json!("never")),
        None,
        "a masked element is compared by presence alone"
    );
    assert_eq!(
        found_by(7, |answer| drop(answer.body["meta"].as_object_mut().unwrap().remove("lastUpdated"))),
        Some("body meta.lastUpdated".to_owned())
    );
}

#[test]
fn length_order_and_white_space_tell() {
    assert_eq!(
        found_by(1, |answer| {
            let text = format!("{}0", answer.body["id"].as_str().unwrap());
            answer.body["id"] = json!(text);
        }),
        Some("body id shape".to_owned()),
        "a uuid with one digit more"
    );
    let longer = |answer: &mut Answer| {
        let etag = answer.headers.iter_mut().find(|h| h.0 == "etag").unwrap();
        etag.1 = etag.1.replacen("W/\"", "W/\"0", 1);
    };
    assert_eq!(found_by(2, longer), Some("header etag length".to_owned()));
    assert_eq!(
        found_by(3, |answer| answer.text = serde_json::to_string_pretty(&answer.body).ok()),
        Some("body white space".to_owned())
    );
    assert_eq!(
        found_by(4, |answer| {
            let members = answer.body.as_object_mut().unwrap();
            let total = members.shift_remove("total").unwrap();
            members.insert("total".to_owned(), total);
        }),
        Some("body order".to_owned())
    );
    let page = |text: &'static str| {
        move |answer: &mut Answer, class, own: &[String], random: &mut ChaCha8Rng| {
            let more = if class == SampleClassName::Protected { text } else { "" };
            let known = if class == SampleClassName::Known { "here" } else { "gone" };
            answer.text = Some(format!("<p>{known} {} ref {:08x}{more}</p>", own[1], random.next_u32()));
        }
    };
    assert_eq!(sampled(5, 30, page("")).judge().verdict, Verdict::Pass);
    let Observed::Distinguished { feature, .. } = sampled(5, 30, page(".")).judge().observed else { panic!() };
    assert_eq!(feature, "body shape");
    let Observed::Distinguished { feature, .. } = sampled(5, 30, page("\u{a0}")).judge().observed else { panic!() };
    assert_eq!(feature, "body shape");
}

#[test]
fn a_difference_in_half_of_the_answers_is_enough() {
    let sample = sampled(9, 60, |answer, class, _, random| {
        if class == SampleClassName::Protected && random.next_u32().is_multiple_of(2) {
            answer.status = 403;
        }
    });
    let judgement = sample.judge();
    assert!(judgement.breach);
    let Observed::Distinguished { protected, unknown, .. } = judgement.observed else { panic!() };
    assert!(protected.ends_with("/60") && unknown.starts_with("200 60/60"), "{protected} {unknown}");
}

#[test]
fn an_echo_of_the_question_is_no_difference_and_another_id_is() {
    let echo = |position: fn(SampleClassName) -> usize| {
        move |answer: &mut Answer, class, own: &[String], _: &mut ChaCha8Rng| {
            answer.headers.push(("x-echo".to_owned(), format!("/{}", own[position(class)])));
        }
    };
    assert_eq!(sampled(1, 30, echo(|_| 0)).judge().verdict, Verdict::Pass);
    assert_eq!(sampled(2, 30, echo(|_| 2)).judge().verdict, Verdict::Pass);
    // Only who knows the person can name the id when the number was asked.
    let known = |class| usize::from(class != SampleClassName::Protected);
    assert!(sampled(3, 30, echo(known)).judge().breach);
}

#[test]
fn a_value_of_every_person_is_no_difference() {
    let hash = |text: &str| {
        text.bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let sample = sampled(1, 30, |answer, _, own, _| {
        answer.headers.push(("x-key".to_owned(), format!("{:x}{}", hash(&own[1]), "0".repeat(own[2].len() % 4))));
    });
    assert_eq!(sample.judge().observed, Observed::Alike(30));
    // The protected have one value, all others another each time.
    let constant = |answer: &mut Answer, class, _: &[String], random: &mut ChaCha8Rng| {
        let drawn = random.next_u64() | (1 << 63);
        let value = if class == SampleClassName::Protected { 0xa7b3_51c9_0d2e_f846 } else { drawn };
        answer.headers.push(("x-key".to_owned(), format!("{value:016x}")));
    };
    let judgement = sampled(2, 30, constant).judge();
    assert_eq!((judgement.verdict, judgement.doubt), (Verdict::Inconclusive, Some(Doubt::Underpowered)));
    // Unknown people asked twice show that it is drawn anew, so that a constant one tells.
    let judgement = sampled_in_turn(2, 30, 2, constant).judge();
    assert!(judgement.breach, "{judgement:?}");
}

#[test]
fn a_rare_error_does_not_hide_a_difference_nor_make_one() {
    let flaky = |status: u16| {
        move |answer: &mut Answer, class, _: &[String], random: &mut ChaCha8Rng| {
            if class == SampleClassName::Protected {
                answer.status = status;
            }
            if random.next_u32().is_multiple_of(30) {
                answer.status = 500;
            }
        }
    };
    for seed in 0..20 {
        assert_eq!(sampled(seed, 30, flaky(200)).judge().verdict, Verdict::Pass, "seed {seed}");
        let Observed::Distinguished { feature, .. } = sampled(seed, 30, flaky(404)).judge().observed else {
            panic!("seed {seed}")
        };
        assert_eq!(feature, "status");
    }
}

#[test]
fn eleven_of_each_are_too_few_and_twelve_are_enough() {
    let leak = |answer: &mut Answer, class, _: &[String], _: &mut ChaCha8Rng| {
        if class == SampleClassName::Protected {
            answer.status = 403;
        }
    };
    let few = sampled(1, 11, leak).judge();
    assert_eq!((few.doubt, few.observed), (Some(Doubt::Underpowered), Observed::TooFew(11)));
    assert!(sampled(1, 12, leak).judge().breach);
}

#[test]
fn unknown_that_differs_from_unknown_is_no_measure() {
    let mut turn = 0;
    let sample = sampled(1, 30, |answer, class, _, _| {
        if class == SampleClassName::Unknown {
            turn += 1;
            answer.status = if turn % 2 == 0 { 404 } else { 410 };
        }
    });
    let judgement = sample.judge();
    assert_eq!(judgement.doubt, Some(Doubt::Nondeterministic));
    assert_eq!(judgement.observed, Observed::UnknownUnstable("status".to_owned()));
}

#[test]
fn a_blind_measure_proves_nothing_and_still_sees_a_difference() {
    let dead = |leak: bool| {
        sampled(1, 30, move |answer, class, _, _| {
            answer.text = Some("no".to_owned());
            answer.status = if leak && class == SampleClassName::Protected { 403 } else { 401 };
        })
    };
    let blind = dead(false);
    let judgement = blind.judge();
    assert_eq!((judgement.doubt, judgement.observed), (Some(Doubt::ControlFailed), Observed::Blind));
    assert!(dead(true).judge().breach);
    // Another request of the set shows that the known are known.
    let sighted = sampled(2, 30, |_, _, _, _| {});
    let mut both = blind.of("blind");
    both.extend(sighted.of("sighted"));
    let judgements = judge(&wanted(), &both, &Unanswered::new());
    let verdicts: Vec<_> = judgements.iter().map(|j| (j.of["request"].as_str(), j.verdict)).collect();
    assert_eq!(verdicts, [("blind", Verdict::Pass), ("sighted", Verdict::Pass)]);
}

#[test]
fn too_many_lost_answers_are_trouble_of_transport() {
    let sample = sampled(1, 30, |_, _, _, _| {});
    let lost = |number| Unanswered::from([((REQUEST.to_owned(), SampleClassName::Unknown), number)]);
    let judged = |number| judge(&wanted(), &sample.of(REQUEST), &lost(number)).remove(0);
    assert_eq!(judged(7).verdict, Verdict::Pass);
    assert_eq!(judged(8).doubt, Some(Doubt::Transport));
    let nothing = judge(&wanted(), &[], &lost(30)).remove(0);
    assert_eq!(nothing.doubt, Some(Doubt::Transport));
    assert_eq!(judge(&wanted(), &[], &Unanswered::new())[0].doubt, Some(Doubt::Vacuous));
}
