//! Edits of an issue: values, verbs, assignee, and its end.

use serde_json::{Map, Value, json};

use super::{
    desk::{Change, Desk, put, read_maps},
    links,
    lookup::Lookup,
    screens, sides,
};
use crate::sandbox::{
    answer::Answer,
    webhooks::event::Event,
    write::{
        Refusal, history, screen, text, text_of,
        value::{Accepted, Field},
        wiki,
    },
};

const NO_EDIT: &str = "You do not have permission to edit issues in this project.";

pub(crate) fn edit(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    desk.need(&issue, "EDIT_ISSUES", 403, NO_EDIT)?;
    let body = desk.body.clone();
    let (mut fields, update) = read_maps(&body)?;
    if fields.is_empty() && update.is_empty() && !body["properties"].is_array() {
        return Err(Refusal::new(400, "one of 'fields' or 'update' required"));
    }
    let mut change = Change {
        event: "issue_updated",
        ..Change::default()
    };
    if fields.contains_key("project") {
        return Err(Refusal::field(
            "project",
            "Field 'project' cannot be set. It is not on the appropriate screen, or unknown.",
        ));
    }
    if let Some(kind) = fields.remove("issuetype") {
        change.values.extend(change_type(desk, issue.id, &kind)?);
    }
    let screen = screens::edit_screen(desk, &issue);
    let project = desk.project_of(&issue).cloned().unwrap_or_default();
    let current = issue.fields().cloned().unwrap_or_default();
    let lookup = Lookup {
        desk,
        project: &project,
    };
    let values = screen::read_edit(&screen, &fields, &update, &current, &lookup)?;
    if values.len() == 1 && values[0].0 == "assignee" && change.values.is_empty() {
        change.event = "issue_assigned";
    }
    change.values.extend(values);
    let ready = sides::check(desk, &issue, &update)?;
    desk.refuse_conflict(issue.id)?;
    desk.apply(issue.id, change);
    sides::apply(desk, issue.id, ready);
    for property in body["properties"].as_array().into_iter().flatten() {
        if let (Some(name), Some(extras)) = (property["key"].as_str(), desk.extras(issue.id)) {
            extras
                .properties
                .insert(name.to_owned(), property["value"].clone());
        }
    }
    if desk.world.is_cloud() && desk.params.find("returnIssue") == Some("true") {
        let issue = desk.get_issue(key)?;
        let shown =
            crate::sandbox::routes::show_whole(desk.world, desk.caller, (desk.api, desk.now), &issue, &[]);
        return Ok(Answer::ok(shown));
    }
    Ok(Answer::empty(204))
}

/// Another type of the same project, if it has a place for the issue's status.
fn change_type(desk: &Desk<'_>, id: i64, sent: &Value) -> Result<Option<(String, Accepted)>, Refusal> {
    let issue = desk.get_issue(&id.to_string())?;
    let project = desk.project_of(&issue).cloned().unwrap_or_default();
    let wanted = text_of(&sent["id"]);
    let found = project.issue_types.iter().find(|kind| match &wanted {
        Some(id) => kind["id"] == id.as_str(),
        None => sent["name"].is_string() && kind["name"] == sent["name"],
    });
    let status = issue.find_field("status").map(|status| status["id"].clone());
    let own = issue.find_field("issuetype").cloned().unwrap_or_default();
    let kind = found.filter(|kind| {
        let flow = project
            .type_statuses
            .iter()
            .find(|(id, _)| kind["id"] == id.as_str());
        let fits =
            flow.is_none_or(|(_, list)| list.iter().any(|entry| Some(&entry["id"]) == status.as_ref()));
        fits && kind["subtask"] == own["subtask"]
    });
    match kind {
        None => Err(Refusal::field("issuetype", "The issue type selected is invalid.")),
        Some(kind) if kind["id"] == own["id"] => Ok(None),
        Some(kind) => {
            let shown = crate::sandbox::write::shorten("issuetype", kind.clone());
            Ok(Some(("issuetype".to_owned(), shown.into())))
        }
    }
}

/// `PUT …/assignee`, for those who may assign and nothing else.
pub(crate) fn assign(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let message = "You do not have permission to assign issues.";
    let status = if desk.world.is_cloud() { 403 } else { 401 };
    desk.need(&issue, "ASSIGN_ISSUES", status, message)?;
    let name = if desk.world.is_cloud() {
        "accountId"
    } else {
        "name"
    };
    let value = match &desk.body[name] {
        Value::Null => Value::Null,
        Value::String(id) if id == "-1" => Value::Null,
        Value::String(id) => {
            let found = super::lookup::find_account(desk, id);
            let account =
                found.ok_or_else(|| Refusal::field("assignee", format!("User '{id}' does not exist.")))?;
            crate::sandbox::generate::show_user(desk.world, account)
        }
        _ => return Err(Refusal::field("assignee", "expected Object")),
    };
    let values = vec![("assignee".to_owned(), value.into())];
    desk.apply(
        issue.id,
        Change {
            values,
            event: "issue_assigned",
            ..Change::default()
        },
    );
    Ok(Answer::empty(204))
}

/// Deletes an issue; with sub-tasks only when told so.
pub(crate) fn delete(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    desk.need(
        &issue,
        "DELETE_ISSUES",
        403,
        "You do not have permission to delete issues in this project.",
    )?;
    let subtasks = list_ids(issue.find_field("subtasks"));
    if !subtasks.is_empty() && desk.params.find("deleteSubtasks") != Some("true") {
        return Err(Refusal::new(
            400,
            format!(
                "The issue '{}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue \
                 and all its subtasks.",
                issue.key
            ),
        ));
    }
    remove(desk, issue.id, false);
    Ok(Answer::empty(204))
}

fn list_ids(list: Option<&Value>) -> Vec<i64> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    entries
        .filter_map(|entry| entry["id"].as_str()?.parse().ok())
        .collect()
}

/// Takes an issue out of everything that shows it; sub-tasks go first.
pub(crate) fn remove(desk: &mut Desk<'_>, id: i64, cascade: bool) {
    let Some(issue) = desk.world.issue(id).map(std::borrow::Cow::into_owned) else {
        return;
    };
    for child in list_ids(issue.find_field("subtasks")) {
        remove(desk, child, true);
    }
    for link in list_ids(issue.find_field("issuelinks")) {
        links::remove(desk, &link.to_string());
    }
    if let Some(parent) = issue
        .find_field("parent")
        .and_then(|parent| parent["id"].as_str())
    {
        desk.world.edit_issue(parent, |parent| {
            let mut list = parent
                .find_field("subtasks")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let own = id.to_string();
            list.retain(|entry| entry["id"] != own.as_str());
            put(parent, "subtasks", Value::Array(list));
        });
    }
    desk.emit_if_heard("jira:issue_deleted", || Event {
        cascade,
        ..desk.issue_event("jira:issue_deleted", &issue)
    });
    desk.world.delete_issue(&id.to_string());
}

/// Writes fields as they are, by the control API: no screen asks whether the values are possible. The issue
/// counts as touched even when nothing differs. Gives the key.
pub(crate) fn write_raw(desk: &mut Desk<'_>, key: &str, fields: &Map<String, Value>) -> Option<String> {
    let before = desk.world.find_issue(key)?.into_owned();
    let mut change = Change {
        event: "issue_updated",
        ..Change::default()
    };
    for (name, value) in fields {
        let entry = desk.describe_field(&before, name);
        let rich = Field::read(&entry).is_some_and(|field| field.is_rich());
        let accepted = match value {
            Value::String(text) if rich && desk.world.is_cloud() => Accepted {
                value: wiki::to_adf(text),
                wiki: Some(value.clone()),
            },
            Value::Object(_) if rich => Accepted {
                value: value.clone(),
                wiki: Some(Value::from(text::to_wiki(value))),
            },
            Value::Null if rich => Accepted {
                value: Value::Null,
                wiki: Some(Value::Null),
            },
            _ => value.clone().into(),
        };
        change.values.push((name.clone(), accepted));
    }
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    change.event = match names.as_slice() {
        ["assignee"] => "issue_assigned",
        names if names.contains(&"status") => "issue_generic",
        _ => change.event,
    };
    desk.apply(before.id, change);
    desk.touch(before.id);
    Some(before.key)
}

/// Moves an issue to another project, by the control API: the id stays, the old key goes on to
/// answer. The status is mapped by name, or to the first one; versions stay behind.
pub(crate) fn move_to(desk: &mut Desk<'_>, key: &str, project: &str) -> Option<String> {
    move_as(desk, key, project, None)
}

/// As [`move_to`], as a type of the target by id; without one the type of the same name is looked for.
pub(crate) fn move_as(desk: &mut Desk<'_>, key: &str, project: &str, kind: Option<&str>) -> Option<String> {
    let before = desk.world.find_issue(key)?.into_owned();
    let target = desk.world.find_project(project)?.clone();
    let kind_name = before.find_field("issuetype")?["name"].clone();
    let kind = target
        .issue_types
        .iter()
        .find(|own| kind.map_or_else(|| own["name"] == kind_name, |id| own["id"] == id))
        .or(target.issue_types.first())?;
    let flow = target
        .type_statuses
        .iter()
        .find(|(id, _)| kind["id"] == id.as_str());
    let old_status = before.find_field("status").cloned().unwrap_or_default();
    let status = flow.and_then(|(_, list)| {
        let same = list.iter().find(|status| status["name"] == old_status["name"]);
        same.or(list.first()).cloned()
    });
    let old_project = desk.project_of(&before).cloned().unwrap_or_default();
    let new_key = desk.world.move_issue(key, &target.id)?;
    let side = |id: &str, name: &str| history::Side::of(id, name);
    let mut items = vec![
        history::special(
            "project",
            Some("project"),
            &side(&old_project.id, &old_project.name),
            &side(&target.id, &target.name),
        ),
        history::special(
            "Key",
            None,
            &history::Side::text(before.key.clone()),
            &history::Side::text(new_key.clone()),
        ),
        history::special(
            "Workflow",
            None,
            &side(&old_project.id, &format!("{}: workflow", old_project.key)),
            &side(&target.id, &format!("{}: workflow", target.key)),
        ),
    ];
    if !desk.world.is_cloud()
        && let Some(body) = items[0].as_object_mut()
    {
        body.remove("fieldId");
    }
    let mut values = vec![
        (
            "issuetype".to_owned(),
            Accepted::from(crate::sandbox::write::shorten("issuetype", kind.clone())),
        ),
        ("fixVersions".to_owned(), json!([]).into()),
        ("versions".to_owned(), json!([]).into()),
        ("components".to_owned(), json!([]).into()),
    ];
    if let Some(status) = status {
        values.push((
            "status".to_owned(),
            crate::sandbox::write::shorten("issuetype", status).into(),
        ));
    }
    desk.apply(
        before.id,
        Change {
            values,
            items,
            event: "issue_moved",
            cascade: false,
        },
    );
    Some(new_key)
}
