//! Projects and what hangs below them. A project the caller may not browse does not exist.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        world::Project,
    },
    Call, configured, schemes,
};

pub(super) fn missing(key: &str) -> Answer {
    let what = if key.parse::<u64>().is_ok() { "id" } else { "key" };
    Answer::error(404, &format!("No project could be found with {what} '{key}'."))
}

/// A project in a list: details only when they are asked for.
pub(super) fn in_list(call: &Call<'_>, project: &Project) -> Value {
    let expand = call.params.find_list("expand").unwrap_or_default();
    let mut body = project.body.clone();
    for detail in ["components", "roles", "description", "lead"] {
        if !expand.iter().any(|name| name == detail) {
            body.remove(detail);
        }
    }
    if expand.iter().any(|name| name == "issueTypes") {
        body.insert("issueTypes".to_owned(), Value::Array(show_types(project)));
    }
    Value::Object(body)
}

/// All projects as one array: the Data Center list, on Cloud deprecated but alive.
pub(super) fn list(call: &Call<'_>) -> Answer {
    Answer::ok(
        call.list_projects()
            .into_iter()
            .map(|project| in_list(call, project))
            .collect(),
    )
}

/// The paged list of Cloud; more than 100 a page is silently 100.
pub(super) fn search(call: &Call<'_>) -> Answer {
    let query = call.params.find("query").unwrap_or_default().to_lowercase();
    let keys = call.params.find_list("keys");
    let mut found: Vec<&Project> = call
        .list_projects()
        .into_iter()
        .filter(|project| {
            project.name.to_lowercase().contains(&query) || project.key.to_lowercase().contains(&query)
        })
        .filter(|project| keys.as_ref().is_none_or(|keys| keys.contains(&project.key)))
        .collect();
    match call.params.find("orderBy").unwrap_or("key") {
        "name" | "+name" => found.sort_by(|a, b| a.name.cmp(&b.name)),
        "-name" => found.sort_by(|a, b| b.name.cmp(&a.name)),
        "-key" => found.sort_by(|a, b| b.key.cmp(&a.key)),
        _ => found.sort_by(|a, b| a.key.cmp(&b.key)),
    }
    let all = found.into_iter().map(|project| in_list(call, project)).collect();
    Window::cut(all, &call.params, 50, 100).into_page_bean(&call.own_url(), &call.params)
}

pub(super) fn get(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return missing(key);
    };
    let mut body = project.body.clone();
    body.insert("issueTypes".to_owned(), Value::Array(show_types(project)));
    body.insert("versions".to_owned(), Value::Array(project.versions.clone()));
    if !call.world.recorded {
        body.insert("assigneeType".to_owned(), Value::from("UNASSIGNED"));
        body.insert("roles".to_owned(), schemes::link_roles(call, project));
    }
    let expand = call.params.find_list("expand").unwrap_or_default();
    if !call.world.is_cloud() && expand.iter().any(|name| name == "projectKeys") {
        let former = call.world.former_project_keys.iter();
        let mut keys = vec![project.key.clone()];
        keys.extend(
            former
                .filter(|(_, id)| **id == project.id)
                .map(|(key, _)| key.clone()),
        );
        body.insert("projectKeys".to_owned(), json!(keys));
    }
    Answer::ok(Value::Object(body))
}

pub(super) fn statuses(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return missing(key);
    };
    let types = project.issue_types.iter().map(|kind| {
        let id = kind["id"].as_str().unwrap_or_default();
        let statuses = project
            .type_statuses
            .iter()
            .find(|(own, _)| own == id)
            .map(|(_, list)| list.clone());
        json!({
            "self": kind["self"], "id": kind["id"], "name": kind["name"], "subtask": kind["subtask"],
            "statuses": statuses.unwrap_or_default(),
        })
    });
    Answer::ok(types.collect())
}

pub(super) fn versions(call: &Call<'_>, key: &str) -> Answer {
    match call.find_project(key) {
        Some(project) => Answer::ok(Value::Array(project.versions.clone())),
        None => missing(key),
    }
}

pub(super) fn version_page(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return missing(key);
    };
    let mut all = project.versions.clone();
    if call.world.is_cloud()
        && let Some(wanted) = call.params.find_list("status")
    {
        all.retain(|version| wanted.iter().any(|name| name == version_state(version)));
    }
    match call.params.find("orderBy") {
        Some("releaseDate" | "+releaseDate") => {
            all.sort_by(|a, b| a["releaseDate"].as_str().cmp(&b["releaseDate"].as_str()));
        }
        Some("name" | "+name") => all.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str())),
        _ => {}
    }
    Window::cut(all, &call.params, 50, 1000).into_page_bean(&call.own_url(), &call.params)
}

fn version_state(version: &Value) -> &'static str {
    if version["archived"] == true {
        "archived"
    } else if version["released"] == true {
        "released"
    } else {
        "unreleased"
    }
}

pub(super) fn version(call: &Call<'_>, id: &str) -> Answer {
    let found = call
        .list_projects()
        .into_iter()
        .flat_map(|project| &project.versions)
        .find(|v| v["id"] == id);
    match found {
        Some(version) => Answer::ok(version.clone()),
        None => Answer::error(404, &format!("Could not find version for id '{id}'")),
    }
}

/// The priority scheme of a project: for administrators only.
pub(super) fn priority_scheme(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return missing(key);
    };
    if !call.can("ADMINISTER_PROJECTS", Some(&project.key)) {
        return Answer::error(
            403,
            "You do not have permission to view the priority scheme of this project.",
        );
    }
    Answer::ok(json!({
        "self": format!("{}/rest/api/2/priorityschemes/{}", call.world.base_url, configured::scheme_id(project)),
        "id": configured::scheme_id(project),
        "name": format!("{} priorities", project.name), "description": "", "optionIds": project.priority_ids.as_slice(),
        "defaultOptionId": project.priority_ids.get(project.priority_ids.len() / 2), "defaultScheme": false,
    }))
}

/// Types as a project and its create metadata show them.
pub(super) fn show_types(project: &Project) -> Vec<Value> {
    let mut types = project.issue_types.to_vec();
    for kind in &mut types {
        if let Some(kind) = kind.as_object_mut() {
            kind.remove("untranslatedName");
        }
    }
    types
}
