//! What is expected of each server in `fhir-rest`, with what several tests share; why it is true stands in `docs/real-endpoints.md`.
//! Requirements are grouped by what they end in, so that a reason that holds for many stands once.

use std::collections::BTreeMap;

/// An outcome, with the reason after a space where there is one, and the requirements that end in it.
pub type Group = (&'static str, &'static str);
/// What every requirement ends in.
pub type Table = BTreeMap<String, String>;

/// Hangs on what the server says it offers; a plain `init` leaves that open.
const OF_AN_OPTION: &str = "VER-01 VER-02 TX-01 TX-02 TX-03 CAP-05 READ-02 READ-03 READ-05 READ-06 MT-05 MT-06 CRE-01 CRE-02 \
     CRE-03 CRE-04 CRE-05 UPD-01 UPD-02 UPD-03 UPD-04 DEL-01 DEL-02 DEL-03 VER-03 VER-04 HIST-01 HIST-02 \
     CC-01 CC-02 CU-01 CU-02 CD-01 CD-02 PAGE-01 PAGE-02 PAGE-03 PAGE-04 INC-01 INC-02 BAT-01 BAT-02 TX-04 \
     TX-05 ERR-04 ERR-05 ERR-06";

/// These requirements of a profile.
pub fn table(profile: &str, groups: &[Group]) -> Table {
    let of_group = |(outcome, ids): &Group| -> Vec<(String, String)> {
        ids.split_whitespace().map(|id| (format!("{profile}/{id}"), (*outcome).to_owned())).collect()
    };
    groups.iter().flat_map(of_group).collect()
}

/// `fhir-rest` where no option is stated: of what hangs on one, nothing is tested.
pub fn rest(groups: &[Group]) -> Table {
    but(&table("fhir-rest", groups), "fhir-rest", &[("not-tested option-not-stated", OF_AN_OPTION)])
}

/// The same with another outcome for these requirements.
pub fn but(table_: &Table, profile: &str, groups: &[Group]) -> Table {
    let mut other = table_.clone();
    other.extend(table(profile, groups));
    other
}

/// All in the same outcome, but those that hang on an option.
pub fn all_but_options(known: &Table, outcome: &str) -> Table {
    let same = |(id, known): (&String, &String)| {
        let stays = known == "not-tested option-not-stated";
        (id.clone(), if stays { known.clone() } else { outcome.to_owned() })
    };
    known.iter().map(same).collect()
}

/// Medplum's router with its capability statement.
pub const MEDPLUM: &[Group] = &[
    ("pass", "ERR-01 ERR-02 CAP-03 CAP-04 READ-01 MT-01 MT-02 MT-03 SRCH-02 SRCH-03 SRCH-04 SRCH-05 SRCH-06"),
    ("warn", "SRCH-01 ERR-03 MT-04 SRCH-07"),
    ("fail", "SELF-01"),
    ("inconclusive control-failed", "CAP-01 CAP-02 READ-04"),
    ("inconclusive setup-refused", "SELF-02 ERR-07"),
];

/// What is different without the statement.
pub const WITHOUT_STATEMENT: &[Group] =
    &[("not-tested no-request", "CAP-01 CAP-02"), ("fail", "CAP-03"), ("inconclusive setup-refused", "CAP-04")];

/// Medplum's router, held to what it offers; `not-applicable` is what it does not.
pub const MEDPLUM_OFFERS: &[Group] = &[
    (
        "pass",
        "ERR-01 ERR-02 VER-01 VER-02 CAP-03 CAP-04 READ-01 READ-02 READ-03 MT-01 MT-02 MT-03 MT-06 CRE-01 \
         CRE-02 CRE-03 CRE-05 UPD-01 UPD-02 UPD-03 DEL-01 VER-03 VER-04 CC-01 CC-02 CU-01 CU-02 CD-01 \
         CD-02 SRCH-02 SRCH-03 SRCH-04 SRCH-05 SRCH-06 PAGE-02 PAGE-03 BAT-01 BAT-02 TX-04 TX-05 ERR-04 \
         ERR-05 ERR-06",
    ),
    ("warn", "SRCH-01 ERR-03 TX-03 MT-04 MT-05 DEL-03 SRCH-07 PAGE-04"),
    ("fail", "SELF-01 TX-01 TX-02 CRE-04 UPD-04"),
    ("inconclusive control-failed", "CAP-01 CAP-02 CAP-05 READ-04"),
    ("inconclusive nondeterministic", "HIST-01"),
    ("inconclusive setup-refused", "SELF-02 ERR-07"),
    ("not-applicable", "PAGE-01 READ-05 READ-06 DEL-02 HIST-02 INC-01 INC-02"),
];

/// `FHIRStarter`.
pub const FHIRSTARTER: &[Group] = &[
    (
        "pass",
        "CAP-01 ERR-01 ERR-03 CAP-03 CAP-04 READ-01 MT-01 MT-02 MT-03 SRCH-02 SRCH-03 SRCH-04 SRCH-05 \
         SRCH-07 ERR-07",
    ),
    ("warn", "SRCH-01 ERR-02 MT-04"),
    ("fail", "SELF-01"),
    ("inconclusive control-failed", "CAP-02 READ-04"),
    ("inconclusive setup-refused", "SELF-02 SRCH-06"),
];

/// `FHIRStarter`, held to what it offers.
pub const FHIRSTARTER_OFFERS: &[Group] = &[
    (
        "pass",
        "CAP-01 ERR-01 ERR-03 CAP-03 CAP-04 CAP-05 READ-01 MT-01 MT-02 MT-03 MT-06 CRE-01 CRE-02 CRE-03 \
         CRE-04 CRE-05 UPD-01 UPD-02 UPD-03 SRCH-02 SRCH-03 SRCH-04 SRCH-05 SRCH-07 ERR-04 ERR-06",
    ),
    ("warn", "SRCH-01 ERR-02 MT-04 MT-05 ERR-07"),
    ("fail", "SELF-01"),
    ("inconclusive control-failed", "CAP-02 READ-04"),
    ("inconclusive setup-refused", "SELF-02 SRCH-06 PAGE-02 PAGE-03 PAGE-04 ERR-05"),
    (
        "not-applicable",
        "PAGE-01 VER-01 VER-02 TX-01 TX-02 TX-03 READ-02 READ-03 READ-05 READ-06 UPD-04 DEL-01 DEL-02 DEL-03 \
         VER-03 VER-04 HIST-01 HIST-02 CC-01 CC-02 CU-01 CU-02 CD-01 CD-02 INC-01 INC-02 BAT-01 BAT-02 \
         TX-04 TX-05",
    ),
];

/// fhirsnake.
pub const FHIRSNAKE: &[Group] = &[
    ("inconclusive control-failed", "SRCH-01 ERR-01 ERR-02 ERR-03 CAP-03 READ-04 MT-04 SRCH-06 ERR-07"),
    (
        "inconclusive setup-refused",
        "CAP-04 SELF-01 SELF-02 READ-01 MT-01 MT-02 MT-03 SRCH-02 SRCH-03 SRCH-04 SRCH-05 SRCH-07",
    ),
    ("not-tested no-request", "CAP-01 CAP-02"),
];

/// What a plain `init` leaves to the vendor: nothing is tested of it on any of these servers.
pub const LEFT_TO_THE_VENDOR: &[Group] = &[
    ("not-tested no-binding", "OPT-01 OPT-01-reversible OPT-02 OPT-03 OPT-06 OPT-08 OPT-09 OPT-10 CON-06"),
    ("not-tested no-credential", "RGT-01 UNT-10"),
    ("not-tested no-endpoint", "BLR-01 LOG-01"),
    ("not-tested no-request", "LOC-02 LOC-04-own"),
    ("not-tested option-not-stated", "OPT-10-restored CON-01 CON-02 CON-03 CON-05 CON-07 BLR-06 UNT-12"),
    OF_FACILITIES,
];

/// Whether the system uses central facilities, a log outside itself, or a list of revoked certificates, is for its vendor to say.
pub const OF_FACILITIES: Group = (
    "not-tested option-not-stated",
    "OPT-04 SPF-01 SPF-02 SPF-03 SPF-04 SPF-05 SPF-06 SPF-06-revoked SPF-06-stale SPF-08 SPF-09",
);

/// `privacy-by-design` after a plain `init`: what is said of this server, and what is left to its vendor.
pub fn private(groups: &[Group]) -> Table {
    but(&table("privacy-by-design", LEFT_TO_THE_VENDOR), "privacy-by-design", groups)
}

/// Medplum's router, claimed to be a privacy-minded holder.
pub const MEDPLUM_PRIVATE: &[Group] = &[
    ("fail", "UNT-01 UNT-02 UNT-03 UNT-05 UNT-06 UNT-08 UNT-09 UNT-11 WIR-04-validator"),
    (
        "inconclusive control-failed",
        "MIN-01 MIN-05 MIN-07 WIR-03 WIR-04 WIR-04-no-store WIR-05 LOC-01 LOC-04 LOC-09 SPF-07 SPF-07-told",
    ),
    ("inconclusive setup-refused", "MIN-02"),
];

/// The same without a statement.
pub const MEDPLUM_PRIVATE_WITHOUT_STATEMENT: &[Group] = &[("not-tested no-request", "UNT-01 LOC-01")];

/// The same with each choice a Consent.
pub const MEDPLUM_CONSENTS: &[Group] = &[
    ("fail", "CON-01"),
    ("inconclusive control-failed", "OPT-01 OPT-01-reversible OPT-08 CON-02"),
    ("inconclusive setup-refused", "OPT-02 OPT-03 OPT-06 UNT-12"),
    ("not-tested no-binding", "CON-03 CON-05 CON-07"),
    ("not-tested no-endpoint", "MIN-07"),
];

/// `FHIRStarter` under that claim.
pub const FHIRSTARTER_PRIVATE: &[Group] = &[
    ("pass", "MIN-07 UNT-09 LOC-01 LOC-04 SPF-07 SPF-07-told WIR-05"),
    ("warn", "MIN-05 LOC-09 WIR-04-no-store"),
    ("fail", "MIN-01 UNT-01 UNT-02 UNT-03 UNT-05 UNT-06 UNT-08 UNT-11 WIR-04 WIR-04-validator"),
    ("inconclusive control-failed", "MIN-02 WIR-03"),
];

/// fhirsnake under that claim.
pub const FHIRSNAKE_PRIVATE: &[Group] = &[
    ("fail", "MIN-01 UNT-02 UNT-05 UNT-08 UNT-09 WIR-05"),
    (
        "inconclusive control-failed",
        "MIN-05 MIN-07 UNT-03 UNT-06 UNT-11 WIR-03 WIR-04 WIR-04-no-store WIR-04-validator LOC-04 LOC-09",
    ),
    // It stores what it is sent, and bad messages keep nobody else waiting: that much is true of it.
    ("pass", "SPF-07 SPF-07-told"),
    ("inconclusive setup-refused", "MIN-02"),
    ("not-tested no-request", "UNT-01 LOC-01"),
];

/// What the test itself cannot do yet, or no source says, of a pharmacy.
pub const OF_A_PHARMACY_NOT_YET: &str = "RX-01 RX-04 RX-05 RX-33-R5-missing RX-39 RX-40";

/// Medplum's router as if it were a pharmacy.
pub const MEDPLUM_PHARMACY: &[Group] = &[
    ("pass", "RX-32 RX-32-answer RX-37 RX-33-R1 RX-33-R5"),
    ("warn", "RX-38 RX-33-R4 RX-33-R6-answer RX-33-R7 RX-33-R8 RX-33-R9 RX-34"),
    ("fail", "RX-03 RX-33-R1-batch RX-33-R2 RX-33-R3 RX-33-R6 RX-33-R10"),
    ("inconclusive setup-refused", "RX-33-R8-stored"),
];

/// What a pharmacy acknowledges is there.
pub const STORES_WHAT_IT_TAKES: &[Group] = &[("pass", "PSH-02 PSH-02-stored")];

/// A server that answers every transaction with 404 or 405, as if it were a pharmacy.
pub const NO_PHARMACY: &[Group] = &[
    ("fail", "RX-32"),
    (
        "inconclusive control-failed",
        "RX-38 RX-03 RX-37 RX-33-R1 RX-33-R1-batch RX-33-R2 RX-33-R3 RX-33-R4 RX-33-R6 RX-33-R6-answer RX-33-R9 RX-33-R10",
    ),
    ("inconclusive setup-refused", "RX-32-answer RX-33-R5 RX-33-R7 RX-33-R8 RX-33-R8-stored RX-34"),
];

/// Where nothing is taken, nothing that was taken can be looked for.
pub const TAKES_NOTHING: &[Group] = &[("fail", "PSH-02"), ("inconclusive setup-refused", "PSH-02-stored")];
