//! Work that is logged: added, changed, removed; the issue's time spent and remaining follow.
//!
//! The remaining estimate shrinks by what was spent, unless `adjustEstimate` says otherwise.

use serde_json::{Value, json};

use super::desk::{Change, Desk};
use crate::sandbox::{
    answer::Answer,
    webhooks::{body, event::Event},
    world::Issue,
    write::{
        Refusal,
        duration::{list_time_fields, parse_duration, write_duration},
        history, text,
        value::Accepted,
        wiki,
    },
};

fn need_right(desk: &Desk<'_>, issue: &Issue, permission: &str) -> Result<(), Refusal> {
    let message = "You do not have the permission to associate a worklog to this issue.";
    desk.need(issue, permission, 400, message)
}

/// What was sent, checked; `None` for what was not.
struct Sent {
    seconds: Option<i64>,
    started: Option<String>,
    comment: Option<Value>,
}

fn read(desk: &Desk<'_>) -> Result<Sent, Refusal> {
    let sent = desk.body;
    let seconds = match (&sent["timeSpentSeconds"], &sent["timeSpent"]) {
        (Value::Null, Value::Null) => None,
        (Value::Null, Value::String(text)) => Some(parse_duration(text)),
        (seconds, _) => Some(seconds.as_i64()),
    };
    if seconds.is_some_and(|seconds| seconds.is_none_or(|seconds| seconds <= 0)) {
        return Err(Refusal::field("timeLogged", "Invalid time duration entered."));
    }
    let started = match &sent["started"] {
        Value::Null => None,
        Value::String(text) if text.len() > 10 && crate::sandbox::world::parse_time(text).is_some() => {
            Some(text.clone())
        }
        _ => return Err(Refusal::field("started", "Invalid date entered.")),
    };
    let comment = match &sent["comment"] {
        Value::Null => None,
        comment if desk.api == 3 => {
            text::check_adf(comment).map_err(|_| Refusal::field("comment", "Comment body is not valid!"))?;
            Some(comment.clone())
        }
        Value::String(plain) if desk.world.is_cloud() => Some(wiki::to_adf(plain)),
        comment => Some(comment.clone()),
    };
    Ok(Sent {
        seconds: seconds.flatten(),
        started,
        comment,
    })
}

fn show(desk: &Desk<'_>, worklog: &Value) -> Value {
    let mut shown = worklog.clone();
    if desk.api != 3 && shown["comment"].is_object() {
        shown["comment"] = Value::from(text::to_wiki(&shown["comment"]));
    }
    shown
}

fn find(desk: &Desk<'_>, issue: &Issue, id: &str) -> Result<Value, Refusal> {
    let extras = desk.world.find_extras(issue.id);
    let found = extras.and_then(|extras| extras.worklogs.iter().find(|log| log["id"] == id).cloned());
    found.ok_or_else(|| Refusal::new(404, format!("Cannot find worklog with id: '{id}'.")))
}

pub(crate) fn create(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    need_right(desk, &issue, "WORK_ON_ISSUES")?;
    let Sent {
        seconds,
        started,
        comment,
    } = read(desk)?;
    let Some(seconds) = seconds else {
        return Err(Refusal::field(
            "timeLogged",
            "You must indicate the time spent working.",
        ));
    };
    let (number, now, author) = (desk.next_id(), desk.now_text(), desk.author());
    let mut worklog = json!({
        "self": format!("{}/rest/api/{}/issue/{}/worklog/{number}", desk.world.base_url, desk.link_api(), issue.id),
        "id": number.to_string(), "issueId": issue.id.to_string(), "author": author, "updateAuthor": author,
        "created": now, "updated": now, "started": started.unwrap_or(now.clone()),
        "timeSpent": write_duration(seconds), "timeSpentSeconds": seconds,
    });
    if let Some(comment) = comment {
        worklog["comment"] = comment;
    }
    if desk.body["visibility"].is_object() {
        worklog["visibility"] = desk.body["visibility"].clone();
    }
    if let Some(extras) = desk.extras(issue.id) {
        extras.worklogs.push(worklog.clone());
    }
    let number = history::Side::of(number.to_string(), number.to_string());
    let item = history::special("WorklogId", None, &history::Side::default(), &number);
    count(desk, &issue, seconds, item, "issue_work_logged");
    tell(desk, &issue, "worklog_created", &worklog);
    Ok(Answer::json(201, show(desk, &worklog)))
}

pub(crate) fn update(desk: &mut Desk<'_>, key: &str, id: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let mut worklog = find(desk, &issue, id)?;
    need_right(desk, &issue, "EDIT_ALL_WORKLOGS")?;
    let Sent {
        seconds,
        started,
        comment,
    } = read(desk)?;
    let before = worklog["timeSpentSeconds"].as_i64().unwrap_or_default();
    let seconds = seconds.unwrap_or(before);
    worklog["timeSpentSeconds"] = Value::from(seconds);
    worklog["timeSpent"] = Value::from(write_duration(seconds));
    for (name, value) in [("started", started.map(Value::from)), ("comment", comment)] {
        if let Some(value) = value {
            worklog[name] = value;
        }
    }
    worklog["updateAuthor"] = desk.author();
    worklog["updated"] = Value::from(desk.now_text());
    if let Some(extras) = desk.extras(issue.id)
        && let Some(have) = extras.worklogs.iter_mut().find(|have| have["id"] == id)
    {
        have.clone_from(&worklog);
    }
    let number = history::Side::of(id, id);
    let item = history::special("WorklogId", None, &number, &number);
    count(desk, &issue, seconds - before, item, "issue_worklog_updated");
    tell(desk, &issue, "worklog_updated", &worklog);
    Ok(Answer::ok(show(desk, &worklog)))
}

pub(crate) fn delete(desk: &mut Desk<'_>, key: &str, id: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let worklog = find(desk, &issue, id)?;
    need_right(desk, &issue, "DELETE_ALL_WORKLOGS")?;
    if let Some(extras) = desk.extras(issue.id) {
        extras.worklogs.retain(|have| have["id"] != id);
    }
    let spent = worklog["timeSpentSeconds"].as_i64().unwrap_or_default();
    let number = history::Side::of(id, id);
    let item = history::special("WorklogId", None, &number, &history::Side::default());
    count(desk, &issue, -spent, item, "issue_worklog_deleted");
    tell(desk, &issue, "worklog_deleted", &worklog);
    Ok(Answer::empty(204))
}

/// Counts what was spent, or taken back, and lets the estimate follow.
fn count(desk: &mut Desk<'_>, issue: &Issue, spent: i64, worklog: Value, event: &'static str) {
    let number = |name: &str| issue.find_field(name).and_then(Value::as_i64);
    let (before, remaining) = (number("timespent"), number("timeestimate"));
    let now = (before.unwrap_or_default() + spent).max(0);
    let duration = |name: &str| desk.params.find(name).and_then(parse_duration);
    let left = match desk.params.find("adjustEstimate") {
        Some("leave") => remaining.unwrap_or_default(),
        Some("new") => duration("newEstimate").unwrap_or_default(),
        Some("manual") => remaining.unwrap_or_default() - duration("reduceBy").unwrap_or_default(),
        _ => remaining.unwrap_or_default() - spent,
    }
    .max(0);
    let side = |seconds: Option<i64>| {
        seconds.map_or_else(history::Side::default, |seconds| {
            history::Side::of(seconds.to_string(), seconds.to_string())
        })
    };
    let cloud = desk.world.is_cloud();
    let mut items = Vec::new();
    for (name, old, new) in [("timeestimate", remaining, left), ("timespent", before, now)] {
        if old != Some(new) {
            let id = cloud.then_some(name);
            items.push(history::special(name, id, &side(old), &side(Some(new))));
        }
    }
    items.push(worklog);
    let fields = list_time_fields(now, left, number("timeoriginalestimate"));
    // The history has lines of its own for these.
    desk.world.edit_issue(&issue.id.to_string(), |issue| {
        for (name, value) in fields {
            super::desk::put(issue, name, value);
        }
    });
    let values: Vec<(String, Accepted)> = Vec::new();
    desk.apply(
        issue.id,
        Change {
            values,
            items,
            event,
            cascade: false,
        },
    );
}

fn tell(desk: &Desk<'_>, issue: &Issue, name: &str, worklog: &Value) {
    let mut shown = worklog.clone();
    if shown["comment"].is_object() {
        shown["comment"] = Value::from(text::to_wiki(&shown["comment"]));
    }
    body::lower_links(&mut shown);
    let mut event = Event::new(name, [("worklog", shown)]);
    event.issue = Some(issue.id);
    event.variables = body::list_variables(issue);
    desk.emit(&event);
}
