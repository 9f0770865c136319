//! Server information, the caller, the caller's rights.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::{
    super::{
        accounts::{OLD_PERMISSIONS, PERMISSIONS},
        answer::Answer,
        auth,
    },
    Call, issues, people,
};

/// The cloud id of a site, for anybody.
pub(super) fn tenant_info(call: &Call<'_>) -> Answer {
    Answer::ok(json!({"cloudId": call.world.cloud_id}))
}

pub(super) fn server_info(call: &Call<'_>) -> Answer {
    let world = call.world;
    let now = call
        .now
        .to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S%.3f+0000")
        .to_string();
    if world.is_cloud() {
        return Answer::ok(json!({
            "baseUrl": world.base_url, "displayUrl": world.base_url, "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0], "deploymentType": "Cloud", "buildNumber": 100_299,
            "buildDate": "2026-11-18T08:12:44.000+0000", "serverTime": now,
            "scmInfo": "5a9db0c15a9db0c15a9db0c15a9db0c15a9db0c1", "serverTitle": world.title,
            "defaultLocale": {"locale": "en_US"}, "serverTimeZone": "Europe/Berlin",
        }));
    }
    let numbers = call.version();
    let build = numbers
        .iter()
        .take(3)
        .fold(0, |build, number| build * 1000 + number)
        .max(1000);
    Answer::ok(json!({
        "baseUrl": world.base_url, "version": world.version, "versionNumbers": numbers,
        "deploymentType": call.world.variant.deployment_type.as_deref().unwrap_or("Server"), "buildNumber": build, "buildDate": "2025-07-14T00:00:00.000+0000",
        "databaseBuildNumber": build, "serverTime": now,
        "scmInfo": "5a9db0c15a9db0c15a9db0c15a9db0c15a9db0c1", "serverTitle": world.title,
    }))
}

pub(super) fn myself(call: &Call<'_>) -> Answer {
    let Some(account) = call.caller else {
        return auth::refuse();
    };
    Answer::ok(people::show_whole(call, account))
}

pub(super) fn my_permissions(call: &Call<'_>) -> Answer {
    let issue = ["issueKey", "issueId"]
        .iter()
        .find_map(|name| call.params.find(name));
    let of_issue = match issue {
        None => None,
        Some(key) => match issues::find(call, key) {
            Some(issue) => Some(issue.project_id.clone()),
            None => return issues::missing(),
        },
    };
    let asked = ["projectKey", "projectId"]
        .iter()
        .find_map(|name| call.params.find(name))
        .or(of_issue.as_deref());
    let project = match asked {
        None => None,
        Some(name) => match call.find_project(name) {
            Some(project) => Some(project.key.as_str()),
            None => return Answer::error(404, &format!("No project could be found with key '{name}'.")),
        },
    };
    let describe = |key: &str, (_, id, global, name): &(&str, &str, bool, &str), old: bool| {
        let mut entry = json!({
            "id": id, "key": key, "name": name, "type": if *global { "GLOBAL" } else { "PROJECT" },
            "description": format!("Ability to: {name}."), "havePermission": call.can(key, project),
        });
        if old {
            entry["deprecatedKey"] = Value::Bool(true);
        }
        entry
    };
    let mut permissions = Map::new();
    if call.world.is_cloud() {
        let Some(wanted) = call.params.find_list("permissions") else {
            return Answer::error(400, "The 'permissions' query parameter is required.");
        };
        for key in wanted {
            let Some(known) = PERMISSIONS.iter().find(|(known, ..)| *known == key) else {
                return Answer::error(400, &format!("Unrecognized permission: {key}."));
            };
            permissions.insert(key.clone(), describe(&key, known, false));
        }
    } else {
        for known in PERMISSIONS {
            permissions.insert(known.0.to_owned(), describe(known.0, known, false));
        }
        for (old, new) in OLD_PERMISSIONS {
            if let Some(known) = PERMISSIONS.iter().find(|(key, ..)| key == new) {
                let mut entry = describe(old, known, true);
                entry["havePermission"] = Value::Bool(call.can(new, project));
                permissions.insert((*old).to_owned(), entry);
            }
        }
    }
    Answer::ok(json!({"permissions": permissions}))
}
