//! New issues, one or up to fifty.

use serde_json::{Map, Value, json};

use super::{
    arrival,
    desk::{Change, Desk, put, put_values, read_maps},
    lookup::{Lookup, find_account},
    screens, sides, transitions,
};
use crate::sandbox::{
    answer::Answer,
    world::{Issue, Project},
    write::{
        Refusal, screen, shorten, text_of,
        value::{Accepted, Field},
    },
};

const RANK: &str = "com.pyxis.greenhopper.jira:gh-lexo-rank";
/// Most issues of one bulk request.
const BULK_LIMIT: usize = 50;

pub(crate) fn create(desk: &mut Desk<'_>) -> Answer {
    let body = desk.body;
    match create_one(desk, body) {
        Ok(created) => Answer::json(201, created),
        Err(refusal) => refusal.into(),
    }
}

/// Each is made or refused for itself; only when none is made, the whole is refused.
pub(crate) fn create_bulk(desk: &mut Desk<'_>) -> Answer {
    let Some(updates) = desk.body["issueUpdates"].as_array().cloned() else {
        return Answer::error(400, "issueUpdates is required");
    };
    if updates.len() > BULK_LIMIT {
        return Answer::error(400, "The number of issues to create exceeds the limit of 50.");
    }
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for (number, update) in updates.iter().enumerate() {
        match create_one(desk, update) {
            Ok(created) => issues.push(created),
            Err(refusal) => errors.push(json!({
                "status": refusal.status, "elementErrors": refusal.to_body(), "failedElementNumber": number,
            })),
        }
    }
    let status = if issues.is_empty() && !errors.is_empty() {
        400
    } else {
        201
    };
    Answer::json(status, json!({"issues": issues, "errors": errors}))
}

fn create_one(desk: &mut Desk<'_>, input: &Value) -> Result<Value, Refusal> {
    if desk.world.is_cloud() {
        desk.need_login()?;
    }
    let (fields, update) = read_maps(input)?;
    let project = find_target(desk, &fields)?;
    let kind = find_type(desk, &project, &fields)?;
    let screen = screens::create_screen(desk, &project, &kind);
    let lookup = Lookup {
        desk,
        project: &project,
    };
    let mut values = screen::read_create(&screen, &fields, &update, &lookup)?;
    check_parent(desk, &kind, &values)?;
    check_reporter(desk, &project, &values)?;
    fill_defaults(&screen, &mut values);
    let issue = build(desk, &project, &kind, &values)?;
    // Everything is checked before anything is kept: a refused request leaves no issue behind.
    let ready = sides::check(desk, &issue, &update)?;
    let step = input["transition"]
        .is_object()
        .then(|| transitions::check(desk, &issue, &json!({"transition": input["transition"]})));
    let step = step.transpose()?;
    let id = desk.world.insert_issue(issue);
    arrival::adopt(desk, id);
    let author = desk.author();
    if let Some(extras) = desk.extras(id) {
        // Who makes an issue follows it.
        extras.watchers.extend((!author.is_null()).then_some(author));
        for property in input["properties"].as_array().into_iter().flatten() {
            if let Some(key) = property["key"].as_str() {
                extras
                    .properties
                    .insert(key.to_owned(), property["value"].clone());
            }
        }
    }
    arrival::emit_created(desk, id);
    sides::apply(desk, id, ready);
    if let Some(step) = step {
        transitions::apply(desk, id, step);
    }
    let issue = desk.world.issue(id).ok_or_else(Refusal::default)?;
    Ok(json!({"id": id.to_string(), "key": issue.key, "self": issue.body.get("self")}))
}

/// The project to create in. A project without the right to create is as good as none.
fn find_target(desk: &Desk<'_>, fields: &Map<String, Value>) -> Result<Project, Refusal> {
    let cloud = desk.world.is_cloud();
    let sent = fields.get("project").unwrap_or(&Value::Null);
    let Some(name) = text_of(&sent["id"]).or_else(|| text_of(&sent["key"])) else {
        let message = if cloud {
            "Specify a valid project ID or key"
        } else {
            "project is required"
        };
        return Err(Refusal::field("project", message));
    };
    let Some(project) = desk.find_project(&name) else {
        return Err(Refusal::field("project", "valid project is required"));
    };
    if desk.can("CREATE_ISSUES", Some(&project.key)) {
        return Ok(project.clone());
    }
    Err(if desk.caller.is_none() {
        Refusal::field(
            "project",
            "Anonymous users do not have permission to create issues in this project. Please try logging in first.",
        )
    } else {
        Refusal::field(
            "project",
            "You do not have permission to create issues in this project.",
        )
    })
}

fn find_type(desk: &Desk<'_>, project: &Project, fields: &Map<String, Value>) -> Result<Value, Refusal> {
    let cloud = desk.world.is_cloud();
    let sent = fields.get("issuetype").unwrap_or(&Value::Null);
    let id = text_of(&sent["id"]);
    let name = sent["name"].as_str();
    if id.is_none() && name.is_none() {
        let message = if cloud {
            "Specify an issue type"
        } else {
            "issue type is required"
        };
        return Err(Refusal::field("issuetype", message));
    }
    let found = project.issue_types.iter().find(|kind| match &id {
        Some(id) => kind["id"] == id.as_str(),
        None => kind["name"].as_str() == name,
    });
    let message = if cloud {
        "Specify a valid issue type"
    } else {
        "valid issue type is required"
    };
    found.cloned().ok_or_else(|| Refusal::field("issuetype", message))
}

fn find_value<'v>(values: &'v [(String, Accepted)], id: &str) -> Option<&'v Value> {
    let found = values.iter().find(|(name, _)| name == id);
    found
        .map(|(_, accepted)| &accepted.value)
        .filter(|value| !value.is_null())
}

/// A sub-task needs a parent of the same project; anything else hangs below an epic, if at all.
fn check_parent(desk: &Desk<'_>, kind: &Value, values: &[(String, Accepted)]) -> Result<(), Refusal> {
    let Some(parent) = find_value(values, "parent") else {
        return if kind["subtask"] == true {
            Err(Refusal::field(
                "issuetype",
                "Issue type is a sub-task but parent issue key or id not specified.",
            ))
        } else {
            Ok(())
        };
    };
    let above = &parent["fields"]["issuetype"];
    let is_epic = above["hierarchyLevel"] == 1 || above["name"] == "Epic";
    let fits = match (kind["subtask"] == true, desk.world.is_cloud()) {
        (true, _) => above["subtask"] != true && !is_epic,
        (false, true) => is_epic && kind["hierarchyLevel"] != 1 && kind["name"] != "Epic",
        (false, false) => false,
    };
    if fits {
        return Ok(());
    }
    Err(if desk.world.is_cloud() {
        Refusal::field(
            "parentId",
            "Given parent work item does not belong to appropriate hierarchy.",
        )
    } else {
        Refusal::field(
            "parent",
            "Issue type is not a sub-task, so it cannot have a parent.",
        )
    })
}

/// Naming somebody else as the reporter takes a right of its own.
fn check_reporter(desk: &Desk<'_>, project: &Project, values: &[(String, Accepted)]) -> Result<(), Refusal> {
    let id = |user: &Value| {
        user["accountId"]
            .as_str()
            .or(user["name"].as_str())
            .map(str::to_owned)
    };
    let other = find_value(values, "reporter").is_some_and(|reporter| id(reporter) != id(&desk.author()));
    if other && !desk.can("MODIFY_REPORTER", Some(&project.key)) {
        return Err(Refusal::field(
            "reporter",
            "Field 'reporter' cannot be set. It is not on the appropriate screen, or unknown.",
        ));
    }
    let assignee = find_value(values, "assignee");
    if assignee.is_some() && !desk.can("ASSIGN_ISSUES", Some(&project.key)) {
        return Err(Refusal::field(
            "assignee",
            "Field 'assignee' cannot be set. It is not on the appropriate screen, or unknown.",
        ));
    }
    if let Some(user) = assignee.and_then(id)
        && !find_account(desk, &user)
            .is_some_and(|account| account.can("ASSIGNABLE_USER", Some(&project.key)))
    {
        return Err(Refusal::field(
            "assignee",
            format!("User '{user}' cannot be assigned issues."),
        ));
    }
    Ok(())
}

fn fill_defaults(screen: &[Value], values: &mut Vec<(String, Accepted)>) {
    for entry in screen.iter().filter(|entry| entry["hasDefaultValue"] == true) {
        let Some(field) = Field::read(entry) else { continue };
        let Some(default) = entry.get("defaultValue").filter(|value| !value.is_null()) else {
            continue;
        };
        if !values.iter().any(|(id, _)| id == field.id) {
            let kind = entry["schema"]["type"].as_str().unwrap_or_default();
            values.push((field.id.to_owned(), shorten(kind, default.clone()).into()));
        }
    }
}

/// The new issue, kept nowhere yet.
fn build(
    desk: &Desk<'_>,
    project: &Project,
    kind: &Value,
    values: &[(String, Accepted)],
) -> Result<Issue, Refusal> {
    let id = desk.world.next_issue_id();
    let key = format!("{}-{}", project.key, desk.world.next_number(&project.id));
    let kind_id = kind["id"].as_str().unwrap_or_default();
    let statuses = project.type_statuses.iter().find(|(id, _)| id == kind_id);
    let status = statuses
        .and_then(|(_, list)| list.first())
        .or_else(|| desk.world.statuses.first());
    let status = status
        .cloned()
        .ok_or_else(|| Refusal::new(422, "The issue type has no workflow."))?;
    let (base, api, now) = (desk.world.base_url.clone(), desk.link_api(), desk.now_text());
    let mut fields = Map::new();
    for field in &desk.world.fields {
        let Some(name) = field["id"].as_str() else {
            continue;
        };
        if name == "timetracking" {
            continue;
        }
        let list = field["schema"]["type"] == "array" && field["schema"]["system"].is_string();
        fields.insert(name.to_owned(), if list { json!([]) } else { Value::Null });
    }
    let author = desk.author();
    let own = format!("{base}/rest/api/{api}/issue/{id}");
    for (name, value) in [
        ("project", project.show_in_issue()),
        ("issuetype", shorten("issuetype", kind.clone())),
        ("status", shorten("issuetype", status)),
        ("reporter", author.clone()),
        ("creator", author),
        ("created", Value::from(now.as_str())),
        ("updated", Value::from(now.as_str())),
        ("issuelinks", json!([])),
        ("subtasks", json!([])),
        ("attachment", json!([])),
        ("workratio", json!(-1)),
        (
            "votes",
            json!({"self": format!("{base}/rest/api/{api}/issue/{key}/votes"), "votes": 0, "hasVoted": false}),
        ),
        (
            "watches",
            json!({"self": format!("{base}/rest/api/{api}/issue/{key}/watchers"), "watchCount": 1, "isWatching": true}),
        ),
        ("progress", json!({"progress": 0, "total": 0})),
        ("aggregateprogress", json!({"progress": 0, "total": 0})),
    ] {
        fields.insert(name.to_owned(), value);
    }
    if desk.world.is_cloud() {
        fields.insert("statuscategorychangedate".to_owned(), Value::from(now));
    }
    let body = json!({
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": id.to_string(), "self": own, "key": key, "fields": fields,
    });
    let mut issue = Issue {
        id,
        key,
        project_id: project.id.clone(),
        body: body.as_object().cloned().unwrap_or_default(),
        wiki: Map::new(),
    };
    let rank = desk
        .world
        .fields
        .iter()
        .find(|field| field["schema"]["custom"] == RANK);
    if let Some(name) = rank.and_then(|field| field["id"].as_str()) {
        put(&mut issue, name, Value::from(format!("0|i{:05}:", id % 100_000)));
    }
    put_values(&mut issue, values);
    Ok(issue)
}

/// A change without anything in it, for callers that only have items.
pub(crate) fn change_of(items: Vec<Value>, event: &'static str) -> Change {
    Change {
        items,
        event,
        ..Change::default()
    }
}
