//! The committed JSON Schemas are those of the types; `UPDATE_SCHEMAS=1` writes them anew.

use std::fs;
use std::path::Path;
use toetssteen::language::schema;

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/schema");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in schema::all() {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    for (name, text) in schema::all() {
        let committed = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(committed == text, "{name} is stale: run the tests once with UPDATE_SCHEMAS=1 and commit");
    }
}

#[test]
fn the_schemas_accept_what_the_language_accepts() {
    let files = [
        ("profile.schema.json", "profiles/demo/1/profile.yaml"),
        ("testcase.schema.json", "testcases/demo/closed.yaml"),
        ("testcase.schema.json", "testcases/demo/types.yaml"),
        ("testcase.schema.json", "testcases/demo/sent.yaml"),
        ("request-set.schema.json", "testcases/requests/clinical.yaml"),
        ("cast.schema.json", "testcases/cast/people.yaml"),
        ("numbers.schema.json", "testcases/cast/numbers.yaml"),
        ("defects.schema.json", "testcases/demo/defects.yaml"),
        ("reference.schema.json", "testcases/reference.yaml"),
        ("target.schema.json", "target.yaml"),
        ("policy.schema.json", "policy.yaml"),
        ("tender.schema.json", "tender.yaml"),
    ];
    for (schema, file) in files {
        let (_, schema) = schema::all().into_iter().find(|(name, _)| *name == schema).unwrap();
        let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/base").join(file);
        let text = fs::read_to_string(path).unwrap().replace("version: 7.3", "version: \"7.3\"");
        let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{file}: {errors:#?}");
    }
}
