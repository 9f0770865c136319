//! Screens: what is demanded, what is refused, what verbs do.

use serde_json::{Map, Value, json};

use super::*;

struct Nothing;

impl Known for Nothing {
    fn is_cloud(&self) -> bool {
        true
    }
    fn takes_adf(&self) -> bool {
        false
    }
    fn find_user(&self, _: &str) -> Option<Value> {
        None
    }
    fn find_group(&self, _: &str) -> Option<Value> {
        None
    }
    fn find_version(&self, _: &str) -> Option<Value> {
        None
    }
    fn find_version_by_name(&self, _: &str) -> Option<Value> {
        None
    }
    fn find_sprint(&self, _: i64) -> Option<Value> {
        None
    }
    fn find_parent(&self, _: &str) -> Option<Value> {
        None
    }
    fn find_project(&self, _: &str) -> Option<Value> {
        None
    }
}

fn screen() -> Vec<Value> {
    let releases = json!([{"id": "1", "name": "one"}, {"id": "2", "name": "two"}]);
    vec![
        json!({"fieldId": "summary", "name": "Summary", "required": true, "hasDefaultValue": false, "schema": {"type": "string", "system": "summary"}}),
        json!({"fieldId": "reporter", "name": "Reporter", "required": true, "hasDefaultValue": true, "schema": {"type": "user", "system": "reporter"}}),
        json!({"fieldId": "customfield_1", "name": "Severity", "required": true, "hasDefaultValue": false, "schema": {"type": "option", "custom": "p:select"}, "allowedValues": [{"id": "1", "value": "Big"}]}),
        json!({"fieldId": "labels", "name": "Labels", "required": false, "schema": {"type": "array", "items": "string", "system": "labels"}}),
        json!({"fieldId": "fixVersions", "name": "Fix versions", "required": false, "schema": {"type": "array", "items": "version", "system": "fixVersions"}, "allowedValues": releases}),
    ]
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn everything_wrong_is_said_at_once() {
    let sent = map(json!({"customfield_9": 1, "labels": ["a b"], "project": {}, "issuetype": {}}));
    let refusal = read_create(&screen(), &sent, &Map::new(), &Nothing).unwrap_err();
    assert_eq!((refusal.status, refusal.messages.len()), (400, 0));
    assert_eq!(
        Value::Object(refusal.errors),
        json!({
            "customfield_9": "Field 'customfield_9' cannot be set. It is not on the appropriate screen, or unknown.",
            "labels": "The label 'a b' contains spaces which is invalid.",
            "summary": "You must specify a summary of the issue.",
            "customfield_1": "Severity is required.",
        })
    );
    let sent = map(json!({"summary": "a", "customfield_1": {"value": "Big"}}));
    assert_eq!(
        read_create(&screen(), &sent, &Map::new(), &Nothing)
            .unwrap()
            .len(),
        2
    );
    let update = map(json!({"labels": [{"add": "x"}, {"add": "a"}]}));
    let values = read_create(&screen(), &sent, &update, &Nothing).unwrap();
    assert_eq!(values.last().unwrap().1.value, json!(["a", "x"]));
}

#[test]
fn a_required_field_cannot_be_emptied() {
    let sent = map(json!({"customfield_1": null}));
    let refusal = read_edit(&screen(), &sent, &Map::new(), &Map::new(), &Nothing).unwrap_err();
    assert_eq!(
        Value::Object(refusal.errors),
        json!({"customfield_1": "Severity is required."})
    );
}

#[test]
fn verbs_work_on_what_the_issue_shows() {
    let current = map(json!({"labels": ["b"], "fixVersions": [{"id": "1", "name": "one"}]}));
    let run = |update: Value| read_edit(&screen(), &Map::new(), &map(update), &current, &Nothing);
    for (update, wanted) in [
        (json!({"labels": [{"add": "a"}, {"remove": "b"}]}), json!(["a"])),
        (json!({"labels": [{"remove": "b"}]}), json!([])),
        (
            json!({"labels": [{"set": ["z"]}, {"add": "y"}]}),
            json!(["y", "z"]),
        ),
        (
            json!({"fixVersions": [{"add": {"name": "two"}}]}),
            json!([{"id": "1", "name": "one"}, {"id": "2", "name": "two"}]),
        ),
        (json!({"fixVersions": [{"remove": {"id": "1"}}]}), json!([])),
        (
            json!({"fixVersions": [{"set": [{"id": "2"}]}]}),
            json!([{"id": "2", "name": "two"}]),
        ),
    ] {
        assert_eq!(run(update.clone()).unwrap()[0].1.value, wanted, "{update}");
    }
    for (update, wanted) in [
        (json!({"labels": [{"add": "a b"}]}), "contains spaces"),
        (
            json!({"summary": [{"add": "x"}]}),
            "does not support operation 'add'",
        ),
        (
            json!({"fixVersions": [{"add": {"name": "three"}}]}),
            "Version name 'three' is not valid",
        ),
        (
            json!({"environment": [{"set": "x"}]}),
            "not on the appropriate screen",
        ),
    ] {
        let refusal = run(update.clone()).unwrap_err();
        let text = refusal.errors.values().next().unwrap().as_str().unwrap();
        assert!(text.contains(wanted), "{update}: {text}");
    }
    let both = map(json!({"labels": ["a"]}));
    let update = map(json!({"labels": [{"add": "b"}]}));
    let refusal = read_edit(&screen(), &both, &update, &current, &Nothing).unwrap_err();
    assert!(refusal.errors["labels"].as_str().unwrap().contains("both"));
}
