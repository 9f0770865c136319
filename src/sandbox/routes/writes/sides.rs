//! What rides in `update` and is no value of a field: comments, links and logged work.
//!
//! Jira does all of a write or nothing. That is why everything is checked here before the first change is
//! made, and why applying what was checked cannot fail.

use serde_json::{Map, Value, json};

use super::{comments, desk::Desk, links, worklogs};
use crate::sandbox::{
    world::Issue,
    write::{Refusal, screen::SIDE_VERBS, text_of},
};

/// One checked verb.
enum Verb {
    AddComment(comments::Ready),
    EditComment(Value),
    RemoveComment(Value),
    Link(links::Ready),
    AddWork(worklogs::Ready),
    EditWork(worklogs::Changed),
    RemoveWork(worklogs::Removed),
}

/// Checked verbs in their order.
#[derive(Default)]
pub(crate) struct Sides(Vec<Verb>);

/// Checks the verbs that ride with a change of an issue, which need not be stored yet.
///
/// # Errors
/// What Jira says about the first verb that it does not take.
pub(crate) fn check(desk: &Desk<'_>, issue: &Issue, update: &Map<String, Value>) -> Result<Sides, Refusal> {
    let mut sides = Sides::default();
    for field in SIDE_VERBS {
        let Some(sent) = update.get(field) else { continue };
        let Some(verbs) = sent.as_array() else {
            return Err(Refusal::field(field, "data was not an array"));
        };
        for verb in verbs {
            let named = verb.as_object().and_then(|verb| verb.iter().next());
            let Some((name, input)) = named else {
                return Err(Refusal::field(field, "The operation is not an object."));
            };
            let checked = check_verb(desk, issue, (field, name), input);
            sides.0.push(checked.map_err(as_part)?);
        }
    }
    Ok(sides)
}

/// What a resource of its own refuses with another status is a mistake in the body here.
fn as_part(refusal: Refusal) -> Refusal {
    Refusal {
        status: 400,
        ..refusal
    }
}

fn check_verb(
    desk: &Desk<'_>,
    issue: &Issue,
    (field, verb): (&str, &str),
    input: &Value,
) -> Result<Verb, Refusal> {
    let number = || text_of(&input["id"]).unwrap_or_default();
    Ok(match (field, verb) {
        ("comment", "add") => Verb::AddComment(comments::check(desk, issue, input)?),
        ("comment", "edit") => Verb::EditComment(comments::check_update(desk, issue, &number(), input)?),
        ("comment", "remove") => Verb::RemoveComment(comments::check_delete(desk, issue, &number())?),
        ("issuelinks", "add") => {
            let mut link = input.clone();
            let side = if link["outwardIssue"].is_object() {
                "inwardIssue"
            } else {
                "outwardIssue"
            };
            if link.is_object() {
                link[side] = json!({"id": issue.id.to_string()});
            }
            Verb::Link(links::check(desk, &link, Some(issue))?)
        }
        ("worklog", "add") => Verb::AddWork(worklogs::check(desk, issue, input, input)?),
        ("worklog", "edit") => Verb::EditWork(worklogs::check_update(desk, issue, &number(), input, input)?),
        ("worklog", "remove") => Verb::RemoveWork(worklogs::check_delete(desk, issue, &number(), input)?),
        (field, verb) => {
            let message = format!("Field with id '{field}' does not support operation '{verb}'");
            return Err(Refusal::field(field, message));
        }
    })
}

/// Does what was checked.
pub(crate) fn apply(desk: &mut Desk<'_>, id: i64, sides: Sides) {
    for verb in sides.0 {
        match verb {
            Verb::AddComment(ready) => {
                comments::apply(desk, id, ready);
            }
            Verb::EditComment(comment) => comments::apply_update(desk, id, &comment),
            Verb::RemoveComment(comment) => comments::apply_delete(desk, id, &comment),
            Verb::Link(ready) => links::apply(desk, ready),
            Verb::AddWork(ready) => {
                worklogs::apply(desk, id, ready);
            }
            Verb::EditWork(changed) => worklogs::apply_update(desk, id, changed),
            Verb::RemoveWork(removed) => worklogs::apply_delete(desk, id, &removed),
        }
    }
}
