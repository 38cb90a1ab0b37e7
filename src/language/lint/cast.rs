//! Rules about the cast and its numbers: members are unique, twins have an original, fixtures exist.
//! Who uses a member is a matter of `name` and `unused`.

use super::ground::{Ground, PARTIES, RESERVED, duplicates};
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::model::cast::Patient;
use crate::model::id::MemberId;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let casts = || ground.house.casts.iter().filter(|parsed| parsed.whole);
    duplicates(
        found,
        "member of the cast",
        casts().flat_map(|parsed| {
            let patients = parsed.value.patients.keys().map(|id| ("patients", id));
            let organisations = parsed.value.organisations.keys().map(|id| ("organisations", id));
            patients
                .chain(organisations)
                .map(|(list, id)| (id.to_string(), &parsed.source, parsed.tree.key_region(&format!("{list}/{id}"))))
        }),
    );
    for parsed in casts() {
        let at = |way: String| parsed.tree.region(&way);
        for (id, patient) in &parsed.value.patients {
            let way = format!("patients/{id}");
            reserved(parsed, &way, id, matches!(patient, Patient::Never), found);
            let treated_by: (&str, &[MemberId]) = match patient {
                Patient::Record(record) => {
                    if !ground.bodies.contains(record.fixture.as_str()) {
                        let place = (&parsed.source, at(format!("{way}/record/fixture")));
                        let said = (record.fixture.as_str(), format!("there is no body `{}`", record.fixture));
                        ground.unknown(found, Code::UnknownBody, place, said, ground.bodies.iter().copied());
                    }
                    ("record", &record.treated_by)
                }
                Patient::Twin(twin) => {
                    if !matches!(ground.patients.get(twin.of.as_str()), Some(Patient::Record(_))) {
                        let records = ground.patients.iter().filter(|(_, p)| matches!(p, Patient::Record(_)));
                        let place = (&parsed.source, at(format!("{way}/twin/of")));
                        let message = format!("`{}` is not a patient with a record of its own", twin.of);
                        let known = records.map(|(id, _)| *id);
                        ground.unknown(found, Code::UnknownMember, place, (twin.of.as_str(), message), known);
                    }
                    ("twin", twin.treated_by.as_deref().unwrap_or_default())
                }
                Patient::Never => ("", &[]),
            };
            for (n, organisation) in treated_by.1.iter().enumerate() {
                if !ground.organisations.contains(organisation.as_str()) {
                    let place = (&parsed.source, at(format!("{way}/{}/treated-by/{n}", treated_by.0)));
                    let message = format!("the cast has no organisation `{organisation}`");
                    let said = (organisation.as_str(), message);
                    ground.unknown(found, Code::UnknownMember, place, said, ground.organisations.iter().copied());
                }
            }
        }
        for id in parsed.value.organisations.keys() {
            reserved(parsed, &format!("organisations/{id}"), id, false, found);
        }
    }
    numbers(ground, found);
}

fn reserved(
    parsed: &crate::language::load::Parsed<crate::model::cast::Cast>,
    way: &str,
    id: &MemberId,
    never: bool,
    found: &mut Vec<Diagnostic>,
) {
    let taken = RESERVED.contains(&id.as_str()) || PARTIES.contains(&id.as_str());
    // `never` is the one reserved word that is a member, and can be nothing else.
    if taken && !(never && id.as_str() == "never") {
        let message = format!("`{id}` is a reserved word and cannot be the name of a member");
        found.push(Diagnostic::at(Code::AmbiguousName, &parsed.source, parsed.tree.key_region(way), message));
    }
}

fn numbers(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let Some(parsed) = &ground.house.numbers else {
        return;
    };
    for (kind, numbers) in [("bsn", &parsed.value.bsn), ("ura", &parsed.value.ura)] {
        if numbers.ranges.is_empty() && parsed.whole {
            let region = parsed.tree.region(&format!("{kind}/ranges"));
            let message = format!("no range of `{kind}` is reserved for tests");
            found.push(Diagnostic::at(Code::EmptyList, &parsed.source, region, message));
        }
        for (n, range) in numbers.ranges.iter().enumerate() {
            if !is_prefix(&range.prefix, usize::from(range.digits)) {
                let region = parsed.tree.region(&format!("{kind}/ranges/{n}/prefix"));
                let message = format!("`{}` is not the beginning of a number of {} digits", range.prefix, range.digits);
                found.push(Diagnostic::at(Code::BadRange, &parsed.source, region, message));
            }
        }
    }
}

/// Whether these are digits, and fewer than the number has.
pub(super) fn is_prefix(prefix: &str, digits: usize) -> bool {
    !prefix.is_empty() && prefix.len() < digits && prefix.bytes().all(|b| b.is_ascii_digit())
}
