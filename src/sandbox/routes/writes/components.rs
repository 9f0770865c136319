//! Components of a project: made, changed, removed. An issue shows less of one than the project.

use serde_json::{Map, Value, json};

use super::{
    desk::{Change, Desk, put},
    lookup::find_account,
};
use crate::sandbox::{
    answer::Answer,
    generate,
    world::{Project, read_id},
    write::{Refusal, shorten},
};

/// Ids of components that people make begin here.
const FIRST_ID: u32 = 10_500;

fn missing(id: &str) -> Refusal {
    Refusal::new(404, format!("The component with id {id} does not exist."))
}

fn list(project: &Project) -> &[Value] {
    let components = project.body.get("components").and_then(Value::as_array);
    components.map_or(&[], Vec::as_slice)
}

/// A component with its project, whoever may change it.
fn find(desk: &Desk<'_>, id: &str) -> Result<(Project, Value), Refusal> {
    let mut seen = desk
        .world
        .projects
        .iter()
        .filter(|project| desk.find_project(&project.id).is_some());
    let found = seen.find_map(|project| {
        let component = list(project).iter().find(|component| component["id"] == id)?;
        Some((project.clone(), component.clone()))
    });
    found.ok_or_else(|| missing(id))
}

fn need_admin(desk: &Desk<'_>, project: &Project) -> Result<(), Refusal> {
    desk.need_login()?;
    if desk.can("ADMINISTER_PROJECTS", Some(&project.key)) {
        return Ok(());
    }
    let message = "You do not have permission to create, edit or delete components in this project.";
    Err(Refusal::new(403, message))
}

/// The name as it may be, apart from the other components'.
fn read_name(project: &Project, sent: &Value, own: Option<&str>) -> Result<String, Refusal> {
    let name = sent.as_str().map(str::trim).filter(|name| !name.is_empty());
    let Some(name) = name else {
        return Err(Refusal::field(
            "name",
            "The component name specified is invalid - cannot be an empty string.",
        ));
    };
    let taken = list(project).iter().any(|other| {
        let same = other["name"]
            .as_str()
            .is_some_and(|have| have.eq_ignore_ascii_case(name));
        same && own.is_none_or(|own| other["id"] != own)
    });
    if taken {
        let message = format!("A component with the name {name} already exists in this project.");
        return Err(Refusal::field("name", message));
    }
    Ok(name.to_owned())
}

/// Description, lead and kind of assignee, as far as they were sent.
fn fill(desk: &Desk<'_>, component: &mut Map<String, Value>) -> Result<(), Refusal> {
    let sent = desk.body;
    if let Some(text) = sent["description"].as_str() {
        component.insert("description".to_owned(), Value::from(text));
    }
    if let Some(kind) = sent["assigneeType"].as_str() {
        if !["PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED"].contains(&kind) {
            return Err(Refusal::field(
                "assigneeType",
                format!("Invalid assignee type '{kind}'."),
            ));
        }
        for name in ["assigneeType", "realAssigneeType"] {
            component.insert(name.to_owned(), Value::from(kind));
        }
    }
    let lead = if desk.world.is_cloud() {
        &sent["leadAccountId"]
    } else {
        &sent["leadUserName"]
    };
    if let Some(name) = lead.as_str() {
        let account = find_account(desk, name)
            .ok_or_else(|| Refusal::field("leadUserName", format!("The user {name} does not exist.")))?;
        component.insert("lead".to_owned(), generate::show_user(desk.world, account));
    }
    if !desk.world.is_cloud() {
        component.remove("realAssigneeType");
    }
    Ok(())
}

/// Replaces a project's components.
fn store(desk: &mut Desk<'_>, project: &str, change: impl FnOnce(&mut Vec<Value>)) {
    let Some(have) = desk.world.projects.iter_mut().find(|have| have.id == project) else {
        return;
    };
    let mut components = list(have).to_vec();
    change(&mut components);
    have.body
        .insert("components".to_owned(), Value::Array(components));
    desk.world.refresh_component_choices(project);
}

pub(crate) fn create(desk: &mut Desk<'_>) -> Result<Answer, Refusal> {
    let name = desk.body["project"].as_str().unwrap_or_default().to_owned();
    let project = desk.find_project(&name).cloned();
    let project =
        project.ok_or_else(|| Refusal::new(404, format!("No project could be found with key '{name}'.")))?;
    need_admin(desk, &project)?;
    let name = read_name(&project, &desk.body["name"], None)?;
    let all = desk.world.projects.iter().flat_map(list);
    let last = all.map(|component| read_id(&component["id"])).max();
    let id = last.unwrap_or_default().max(FIRST_ID) + 1;
    let mut component = json!({
        "self": format!("{}/rest/api/{}/component/{id}", desk.world.base_url, desk.link_api()), "id": id.to_string(),
        "name": name, "assigneeType": "PROJECT_DEFAULT", "realAssigneeType": "PROJECT_DEFAULT",
        "isAssigneeTypeValid": true, "project": project.key, "projectId": project.id.parse::<i64>().unwrap_or_default(),
    });
    if let Some(component) = component.as_object_mut() {
        fill(desk, component)?;
    }
    let made = component.clone();
    store(desk, &project.id, |all| all.push(made));
    Ok(Answer::json(201, component))
}

pub(crate) fn update(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (project, mut component) = find(desk, id)?;
    need_admin(desk, &project)?;
    if !desk.body["name"].is_null() {
        component["name"] = Value::from(read_name(&project, &desk.body["name"], Some(id))?);
    }
    if let Some(component) = component.as_object_mut() {
        fill(desk, component)?;
    }
    let after = component.clone();
    store(desk, &project.id, |all| {
        if let Some(have) = all.iter_mut().find(|have| have["id"] == id) {
            *have = after;
        }
    });
    // Every issue shows the new name at once, without a line in its history.
    let shown = shorten("component", component.clone());
    for issue in list_issues(desk, id) {
        desk.world.edit_issue(&issue.to_string(), |issue| {
            let mut own = issue.find_field("components").cloned().unwrap_or_default();
            for have in own
                .as_array_mut()
                .into_iter()
                .flatten()
                .filter(|have| have["id"] == id)
            {
                *have = shown.clone();
            }
            put(issue, "components", own);
        });
    }
    Ok(Answer::ok(component))
}

pub(crate) fn delete(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (project, _) = find(desk, id)?;
    need_admin(desk, &project)?;
    let heir = match desk.params.find("moveIssuesTo") {
        None => None,
        Some(other) => {
            let found = list(&project)
                .iter()
                .find(|have| have["id"] == other && other != id);
            Some(shorten("component", found.ok_or_else(|| missing(other))?.clone()))
        }
    };
    for issue in list_issues(desk, id) {
        let shown = desk
            .world
            .issue(issue)
            .and_then(|issue| issue.find_field("components").cloned());
        let mut own = shown
            .and_then(|list| list.as_array().cloned())
            .unwrap_or_default();
        own.retain(|have| have["id"] != id && heir.as_ref().is_none_or(|heir| have["id"] != heir["id"]));
        own.extend(heir.clone());
        desk.apply(
            issue,
            Change {
                values: vec![("components".to_owned(), Value::Array(own).into())],
                event: "issue_updated",
                ..Change::default()
            },
        );
    }
    store(desk, &project.id, |all| all.retain(|have| have["id"] != id));
    Ok(Answer::empty(204))
}

fn list_issues(desk: &Desk<'_>, id: &str) -> Vec<i64> {
    let id: u32 = id.parse().unwrap_or_default();
    let facts = desk.world.store.list();
    let own = facts.filter(|facts| facts.components.contains(&id));
    own.map(|facts| facts.id).collect()
}
