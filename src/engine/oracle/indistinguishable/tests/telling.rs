//! What tells, what does not, and by which feature it is found.

use super::super::*;
use super::server::{Answer, issue, sampled};
use crate::model::verdict::Verdict;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde_json::json;

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

#[test]
fn lawful_noise_is_never_a_difference() {
    std::thread::scope(|scope| {
        for quarter in 0..4 {
            scope.spawn(move || {
                for seed in quarter * 50..quarter * 50 + 50 {
                    let judgement = sampled(seed, 30, |_, _, _, _| {}).judge();
                    assert_eq!(judgement.observed, Observed::Alike(30), "seed {seed}");
                    assert_eq!(judgement.verdict, Verdict::Pass, "seed {seed}");
                }
            });
        }
    });
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
