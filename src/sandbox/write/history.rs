//! What a change looks like in an issue's history: the items that polling clients, webhooks and
//! `expand=changelog` all read.
//!
//! Jira is uneven here, and so is this: versions and components make one item each for what came and
//! what went, sprints and multi selects one item for the whole list, texts have no ids. Data Center
//! sends no `fieldId`; links, parents and moves have none on Cloud either.

use serde_json::{Value, json};

use super::value::Field;

/// Items for one field that went from one shown value to another; none when nothing changed.
/// Rich fields are compared and shown by their plain text, which the caller passes.
pub(crate) fn diff(field: &Field<'_>, before: &Value, after: &Value, cloud: bool) -> Vec<Value> {
    if is_same(before, after) {
        return Vec::new();
    }
    let item = |from: &Side, to: &Side| write_item(field, from, to, cloud);
    match (field.id, field.custom()) {
        ("fixVersions" | "versions" | "components", _) => {
            let (old, new) = (list(before), list(after));
            let gone = old.iter().filter(|entry| !has_id(new, entry));
            let come = new.iter().filter(|entry| !has_id(old, entry));
            gone.map(|entry| item(&named(entry), &Side::default()))
                .chain(come.map(|entry| item(&Side::default(), &named(entry))))
                .collect()
        }
        ("labels", _) | (_, "labels") => vec![item(&words(before), &words(after))],
        (_, "gh-sprint") => vec![item(&sprints(before), &sprints(after))],
        ("parent", _) => vec![link_to_parent(before, after, cloud)],
        ("duedate", _) => vec![item(&due(before), &due(after))],
        ("timetracking", _) => track(before, after, cloud),
        ("timeoriginalestimate" | "timeestimate" | "timespent", _) => {
            vec![item(
                &Side::seconds(before.as_i64()),
                &Side::seconds(after.as_i64()),
            )]
        }
        _ if before.is_array() || after.is_array() => vec![item(&many(before), &many(after))],
        _ => vec![item(&one(before), &one(after))],
    }
}

fn is_same(before: &Value, after: &Value) -> bool {
    let nothing = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if nothing(before) && nothing(after) {
        return true;
    }
    let key = |value: &Value| {
        ["id", "accountId", "key", "name"]
            .iter()
            .find_map(|part| value[*part].as_str().map(str::to_owned))
    };
    match (key(before), key(after)) {
        (Some(old), Some(new)) if before.get("child") == after.get("child") => old == new,
        _ => before == after,
    }
}

/// One side of an item: the id and the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Side {
    pub(crate) id: Option<String>,
    pub(crate) text: Option<String>,
}

impl Side {
    /// A text without an id.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self {
            id: None,
            text: Some(text.into()),
        }
    }

    /// A time in seconds, which Jira writes on both sides without a unit.
    pub(crate) fn seconds(time: Option<i64>) -> Self {
        time.map_or_else(Self::default, |time| Self::of(time.to_string(), time.to_string()))
    }

    /// A text with an id.
    pub(crate) fn of(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            text: Some(text.into()),
        }
    }
}

/// An item of a system field that is no ordinary field: `Link`, `Key`, `Attachment`.
pub(crate) fn special(name: &str, field_id: Option<&str>, from: &Side, to: &Side) -> Value {
    let mut item = json!({"field": name, "fieldtype": "jira"});
    if let Some(id) = field_id {
        item["fieldId"] = Value::from(id);
    }
    put_sides(&mut item, from, to);
    item
}

fn write_item(field: &Field<'_>, from: &Side, to: &Side, cloud: bool) -> Value {
    let custom = field.schema["custom"].is_string();
    let name = match field.id {
        "fixVersions" => "Fix Version",
        "versions" => "Version",
        "components" => "Component",
        _ if custom => field.name,
        id => id,
    };
    let mut item = json!({"field": name, "fieldtype": if custom { "custom" } else { "jira" }});
    if cloud {
        item["fieldId"] = Value::from(field.id);
    }
    put_sides(&mut item, from, to);
    if cloud && matches!(field.id, "assignee" | "reporter") {
        item["tmpFromAccountId"] = json!(from.id);
        item["tmpToAccountId"] = json!(to.id);
    }
    item
}

fn put_sides(item: &mut Value, from: &Side, to: &Side) {
    item["from"] = json!(from.id);
    item["fromString"] = json!(from.text);
    item["to"] = json!(to.id);
    item["toString"] = json!(to.text);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn has_id(list: &[Value], entry: &Value) -> bool {
    list.iter().any(|have| have["id"] == entry["id"])
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn named(entry: &Value) -> Side {
    let name = ["displayName", "name", "value", "key"]
        .iter()
        .find_map(|part| entry[*part].as_str());
    // People are known by account id on Cloud and by key on Data Center; everything else by id.
    let id = ["id", "accountId", "key", "name"]
        .iter()
        .find_map(|part| entry.get(*part).filter(|value| !value.is_null()));
    Side {
        id: id.map(text),
        text: name.map(str::to_owned),
    }
}

fn one(value: &Value) -> Side {
    match value {
        Value::Null => Side::default(),
        Value::Object(_) => {
            let mut side = named(value);
            if let Some(child) = value.get("child").filter(|child| child.is_object()) {
                let child = named(child);
                side.text = Some(format!(
                    "Parent values: {}({})Level 1 values: {}({})",
                    side.text.unwrap_or_default(),
                    side.id.unwrap_or_default(),
                    child.text.unwrap_or_default(),
                    child.id.unwrap_or_default(),
                ));
                side.id = None;
            }
            side
        }
        other => Side::text(text(other)),
    }
}

fn many(value: &Value) -> Side {
    let entries = list(value);
    if entries.is_empty() {
        return Side::default();
    }
    let sides: Vec<Side> = entries.iter().map(one).collect();
    let ids: Vec<&str> = sides.iter().filter_map(|side| side.id.as_deref()).collect();
    let texts: Vec<&str> = sides.iter().filter_map(|side| side.text.as_deref()).collect();
    Side::of(format!("[{}]", ids.join(", ")), texts.join(","))
}

fn words(value: &Value) -> Side {
    let all: Vec<&str> = list(value).iter().filter_map(Value::as_str).collect();
    Side::text(all.join(" "))
}

fn sprints(value: &Value) -> Side {
    let all = crate::sandbox::world::list_sprints(value);
    let ids: Vec<String> = all.iter().map(|(id, _)| id.to_string()).collect();
    let names: Vec<String> = all.into_iter().map(|(_, name)| name).collect();
    Side::of(ids.join(", "), names.join(", "))
}

fn due(value: &Value) -> Side {
    value
        .as_str()
        .map_or_else(Side::default, |date| Side::of(date, format!("{date} 00:00:00.0")))
}

fn link_to_parent(before: &Value, after: &Value, cloud: bool) -> Value {
    let side = |parent: &Value| {
        let id = parent["id"].as_str();
        id.map_or_else(Side::default, |id| {
            Side::of(id, parent["key"].as_str().unwrap_or_default())
        })
    };
    let name = if cloud { "IssueParentAssociation" } else { "Parent" };
    special(name, None, &side(before), &side(after))
}

/// Estimates, each with a line of its own. What was not sent stays, unless nothing at all is left.
fn track(before: &Value, after: &Value, cloud: bool) -> Vec<Value> {
    let names = [
        ("timeoriginalestimate", "originalEstimateSeconds"),
        ("timeestimate", "remainingEstimateSeconds"),
    ];
    let side = |value: &Value| Side::seconds(value.as_i64());
    names
        .iter()
        .filter(|(_, part)| after.is_null() || after.get(*part).is_some())
        .filter(|(_, part)| before[*part] != after[*part])
        .map(|(name, part)| {
            special(
                name,
                cloud.then_some(*name),
                &side(&before[*part]),
                &side(&after[*part]),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(id: &str, schema: &Value, before: &Value, after: &Value, cloud: bool) -> Vec<Value> {
        let field = Field {
            id,
            name: "Thing",
            schema,
            allowed: None,
        };
        diff(&field, before, after, cloud)
    }

    #[test]
    fn items_look_as_recorded() {
        let system = json!({"system": "x"});
        let custom = json!({"custom": "p:select"});
        let sprint = json!({"custom": "p:gh-sprint"});
        let null = Value::Null;
        let status = |id: &str, name: &str| json!({"id": id, "name": name, "self": "s"});
        for (id, schema, before, after, wanted) in [
            (
                "summary",
                &system,
                json!("a"),
                json!("b"),
                json!({"field": "summary", "fieldtype": "jira", "fieldId": "summary", "from": null, "fromString": "a", "to": null, "toString": "b"}),
            ),
            (
                "status",
                &system,
                status("1", "Open"),
                status("2", "Done"),
                json!({"field": "status", "fieldtype": "jira", "fieldId": "status", "from": "1", "fromString": "Open", "to": "2", "toString": "Done"}),
            ),
            (
                "labels",
                &system,
                json!([]),
                json!(["a", "b"]),
                json!({"field": "labels", "fieldtype": "jira", "fieldId": "labels", "from": null, "fromString": "", "to": null, "toString": "a b"}),
            ),
            (
                "fixVersions",
                &system,
                json!([]),
                json!([{"id": "5", "name": "v5"}]),
                json!({"field": "Fix Version", "fieldtype": "jira", "fieldId": "fixVersions", "from": null, "fromString": null, "to": "5", "toString": "v5"}),
            ),
            (
                "duedate",
                &system,
                null.clone(),
                json!("2021-03-24"),
                json!({"field": "duedate", "fieldtype": "jira", "fieldId": "duedate", "from": null, "fromString": null, "to": "2021-03-24", "toString": "2021-03-24 00:00:00.0"}),
            ),
            (
                "assignee",
                &system,
                null.clone(),
                json!({"accountId": "a", "displayName": "Ada"}),
                json!({"field": "assignee", "fieldtype": "jira", "fieldId": "assignee", "from": null, "fromString": null, "to": "a", "toString": "Ada", "tmpFromAccountId": null, "tmpToAccountId": "a"}),
            ),
            (
                "customfield_1",
                &custom,
                null.clone(),
                json!([{"id": "1", "value": "A"}, {"id": "2", "value": "B"}]),
                json!({"field": "Thing", "fieldtype": "custom", "fieldId": "customfield_1", "from": null, "fromString": null, "to": "[1, 2]", "toString": "A,B"}),
            ),
            (
                "customfield_2",
                &sprint,
                null.clone(),
                json!([{"id": 27, "name": "S 1"}]),
                json!({"field": "Thing", "fieldtype": "custom", "fieldId": "customfield_2", "from": "", "fromString": "", "to": "27", "toString": "S 1"}),
            ),
            (
                "parent",
                &system,
                null.clone(),
                json!({"id": "10209", "key": "DI-6"}),
                json!({"field": "IssueParentAssociation", "fieldtype": "jira", "from": null, "fromString": null, "to": "10209", "toString": "DI-6"}),
            ),
        ] {
            assert_eq!(changes(id, schema, &before, &after, true), vec![wanted], "{id}");
        }
        let dc = changes(
            "assignee",
            &system,
            &null,
            &json!({"key": "JIRAUSER1", "name": "jd", "displayName": "John"}),
            false,
        );
        assert_eq!(
            dc,
            vec![
                json!({"field": "assignee", "fieldtype": "jira", "from": null, "fromString": null, "to": "JIRAUSER1", "toString": "John"})
            ]
        );
    }

    #[test]
    fn estimates_are_seconds_on_both_sides() {
        let system = json!({"system": "timetracking"});
        let item = |name: &str, from: Option<&str>, to: Option<&str>, cloud: bool| {
            let mut item = json!({"field": name, "fieldtype": "jira", "from": from, "fromString": from, "to": to, "toString": to});
            if cloud {
                item["fieldId"] = Value::from(name);
            }
            item
        };
        let both = json!({"originalEstimateSeconds": 28_800, "remainingEstimateSeconds": 28_800});
        let left = json!({"remainingEstimateSeconds": 3600});
        for cloud in [true, false] {
            for (before, after, wanted) in [
                (
                    &Value::Null,
                    &both,
                    vec![
                        ("timeoriginalestimate", None, Some("28800")),
                        ("timeestimate", None, Some("28800")),
                    ],
                ),
                // What was not sent stays, and so has no line.
                (&both, &left, vec![("timeestimate", Some("28800"), Some("3600"))]),
                (&both, &both, vec![]),
                (
                    &both,
                    &Value::Null,
                    vec![
                        ("timeoriginalestimate", Some("28800"), None),
                        ("timeestimate", Some("28800"), None),
                    ],
                ),
            ] {
                let wanted: Vec<Value> = wanted
                    .into_iter()
                    .map(|(name, from, to)| item(name, from, to, cloud))
                    .collect();
                assert_eq!(
                    changes("timetracking", &system, before, after, cloud),
                    wanted,
                    "{before} {after}"
                );
            }
            for name in ["timeoriginalestimate", "timeestimate", "timespent"] {
                let wanted = vec![item(name, Some("60"), Some("120"), cloud)];
                assert_eq!(
                    changes(name, &json!({"system": name}), &json!(60), &json!(120), cloud),
                    wanted
                );
            }
        }
    }

    #[test]
    fn a_swap_of_versions_is_two_items_and_no_change_is_none() {
        let system = json!({"system": "fixVersions"});
        let (old, new) = (
            json!([{"id": "1", "name": "a"}]),
            json!([{"id": "2", "name": "b"}]),
        );
        assert_eq!(changes("fixVersions", &system, &old, &new, true).len(), 2);
        assert!(changes("fixVersions", &system, &old, &old, true).is_empty());
        assert!(changes("customfield_1", &system, &Value::Null, &json!([]), true).is_empty());
        let renamed = json!({"id": "1", "name": "new name"});
        assert!(
            changes(
                "priority",
                &system,
                &json!({"id": "1", "name": "old"}),
                &renamed,
                true
            )
            .is_empty()
        );
    }
}
