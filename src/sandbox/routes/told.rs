//! Events that nobody raises by writing: the control API says what happened, and webhooks tell of it.
//!
//! The bodies are the ones that reading routes give of the same thing. What Jira says of types, filters and
//! options is recorded and documented nowhere, so those events are sent only with the `body` of the command.

use serde_json::{Map, Value, json};

use super::{
    find_shown, payload,
    writes::{self, Desk},
};
use crate::sandbox::{
    control_faults, generate,
    webhooks::{event::Event, registry::is_event},
};

/// What an event shows, `None` when there is no such thing or nobody knows what Jira shows of it.
fn describe(desk: &Desk<'_>, name: &str, id: &str) -> Option<Map<String, Value>> {
    let plain = name.trim_start_matches("jira:");
    let ask = |path: String| find_shown(desk.world, desk.caller, desk.now, &path);
    let (noun, mut shown) = match plain.split_once('_')?.0 {
        "board" if plain.ends_with("configuration_changed") => (
            "configuration",
            ask(format!("/rest/agile/1.0/board/{id}/configuration"))?,
        ),
        "board" => ("board", ask(format!("/rest/agile/1.0/board/{id}"))?),
        "sprint" => ("sprint", ask(format!("/rest/agile/1.0/sprint/{id}"))?),
        "version" => ("version", ask(format!("/rest/api/2/version/{id}"))?),
        "project" => {
            let project = desk.world.find_project(id)?;
            ("project", payload::show_project(&project.body))
        }
        "user" => {
            let mut accounts = desk.world.accounts.iter();
            let account = accounts.find(|account| account.id == id || account.name == id)?;
            if plain == "user_deleted" && desk.world.is_cloud() {
                return json!({"accountId": account.id, "username": account.display_name})
                    .as_object()
                    .cloned();
            }
            ("user", generate::show_user(desk.world, account))
        }
        _ => return None,
    };
    if let Some(shown) = shown.as_object_mut() {
        if noun == "board" {
            shown.retain(|part, _| matches!(part.as_str(), "id" | "self" | "name" | "type"));
        }
        if plain == "sprint_deleted" {
            shown.remove("self");
        }
    }
    payload::lower_links(&mut shown);
    Some(Map::from_iter([(noun.to_owned(), shown)]))
}

/// Tells of an event that is named; false for an event or a thing that is not known.
pub(super) fn emit(desk: &Desk<'_>, name: &str, id: &str, more: &Map<String, Value>) -> bool {
    if !is_event(name) {
        return false;
    }
    let mut shown = match describe(desk, name, id) {
        Some(shown) => shown,
        None if more.is_empty() => return false,
        None => Map::new(),
    };
    shown.extend(more.clone());
    let mut event = Event::new(name, []);
    event.body = shown;
    desk.emit(&event);
    true
}

/// The name of the event when a thing of a kind changes or goes, if it is known what Jira says then.
fn name_event(kind: &str, what: &str) -> Option<String> {
    ["board", "sprint", "user"]
        .contains(&kind)
        .then(|| format!("{kind}_{what}"))
}

/// Renames a thing and tells of it where Jira has an event for that.
pub(super) fn rename(desk: &mut Desk<'_>, kind: &str, id: &str, name: &str) -> bool {
    let event = name_event(kind, "updated");
    let before = event.as_ref().and_then(|event| describe(desk, event, id));
    if !control_faults::rename(desk.world, kind, id, name) {
        return false;
    }
    let mut more = Map::new();
    if let (true, Some(before)) = (kind == "sprint", before) {
        more.insert("oldValue".to_owned(), before["sprint"].clone());
    }
    if let Some(event) = event {
        emit(desk, &event, id, &more);
    }
    true
}

/// Removes a thing and tells of it where Jira has an event for that.
pub(super) fn remove(desk: &mut Desk<'_>, kind: &str, id: &str) -> bool {
    let event = name_event(kind, "deleted");
    let last = event.as_ref().and_then(|event| describe(desk, event, id));
    if !control_faults::remove(desk.world, kind, id) {
        return false;
    }
    if let (Some(event), Some(last)) = (event, last) {
        let mut told = Event::new(&event, []);
        told.body = last;
        desk.emit(&told);
    }
    true
}

/// Deletes a project and tells of it.
pub(super) fn delete_project(desk: &mut Desk<'_>, key: &str) -> bool {
    writes::tell_project(desk, key, "project_deleted");
    desk.world.delete_project(key)
}

/// Archives a project or brings it back, and tells of it.
pub(super) fn archive_project(desk: &mut Desk<'_>, key: &str, archived: bool) -> bool {
    let found = desk.world.archive_project(key, archived);
    let name = if archived {
        "project_archived"
    } else {
        "project_restored_archived"
    };
    writes::tell_project(desk, key, name);
    found
}
