//! The sites that serve recordings. Reads the folder named by `TRACELINE_RECORDED_DIR`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::harness::Bench;

#[expect(clippy::disallowed_methods, reason = "where recordings lie is a setting of the tests")]
pub(super) fn find_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("TRACELINE_RECORDED_DIR").map(PathBuf::from);
    if folder.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TRACELINE_RECORDED_DIR must name the folder of recorded answers"
        );
        println!("skipped: TRACELINE_RECORDED_DIR is not set");
    }
    folder
}

/// Every recorded `fields` of every whole issue of a project, by key. One issue may be recorded in
/// several answers with more or fewer fields; the site serves one of them.
fn read_issues(folder: &Path, prefix: &str) -> Vec<(String, Value)> {
    fn walk(value: &Value, prefix: &str, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, prefix, found)),
            Value::Object(object) => {
                let key = value["key"].as_str().unwrap_or_default();
                if key.starts_with(prefix) && value["fields"]["created"].is_string() {
                    found.push((key.to_owned(), value.clone()));
                }
                object.values().for_each(|child| walk(child, prefix, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        if let Ok(value) = serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()) {
            walk(&value, prefix, &mut found);
        }
    }
    found
}

#[tokio::test]
async fn recorded_issues_leave_as_they_came() {
    let Some(folder) = find_folder() else { return };
    let bench = Bench::start_with(Some(folder.clone())).await;
    assert_eq!(bench.sandbox.sites().len(), 4);
    for (site, side, prefix, count) in [
        (2, "rest-cloud", "DI-", 10),
        (2, "rest-cloud", "IE-", 2),
        (3, "rest-dc", "SBX-", 3),
        (3, "rest-dc", "HELP-", 2),
    ] {
        let recorded = read_issues(&folder.join(side), prefix);
        let keys: std::collections::BTreeSet<&String> = recorded.iter().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), count, "{prefix}");
        for key in keys {
            let served = bench.ada(site, &format!("/rest/api/2/issue/{key}")).await;
            let same = |issue: &Value| {
                ["id", "key", "self", "fields"]
                    .iter()
                    .all(|part| issue[part] == served[part])
            };
            assert!(
                recorded.iter().any(|(_, issue)| same(issue)),
                "{key} is not as recorded"
            );
        }
    }
}

#[tokio::test]
async fn recorded_sites_answer_what_the_wizard_asks() {
    let Some(folder) = find_folder() else { return };
    let bench = Bench::start_with(Some(folder)).await;
    for (site, key, issues) in [(2, "DI", 10), (2, "IE", 2), (3, "SBX", 3)] {
        let project = bench.ada(site, &format!("/rest/api/2/project/{key}")).await;
        let types = project["issueTypes"].as_array().unwrap();
        assert!(!types.is_empty(), "{key}");
        let statuses = bench
            .ada(site, &format!("/rest/api/2/project/{key}/statuses"))
            .await;
        assert!(
            statuses
                .as_array()
                .unwrap()
                .iter()
                .any(|kind| !kind["statuses"].as_array().unwrap().is_empty())
        );
        let kind = types[0]["id"].as_str().unwrap();
        assert_eq!(
            bench
                .get(
                    site,
                    "ada",
                    &format!("/rest/api/2/issue/createmeta/{key}/issuetypes/{kind}")
                )
                .await
                .status,
            200
        );
        let jql = format!("project%20%3D%20{key}");
        let found = if site == 2 {
            bench
                .ada(site, &format!("/rest/api/3/search/jql?jql={jql}"))
                .await
        } else {
            bench.ada(site, &format!("/rest/api/2/search?jql={jql}")).await
        };
        assert_eq!(found["issues"].as_array().unwrap().len(), issues, "{key}");
    }
    for (site, board) in [(2, 8), (3, 734)] {
        let sprints = bench
            .ada(site, &format!("/rest/agile/1.0/board/{board}/sprint"))
            .await;
        assert!(sprints["values"].as_array().unwrap().len() > 2);
        assert!(
            !bench
                .ada(site, "/rest/api/2/field")
                .await
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
    let project = bench.ada(2, "/rest/api/3/project/EE").await;
    assert_eq!(project["name"], "Enterprise Edition");
    let versions = bench.ada(2, "/rest/api/3/project/DI/versions").await;
    assert!(versions.is_array());
}
