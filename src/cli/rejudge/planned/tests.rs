use super::*;
use crate::engine::plan::{Circumstances, plan};
use crate::language::target::read_target;
use crate::model::id::Role;
use crate::model::plan::{CapabilityFacts, EachValue, Selection};
use crate::model::shard::Shard;
use crate::model::target::{Binding, Claim, Credential, ManualBinding, Target};
use crate::model::verdict::{Fault, Gap};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().catalogue.unwrap());

/// A target that has an endpoint, a credential and a binding for everything that a case may need, and claims this.
fn target(claims: &[Claim]) -> Target {
    let text = "format: 1\nname: t\nproduct: { vendor: v, name: n, version: '1' }\nendpoints: { fhir: 'http://127.0.0.1:1' }\n\
         claims: [ { profile: fhir-rest, roles: [holder], options: {} } ]\ncredentials: { writer: none, patient: none }\ncast: fhir\n";
    let mut target = read_target("t.yaml", text.as_bytes(), &CATALOGUE).target.unwrap();
    let organisations = CATALOGUE.cast.organisations.keys().cloned();
    target.credentials.extend(organisations.map(|member| (member, Credential::None)));
    let say: ManualBinding =
        serde_json::from_value(serde_json::json!({ "say": { "nl": "doe", "en": "do" }, "within": "1m" })).unwrap();
    let actions = CATALOGUE.profiles.values().flat_map(|profile| &profile.actions);
    target.bindings = actions.map(|action| (action.id.clone(), Binding::Manual(say.clone()))).collect();
    target.claims = claims.to_vec();
    target
}

fn parameters(seed: u64, shard: Option<&str>) -> Parameters {
    let shard = shard.map(|text| text.parse::<Shard>().unwrap());
    Parameters { seed, attempts: 1, timeout_ms: 1000, body_limit: 1000, challenge: None, shard }
}

fn known() -> Circumstances {
    Circumstances {
        facts: BTreeMap::new(),
        faults: BTreeMap::new(),
        selection: Selection::default(),
        allow_exec: true,
        operator: true,
        today: "2025-01-01".to_owned(),
    }
}

/// What a capability statement says that speaks this version and declares a little.
fn stated(version: &str) -> CapabilityFacts {
    CapabilityFacts {
        fhir_version: Some(version.to_owned()),
        search: [("Observation".to_owned(), [("patient".to_owned(), "reference".to_owned())].into())].into(),
        interactions: [("create".to_owned(), vec!["Observation".to_owned()])].into(),
        ..CapabilityFacts::default()
    }
}

fn claims(set: &str) -> Vec<Claim> {
    CATALOGUE.reference.sets.iter().find(|one| one.id.as_str() == set).unwrap().claims.clone()
}

/// As it stands in a file.
fn recorded(plan: &Plan) -> Plan {
    serde_json::from_str(&serde_json::to_string(plan).unwrap()).unwrap()
}

fn honest(target: &Target, known: &Circumstances, parameters: &Parameters) -> Plan {
    let plan = recorded(&plan(&CATALOGUE, target, known, parameters));
    assert_eq!(whole(&CATALOGUE, &plan, parameters), Ok(()), "{:?} {:?}", plan.claims, plan.only);
    plan
}

#[test]
fn an_honest_plan_is_whole_under_all_claims_of_the_reference() {
    let mut instances = 0;
    for set in &CATALOGUE.reference.sets {
        let all = target(&set.claims);
        let bare = Target { bindings: BTreeMap::new(), credentials: BTreeMap::new(), ..all.clone() };
        let ran = honest(&all, &known(), &parameters(1, None)).instances.len();
        instances += ran;
        assert!(honest(&bare, &known(), &parameters(2, None)).instances.len() <= ran);
        for version in ["4.0.1", "3.0.2", "5.0.0"] {
            let facts = ["fhir", "fhir-stu3"].map(|name| (name.parse().unwrap(), stated(version))).into();
            honest(&all, &Circumstances { facts, ..known() }, &parameters(3, None));
        }
        let faults = [("fhir".parse().unwrap(), Fault::Port)].into();
        honest(&all, &Circumstances { faults, allow_exec: false, operator: false, ..known() }, &parameters(4, None));
        // Claims that state nothing but their roles.
        let unstated: Vec<Claim> =
            set.claims.iter().map(|one| Claim { options: BTreeMap::new(), ..one.clone() }).collect();
        honest(&target(&unstated), &known(), &parameters(5, None));
    }
    assert!(instances > 200, "{instances}");
}

#[test]
fn an_honest_plan_is_whole_however_the_run_was_narrowed_or_shared() {
    let all = target(&claims("opt-in"));
    for selection in [
        Selection { profiles: vec!["fhir-rest".parse().unwrap()], ..Selection::default() },
        Selection { roles: vec!["sender".parse().unwrap()], ..Selection::default() },
        Selection { cases: vec!["fhir-rest/unknown-id".parse().unwrap()], ..Selection::default() },
    ] {
        for shard in [None, Some("2/3")] {
            honest(&all, &Circumstances { selection: selection.clone(), ..known() }, &parameters(1, shard));
        }
    }
    let whole = honest(&all, &known(), &parameters(1, None)).instances.len();
    let parts = ["1/3", "2/3", "3/3"].map(|shard| honest(&all, &known(), &parameters(1, Some(shard))).instances.len());
    assert_eq!(parts.iter().sum::<usize>(), whole);
}

#[test]
fn an_honest_plan_is_whole_where_a_profile_is_claimed_for_each_role_apart() {
    let claimed = claims("opt-in");
    let of_role = |role: &Role| Claim { roles: vec![role.clone()], ..claimed[0].clone() };
    let apart: Vec<Claim> = claimed[0].roles.iter().map(of_role).collect();
    assert!(apart.len() > 1);
    let plan = honest(&target(&apart), &known(), &parameters(1, None));
    let left = |case: &CaseId| plan.left_out.iter().any(|left| left.case == *case);
    assert!(plan.instances.iter().any(|instance| left(&instance.case)), "it runs under one and is left out of another");
    // Each states what its role asks for.
    let mut other = apart.clone();
    other[1].options.remove("choice-regime");
    honest(&target(&other), &known(), &parameters(1, None));
}

/// Why a plan is refused in which something was changed.
fn refused(change: impl Fn(&mut Plan)) -> String {
    static PLAN: LazyLock<Plan> = LazyLock::new(|| {
        let selection = Selection {
            profiles: vec!["fhir-rest".parse().unwrap(), "voorschrift".parse().unwrap()],
            ..Selection::default()
        };
        let known = Circumstances { selection, ..known() };
        honest(&target(&claims("opt-in")), &known, &parameters(1, None))
    });
    let mut plan = PLAN.clone();
    change(&mut plan);
    assert_ne!(plan, *PLAN, "nothing was changed");
    whole(&CATALOGUE, &plan, &parameters(1, None)).expect_err("a plan in which something was changed")
}

fn case(id: &str) -> CaseId {
    id.parse().unwrap()
}

/// Takes a case out of what runs, and says this of it.
fn cut_out(plan: &mut Plan, id: &str, outcome: Outcome) {
    plan.instances.retain(|one| one.case != case(id));
    let before = |left: &LeftOut| {
        let at =
            |id: &CaseId| (plan.claims.iter().position(|claim| claim.profile.as_str() == id.standard()), id.clone());
        at(&left.case) < at(&case(id))
    };
    let at = plan.left_out.iter().take_while(|left| before(left)).count();
    plan.left_out.insert(at, LeftOut { case: case(id), outcome, detail: String::new() });
}

const ID: &str = "fhir-rest/unknown-id";

#[test]
fn a_case_is_not_cut_out() {
    assert_eq!(
        refused(|plan| plan
            .instances
            .iter_mut()
            .filter(|one| one.case == case(ID))
            .for_each(|one| one.case = case("fhir-rest/none"))),
        "the plan has a case fhir-rest/none, and its catalogue has none"
    );
    assert_eq!(
        refused(|plan| plan.instances.retain(|one| one.case != case(ID))),
        format!("the plan does not say what becomes of {ID}")
    );
    assert_eq!(
        refused(|plan| {
            plan.left_out.remove(0);
        })
        .split(" of ")
        .next(),
        Some("the plan does not say what becomes")
    );
    for (outcome, why) in [
        (
            Outcome::NotApplicable,
            "the plan calls fhir-rest/unknown-id not applicable, and under what is claimed it applies",
        ),
        (
            Outcome::NotTested(Gap::NotSelected),
            "the plan leaves fhir-rest/unknown-id out as not selected, and it was selected",
        ),
        (Outcome::Pass, "the plan leaves fhir-rest/unknown-id out and gives it a verdict"),
        (Outcome::Attested, "the plan leaves fhir-rest/unknown-id out and gives it a verdict"),
    ] {
        assert_eq!(refused(|plan| cut_out(plan, ID, outcome)), why);
    }
}

#[test]
fn what_lacks_something_at_the_target_may_be_left_out_for_it_is_reported_as_not_tested() {
    let known = Circumstances {
        selection: Selection { roles: vec!["holder".parse().unwrap()], ..Selection::default() },
        ..known()
    };
    let mut plan = honest(&target(&claims("opt-in")), &known, &parameters(1, None));
    cut_out(&mut plan, ID, Outcome::NotTested(Gap::NoBinding));
    assert_eq!(whole(&CATALOGUE, &plan, &parameters(1, None)), Ok(()));
    let not_applicable = "privacy-by-design/copy-gives-way";
    let left = plan.left_out.iter_mut().find(|left| left.case == case(not_applicable)).unwrap();
    assert_eq!(left.outcome, Outcome::NotApplicable);
    left.outcome = Outcome::NotTested(Gap::OptionNotStated);
    assert_eq!(whole(&CATALOGUE, &plan, &parameters(1, None)), Ok(()), "as an earlier version said it");
}

#[test]
fn a_combination_is_not_cut_out_of_a_case() {
    let why = format!("the plan runs {ID} in other combinations than there are under what is claimed");
    let first = |plan: &Plan| plan.instances.iter().position(|one| one.case == case(ID)).unwrap();
    assert_eq!(
        refused(|plan| {
            plan.instances.remove(first(plan));
        }),
        why
    );
    assert_eq!(
        refused(|plan| {
            let at = first(plan);
            let value: EachValue = serde_json::from_value(serde_json::json!({ "word": "x" })).unwrap();
            plan.instances[at].each.insert("record".to_owned(), value);
        }),
        why
    );
    // One of two formats.
    let both = |plan: &Plan| {
        let of = |id: &CaseId| {
            plan.instances.iter().filter(|one| one.case == *id).map(|one| one.dialect).collect::<Vec<_>>()
        };
        plan.instances
            .iter()
            .map(|one| one.case.clone())
            .find(|id| of(id).windows(2).any(|two| two[0] != two[1]))
            .unwrap()
    };
    let why = refused(|plan| {
        let id = both(plan);
        let dialect = plan.instances.iter().find(|one| one.case == id).unwrap().dialect;
        plan.instances.retain(|one| one.case != id || one.dialect == dialect);
    });
    assert!(why.ends_with("in other combinations than there are under what is claimed"), "{why}");
}

#[test]
fn a_plan_says_what_it_is_and_claims_what_there_is() {
    assert_eq!(refused(|plan| plan.selection = false), "the plan is a selection, and is not called one");
    assert_eq!(
        refused(|plan| plan.only = Selection::default()),
        "the plan is called a selection, and nothing was selected"
    );
    let one_more = |plan: &mut Plan, id: &str| {
        let instance = plan.instances[0].clone();
        plan.instances.push(Instance { case: case(id), ..instance });
    };
    assert_eq!(refused(|plan| one_more(plan, ID)), format!("the plan has {ID} more than once, or out of its order"));
    let unclaimed =
        "the plan has voorschrift/prescription-is-a-complete-order, whose profile and role it does not claim";
    let role = |plan: &mut Plan| {
        plan.claims.iter_mut().filter(|one| one.profile.as_str() == "voorschrift").for_each(|one| one.roles.clear());
        plan.instances.retain(|one| one.case.standard() != "voorschrift");
        one_more(plan, "voorschrift/prescription-is-a-complete-order");
    };
    assert_eq!(refused(role), unclaimed);
    assert_eq!(
        refused(|plan| plan.claims.retain(|one| one.profile.as_str() != "voorschrift")).split(", ").nth(1),
        Some("whose profile and role it does not claim")
    );
    assert_eq!(
        refused(|plan| plan.claims[0].edition = "0".to_owned()),
        "the plan claims another edition of privacy-by-design than its catalogue has"
    );
    let options = |plan: &mut Plan| {
        let one = plan.instances.iter_mut().find(|one| one.case == case(ID)).unwrap();
        one.options.clear();
    };
    assert_eq!(refused(options), format!("the plan runs {ID} under other options than it claims"));
    let both = |plan: &mut Plan| {
        let ran = plan.instances.clone();
        cut_out(plan, ID, Outcome::NotTested(Gap::NoBinding));
        plan.instances = ran;
    };
    assert_eq!(refused(both), format!("the plan both runs {ID} and leaves it out"));
}
