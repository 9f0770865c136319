//! Boards and sprints.
//!
//! Ids are integers here. A Kanban board refuses to list sprints; Data Center leaves `location` out
//! of boards and `total` out of sprint pages.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        world::Board,
    },
    Call, not_found,
};

pub(super) fn route(call: &Call<'_>, rest: &[&str]) -> Answer {
    match (call.method, rest) {
        ("GET", ["board"]) => list(call),
        ("GET", ["board", id]) => with_board(call, id, |board| Answer::ok(show(call, board))),
        ("GET", ["board", id, "sprint"]) => with_board(call, id, |board| sprints(call, board)),
        ("GET", ["board", id, "configuration"]) => with_board(call, id, |board| configuration(call, board)),
        ("GET", ["sprint", id]) => sprint(call, id),
        _ => not_found(),
    }
}

fn sees(call: &Call<'_>, board: &Board) -> bool {
    match &board.project_id {
        Some(id) => call.sees_project_id(id),
        None => call.caller.is_some(),
    }
}

fn with_board(call: &Call<'_>, id: &str, then: impl Fn(&Board) -> Answer) -> Answer {
    let wanted = id.parse::<i64>().ok();
    match call
        .world
        .boards
        .iter()
        .find(|board| Some(board.id) == wanted && sees(call, board))
    {
        Some(board) => then(board),
        None => Answer::error(
            404,
            "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.",
        ),
    }
}

fn show(call: &Call<'_>, board: &Board) -> Value {
    if let Some(body) = &board.body {
        return body.clone();
    }
    let base = &call.world.base_url;
    let mut body = json!({
        "id": board.id, "self": format!("{base}/rest/agile/1.0/board/{}", board.id),
        "name": board.name, "type": board.kind,
    });
    let project = board
        .project_id
        .as_ref()
        .and_then(|id| call.world.find_project(id));
    if call.world.is_cloud()
        && let Some(project) = project
    {
        body["location"] = json!({
            "projectId": project.id.parse::<i64>().unwrap_or_default(),
            "displayName": format!("{} ({})", project.name, project.key), "projectName": project.name,
            "projectKey": project.key, "projectTypeKey": "software",
            "avatarURI": format!("{base}/rest/api/2/universal_avatar/view/type/project/avatar/10400?size=small"),
            "name": format!("{} ({})", project.name, project.key),
        });
        body["isPrivate"] = Value::Bool(false);
    }
    body
}

fn list(call: &Call<'_>) -> Answer {
    let project = match call.params.find("projectKeyOrId") {
        None => None,
        Some(name) => match call.find_project(name) {
            Some(project) => Some(&project.id),
            None => {
                return Answer::error(
                    400,
                    &format!("No project could be found with key or id '{name}'."),
                );
            }
        },
    };
    let name = call.params.find("name").unwrap_or_default().to_lowercase();
    let kinds = call.params.find_list("type");
    let all = call
        .world
        .boards
        .iter()
        .filter(|board| sees(call, board))
        .filter(|board| project.is_none_or(|id| board.project_id.as_ref().is_none_or(|own| own == id)))
        .filter(|board| kinds.as_ref().is_none_or(|kinds| kinds.contains(&board.kind)))
        .filter(|board| board.name.to_lowercase().contains(&name))
        .map(|board| show(call, board))
        .collect();
    let window = Window::cut(all, &call.params, 50, 50);
    Answer::ok(json!({
        "maxResults": window.max, "startAt": window.start, "total": window.total, "isLast": window.is_last(),
        "values": window.items,
    }))
}

fn sprints(call: &Call<'_>, board: &Board) -> Answer {
    if board.kind == "kanban" {
        return Answer::error(400, "The board doesn't support sprints.");
    }
    let states = call.params.find_list("state");
    let mut all: Vec<Value> = call
        .world
        .sprints
        .iter()
        .filter(|sprint| sprint["originBoardId"] == board.id)
        .filter(|sprint| {
            states
                .as_ref()
                .is_none_or(|states| states.iter().any(|state| sprint["state"] == state.as_str()))
        })
        .cloned()
        .collect();
    let rank = |sprint: &Value| match sprint["state"].as_str() {
        Some("closed") => 0,
        Some("active") => 1,
        _ => 2,
    };
    all.sort_by_key(rank);
    let window = Window::cut(all, &call.params, 50, 50);
    let mut body = json!({"maxResults": window.max, "startAt": window.start, "isLast": window.is_last()});
    if call.world.is_cloud() {
        body["total"] = Value::from(window.total);
    }
    body["values"] = Value::Array(window.items);
    Answer::ok(body)
}

fn sprint(call: &Call<'_>, id: &str) -> Answer {
    let wanted = id.parse::<i64>().ok();
    let found = call
        .world
        .sprints
        .iter()
        .find(|sprint| sprint["id"].as_i64() == wanted);
    let visible = found.filter(|sprint| {
        call.world
            .boards
            .iter()
            .any(|board| sprint["originBoardId"] == board.id && sees(call, board))
    });
    match visible {
        Some(sprint) => Answer::ok(sprint.clone()),
        None => Answer::error(
            404,
            "Sprint does not exist or you do not have permission to see it.",
        ),
    }
}

fn configuration(call: &Call<'_>, board: &Board) -> Answer {
    let base = &call.world.base_url;
    let project = board
        .project_id
        .as_ref()
        .and_then(|id| call.world.find_project(id));
    let mut columns: Vec<(&str, &str, Vec<Value>)> = vec![
        ("To Do", "new", Vec::new()),
        ("In Progress", "indeterminate", Vec::new()),
        ("Done", "done", Vec::new()),
    ];
    for status in project
        .iter()
        .flat_map(|project| project.type_statuses.iter())
        .flat_map(|(_, statuses)| statuses)
    {
        let entry = json!({"id": status["id"], "self": status["self"]});
        for (_, category, list) in &mut columns {
            if status["statusCategory"]["key"] == *category && !list.contains(&entry) {
                list.push(entry.clone());
            }
        }
    }
    let columns: Vec<Value> = columns
        .into_iter()
        .map(|(name, _, statuses)| json!({"name": name, "statuses": statuses}))
        .collect();
    Answer::ok(json!({
        "id": board.id, "name": board.name, "type": board.kind,
        "self": format!("{base}/rest/agile/1.0/board/{}/configuration", board.id),
        "filter": {"id": (10_000 + board.id).to_string(), "self": format!("{base}/rest/api/2/filter/{}", 10_000 + board.id)},
        "columnConfig": {"columns": columns, "constraintType": "issueCount"},
        "estimation": {"type": "none"},
        "ranking": {"rankCustomFieldId": 10_019},
    }))
}
