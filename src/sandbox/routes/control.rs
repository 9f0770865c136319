//! What the control API asks for in a person's stead: done as the site's first account, an administrator,
//! would do it, with history and webhooks, but without the questions a screen would ask.

use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::{
    told,
    writes::{self, Desk},
};
use crate::sandbox::{
    answer::{Answer, Params},
    site::Site,
    write::text_of,
};

pub(crate) fn control_as_admin(site: &Site, command: &str, input: &Map<String, Value>) -> Answer {
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = text("key");
    let id = input.get("id").and_then(text_of).unwrap_or_default();
    site.edit(|world| {
        let admin = world.accounts.first().cloned();
        let mut desk = Desk {
            world,
            hub: &site.hub,
            caller: admin.as_ref(),
            params: &Params::default(),
            headers: &HeaderMap::new(),
            body: &Value::Null,
            raw: &[],
            too_long: false,
            api: 2,
            now: site.clock.now(),
            arrived: u64::MAX,
        };
        let done = match command {
            "move-issue" => writes::move_to(&mut desk, key, text("project")),
            "edit-issue" => {
                let empty = Map::new();
                let fields = input.get("fields").and_then(Value::as_object).unwrap_or(&empty);
                writes::write_raw(&mut desk, key, fields)
            }
            "delete-issue" => desk.world.find_issue_id(key).map(|id| {
                writes::remove(&mut desk, id, false);
                key.to_owned()
            }),
            "emit" => {
                let empty = Map::new();
                let more = input.get("body").and_then(Value::as_object).unwrap_or(&empty);
                let id = if key.is_empty() { &id } else { key };
                let event = text("event");
                told::emit(&desk, event, id, more).then(|| event.to_owned())
            }
            "rename" => told::rename(&mut desk, text("kind"), &id, text("name")).then(|| id.clone()),
            "remove" => told::remove(&mut desk, text("kind"), &id).then(|| id.clone()),
            "delete-project" => told::delete_project(&mut desk, key).then(|| key.to_owned()),
            "archive-project" => {
                let archived = input.get("archived").and_then(Value::as_bool).unwrap_or(true);
                told::archive_project(&mut desk, key, archived).then(|| key.to_owned())
            }
            _ => {
                let renamed = desk.world.rename_project_key(key, text("new_key"));
                writes::tell_project(&desk, text("new_key"), "project_updated");
                renamed.then(|| text("new_key").to_owned())
            }
        };
        match done {
            Some(key) => Answer::ok(json!({"done": true, "key": key})),
            None => Answer::error(404, "The sandbox has nothing of that name."),
        }
    })
}
