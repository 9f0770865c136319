//! What a delivery says of the things in a site: always the shapes of platform 2, rich text as wiki
//! text.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::{
    accounts::Account,
    world::{Issue, World},
    write::text,
};

/// The issue whole, as version 2 of the platform shows it to who changed it. Cloud's `self` lacks `/issue/`
/// and its fields lack comments and worklogs, as recorded.
pub(crate) fn show_issue(world: &World, caller: Option<&Account>, now: Timestamp, issue: &Issue) -> Value {
    let left_out: &[&str] = if world.is_cloud() {
        &["-comment", "-worklog"]
    } else {
        &[]
    };
    let mut shown = super::show_whole(world, caller, (2, now), issue, left_out);
    let mut fields = shown["fields"].take();
    for (name, value) in fields.as_object_mut().into_iter().flatten() {
        if text::check_adf(value).is_ok() {
            *value = plain_text(issue, name);
        }
    }
    lower_links(&mut fields);
    let middle = if world.is_cloud() { "" } else { "issue/" };
    json!({
        "id": issue.id.to_string(), "self": format!("{}/rest/api/2/{middle}{}", world.base_url, issue.id),
        "key": issue.key, "fields": fields,
    })
}

/// The few fields that Cloud's comment events carry.
pub(crate) fn show_issue_briefly(
    world: &World,
    caller: Option<&Account>,
    now: Timestamp,
    issue: &Issue,
) -> Value {
    let mut shown = show_issue(world, caller, now, issue);
    let wanted = [
        "summary",
        "issuetype",
        "project",
        "assignee",
        "priority",
        "status",
    ];
    if let Some(fields) = shown["fields"].as_object_mut() {
        fields.retain(|name, _| wanted.contains(&name.as_str()));
    }
    shown
}

/// A rich field as wiki text, null when it is empty.
pub(crate) fn plain_text(issue: &Issue, field: &str) -> Value {
    if let Some(wiki) = issue.wiki.get(field) {
        return wiki.clone();
    }
    match issue.find_field(field) {
        Some(value) if value.is_object() => Value::from(text::to_wiki(value)),
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

/// A person, with links of platform 2.
pub(crate) fn show_user(user: &Value) -> Value {
    let mut user = user.clone();
    lower_links(&mut user);
    user
}

/// A comment, body as wiki text.
pub(crate) fn show_comment(comment: &Value) -> Value {
    let mut shown = comment.clone();
    if shown["body"].is_object() {
        shown["body"] = Value::from(text::to_wiki(&shown["body"]));
    }
    lower_links(&mut shown);
    shown
}

/// Anything with links of platform 2.
pub(crate) fn lower_links(value: &mut Value) {
    match value {
        Value::String(text) if text.contains("/rest/api/3/") => {
            *text = text.replacen("/rest/api/3/", "/rest/api/2/", 1);
        }
        Value::Array(items) => items.iter_mut().for_each(lower_links),
        Value::Object(fields) => fields.values_mut().for_each(lower_links),
        _ => {}
    }
}

/// A project: its id is a number here and nowhere else.
pub(crate) fn show_project(project: &Map<String, Value>) -> Value {
    let mut shown = json!({
        "self": project.get("self"), "id": project.get("id").and_then(Value::as_str).and_then(|id| id.parse::<i64>().ok()),
        "key": project.get("key"), "name": project.get("name"), "avatarUrls": project.get("avatarUrls"),
        "assigneeType": "admin.assignee.type.unassigned",
    });
    if let Some(lead) = project.get("lead") {
        shown["projectLead"] = lead.clone();
    }
    lower_links(&mut shown);
    shown
}

/// Values of URL variables.
pub(crate) fn list_variables(issue: &Issue) -> Vec<(&'static str, String)> {
    let project = issue.find_field("project");
    let key = project
        .and_then(|project| project["key"].as_str())
        .unwrap_or_default();
    vec![
        ("issue.id", issue.id.to_string()),
        ("issue.key", issue.key.clone()),
        ("project.id", issue.project_id.clone()),
        ("project.key", key.to_owned()),
    ]
}
