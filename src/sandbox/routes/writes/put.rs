//! Writing into the JSON of an issue: fields, estimates, what others show of it.

use serde_json::{Value, json};

use crate::sandbox::{world::Issue, write::value::Accepted};

/// Writes one field.
pub(crate) fn put(issue: &mut Issue, name: &str, value: Value) {
    if let Some(fields) = issue.fields_mut() {
        fields.insert(name.to_owned(), value);
    }
}

/// Writes accepted values and their wiki twins.
pub(crate) fn put_values(issue: &mut Issue, values: &[(String, Accepted)]) {
    for (name, accepted) in values {
        if name == "timetracking" {
            put_estimates(issue, &accepted.value);
            continue;
        }
        put(issue, name, accepted.value.clone());
        if let Some(wiki) = &accepted.wiki {
            issue.wiki.insert(name.clone(), wiki.clone());
        }
    }
}

/// Estimates stand in fields of their own as well; what was not sent stays.
fn put_estimates(issue: &mut Issue, sent: &Value) {
    let mut shown = issue.find_field("timetracking").cloned().unwrap_or_default();
    if !shown.is_object() {
        shown = json!({});
    }
    if let (Some(shown), true) = (shown.as_object_mut(), sent.is_null()) {
        shown.retain(|name, _| !name.contains("Estimate"));
    }
    for (name, value) in sent.as_object().into_iter().flatten() {
        shown[name] = value.clone();
    }
    for (fields, part) in [
        (
            ["timeoriginalestimate", "aggregatetimeoriginalestimate"],
            "originalEstimateSeconds",
        ),
        (
            ["timeestimate", "aggregatetimeestimate"],
            "remainingEstimateSeconds",
        ),
    ] {
        for field in fields {
            put(issue, field, shown[part].clone());
        }
    }
    put(issue, "timetracking", shown);
}

/// An issue as others show it: parent, sub-task, link.
pub(crate) fn show_reference(issue: &Issue) -> Value {
    let part = |name: &str| issue.find_field(name).cloned().unwrap_or_default();
    json!({
        "id": issue.id.to_string(), "key": issue.key, "self": issue.body.get("self"),
        "fields": {
            "summary": part("summary"), "status": part("status"), "priority": part("priority"),
            "issuetype": part("issuetype"),
        },
    })
}

pub(super) fn replace_reference(value: &mut Value, id: &str, shown: &Value) {
    match value {
        Value::Object(object)
            if object.get("id").is_some_and(|own| own == id) && object.contains_key("key") =>
        {
            *value = shown.clone();
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace_reference(item, id, shown)),
        Value::Object(object) => {
            for side in ["inwardIssue", "outwardIssue"] {
                if let Some(other) = object.get_mut(side) {
                    replace_reference(other, id, shown);
                }
            }
        }
        _ => {}
    }
}
