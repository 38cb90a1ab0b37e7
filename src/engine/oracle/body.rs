//! Whether a body is what was wanted: nothing, a resource as FHIR has it, valid, or so many entries.

use super::tree::Unread;
use super::value::cut;
use super::{Exchange, count, tree};
use crate::engine::fhir;
use crate::model::expectation::{BodyIs, Count};
use crate::model::finding::{Expected, Observed};
use crate::model::id::Word;
use crate::model::testcase::Side;
use crate::model::verdict::{Doubt, Judgement};
use jsonschema::{Draft, PatternOptions};
use serde_json::Value;

/// Holds the response body against what was wanted; `schema` gives the text of a named JSON Schema.
///
/// Entries where none were wanted are a breach. A body that we do not hold, and a schema that is
/// missing or refers to another document, make it doubtful: nothing is ever fetched.
#[must_use]
pub fn judge(wanted: &BodyIs, schema: &dyn Fn(&Word) -> Option<Vec<u8>>, exchange: &Exchange) -> Judgement {
    let witnesses = vec![exchange.number];
    match wanted {
        BodyIs::Empty => {
            let length = exchange.response.body.length.max(exchange.body.len() as u64);
            Judgement::of(length == 0, Expected::EmptyBody, Observed::BodyOf(length), witnesses)
        }
        BodyIs::Resource(kind) => with_tree(exchange, Expected::ResourceOf(kind.clone()), |expected, tree| {
            let found = tree.ok().and_then(tree::resource_type).unwrap_or_default();
            match flawed(kind, tree, exchange) {
                Some(flawed) => Judgement::of(false, expected, flawed, witnesses),
                None => Judgement::of(found == kind, expected, Observed::Resource(cut(found, 80)), witnesses),
            }
        }),
        BodyIs::Schema(name) => with_tree(exchange, Expected::FitsSchema(name.to_string()), |expected, tree| {
            let seen = match tree {
                Ok(tree) => schema(name).and_then(|schema| misfit(&schema, tree)),
                Err(unread) => Some(Observed::Unreadable(unread.word().to_owned())),
            };
            match seen {
                Some(seen) => Judgement::of(seen == Observed::Fits, expected, seen, witnesses),
                None => {
                    let seen = Observed::Unreadable(format!("schema {name}"));
                    Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, seen, witnesses)
                }
            }
        }),
        BodyIs::Entries(count) => {
            with_tree(exchange, Expected::Entries(count::words(*count)), |expected, tree| match tree {
                Ok(tree) => entries(*count, tree, expected, witnesses),
                Err(unread) => {
                    Judgement::of(false, expected, Observed::Unreadable(unread.word().to_owned()), witnesses)
                }
            })
        }
    }
}

/// Judges what the body says, or why it says nothing; what we do not hold is doubtful.
fn with_tree(
    exchange: &Exchange,
    expected: Expected,
    judge: impl FnOnce(Expected, Result<&Value, Unread>) -> Judgement,
) -> Judgement {
    let tree = tree::read(Side::Response, exchange);
    match tree.as_ref().err().and_then(|unread| unread.doubt().map(|doubt| (*unread, doubt))) {
        Some((unread, doubt)) => {
            let seen = Observed::Unreadable(unread.word().to_owned());
            Judgement::doubtful(doubt, expected, seen, vec![exchange.number])
        }
        None => judge(expected, tree.as_ref().map_err(|unread| *unread)),
    }
}

/// The first thing that keeps a body from being the resource that it was to be.
fn flawed(kind: &str, tree: Result<&Value, Unread>, exchange: &Exchange) -> Option<Observed> {
    let unread = tree::fault(Side::Response, exchange).map(|fault| (fault.place(), fault.flaw));
    let (at, flaw) = match tree {
        Ok(tree) if tree::resource_type(tree) != Some(kind) => return None,
        Ok(tree) => unread.or_else(|| {
            let first = fhir::check(tree, exchange.fhir).into_iter().next()?;
            Some((first.at, first.flaw))
        })?,
        Err(_) => unread?,
    };
    Some(Observed::Flawed { at: cut(&at, 200), flaw })
}

fn entries(wanted: Count, tree: &Value, expected: Expected, witnesses: Vec<u64>) -> Judgement {
    let Some(entries) = tree::entries(tree) else {
        let found = tree::resource_type(tree).map_or_else(|| tree::kind(tree).to_owned(), |kind| cut(kind, 80));
        return Judgement::of(false, expected, Observed::Unreadable(found), witnesses);
    };
    let number = entries.iter().filter(|entry| !tree::is_outcome(entry)).count() as u64;
    let judgement = Judgement::of(count::fits(wanted, number), expected, Observed::Entries(number), witnesses);
    if wanted == Count::None { judgement.breach() } else { judgement }
}

/// What keeps a body from fitting the schema, or that it fits; nothing if the schema is not usable.
fn misfit(schema: &[u8], tree: &Value) -> Option<Observed> {
    let schema: Value = serde_json::from_slice(schema).ok()?;
    let validator = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        // Linear time: a schema must not make a pattern of the target's own text explode.
        .with_pattern_options(PatternOptions::regex().size_limit(1 << 20))
        .build(&schema)
        .ok()?;
    // The first by place and words: reviewers diff two reports by eye.
    let first = validator
        .iter_errors(tree)
        .take(1000)
        .map(|error| (error.instance_path().to_string(), error.masked().to_string()))
        .min();
    Some(first.map_or(Observed::Fits, |(at, why)| Observed::Misfit { at: cut(&at, 200), why: cut(&why, 200) }))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Given;
    use super::*;
    use crate::model::finding::Flaw;
    use crate::model::record::Withheld;
    use crate::model::target::FhirVersion;
    use crate::model::verdict::Verdict;
    use serde_json::json;

    const SCHEMA: &str = r#"{ "type": "object", "required": ["a"],
        "properties": { "a": { "type": "string", "pattern": "^x+$" } } }"#;

    fn judged(wanted: &BodyIs, given: &Given) -> Judgement {
        let schemas = |name: &Word| match name.as_str() {
            "good" => Some(SCHEMA.as_bytes().to_vec()),
            "remote" => Some(br#"{ "$ref": "http://127.0.0.1:9/schema.json" }"#.to_vec()),
            "broken" => Some(b"{".to_vec()),
            _ => None,
        };
        judge(wanted, &schemas, &given.exchange())
    }

    fn schema(name: &str) -> BodyIs {
        BodyIs::Schema(name.parse().unwrap())
    }

    fn bundle(entries: Value) -> Given {
        Given::answer(200).json(&json!({"resourceType": "Bundle", "entry": entries}))
    }

    #[test]
    fn empty_means_no_bytes() {
        assert_eq!(judged(&BodyIs::Empty, &Given::answer(204)).verdict, Verdict::Pass);
        assert_eq!(judged(&BodyIs::Empty, &Given::answer(200).text(" ")).verdict, Verdict::Fail);
        let mut withheld = Given::answer(200);
        withheld.response.body.length = 7;
        assert_eq!(judged(&BodyIs::Empty, &withheld).observed, Observed::BodyOf(7));
    }

    #[test]
    fn a_resource_has_the_type_wanted() {
        let wanted = BodyIs::Resource("Patient".into());
        assert_eq!(
            judged(&wanted, &Given::answer(200).json(&json!({"resourceType": "Patient"}))).verdict,
            Verdict::Pass
        );
        assert_eq!(judged(&wanted, &bundle(json!([]))).observed, Observed::Resource("Bundle".into()));
        assert_eq!(judged(&wanted, &Given::answer(200).text("<x/>")).observed, Observed::Resource(String::new()));
        assert_eq!(judged(&wanted, &Given::answer(200)).verdict, Verdict::Fail);
    }

    #[test]
    fn a_resource_is_what_fhir_says_of_it() {
        let wanted = BodyIs::Resource("Patient".into());
        let flawed = |given: &Given| match judged(&wanted, given) {
            Judgement { verdict: Verdict::Fail, observed: Observed::Flawed { at, flaw }, .. } => (at, flaw),
            other => panic!("{other:?}"),
        };
        let json = json!({"resourceType": "Patient", "name": [{}, {"family": ["geheim"]}], "gender": "geheim"});
        let at = |place: &str, flaw: Flaw| (place.to_owned(), flaw);
        assert_eq!(flawed(&Given::answer(200).json(&json)), at("Patient.name[1].family", Flaw::List));
        let xml =
            |fhir, text: &str| Given::answer(200).xml(fhir, &format!("<Patient xmlns=\"http://hl7.org/fhir\">{text}"));
        let animal = "<animal><species/></animal></Patient>";
        assert_eq!(judged(&wanted, &xml(FhirVersion::Stu3, animal)).verdict, Verdict::Pass);
        assert_eq!(flawed(&xml(FhirVersion::R4, animal)), at("Patient.animal, 1:38", Flaw::UnknownElement));
        assert_eq!(flawed(&xml(FhirVersion::R4, "\n<name>")), at("Patient.name, 2:7", Flaw::NotWellFormed));
        let date = "<birthDate value='geheim'/></Patient>";
        assert_eq!(flawed(&xml(FhirVersion::R4, date)), at("Patient.birthDate", Flaw::NotOf("date".to_owned())));
        let other = Given::answer(200).json(&json!({"resourceType": "Basic", "x": 1}));
        assert_eq!(judged(&wanted, &other).observed, Observed::Resource("Basic".into()));
    }

    #[test]
    fn entries_in_xml_count_alike() {
        let text = r#"<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/>
            <entry><resource><Patient/></resource><search><mode value="match"/></search></entry>
            <entry><resource><OperationOutcome/></resource><search><mode value="outcome"/></search></entry></Bundle>"#;
        let given = Given::answer(200).xml(FhirVersion::R4, text);
        assert_eq!(judged(&BodyIs::Entries(Count::Exactly(1)), &given).verdict, Verdict::Pass);
        assert!(judged(&BodyIs::Entries(Count::None), &given).breach);
        let broken = Given::answer(200).xml(FhirVersion::R4, "<Bundle/>");
        assert_eq!(
            judged(&BodyIs::Entries(Count::None), &broken).observed,
            Observed::Unreadable("not FHIR XML".into())
        );
    }

    #[test]
    fn outcome_entries_do_not_count() {
        let none = BodyIs::Entries(Count::None);
        let outcome = json!({"resource": {"resourceType": "OperationOutcome"}});
        let mode = json!({"resource": {"resourceType": "Basic"}, "search": {"mode": "outcome"}});
        let patient = json!({"resource": {"resourceType": "Patient"}});
        assert_eq!(judged(&none, &bundle(json!([outcome, mode]))).verdict, Verdict::Pass);
        let leak = judged(&none, &bundle(json!([outcome, patient])));
        assert_eq!((leak.verdict, leak.breach, leak.observed), (Verdict::Fail, true, Observed::Entries(1)));
        let missing = judged(&BodyIs::Entries(Count::AtLeast(2)), &bundle(json!([patient])));
        assert_eq!((missing.verdict, missing.breach), (Verdict::Fail, false));
        assert_eq!(judged(&none, &Given::answer(200).json(&json!({"resourceType": "Bundle"}))).verdict, Verdict::Pass);
    }

    #[test]
    fn what_is_no_bundle_does_not_have_no_entries() {
        let none = BodyIs::Entries(Count::None);
        for given in [Given::answer(404), Given::answer(200).text("ok"), Given::answer(200).json(&json!([]))] {
            let judgement = judged(&none, &given);
            assert_eq!((judgement.verdict, judgement.breach), (Verdict::Fail, false));
            assert!(matches!(judgement.observed, Observed::Unreadable(_)));
        }
    }

    #[test]
    fn a_schema_is_followed_and_hides_values() {
        let good = schema("good");
        assert_eq!(judged(&good, &Given::answer(200).json(&json!({"a": "xx"}))).verdict, Verdict::Pass);
        let bad = judged(&good, &Given::answer(200).json(&json!({"a": "geheim"})));
        let Observed::Misfit { at, why } = bad.observed else { panic!("misfit") };
        assert_eq!((bad.verdict, at.as_str()), (Verdict::Fail, "/a"));
        assert!(!why.contains("geheim"), "{why}");
        assert_eq!(judged(&good, &Given::answer(200).json(&json!({}))).verdict, Verdict::Fail);
        assert_eq!(judged(&good, &Given::answer(200).text("{")).verdict, Verdict::Fail);
    }

    #[test]
    fn a_schema_that_cannot_be_used_shows_nothing() {
        for name in ["remote", "broken", "missing"] {
            let judgement = judged(&schema(name), &Given::answer(200).json(&json!({})));
            assert_eq!(judgement.doubt, Some(Doubt::EvidenceDoesNotFit), "{name}");
        }
    }

    #[test]
    fn a_body_that_was_not_kept_shows_nothing() {
        let mut withheld = bundle(json!([]));
        withheld.response.body.withheld = Some(Withheld::RealNumber);
        assert_eq!(judged(&BodyIs::Entries(Count::None), &withheld).doubt, Some(Doubt::ForeignData));
        let mut cut = bundle(json!([]));
        cut.response.body.cut = true;
        assert_eq!(judged(&BodyIs::Resource("Bundle".into()), &cut).doubt, Some(Doubt::EvidenceDoesNotFit));
    }
}
