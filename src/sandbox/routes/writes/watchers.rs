//! Watchers and votes: who follows an issue, who wants it. Neither moves `updated`.

use serde_json::{Value, json};

use super::{
    desk::{Desk, put},
    lookup::find_account,
};
use crate::sandbox::{
    answer::Answer,
    generate,
    world::{Extras, Issue},
    write::Refusal,
};

/// Whether two user objects are the same person.
fn is_same(one: &Value, other: &Value) -> bool {
    ["accountId", "name"]
        .iter()
        .any(|id| one[*id].is_string() && one[*id] == other[*id])
}

/// The status for who may not change the list of watchers.
fn refusal(desk: &Desk<'_>) -> u16 {
    if desk.world.is_cloud() { 403 } else { 401 }
}

/// The person a request names, or the caller, with the right to speak for others.
fn find_person(desk: &Desk<'_>, issue: &Issue, named: Option<&str>) -> Result<Value, Refusal> {
    let caller = desk.need_login()?;
    let Some(name) = named.filter(|name| !name.is_empty()) else {
        return Ok(desk.author());
    };
    let account = find_account(desk, name)
        .ok_or_else(|| Refusal::new(404, format!("The user '{name}' does not exist.")))?;
    if account.id != caller.id {
        let message = "You do not have permission to manage the watcher list.";
        desk.need(issue, "MANAGE_WATCHERS", refusal(desk), message)?;
    }
    Ok(generate::show_user(desk.world, account))
}

/// Changes a list around an issue and what the issue shows of it.
fn change(
    desk: &mut Desk<'_>,
    issue: &Issue,
    list: fn(&mut Extras) -> &mut Vec<Value>,
    person: Value,
    joins: bool,
) -> usize {
    let Some(extras) = desk.extras(issue.id) else {
        return 0;
    };
    let people = list(extras);
    people.retain(|have| !is_same(have, &person));
    if joins {
        people.push(person);
    }
    people.len()
}

fn link(desk: &Desk<'_>, issue: &Issue, below: &str) -> String {
    format!(
        "{}/rest/api/{}/issue/{}/{below}",
        desk.world.base_url,
        desk.link_api(),
        issue.key
    )
}

fn change_watchers(desk: &mut Desk<'_>, issue: &Issue, person: Value, joins: bool) {
    let count = change(desk, issue, |extras| &mut extras.watchers, person, joins);
    let shown = json!({"self": link(desk, issue, "watchers"), "watchCount": count, "isWatching": count > 0});
    desk.world
        .edit_issue(&issue.id.to_string(), |issue| put(issue, "watches", shown));
}

/// The body is the id of a person as a JSON text, or nothing for the caller.
pub(crate) fn watch(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    desk.need_open(&issue, refusal(desk))?;
    let person = find_person(desk, &issue, desk.body.as_str())?;
    change_watchers(desk, &issue, person, true);
    Ok(Answer::empty(204))
}

pub(crate) fn unwatch(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let name = if desk.world.is_cloud() {
        "accountId"
    } else {
        "username"
    };
    let Some(named) = desk.params.find(name) else {
        return Err(Refusal::new(400, format!("The '{name}' parameter is required.")));
    };
    desk.need_open(&issue, refusal(desk))?;
    let person = find_person(desk, &issue, Some(named))?;
    change_watchers(desk, &issue, person, false);
    Ok(Answer::empty(204))
}

/// Nobody votes for what is done or for an issue of one's own.
pub(crate) fn vote(desk: &mut Desk<'_>, key: &str, joins: bool) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    desk.need_login()?;
    desk.need_open(&issue, 404)?;
    let person = desk.author();
    if issue
        .find_field("reporter")
        .is_some_and(|reporter| is_same(reporter, &person))
    {
        return Err(Refusal::new(
            404,
            "You cannot vote for an issue you have reported.",
        ));
    }
    if issue.find_field("resolution").is_some() {
        return Err(Refusal::new(
            404,
            "You cannot vote or change your vote on resolved issues.",
        ));
    }
    let count = change(desk, &issue, |extras| &mut extras.voters, person, joins);
    let shown = json!({"self": link(desk, &issue, "votes"), "votes": count, "hasVoted": joins});
    desk.world
        .edit_issue(&issue.id.to_string(), |issue| put(issue, "votes", shown));
    Ok(Answer::empty(204))
}
