//! Work that is logged: added, changed, removed; the issue's time spent and remaining follow.
//!
//! The remaining estimate shrinks by what was spent, unless `adjustEstimate` says otherwise.

use serde_json::{Value, json};

use super::{
    desk::{Change, Desk, not_before},
    estimate::Adjust,
    visibility,
};
use crate::sandbox::{
    answer::Answer,
    readers,
    routes::payload,
    webhooks::event::Event,
    world::Issue,
    write::{
        Refusal,
        duration::{list_time_fields, parse_duration, write_duration},
        history, text,
        value::Accepted,
        wiki,
    },
};

/// Data Center has a status of its own for a missing right, Cloud calls it a bad request.
fn refused(desk: &Desk<'_>) -> u16 {
    match desk.caller {
        None => 401,
        Some(_) if desk.world.is_cloud() => 400,
        Some(_) => 403,
    }
}

/// One's own worklog, or anybody's with the greater right.
fn need_right(desk: &Desk<'_>, issue: &Issue, worklog: &Value, verb: &str) -> Result<(), Refusal> {
    if visibility::may(desk, issue, worklog, (verb, "WORKLOGS")) {
        return Ok(());
    }
    let number = worklog["id"].as_str().unwrap_or_default();
    let word = if verb == "EDIT" { "edit" } else { "delete" };
    let message = format!("You do not have permission to {word} the worklog with id: '{number}'.");
    Err(Refusal::new(refused(desk), message))
}

/// What was sent, checked; `None` for what was not.
struct Sent {
    seconds: Option<i64>,
    started: Option<String>,
    comment: Option<Value>,
}

fn read(desk: &Desk<'_>, sent: &Value) -> Result<Sent, Refusal> {
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
    let found = extras.and_then(|extras| {
        let mut open = extras
            .worklogs
            .iter()
            .filter(|log| readers::is_open(desk.caller, log));
        open.find(|log| log["id"] == id).cloned()
    });
    found.ok_or_else(|| Refusal::new(404, format!("Cannot find worklog with id: '{id}'.")))
}

/// Refuses more work on an issue than can be counted.
fn check_sum(issue: &Issue, more: i64) -> Result<(), Refusal> {
    let before = issue.find_field("timespent").and_then(Value::as_i64);
    let sum = before.unwrap_or_default().checked_add(more);
    let too_long = || Refusal::field("timeLogged", "Invalid time duration entered.");
    sum.map(|_| ()).ok_or_else(too_long)
}

/// Work that may be logged.
pub(crate) struct Ready {
    seconds: i64,
    started: Option<String>,
    comment: Option<Value>,
    visibility: Option<Value>,
    adjust: Adjust,
}

/// A worklog as it is to be, with what is spent more than before.
pub(crate) struct Changed {
    worklog: Value,
    more: i64,
    adjust: Adjust,
}

/// A worklog that may be removed.
pub(crate) struct Removed {
    worklog: Value,
    adjust: Adjust,
}

/// Checks work to log; `verb` may say how the estimate follows.
pub(crate) fn check(desk: &Desk<'_>, issue: &Issue, sent: &Value, verb: &Value) -> Result<Ready, Refusal> {
    let message = "You do not have the permission to associate a worklog to this issue.";
    desk.need(issue, "WORK_ON_ISSUES", refused(desk), message)?;
    let Sent {
        seconds,
        started,
        comment,
    } = read(desk, sent)?;
    let missing = || Refusal::field("timeLogged", "You must indicate the time spent working.");
    let seconds = seconds.ok_or_else(missing)?;
    check_sum(issue, seconds)?;
    Ok(Ready {
        seconds,
        started,
        comment,
        visibility: visibility::read(desk, sent)?,
        adjust: Adjust::of(desk, verb, "reduceBy")?,
    })
}

/// Logs checked work and gives the worklog.
pub(crate) fn apply(desk: &mut Desk<'_>, id: i64, ready: Ready) -> Value {
    let (number, now, author) = (desk.next_id(), desk.moment(id), desk.author());
    let mut worklog = json!({
        "self": format!("{}/rest/api/{}/issue/{id}/worklog/{number}", desk.world.base_url, desk.link_api()),
        "id": number.to_string(), "issueId": id.to_string(), "author": author, "updateAuthor": author,
        "created": now, "updated": now, "started": ready.started.unwrap_or(now.clone()),
        "timeSpent": write_duration(ready.seconds), "timeSpentSeconds": ready.seconds,
    });
    for (name, value) in [("comment", ready.comment), ("visibility", ready.visibility)] {
        if let Some(value) = value {
            worklog[name] = value;
        }
    }
    if let Some(extras) = desk.extras(id) {
        extras.worklogs.push(worklog.clone());
    }
    let number = history::Side::of(number.to_string(), number.to_string());
    let item = history::special("WorklogId", None, &history::Side::default(), &number);
    count(
        desk,
        id,
        (ready.seconds, &ready.adjust),
        item,
        "issue_work_logged",
    );
    tell(desk, id, "worklog_created", &worklog);
    worklog
}

pub(crate) fn create(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let ready = check(desk, &issue, desk.body, &Value::Null)?;
    let worklog = apply(desk, issue.id, ready);
    Ok(Answer::json(201, show(desk, &worklog)))
}

/// Checks a change of a worklog.
pub(crate) fn check_update(
    desk: &Desk<'_>,
    issue: &Issue,
    id: &str,
    sent: &Value,
    verb: &Value,
) -> Result<Changed, Refusal> {
    let mut worklog = find(desk, issue, id)?;
    need_right(desk, issue, &worklog, "EDIT")?;
    // At least one of what can be changed has to be there.
    let editable = [
        "timeSpent",
        "timeSpentSeconds",
        "started",
        "comment",
        "visibility",
    ];
    if editable.iter().all(|name| sent[*name].is_null()) {
        return Err(Refusal::new(
            400,
            "The request has to change at least one field of the worklog.",
        ));
    }
    let Sent {
        seconds,
        started,
        comment,
    } = read(desk, sent)?;
    let before = worklog["timeSpentSeconds"].as_i64().unwrap_or_default();
    let seconds = seconds.unwrap_or(before);
    check_sum(issue, seconds.saturating_sub(before))?;
    worklog["timeSpentSeconds"] = Value::from(seconds);
    worklog["timeSpent"] = Value::from(write_duration(seconds));
    let visibility = visibility::read(desk, sent)?;
    for (name, value) in [
        ("started", started.map(Value::from)),
        ("comment", comment),
        ("visibility", visibility),
    ] {
        if let Some(value) = value {
            worklog[name] = value;
        }
    }
    worklog["updateAuthor"] = desk.author();
    worklog["updated"] = Value::from(not_before(worklog.get("created"), desk.now_text()));
    Ok(Changed {
        worklog,
        more: seconds.saturating_sub(before),
        adjust: Adjust::of(desk, verb, "reduceBy")?,
    })
}

/// Puts a changed worklog in the place of the old one.
pub(crate) fn apply_update(desk: &mut Desk<'_>, id: i64, changed: Changed) {
    let worklog = changed.worklog;
    if let Some(extras) = desk.extras(id)
        && let Some(have) = extras
            .worklogs
            .iter_mut()
            .find(|have| have["id"] == worklog["id"])
    {
        have.clone_from(&worklog);
    }
    let number = worklog["id"].as_str().unwrap_or_default();
    let number = history::Side::of(number, number);
    let item = history::special("WorklogId", None, &number, &number);
    count(
        desk,
        id,
        (changed.more, &changed.adjust),
        item,
        "issue_worklog_updated",
    );
    tell(desk, id, "worklog_updated", &worklog);
}

pub(crate) fn update(desk: &mut Desk<'_>, key: &str, id: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let changed = check_update(desk, &issue, id, desk.body, &Value::Null)?;
    let shown = show(desk, &changed.worklog);
    apply_update(desk, issue.id, changed);
    Ok(Answer::ok(shown))
}

/// Checks whether a worklog may go.
pub(crate) fn check_delete(
    desk: &Desk<'_>,
    issue: &Issue,
    id: &str,
    verb: &Value,
) -> Result<Removed, Refusal> {
    let worklog = find(desk, issue, id)?;
    need_right(desk, issue, &worklog, "DELETE")?;
    Ok(Removed {
        worklog,
        adjust: Adjust::of(desk, verb, "increaseBy")?,
    })
}

/// Removes a worklog and takes its time back.
pub(crate) fn apply_delete(desk: &mut Desk<'_>, id: i64, removed: &Removed) {
    let worklog = &removed.worklog;
    if let Some(extras) = desk.extras(id) {
        extras.worklogs.retain(|have| have["id"] != worklog["id"]);
    }
    let spent = worklog["timeSpentSeconds"].as_i64().unwrap_or_default();
    let number = worklog["id"].as_str().unwrap_or_default();
    let number = history::Side::of(number, number);
    let item = history::special("WorklogId", None, &number, &history::Side::default());
    count(
        desk,
        id,
        (spent.saturating_neg(), &removed.adjust),
        item,
        "issue_worklog_deleted",
    );
    tell(desk, id, "worklog_deleted", worklog);
}

pub(crate) fn delete(desk: &mut Desk<'_>, key: &str, id: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let removed = check_delete(desk, &issue, id, &Value::Null)?;
    apply_delete(desk, issue.id, &removed);
    Ok(Answer::empty(204))
}

/// Counts what was spent, or taken back, and lets the estimate follow.
fn count(desk: &mut Desk<'_>, id: i64, (spent, adjust): (i64, &Adjust), worklog: Value, event: &'static str) {
    let Some(issue) = desk.world.issue(id).map(std::borrow::Cow::into_owned) else {
        return;
    };
    let number = |name: &str| issue.find_field(name).and_then(Value::as_i64);
    let (before, remaining) = (number("timespent"), number("timeestimate"));
    let now = before.unwrap_or_default().saturating_add(spent).max(0);
    let left = adjust.follow(remaining.unwrap_or_default(), spent);
    let cloud = desk.world.is_cloud();
    let mut items = Vec::new();
    for (name, old, new) in [("timeestimate", remaining, left), ("timespent", before, now)] {
        if old != Some(new) {
            let id = cloud.then_some(name);
            items.push(history::special(
                name,
                id,
                &history::Side::seconds(old),
                &history::Side::seconds(Some(new)),
            ));
        }
    }
    items.push(worklog);
    let fields = list_time_fields(now, left, number("timeoriginalestimate"));
    // The history has lines of its own for these.
    desk.world.edit_issue(&id.to_string(), |issue| {
        for (name, value) in fields {
            super::desk::put(issue, name, value);
        }
    });
    let values: Vec<(String, Accepted)> = Vec::new();
    desk.apply(
        id,
        Change {
            values,
            items,
            event,
            cascade: false,
        },
    );
}

fn tell(desk: &Desk<'_>, id: i64, name: &str, worklog: &Value) {
    let Some(issue) = desk.world.issue(id) else { return };
    let mut shown = worklog.clone();
    if shown["comment"].is_object() {
        shown["comment"] = Value::from(text::to_wiki(&shown["comment"]));
    }
    payload::lower_links(&mut shown);
    let mut event = Event::new(name, [("worklog", shown)]);
    event.issue = Some(id);
    event.variables = payload::list_variables(&issue);
    desk.emit(&event);
}
