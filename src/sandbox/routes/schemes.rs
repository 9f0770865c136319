//! Roles and the permission scheme: one of each kind, the same for all projects.

use serde_json::{Value, json};

use super::{
    super::{accounts::PERMISSIONS, answer::Answer, auth, readers::ROLES, world::Project},
    Call, projects,
};

const SCHEME: i64 = 10_100;

fn show_role(call: &Call<'_>, role: &(i64, &str, &str, &str), project: Option<&str>) -> Value {
    let (id, name, group, description) = role;
    let base = &call.world.base_url;
    let api = if call.world.is_cloud() { call.api } else { 2 };
    let below = project.map_or_else(String::new, |project| format!("/project/{project}"));
    let mut actor = json!({
        "id": id, "displayName": group, "type": "atlassian-group-role-actor", "name": group,
        "actorGroup": {"name": group, "displayName": group},
    });
    if !call.world.is_cloud()
        && let Some(actor) = actor.as_object_mut()
    {
        actor.remove("actorGroup");
    }
    json!({
        "self": format!("{base}/rest/api/{api}{below}/role/{id}"), "name": name, "id": id,
        "description": description, "actors": [actor],
    })
}

/// All roles, or one by id, for administrators.
pub(super) fn roles(call: &Call<'_>, id: Option<&str>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    if !call.can("ADMINISTER", None) {
        return Answer::error(403, "You must be an administrator to see roles.");
    }
    match id {
        None => Answer::ok(ROLES.iter().map(|role| show_role(call, role, None)).collect()),
        Some(id) => match ROLES.iter().find(|role| role.0.to_string() == id) {
            Some(role) => Answer::ok(show_role(call, role, None)),
            None => Answer::error(404, &format!("Can not find a role with id: {id}")),
        },
    }
}

/// Links to the roles of a project, by name.
pub(super) fn project_roles(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return projects::missing(key);
    };
    Answer::ok(link_roles(call, project))
}

/// Names of the roles with their addresses in the project.
pub(super) fn link_roles(call: &Call<'_>, project: &Project) -> Value {
    let links = ROLES.iter().map(|role| {
        let link = show_role(call, role, Some(&project.id))["self"].clone();
        (role.1.to_owned(), link)
    });
    Value::Object(links.collect())
}

pub(super) fn project_role(call: &Call<'_>, key: &str, id: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return projects::missing(key);
    };
    match ROLES.iter().find(|role| role.0.to_string() == id) {
        Some(role) => Answer::ok(show_role(call, role, Some(&project.id))),
        None => Answer::error(404, &format!("Can not find a role with id: {id}")),
    }
}

/// The roles of a project without their members (Cloud).
pub(super) fn role_details(call: &Call<'_>, key: &str) -> Answer {
    let Some(project) = call.find_project(key) else {
        return projects::missing(key);
    };
    let shown = ROLES.iter().map(|role| {
        let whole = show_role(call, role, Some(&project.id));
        json!({
            "self": whole["self"], "name": role.1, "id": role.0, "description": role.3, "admin": role.0 == 10_002,
            "default": role.0 == 10_002, "roleConfigurable": true, "translatedName": role.1,
        })
    });
    Answer::ok(shown.collect())
}

fn show_scheme(call: &Call<'_>, whole: bool) -> Value {
    let base = &call.world.base_url;
    let api = if call.world.is_cloud() { call.api } else { 2 };
    let link = format!("{base}/rest/api/{api}/permissionscheme/{SCHEME}");
    let mut scheme = json!({
        "expand": "permissions,user,group,projectRole,field,all", "id": SCHEME, "self": link,
        "name": "Default Permission Scheme", "description": "Everybody with a token and a role.",
    });
    if whole {
        let grants = PERMISSIONS.iter().filter(|(_, _, global, _)| !global).enumerate();
        scheme["permissions"] = grants
            .map(|(index, (key, ..))| {
                let id = 10_520 + index;
                json!({
                    "id": id, "self": format!("{link}/permission/{id}"), "permission": key,
                    "holder": {"type": "projectRole", "parameter": ROLES[0].0.to_string(), "expand": "projectRole"},
                })
            })
            .collect();
    }
    scheme
}

fn is_expanded(call: &Call<'_>) -> bool {
    let expand = call.params.find_list("expand").unwrap_or_default();
    expand.iter().any(|name| name == "permissions" || name == "all")
}

pub(super) fn permission_schemes(call: &Call<'_>, id: Option<&str>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    match id {
        None => Answer::ok(json!({"permissionSchemes": [show_scheme(call, is_expanded(call))]})),
        Some(id) if id == SCHEME.to_string() => Answer::ok(show_scheme(call, true)),
        Some(id) => Answer::error(404, &format!("Cannot find permission scheme with id {id}")),
    }
}
