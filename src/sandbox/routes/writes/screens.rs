//! The screens of a project: create metadata, and what Jira allows besides it.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::sandbox::world::{Issue, Project};

/// The create screen of a type.
pub(crate) fn create_screen(desk: &Desk<'_>, project: &Project, kind: &Value) -> Vec<Value> {
    let id = kind["id"].as_str().unwrap_or_default();
    let mut screen = desk.world.list_create_fields(project, id).unwrap_or_default();
    add_missing(desk, project, &mut screen);
    screen
}

/// The edit screen of an issue: its create screen without defaults.
pub(crate) fn edit_screen(desk: &Desk<'_>, issue: &Issue) -> Vec<Value> {
    let Some(project) = desk.project_of(issue) else {
        return Vec::new();
    };
    let kind = issue.find_field("issuetype").cloned().unwrap_or_default();
    create_screen(desk, project, &kind)
}

/// Parents are set without a screen on Cloud; security levels where the project has any.
fn add_missing(desk: &Desk<'_>, project: &Project, screen: &mut Vec<Value>) {
    let has = |screen: &[Value], id: &str| screen.iter().any(|entry| entry["fieldId"] == id);
    if desk.world.is_cloud() && !has(screen, "parent") {
        screen.push(json!({
            "fieldId": "parent", "key": "parent", "name": "Parent", "required": false, "hasDefaultValue": false,
            "schema": {"type": "issuelink", "system": "parent"}, "operations": ["set"],
        }));
    }
    if !crate::sandbox::routes::may_secure(desk.world, desk.caller, project) {
        screen.retain(|entry| entry["fieldId"] != "security");
    }
    let security = crate::sandbox::routes::find_security_field(desk.world, desk.caller, project, screen);
    screen.extend(security);
}

/// The screen of a transition into a done status: the resolution, and the release it is done in.
pub(crate) fn resolution_screen(desk: &Desk<'_>, issue: &Issue) -> Vec<Value> {
    let mut screen = vec![json!({
        "fieldId": "resolution", "key": "resolution", "name": "Resolution", "required": true, "hasDefaultValue": false,
        "schema": {"type": "resolution", "system": "resolution"}, "operations": ["set"],
        "allowedValues": desk.world.resolutions,
    })];
    let rest = edit_screen(desk, issue);
    screen.extend(
        rest.into_iter()
            .filter(|entry| entry["fieldId"] == "fixVersions" || entry["fieldId"] == "assignee"),
    );
    for entry in screen.iter_mut().skip(1) {
        entry["required"] = Value::Bool(false);
    }
    screen
}
