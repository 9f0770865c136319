//! Where a change is made: the world to change, who changes it, and what must follow.
//!
//! A route decides by the rules of `sandbox::write` and changes the world through here, so that the
//! history, `updated`, what other issues show of this one, and the webhooks can never be forgotten.

use axum::http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::{
    accounts::Account,
    answer::Params,
    generate, jql,
    routes::payload,
    webhooks::{event::Event, hub::Hub, registry::Registration},
    world::{Extras, Issue, Project, World},
    write::{
        Refusal, history,
        value::{Accepted, Field},
    },
};

use super::put::replace_reference;
pub(crate) use super::put::{put, put_values, show_reference};

pub(crate) const NO_ISSUE: &str = "Issue does not exist or you do not have permission to see it.";

/// Everything a change needs.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) hub: &'a Hub,
    pub(crate) caller: Option<&'a Account>,
    pub(crate) params: &'a Params,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Value,
    pub(crate) raw: &'a [u8],
    /// The body was longer than anything a site takes, and is lost.
    pub(crate) too_long: bool,
    /// Platform version in the path: 2 or 3.
    pub(crate) api: u8,
    pub(crate) now: Timestamp,
    /// What the site's revision was when the request came; others may have changed it since.
    pub(crate) arrived: u64,
}

/// A change to one issue that is already decided.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// New values by field id.
    pub(crate) values: Vec<(String, Accepted)>,
    /// History items that are no plain field changes.
    pub(crate) items: Vec<Value>,
    /// `issue_event_type_name`.
    pub(crate) event: &'static str,
    /// Caused by another change.
    pub(crate) cascade: bool,
}

impl Desk<'_> {
    pub(crate) fn can(&self, permission: &str, project_key: Option<&str>) -> bool {
        self.caller
            .is_some_and(|account| self.world.grants(account, permission, project_key))
    }

    /// Refuses a caller that is not signed in.
    pub(crate) fn need_login(&self) -> Result<&Account, Refusal> {
        self.caller
            .ok_or_else(|| Refusal::new(401, "Client must be authenticated to access this resource."))
    }

    /// A project the caller may browse.
    pub(crate) fn find_project(&self, id_or_key: &str) -> Option<&Project> {
        self.world
            .find_project(id_or_key)
            .filter(|project| !project.is_gone() && self.can("BROWSE_PROJECTS", Some(&project.key)))
    }

    /// The project of an issue.
    pub(crate) fn project_of(&self, issue: &Issue) -> Option<&Project> {
        self.world.find_project(&issue.project_id)
    }

    /// An issue the caller sees.
    pub(crate) fn get_issue(&self, id_or_key: &str) -> Result<Issue, Refusal> {
        let found = self.world.find_issue(id_or_key).filter(|issue| self.sees(issue));
        found
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| Refusal::new(404, NO_ISSUE))
    }

    /// Whether the caller sees an issue: its project and its security level.
    pub(crate) fn sees(&self, issue: &Issue) -> bool {
        self.find_project(&issue.project_id).is_some() && self.world.sees_level(self.caller, issue)
    }

    /// Refuses unless the caller has the right in the issue's project.
    pub(crate) fn need(
        &self,
        issue: &Issue,
        permission: &str,
        status: u16,
        message: &str,
    ) -> Result<(), Refusal> {
        let key = self.project_of(issue).map(|project| project.key.clone());
        if self.can(permission, key.as_deref()) {
            return Ok(());
        }
        let status = if self.caller.is_none() { 401 } else { status };
        Err(Refusal::new(status, message))
    }

    /// Refuses what somebody else's change of the same issue has overtaken: Cloud writes nothing over a
    /// change that the caller cannot have seen. No document of Data Center knows such a refusal.
    pub(crate) fn refuse_conflict(&self, id: i64) -> Result<(), Refusal> {
        let overtaken = self.world.changes.get(&id).is_some_and(|at| *at > self.arrived);
        if self.world.is_cloud() && overtaken {
            let message = "The issue could not be updated due to a conflicting update.";
            return Err(Refusal::new(409, message));
        }
        Ok(())
    }

    /// Refuses to touch an issue of an archived project, where the operation asks for no right.
    pub(crate) fn need_open(&self, issue: &Issue, status: u16) -> Result<(), Refusal> {
        if self.project_of(issue).is_some_and(|project| project.archived) {
            return Err(Refusal::new(status, "The project of the issue is archived."));
        }
        Ok(())
    }

    pub(crate) fn now_text(&self) -> String {
        generate::format_timestamp(self.now)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// The caller as histories, comments and webhooks show people.
    pub(crate) fn author(&self) -> Value {
        self.caller
            .map(|account| generate::show_user(self.world, account))
            .unwrap_or_default()
    }

    /// Number of the platform in links of stored things: 3 on Cloud.
    pub(crate) fn link_api(&self) -> u8 {
        if self.world.is_cloud() { 3 } else { 2 }
    }

    pub(crate) fn next_id(&mut self) -> i64 {
        self.world.next_free_id()
    }

    /// A metadata entry of a field: as the create screen of the issue's type has it, or made from the
    /// site's list of fields.
    pub(crate) fn describe_field(&self, issue: &Issue, id: &str) -> Value {
        let kind = issue
            .find_field("issuetype")
            .map(|kind| kind["id"].clone())
            .unwrap_or_default();
        let screen = self
            .project_of(issue)
            .and_then(|project| project.create_fields.get(kind.as_str().unwrap_or_default()));
        let entry = screen.and_then(|screen| screen.iter().find(|entry| entry["fieldId"] == id));
        if let Some(entry) = entry {
            return entry.clone();
        }
        let field = self.world.fields.iter().find(|field| field["id"] == id);
        let schema = field.map_or_else(
            || json!({"type": "string", "system": id}),
            |field| field["schema"].clone(),
        );
        json!({"fieldId": id, "name": field.map_or(id, |field| field["name"].as_str().unwrap_or(id)), "schema": schema})
    }

    /// Makes a decided change: values, history, `updated`, other issues' view of it, webhook.
    /// Nothing happens when nothing differs.
    pub(crate) fn apply(&mut self, id: i64, change: Change) -> bool {
        let Some(before) = self.world.issue(id).map(std::borrow::Cow::into_owned) else {
            return false;
        };
        let mut items = self.list_items(&before, &change.values);
        items.extend(change.items);
        if items.is_empty() {
            return true;
        }
        let now = self.moment(id);
        self.world.changes.insert(id, self.world.revision);
        self.world.edit_issue(&id.to_string(), |issue| {
            put_values(issue, &change.values);
            put(issue, "updated", Value::from(now));
        });
        let changelog = self.write_history(id, items);
        self.refresh_neighbours(id);
        self.emit_updated(id, change.event, &[("changelog", changelog)], change.cascade);
        true
    }

    /// The history items of new values.
    pub(crate) fn list_items(&self, before: &Issue, values: &[(String, Accepted)]) -> Vec<Value> {
        let cloud = self.world.is_cloud();
        let mut items = Vec::new();
        for (id, accepted) in values {
            let entry = self.describe_field(before, id);
            let Some(field) = Field::read(&entry) else {
                continue;
            };
            let empty = Value::Null;
            let (old, new) = if field.is_rich() {
                let old = payload::plain_text(before, id);
                (
                    old,
                    accepted.wiki.clone().unwrap_or_else(|| accepted.value.clone()),
                )
            } else {
                let old = before.fields().and_then(|fields| fields.get(id));
                (old.unwrap_or(&empty).clone(), accepted.value.clone())
            };
            items.extend(history::diff(&field, &old, &new, cloud));
        }
        items
    }

    /// Adds a history to an issue and gives what a webhook shows of it.
    pub(crate) fn write_history(&mut self, id: i64, items: Vec<Value>) -> Value {
        let number = self.next_id().to_string();
        let history = json!({
            "id": number, "author": self.author(), "created": self.moment(id), "items": items,
        });
        let shown = json!({"id": number, "items": history["items"]});
        if let Some(extras) = self.world.extras_mut(id) {
            extras.changelog.push(history);
        }
        shown
    }

    /// What has gathered around an issue, to change it.
    pub(crate) fn extras(&mut self, id: i64) -> Option<&mut Extras> {
        self.world.extras_mut(id)
    }

    /// When a change of an issue happens: now, but never before the issue was made or its history ended, even
    /// if the clock was put back since.
    pub(crate) fn moment(&self, id: i64) -> String {
        let issue = self.world.issue(id);
        let created = issue.and_then(|issue| issue.find_field("created").cloned());
        let extras = self.world.find_extras(id);
        let last = extras.and_then(|extras| extras.changelog.last().map(|last| last["created"].clone()));
        let now = self.now_text();
        let now = not_before(created.as_ref(), now);
        not_before(last.as_ref(), now)
    }

    /// Moves `updated` without any other change, as comments and links do.
    pub(crate) fn touch(&mut self, id: i64) {
        let now = self.moment(id);
        self.world
            .edit_issue(&id.to_string(), |issue| put(issue, "updated", Value::from(now)));
    }

    /// Rewrites what the parent, the children and the linked issues show of this one.
    pub(crate) fn refresh_neighbours(&mut self, id: i64) {
        let Some(issue) = self.world.issue(id).map(std::borrow::Cow::into_owned) else {
            return;
        };
        let shown = show_reference(&issue);
        let name = id.to_string();
        let mut neighbours: Vec<String> = Vec::new();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        neighbours.extend(issue.find_field("parent").and_then(|parent| text(&parent["id"])));
        for list in ["subtasks", "issuelinks"] {
            for entry in issue
                .find_field(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                neighbours.extend(
                    [
                        &entry["id"],
                        &entry["inwardIssue"]["id"],
                        &entry["outwardIssue"]["id"],
                    ]
                    .into_iter()
                    .skip(usize::from(list == "issuelinks"))
                    .filter_map(text),
                );
            }
        }
        let children = self.world.store.index().find_children(id);
        neighbours.extend(
            children
                .into_iter()
                .flatten()
                .filter(|child| self.world.is_kept(**child))
                .map(ToString::to_string),
        );
        neighbours.sort_unstable();
        neighbours.dedup();
        for other in neighbours {
            self.world.edit_issue(&other, |other| {
                for field in other
                    .fields_mut()
                    .into_iter()
                    .flat_map(|fields| fields.iter_mut())
                {
                    if matches!(field.0.as_str(), "parent" | "subtasks" | "issuelinks") {
                        replace_reference(field.1, &name, &shown);
                    }
                }
            });
        }
    }

    /// Tells those who asked for it, if anybody did: otherwise the body, which may show a whole issue, is not
    /// even made.
    pub(crate) fn emit_if_heard(&self, name: &str, make: impl FnOnce() -> Event) {
        if self.hub.hears(name) {
            self.emit(&make());
        }
    }

    /// Tells those who asked for it.
    pub(crate) fn emit(&self, event: &Event) {
        let (world, hub) = (&*self.world, self.hub);
        hub.publish(event, world.is_cloud(), self.now_ms(), |one| {
            self.wants(one, event)
        });
    }

    fn wants(&self, one: &Registration, event: &Event) -> bool {
        let (Some(filter), Some(issue), true) = (&one.filter, event.issue, event.is_filtered()) else {
            return true;
        };
        jql::holds(self.world, filter, issue, self.now_ms())
    }

    /// `jira:issue_updated` with further parts of the body.
    pub(crate) fn emit_updated(
        &self,
        id: i64,
        kind: &'static str,
        parts: &[(&'static str, Value)],
        cascade: bool,
    ) {
        let Some(issue) = self.world.issue(id) else { return };
        self.emit_if_heard("jira:issue_updated", || {
            let mut event = self.issue_event("jira:issue_updated", &issue);
            event
                .body
                .insert("issue_event_type_name".to_owned(), Value::from(kind));
            for (name, value) in parts {
                event.body.insert((*name).to_owned(), value.clone());
            }
            event.cascade = cascade;
            event
        });
    }

    /// An event about an issue, with `user` and `issue`.
    pub(crate) fn issue_event(&self, name: &str, issue: &Issue) -> Event {
        let mut event = Event::new(
            name,
            [
                ("user", payload::show_user(&self.author())),
                (
                    "issue",
                    payload::show_issue(self.world, self.caller, self.now, issue),
                ),
            ],
        );
        event.issue = Some(issue.id);
        event.variables = payload::list_variables(issue);
        event
    }
}

/// A time, or the first one where that is later.
pub(crate) fn not_before(first: Option<&Value>, time: String) -> String {
    let read = |text: &str| crate::sandbox::world::parse_time(text);
    match first.and_then(Value::as_str) {
        Some(first) if read(first) > read(&time) => first.to_owned(),
        _ => time,
    }
}

/// `fields` and `update` of a body.
pub(crate) type Maps = (Map<String, Value>, Map<String, Value>);

/// `fields` and `update` of a body.
///
/// # Errors
/// What Jira's reader of JSON says when one of them is no object, or `update` has something else than lists of
/// verbs in it; the place in the text, which it adds, is left out.
pub(crate) fn read_maps(input: &Value) -> Result<Maps, Refusal> {
    let map = |name: &str| match &input[name] {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map.clone()),
        other => Err(refuse_shape("LinkedHashMap", other, name)),
    };
    let (fields, update) = (map("fields")?, map("update")?);
    match update.values().find(|verbs| !verbs.is_array()) {
        Some(other) => Err(refuse_shape("ArrayList", other, "update")),
        None => Ok((fields, update)),
    }
}

fn refuse_shape(wanted: &str, found: &Value, part: &str) -> Refusal {
    let token = match found {
        Value::Object(_) => "START_OBJECT",
        Value::Array(_) => "START_ARRAY",
        Value::String(_) => "VALUE_STRING",
        Value::Bool(true) => "VALUE_TRUE",
        Value::Bool(false) => "VALUE_FALSE",
        Value::Null => "VALUE_NULL",
        Value::Number(number) if number.is_f64() => "VALUE_NUMBER_FLOAT",
        Value::Number(_) => "VALUE_NUMBER_INT",
    };
    let message = format!(
        "Can not deserialize instance of java.util.{wanted} out of {token} token (through reference chain: \
         com.atlassian.jira.rest.v2.issue.IssueUpdateBean[\"{part}\"])"
    );
    Refusal::new(400, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::jira::Deployment;

    #[test]
    fn a_body_is_made_only_for_somebody() {
        let (hub, headers) = (Hub::default(), HeaderMap::new());
        let mut world = World::new(Deployment::Cloud, "https://j.example", "1001.0.0");
        let desk = Desk {
            world: &mut world,
            hub: &hub,
            caller: None,
            params: &Params::default(),
            headers: &headers,
            body: &Value::Null,
            raw: &[],
            too_long: false,
            api: 3,
            now: Timestamp::UNIX_EPOCH,
            arrived: 0,
        };
        let made = std::cell::Cell::new(0);
        let emit = |name: &str| {
            desk.emit_if_heard(name, || {
                made.set(made.get() + 1);
                Event::new(name, [])
            });
        };
        emit("jira:issue_updated");
        hub.save(Registration {
            url: "http://127.0.0.1:9/x".to_owned(),
            events: vec!["jira:issue_updated".to_owned()],
            active: true,
            ..Registration::default()
        });
        emit("jira:issue_deleted");
        assert_eq!(made.get(), 0);
        emit("jira:issue_updated");
        assert_eq!(made.get(), 1);
    }
}
