//! Sprints from plan to end: future, active, closed and no way back; one active sprint a board.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    desk::Desk,
    sprint_issues::{list_issues, place},
};
use crate::sandbox::{
    answer::Answer,
    generate,
    webhooks::event::Event,
    world::{Board, list_sprints, parse_time},
    write::Refusal,
};

pub(super) fn missing() -> Refusal {
    Refusal::new(
        404,
        "Sprint does not exist or you do not have permission to see it.",
    )
}

pub(super) fn find_board(desk: &Desk<'_>, id: i64) -> Option<Board> {
    let board = desk.world.boards.iter().find(|board| board.id == id)?;
    let sees = match &board.project_id {
        Some(id) => desk.find_project(id).is_some(),
        None => desk.caller.is_some(),
    };
    sees.then(|| board.clone())
}

fn need_right(desk: &Desk<'_>, board: &Board) -> Result<(), Refusal> {
    desk.need_login()?;
    let project = board
        .project_id
        .as_ref()
        .and_then(|id| desk.world.find_project(id));
    let key = project.map(|project| project.key.as_str());
    if desk.can("MANAGE_SPRINTS_PERMISSION", key) {
        return Ok(());
    }
    Err(Refusal::new(
        403,
        "You do not have permission to manage sprints on this board.",
    ))
}

/// A sprint for somebody who may change it.
fn find(desk: &Desk<'_>, id: &str) -> Result<(Value, Board), Refusal> {
    let number: i64 = id.parse().map_err(|_| missing())?;
    let sprint = desk
        .world
        .sprints
        .iter()
        .find(|sprint| sprint["id"] == number)
        .ok_or_else(missing)?;
    let board = sprint["originBoardId"]
        .as_i64()
        .and_then(|id| find_board(desk, id))
        .ok_or_else(missing)?;
    need_right(desk, &board)?;
    Ok((sprint.clone(), board))
}

pub(crate) fn create(desk: &mut Desk<'_>) -> Result<Answer, Refusal> {
    let sent = desk.body.clone();
    let Some(origin) = sent["originBoardId"].as_i64() else {
        return Err(Refusal::field("originBoardId", "The originBoardId is required."));
    };
    let Some(board) = find_board(desk, origin) else {
        return Err(Refusal::new(
            404,
            "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.",
        ));
    };
    if board.kind == "kanban" {
        return Err(Refusal::new(400, "The board does not support sprints."));
    }
    need_right(desk, &board)?;
    let id = desk
        .world
        .sprints
        .iter()
        .filter_map(|sprint| sprint["id"].as_i64())
        .max()
        .unwrap_or(0)
        + 1;
    let mut sprint = json!({
        "id": id, "self": format!("{}/rest/agile/1.0/sprint/{id}", desk.world.base_url), "state": "future",
        "originBoardId": origin,
    });
    if desk.world.is_cloud() {
        sprint["createdDate"] = Value::from(moment(desk, desk.now_ms()));
    } else {
        sprint["synced"] = Value::Bool(false);
        sprint["autoStartStop"] = Value::Bool(false);
    }
    write_parts(desk, &mut sprint, &sent, true)?;
    desk.world.sprints.push(sprint.clone());
    tell(desk, "sprint_created", &sprint, None);
    Ok(Answer::json(201, sprint))
}

/// A moment as sprints carry it: `Z` on Cloud, an offset with a colon on Data Center.
fn moment(desk: &Desk<'_>, ms: i64) -> String {
    let stamp = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    if desk.world.is_cloud() {
        return stamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    }
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    stamp
        .to_zoned(zone)
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%:z")
        .to_string()
}

/// Writes the parts that were sent. A whole update takes away what was not sent.
fn write_parts(desk: &Desk<'_>, sprint: &mut Value, sent: &Value, whole: bool) -> Result<(), Refusal> {
    if whole || sent.get("name").is_some() {
        let name = sent["name"]
            .as_str()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let Some(name) = name else {
            return Err(Refusal::new(400, "The sprint name is required."));
        };
        if name.chars().count() > 30 && !desk.world.is_cloud() {
            return Err(Refusal::new(
                400,
                "The sprint name must be shorter than 30 characters.",
            ));
        }
        sprint["name"] = Value::from(name);
    }
    for part in ["startDate", "endDate"] {
        match sent.get(part).filter(|value| !value.is_null()) {
            Some(value) => {
                let ms = value.as_str().and_then(parse_time);
                let ms = ms.ok_or_else(|| Refusal::new(400, format!("The {part} is not a valid date.")))?;
                sprint[part] = Value::from(moment(desk, ms));
            }
            None if whole => {
                if let Some(body) = sprint.as_object_mut() {
                    body.remove(part);
                }
            }
            None => {}
        }
    }
    let ms = |part: &Value| part.as_str().and_then(parse_time);
    if let (Some(start), Some(end)) = (ms(&sprint["startDate"]), ms(&sprint["endDate"]))
        && start >= end
    {
        return Err(Refusal::new(
            400,
            "The start date of a sprint must be before the end date.",
        ));
    }
    if let Some(goal) = sent["goal"].as_str() {
        sprint["goal"] = Value::from(goal);
    } else if whole && !sprint["goal"].is_string() {
        sprint["goal"] = Value::from("");
    }
    Ok(())
}

/// `PUT` replaces, `POST` changes what was sent.
pub(crate) fn update(desk: &mut Desk<'_>, id: &str, whole: bool) -> Result<Answer, Refusal> {
    let (before, board) = find(desk, id)?;
    let sent = desk.body.clone();
    let mut after = before.clone();
    let state = sent["state"].as_str().map(str::to_lowercase);
    write_parts(desk, &mut after, &sent, whole)?;
    let event = match (before["state"].as_str(), state.as_deref()) {
        (_, None) => None,
        (Some(old), Some(new)) if old == new => None,
        (Some("future"), Some("active")) => Some(start(desk, &board, &mut after)?),
        (Some("active"), Some("closed")) => Some(close(desk, &mut after)),
        (Some(old), Some(new)) => {
            return Err(Refusal::new(
                400,
                format!("The sprint cannot change its state from '{old}' to '{new}'."),
            ));
        }
        (None, Some(_)) => None,
    };
    store(desk, &after);
    match event {
        Some(name) => tell(desk, name, &after, None),
        None if before != after => tell(desk, "sprint_updated", &after, Some(&before)),
        None => {}
    }
    Ok(Answer::ok(after))
}

fn start(desk: &Desk<'_>, board: &Board, sprint: &mut Value) -> Result<&'static str, Refusal> {
    if !sprint["startDate"].is_string() || !sprint["endDate"].is_string() {
        return Err(Refusal::new(
            400,
            "A sprint needs a start date and an end date to be started.",
        ));
    }
    let running = desk.world.sprints.iter().any(|other| {
        other["originBoardId"] == board.id && other["state"] == "active" && other["id"] != sprint["id"]
    });
    if running {
        return Err(Refusal::new(
            400,
            "The board already has an active sprint. Complete it before you start another.",
        ));
    }
    sprint["state"] = Value::from("active");
    if !desk.world.is_cloud() {
        sprint["activatedDate"] = Value::from(moment(desk, desk.now_ms()));
    }
    Ok("sprint_started")
}

fn close(desk: &Desk<'_>, sprint: &mut Value) -> &'static str {
    sprint["state"] = Value::from("closed");
    sprint["completeDate"] = Value::from(moment(desk, desk.now_ms()));
    "sprint_closed"
}

/// Stores a changed sprint and rewrites what issues show of it.
fn store(desk: &mut Desk<'_>, sprint: &Value) {
    if let Some(have) = desk
        .world
        .sprints
        .iter_mut()
        .find(|have| have["id"] == sprint["id"])
    {
        have.clone_from(sprint);
    }
    let Some(field) = desk.world.find_sprint_field() else {
        return;
    };
    let shown = generate::show_sprint(desk.world, sprint);
    let number = sprint["id"]
        .as_u64()
        .and_then(|id| u32::try_from(id).ok())
        .unwrap_or_default();
    for id in list_issues(desk, number) {
        if !desk.world.is_kept(id) {
            continue;
        }
        desk.world.edit_issue(&id.to_string(), |issue| {
            let list = issue
                .fields_mut()
                .and_then(|fields| fields.get_mut(&field))
                .and_then(Value::as_array_mut);
            for entry in list.into_iter().flatten() {
                let own = list_sprints(&json!([entry]));
                if own.first().is_some_and(|(id, _)| *id == number) {
                    entry.clone_from(&shown);
                }
            }
        });
    }
}

fn tell(desk: &Desk<'_>, name: &str, sprint: &Value, before: Option<&Value>) {
    let mut event = Event::new(name, [("sprint", sprint.clone())]);
    if let Some(before) = before {
        event.body.insert("oldValue".to_owned(), before.clone());
    }
    event.variables = vec![
        ("sprint.id", sprint["id"].to_string()),
        ("sprint.originBoardId", sprint["originBoardId"].to_string()),
    ];
    desk.emit(&event);
}

/// Deletes a sprint; its issues go back to the backlog.
pub(crate) fn delete(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (mut sprint, _) = find(desk, id)?;
    let number: u32 = id.parse().map_err(|_| missing())?;
    for issue in list_issues(desk, number) {
        let kept = |have: u32, _: bool| have != number;
        place(desk, issue, None, kept, true);
    }
    desk.world.sprints.retain(|have| have["id"] != sprint["id"]);
    if let Some(body) = sprint.as_object_mut() {
        body.remove("self");
    }
    tell(desk, "sprint_deleted", &sprint, None);
    Ok(Answer::empty(204))
}

/// Swaps the places of two sprints in their board.
pub(crate) fn swap(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (first, _) = find(desk, id)?;
    let Some(other) = desk.body["sprintToSwapWith"].as_i64() else {
        return Err(Refusal::new(400, "The sprintToSwapWith is required."));
    };
    let (second, _) = find(desk, &other.to_string())?;
    let place = |desk: &Desk<'_>, sprint: &Value| {
        desk.world
            .sprints
            .iter()
            .position(|have| have["id"] == sprint["id"])
    };
    if let (Some(a), Some(b)) = (place(desk, &first), place(desk, &second)) {
        desk.world.sprints.swap(a, b);
    }
    Ok(Answer::empty(204))
}
