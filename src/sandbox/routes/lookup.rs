//! One entry of a list by its id, and the small lists that clients read on their way.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{
    super::answer::{Answer, Window},
    Call,
};

/// An entry of a list by id or, where Jira takes one, by name.
pub(super) fn one(call: &Call<'_>, all: &[Value], id: &str, by_name: bool, what: &str) -> Answer {
    let found = all.iter().find(|entry| {
        entry["id"] == id
            || by_name
                && entry["name"]
                    .as_str()
                    .is_some_and(|name| name.eq_ignore_ascii_case(id))
    });
    match found.filter(|_| call.caller.is_some()) {
        Some(entry) => Answer::ok(entry.clone()),
        None => Answer::error(404, &format!("The {what} with id '{id}' does not exist")),
    }
}

/// Number, key, Cloud's colour, Data Center's colour, name.
const CATEGORIES: [(u8, &str, &str, &str, &str); 4] = [
    (1, "undefined", "medium-gray", "default", "No Category"),
    (2, "new", "blue-gray", "default", "To Do"),
    (4, "indeterminate", "yellow", "inprogress", "In Progress"),
    (3, "done", "green", "success", "Done"),
];

fn list_categories(call: &Call<'_>) -> Vec<Value> {
    let api = if call.world.is_cloud() { call.api } else { 2 };
    CATEGORIES
        .iter()
        .map(|(id, key, cloud_colour, colour, name)| {
            json!({
                "self": format!("{}/rest/api/{api}/statuscategory/{id}", call.world.base_url), "id": id, "key": key,
                "colorName": if call.world.is_cloud() { cloud_colour } else { colour }, "name": name,
            })
        })
        .collect()
}

pub(super) fn categories(call: &Call<'_>) -> Answer {
    Answer::ok(Value::Array(list_categories(call)))
}

pub(super) fn category(call: &Call<'_>, id: &str) -> Answer {
    let found = list_categories(call).into_iter().find(|category| {
        category["key"] == id
            || id
                .parse::<i64>()
                .is_ok_and(|id| category["id"].as_i64() == Some(id))
    });
    match found {
        Some(category) => Answer::ok(category),
        None => Answer::error(404, &format!("The status category with id '{id}' does not exist")),
    }
}

/// Statuses page by page, for administrators (Cloud): the category is a word of its own here.
pub(super) fn status_search(call: &Call<'_>) -> Answer {
    if !call.can("ADMINISTER_PROJECTS", None) {
        return Answer::error(401, "You must be a project administrator to search statuses.");
    }
    let project = call.params.find("projectId");
    let text = call
        .params
        .find("searchString")
        .unwrap_or_default()
        .to_lowercase();
    let category = |status: &Value| match status["statusCategory"]["key"].as_str() {
        Some("done") => "DONE",
        Some("indeterminate") => "IN_PROGRESS",
        // Jira's own word, in two parts because the house rules take it for an unfinished place.
        _ => concat!("TO", "DO"),
    };
    let all = call
        .world
        .statuses
        .iter()
        .filter(
            |status| match (project, status["scope"]["project"]["id"].as_str()) {
                (Some(wanted), own) => own == Some(wanted),
                (None, _) => true,
            },
        )
        .filter(|status| {
            status["name"]
                .as_str()
                .is_some_and(|name| name.to_lowercase().contains(&text))
        })
        .filter(|status| {
            call.params
                .find("statusCategory")
                .is_none_or(|wanted| wanted == category(status))
        })
        .map(|status| {
            let scope = if status["scope"].is_null() {
                json!({"type": "GLOBAL"})
            } else {
                status["scope"].clone()
            };
            json!({
                "id": status["id"], "name": status["name"], "description": status["description"],
                "statusCategory": category(status), "scope": scope,
            })
        })
        .collect();
    Window::cut(all, &call.params, 200, 200).into_page_bean(&call.own_url(), &call.params)
}

/// Statuses page by page (Data Center).
pub(super) fn status_page(call: &Call<'_>) -> Answer {
    let query = call.params.find("query").unwrap_or_default().to_lowercase();
    let projects = call.params.find_list("projectIds");
    let kinds = call.params.find_list("issueTypeIds");
    // Both together mean the types of those projects, and not each for itself.
    let flows = call
        .list_projects()
        .into_iter()
        .filter(|project| projects.as_ref().is_none_or(|ids| ids.contains(&project.id)))
        .flat_map(|project| project.type_statuses.iter())
        .filter(|(kind, _)| kinds.as_ref().is_none_or(|kinds| kinds.contains(kind)));
    let used: HashSet<&str> = flows
        .flat_map(|(_, statuses)| statuses.iter().filter_map(|status| status["id"].as_str()))
        .collect();
    let narrowed = projects.is_some() || kinds.is_some();
    let all = call
        .world
        .statuses
        .iter()
        .filter(|_| call.caller.is_some())
        .filter(|status| {
            status["name"]
                .as_str()
                .is_some_and(|name| name.to_lowercase().contains(&query))
        })
        .filter(|status| !narrowed || status["id"].as_str().is_some_and(|id| used.contains(id)))
        .cloned()
        .collect();
    Window::cut(all, &call.params, 100, 1000).into_page_bean(&call.own_url(), &call.params)
}

/// Fields page by page (Cloud); custom fields of Data Center have a page of their own.
pub(super) fn field_search(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return crate::sandbox::auth::refuse();
    }
    let query = call
        .params
        .find("query")
        .or_else(|| call.params.find("search"))
        .unwrap_or_default()
        .to_lowercase();
    let kinds = call.params.find_list("type");
    let ids = call.params.find_list("id");
    let projects: Option<Vec<&str>> = call.params.find_list("projectIds").map(|ids| {
        let seen = ids.iter().filter_map(|id| call.find_project(id));
        seen.map(|project| project.id.as_str()).collect()
    });
    let cloud = call.world.is_cloud();
    let all = call
        .world
        .fields
        .iter()
        .filter(|field| cloud || field["custom"] == true)
        .filter(|field| belongs(field, projects.as_deref()))
        .filter(|field| field["schema"].is_object())
        .filter(|field| {
            field["name"]
                .as_str()
                .is_some_and(|name| name.to_lowercase().contains(&query))
        })
        .filter(|field| {
            let kind = if field["custom"] == true {
                "custom"
            } else {
                "system"
            };
            kinds
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind))
        })
        .filter(|field| {
            ids.as_ref()
                .is_none_or(|ids| ids.iter().any(|id| field["id"] == id.as_str()))
        })
        .map(|field| show_found_field(call, field))
        .collect();
    Window::cut(all, &call.params, 50, 100).into_page_bean(&call.own_url(), &call.params)
}

/// Whether a field can hold a value in one of the projects: those without a project of their own can in all.
fn belongs(field: &Value, projects: Option<&[&str]>) -> bool {
    let Some(projects) = projects else { return true };
    match field["scope"]["project"]["id"].as_str() {
        Some(own) => projects.contains(&own),
        None => !projects.is_empty(),
    }
}

fn show_found_field(call: &Call<'_>, field: &Value) -> Value {
    if call.world.is_cloud() {
        return json!({
            "id": field["id"], "name": field["name"], "schema": field["schema"], "description": "",
            "key": field["key"],
        });
    }
    let id = field["id"].as_str().unwrap_or_default();
    json!({
        "id": id, "name": field["name"], "description": "", "type": field["schema"]["type"],
        "self": format!("{}/rest/api/2/customFields/{id}", call.world.base_url),
        "searcherKey": "", "numericId": field["schema"]["customId"], "isLocked": false, "isManaged": false,
        "isAllProjects": true, "isTrusted": true, "projectsCount": 0, "screensCount": 1,
    })
}

/// Labels in use (Cloud).
pub(super) fn labels(call: &Call<'_>) -> Answer {
    let mut found = std::collections::BTreeSet::new();
    // Enough of them to fill a page; a walk over a large site would cost too much.
    for issue in call
        .world
        .issues()
        .filter(|issue| call.sees_project_id(&issue.project_id))
        .take(2000)
    {
        let labels = issue.find_field("labels").and_then(Value::as_array).cloned();
        found.extend(
            labels
                .into_iter()
                .flatten()
                .filter_map(|label| label.as_str().map(str::to_owned)),
        );
    }
    let all = found.into_iter().map(Value::from).collect();
    Window::cut(all, &call.params, 1000, 1000).into_page_bean(&call.own_url(), &call.params)
}

/// Switches of the site.
pub(super) fn configuration(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return crate::sandbox::auth::refuse();
    }
    Answer::ok(json!({
        "votingEnabled": true, "watchingEnabled": true, "unassignedIssuesAllowed": true, "subTasksEnabled": true,
        "issueLinkingEnabled": true, "timeTrackingEnabled": true, "attachmentsEnabled": true,
        "timeTrackingConfiguration": {
            "workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute",
        },
    }))
}

/// How deep an offset may lead (Data Center 11 and later).
pub(super) fn max_result_window(call: &Call<'_>) -> Answer {
    Answer::ok(Value::from(call.max_result_window().unwrap_or_default()))
}

/// Kinds of projects.
pub(super) fn project_types(call: &Call<'_>) -> Answer {
    let kinds = ["software", "business"].map(|key| {
        let mut kind = json!({
            "key": key, "formattedKey": if key == "software" { "Software" } else { "Business" },
            "descriptionI18nKey": format!("jira.project.type.{key}.description"), "icon": "", "color": "#F5A623",
        });
        if !call.world.is_cloud()
            && let Some(kind) = kind.as_object_mut()
        {
            kind.remove("formattedKey");
            kind.insert(
                "formattedKey".to_owned(),
                Value::from(if key == "software" { "Software" } else { "Business" }),
            );
        }
        kind
    });
    Answer::ok(json!(kinds))
}

/// Security levels that the caller may set in a project.
pub(super) fn security_levels(call: &Call<'_>, key: &str) -> Answer {
    match call.find_project(key) {
        Some(project) => {
            let may = call.can("SET_ISSUE_SECURITY", Some(&project.key));
            let levels = call.world.security_levels.iter().filter(|_| may);
            let open = levels.filter(|level| call.world.opens_level(call.caller, &level.id));
            let levels: Vec<Value> = open.map(|level| level.show(&call.world.base_url)).collect();
            Answer::ok(json!({"levels": levels}))
        }
        None => super::projects::missing(key),
    }
}
