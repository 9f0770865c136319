//! Issues, versions and projects of boards, sprints and epics.
//!
//! All of them are searches with a restriction of their own; `jql` narrows them further.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        world::Board,
    },
    Call, agile, issues, search,
};

/// The restriction of a board: its project, or everything for one without a project.
fn board_clause(call: &Call<'_>, board: &Board) -> String {
    let project = board
        .project_id
        .as_ref()
        .and_then(|id| call.world.find_project(id));
    project.map_or_else(
        || "created is not EMPTY".to_owned(),
        |project| format!("project = {}", project.id),
    )
}

fn list(call: &Call<'_>, clause: &str) -> Answer {
    let own = call.params.find("jql").unwrap_or_default();
    let lower = own.to_lowercase();
    let (filter, order) = match lower.find("order by") {
        Some(at) => own.split_at(at),
        None => (own, "ORDER BY created ASC"),
    };
    let text = if filter.trim().is_empty() {
        format!("{clause} {order}")
    } else {
        format!("({clause}) AND ({filter}) {order}")
    };
    search::list_by_offset(call, &text)
}

pub(super) fn of_board(call: &Call<'_>, board: &Board) -> Answer {
    list(call, &board_clause(call, board))
}

/// What is neither done nor in a sprint that runs or has ended.
pub(super) fn backlog(call: &Call<'_>, board: &Board) -> Answer {
    let clause = board_clause(call, board);
    let open = format!("{clause} AND statusCategory != Done AND sprint not in openSprints()");
    let never = format!("{clause} AND statusCategory != Done AND sprint is EMPTY");
    list(call, &format!("({open}) OR ({never})"))
}

pub(super) fn of_sprint(call: &Call<'_>, id: &str) -> Answer {
    if !agile::sees_sprint(call, id) {
        return agile::missing_sprint();
    }
    list(call, &format!("sprint = {id}"))
}

pub(super) fn of_epic(call: &Call<'_>, board: Option<&Board>, id: &str) -> Answer {
    if id == "none" {
        let clause = board.map_or_else(
            || "created is not EMPTY".to_owned(),
            |board| board_clause(call, board),
        );
        return list(call, &format!("{clause} AND parent is EMPTY"));
    }
    match issues::find(call, id) {
        Some(epic) if call.world.is_cloud() => list(call, &format!("parent = {}", epic.key)),
        Some(epic) => list(call, &format!("cf[10014] = {}", epic.key)),
        None => issues::missing(),
    }
}

fn show_epic(call: &Call<'_>, issue: &super::super::world::Issue) -> Value {
    let summary = issue.find_field("summary").cloned().unwrap_or_default();
    let name = issue.find_field("customfield_10011").cloned();
    json!({
        "id": issue.id, "key": issue.key, "self": format!("{}/rest/agile/1.0/epic/{}", call.world.base_url, issue.id),
        "name": name.unwrap_or_else(|| summary.clone()), "summary": summary, "color": {"key": "color_4"},
        "done": issue.find_field("status").is_some_and(|status| status["statusCategory"]["key"] == "done"),
    })
}

pub(super) fn epics(call: &Call<'_>, board: &Board) -> Answer {
    let done = call.params.find("done");
    let wanted = board.project_id.clone();
    let all = call
        .world
        .issues()
        .filter(|issue| wanted.as_ref().is_none_or(|id| *id == issue.project_id))
        .filter(|issue| {
            issue
                .find_field("issuetype")
                .is_some_and(|kind| kind["name"] == "Epic")
        })
        .filter(|issue| call.world.sees_level(call.caller, issue))
        .map(|issue| show_epic(call, &issue))
        .filter(|epic| done.is_none_or(|done| epic["done"] == (done == "true")))
        .collect();
    agile::page(call, all)
}

pub(super) fn epic(call: &Call<'_>, id: &str) -> Answer {
    match issues::find(call, id) {
        Some(issue) => Answer::ok(show_epic(call, &issue)),
        None => issues::missing(),
    }
}

/// Days as moments, as the agile resources show them.
fn with_dates(mut shown: Value, version: &Value) -> Value {
    for name in ["startDate", "releaseDate"] {
        if let Some(date) = version[name].as_str() {
            shown[name] = Value::from(format!("{date}T00:00:00.000+01:00"));
        }
    }
    shown
}

/// Releases of the board's project.
pub(super) fn versions(call: &Call<'_>, board: &Board) -> Answer {
    let released = call.params.find("released");
    let project = board
        .project_id
        .as_ref()
        .and_then(|id| call.world.find_project(id));
    let all = project
        .into_iter()
        .flat_map(|project| &project.versions)
        .filter(|version| version["archived"] != true)
        .filter(|version| released.is_none_or(|wanted| version["released"] == (wanted == "true")))
        .map(|version| {
            let mut shown = json!({
                "self": version["self"], "projectId": version["projectId"], "name": version["name"],
                "archived": version["archived"], "released": version["released"],
                "description": version["description"].as_str().unwrap_or_default(),
            });
            // On Cloud the one id of a version that is a number.
            shown["id"] = version["id"].clone();
            if !call.world.is_cloud() {
                return with_dates(shown, version);
            }
            shown["id"] = Value::from(
                version["id"]
                    .as_str()
                    .and_then(|id| id.parse::<i64>().ok())
                    .unwrap_or_default(),
            );
            with_dates(shown, version)
        })
        .collect();
    agile::page(call, all)
}

pub(super) fn projects(call: &Call<'_>, board: &Board) -> Answer {
    let project = board.project_id.as_ref().and_then(|id| call.find_project(id));
    let all = project
        .into_iter()
        .map(|project| super::projects::in_list(call, project))
        .collect();
    Window::cut(all, &call.params, 50, 50).into_page_bean(&call.own_url(), &call.params)
}

/// One issue with the fields the agile resources add.
pub(super) fn issue(call: &Call<'_>, key: &str) -> Answer {
    let fields = issues::Fields::new(&call.params.find_list("fields").unwrap_or_default());
    match issues::find(call, key) {
        Some(issue) => Answer::ok(issues::show(call, &issue, &fields, false)),
        None => issues::missing(),
    }
}
