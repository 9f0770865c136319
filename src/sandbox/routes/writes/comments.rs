//! Comments: written, changed, removed.
//!
//! Cloud tells of them by `comment_*` with the issue and without the person; Data Center with the
//! person and without the issue, and by `jira:issue_updated` besides.

use serde_json::{Value, json};

use super::{
    desk::{Desk, not_before},
    visibility,
};
use crate::sandbox::{
    answer::Answer,
    readers,
    routes::payload,
    webhooks::event::Event,
    world::Issue,
    write::{Refusal, text, wiki},
};

/// The body as the site keeps it: ADF on Cloud.
fn read_body(desk: &Desk<'_>, sent: &Value) -> Result<Value, Refusal> {
    let cloud = desk.world.is_cloud();
    let empty = || Refusal::field("comment", "Comment body can not be empty!");
    if desk.api == 3 {
        if sent.is_null() {
            return Err(empty());
        }
        text::check_adf(sent).map_err(|message| match message {
            text::NOT_A_DOCUMENT => Refusal::field("comment", "Comment body is not valid!"),
            other => Refusal::new(400, other),
        })?;
        if text::to_wiki(sent).trim().is_empty() {
            return Err(empty());
        }
        return Ok(sent.clone());
    }
    let plain = sent
        .as_str()
        .filter(|plain| !plain.trim().is_empty())
        .ok_or_else(empty)?;
    if plain.chars().count() > 32_767 {
        return Err(Refusal::field(
            "comment",
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        ));
    }
    Ok(if cloud {
        wiki::to_adf(plain)
    } else {
        Value::from(plain)
    })
}

/// A comment as this platform version shows it.
fn show(desk: &Desk<'_>, comment: &Value) -> Value {
    if desk.api == 3 {
        comment.clone()
    } else {
        payload::show_comment(comment)
    }
}

pub(crate) fn create(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let ready = check(desk, &issue, desk.body)?;
    let comment = apply(desk, issue.id, ready);
    Ok(Answer::json(201, show(desk, &comment)))
}

/// A comment that may be written as it is.
pub(crate) struct Ready {
    text: Value,
    visibility: Option<Value>,
}

/// Checks a new comment from a body such as `{"body": …}`.
pub(crate) fn check(desk: &Desk<'_>, issue: &Issue, sent: &Value) -> Result<Ready, Refusal> {
    let name = desk
        .caller
        .map_or("Anonymous", |account| account.display_name.as_str());
    let message = format!("{name}, you do not have the permission to comment on this issue.");
    let key = desk.project_of(issue).map(|project| project.key.clone());
    if !desk.can("ADD_COMMENTS", key.as_deref()) {
        return Err(Refusal::field("comment", message));
    }
    let visibility = visibility::read(desk, sent)?;
    Ok(Ready {
        text: read_body(desk, &sent["body"])?,
        visibility,
    })
}

/// Writes a checked comment.
pub(crate) fn apply(desk: &mut Desk<'_>, id: i64, ready: Ready) -> Value {
    let (number, now, author) = (desk.next_id(), desk.moment(id), desk.author());
    let mut comment = json!({
        "self": format!("{}/rest/api/{}/issue/{id}/comment/{number}", desk.world.base_url, desk.link_api()),
        "id": number.to_string(), "author": author, "body": ready.text, "updateAuthor": author, "created": now, "updated": now,
    });
    if desk.world.is_cloud() {
        comment["jsdPublic"] = Value::Bool(true);
    }
    if let Some(visibility) = ready.visibility {
        comment["visibility"] = visibility;
    }
    if let Some(extras) = desk.extras(id) {
        extras.comments.push(comment.clone());
    }
    desk.touch(id);
    tell(desk, id, "comment_created", "issue_commented", &comment);
    comment
}

fn find(desk: &Desk<'_>, issue: &Issue, number: &str) -> Result<Value, Refusal> {
    let found = desk.world.find_extras(issue.id).and_then(|extras| {
        extras
            .comments
            .iter()
            .find(|comment| comment["id"] == number && readers::is_open(desk.caller, comment))
            .cloned()
    });
    found.ok_or_else(|| Refusal::new(404, format!("Can not find a comment for the id: {number}.")))
}

/// One's own comment, or anybody's with the greater right.
fn need_right(desk: &Desk<'_>, issue: &Issue, comment: &Value, verb: &str) -> Result<(), Refusal> {
    if visibility::may(desk, issue, comment, (verb, "COMMENTS")) {
        return Ok(());
    }
    let number = comment["id"].as_str().unwrap_or_default();
    let word = if verb == "EDIT" { "edit" } else { "delete" };
    Err(Refusal::new(
        400,
        format!("You do not have permission to {word} comment with id: '{number}'."),
    ))
}

/// The comment as it would be after an edit.
pub(crate) fn check_update(
    desk: &Desk<'_>,
    issue: &Issue,
    number: &str,
    sent: &Value,
) -> Result<Value, Refusal> {
    let mut comment = find(desk, issue, number)?;
    need_right(desk, issue, &comment, "EDIT")?;
    if let Some(visibility) = visibility::read(desk, sent)? {
        comment["visibility"] = visibility;
    }
    comment["body"] = read_body(desk, &sent["body"])?;
    comment["updateAuthor"] = desk.author();
    comment["updated"] = Value::from(not_before(comment.get("created"), desk.now_text()));
    Ok(comment)
}

/// Puts a changed comment in the place of the old one.
pub(crate) fn apply_update(desk: &mut Desk<'_>, id: i64, comment: &Value) {
    if let Some(extras) = desk.extras(id)
        && let Some(have) = extras
            .comments
            .iter_mut()
            .find(|have| have["id"] == comment["id"])
    {
        have.clone_from(comment);
    }
    desk.touch(id);
    tell(desk, id, "comment_updated", "issue_comment_edited", comment);
}

pub(crate) fn update(desk: &mut Desk<'_>, key: &str, number: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let comment = check_update(desk, &issue, number, desk.body)?;
    apply_update(desk, issue.id, &comment);
    Ok(Answer::ok(show(desk, &comment)))
}

/// The comment that may be removed.
pub(crate) fn check_delete(desk: &Desk<'_>, issue: &Issue, number: &str) -> Result<Value, Refusal> {
    let comment = find(desk, issue, number)?;
    need_right(desk, issue, &comment, "DELETE")?;
    Ok(comment)
}

/// Removes a comment.
pub(crate) fn apply_delete(desk: &mut Desk<'_>, id: i64, comment: &Value) {
    if let Some(extras) = desk.extras(id) {
        extras.comments.retain(|have| have["id"] != comment["id"]);
    }
    desk.touch(id);
    tell(desk, id, "comment_deleted", "issue_comment_deleted", comment);
}

pub(crate) fn delete(desk: &mut Desk<'_>, key: &str, number: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let comment = check_delete(desk, &issue, number)?;
    apply_delete(desk, issue.id, &comment);
    Ok(Answer::empty(204))
}

fn tell(desk: &Desk<'_>, id: i64, name: &str, kind: &'static str, comment: &Value) {
    let Some(issue) = desk.world.issue(id) else { return };
    let shown = payload::show_comment(comment);
    if !desk.world.is_cloud() {
        desk.emit_updated(id, kind, &[("comment", shown.clone())], false);
    }
    desk.emit_if_heard(name, || {
        let beside = if desk.world.is_cloud() {
            let issue = payload::show_issue_briefly(desk.world, desk.caller, desk.now, &issue);
            ("issue", issue)
        } else {
            ("user", payload::show_user(&desk.author()))
        };
        let mut event = Event::new(name, [("comment", shown), beside]);
        event.issue = Some(id);
        event.variables = payload::list_variables(&issue);
        let number = comment["id"].as_str().unwrap_or_default();
        event.variables.push(("comment.id", number.to_owned()));
        event
    });
}
