//! Projects, types, statuses, priorities, resolutions and fields of the invented company.
//!
//! Messy on purpose: three statuses are called "In Progress", one status and one priority are used
//! by nothing, and on Cloud the team-managed project has its own "Severity" beside the site's.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    super::world::{Board, Project, World},
    every_kind,
    fields::list_fields,
};

pub(super) const SEVERITIES: [(&str, &str); 4] = [
    ("10141", "S1 Outage"),
    ("10142", "S2 Major"),
    ("10143", "S3 Minor"),
    ("10144", "S4 Cosmetic"),
];

pub(super) const TEAM_SEVERITIES: [(&str, &str); 3] =
    [("10161", "High"), ("10162", "Medium"), ("10163", "Low")];
pub(super) const MARKETS: [(&str, &str); 5] = [
    ("10171", "DACH"),
    ("10172", "Nordics"),
    ("10173", "Iberia"),
    ("10174", "UK & Ireland"),
    ("10175", "Japan"),
];

/// Name, standard id, whether a sub-task, hierarchy level.
const TYPES: [(&str, &str, bool, i8); 7] = [
    ("Epic", "10000", false, 1),
    ("Story", "10001", false, 0),
    ("Task", "10002", false, 0),
    ("Bug", "10004", false, 0),
    ("Incident", "10005", false, 0),
    ("Sub-task", "10003", true, -1),
    // One project alone has it, and its create screen has every kind of field.
    ("Request", "10006", false, 0),
];

/// Ids of the types in the order epic, story, task, bug, incident, sub-task.
pub(super) const TYPE_IDS: [u32; 6] = [10_000, 10_001, 10_002, 10_004, 10_005, 10_003];

/// Id, name, category.
const STATUSES: [(&str, &str, &str); 17] = [
    ("10000", "To Do", "new"),
    ("3", "In Progress", "indeterminate"),
    ("10010", "In Review", "indeterminate"),
    ("10011", "Ready for QA", "indeterminate"),
    ("10012", "In Test", "indeterminate"),
    ("10001", "Done", "done"),
    ("10013", "Won't Do", "done"),
    ("10014", "Waiting for Vendor", "indeterminate"),
    ("10020", "New", "new"),
    ("10021", "Triaged", "new"),
    ("10022", "In Progress", "indeterminate"),
    ("10023", "Fixed", "done"),
    ("10025", "Reopened", "indeterminate"),
    ("6", "Closed", "done"),
    ("10040", "To Do", "new"),
    ("10041", "In Progress", "indeterminate"),
    ("10042", "Done", "done"),
];

/// Workflow of stories, tasks, epics and sub-tasks; "Waiting for Vendor" is used by no issue.
pub(super) const DELIVERY_FLOW: [&str; 8] =
    ["10000", "3", "10010", "10011", "10012", "10001", "10013", "10014"];
/// The status of that workflow that no issue has.
pub(super) const UNUSED_STATUS: &str = "10014";
/// Workflow of bugs and incidents.
pub(super) const BUG_FLOW: [&str; 6] = ["10020", "10021", "10022", "10023", "10025", "6"];
/// Workflow of the team-managed project.
pub(super) const TEAM_FLOW: [&str; 3] = ["10040", "10041", "10042"];

const PRIORITIES: [(&str, &str, &str); 5] = [
    ("10100", "Critical", "#b3001b"),
    ("2", "High", "#d04437"),
    ("3", "Medium", "#f79232"),
    ("4", "Low", "#14892c"),
    ("10101", "Cosmetic", "#707070"),
];

const RESOLUTIONS: [(&str, &str); 5] = [
    ("10000", "Done"),
    ("10001", "Won't Do"),
    ("10002", "Duplicate"),
    ("10003", "Cannot Reproduce"),
    ("1", "Fixed"),
];

/// Fills everything that does not depend on a date.
pub(super) fn fill(world: &mut World) {
    fill_lists(world);
    world.fields = list_fields(world.is_cloud());
    let lists = [
        (
            "10100",
            "TRIP",
            "Trip Booking",
            "Search, book and change a trip.",
            false,
        ),
        (
            "10101",
            "PAY",
            "Payments & Refunds",
            "Money in, money back.",
            false,
        ),
        (
            "10102",
            "OPS",
            "Operations Desk",
            "Suppliers, rotas and the night shift.",
            true,
        ),
    ];
    for (id, key, name, description, team_managed) in lists {
        let project = build_project(
            world,
            id,
            key,
            name,
            description,
            team_managed && world.is_cloud(),
        );
        for kind in project.issue_types.iter() {
            if !world.issue_types.iter().any(|have| have["id"] == kind["id"]) {
                world.issue_types.push(kind.clone());
            }
        }
        world.projects.push(project);
    }
    let boards = [
        (84, "Trip squad board", "scrum", "10100"),
        (85, "Payments board", "scrum", "10101"),
    ];
    for (id, name, kind, project) in boards {
        world.boards.push(Board {
            id,
            name: name.to_owned(),
            kind: kind.to_owned(),
            project_id: Some(project.to_owned()),
            body: None,
        });
    }
    world.boards.push(Board {
        id: 91,
        name: "Operations flow".to_owned(),
        kind: "kanban".to_owned(),
        project_id: Some("10102".to_owned()),
        body: None,
    });
}

/// A status as sites list it.
pub(super) fn show_status(base: &str, cloud: bool, id: &str, name: &str, category: &str) -> Value {
    let api = if cloud { 3 } else { 2 };
    let (number, cloud_colour, colour, label) = match category {
        "new" => (2, "blue-gray", "default", "To Do"),
        "done" => (3, "green", "success", "Done"),
        _ => (4, "yellow", "inprogress", "In Progress"),
    };
    let mut status = json!({
        "self": format!("{base}/rest/api/{api}/status/{id}"), "description": "",
        "iconUrl": format!("{base}/images/icons/statuses/generic.png"), "name": name, "id": id,
        "statusCategory": {
            "self": format!("{base}/rest/api/{api}/statuscategory/{number}"), "id": number, "key": category,
            "colorName": if cloud { cloud_colour } else { colour }, "name": label,
        },
    });
    if cloud {
        status["untranslatedName"] = Value::from(name);
    }
    status
}

/// Statuses, priorities and resolutions.
pub(super) fn fill_lists(world: &mut World) {
    let base = world.base_url.clone();
    let cloud = world.is_cloud();
    let api = if cloud { 3 } else { 2 };
    world.statuses = STATUSES
        .iter()
        .map(|(id, name, category)| {
            let mut status = show_status(&base, cloud, id, name, category);
            if cloud && TEAM_FLOW.contains(id) {
                status["scope"] = json!({"type": "PROJECT", "project": {"id": "10102"}});
            }
            status
        })
        .collect();
    world.priorities = PRIORITIES
        .iter()
        .map(|(id, name, colour)| {
            json!({
                "self": format!("{base}/rest/api/{api}/priority/{id}"), "id": id, "name": name, "statusColor": colour,
                "description": "", "iconUrl": format!("{base}/images/icons/priorities/{}.svg", name.to_lowercase()),
            })
        })
        .collect();
    world.resolutions = RESOLUTIONS
        .iter()
        .map(|(id, name)| {
            json!({"self": format!("{base}/rest/api/{api}/resolution/{id}"), "id": id, "name": name, "description": ""})
        })
        .collect();
}

/// A project as sites show it, without its types and versions.
pub(super) fn show_project(
    world: &World,
    id: &str,
    key: &str,
    name: &str,
    description: &str,
    team: bool,
) -> Map<String, Value> {
    let base = &world.base_url;
    let api = if world.is_cloud() { 3 } else { 2 };
    let mut body = json!({
        "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
        "self": format!("{base}/rest/api/{api}/project/{id}"), "id": id, "key": key, "name": name,
        "description": description, "projectTypeKey": "software",
        "avatarUrls": super::list_avatars(&format!("{base}/secure/projectavatar?avatarId=10400")),
        "components": [], "roles": {},
    });
    if let Some(ada) = world.accounts.first() {
        body["lead"] = super::values::show_user(world, ada);
    }
    if world.is_cloud() {
        body["simplified"] = Value::Bool(team);
        body["style"] = Value::from(if team { "next-gen" } else { "classic" });
        body["isPrivate"] = Value::Bool(false);
        body["properties"] = json!({});
    } else {
        // Data Center says it of every project, Cloud only of those that are archived.
        body["archived"] = Value::Bool(false);
    }
    body.as_object().cloned().unwrap_or_default()
}

/// A type as sites list it.
fn show_type(world: &World, id: &str, name: &str, subtask: bool, level: i8) -> Value {
    let base = &world.base_url;
    let api = if world.is_cloud() { 3 } else { 2 };
    let mut kind = json!({
        "self": format!("{base}/rest/api/{api}/issuetype/{id}"), "id": id, "name": name,
        "description": "", "iconUrl": format!("{base}/images/icons/issuetypes/{}.svg", name.to_lowercase()),
        "subtask": subtask, "avatarId": 10_300,
    });
    if world.is_cloud() {
        kind["untranslatedName"] = Value::from(name);
        kind["hierarchyLevel"] = Value::from(level);
    }
    kind
}

/// The standard types.
pub(super) fn list_types(world: &World) -> Vec<Value> {
    let types = TYPES.iter();
    types
        .map(|(name, id, subtask, level)| show_type(world, id, name, *subtask, *level))
        .collect()
}

/// The id that the type has in a project.
pub(super) fn find_type_id(name: &str, team: bool) -> Option<String> {
    let (_, id, ..) = TYPES.iter().find(|(own, ..)| *own == name)?;
    let number: u32 = id.parse().ok()?;
    Some((number + if team { 100 } else { 0 }).to_string())
}

fn build_project(world: &World, id: &str, key: &str, name: &str, description: &str, team: bool) -> Project {
    let types: Vec<&(&str, &str, bool, i8)> = TYPES
        .iter()
        .filter(|kind| key != "OPS" || ["Epic", "Task", "Bug"].contains(&kind.0))
        .filter(|kind| key == "TRIP" || kind.0 != every_kind::TYPE)
        .collect();
    let issue_types: Vec<Value> = types
        .iter()
        .map(|(type_name, type_id, subtask, level)| {
            // A team-managed project has types of its own.
            let own_id = if team {
                (type_id.parse::<u32>().unwrap_or_default() + 100).to_string()
            } else {
                (*type_id).to_owned()
            };
            let mut kind = show_type(world, &own_id, type_name, *subtask, *level);
            if team {
                kind["scope"] = json!({"type": "PROJECT", "project": {"id": id}});
            }
            kind
        })
        .collect();
    let type_statuses = issue_types
        .iter()
        .map(|kind| {
            let flow: &[&str] = match kind["name"].as_str() {
                _ if key == "OPS" => &TEAM_FLOW,
                Some("Bug" | "Incident") => &BUG_FLOW,
                _ => &DELIVERY_FLOW,
            };
            let statuses = flow
                .iter()
                .filter_map(|id| world.statuses.iter().find(|status| status["id"] == *id));
            (
                kind["id"].as_str().unwrap_or_default().to_owned(),
                statuses.cloned().collect(),
            )
        })
        .collect();
    Project {
        id: id.to_owned(),
        key: key.to_owned(),
        name: name.to_owned(),
        body: show_project(world, id, key, name, description, team),
        issue_types: Arc::new(issue_types),
        type_statuses: Arc::new(type_statuses),
        priority_ids: Arc::new(PRIORITIES.iter().map(|(id, ..)| (*id).to_owned()).collect()),
        ..Project::default()
    }
}

/// An option of a select field.
pub(super) fn show_option(base: &str, id: &str, value: &str) -> Value {
    json!({"self": format!("{base}/rest/api/2/customFieldOption/{id}"), "value": value, "id": id})
}

/// An entry of a list without the parts an issue leaves out.
pub(super) fn shorten(entry: &Value, leave_out: &[&str]) -> Value {
    let mut body: Map<String, Value> = entry.as_object().cloned().unwrap_or_default();
    for name in leave_out {
        body.remove(*name);
    }
    Value::Object(body)
}
