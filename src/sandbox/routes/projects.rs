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
    let archived = call.world.is_cloud() || call.params.find("includeArchived") == Some("true");
    Answer::ok(
        call.list_projects()
            .into_iter()
            .filter(|project| archived || !project.archived)
            .map(|project| in_list(call, project))
            .collect(),
    )
}

/// The paged list of Cloud; more than 100 a page is silently 100.
pub(super) fn search(call: &Call<'_>) -> Answer {
    let query = call.params.find("query").unwrap_or_default().to_lowercase();
    let keys = call.params.find_list("keys");
    let ids = call.params.find_list("id");
    let types = call.params.find_list("typeKey");
    let statuses = call
        .params
        .find_list("status")
        .unwrap_or_else(|| vec!["live".to_owned()]);
    let right = match call.params.find("action") {
        None | Some("view" | "browse") => None,
        Some("edit") => Some("ADMINISTER_PROJECTS"),
        Some("create") => Some("CREATE_ISSUES"),
        Some(other) => {
            return Answer::error(400, &format!("The action '{other}' is not known."));
        }
    };
    // What is in the bin is shown to those who could take it out.
    let binned = call.world.projects.iter().filter(|project| {
        project.binned && statuses.iter().any(|own| own == "deleted") && call.can("ADMINISTER", None)
    });
    let mut found: Vec<&Project> = call
        .list_projects()
        .into_iter()
        .chain(binned)
        .filter(|project| {
            project.name.to_lowercase().contains(&query) || project.key.to_lowercase().contains(&query)
        })
        .filter(|project| keys.as_ref().is_none_or(|keys| keys.contains(&project.key)))
        .filter(|project| ids.as_ref().is_none_or(|ids| ids.contains(&project.id)))
        .filter(|project| {
            let kind = project.body.get("projectTypeKey").and_then(Value::as_str);
            types
                .as_ref()
                .is_none_or(|types| types.iter().any(|own| Some(own.as_str()) == kind))
        })
        .filter(|project| {
            let status = match (project.binned, project.archived) {
                (true, _) => "deleted",
                (false, true) => "archived",
                (false, false) => "live",
            };
            statuses.iter().any(|own| own == status)
        })
        .filter(|project| right.is_none_or(|right| call.can(right, Some(&project.key))))
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
    if call.world.is_cloud()
        && let Some(query) = call.params.find("query").map(str::to_lowercase)
    {
        let holds = |version: &Value, part: &str| {
            let text = version[part].as_str().unwrap_or_default();
            text.to_lowercase().contains(&query)
        };
        all.retain(|version| holds(version, "name") || holds(version, "description"));
    }
    let order = call.params.find("orderBy").unwrap_or("sequence").trim();
    let (order, backwards) = order
        .strip_prefix('-')
        .map_or((order.trim_start_matches('+'), false), |order| (order, true));
    let part = match order {
        "sequence" => None,
        "name" | "description" | "startDate" | "releaseDate" => Some(order),
        _ => {
            let message = format!("The value '{order}' is not supported for 'orderBy'.");
            return Answer::error(400, &message);
        }
    };
    match part {
        // Versions without the date come last, whichever way the others go.
        Some(part @ ("startDate" | "releaseDate")) => {
            all.sort_by(|a, b| {
                let (a, b) = (a[part].as_str(), b[part].as_str());
                let order = if backwards { b.cmp(&a) } else { a.cmp(&b) };
                a.is_none().cmp(&b.is_none()).then(order)
            });
        }
        Some(part) => {
            all.sort_by(|a, b| a[part].as_str().cmp(&b[part].as_str()));
            if backwards {
                all.reverse();
            }
        }
        None if backwards => all.reverse(),
        None => {}
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
        "name": configured::name_scheme(project), "description": "", "optionIds": project.priority_ids.as_slice(),
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
