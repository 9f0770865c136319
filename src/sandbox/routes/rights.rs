//! What the caller may do, asked in bulk, and the list of everything one may be allowed.

use serde_json::{Map, Value, json};

use super::{
    super::{accounts::PERMISSIONS, answer::Answer, auth},
    Call, issues,
};

/// Every permission of the site, for administrators.
pub(super) fn list(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    if !call.can("ADMINISTER", None) {
        return Answer::error(403, "You must be an administrator to list the permissions.");
    }
    let mut found = Map::new();
    for (key, _, global, name) in PERMISSIONS {
        found.insert(
            (*key).to_owned(),
            json!({
                "key": key, "name": name, "type": if *global { "GLOBAL" } else { "PROJECT" },
                "description": format!("Ability to: {name}."),
            }),
        );
    }
    Answer::ok(json!({"permissions": found}))
}

/// `POST /permissions/check` (Cloud): which projects and issues a permission is granted in.
pub(super) fn check(call: &Call<'_>) -> Answer {
    let texts = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect()
    };
    let mut projects = Vec::new();
    for asked in call.body["projectPermissions"].as_array().into_iter().flatten() {
        for permission in texts(&asked["permissions"]) {
            if !PERMISSIONS.iter().any(|(key, ..)| *key == permission) {
                return Answer::error(400, &format!("Unrecognized permission: {permission}."));
            }
            let allowed = |id: &str| {
                call.find_project(id)
                    .is_some_and(|project| call.can(&permission, Some(&project.key)))
            };
            let granted: Vec<i64> = texts(&asked["projects"])
                .into_iter()
                .filter(|id| allowed(id))
                .filter_map(|id| id.parse().ok())
                .collect();
            let on_issues: Vec<i64> = texts(&asked["issues"])
                .into_iter()
                .filter(|id| issues::find(call, id).is_some_and(|issue| allowed(&issue.project_id)))
                .filter_map(|id| id.parse().ok())
                .collect();
            projects.push(json!({"permission": permission, "issues": on_issues, "projects": granted}));
        }
    }
    let granted: Vec<String> = texts(&call.body["globalPermissions"])
        .into_iter()
        .filter(|permission| call.can(permission, None))
        .collect();
    Answer::ok(json!({"projectPermissions": projects, "globalPermissions": granted}))
}
