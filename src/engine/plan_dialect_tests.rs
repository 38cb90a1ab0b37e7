//! Which FHIR versions are planned: bodies are written in one, and to send them to another would test nothing.

use super::*;
use crate::language::target::read_target;
use crate::model::target::FhirVersion;

/// What is planned for this claim at an endpoint whose statement says this: cases, and why the others are not.
fn planned(claimed: &str, spoken: Option<&str>) -> (usize, BTreeSet<String>) {
    let plan = plan_of(claimed, "json", spoken);
    assert!(plan.instances.iter().all(|instance| instance.dialect.fhir == FhirVersion::R4));
    (plan.instances.len(), plan.left_out.iter().filter_map(|left| left.outcome.reason()).collect())
}

fn plan_of(claimed: &str, format: &str, spoken: Option<&str>) -> Plan {
    plan_with(&Catalogue::embedded().catalogue.unwrap(), claimed, format, spoken)
}

fn plan_with(catalogue: &Catalogue, claimed: &str, format: &str, spoken: Option<&str>) -> Plan {
    let text = format!(
        "format: 1\nname: t\nproduct: {{ vendor: v, name: n, version: '1' }}\n\
         claims: [ {{ profile: fhir-rest, roles: [holder], fhir: [{claimed}], format: [{format}], options: {{ create: offered }} }} ]\n\
         endpoints: {{ fhir: 'http://127.0.0.1:1' }}\ncredentials: {{ writer: none }}\ncast: fhir\n"
    );
    let target = read_target("t.yaml", text.as_bytes(), catalogue).target.unwrap();
    let facts = CapabilityFacts { fhir_version: spoken.map(str::to_owned), ..CapabilityFacts::default() };
    let known = Circumstances {
        facts: [("fhir".parse().unwrap(), facts)].into(),
        faults: BTreeMap::new(),
        selection: Selection::default(),
        allow_exec: false,
        operator: false,
        today: "2025-01-01".to_owned(),
    };
    let parameters =
        Parameters { seed: 1, attempts: 1, timeout_ms: 1000, body_limit: 1000, challenge: None, shard: None };
    plan(catalogue, &target, &known, &parameters)
}

#[test]
fn a_version_without_bodies_is_not_tested_and_nothing_is_sent() {
    for (claimed, spoken) in
        [("stu3", Some("3.0.2")), ("stu3", None), ("stu3, r4", Some("3.0.2")), ("r4, stu3", Some("3.0.2"))]
    {
        let (instances, left) = planned(claimed, spoken);
        assert_eq!(instances, 0, "{claimed} {spoken:?}");
        assert!(left.contains("not-yet"), "{claimed} {spoken:?}: {left:?}");
    }
}

#[test]
fn of_two_claimed_versions_the_one_with_bodies_is_used() {
    for (claimed, spoken) in [("stu3, r4", Some("4.0.1")), ("stu3, r4", None), ("r4", Some("4.3.0"))] {
        let (instances, left) = planned(claimed, spoken);
        assert!(instances > 0 && !left.contains("not-yet"), "{claimed} {spoken:?}: {left:?}");
    }
}

#[test]
fn a_claim_that_does_not_fit_stays_in_the_plan_for_pre_flight_to_explain() {
    assert!(planned("r4", Some("3.0.2")).0 > 0);
}

#[test]
fn whoever_claims_xml_alone_is_tested_in_xml_and_whoever_claims_both_in_the_first() {
    use crate::model::target::Format;
    let json = plan_of("r4", "json", Some("4.0.1"));
    for (claimed, first) in [("xml", Format::Xml), ("json, xml", Format::Json), ("xml, json", Format::Xml)] {
        let plan = plan_of("r4", claimed, Some("4.0.1"));
        // A resource of another type than was meant (ERR-05) is made by hand and has no form in XML.
        let left: Vec<_> =
            plan.left_out.iter().filter(|left| left.outcome.reason().as_deref() == Some("format")).collect();
        assert!(left.iter().all(|left| left.detail.contains("Patient.status")), "{claimed}: {left:?}");
        let formats = |case: &CaseId| {
            plan.instances.iter().filter(|one| one.case == *case).map(|one| one.dialect.format).collect::<Vec<_>>()
        };
        let cases: BTreeSet<&CaseId> = plan.instances.iter().map(|one| &one.case).collect();
        assert!(cases.iter().any(|case| formats(case).first() == Some(&first)), "{claimed}");
        let lost: Vec<&str> =
            json.instances.iter().filter(|one| !cases.contains(&one.case)).map(|one| one.case.as_str()).collect();
        // How JSON may be asked for is nothing for whoever does not speak it.
        let may_be_lost = |case: &&str| match *case {
            "fhir-rest/common-accept-headers" => claimed == "xml",
            "fhir-rest/wrong-type-in-the-body" => first == Format::Xml,
            _ => false,
        };
        assert!(lost.iter().all(may_be_lost), "{claimed}: {lost:?}");
    }
}

#[test]
fn a_body_that_xml_cannot_say_keeps_its_cases_from_being_sent() {
    let mut catalogue = Catalogue::embedded().catalogue.unwrap();
    let path = "testcases/bodies/observation.r4.json";
    let text =
        String::from_utf8_lossy(&catalogue.files[path]).replacen("\"status\"", "\"state\": \"x\", \"status\"", 1);
    catalogue.files.insert(path.to_owned(), text.into_bytes().into());
    let case: CaseId = "fhir-rest/body-with-a-charset".parse().unwrap();
    let left = |format| {
        let plan = plan_with(&catalogue, "r4", format, Some("4.0.1"));
        let left = plan.left_out.into_iter().find(|left| left.case == case);
        left.map(|left| (left.outcome.reason().unwrap_or_default(), left.detail))
    };
    let (reason, detail) = left("xml").unwrap();
    assert_eq!((reason.as_str(), detail.contains("Observation.state")), ("format", true), "{detail}");
    assert_ne!(left("json").map(|(reason, _)| reason).as_deref(), Some("format"));
}
