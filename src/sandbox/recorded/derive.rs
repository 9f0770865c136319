//! From what was recognised to a world that answers every route.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    super::{
        generate::find_system_field,
        world::{Board, Issue, Project, World},
    },
    Found, add_by_id,
    scan::Document,
    to_issue,
};

pub(super) fn fill(world: &mut World, found: Found, documents: &[Document]) {
    fill_projects(world, &found);
    let mut issues = Vec::new();
    for body in &found.issues {
        let key = body.get("key").and_then(Value::as_str).unwrap_or_default();
        let project_key = key.rsplit_once('-').map_or(key, |(project, _)| project);
        let project = world.projects.iter().find(|project| project.key == project_key);
        let named = body
            .get("fields")
            .and_then(|fields| fields["project"]["id"].as_str());
        // A project of that key but another id is another site's: its issues would mix with ours.
        let fitting = project.filter(|project| named.is_none_or(|id| id == project.id));
        if let Some(issue) = fitting
            .map(|project| project.id.clone())
            .and_then(|id| to_issue(body.clone(), &id))
        {
            issues.push(issue);
        }
    }
    for document in documents {
        fill_recorded_statuses(world, document);
    }
    fill_create_fields(world, &found);
    world.issue_types.clone_from(&found.types);
    world.statuses.clone_from(&found.statuses);
    world.priorities.clone_from(&found.priorities);
    world.resolutions.clone_from(&found.resolutions);
    for version in &found.versions {
        let owner = version["projectId"].to_string();
        if let Some(project) = world.projects.iter_mut().find(|project| project.id == owner) {
            add_by_id(&mut project.versions, version);
        }
    }
    fill_from_issues(world, &issues);
    fill_fields(world, &found, &issues);
    fill_boards(world, &found);
    // Projects with issues first: the others only make the list long.
    let counts = count_issues(&issues);
    world
        .projects
        .sort_by_key(|project| std::cmp::Reverse(counts.get(&project.id).copied().unwrap_or_default()));
    for issue in issues {
        world.insert_issue(issue);
    }
}

fn count_issues(issues: &[Issue]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for issue in issues {
        *counts.entry(issue.project_id.clone()).or_default() += 1;
    }
    counts
}

fn fill_projects(world: &mut World, found: &Found) {
    for body in &found.projects {
        let text = |name: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (id, key) = (text("id"), text("key"));
        let place = world
            .projects
            .iter()
            .position(|project| project.key == key || project.id == id);
        let index = match place {
            Some(index) if world.projects[index].id == id && world.projects[index].key == key => index,
            Some(_) => continue,
            None => {
                world.projects.push(Project {
                    id,
                    key,
                    name: text("name"),
                    ..Project::default()
                });
                world.projects.len() - 1
            }
        };
        let project = &mut world.projects[index];
        project.archived |= body.get("archived").is_some_and(|archived| *archived == true);
        if let Some(Value::Array(kinds)) = body.get("issueTypes") {
            for kind in kinds {
                add_by_id(Arc::make_mut(&mut project.issue_types), kind);
            }
        }
        if let Some(Value::Array(versions)) = body.get("versions") {
            for version in versions {
                add_by_id(&mut project.versions, version);
            }
        }
        if body.len() > project.body.len() {
            project.body.clone_from(body);
            for name in ["issueTypes", "versions", "issuetypes"] {
                project.body.remove(name);
            }
        }
    }
}

/// A recorded `project/{key}/statuses`, which names its project in the file name only.
fn fill_recorded_statuses(world: &mut World, document: &Document) {
    let Some(rest) = document.name.strip_suffix("_statuses.json") else {
        return;
    };
    let key = rest.rsplit_once("project_").map_or(rest, |(_, key)| key);
    let (Some(project), Some(kinds)) = (
        world.projects.iter_mut().find(|project| project.key == key),
        document.value.as_array(),
    ) else {
        return;
    };
    for kind in kinds {
        let mut own = kind.as_object().cloned().unwrap_or_default();
        let statuses = own
            .remove("statuses")
            .and_then(|list| list.as_array().cloned())
            .unwrap_or_default();
        let id = kind["id"].as_str().unwrap_or_default().to_owned();
        add_by_id(Arc::make_mut(&mut project.issue_types), &Value::Object(own));
        if !project.type_statuses.iter().any(|(have, _)| *have == id) {
            Arc::make_mut(&mut project.type_statuses).push((id, statuses));
        }
    }
}

fn fill_create_fields(world: &mut World, found: &Found) {
    for recorded in &found.create {
        let Some(project) = world
            .projects
            .iter_mut()
            .find(|project| recorded["id"] == project.id.as_str() && recorded["key"] == project.key.as_str())
        else {
            continue;
        };
        for kind in recorded["issuetypes"].as_array().into_iter().flatten() {
            let mut own = kind.as_object().cloned().unwrap_or_default();
            let fields = own
                .remove("fields")
                .and_then(|fields| fields.as_object().cloned())
                .unwrap_or_default();
            add_by_id(Arc::make_mut(&mut project.issue_types), &Value::Object(own));
            let list = fields
                .into_iter()
                .map(|(id, mut field)| {
                    field["fieldId"] = Value::from(id);
                    field
                })
                .collect();
            Arc::make_mut(&mut project.create_fields)
                .entry(kind["id"].as_str().unwrap_or_default().to_owned())
                .or_insert(list);
        }
    }
}

/// Types, statuses, versions and priorities that only issues tell of.
fn fill_from_issues(world: &mut World, issues: &[Issue]) {
    for issue in issues {
        let Some(project) = world
            .projects
            .iter_mut()
            .find(|project| project.id == issue.project_id)
        else {
            continue;
        };
        if let Some(kind) = issue.find_field("issuetype") {
            add_by_id(Arc::make_mut(&mut project.issue_types), kind);
            let id = kind["id"].as_str().unwrap_or_default();
            if let Some(status) = issue.find_field("status") {
                let all = Arc::make_mut(&mut project.type_statuses);
                match all.iter_mut().find(|(own, _)| own == id) {
                    Some((_, list)) => add_by_id(list, status),
                    None => all.push((id.to_owned(), vec![status.clone()])),
                }
            }
        }
        for name in ["fixVersions", "versions"] {
            for version in issue
                .find_field(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                if version["id"].is_string() {
                    add_by_id(&mut project.versions, version);
                }
            }
        }
        if let Some(id) = issue
            .find_field("priority")
            .and_then(|priority| priority["id"].as_str())
            && !project.priority_ids.iter().any(|have| have == id)
        {
            Arc::make_mut(&mut project.priority_ids).push(id.to_owned());
        }
    }
    let (base, priorities) = (world.base_url.clone(), world.priorities.clone());
    for project in &mut world.projects {
        for field in project
            .create_fields
            .values()
            .flatten()
            .filter(|field| field["fieldId"] == "priority")
        {
            for id in field["allowedValues"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|value| value["id"].as_str())
            {
                if !project.priority_ids.iter().any(|have| have == id) {
                    Arc::make_mut(&mut project.priority_ids).push(id.to_owned());
                }
            }
        }
        if project.body.is_empty() {
            let body = json!({
                "self": format!("{base}/rest/api/2/project/{}", project.id), "id": project.id, "key": project.key,
                "name": project.name,
            });
            project.body = body.as_object().cloned().unwrap_or_default();
        }
        let allowed: Vec<Value> = priorities
            .iter()
            .filter(|priority| {
                project
                    .priority_ids
                    .iter()
                    .any(|id| priority["id"] == id.as_str())
            })
            .cloned()
            .collect();
        for kind in project.issue_types.iter() {
            let id = kind["id"].as_str().unwrap_or_default().to_owned();
            Arc::make_mut(&mut project.create_fields)
                .entry(id)
                .or_insert_with(|| list_least_fields(kind, &allowed));
        }
    }
}

/// The create metadata every project has, where none was recorded.
fn list_least_fields(kind: &Value, priorities: &[Value]) -> Vec<Value> {
    let field = |id: &str, name: &str, kind: &str, required: bool| {
        json!({"required": required, "schema": {"type": kind, "system": id}, "name": name, "fieldId": id,
            "hasDefaultValue": false, "operations": ["set"]})
    };
    let mut issue_type = field("issuetype", "Issue Type", "issuetype", true);
    issue_type["allowedValues"] = json!([kind]);
    let mut fields = vec![field("summary", "Summary", "string", true), issue_type];
    if !priorities.is_empty() {
        let mut priority = field("priority", "Priority", "priority", false);
        priority["allowedValues"] = json!(priorities);
        fields.push(priority);
    }
    fields
}

/// Recorded field lists, then fields that create or edit metadata describe, then the system fields
/// that issues carry.
fn fill_fields(world: &mut World, found: &Found, issues: &[Issue]) {
    let mut fields = found.fields.clone();
    let described = world
        .projects
        .iter()
        .flat_map(|project| project.create_fields.values().flatten());
    for field in described {
        let id = field["fieldId"].as_str().unwrap_or_default();
        let number = id.strip_prefix("customfield_");
        let clause = number.map_or_else(|| id.to_owned(), |number| format!("cf[{number}]"));
        add_by_id(
            &mut fields,
            &json!({
                "id": id, "key": id, "name": field["name"], "custom": number.is_some(), "orderable": true,
                "navigable": true, "searchable": true, "clauseNames": [clause], "schema": field["schema"],
            }),
        );
    }
    let carried: std::collections::BTreeSet<&String> = issues
        .iter()
        .filter_map(Issue::fields)
        .flat_map(Map::keys)
        .collect();
    for field in carried
        .into_iter()
        .filter_map(|id| find_system_field(id, world.is_cloud()))
    {
        add_by_id(&mut fields, &field);
    }
    world.fields = fields;
}

fn fill_boards(world: &mut World, found: &Found) {
    world.sprints.clone_from(&found.sprints);
    for body in &found.boards {
        let owner = body["location"]["projectId"].to_string();
        world.boards.push(Board {
            id: body["id"].as_i64().unwrap_or_default(),
            name: body["name"].as_str().unwrap_or_default().to_owned(),
            kind: body["type"].as_str().unwrap_or_default().to_owned(),
            project_id: world
                .projects
                .iter()
                .find(|project| project.id == owner)
                .map(|project| project.id.clone()),
            body: Some(body.clone()),
        });
    }
    for id in found
        .sprints
        .iter()
        .filter_map(|sprint| sprint["originBoardId"].as_i64())
    {
        if !world.boards.iter().any(|board| board.id == id) {
            world.boards.push(Board {
                id,
                name: format!("Board {id}"),
                kind: "scrum".to_owned(),
                project_id: None,
                body: None,
            });
        }
    }
}
