//! What administrators configure and mappings depend on: priority schemes, contexts and options of fields.
//!
//! Every project has a scheme of its own, whose number follows from the project's. Each field has one
//! context, which holds everywhere.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        auth,
        world::{Project, find_by_id, read_field_number},
    },
    Call, projects,
};

const NOT_ADMIN: &str = "You must be an administrator to see this.";

/// Refuses whoever does not administer the site.
fn refuse(call: &Call<'_>, status: u16) -> Option<Answer> {
    if call.caller.is_none() {
        return Some(auth::refuse());
    }
    (!call.can("ADMINISTER", None)).then(|| Answer::error(status, NOT_ADMIN))
}

/// The number of a project's scheme.
pub(super) fn scheme_id(project: &Project) -> i64 {
    project.id.parse::<i64>().unwrap_or_default() + 100
}

/// The name of a project's scheme.
pub(super) fn name_scheme(project: &Project) -> String {
    format!("{} priorities", project.name)
}

fn list_priorities(call: &Call<'_>, project: &Project) -> Vec<Value> {
    let default = project.priority_ids.get(project.priority_ids.len() / 2);
    let own = project.priority_ids.iter().enumerate();
    own.filter_map(|(place, id)| {
        let mut shown = find_by_id(&call.world.priorities, id.parse().ok()?)?.clone();
        shown["sequence"] = Value::from(place.to_string());
        shown["isDefault"] = Value::Bool(Some(id) == default);
        Some(shown)
    })
    .collect()
}

/// A page inside an answer.
fn inner_page(own: &str, values: Vec<Value>) -> Value {
    json!({
        "self": own, "maxResults": 50, "startAt": 0, "total": values.len(), "isLast": values.len() <= 50,
        "values": values.into_iter().take(50).collect::<Vec<_>>(),
    })
}

/// The priority schemes of Cloud.
pub(super) fn priority_schemes(call: &Call<'_>) -> Answer {
    if let Some(refusal) = refuse(call, 401) {
        return refusal;
    }
    let expand = call.params.find_list("expand").unwrap_or_default();
    let wants = |name: &str| expand.iter().any(|asked| asked == name);
    let wanted = call.params.find_list("schemeId");
    let priorities = call.params.find_list("priorityId");
    let text = call.params.find("schemeName").unwrap_or_default().to_lowercase();
    // No scheme here is the site's default one: every project has its own.
    let any = call.params.find("onlyDefault") != Some("true");
    let mut all: Vec<&Project> = call.world.projects.iter().filter(|_| any).collect();
    all.retain(|project| {
        let id = scheme_id(project).to_string();
        wanted.as_ref().is_none_or(|wanted| wanted.contains(&id))
            && priorities
                .as_ref()
                .is_none_or(|ids| ids.iter().any(|id| project.priority_ids.contains(id)))
            && name_scheme(project).to_lowercase().contains(&text)
    });
    all.sort_by_key(|project| name_scheme(project));
    if call.params.find("orderBy") == Some("-name") {
        all.reverse();
    }
    let all = all.into_iter();
    let all = all.map(|project| {
        let own = format!(
            "{}/rest/api/{}/priorityscheme/{}",
            call.world.base_url,
            call.api,
            scheme_id(project)
        );
        let mut shown = json!({
            "id": scheme_id(project).to_string(), "name": name_scheme(project), "description": "",
            "default": false, "defaultPriorityId": project.priority_ids.get(project.priority_ids.len() / 2),
            "self": own,
        });
        if wants("priorities") {
            shown["priorities"] = inner_page(&format!("{own}/priorities"), list_priorities(call, project));
        }
        if wants("projects") {
            let list = vec![project.show_in_issue()];
            shown["projects"] = inner_page(&format!("{own}/projects"), list);
        }
        shown
    });
    Window::cut(all.collect(), &call.params, 50, 50).into_page_bean(&call.own_url(), &call.params)
}

/// Priorities or projects of one scheme.
pub(super) fn scheme_part(call: &Call<'_>, id: &str, part: &str) -> Answer {
    if let Some(refusal) = refuse(call, 401) {
        return refusal;
    }
    let mut all = call.world.projects.iter();
    let Some(project) = all.find(|project| scheme_id(project).to_string() == id) else {
        return Answer::error(400, &format!("The priority scheme with id {id} does not exist."));
    };
    let list = if part == "priorities" {
        list_priorities(call, project)
    } else {
        vec![projects::in_list(call, project)]
    };
    Window::cut(list, &call.params, 50, 50).into_page_bean(&call.own_url(), &call.params)
}

/// A custom field by id.
fn find_field<'a>(call: &'a Call<'_>, id: &str) -> Option<&'a Value> {
    call.world
        .fields
        .iter()
        .find(|field| field["id"] == id && field["custom"] == true)
}

fn context_id(field: &str) -> String {
    (read_field_number(field).unwrap_or_default() + 100).to_string()
}

/// The contexts of a custom field (Cloud).
pub(super) fn contexts(call: &Call<'_>, field: &str) -> Answer {
    if let Some(refusal) = refuse(call, 403) {
        return refusal;
    }
    let Some(shown) = find_field(call, field) else {
        return Answer::error(404, "The custom field was not found.");
    };
    let context = json!({
        "id": context_id(field), "name": format!("Default Configuration Scheme for {}", shown["name"].as_str().unwrap_or_default()),
        "description": "Default configuration scheme generated by Jira", "isGlobalContext": true, "isAnyIssueType": true,
    });
    Window::cut(vec![context], &call.params, 50, 100).into_page_bean(&call.own_url(), &call.params)
}

/// The options of a field, wherever a screen offers them.
fn list_options(call: &Call<'_>, field: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let screens = call
        .world
        .projects
        .iter()
        .flat_map(|project| project.create_fields.values().flatten());
    for option in screens
        .filter(|entry| entry["fieldId"] == field)
        .flat_map(|entry| entry["allowedValues"].as_array().into_iter().flatten())
        .filter(|option| option["value"].is_string())
    {
        if !found.iter().any(|have| have["id"] == option["id"]) {
            found.push(option.clone());
        }
    }
    found
}

/// The options of a custom field in one context (Cloud).
pub(super) fn options(call: &Call<'_>, field: &str, context: &str) -> Answer {
    if let Some(refusal) = refuse(call, 403) {
        return refusal;
    }
    if find_field(call, field).is_none() || context_id(field) != context {
        return Answer::error(404, "The custom field or its context was not found.");
    }
    let all = list_options(call, field);
    let all = all
        .iter()
        .map(|option| json!({"id": option["id"], "value": option["value"], "disabled": false}));
    Window::cut(all.collect(), &call.params, 100, 1000).into_page_bean(&call.own_url(), &call.params)
}

/// One option of any field.
pub(super) fn option(call: &Call<'_>, id: &str) -> Answer {
    let fields = call.world.fields.iter().filter_map(|field| field["id"].as_str());
    let found = fields
        .flat_map(|field| list_options(call, field))
        .find(|option| option["id"] == id);
    match found.filter(|_| call.caller.is_some()) {
        Some(option) => Answer::ok(json!({"self": option["self"], "value": option["value"]})),
        None => Answer::error(
            404,
            &format!("A custom field option with id '{id}' does not exist"),
        ),
    }
}
