//! The control API under `/__sandbox/` of every site: what tests in other languages use.
//!
//! It is as open as the loopback port it listens on and changes only that one site. Unknown commands
//! are 404, bodies it cannot read are 400, names it does not know are 404.
//!
//! | request | body |
//! |---|---|
//! | `GET requests`, `DELETE requests` | - |
//! | `GET faults`, `POST faults`, `DELETE faults` | a `FaultRule` |
//! | `POST version` | `{"version": "10.5.9"}` |
//! | `POST delete-project` | `{"key": "PAY"}`; `"told": true` lets webhooks tell of it |
//! | `POST archive-project` | `{"key": "PAY", "archived": true}` |
//! | `POST emit` | `{"event": "board_created", "id": 84}`, `"key"` for a project, `"body"` for more of the body |
//! | `POST hide-project` | `{"key": "PAY", "hidden": true}` |
//! | `POST revoke-token`, `POST restore-token` | `{"token": "..."}` |
//! | `POST edit-issue` | `{"key": "TRIP-1", "fields": {"summary": "..."}}` |
//! | `POST delete-issue` | `{"key": "TRIP-1"}` |
//! | `POST grow` | `{"issues": 1000}` |
//! | `POST move-issue` | `{"key": "TRIP-1", "project": "PAY"}` |
//! | `POST rename-project` | `{"key": "PAY", "new_key": "CASH"}` |
//! | `POST rights` | `{"token": "...", "denied": ["LINK_ISSUES"]}` |
//! | `POST expire-token` | `{"token": "...", "in_ms": 60000}` |
//! | `POST captcha` | `{"token": "...", "on": true}` |
//! | `POST fall-through` | `{"on": true}`: wrong credentials count as none |
//! | `POST security-level` | `{"id": "10001", "name": "Board", "people": ["ada"]}` by first name |
//! | `POST limits` | `{"burst": {"GET": 5}, "quota": 100, "per_issue": true, "bucket": {"size": 50, "fill": 10, "interval_seconds": 60}}` |
//! | `webhooks/...` | see `webhooks::control` |
//! | `POST search-cap` | `{"cap": 50}` |
//! | `POST search-delay` | `{"ms": 5000}`: search notices changes so late; 0 ends it |
//! | `GET mapping` | - the right mapping of the named worlds |
//! | `POST clock` | `{"seconds": 600}` ahead, negative behind, 0 right |
//! | `POST black-hole` | `{"on": true}`: connections are no longer accepted |
//! | `GET schedule`, `POST schedule` | `{"steps": [{"at": 25, "command": "faults", "body": {..}}]}` |
//! | `POST poison-issue` | `{"key": "PAY-3", "kind": "invalid-date"}`, or `huge`, `deep`, `nul`, `unknown-type` |
//! | `POST rename` | `{"kind": "status", "id": "3", "name": "Doing"}`, or a `field`, `priority`, `resolution`, `issuetype`, `board`, `sprint`, `user`; `"told": true` |
//! | `POST remove` | `{"kind": "status", "id": "3"}`; `"told": true` |
//! | `POST variant` | `{"sprint": "json", "deployment_type": "DataCenter", "old_webhook_path": true}`, or `{"token": "...", "scopes": ["read:jira-work"]}` |
//! | `GET info` | - |
//!
//! A schedule carries its commands out when the request of that number comes, counted from the moment
//! the schedule was given.

use serde_json::{Map, Value, json};

use super::{
    answer::Answer,
    control_faults,
    faults::FaultRule,
    generate, routes,
    site::Site,
    world::{SecurityLevel, World},
};

/// Answers one control request; `command` is the path after `/__sandbox/`.
pub(super) fn answer(site: &Site, method: &str, command: &str, body: &[u8]) -> Answer {
    let input: Value = if body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(body).unwrap_or(Value::Null)
    };
    let Some(fields) = input.as_object() else {
        return Answer::error(400, "The body is not a JSON object.");
    };
    match (method, command) {
        ("GET", "requests") => Answer::ok(json!(site.list_requests())),
        ("DELETE", "requests") => {
            site.clear_requests();
            done(true)
        }
        ("GET", "faults") => Answer::ok(json!(site.faults.list())),
        ("DELETE", "faults") => {
            site.faults.clear();
            done(true)
        }
        ("POST", "faults") => match serde_json::from_value::<FaultRule>(input.clone()) {
            Ok(rule) => {
                site.faults.add(rule);
                done(true)
            }
            Err(error) => Answer::error(400, &format!("The fault is not understood: {error}")),
        },
        ("GET", "info") => site.read(|world| {
            Answer::ok(json!({
                "url": world.base_url, "version": world.version, "cloudId": world.cloud_id,
                "issues": world.store.len(),
                "projects": world.projects.iter().map(|project| &project.key).collect::<Vec<_>>(),
            }))
        }),
        ("GET", "mapping") => Answer::ok(generate::show_mapping()),
        ("POST", "limits") => match serde_json::from_value(input.clone()) {
            Ok(rules) => {
                site.limits.set(rules);
                done(true)
            }
            Err(error) => Answer::error(400, &format!("The limits are not understood: {error}")),
        },
        (
            "POST",
            "move-issue" | "rename-project" | "edit-issue" | "delete-issue" | "emit" | "archive-project",
        ) => routes::control_as_admin(site, command, fields),
        // Told of, these are an administrator's work; otherwise nobody hears of them.
        ("POST", "rename" | "remove" | "delete-project") if input["told"] == true => {
            routes::control_as_admin(site, command, fields)
        }
        ("POST", "rights" | "expire-token" | "captcha" | "fall-through" | "security-level") => {
            answer_access(site, command, fields)
        }
        ("GET", "schedule") => Answer::ok(json!({"steps": site.schedule.list()})),
        ("POST", "schedule") => match serde_json::from_value(input["steps"].clone()) {
            Ok(steps) => {
                site.schedule.set(steps);
                done(true)
            }
            Err(error) => Answer::error(400, &format!("The schedule is not understood: {error}")),
        },
        ("POST", "clock") => match input["seconds"].as_i64() {
            Some(seconds) => {
                site.clock.set_skew(seconds);
                done(true)
            }
            None => Answer::error(400, "Name the seconds the clock is to be wrong by."),
        },
        ("POST", "black-hole") => {
            site.gate.send_replace(!input["on"].as_bool().unwrap_or(true));
            done(true)
        }
        ("POST", _) => answer_edit(site, command, fields),
        _ => Answer::error(404, "There is no such control command."),
    }
}

fn answer_edit(site: &Site, command: &str, input: &Map<String, Value>) -> Answer {
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
    let count = |name: &str| {
        input
            .get(name)
            .and_then(Value::as_u64)
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or_default()
    };
    let now = site.clock.now();
    site.edit(|world| match command {
        "version" => {
            text("version").clone_into(&mut world.version);
            done(true)
        }
        "delete-project" => done(world.delete_project(text("key"))),
        "hide-project" => {
            let hidden = input.get("hidden").and_then(Value::as_bool).unwrap_or(true);
            done(world.hide_project(text("key"), hidden))
        }
        "revoke-token" => done(world.revoke_token(text("token"), true)),
        "restore-token" => done(world.revoke_token(text("token"), false)),
        "poison-issue" => done(control_faults::poison_issue(world, text("key"), text("kind"))),
        "rename" => done(control_faults::rename(
            world,
            text("kind"),
            text("id"),
            text("name"),
        )),
        "remove" => done(control_faults::remove(world, text("kind"), text("id"))),
        "grow" => {
            // A slip of the keyboard must not fill the machine.
            generate::grow_world(world, count("issues").min(100_000), now);
            done(true)
        }
        "search-delay" => {
            let delay = i64::try_from(count("ms")).ok().filter(|delay| *delay > 0);
            world.store.set_delay(delay);
            done(true)
        }
        "variant" => done(set_variant(world, input)),
        "search-cap" => {
            world.search_cap = count("cap").max(1);
            done(true)
        }
        _ => Answer::error(404, "There is no such control command."),
    })
}

/// Plays what nobody could check the other way; what is not named stays. False for an unknown token.
fn set_variant(world: &mut World, input: &Map<String, Value>) -> bool {
    let get = |name: &str| input.get(name).unwrap_or(&Value::Null);
    match get("sprint").as_str() {
        Some("json") => world.show_sprints_as(true),
        Some("text") => world.show_sprints_as(false),
        _ => {}
    }
    if let Some(name) = get("deployment_type").as_str() {
        world.variant.deployment_type = Some(name.to_owned());
    }
    if let Some(old) = get("old_webhook_path").as_bool() {
        world.variant.old_webhook_path = old;
    }
    let Some(token) = get("token").as_str() else {
        return true;
    };
    let mut accounts = world.accounts.iter();
    let account = accounts.find(|account| account.token == token || account.scoped_token() == token);
    let Some(id) = account.map(|account| account.id.clone()) else {
        return false;
    };
    match get("scopes").as_array() {
        Some(scopes) => {
            let scopes = scopes.iter().filter_map(Value::as_str).map(str::to_owned);
            world.variant.scopes.insert(id, scopes.collect());
        }
        None => drop(world.variant.scopes.remove(&id)),
    }
    true
}

/// Who may do what, and who gets in.
fn answer_access(site: &Site, command: &str, input: &Map<String, Value>) -> Answer {
    let now = site.clock.now().as_millisecond();
    let get = |name: &str| input.get(name).unwrap_or(&Value::Null);
    let list = |name: &str| -> Vec<String> {
        let entries = get(name).as_array().into_iter().flatten();
        entries.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let on = get("on").as_bool().unwrap_or(true);
    site.edit(|world| {
        if command == "fall-through" {
            world.falls_through = on;
            return done(true);
        }
        if command == "security-level" {
            let people = list("people");
            let ids = world
                .accounts
                .iter()
                .filter(|account| people.contains(&account.name));
            let level = SecurityLevel {
                id: get("id").as_str().unwrap_or_default().to_owned(),
                name: get("name").as_str().unwrap_or_default().to_owned(),
                people: ids.map(|account| account.id.clone()).collect(),
            };
            world.security_levels.retain(|have| have.id != level.id);
            world.security_levels.push(level);
            return done(true);
        }
        let token = get("token").as_str().unwrap_or_default();
        let Some(account) = world.accounts.iter_mut().find(|account| account.token == token) else {
            return done(false);
        };
        match command {
            "rights" => account.denied = list("denied"),
            "captcha" => account.captcha = on,
            _ => {
                let wait = get("in_ms").as_i64().unwrap_or_default();
                account.expires_at = Some(now.saturating_add(wait));
            }
        }
        done(true)
    })
}

fn done(found: bool) -> Answer {
    if found {
        Answer::ok(json!({"done": true}))
    } else {
        Answer::error(404, "The sandbox has nothing of that name.")
    }
}
