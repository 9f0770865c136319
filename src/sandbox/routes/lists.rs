//! Site-wide lists: types, statuses, priorities, resolutions, fields.
//!
//! Signed-in callers see them all; anonymous ones see empty lists with status 200, the trap that
//! `/myself` exists for.

use serde_json::Value;

use super::{
    super::answer::{Answer, Window},
    Call,
};

fn known(call: &Call<'_>, all: &[Value]) -> Vec<Value> {
    if call.caller.is_some() {
        all.to_vec()
    } else {
        Vec::new()
    }
}

/// The part of a list that belongs to projects the caller sees; unscoped entries belong to all.
fn scoped(call: &Call<'_>, all: &[Value]) -> Vec<Value> {
    let mut list = known(call, all);
    list.retain(|entry| {
        entry["scope"]["project"]["id"]
            .as_str()
            .is_none_or(|id| call.sees_project_id(id))
    });
    list
}

pub(super) fn issue_types(call: &Call<'_>) -> Answer {
    Answer::ok(Value::Array(scoped(call, &call.world.issue_types)))
}

pub(super) fn project_issue_types(call: &Call<'_>) -> Answer {
    let id = call.params.find("projectId").unwrap_or_default();
    match call.find_project(id) {
        Some(project) => Answer::ok(Value::Array(project.issue_types.to_vec())),
        None => Answer::error(404, &format!("No project could be found with id '{id}'.")),
    }
}

pub(super) fn issue_type_page(call: &Call<'_>) -> Answer {
    let mut all = match call.params.find_list("projectIds") {
        None => known(call, &call.world.issue_types),
        Some(ids) => {
            let mut all: Vec<Value> = Vec::new();
            for project in ids.iter().filter_map(|id| call.find_project(id)) {
                for kind in project.issue_types.iter() {
                    if !all.iter().any(|have| have["id"] == kind["id"]) {
                        all.push(kind.clone());
                    }
                }
            }
            all
        }
    };
    narrow(call, &mut all, "");
    Window::cut(all, &call.params, 100, 1000).into_page_bean(&call.own_url(), &call.params)
}

pub(super) fn statuses(call: &Call<'_>) -> Answer {
    Answer::ok(Value::Array(scoped(call, &call.world.statuses)))
}

pub(super) fn priorities(call: &Call<'_>) -> Answer {
    Answer::ok(Value::Array(known(call, &call.world.priorities)))
}

pub(super) fn priority_page(call: &Call<'_>) -> Answer {
    let mut all = known(call, &call.world.priorities);
    if call.world.is_cloud() {
        // The one in the middle, which new work items get.
        let default = all.len() / 2;
        for (place, priority) in all.iter_mut().enumerate() {
            priority["isDefault"] = Value::Bool(place == default);
        }
    }
    let asked = call
        .params
        .find_list("projectId")
        .or_else(|| call.params.find_list("projectIds"));
    if let Some(ids) = asked {
        let projects: Vec<_> = ids.iter().filter_map(|id| call.find_project(id)).collect();
        all.retain(|priority| {
            let id = priority["id"].as_str().unwrap_or_default();
            projects
                .iter()
                .any(|project| project.priority_ids.iter().any(|own| own == id))
        });
    }
    narrow(call, &mut all, "priorityName");
    Window::cut(
        all,
        &call.params,
        if call.world.is_cloud() { 50 } else { 100 },
        1000,
    )
    .into_page_bean(&call.own_url(), &call.params)
}

/// Keeps what the page parameters `id` (and `onlyDefault`) of Cloud and `query` of Data Center ask for.
pub(super) fn narrow(call: &Call<'_>, all: &mut Vec<Value>, cloud_name: &str) {
    let cloud = call.world.is_cloud();
    if let Some(ids) = call.params.find_list("id").filter(|_| cloud) {
        all.retain(|entry| ids.iter().any(|id| entry["id"] == id.as_str()));
    }
    if cloud && call.params.find("onlyDefault") == Some("true") {
        all.retain(|entry| entry["isDefault"] == true || entry["default"] == true);
    }
    let text = if cloud { cloud_name } else { "query" };
    if let Some(text) = call.params.find(text).map(str::to_lowercase) {
        all.retain(|entry| {
            let name = entry["name"].as_str().unwrap_or_default();
            name.to_lowercase().contains(&text)
        });
    }
}

pub(super) fn resolutions(call: &Call<'_>) -> Answer {
    Answer::ok(Value::Array(known(call, &call.world.resolutions)))
}

pub(super) fn resolution_page(call: &Call<'_>) -> Answer {
    let mut all = known(call, &call.world.resolutions);
    if call.world.is_cloud() {
        // No resolution is the default one until an administrator chooses it.
        for resolution in &mut all {
            resolution["default"] = Value::Bool(false);
        }
    }
    narrow(call, &mut all, "");
    Window::cut(
        all,
        &call.params,
        if call.world.is_cloud() { 50 } else { 100 },
        1000,
    )
    .into_page_bean(&call.own_url(), &call.params)
}

pub(super) fn fields(call: &Call<'_>) -> Answer {
    Answer::ok(Value::Array(scoped(call, &call.world.fields)))
}
