//! Properties of issues: JSON that programs keep beside an issue.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::sandbox::{answer::Answer, webhooks::event::Event, write::Refusal};

/// Longest key and longest value, in characters.
const LIMITS: (usize, usize) = (255, 32_768);

fn own_url(desk: &Desk<'_>, id: i64, name: &str) -> String {
    format!(
        "{}/rest/api/{}/issue/{id}/properties/{name}",
        desk.world.base_url,
        desk.link_api()
    )
}

pub(crate) fn list(desk: &Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let extras = desk.world.find_extras(issue.id);
    let names: Vec<String> = extras
        .map(|extras| extras.properties.keys().cloned().collect())
        .unwrap_or_default();
    let keys: Vec<Value> = names
        .iter()
        .map(|name| json!({"self": own_url(desk, issue.id, name), "key": name}))
        .collect();
    Ok(Answer::ok(json!({"keys": keys})))
}

fn missing(name: &str) -> Refusal {
    Refusal::new(404, format!("The property with key '{name}' does not exist."))
}

pub(crate) fn get(desk: &Desk<'_>, key: &str, name: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let found = desk
        .world
        .find_extras(issue.id)
        .and_then(|extras| extras.properties.get(name).cloned());
    found
        .map(|value| Answer::ok(json!({"key": name, "value": value})))
        .ok_or_else(|| missing(name))
}

/// 201 for a new one, 200 for another value.
pub(crate) fn set(desk: &mut Desk<'_>, key: &str, name: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    desk.need(
        &issue,
        "EDIT_ISSUES",
        403,
        "You do not have permission to edit this issue.",
    )?;
    let value: Value = serde_json::from_slice(desk.raw)
        .map_err(|_| Refusal::new(400, "The property value is not valid JSON."))?;
    if name.chars().count() > LIMITS.0 {
        return Err(Refusal::new(400, "The property key is too long."));
    }
    if value.to_string().chars().count() > LIMITS.1 {
        return Err(Refusal::new(
            400,
            "The property value is too long. It exceeds the allowed limit of 32,768 characters.",
        ));
    }
    let before = desk
        .extras(issue.id)
        .and_then(|extras| extras.properties.insert(name.to_owned(), value.clone()));
    tell(
        desk,
        issue.id,
        "issue_property_set",
        &json!({"key": name, "value": value}),
    );
    Ok(Answer::empty(if before.is_some() { 200 } else { 201 }))
}

pub(crate) fn delete(desk: &mut Desk<'_>, key: &str, name: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    // Who may not edit is told of nothing on Cloud, and of the missing right on Data Center.
    let status = if desk.world.is_cloud() { 404 } else { 403 };
    desk.need(
        &issue,
        "EDIT_ISSUES",
        status,
        "You do not have permission to edit this issue.",
    )?;
    let before = desk
        .extras(issue.id)
        .and_then(|extras| extras.properties.remove(name));
    let before = before.ok_or_else(|| missing(name))?;
    tell(
        desk,
        issue.id,
        "issue_property_deleted",
        &json!({"key": name, "value": before}),
    );
    Ok(Answer::empty(204))
}

fn tell(desk: &Desk<'_>, id: i64, name: &str, property: &Value) {
    let mut event = Event::new(name, [("property", property.clone())]);
    event.issue = Some(id);
    desk.emit(&event);
}
