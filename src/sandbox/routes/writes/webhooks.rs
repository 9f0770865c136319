//! Registrations over HTTP.
//!
//! Cloud and old Servers at `/rest/webhooks/1.0/webhook`, Data Center from 10 on at
//! `/rest/jira-webhook/1.0/webhooks`; each knows only its own path, and takes and shows only the settings of
//! that path's own body: what stands elsewhere in a body is ignored without a word. Administrators only. Dynamic
//! webhooks are for apps, which no token here is.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::sandbox::{
    answer::Answer,
    jql,
    webhooks::registry::{self, Author, Registration},
    world::World,
};

/// The refusals of this resource have a body of their own.
fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({"messages": [{"key": message, "arguments": []}]}))
}

/// Whether the site has the new path, and the bodies of the new registrations.
pub(crate) fn has_new(world: &World) -> bool {
    let major = world.version.split('.').next();
    let major = major.and_then(|major| major.parse::<u32>().ok());
    !world.is_cloud() && major.is_some_and(|major| major >= 10) && !world.variant.old_webhook_path
}

fn is_new(desk: &Desk<'_>) -> bool {
    has_new(desk.world)
}

pub(crate) fn route(desk: &mut Desk<'_>, method: &str, new_path: bool, rest: &[&str]) -> Option<Answer> {
    if is_new(desk) != new_path {
        return None;
    }
    if desk.caller.is_none() {
        return Some(refuse(
            401,
            "Client must be authenticated to access this resource.",
        ));
    }
    if !desk.can("ADMINISTER", None) {
        return Some(refuse(403, "Only administrators can manage webhooks."));
    }
    Some(match (method, rest) {
        ("GET", []) => list(desk),
        ("POST", []) => save(desk, None),
        (_, [id]) => with(desk, method, id),
        ("GET", [id, "latest"]) if new_path => latest(desk, id),
        ("GET", [id, "statistics"]) if new_path => statistics(desk, id),
        ("GET", [id, "statistics", "summary"]) if new_path => statistics(desk, id),
        _ => refuse(404, "There is no such resource."),
    })
}

fn show(desk: &Desk<'_>, one: &Registration) -> Value {
    if is_new(desk) {
        one.show_data_center()
    } else {
        one.show_cloud(&desk.world.base_url)
    }
}

fn list(desk: &Desk<'_>) -> Answer {
    let mut all = desk.hub.list();
    if is_new(desk) {
        if let Some(event) = desk.params.find("event") {
            all.retain(|one| one.events.iter().any(|own| own == event));
        }
        let start = desk.params.number("start", 0);
        let limit = desk.params.number("limit", 1000);
        all = all.into_iter().skip(start).take(limit).collect();
    }
    Answer::ok(all.iter().map(|one| show(desk, one)).collect())
}

fn find(desk: &Desk<'_>, id: &str) -> Option<Registration> {
    desk.hub.find(id.parse().ok()?)
}

fn with(desk: &mut Desk<'_>, method: &str, id: &str) -> Answer {
    let Some(one) = find(desk, id) else {
        return refuse(404, "The webhook does not exist.");
    };
    match method {
        "GET" => Answer::ok(show(desk, &one)),
        "PUT" => save(desk, Some(&one)),
        "DELETE" => {
            desk.hub.remove(one.id);
            Answer::empty(204)
        }
        _ => refuse(404, "There is no such resource."),
    }
}

fn save(desk: &Desk<'_>, before: Option<&Registration>) -> Answer {
    let Some(account) = desk.caller else {
        return refuse(401, "Client must be authenticated to access this resource.");
    };
    let id = if desk.world.is_cloud() {
        &account.id
    } else {
        &account.name
    };
    let author = Author {
        id,
        name: &account.display_name,
        now_ms: desk.now_ms(),
    };
    let read = if is_new(desk) {
        registry::read_data_center
    } else {
        registry::read_cloud
    };
    let one = match read(desk.body, before, &author) {
        Ok(one) => one,
        Err(message) => return refuse(400, &message),
    };
    if let Some(filter) = &one.filter
        && let Err(message) = jql::parse_query(filter)
    {
        return refuse(400, &message);
    }
    if desk.world.is_cloud() && one.url.starts_with("http://") && !is_local(&one.url) {
        return refuse(400, "The webhook URL must use https.");
    }
    let stored = desk.hub.save(one);
    let status = if before.is_some() { 200 } else { 201 };
    Answer::json(status, show(desk, &stored))
}

/// Real Cloud takes https only; a receiver on this machine may do without.
fn is_local(url: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|start| url.starts_with(start))
}

/// The last delivery of a webhook.
fn latest(desk: &Desk<'_>, id: &str) -> Answer {
    let Some(one) = find(desk, id) else {
        return refuse(404, "The webhook does not exist.");
    };
    let log = desk.hub.list_log();
    let last = log.iter().rev().find(|sent| sent.registration == one.id);
    match last {
        None => Answer::empty(204),
        Some(sent) => Answer::ok(json!({
            "event": sent.event, "request": {"method": "POST", "url": sent.url},
            "result": {"description": sent.outcome, "outcome": outcome(&sent.outcome)},
        })),
    }
}

fn outcome(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'2') => "SUCCESS",
        Some(b'3'..=b'5') => "FAILURE",
        _ => "ERROR",
    }
}

fn statistics(desk: &Desk<'_>, id: &str) -> Answer {
    let Some(one) = find(desk, id) else {
        return refuse(404, "The webhook does not exist.");
    };
    let log = desk.hub.list_log();
    let count = |wanted: &str| {
        let own = log.iter().filter(|sent| sent.registration == one.id);
        own.filter(|sent| outcome(&sent.outcome) == wanted).count()
    };
    Answer::ok(json!({
        "counts": {"successes": count("SUCCESS"), "failures": count("FAILURE"), "errors": count("ERROR")},
    }))
}
