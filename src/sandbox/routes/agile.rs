//! Boards and sprints.
//!
//! Ids are integers here. A Kanban board refuses to list sprints; Data Center leaves `location` out
//! of boards and `total` out of sprint pages.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        generate,
        world::Board,
    },
    Call, agile_issues, not_found,
    shelves::FILTER_OFFSET,
};

pub(super) fn route(call: &Call<'_>, rest: &[&str]) -> Answer {
    match (call.method, rest) {
        ("GET", ["board"]) => list(call),
        ("GET", ["board", id]) => with_board(call, id, |board| Answer::ok(show(call, board))),
        ("GET", ["board", id, "sprint"]) => with_board(call, id, |board| sprints(call, board)),
        ("GET", ["board", id, "configuration"]) => with_board(call, id, |board| configuration(call, board)),
        ("GET", ["board", id, "version"]) => {
            with_board(call, id, |board| agile_issues::versions(call, board))
        }
        ("GET", ["board", id, "project"]) => {
            with_board(call, id, |board| agile_issues::projects(call, board))
        }
        ("GET", ["board", id, "epic"]) => with_board(call, id, |board| agile_issues::epics(call, board)),
        ("GET", ["board", id, "issue"]) => with_board(call, id, |board| agile_issues::of_board(call, board)),
        ("GET", ["board", id, "backlog"]) => with_board(call, id, |board| agile_issues::backlog(call, board)),
        ("GET", ["board", id, "epic", epic, "issue"]) => {
            with_board(call, id, |board| agile_issues::of_epic(call, Some(board), epic))
        }
        ("GET", ["board", id, "sprint", sprint, "issue"]) => {
            with_board(call, id, |_board| agile_issues::of_sprint(call, sprint))
        }
        ("GET", ["sprint", id]) => sprint(call, id),
        ("GET", ["sprint", id, "issue"]) => agile_issues::of_sprint(call, id),
        ("GET", ["epic", id]) => agile_issues::epic(call, id),
        ("GET", ["epic", id, "issue"]) => agile_issues::of_epic(call, None, id),
        ("GET", ["issue", key]) => agile_issues::issue(call, key),
        _ => not_found(),
    }
}

pub(super) fn sees(call: &Call<'_>, board: &Board) -> bool {
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
    page(call, all)
}

/// The page of the agile resources.
pub(super) fn page(call: &Call<'_>, all: Vec<Value>) -> Answer {
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

fn find_sprint<'a>(call: &'a Call<'_>, id: &str) -> Option<&'a Value> {
    let wanted = id.parse::<i64>().ok();
    let found = call
        .world
        .sprints
        .iter()
        .find(|sprint| sprint["id"].as_i64() == wanted);
    found.filter(|sprint| {
        call.world
            .boards
            .iter()
            .any(|board| sprint["originBoardId"] == board.id && sees(call, board))
    })
}

pub(super) fn sees_sprint(call: &Call<'_>, id: &str) -> bool {
    find_sprint(call, id).is_some()
}

pub(super) fn missing_sprint() -> Answer {
    Answer::error(
        404,
        "Sprint does not exist or you do not have permission to see it.",
    )
}

fn sprint(call: &Call<'_>, id: &str) -> Answer {
    find_sprint(call, id).map_or_else(missing_sprint, |sprint| Answer::ok(sprint.clone()))
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
    let mut body = json!({
        "id": board.id, "name": board.name, "type": board.kind,
        "self": format!("{base}/rest/agile/1.0/board/{}/configuration", board.id),
        "filter": {"id": (FILTER_OFFSET + board.id).to_string(), "self": format!("{base}/rest/api/2/filter/{}", FILTER_OFFSET + board.id)},
        "columnConfig": {"columns": columns, "constraintType": "issueCount"},
        "estimation": find_estimation(call, board),
        "ranking": {"rankCustomFieldId": 10_019},
    });
    if board.kind == "kanban" {
        // What has been released leaves the board.
        body["subQuery"] = json!({"query": "fixVersion in unreleasedVersions() OR fixVersion is EMPTY"});
    }
    if let (true, Some(project)) = (call.world.is_cloud(), project) {
        body["location"] = json!({
            "type": "project", "id": project.id, "key": project.key, "name": project.name,
            "self": project.body.get("self"),
        });
    }
    Answer::ok(body)
}

/// What a board with sprints adds up: the story points, where the site has them.
fn find_estimation(call: &Call<'_>, board: &Board) -> Value {
    let mut fields = call.world.fields.iter();
    let points = fields.find(|field| field["id"] == generate::POINTS_FIELD);
    match points.filter(|_| board.kind == "scrum") {
        Some(field) => {
            json!({"type": "field", "field": {"fieldId": field["id"], "displayName": field["name"]}})
        }
        None => json!({"type": "none"}),
    }
}
