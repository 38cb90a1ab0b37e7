//! The JSON Schemas of the files that people write, made from the types that read them.
//! Editors use them; lint knows more than they can say.

use crate::model::cast::{Cast, Numbers};
use crate::model::defect::{Defects, ReferenceClaims};
use crate::model::demand::Demands;
use crate::model::policy::Policy;
use crate::model::profile::Profile;
use crate::model::request::RequestSet;
use crate::model::target::Target;
use crate::model::tender::TenderFile;
use crate::model::testcase::TestCase;
use schemars::{JsonSchema, schema_for};

/// Every schema by the name of its file below `profiles/schema/`.
#[must_use]
pub fn all() -> Vec<(&'static str, String)> {
    vec![
        ("cast.schema.json", of::<Cast>("A cast file")),
        ("defects.schema.json", of::<Defects>("The defects of one profile")),
        ("demands.schema.json", of::<Demands>("What civil-rights texts ask")),
        ("numbers.schema.json", of::<Numbers>("Numbers that synthetic people may bear")),
        ("policy.schema.json", of::<Policy>("A policy file")),
        ("profile.schema.json", of::<Profile>("A profile")),
        ("reference.schema.json", of::<ReferenceClaims>("The claims under which the reference is run")),
        ("request-set.schema.json", of::<RequestSet>("A request set")),
        ("target.schema.json", of::<Target>("A target file")),
        ("tender.schema.json", of::<TenderFile>("A tender file")),
        ("testcase.schema.json", of::<TestCase>("A test case")),
    ]
}

/// The schema of one type, as the bytes of a file.
pub(crate) fn of<T: JsonSchema>(title: &str) -> String {
    let mut schema = schema_for!(T);
    schema.insert("title".to_owned(), title.into());
    // A schema is a plain JSON value, so writing it down cannot fail.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
