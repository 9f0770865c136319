//! Control commands that make the content itself bad: poison in one issue, things that vanish or are
//! renamed behind a client's back.

use serde_json::{Map, Value, json};

use super::world::World;

/// Spoils one issue. False for an unknown issue or kind.
pub(super) fn poison_issue(world: &mut World, key: &str, kind: &str) -> bool {
    let (field, value) = match kind {
        "invalid-date" => ("duedate", Value::from("not a date")),
        "huge" => ("description", huge(world)),
        "deep" => ("description", deep()),
        "nul" => ("summary", Value::from("nul \u{0} inside")),
        "unknown-type" => (
            "issuetype",
            json!({"id": "999999", "name": "alien", "alien": [null, {"a": 1}]}),
        ),
        _ => return false,
    };
    let fields = Map::from_iter([(field.to_owned(), value)]);
    let updated = world.find_issue(key).and_then(|issue| {
        issue
            .find_field("updated")
            .and_then(Value::as_str)
            .map(str::to_owned)
    });
    updated.is_some_and(|updated| world.write_fields(key, &fields, &updated))
}

/// Five megabytes of text.
fn huge(world: &World) -> Value {
    let text = "x".repeat(5 << 20);
    if world.is_cloud() {
        let paragraph = json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        json!({"type": "doc", "version": 1, "content": [paragraph]})
    } else {
        Value::from(text)
    }
}

/// A document as deep as a JSON reader of usual limits still takes.
fn deep() -> Value {
    let mut node = json!({"type": "paragraph", "content": []});
    for _ in 0..300 {
        node = json!({"type": "blockquote", "content": [node]});
    }
    json!({"type": "doc", "version": 1, "content": [node]})
}

fn list_of<'a>(world: &'a mut World, kind: &str) -> Option<&'a mut Vec<Value>> {
    match kind {
        "field" => Some(&mut world.fields),
        "status" => Some(&mut world.statuses),
        "priority" => Some(&mut world.priorities),
        "resolution" => Some(&mut world.resolutions),
        "issuetype" => Some(&mut world.issue_types),
        "sprint" => Some(&mut world.sprints),
        _ => None,
    }
}

fn has_id(entry: &Value, id: &str) -> bool {
    match &entry["id"] {
        Value::String(own) => own == id,
        own => id.parse::<i64>().is_ok_and(|id| own.as_i64() == Some(id)),
    }
}

/// Removes a field, status, priority, resolution, type, board or sprint from the site; issues keep
/// what they hold, as they do in Jira until they are edited.
pub(super) fn remove(world: &mut World, kind: &str, id: &str) -> bool {
    if kind == "board" {
        let before = world.boards.len();
        world.boards.retain(|board| board.id.to_string() != id);
        return world.boards.len() < before;
    }
    let Some(list) = list_of(world, kind) else {
        return false;
    };
    let before = list.len();
    list.retain(|entry| !has_id(entry, id));
    if list.len() == before {
        return false;
    }
    for project in &mut world.projects {
        let lists = std::sync::Arc::make_mut(&mut project.type_statuses);
        match kind {
            "status" => lists
                .iter_mut()
                .for_each(|(_, statuses)| statuses.retain(|entry| !has_id(entry, id))),
            "priority" => std::sync::Arc::make_mut(&mut project.priority_ids).retain(|own| own != id),
            "issuetype" => {
                std::sync::Arc::make_mut(&mut project.issue_types).retain(|entry| !has_id(entry, id));
                lists.retain(|(own, _)| own != id);
            }
            "field" => {
                for fields in std::sync::Arc::make_mut(&mut project.create_fields).values_mut() {
                    fields.retain(|field| field["fieldId"] != id);
                }
            }
            _ => {}
        }
    }
    true
}

/// Renames one, also a user by account id or key; issues show the new name at once.
pub(super) fn rename(world: &mut World, kind: &str, id: &str, name: &str) -> bool {
    if kind == "board" {
        let found = world.boards.iter_mut().find(|board| board.id.to_string() == id);
        return found.map(|board| name.clone_into(&mut board.name)).is_some();
    }
    if kind == "user" {
        let account = world.accounts.iter_mut().find(|account| account.id == id);
        let found = account
            .map(|account| name.clone_into(&mut account.display_name))
            .is_some();
        world.show_new_name(kind, id, name);
        return found;
    }
    let Some(list) = list_of(world, kind) else {
        return false;
    };
    let Some(entry) = list.iter_mut().find(|entry| has_id(entry, id)) else {
        return false;
    };
    entry["name"] = Value::from(name);
    if kind == "status" {
        for project in &mut world.projects {
            for (_, statuses) in std::sync::Arc::make_mut(&mut project.type_statuses) {
                let own = statuses.iter_mut().filter(|entry| has_id(entry, id));
                own.for_each(|entry| entry["name"] = Value::from(name));
            }
        }
    }
    if kind != "field" {
        world.show_new_name(kind, id, name);
    }
    true
}
