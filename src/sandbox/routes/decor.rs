//! System fields that every real issue carries and no search or mapping needs: made when they are shown.
//!
//! They are never stored, so that a large world stays small. A field the issue has of its own wins.

use serde_json::{Map, Value, json};

use super::{super::world::Issue, Call, issues::Fields, parts};

/// Fields that are null until somebody estimates or logs work.
const UNESTIMATED: [&str; 6] = [
    "timeestimate",
    "timeoriginalestimate",
    "timespent",
    "aggregatetimeestimate",
    "aggregatetimeoriginalestimate",
    "aggregatetimespent",
];

/// Adds what the caller asked for and the issue does not have.
pub(super) fn add_system_fields(
    call: &Call<'_>,
    issue: &Issue,
    fields: &Fields,
    shown: &mut Map<String, Value>,
) {
    let mut add = |name: &str, make: &dyn Fn() -> Value| {
        if fields.keeps(name) && !shown.contains_key(name) {
            shown.insert(name.to_owned(), make());
        }
    };
    for name in UNESTIMATED {
        add(name, &|| Value::Null);
    }
    let api = if call.world.is_cloud() { call.api } else { 2 };
    let link = |below: &str| {
        format!(
            "{}/rest/api/{api}/issue/{}/{below}",
            call.world.base_url, issue.key
        )
    };
    add("progress", &|| json!({"progress": 0, "total": 0}));
    add("aggregateprogress", &|| json!({"progress": 0, "total": 0}));
    add(
        "votes",
        &|| json!({"self": link("votes"), "votes": 0, "hasVoted": false}),
    );
    add(
        "watches",
        &|| json!({"self": link("watchers"), "watchCount": 0, "isWatching": false}),
    );
    add("lastViewed", &|| Value::Null);
    add("attachment", &|| json!([]));
    add("timetracking", &|| json!({}));
    add("comment", &|| parts::comment_field(call, issue));
    add("worklog", &|| parts::worklog_field(call, issue));
    if call.world.is_cloud() {
        add("security", &|| Value::Null);
        add(
            "issuerestriction",
            &|| json!({"issuerestrictions": {}, "shouldDisplay": true}),
        );
        add("statuscategorychangedate", &|| {
            issue.find_field("updated").cloned().unwrap_or_default()
        });
    }
    if call.path.starts_with("/rest/agile/") {
        add_agile_fields(call, issue, fields, shown);
    }
    complete(call, issue, shown);
}

/// Fields that only the agile resources show.
fn add_agile_fields(call: &Call<'_>, issue: &Issue, fields: &Fields, shown: &mut Map<String, Value>) {
    let field = call.world.find_sprint_field();
    let value = field
        .and_then(|id| issue.find_field(&id).cloned())
        .unwrap_or_default();
    let ids: Vec<i64> = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(read_sprint_id)
        .collect();
    let (closed, open): (Vec<&Value>, Vec<&Value>) = call
        .world
        .sprints
        .iter()
        .filter(|sprint| sprint["id"].as_i64().is_some_and(|id| ids.contains(&id)))
        .partition(|sprint| sprint["state"] == "closed");
    let added = [
        (
            "sprint",
            open.first().map_or(Value::Null, |sprint| (*sprint).clone()),
        ),
        ("closedSprints", json!(closed)),
        ("flagged", Value::Bool(false)),
        ("epic", Value::Null),
    ];
    for (name, value) in added {
        let empty = name == "closedSprints" && closed.is_empty();
        if fields.keeps(name) && !shown.contains_key(name) && !empty {
            shown.insert(name.to_owned(), value);
        }
    }
}

/// The id in a sprint value: an object's, or the one in the old text.
fn read_sprint_id(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => {
            let (_, rest) = text.split_once("[id=")?;
            rest.split(',').next()?.parse().ok()
        }
        other => other["id"].as_i64(),
    }
}

/// Fields that are there, but thinner than Jira shows them.
fn complete(call: &Call<'_>, issue: &Issue, shown: &mut Map<String, Value>) {
    if let Some(shown) = shown.get_mut("project")
        && let Some(project) = call.world.find_project(&issue.project_id)
    {
        for name in ["avatarUrls", "simplified"] {
            if let Some(value) = project.body.get(name) {
                shown[name] = value.clone();
            }
        }
    }
    let children = call.world.store.index().find_children(issue.id);
    if let Some(list) = shown.get_mut("subtasks").and_then(Value::as_array_mut)
        && list.is_empty()
    {
        list.extend(
            children
                .into_iter()
                .flatten()
                .filter_map(|id| call.world.issue(*id))
                .filter(|child| {
                    child
                        .find_field("issuetype")
                        .is_some_and(|kind| kind["subtask"] == true)
                })
                .map(|child| show_reference(&child)),
        );
    }
}

/// An issue as others show it.
fn show_reference(issue: &Issue) -> Value {
    let mut fields = Map::new();
    for name in ["summary", "status", "priority", "issuetype"] {
        fields.insert(
            name.to_owned(),
            issue.find_field(name).cloned().unwrap_or_default(),
        );
    }
    json!({"id": issue.id.to_string(), "key": issue.key, "self": issue.body.get("self"), "fields": fields})
}
