//! What is drawn by lot, as a pure function of the seed: people, numbers, markers, orders.
//! The same seed, challenge and catalogue give the same cast on every machine.

use crate::language::catalogue::Catalogue;
use crate::model::cast::{Canary, NumberKind, Patient, PatientRecord, Person};
use crate::model::id::{MemberId, Word};
use crate::model::plan::Dialect;
use crate::model::record::{Parameters, RunHeader};
use crate::model::shard::Shard;
use crate::model::target::{CastMeans, FhirVersion, Format, PreloadedPatient};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How many numbers of people who never existed a run has.
pub const NEVER_POOL: usize = 40;

/// A generator for one purpose; different labels are independent of each other.
#[must_use]
pub fn generator(parameters: &Parameters, label: &str) -> ChaCha12Rng {
    let mut hash = Sha256::new();
    hash.update(parameters.seed.to_be_bytes());
    hash.update(parameters.challenge.as_deref().unwrap_or_default().as_bytes());
    hash.update([0]);
    if let Some(shard) = parameters.shard {
        hash.update(shard.to_string().as_bytes());
        hash.update([0]);
    }
    hash.update(label.as_bytes());
    ChaCha12Rng::from_seed(hash.finalize().into())
}

/// A marker of 128 random bits, in letters and digits that survive every encoding of text.
pub fn marker(rng: &mut impl Rng) -> String {
    const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut bits: u128 = rng.random();
    let mut text = String::with_capacity(26);
    for _ in 0..26 {
        text.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    text
}

/// The word that stands for `{{fresh.name}}` in one instance of a case.
#[must_use]
pub fn fresh(parameters: &Parameters, instance: u32, attempt: u32, name: &str) -> String {
    marker(&mut generator(parameters, &format!("fresh {instance} {attempt} {name}")))
}

/// The UUID (RFC 9562, version 4) that stands for `{{uuid.name}}` in one instance of a case.
#[must_use]
pub fn uuid(parameters: &Parameters, instance: u32, attempt: u32, name: &str) -> String {
    let bits: u128 = generator(parameters, &format!("uuid {instance} {attempt} {name}")).random();
    let versioned = (bits & !(0xf << 76)) | (0x4 << 76);
    let hex = format!("{:032x}", (versioned & !(0x3 << 62)) | (0x2 << 62));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A number of this kind that was not drawn before.
fn number(
    kind: &NumberKind,
    used: &mut BTreeSet<String>,
    rng: &mut impl Rng,
    proof: bool,
    shard: Option<Shard>,
) -> String {
    // Parts of one run may meet at one target, where nobody may have the number of somebody else.
    let owned = |digits: &str| shard.is_none_or(|shard| digits.parse().is_ok_and(|number| shard.owns(number)));
    // Some prefix always stands there: lint refuses a kind without ranges.
    let range = &kind.ranges[rng.random_range(0..kind.ranges.len())];
    loop {
        let mut digits = range.prefix.clone();
        while digits.len() < usize::from(range.digits) {
            digits.push(char::from(b'0' + rng.random_range(0..10u8)));
        }
        if (!proof || passes_eleven_proof(&digits)) && owned(&digits) && used.insert(digits.clone()) {
            return digits;
        }
    }
}

/// Whether nine digits pass the 11-proof of the citizen service number.
#[must_use]
pub fn passes_eleven_proof(digits: &str) -> bool {
    const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    digits.len() == 9
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits.bytes().zip(WEIGHTS).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum::<i32>() % 11 == 0
}

/// A pronounceable word of twelve letters that nobody is called.
fn name(used: &mut BTreeSet<String>, rng: &mut impl Rng) -> String {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    loop {
        let mut word = String::with_capacity(12);
        for position in 0..12 {
            let letters = if position % 2 == 0 { CONSONANTS } else { VOWELS };
            let letter = char::from(letters[rng.random_range(0..letters.len())]);
            word.push(if position == 0 { letter.to_ascii_uppercase() } else { letter });
        }
        if used.insert(word.clone()) {
            return word;
        }
    }
}

/// The record of a member of the cast: its own, or that of the one it is a twin of.
#[must_use]
pub fn record_of<'a>(catalogue: &'a Catalogue, member: &MemberId) -> Option<(&'a PatientRecord, &'a Patient)> {
    let patient = catalogue.cast.patients.get(member)?;
    match patient {
        Patient::Record(record) => Some((record, patient)),
        Patient::Twin(twin) => match catalogue.cast.patients.get(&twin.of)? {
            Patient::Record(record) => Some((record, patient)),
            Patient::Twin(_) | Patient::Never => None,
        },
        Patient::Never => None,
    }
}

/// The name under which people of the pool stand in recordings.
#[must_use]
pub fn never() -> MemberId {
    // A literal that satisfies its own rule.
    MemberId::try_from("never".to_owned()).unwrap_or_else(|_| unreachable!("`never` is a word"))
}

/// All people of a run: those of the cast in name order, then the pool of those who never existed.
#[must_use]
pub fn people(catalogue: &Catalogue, means: &CastMeans, parameters: &Parameters) -> Vec<Person> {
    let mut rng = generator(parameters, "people");
    let (mut bsns, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut one = |member: MemberId, fixture: Option<(&Word, Dialect)>| {
        let text = fixture
            .and_then(|(name, dialect)| catalogue.body(name, dialect.fhir, dialect.format))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default();
        let canaries = canary_groups(text).into_iter().map(|group| Canary { group, value: marker(&mut rng) }).collect();
        let (year, month, day) = (rng.random_range(1935..2005), rng.random_range(1..13), rng.random_range(1..29));
        Person {
            member,
            bsn: number(&catalogue.numbers.bsn, &mut bsns, &mut rng, true, parameters.shard),
            family: name(&mut names, &mut rng),
            given: name(&mut names, &mut rng),
            birth_date: format!("{year:04}-{month:02}-{day:02}"),
            canaries,
        }
    };
    let dialect = Dialect { fhir: FhirVersion::R4, format: Format::Json };
    let mut people: Vec<Person> = catalogue
        .cast
        .patients
        .keys()
        .filter_map(|member| record_of(catalogue, member).map(|(record, _)| (member, record)))
        .map(|(member, record)| one(member.clone(), Some((&record.fixture, dialect))))
        .collect();
    people.extend((0..NEVER_POOL).map(|_| one(never(), None)));
    if let CastMeans::Preloaded(known) = means {
        for person in &mut people {
            if let Some(patient) = known.get(&person.member) {
                take_over(person, patient);
            }
        }
    }
    people
}

/// Whether the people of a recording are those that its seed and challenge give with this catalogue. Patients that stood
/// at the target already have values of their own, and no given name; the pool is always drawn.
#[must_use]
pub fn follows(catalogue: &Catalogue, header: &RunHeader) -> bool {
    let drawn = people(catalogue, &CastMeans::Fhir, &header.parameters);
    let stood_there = |person: &Person| person.member != never() && person.given.is_empty();
    drawn.len() == header.people.len()
        && drawn
            .iter()
            .zip(&header.people)
            .all(|(one, known)| one == known || (one.member == known.member && stood_there(known)))
}

/// A patient that stands at the target already has its own values; ours would be fiction.
fn take_over(person: &mut Person, known: &PreloadedPatient) {
    let own = |value: &Option<String>| value.clone().unwrap_or_default();
    person.bsn = own(&known.bsn);
    person.family = own(&known.family);
    person.birth_date = own(&known.birth_date);
    person.given = String::new();
    person.canaries =
        known.markers.iter().map(|value| Canary { group: "clinical".to_owned(), value: value.clone() }).collect();
}

/// The care provider number of every organisation of the cast.
#[must_use]
pub fn organisations(catalogue: &Catalogue, parameters: &Parameters) -> BTreeMap<MemberId, String> {
    let mut rng = generator(parameters, "organisations");
    let mut used = BTreeSet::new();
    catalogue
        .cast
        .organisations
        .keys()
        .map(|member| (member.clone(), number(&catalogue.numbers.ura, &mut used, &mut rng, false, parameters.shard)))
        .collect()
}

/// The groups of the markers in a fixture, in the order in which they stand.
fn canary_groups(text: &str) -> Vec<String> {
    text.split("{{canary.")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(group, _)| group.to_owned())
        .collect()
}

/// A fixture with the markers and values of one person in place.
#[must_use]
pub fn fixture_of(text: &str, person: &Person) -> String {
    let mut canaries = person.canaries.iter();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{canary.") {
        out.push_str(&rest[..start]);
        let Some(end) = rest[start..].find("}}") else { break };
        out.push_str(canaries.next().map_or("", |canary| &canary.value));
        rest = &rest[start + end + 2..];
    }
    out.push_str(rest);
    out.replace("{{self.bsn}}", &person.bsn)
        .replace("{{self.family}}", &person.family)
        .replace("{{self.given}}", &person.given)
        .replace("{{self.birth-date}}", &person.birth_date)
}

/// An id that no one has, in the form of one that somebody has.
#[must_use]
pub fn id_like(model: &str, parameters: &Parameters, label: &str) -> String {
    let mut rng = generator(parameters, &format!("id {label}"));
    let hexadecimal = model.len() >= 16 && model.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    // Version and variant of a UUID (RFC 9562) stay: whoever reads them would refuse the form, and not the id.
    let fixed: &[usize] = if is_uuid(model) { &[14, 19] } else { &[] };
    let mut id: String = model
        .chars()
        .enumerate()
        .map(|(at, c)| match c {
            '-' | '.' => c,
            _ if fixed.contains(&at) => c,
            _ if hexadecimal => char::from(b"0123456789abcdef"[rng.random_range(0..16)]),
            '0'..='9' => char::from(b'0' + rng.random_range(0..10u8)),
            'a'..='z' => char::from(b'a' + rng.random_range(0..26u8)),
            'A'..='Z' => char::from(b'A' + rng.random_range(0..26u8)),
            other => other,
        })
        .collect();
    // A short running number would hit somebody else's record; no server counts this far.
    while id.len() < 8 {
        id.push(char::from(b'1' + rng.random_range(0..9u8)));
    }
    id
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(seed: u64) -> Parameters {
        Parameters { seed, attempts: 1, timeout_ms: 1, body_limit: 1, challenge: None, shard: None }
    }

    #[test]
    fn the_eleven_proof_knows_test_numbers() {
        for number in ["999911120", "999990007", "999900006"] {
            assert!(passes_eleven_proof(number), "{number}");
        }
        for number in ["123456789", "999940003", "99991112", "abcdefghi"] {
            assert!(!passes_eleven_proof(number), "{number}");
        }
    }

    #[test]
    fn an_id_like_a_uuid_is_of_the_same_version_and_variant() {
        let model = "019a0c1e-7b3a-7cde-b123-0123456789ab";
        for label in ["a", "b", "c", "d"] {
            let id = id_like(model, &parameters(7), label);
            assert!(is_uuid(&id) && id != model, "{id}");
            assert_eq!((&id[14..15], &id[19..20]), ("7", "b"), "{id}");
        }
    }

    #[test]
    fn a_uuid_says_its_version_and_is_drawn_by_name() {
        let of = |name| uuid(&parameters(7), 1, 1, name);
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a"), of("b"));
        let (lengths, uuid): (Vec<usize>, _) = (of("a").split('-').map(str::len).collect(), of("a"));
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!(["8", "9", "a", "b"].contains(&&uuid[19..20]), "{uuid}");
    }

    #[test]
    fn the_same_seed_draws_the_same_and_a_challenge_changes_it() {
        let word = |p: &Parameters| fresh(p, 1, 1, "marker");
        assert_eq!(word(&parameters(7)), word(&parameters(7)));
        assert_ne!(word(&parameters(7)), word(&parameters(8)));
        let challenged = Parameters { challenge: Some("buyer".to_owned()), ..parameters(7) };
        assert_ne!(word(&parameters(7)), word(&challenged));
        assert_eq!(word(&parameters(7)).len(), 26);
    }

    #[test]
    fn an_id_like_another_keeps_its_form_and_is_not_short() {
        let p = parameters(1);
        assert_eq!(id_like("3f2b1c9a-0000-4000-8000-123456789abc", &p, "a").len(), 36);
        assert!(id_like("17", &p, "a").len() >= 8);
        assert_ne!(id_like("abcdefghij", &p, "a"), id_like("abcdefghij", &p, "b"));
    }
}
