//! System fields that every real issue carries and no search or mapping needs: made when they are shown.
//!
//! They are never stored, so that a large world stays small. A field the issue has of its own wins.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    super::{
        generate::format_timestamp,
        json::{self, Copies, Members},
        world::{Issue, Wish},
    },
    Call,
    issues::Fields,
    parts,
};

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
    let wanted = |name: &str| fields.keeps(name) && issue.fields().is_none_or(|own| !own.contains_key(name));
    list_unmoved(call, issue.id, &issue.key, &wanted, |name, value| {
        shown.insert(name.to_owned(), value);
    });
    for (name, make) in [
        ("comment", parts::comment_field as fn(&Call<'_>, i64) -> Value),
        ("worklog", parts::worklog_field),
    ] {
        if wanted(name) {
            shown.insert(name.to_owned(), make(call, issue.id));
        }
    }
    if call.path.starts_with("/rest/agile/") {
        add_agile_fields(call, issue, fields, shown);
    }
    complete(call, issue, shown);
}

/// Writes what the caller asked for of an issue that nobody has touched.
pub(super) fn write_system_fields(
    call: &Call<'_>,
    id: i64,
    key: &str,
    wish: &Wish<'_>,
    copies: &mut Copies,
    shown: &mut Members<'_>,
) {
    list_unmoved(call, id, key, wish.keep, |name, value| shown.put(name, &value));
    if (wish.keep)("comment") {
        let mut list = Vec::new();
        let count = call.world.write_comments(id, wish.wiki, copies, &mut list);
        let mut field = Members::begin(shown.name("comment"));
        field.name("comments").extend_from_slice(&list);
        for (name, number) in [("maxResults", count), ("total", count), ("startAt", 0)] {
            field.put(name, &number);
        }
        if call.world.is_cloud() {
            field.put("self", &parts::comment_link(call, id));
        }
        field.end();
    }
    if (wish.keep)("worklog") {
        shown.put("worklog", &parts::worklog_field(call, id));
    }
}

/// Fields that look the same until somebody touches the issue.
fn list_unmoved(
    call: &Call<'_>,
    id: i64,
    key: &str,
    wanted: &dyn Fn(&str) -> bool,
    mut put: impl FnMut(&str, Value),
) {
    let mut add = |name: &str, make: &dyn Fn() -> Value| {
        if wanted(name) {
            put(name, make());
        }
    };
    for name in UNESTIMATED {
        add(name, &|| Value::Null);
    }
    let api = if call.world.is_cloud() { call.api } else { 2 };
    let link = |below: &str| format!("{}/rest/api/{api}/issue/{key}/{below}", call.world.base_url);
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
    if call.world.is_cloud() {
        add("security", &|| Value::Null);
        add(
            "issuerestriction",
            &|| json!({"issuerestrictions": {}, "shouldDisplay": true}),
        );
        add("statuscategorychangedate", &|| {
            let updated = call.world.facts(id).map(|facts| facts.updated);
            let stamp = updated.and_then(|ms| Timestamp::from_millisecond(ms).ok());
            stamp.map_or(Value::Null, |stamp| Value::from(format_timestamp(stamp)))
        });
    }
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

/// Fields that are there, but thinner than Jira shows them, or different for each caller.
fn complete(call: &Call<'_>, issue: &Issue, shown: &mut Map<String, Value>) {
    if let Some(extras) = call.world.store.find_extras(issue.id) {
        for (name, part, people) in [
            ("watches", "isWatching", &extras.watchers),
            ("votes", "hasVoted", &extras.voters),
        ] {
            if let Some(field) = shown.get_mut(name).filter(|field| field.is_object()) {
                field[part] = Value::Bool(people.iter().any(|person| parts::is_caller(call, person)));
            }
        }
    }
    if let Some(shown) = shown.get_mut("project")
        && let Some(project) = call.world.find_project(&issue.project_id)
    {
        for name in ["avatarUrls", "simplified", "projectCategory"] {
            if let Some(value) = project.body.get(name) {
                shown[name] = value.clone();
            }
        }
    }
    if let Some(list) = shown.get_mut("subtasks").and_then(Value::as_array_mut)
        && list.is_empty()
    {
        let mut copies = Copies::default();
        list.extend(call.world.list_subtasks(issue.id).map(|child| {
            let mut written = Vec::new();
            call.world.write_reference(child, &mut copies, &mut written);
            json::read(&written)
        }));
    }
}
