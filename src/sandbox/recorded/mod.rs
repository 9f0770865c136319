//! A site filled from a folder of recorded answers.
//!
//! Issues, fields, statuses, versions and sprints are served value for value as recorded. What the
//! recordings lack is derived from facts inside them and from nothing else: a project from its
//! issues, the statuses of a type from the issues of that type, a board from the sprints that name
//! it. Recordings come from many sites, so ids may collide: the first of an id wins, answers before
//! webhook deliveries.

mod derive;
pub(super) mod scan;

use std::path::Path;

use serde_json::{Map, Value};

use super::{
    record,
    server::SandboxError,
    world::{Issue, World},
};

/// Fills an empty world from `rest-cloud` and `webhooks-cloud`, or the `-dc` twins.
///
/// # Errors
/// A folder without readable answers.
pub(super) fn load_recorded(world: &mut World, folder: &Path) -> Result<(), SandboxError> {
    let side = if world.is_cloud() { "cloud" } else { "dc" };
    let fail = |reason: String| SandboxError::Recorded(folder.to_path_buf(), reason);
    let other = if world.is_cloud() { "dc" } else { "cloud" };
    let has = |side: &str| folder.join(format!("rest-{side}")).is_dir();
    if !has(side) && has(other) {
        // A recording of one Jira has nothing for the other deployment.
        world.recorded = true;
        return Ok(());
    }
    let mut documents = scan::list_documents(&folder.join(format!("rest-{side}")))
        .map_err(|error| fail(error.to_string()))?;
    // Deliveries are an extra: a folder without them is fine.
    documents.extend(scan::list_documents(&folder.join(format!("webhooks-{side}"))).unwrap_or_default());
    let mut found = Found::default();
    for document in &documents {
        found.current_rest = !document.name.contains("webhook") && !document.name.starts_with("pinpoint");
        found.collect(&document.value);
    }
    "Recorded answers".clone_into(&mut world.title);
    world.recorded = true;
    derive::fill(world, found, &documents);
    if world.store.is_empty() && record::list_exchanges(folder).is_empty() {
        Err(fail("no issue found".to_owned()))
    } else {
        Ok(())
    }
}

/// Everything recognised in the documents, in the order found.
#[derive(Debug, Default)]
struct Found {
    issues: Vec<Map<String, Value>>,
    projects: Vec<Map<String, Value>>,
    types: Vec<Value>,
    statuses: Vec<Value>,
    priorities: Vec<Value>,
    resolutions: Vec<Value>,
    versions: Vec<Value>,
    fields: Vec<Value>,
    boards: Vec<Value>,
    sprints: Vec<Value>,
    /// `projects` of the old create metadata.
    create: Vec<Value>,
    current_rest: bool,
}

/// Adds the value unless one with that id is there.
fn add_by_id(list: &mut Vec<Value>, value: &Value) {
    if !list.iter().any(|have| have["id"] == value["id"]) {
        list.push(value.clone());
    }
}

impl Found {
    /// Walks a document and keeps what it recognises, by the `self` link first.
    fn collect(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(object) => {
                self.recognise(value, object);
                object.values().for_each(|child| self.collect(child));
            }
            _ => {}
        }
    }

    fn recognise(&mut self, value: &Value, object: &Map<String, Value>) {
        let link = object.get("self").and_then(Value::as_str).unwrap_or_default();
        let named = object.get("name").is_some_and(Value::is_string)
            && object.get("id").is_some_and(Value::is_string);
        if object
            .get("fields")
            .is_some_and(|fields| is_whole_issue(object, fields))
        {
            self.add_issue(object);
        } else if named && link.contains("/project/") && object.get("key").is_some_and(Value::is_string) {
            self.projects.push(object.clone());
        } else if named && link.contains("/issuetype/") && object.contains_key("subtask") {
            let mut kind = object.clone();
            kind.remove("fields");
            kind.remove("statuses");
            add_by_id(&mut self.types, &Value::Object(kind));
        } else if named && link.contains("/status/") && object.contains_key("statusCategory") {
            add_by_id(&mut self.statuses, value);
        } else if named && link.contains("/priority/") {
            add_by_id(&mut self.priorities, value);
        } else if named && link.contains("/resolution/") {
            add_by_id(&mut self.resolutions, value);
        } else if named && link.contains("/version/") && object.contains_key("projectId") {
            add_by_id(&mut self.versions, value);
        } else if object.contains_key("clauseNames") && named {
            add_by_id(&mut self.fields, value);
        } else if link.contains("/agile/1.0/board/")
            && object.contains_key("type")
            && object.get("id").is_some_and(Value::is_i64)
        {
            add_by_id(&mut self.boards, value);
        } else if object.contains_key("originBoardId") && object.contains_key("state") {
            add_by_id(&mut self.sprints, value);
        }
        if object.get("expand").is_some_and(|expand| expand == "projects")
            && let Some(Value::Array(projects)) = object.get("projects")
        {
            self.create.extend(projects.iter().cloned());
        }
    }

    fn add_issue(&mut self, body: &Map<String, Value>) {
        let size =
            |issue: &Map<String, Value>| issue.get("fields").and_then(Value::as_object).map_or(0, Map::len);
        let same = |have: &Map<String, Value>| {
            have.get("id") == body.get("id") || have.get("key") == body.get("key")
        };
        match self.issues.iter_mut().find(|have| same(have)) {
            None => self.issues.push(body.clone()),
            // The same issue recorded with more fields replaces a poorer answer.
            Some(have)
                if self.current_rest && have.get("key") == body.get("key") && size(body) > size(have) =>
            {
                have.clone_from(body);
            }
            Some(_) => {}
        }
    }
}

fn is_whole_issue(body: &Map<String, Value>, fields: &Value) -> bool {
    body.get("key").is_some_and(Value::is_string)
        && body
            .get("id")
            .and_then(Value::as_str)
            .is_some_and(|id| id.parse::<i64>().is_ok())
        && ["issuetype", "status", "summary", "created", "updated"]
            .iter()
            .all(|name| !fields[*name].is_null())
        && fields["status"]["id"].is_string()
        && fields["issuetype"]["id"].is_string()
}

/// The issue as the world keeps it.
fn to_issue(body: Map<String, Value>, project_id: &str) -> Option<Issue> {
    Some(Issue {
        id: body.get("id")?.as_str()?.parse().ok()?,
        key: body.get("key")?.as_str()?.to_owned(),
        project_id: project_id.to_owned(),
        body,
        wiki: Map::new(),
    })
}
