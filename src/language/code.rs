//! Every code a diagnostic can carry, with the documentation that `explain` prints.
//! A code is stable: it is never renamed and never reused for another fault.

use super::diagnostic::Severity;
use serde::{Serialize, Serializer};
use std::fmt;

/// What `explain` says of a code.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The code.
    pub code: Code,
    /// The name, as printed between brackets.
    pub name: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What was found.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// An example of the fault: what is wrong, not what mends it.
    pub example: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

impl Rule {
    /// The whole text, as `explain` prints it.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{}[{}]\n\n{}\n\nWhy: {}\n\nWrong:\n    {}\n\nRemedy: {}\n",
            self.severity,
            self.name,
            self.what,
            self.why,
            self.example.replace('\n', "\n    "),
            self.remedy
        )
    }
}

macro_rules! codes {
    ($($code:ident $name:literal $severity:ident
        what $what:literal why $why:literal example $example:literal remedy $remedy:literal)*) => {
        /// The kind of a diagnostic.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $what] $code,)*
        }

        /// Every code with its documentation, in the order of the enum.
        pub const CODES: &[Rule] = &[
            $(Rule {
                code: Code::$code,
                name: $name,
                severity: Severity::$severity,
                what: $what,
                why: $why,
                example: $example,
                remedy: $remedy,
            },)*
        ];
    };
}

impl Code {
    /// What is documented of it.
    #[must_use]
    pub fn rule(self) -> &'static Rule {
        &CODES[self as usize]
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.rule().name
    }

    /// The code of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        CODES.iter().find(|rule| rule.name == name).map(|rule| rule.code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

codes! {
    Unreadable "unreadable" Error
        what "A file or folder cannot be opened or read."
        why "What is not read is not judged; going on without it would show less than was asked."
        example "toetssteen lint --catalogue /no/such/folder"
        remedy "Check the path, the permissions and, for a link, that it stays inside the folder."
    MissingPart "missing-part" Error
        what "A catalogue lacks a part that it cannot do without."
        why "Without profiles there is nothing to judge by; without numbers nothing keeps real people out."
        example "a folder without `testcases/cast/numbers.yaml`"
        remedy "Point `--catalogue` at the folder that holds `profiles/` and `testcases/`, or add the missing file."
    FileName "file-name" Error
        what "The name of a file, or of its folder, is not what its kind needs."
        why "Ids are paths: a case is cited by folder and file name, a body is chosen by FHIR version and format."
        example "testcases/privacy-by-design/My Case.yaml\ntestcases/bodies/adult.json"
        remedy "Use small letters, digits and hyphens; name a body `<name>.<stu3|r4>.<json|xml>` or `<name>.schema.json`."
    UnreadFile "unread-file" Warning
        what "A YAML file stands where no YAML file is read."
        why "Its author believes that it counts."
        example "testcases/privacy-by-design/case.yml"
        remedy "Move it to its place, give it the ending `.yaml`, or take it away."
    FileTooLarge "file-too-large" Error
        what "A file is larger than 1 MiB."
        why "Files are written and reviewed by people; a larger one is a mistake or an attack."
        example "testcases/requests/clinical.yaml with 3 MiB"
        remedy "Split the file, or keep bulk outside the catalogue."
    NotText "not-text" Error
        what "A file is not UTF-8 text."
        why "Bytes that are read differently by different readers can hide what a file says."
        example "a file saved as UTF-16"
        remedy "Save the file as UTF-8, without NUL characters."
    TooComplex "too-complex" Error
        what "A file nests deeper than 64, or grows beyond bounds by its aliases."
        why "Nine lines of aliases can stand for a thousand million nodes."
        example "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]"
        remedy "Write the values out, or take levels away."
    Yaml "yaml" Error
        what "A file is not one document of YAML 1.2 as it is read here."
        why "A file that two readers read differently cannot be judged by. Merge keys (`<<`) and unknown tags are not read."
        example "steps: [ { step: a"
        remedy "Mend the syntax at the caret; texts with `: ` or `#` in them need quotes."
    DuplicateKey "duplicate-key" Error
        what "A key stands twice in one mapping."
        why "One of the two would be silently lost."
        example "expect: [ { status: [200] } ]\nexpect: [ { count: none } ]"
        remedy "Keep one of them, or put both values in one list."
    Body "body" Error
        what "A body file or a JSON Schema cannot be used."
        why "A fixture that does not parse would be sent broken, and the endpoint blamed for its answer."
        example "testcases/bodies/adult.r4.json that ends in a comma"
        remedy "Mend the file at the place named."
    UnknownKey "unknown-key" Error
        what "A mapping has a key that it does not know."
        why "A misspelt key would be ignored, and what it asks for would not be checked."
        example "- step: closed\n  expct: [ { status: [403] } ]"
        remedy "Write one of the keys named in the help."
    UnknownWord "unknown-word" Error
        what "A word stands where only certain other words may."
        why "The word decides what is checked; nothing is guessed."
        example "obligation: shall"
        remedy "Write one of the words named in the help."
    MissingKey "missing-key" Error
        what "A key that must stand is missing."
        why "No value can be assumed for it."
        example "ask: { set: clinical }"
        remedy "Add the key; `toetssteen explain` and the JSON Schemas under `profiles/schema/` say what it holds."
    MissingStrength "missing-strength" Error
        what "A source does not say how well it is known."
        why "An expectation that rests on common knowledge or a guess is lowered to SHOULD; silence would make it a MUST."
        example "sources: [ { cite: \"NEN 7513\" } ]"
        remedy "Add `strength: verified` if you read it in the named public source, else `known`, `guess` or `profile`."
    MissingLanguage "missing-language" Error
        what "A text lacks its Dutch or its English."
        why "Reports are read in both languages, and a reader of one must not see less."
        example "purpose: { nl: Zonder toestemming dicht. }"
        remedy "Add the other of `nl` and `en`."
    WrongType "wrong-type" Error
        what "A value is of another type than its key needs."
        why "A list where one word is meant, or a word where a list is meant, says something else."
        example "verifies: privacy-by-design/OPT-01"
        remedy "Write what the message expects; a list is written `[a, b]`."
    BadValue "bad-value" Error
        what "A value is not written as its kind must be."
        why "Ids, statuses, lengths of time and placeholders are read once and trusted afterwards."
        example "within: 10 seconds\nstatus: [6xx]"
        remedy "Write it in the form the message names."
    BadDate "bad-date" Error
        what "A date is not a day of the calendar written as in ISO 8601."
        why "An authorisation or waiver ends on that day; a date that is misread ends on another."
        example "until: 31-12-2026"
        remedy "Write year, month and day: `2026-12-31`."
    BadUrl "bad-url" Error
        what "An address cannot be used as the base of an endpoint."
        why "A user name or password in a URL would end up in recordings; a fragment is never sent."
        example "endpoints: { fhir: \"https://user:secret@ehr.example/fhir\" }"
        remedy "Write an absolute `http` or `https` URL without user, password, query and fragment."
    BadPattern "bad-pattern" Error
        what "A regular expression cannot be used."
        why "A pattern that never matches would fail every system, and one that is not understood proves nothing."
        example "is: { pattern: \"[a-z\" }"
        remedy "Mend the expression; look-around and back-references are not supported, so that matching takes linear time."
    BadPlace "bad-place" Error
        what "A JSON pointer, an element path or a request path is not written as it must be."
        why "A place that can never be found would make every answer fail, or every absence pass."
        example "at: { json: status }\npath: \"Observation\""
        remedy "A JSON pointer and a request path begin with `/`; an element path begins with a resource type."
    BadOption "bad-option" Error
        what "An option has a default although its values are not lengths of time, or lies outside its bounds."
        why "Where sources or products lawfully differ, a default would choose for the vendor; only a waiting time may be assumed."
        example "{ id: choice-regime, values: [opt-in, opt-out], default: 60s }"
        remedy "Take the default away, or give the smallest and the largest length: `values: [60s, 24h]`."
    BadRange "bad-range" Error
        what "A number range is not a prefix of digits shorter than the number."
        why "Only reserved numbers keep real people out of a test."
        example "{ prefix: \"9999x\", digits: 9 }"
        remedy "Write the digits that every number of the range begins with, and how many digits it has in all."
    EmptyList "empty-list" Error
        what "A list is empty that must hold something."
        why "A check over nothing holds always: it would pass without having looked."
        example "expect: [ { status: [] } ]"
        remedy "Fill the list or take the whole entry away."
    EmptyText "empty-text" Error
        what "A text is empty."
        why "A report would have a hole where its reader looks for a reason."
        example "purpose: { nl: \"\", en: \"Closed.\" }"
        remedy "Write the sentence."
    SameText "same-text" Warning
        what "Dutch and English are the same words."
        why "One of the two was most likely not translated."
        example "title: { nl: Existence check, en: Existence check }"
        remedy "Translate it."
    DuplicateId "duplicate-id" Error
        what "Two things of one kind have the same id."
        why "A citation would mean either, and the report of one would overwrite the other."
        example "two requirements `OPT-01` in one profile"
        remedy "Give one of them another id; an id that was published never changes its meaning."
    AmbiguousName "ambiguous-name" Error
        what "A name that a case introduces already means something else there."
        why "`{{name.field}}` would mean one thing to its author and another to the reader."
        example "each: { ctrl: { in: [a, b] } }   # `ctrl` is a patient"
        remedy "Choose a name that is no cast member, no reserved word and no other name of the case."
    Misplaced "misplaced" Error
        what "The id or edition in a file is not that of its path."
        why "The path is what people cite; a file that calls itself otherwise is found by neither name."
        example "profiles/fhir-rest/2026.1/profile.yaml with `id: fhir`"
        remedy "Make id and path equal."
    Unused "unused" Warning
        what "Something is declared and never used."
        why "It is dead weight, or its use was misspelt elsewhere."
        example "a request set that no case asks"
        remedy "Use it or take it away."
    UnknownProfile "unknown-profile" Error
        what "No profile has this id."
        why "Cases and claims stand under profiles; nothing else defines requirements and roles."
        example "claims: [ { profile: privacy, roles: [holder] } ]"
        remedy "Cite an existing profile; `toetssteen list profiles` prints them."
    UnknownRole "unknown-role" Error
        what "The profile does not know this role."
        why "A role decides which requirements bind; an unknown one binds to none."
        example "role: holders"
        remedy "Use a role of the profile's `roles`, or add it there."
    UnknownGroup "unknown-group" Error
        what "The profile does not have this group."
        why "Reports are ordered by group; the requirement would vanish from them."
        example "group: optout"
        remedy "Use a group of the profile's `groups`, or add it there."
    UnknownRequirement "unknown-requirement" Error
        what "No profile defines this requirement."
        why "Requirement ids are born in profiles and nowhere else, so that every verdict has a sentence and a source."
        example "verifies: [privacy-by-design/OPT-99]"
        remedy "Cite an existing requirement; `toetssteen list requirements` prints them."
    UnknownDemand "unknown-demand" Error
        what "`profiles/demands.yaml` states no demand of this number."
        why "A requirement that serves what nobody stated would count for a demand that no reader can look up."
        example "serves: [S28, S99]"
        remedy "Cite a stated demand; `toetssteen list demands` prints them."
    UnknownOption "unknown-option" Error
        what "The profile does not have this option."
        why "A condition on an option that nobody can state is never met: the check would silently never run."
        example "where: { options: { choice-regim: [opt-in] } }"
        remedy "Use an option of the profile, or add it to its `options`."
    UnknownOptionValue "unknown-option-value" Error
        what "The option does not have this value."
        why "A condition on a value that nobody can state is never met."
        example "where: { options: { choice-regime: [optin] } }"
        remedy "Use one of the option's `values`; a length of time lies between the smallest and the largest."
    UnknownAction "unknown-action" Error
        what "No profile defines this action."
        why "An action is bound by the target under its name; a name that no profile knows is never done."
        example "act: { do: record-objections, for: opt }"
        remedy "Use an action of a profile, or add it to its `actions`."
    UnknownArgument "unknown-argument" Error
        what "The action does not take, or does not return, this."
        why "The binding of the target is written from the action's declaration and would ignore it."
        example "act: { do: withdraw-objection, for: opt, with: { category: any } }"
        remedy "Use a word of the action's `with` or `returns`, or add it there."
    UnknownRequestSet "unknown-request-set" Error
        what "No request set has this id."
        why "A case asks by set, so that lint can compare the requests of control and step."
        example "ask: { set: clinic, about: ctrl }"
        remedy "Use a file name below `testcases/requests/`, without its ending."
    UnknownRequest "unknown-request" Error
        what "The request set has no request of this name."
        why "A step that asks nothing shows nothing."
        example "ask: { set: clinical, only: laborator, about: ctrl }"
        remedy "Use the `id` of a request of that set."
    UnknownMember "unknown-member" Error
        what "The cast has no patient, or no organisation, of this name."
        why "Only members of the cast are synthetic; nobody else may be asked about."
        example "ask: { set: clinical, about: ctl }"
        remedy "Use a member of `testcases/cast/`, or an `each` name whose values are members."
    UnknownParty "unknown-party" Error
        what "Nobody of this name can act."
        why "A step whose party is unknown would be sent without credential, and a refusal would look like a pass."
        example "as: requestor"
        remedy "Use an organisation of the cast, `patient`, `writer` or `nonsense`, or an `each` name with such values."
    UnknownField "unknown-field" Error
        what "What stands before the dot has no such field or group."
        why "The placeholder would be sent empty, or the expectation would look for markers that nobody planted."
        example "/Observation/{{ctrl.observations}}"
        remedy "Use `id`, `bsn`, `family`, `given`, `birth-date`, a declared field, or a group whose canaries stand in the fixture."
    UnknownSet "unknown-set" Error
        what "The profile has no named set of this name."
        why "`each` would range over nothing."
        example "each: { type: { of: search-type } }"
        remedy "Use a set of the profile's `sets`, or add it there."
    UnknownDefect "unknown-defect" Error
        what "No file declares this defect."
        why "A case proves that it can fail by killing a defect; one that does not exist proves nothing."
        example "kills: [objection-not-consulted]"
        remedy "Declare it in `testcases/<profile>/defects.yaml`, or cite one that stands there."
    UnknownBody "unknown-body" Error
        what "There is no body file of this name."
        why "The request would be sent without the body that it is about."
        example "body: { fixture: { name: transaction-two-observation } }"
        remedy "Add `testcases/bodies/<name>.<fhir>.<format>`, or cite one that stands there."
    UnknownSchema "unknown-schema" Error
        what "There is no JSON Schema of this name."
        why "An answer cannot be held against a schema that is not there."
        example "expect: [ { body: { schema: bundle } } ]"
        remedy "Add `testcases/bodies/<name>.schema.json`, or cite one that stands there."
    UnknownCounterpart "unknown-counterpart" Error
        what "A step speaks of a party that we do not stand in for, or of a way to fail or to answer that this party does not have."
        why "Nobody would listen there, and silence would be taken for an answer."
        example "await: { at: [reciever], within: 60s }"
        remedy "Use `receiver`, `other-receiver`, `sender`, `token-service`, `consent-register`, `localisation-index`, `directory`, `log-facility`, `status-list` or `every-facility`; a fault is `refused`, `silent`, `error` or `wrong-answer`, of the status list also `out-of-date`; `lists` is for the status list alone."
    UnknownPattern "unknown-pattern" Error
        what "No pattern of communication has this name."
        why "What was seen cannot be held against a pattern that nobody knows, and nothing would be judged."
        example "expect: [ { pattern: { declared: pushed, about: [ctrl], sent: arrives } } ]"
        remedy "Use `push`, `notified-pull`, `directed-query` or `indexed-query`."
    UnknownStep "unknown-step" Error
        what "The case has no step of this name."
        why "A relation with a step that does not exist can be neither met nor broken."
        example "compare: { what: content, is: equal, step: both-answers }"
        remedy "Cite the name that stands after `given`, `control`, `around` or `step`."
    LaterStep "later-step" Error
        what "A step cites itself, or a step that comes after it."
        why "When it is judged the other has not happened yet."
        example "again: { step: closed }   # in the step `closed`"
        remedy "Cite an earlier step or move the steps; `around` steps run before every `step`."
    UnknownName "unknown-name" Error
        what "A placeholder cites a name that nothing introduces."
        why "It would be sent as it stands, and the endpoint blamed for its answer."
        example "/Patient/{{ctl.id}}"
        remedy "Use a cast member, an `each` name, a step that saves, or a reserved word such as `asked`, `fresh`, `option`."
    UnsavedCapture "unsaved-capture" Error
        what "A placeholder uses a value that no earlier step saves."
        why "When the request is made there is nothing to put in."
        example "/Task/{{notified.task}}   # `notified` has no `save: { task: … }`"
        remedy "Add `save` to that step, or use the value only after it."
    UntestedMust "untested-must" Error
        what "A MUST that is verified by tests has no case for one of its roles."
        why "Completeness would count it as testable, yet nobody could ever pass or fail it."
        example "{ id: OPT-09, obligation: must, roles: [holder, sender], verification: test, … }"
        remedy "Write a case for that role, narrow `roles`, or say `verification: { not-yet: { because: … } }`."
    Untested "untested" Warning
        what "A SHOULD or MAY that is verified by tests has no case for one of its roles."
        why "The report would promise a verdict that never comes."
        example "{ id: LOG-02, obligation: should, verification: test, … }"
        remedy "Write a case for that role, or say `verification: { not-yet: { because: … } }`."
    TestedAnyway "tested-anyway" Warning
        what "A requirement said to be not testable, or not yet tested, has a case."
        why "One of the two is no longer true, and the report would give both."
        example "a case that verifies a requirement of `verification: { not-yet: … }`"
        remedy "Say `verification: test`, or take the requirement out of the case."
    KillsNothing "kills-nothing" Error
        what "A case kills no defect."
        why "A check that cannot fail is not a check; only a defect that it finds shows that it can."
        example "kills: []"
        remedy "Declare the defect that this case would find and cite it in `kills`."
    UnkilledDefect "unkilled-defect" Error
        what "A defect is killed by no case."
        why "A system with exactly this defect would pass everything."
        example "a defect in `defects.yaml` that no `kills` cites"
        remedy "Write the case that finds it, or take the defect away."
    ForeignRequirement "foreign-requirement" Error
        what "A case verifies a requirement of a profile other than that of its folder."
        why "A case runs when the profile of its folder is claimed; a verdict about another profile would appear by surprise."
        example "testcases/fhir-rest/read.yaml with `verifies: [privacy-by-design/OPT-01]`"
        remedy "Move the case, or cite a requirement of its own profile."
    RoleNotBound "role-not-bound" Error
        what "A case tests a role that the requirement does not bind."
        why "A system would fail a sentence that was never addressed to it."
        example "role: sender   # the requirement has `roles: [holder]`"
        remedy "Change the case's role, or the requirement's roles."
    ForeignVerifies "foreign-verifies" Error
        what "A step bears on a requirement that its case does not verify."
        why "The plan selects cases by what they verify; this verdict would have no place."
        example "- { step: refused, verifies: [fhir-rest/TX-09], … }"
        remedy "Add the requirement to the case's `verifies`, or take it from the step's."
    NoBearing "no-bearing" Error
        what "No step of a case bears on a requirement that the case verifies."
        why "Its verdict would rest on nothing."
        example "verifies: [a/X-1, a/X-2]   # every step says `verifies: [a/X-1]`"
        remedy "Let a `step` bear on it, or take it from the case's `verifies`."
    NoStep "no-step" Error
        what "A case has no step with the head `step`."
        why "Premises and controls judge the experiment; only a `step` judges the target."
        example "steps: [ { control: answers, … } ]"
        remedy "Give what is tested the head `step`."
    NoExpectation "no-expectation" Error
        what "A `step`, `control` or `around` expects nothing."
        why "It would hold whatever happens."
        example "- { step: closed, ask: { set: clinical, about: nocon } }"
        remedy "Add `expect`; something that only prepares has the head `given`."
    MissingControl "missing-control" Error
        what "A step expects refusal or silence, and no control shows before and after it that the same request can succeed."
        why "A server that refuses everything, or is down, would pass."
        example "- { step: closed, ask: { set: clinical, about: nocon }, expect: [ { discloses: { none: [nocon] } } ] }"
        remedy "Put an `around` (or a `control` before and one after) with the same set, or the same method and path, that differs in one factor and expects success. A `look` sends nothing: it shows only what could be done when its exchanges took place."
    NeverOpen "never-open" Warning
        what "A step expects nothing of a person after an action for that person, and no step shows that there is anything to give."
        why "A server that never had this person's data, or always kept them to itself, would pass: the action closed nothing."
        example "- { given: objected, act: { do: record-objection, for: opt } }\n- { step: closed, ask: { set: clinical, about: opt }, expect: [ { discloses: { none: [opt] } } ] }\n# with controls about `ctrl` alone"
        remedy "Add a `control` before the action that closes, which asks the same about the same person and expects `discloses: { any: [opt] }`."
    NoCount "no-count" Error
        what "An `await` does not say how many exchanges it expects."
        why "Expectations hold for every exchange; for none at all they hold always."
        example "await: { at: [receiver], within: 60s }, expect: [ { body: empty } ]"
        remedy "Add `count: { exactly: 1 }`, `count: { at-least: 1 }` or `count: none`; at the log facility `logs` says it."
    SettlesWithoutAt "settles-without-at" Error
        what "A step has `settles` and no `at`."
        why "What is done once cannot be measured before one moment and judged after it."
        example "- { step: gone, settles: 60s, … }"
        remedy "Add `at` with moments up to that of `settles`, or take `settles` away."
    BlindSample "blind-sample" Error
        what "A `sample` and an `indistinguishable` do not stand together, or the three classes of a sample do not belong together."
        why "The expectation needs the three classes of a sample, and a sample without it compares nothing; neither does one of people with things, or one in which the unknown exists."
        example "- { step: same, sample: { … }, expect: [ { status: [200] } ] }"
        remedy "Expect `indistinguishable` of a `sample`, and of nothing else; give all three classes `about`, or `id`, `like` (the unknown) and `id`."
    MisspeltEndpoint "misspelt-endpoint" Warning
        what "One file alone uses an endpoint, and its name is nearly that of another."
        why "Target files name their endpoints freely, so a slip is no unknown name: the case is not-tested (no-endpoint) everywhere, and nobody knows why."
        example "send: { http: { method: GET, endpoint: fhri, path: /Patient } }"
        remedy "Mend the spelling; if it is another endpoint, give it a name that cannot be taken for its neighbour, such as `fhir-2`."
    NeverRuns "never-runs" Error
        what "A case or step runs under none of the claim sets in `testcases/reference.yaml`."
        why "Nothing would ever prove that it can pass and that it can fail."
        example "where: { options: { choice-regime: [implied] } }   # no set claims it"
        remedy "Add a claim set that meets its role and conditions, or mend the conditions."
    IdleClaims "idle-claims" Warning
        what "Under a claim set of `testcases/reference.yaml` no case runs."
        why "The reference would be started for nothing."
        example "sets: [ { id: portal, claims: [ { profile: fhir-rest, roles: [patient-portal] } ] } ]"
        remedy "Take the set away or write cases for it."
    ContradictingClaims "contradicting-claims" Error
        what "Two claims speak of the same profile and role, or give one option two values."
        why "What depends on them could not be decided."
        example "claims: [ { profile: a, roles: [holder] }, { profile: a, roles: [holder] } ]"
        remedy "Make it one claim."
    RealNumber "real-number" Error
        what "A number in a target file, or in a sample request that it names, passes the 11-proof and lies outside every range reserved for tests."
        why "It may be the citizen service number of a living person; no such number may stand in any file here. The digits are not repeated."
        example "preloaded: { ctrl: { bsn: \"…\" } }"
        remedy "Use a number from a reserved range (`testcases/cast/numbers.yaml`). If the owner vouches that a range is synthetic, declare it under `number-ranges` with reason and owner."
    SecretAndKey "secret-and-key" Error
        what "Client credentials have both a secret and a key, or neither."
        why "It would be left to chance how the party proves who it is."
        example "client-credentials: { id: eem }"
        remedy "Give exactly one of `secret` and `key`."
    UnknownEndpoint "unknown-endpoint" Error
        what "The target file uses an endpoint that it does not list."
        why "Nothing says where to send it."
        example "client-credentials: { id: eem, secret: { env: S } }   # and no endpoint `token`"
        remedy "Add it to `endpoints`, or cite one that stands there."
    UnusedBinding "unused-binding" Warning
        what "The target binds an action that no case of its claims uses."
        why "A profile or role that the vendor meant to claim may be missing from `claims`."
        example "bindings: { send-referral: … }   # and no role `sender` is claimed"
        remedy "Claim what uses it, or take the binding away."
    IdlePolicy "idle-policy" Error
        what "A policy file demands nothing."
        why "A gate without a rule is open, and looks like one that was passed."
        example "format: 1\nshoulds: { allowed-until: 2027-01-01 }"
        remedy "Name a profile that must be conformant, or compare with a baseline."
    WeakChallenge "weak-challenge" Error
        what "The challenge of a tender is so short that it can be guessed."
        why "Whoever guesses it can test before it is issued, and choose among many runs the one that looks best."
        example "challenge: { text: hospital-2027 }"
        remedy "Draw at least 16 characters by chance, as with `openssl rand -hex 16`, or write `challenge: per-bidder`."
    UntestableDemand "untestable-demand" Error
        what "A tender demands of a report what no report can show."
        why "Every bidder would be refused, or the demand would exclude nobody and look as if it did."
        example "minimum: { musts: [privacy-by-design/UNT-07] }   # of `verification: { not-yet: … }`"
        remedy "Name MUSTs that a test shows under the options demanded; SHOULDs go under `wishes`, and what no test shows is asked in words."
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_documented() {
        let names: BTreeSet<_> = CODES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), CODES.len());
        for (at, rule) in CODES.iter().enumerate() {
            assert_eq!(rule.code as usize, at);
            assert!(rule.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", rule.name);
            for part in [rule.what, rule.why, rule.example, rule.remedy] {
                assert!(!part.trim().is_empty(), "{} lacks a part of its documentation", rule.name);
            }
            assert_eq!(Code::named(rule.name), Some(rule.code));
            assert!(rule.text().contains(rule.remedy));
        }
    }
}
