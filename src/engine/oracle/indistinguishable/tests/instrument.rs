//! Power, controls and doubts.

use super::super::*;
use super::server::{Answer, REQUEST, issue, sampled, sampled_in_turn, wanted};
use crate::model::verdict::Verdict;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde_json::json;

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
    // The length of a hash without leading zeros is mostly, not always, the same.
    for seed in 0..40 {
        let sample = sampled(seed, 30, |answer, _, own, _| {
            answer.headers.push(("x-key".to_owned(), format!("{:x}", hash(&own[1]))));
        });
        assert_ne!(sample.judge().verdict, Verdict::Fail, "seed {seed}");
    }
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
                answer.text = Some("oops".to_owned());
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
    // Nor does it where the difference is in the body that a failing server does not send.
    let sample = sampled(1, 30, |answer, class, _, random| {
        if class == SampleClassName::Protected {
            issue(answer)["code"] = json!("suppressed");
        } else if random.next_u32().is_multiple_of(30) {
            answer.text = Some("oops".to_owned());
        }
    });
    assert!(sample.judge().breach);
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
fn lawful_noise_is_no_difference_in_small_samples_either() {
    for seed in 0..60 {
        let judgement = sampled(seed, 12 + seed as u32 % 8, |_, _, _, _| {}).judge();
        assert_ne!(judgement.verdict, Verdict::Fail, "seed {seed}: {:?}", judgement.observed);
    }
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
fn a_body_that_was_not_kept_is_foreign_data() {
    let mut sample = sampled(1, 30, |_, _, _, _| {});
    sample.given[4].0.response.body.withheld = Some(crate::model::record::Withheld::RealNumber);
    assert_eq!(sample.judge().doubt, Some(Doubt::ForeignData));
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
