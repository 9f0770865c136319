//! Components as they are read. A component of a project the caller may not browse does not exist.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        world::Project,
    },
    Call, projects,
};

fn list(project: &Project) -> Vec<Value> {
    let components = project.body.get("components").and_then(Value::as_array);
    components.cloned().unwrap_or_default()
}

fn count(call: &Call<'_>, component: &Value) -> usize {
    let id = component["id"].as_str().and_then(|id| id.parse::<u32>().ok());
    let facts = call.world.store.list();
    facts
        .filter(|facts| id.is_some_and(|id| facts.components.contains(&id)))
        .count()
}

/// All components of a project, unpaged.
pub(super) fn all(call: &Call<'_>, key: &str) -> Answer {
    match call.find_project(key) {
        Some(project) => Answer::ok(Value::Array(list(project))),
        None => projects::missing(key),
    }
}

/// The paged list of Cloud, with the number of issues.
pub(super) fn page(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return projects::missing(key);
    };
    let query = call.params.find("query").unwrap_or_default().to_lowercase();
    let mut found = list(project);
    found.retain(|component| {
        component["name"]
            .as_str()
            .is_some_and(|name| name.to_lowercase().contains(&query))
    });
    for component in &mut found {
        component["issueCount"] = Value::from(count(call, component));
    }
    Window::cut(found, &call.params, 50, 100).into_page_bean(&call.own_url(), &call.params)
}

/// One component, or how many issues have it.
pub(super) fn one(call: &Call<'_>, id: &str, counts: bool) -> Answer {
    let projects = call.list_projects();
    let mut all = projects.iter().flat_map(|project| list(project));
    let Some(component) = all.find(|component| component["id"] == id) else {
        return Answer::error(404, &format!("The component with id {id} does not exist."));
    };
    if counts {
        let own = component["self"].clone();
        return Answer::ok(json!({"self": own, "issueCount": count(call, &component)}));
    }
    Answer::ok(component)
}
