//! Create metadata for each type of each project.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    super::world::{Project, World},
    catalog::{MARKETS, SEVERITIES, TEAM_SEVERITIES, show_option},
    every_kind,
    fields::{
        ACCEPTANCE_FIELD, EPIC_NAME_FIELD, GO_LIVE_FIELD, IMPACT_FIELD, MARKETS_FIELD, SEVERITY_FIELD,
        SPRINT_FIELD, TARGET_FIELD, TEAM_SEVERITY_FIELD,
    },
};

/// Fills the create metadata of all projects.
pub(super) fn fill(world: &mut World) {
    for index in 0..world.projects.len() {
        let filled = list_all(world, &world.projects[index]);
        world.projects[index].create_fields = Arc::new(filled);
    }
}

/// The create metadata of a project by type id.
pub(super) fn list_all(world: &World, project: &Project) -> BTreeMap<String, Vec<Value>> {
    let types = project.issue_types.iter();
    types
        .map(|kind| {
            let id = kind["id"].as_str().unwrap_or_default().to_owned();
            (id, list(world, project, kind))
        })
        .collect()
}

fn list(world: &World, project: &Project, kind: &Value) -> Vec<Value> {
    let base = &world.base_url;
    let name = kind["name"].as_str().unwrap_or_default();
    let bug = matches!(name, "Bug" | "Incident");
    let project_value = json!({"id": project.id, "key": project.key, "name": project.name});
    let open = project.list_open_versions();
    let priorities: Vec<Value> = world
        .priorities
        .iter()
        .filter(|priority| {
            project
                .priority_ids
                .iter()
                .any(|id| priority["id"] == id.as_str())
        })
        .cloned()
        .collect();
    let options = |list: &[(&str, &str)]| {
        list.iter()
            .map(|(id, value)| show_option(base, id, value))
            .collect()
    };
    let mut fields = vec![
        show(world, "summary", true, None),
        show(world, "issuetype", true, Some(vec![kind.clone()])),
        show(world, "project", true, Some(vec![project_value])),
        show(world, "description", false, None),
        show(world, "assignee", false, None),
        show(world, "reporter", true, None),
        show(world, "labels", false, None),
        show(world, "fixVersions", false, Some(open)),
        show(world, "duedate", false, None),
        show(world, TARGET_FIELD, false, None),
    ];
    let mut priority = show(world, "priority", false, Some(priorities));
    priority["hasDefaultValue"] = Value::Bool(true);
    priority["defaultValue"] = world.priorities.get(2).cloned().unwrap_or_default();
    fields.push(priority);
    if let Some(reporter) = fields.iter_mut().find(|field| field["fieldId"] == "reporter") {
        reporter["hasDefaultValue"] = Value::Bool(true);
    }
    fields.push(show(world, "components", false, Some(Vec::new())));
    fields.push(show(world, "timetracking", false, None));
    if project.key == "OPS" && world.is_cloud() {
        fields.push(show(
            world,
            TEAM_SEVERITY_FIELD,
            false,
            Some(options(&TEAM_SEVERITIES)),
        ));
        return fields;
    }
    if name == every_kind::TYPE {
        fields.extend(every_kind::list_screen(world, project));
    } else if bug {
        fields.push(show(world, SEVERITY_FIELD, true, Some(options(&SEVERITIES))));
        fields.push(show(world, MARKETS_FIELD, false, Some(options(&MARKETS))));
        fields.push(show(world, IMPACT_FIELD, false, None));
        fields.push(show(world, "environment", false, None));
    } else {
        fields.push(show(world, ACCEPTANCE_FIELD, false, None));
        fields.push(show(world, GO_LIVE_FIELD, false, None));
    }
    match name {
        "Epic" if !world.is_cloud() => fields.push(show(world, EPIC_NAME_FIELD, true, None)),
        "Sub-task" => {
            let mut parent = json!({
                "required": true, "schema": {"type": "issuelink", "system": "parent"}, "name": "Parent", "fieldId": "parent",
                "hasDefaultValue": false, "operations": ["set"],
            });
            if world.is_cloud() {
                parent["key"] = Value::from("parent");
            }
            fields.push(parent);
        }
        _ => fields.push(show(world, SPRINT_FIELD, false, None)),
    }
    fields
}

/// A field of create metadata.
pub(super) fn show(world: &World, id: &str, required: bool, allowed: Option<Vec<Value>>) -> Value {
    let field = world.fields.iter().find(|field| field["id"] == id);
    let schema = field.map(|field| field["schema"].clone()).unwrap_or_default();
    let operations = if schema["type"] == "array" {
        json!(["add", "set", "remove"])
    } else {
        json!(["set"])
    };
    let mut entry = json!({
        "required": required, "schema": schema, "name": field.map(|field| field["name"].clone()),
        "fieldId": id, "hasDefaultValue": false, "operations": operations,
    });
    if world.is_cloud() {
        entry["key"] = Value::from(id);
    }
    if let Some(allowed) = allowed {
        entry["allowedValues"] = Value::Array(allowed);
    }
    entry
}
