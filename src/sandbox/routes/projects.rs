//! Projects and what hangs below them. A project the caller may not browse does not exist.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        world::Project,
    },
    Call,
};

fn missing(key: &str) -> Answer {
    let what = if key.parse::<u64>().is_ok() { "id" } else { "key" };
    Answer::error(404, &format!("No project could be found with {what} '{key}'."))
}

fn in_list(project: &Project) -> Value {
    let mut body = project.body.clone();
    for detail in [
        "issueTypes",
        "versions",
        "components",
        "roles",
        "description",
        "lead",
    ] {
        body.remove(detail);
    }
    Value::Object(body)
}

/// All projects as one array: the Data Center list, on Cloud deprecated but alive.
pub(super) fn list(call: &Call<'_>) -> Answer {
    Answer::ok(call.list_projects().into_iter().map(in_list).collect())
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
    let all = found.into_iter().map(in_list).collect();
    Window::cut(all, &call.params, 50, 100).into_page_bean(&call.own_url(), &call.params)
}

pub(super) fn get(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return missing(key);
    };
    let mut body = project.body.clone();
    body.insert(
        "issueTypes".to_owned(),
        Value::Array(project.issue_types.to_vec()),
    );
    body.insert("versions".to_owned(), Value::Array(project.versions.clone()));
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
        "self": format!("{}/rest/api/2/priorityschemes/10100", call.world.base_url), "id": 10_100,
        "name": format!("{} priorities", project.name), "description": "", "optionIds": project.priority_ids.as_slice(),
        "defaultOptionId": project.priority_ids.get(project.priority_ids.len() / 2), "defaultScheme": false,
    }))
}
