//! Links from an issue to pages elsewhere. The same `globalId` updates: 201 the first time, then 200.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::sandbox::{
    answer::Answer,
    world::Issue,
    write::{Refusal, history},
};

const NO_LINK: &str = "No remote link exists with this id or global id.";

fn need_right(desk: &Desk<'_>, issue: &Issue) -> Result<(), Refusal> {
    let message = format!("No Link Issue Permission for issue '{}'", issue.key);
    desk.need(issue, "LINK_ISSUES", 403, &message)
}

fn check(body: &Value) -> Result<(), Refusal> {
    let mut refusal = Refusal::default();
    let missing = |part: &Value| part.as_str().is_none_or(|text| text.trim().is_empty());
    if missing(&body["object"]["title"]) {
        refusal.add("title", "'title' is required.");
    }
    match body["object"]["url"].as_str().map(url::Url::parse) {
        None => refusal.add("url", "'url' is required."),
        Some(Err(_)) => refusal.add("url", "'url' is not a valid URL."),
        Some(Ok(_)) => {}
    }
    for (name, value) in [
        ("globalId", &body["globalId"]),
        ("title", &body["object"]["title"]),
    ] {
        if value.as_str().is_some_and(|text| text.chars().count() > 255) {
            refusal.add(name, format!("'{name}' must be 255 characters or fewer."));
        }
    }
    if refusal.is_empty() { Ok(()) } else { Err(refusal) }
}

/// The link as the issue keeps it. Jira fills the parts that were not sent.
fn build(id: i64, own: &str, body: &Value) -> Value {
    let mut link = json!({"id": id, "self": own});
    if body["globalId"].is_string() {
        link["globalId"] = body["globalId"].clone();
    }
    link["application"] = json!({});
    for part in ["type", "name"] {
        if body["application"][part].is_string() {
            link["application"][part] = body["application"][part].clone();
        }
    }
    if body["relationship"].is_string() {
        link["relationship"] = body["relationship"].clone();
    }
    let mut object = body["object"].as_object().cloned().unwrap_or_default();
    object.retain(|name, _| matches!(name.as_str(), "url" | "title" | "summary" | "icon" | "status"));
    object.entry("icon").or_insert_with(|| json!({}));
    object.entry("status").or_insert_with(|| json!({"icon": {}}));
    link["object"] = Value::Object(object);
    link
}

/// Whether this is the link with the number that a path names.
fn has_id(link: &Value, id: &str) -> bool {
    id.parse().is_ok_and(|id: i64| link["id"] == id)
}

fn list_links(desk: &Desk<'_>, issue: &Issue) -> Vec<Value> {
    desk.world
        .find_extras(issue.id)
        .map(|extras| extras.remote_links.clone())
        .unwrap_or_default()
}

pub(crate) fn list(desk: &Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let links = list_links(desk, &issue);
    let Some(global) = desk.params.find("globalId") else {
        return Ok(Answer::ok(Value::Array(links)));
    };
    let found = links.into_iter().find(|link| link["globalId"] == global);
    found.map(Answer::ok).ok_or_else(|| Refusal::new(404, NO_LINK))
}

pub(crate) fn get(desk: &Desk<'_>, key: &str, id: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let found = list_links(desk, &issue).into_iter().find(|link| has_id(link, id));
    found.map(Answer::ok).ok_or_else(|| Refusal::new(404, NO_LINK))
}

pub(crate) fn upsert(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    need_right(desk, &issue)?;
    let body = desk.body.clone();
    check(&body)?;
    let global = body["globalId"].as_str();
    let known = global.and_then(|global| {
        let links = list_links(desk, &issue);
        links.into_iter().find(|link| link["globalId"] == global)?["id"].as_i64()
    });
    let id = known.unwrap_or_else(|| desk.next_id());
    let link = store(desk, &issue, id, &body);
    if known.is_none() {
        note(desk, &issue, &history::Side::default(), &side(&link));
    }
    let status = if known.is_some() { 200 } else { 201 };
    Ok(Answer::json(status, json!({"id": id, "self": link["self"]})))
}

pub(crate) fn update(desk: &mut Desk<'_>, key: &str, id: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    need_right(desk, &issue)?;
    let body = desk.body.clone();
    check(&body)?;
    let known = list_links(desk, &issue)
        .iter()
        .find(|link| has_id(link, id))
        .and_then(|link| link["id"].as_i64());
    let known = known.ok_or_else(|| Refusal::new(404, NO_LINK))?;
    store(desk, &issue, known, &body);
    Ok(Answer::empty(204))
}

fn store(desk: &mut Desk<'_>, issue: &Issue, id: i64, body: &Value) -> Value {
    let own = format!(
        "{}/rest/api/{}/issue/{}/remotelink/{id}",
        desk.world.base_url,
        desk.link_api(),
        issue.key
    );
    let link = build(id, &own, body);
    if let Some(extras) = desk.extras(issue.id) {
        match extras.remote_links.iter_mut().find(|have| have["id"] == id) {
            Some(have) => have.clone_from(&link),
            None => extras.remote_links.push(link.clone()),
        }
    }
    link
}

fn side(link: &Value) -> history::Side {
    let title = link["object"]["title"].as_str().unwrap_or_default();
    history::Side::of(
        link["id"].to_string(),
        format!("This issue links to \"{title} (Web Link)\""),
    )
}

fn note(desk: &mut Desk<'_>, issue: &Issue, from: &history::Side, to: &history::Side) {
    desk.write_history(
        issue.id,
        vec![history::special("RemoteIssueLink", None, from, to)],
    );
    desk.touch(issue.id);
}

/// Deletes by the id in the path or by `globalId`.
pub(crate) fn delete(desk: &mut Desk<'_>, key: &str, id: Option<&str>) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    need_right(desk, &issue)?;
    let global = desk.params.find("globalId").map(str::to_owned);
    if id.is_none() && global.is_none() {
        return Err(Refusal::new(400, "The globalId query parameter is required."));
    }
    let found = list_links(desk, &issue).into_iter().find(|link| match id {
        Some(id) => has_id(link, id),
        None => link["globalId"].as_str() == global.as_deref(),
    });
    let link = found.ok_or_else(|| Refusal::new(404, NO_LINK))?;
    if let Some(extras) = desk.extras(issue.id) {
        extras.remote_links.retain(|have| have["id"] != link["id"]);
    }
    note(desk, &issue, &side(&link), &history::Side::default());
    Ok(Answer::empty(204))
}
