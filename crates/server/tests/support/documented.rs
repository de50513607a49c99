//! Discord's own description of its API: every answer of a documented route that a test sees must fit it.

use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

/// Where our answer differs from the description on purpose, and why.
const DIFFERS: &[(&str, &str)] = &[
    // The description knows applications and OAuth2 for this route; we serve people's own accounts too.
];

struct Description {
    document: Value,
    routes: Vec<(String, Vec<String>)>,
    compiled: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

/// The description lies beside the repository; without it a local run says so once, and CI fails.
static DESCRIPTION: LazyLock<Option<Description>> = LazyLock::new(|| {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/discord-openapi.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is missing: answers cannot be held to it",
            path.display()
        );
        eprintln!("answers are not held to Discord's description: {} is missing", path.display());
        return None;
    };
    let document: Value = serde_json::from_str(&text).expect("the description is JSON");
    let paths = document["paths"].as_object().expect("it has paths");
    let routes =
        paths.keys().map(|path| (path.clone(), path.split('/').map(str::to_owned).collect())).collect();
    Some(Description { document, routes, compiled: Mutex::default() })
});

/// Fails if the answer does not fit what is documented for it. `path` is below `/api/v10` and may have a query.
#[track_caller]
pub fn check(method: &str, path: &str, status: u16, body: &Value) {
    if !(200..300).contains(&status) || body.is_null() {
        return;
    }
    let Some(description) = &*DESCRIPTION else { return };
    let path = path.split('?').next().unwrap_or_default();
    let Some(route) = description.route(path) else { return };
    if DIFFERS.iter().any(|(differs, _)| *differs == format!("{method} {route}")) {
        return;
    }
    let Some(validator) = description.validator(method, &route, status) else { return };
    let faults: Vec<String> = validator
        .iter_errors(body)
        .take(5)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(
        faults.is_empty(),
        "{method} {route} answered what is not documented:\n{}\nanswer: {body}",
        faults.join("\n")
    );
}

impl Description {
    /// The documented route of a path; fixed parts win over parameters.
    fn route(&self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &&(String, Vec<String>)| {
            template.1.len() == parts.len()
                && template.1.iter().zip(&parts).all(|(t, p)| t.starts_with('{') || t == p)
        };
        let best = self
            .routes
            .iter()
            .filter(fits)
            .min_by_key(|(_, parts)| parts.iter().filter(|part| part.starts_with('{')).count());
        best.map(|(path, _)| path.clone())
    }

    fn validator(&self, method: &str, route: &str, status: u16) -> Option<Arc<Validator>> {
        let key = format!("{method} {route} {status}");
        if let Some(known) = self.compiled.lock().expect("no test panicked in here").get(&key) {
            return known.clone();
        }
        let responses = &self.document["paths"][route][method.to_lowercase()]["responses"];
        let schema = &responses[status.to_string()]["content"]["application/json"]["schema"];
        let compiled = (!schema.is_null()).then(|| {
            let mut whole = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "components": self.document["components"] });
            whole["allOf"] = json!([schema]);
            Arc::new(jsonschema::validator_for(&whole).expect("the description compiles"))
        });
        self.compiled.lock().expect("no test panicked in here").insert(key, compiled.clone());
        compiled
    }
}
