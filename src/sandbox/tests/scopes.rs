//! The scopes of Cloud's operations against the vendor's documents, whose folder `TRACELINE_JIRA_SPECS`
//! names.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::Value;

use super::harness::{As, Bench, CLOUD};

#[expect(clippy::disallowed_methods, reason = "where the documents are is a setting of the tests")]
fn find_documents() -> Option<PathBuf> {
    let folder = std::env::var_os("TRACELINE_JIRA_SPECS").map(PathBuf::from);
    if folder.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TRACELINE_JIRA_SPECS must name the folder of the vendor's documents"
        );
        println!("skipped: TRACELINE_JIRA_SPECS is not set");
    }
    folder
}

/// A path whose names are gone and do not matter: `/rest/api/3/issue/{}`.
fn strip_names(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect();
    parts.join("/")
}

/// Whether a listed operation takes the requests of another one: `GET …/{}` those of `GET …/recent`.
fn takes(listed: &str, other: &str) -> bool {
    let (own, other) = (listed.split('/'), other.split('/'));
    own.clone().count() == other.clone().count()
        && own.zip(other).all(|(own, other)| own == other || own == "{}")
}

/// Scopes of an operation as our list writes them.
fn write_scopes(operation: &Value) -> Option<String> {
    let told = operation["x-atlassian-oauth2-scopes"].as_array();
    let plain = operation["security"].as_array().into_iter().flatten();
    let sets: Vec<&Value> = match told {
        Some(told) if !told.is_empty() => told.iter().map(|entry| &entry["scopes"]).collect(),
        _ => plain.filter_map(|entry| entry.get("OAuth2")).collect(),
    };
    let mut written: Vec<String> = Vec::new();
    for set in sets {
        let mut scopes: Vec<&str> = set
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        scopes.sort_unstable();
        let set = if scopes.is_empty() {
            "-".to_owned()
        } else {
            scopes.join(" ")
        };
        if !written.contains(&set) {
            written.push(set);
        }
    }
    (!written.is_empty()).then(|| written.join(" | "))
}

fn list_documented(folder: &std::path::Path) -> BTreeMap<String, String> {
    let mut documented = BTreeMap::new();
    for file in ["cloud-platform-v3.json", "cloud-software-agile.json"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                if let Some(scopes) = write_scopes(operation) {
                    let name = format!("{} {}", method.to_uppercase(), strip_names(path));
                    documented.insert(name, scopes);
                }
            }
        }
    }
    documented
}

#[tokio::test]
async fn operations_want_the_scopes_of_the_documents() {
    let Some(folder) = find_documents() else { return };
    let documented = list_documented(&folder);
    assert!(documented.len() > 600, "{}", documented.len());
    let listed: BTreeMap<&str, &str> = include_str!("../scopes/operations.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .collect();
    for (operation, scopes) in &listed {
        assert_eq!(
            documented.get(*operation).map(String::as_str),
            Some(*scopes),
            "{operation}"
        );
    }
    // Every documented operation that the sandbox serves has a line.
    let bench = Bench::unjudged().await;
    let mut unlisted = Vec::new();
    for (number, operation) in documented.keys().enumerate() {
        let (method, path) = operation.split_once(' ').unwrap();
        // Nobody, and names that nothing has, each its own because writes are limited by name: a request that
        // changes nothing.
        let path = path.replace("{}", &format!("nothing-{number}"));
        let request = bench.request(CLOUD, As::Nobody, method, &path);
        let got = Bench::send(request).await;
        assert_ne!(got.status, 429, "{operation}");
        let unknown = got.status == 405 || got.status == 404 && got.text.contains("null for uri");
        if !unknown && !listed.keys().any(|own| takes(own, operation)) {
            unlisted.push(operation);
        }
        assert!(
            !unknown || !listed.contains_key(operation.as_str()),
            "{operation} is listed and not served"
        );
    }
    assert!(unlisted.is_empty(), "served without a line: {unlisted:#?}");
}
