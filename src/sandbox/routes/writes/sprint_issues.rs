//! Work going into sprints and back to the backlog.
//!
//! An issue keeps the closed sprints it was in: moving it replaces only those that are not closed.

use serde_json::{Value, json};

use super::{
    desk::{Change, Desk},
    sprints::{find_board, missing},
};
use crate::sandbox::{
    answer::Answer,
    generate,
    world::list_sprints,
    write::{Refusal, text_of, value::Accepted},
};

/// Most issues moved at once.
const MOVE_LIMIT: usize = 50;

/// Ids of the issues in a sprint.
pub(super) fn list_issues(desk: &Desk<'_>, sprint: u32) -> Vec<i64> {
    let facts = desk.world.store.list();
    let inside = facts.filter(|facts| facts.sprints.contains(&sprint));
    inside.map(|facts| facts.id).collect()
}

/// Rewrites an issue's sprints: those that `keep` (by id and whether closed), then the new one.
pub(super) fn place(
    desk: &mut Desk<'_>,
    id: i64,
    new: Option<&Value>,
    keep: impl Fn(u32, bool) -> bool,
    cascade: bool,
) {
    let Some(field) = desk.world.find_sprint_field() else {
        return;
    };
    let Some(issue) = desk.world.issue(id).map(std::borrow::Cow::into_owned) else {
        return;
    };
    let closed = |id: u32| {
        let sprint = desk.world.sprints.iter().find(|sprint| sprint["id"] == id);
        sprint.is_none_or(|sprint| sprint["state"] == "closed")
    };
    let mut list = issue
        .find_field(&field)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    list.retain(|entry| {
        let own = list_sprints(&json!([entry]));
        own.first().is_some_and(|(id, _)| keep(*id, closed(*id)))
    });
    list.extend(new.map(|sprint| generate::show_sprint(desk.world, sprint)));
    let value = if list.is_empty() {
        Value::Null
    } else {
        Value::Array(list)
    };
    let values = vec![(field, Accepted::from(value))];
    desk.apply(
        id,
        Change {
            values,
            event: "issue_updated",
            cascade,
            ..Change::default()
        },
    );
}

pub(super) fn read_issues(desk: &Desk<'_>) -> Result<Vec<i64>, Refusal> {
    let Some(named) = desk.body["issues"].as_array() else {
        return Err(Refusal::new(400, "The issues to move are required."));
    };
    if named.len() > MOVE_LIMIT {
        return Err(Refusal::new(
            400,
            "The maximum number of issues that can be moved in one operation is 50.",
        ));
    }
    let mut ids = Vec::with_capacity(named.len());
    for name in named {
        let name = text_of(name).unwrap_or_default();
        let issue = desk.get_issue(&name).map_err(|_| {
            Refusal::new(
                400,
                format!("Issue '{name}' does not exist or you do not have permission to see it."),
            )
        })?;
        let key = desk.project_of(&issue).map(|project| project.key.clone());
        if !desk.can("SCHEDULE_ISSUES", key.as_deref()) || !desk.can("EDIT_ISSUES", key.as_deref()) {
            return Err(Refusal::new(
                403,
                "You do not have permission to edit or schedule the issue.",
            ));
        }
        if issue
            .find_field("issuetype")
            .is_some_and(|kind| kind["subtask"] == true)
        {
            return Err(Refusal::new(
                400,
                format!("Issue '{}' is a sub-task and follows its parent.", issue.key),
            ));
        }
        ids.push(issue.id);
    }
    Ok(ids)
}

/// Moves issues into a sprint that is not closed.
pub(crate) fn add_issues(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    desk.need_login()?;
    let number: i64 = id.parse().map_err(|_| missing())?;
    let sprint = desk
        .world
        .sprints
        .iter()
        .find(|sprint| sprint["id"] == number)
        .cloned();
    let sprint = sprint.ok_or_else(missing)?;
    sprint["originBoardId"]
        .as_i64()
        .and_then(|id| find_board(desk, id))
        .ok_or_else(missing)?;
    if sprint["state"] == "closed" {
        return Err(Refusal::new(
            400,
            "Issues can only be moved to open or active sprints.",
        ));
    }
    for issue in read_issues(desk)? {
        place(desk, issue, Some(&sprint), |_, closed| closed, false);
    }
    Ok(Answer::empty(204))
}

/// Takes issues out of every sprint that is not closed.
pub(crate) fn to_backlog(desk: &mut Desk<'_>) -> Result<Answer, Refusal> {
    desk.need_login()?;
    for issue in read_issues(desk)? {
        place(desk, issue, None, |_, closed| closed, false);
    }
    Ok(Answer::empty(204))
}
