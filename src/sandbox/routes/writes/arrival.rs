//! What a new issue does to others: its parent shows it, and webhooks tell of it.

use serde_json::{Map, Value, json};

use super::desk::{Desk, put, show_reference};
use crate::sandbox::{world::Issue, write::value::Accepted};

/// Shows a new sub-task in its parent.
pub(super) fn adopt(desk: &mut Desk<'_>, id: i64) {
    let Some(child) = desk.world.issue(id).map(std::borrow::Cow::into_owned) else {
        return;
    };
    let is_subtask = child
        .find_field("issuetype")
        .is_some_and(|kind| kind["subtask"] == true);
    let parent = child
        .find_field("parent")
        .and_then(|parent| parent["id"].as_str());
    if let (true, Some(parent)) = (is_subtask, parent) {
        desk.world.edit_issue(parent, |issue| {
            let mut list = issue
                .find_field("subtasks")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            list.push(show_reference(&child));
            put(issue, "subtasks", Value::Array(list));
        });
    }
}

/// The changelog of a creation exists in webhooks only.
pub(super) fn emit_created(desk: &mut Desk<'_>, id: i64) {
    let Some(issue) = desk.world.issue(id).map(std::borrow::Cow::into_owned) else {
        return;
    };
    let blank = Issue {
        body: Map::new(),
        wiki: Map::new(),
        ..issue.clone()
    };
    let shown = [
        "assignee",
        "description",
        "priority",
        "reporter",
        "status",
        "summary",
    ];
    let mut values: Vec<(String, Accepted)> = Vec::new();
    for (name, value) in issue.fields().into_iter().flatten() {
        if (shown.contains(&name.as_str()) || name.starts_with("customfield_")) && !value.is_null() {
            let wiki = issue.wiki.get(name).cloned();
            values.push((
                name.clone(),
                Accepted {
                    value: value.clone(),
                    wiki,
                },
            ));
        }
    }
    let mut typed = blank;
    typed.body.insert(
        "fields".to_owned(),
        json!({"issuetype": issue.find_field("issuetype")}),
    );
    let items = desk.list_items(&typed, &values);
    let number = desk.next_id().to_string();
    desk.emit_if_heard("jira:issue_created", || {
        let mut event = desk.issue_event("jira:issue_created", &issue);
        event
            .body
            .insert("issue_event_type_name".to_owned(), Value::from("issue_created"));
        event
            .body
            .insert("changelog".to_owned(), json!({"id": number, "items": items}));
        event
    });
}
