//! Transitions: what is offered, and doing one.

use serde_json::{Map, Value, json};

use super::{
    desk::{Change, Desk, read_maps},
    lookup::Lookup,
    screens,
    sides::{self, Sides},
};
use crate::sandbox::{
    answer::Answer,
    world::Issue,
    write::{
        Refusal, screen, shorten, text_of,
        value::Accepted,
        workflow::{self, Transition},
    },
};

/// The statuses of the issue's type and whether its workflow is a classic one.
fn find_flow(desk: &Desk<'_>, issue: &Issue) -> (Vec<Value>, bool) {
    let kind = issue
        .find_field("issuetype")
        .map(|kind| kind["id"].clone())
        .unwrap_or_default();
    let Some(project) = desk.project_of(issue) else {
        return (Vec::new(), false);
    };
    let own = project.type_statuses.iter().find(|(id, _)| kind == id.as_str());
    // The main workflow is that of the first ordinary type.
    let main = project
        .issue_types
        .iter()
        .find(|kind| kind["subtask"] != true && kind["hierarchyLevel"].as_i64().unwrap_or(0) == 0)
        .and_then(|kind| {
            project
                .type_statuses
                .iter()
                .find(|(id, _)| kind["id"] == id.as_str())
        });
    let statuses = own.map(|(_, list)| list.clone()).unwrap_or_default();
    let classic = workflow::is_classic(&statuses, main.map_or(&[], |(_, list)| list));
    (statuses, classic)
}

fn list_open(desk: &Desk<'_>, issue: &Issue) -> (Vec<Transition>, bool) {
    let key = desk.project_of(issue).map(|project| project.key.clone());
    if !desk.can("TRANSITION_ISSUES", key.as_deref()) {
        return (Vec::new(), false);
    }
    let (statuses, classic) = find_flow(desk, issue);
    let status = issue.find_field("status").cloned().unwrap_or_default();
    let mut open = workflow::list_transitions(&statuses, classic, &status);
    // Resolving takes a right of its own.
    open.retain(|step| !step.screen || desk.can("RESOLVE_ISSUES", key.as_deref()));
    (open, classic)
}

pub(crate) fn list(desk: &Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let wanted = desk.params.find("transitionId");
    let expand = desk.params.find_list("expand").unwrap_or_default();
    let with_fields = expand.iter().any(|name| name == "transitions.fields");
    let (open, _) = list_open(desk, &issue);
    let shown: Vec<Value> = open
        .iter()
        .filter(|step| wanted.is_none_or(|id| step.id == id))
        .map(|step| show(desk, &issue, step, with_fields))
        .collect();
    Ok(Answer::ok(json!({"expand": "transitions", "transitions": shown})))
}

fn show(desk: &Desk<'_>, issue: &Issue, step: &Transition, with_fields: bool) -> Value {
    let to = shorten("issuetype", step.to.clone());
    let mut shown = json!({"id": step.id, "name": step.name, "to": to});
    if desk.world.is_cloud() {
        for (name, value) in [
            ("hasScreen", step.screen),
            ("isGlobal", step.global),
            ("isInitial", false),
            ("isAvailable", true),
            ("isConditional", false),
            ("isLooped", false),
        ] {
            shown[name] = Value::Bool(value);
        }
    }
    if with_fields {
        let mut fields = Map::new();
        if step.screen {
            for mut entry in screens::resolution_screen(desk, issue) {
                let id = entry["fieldId"].as_str().unwrap_or_default().to_owned();
                if let Some(body) = entry.as_object_mut() {
                    // Inside transitions the id is the name of the entry; Cloud repeats it as `key`.
                    body.remove("fieldId");
                    if desk.world.is_cloud() {
                        body.insert("key".to_owned(), Value::from(id.as_str()));
                    } else {
                        body.insert("fieldId".to_owned(), Value::from(id.as_str()));
                        body.remove("key");
                    }
                }
                fields.insert(id, entry);
            }
        }
        shown["fields"] = Value::Object(fields);
    }
    shown
}

pub(crate) fn execute(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let issue = desk.get_issue(key)?;
    let ready = check(desk, &issue, desk.body)?;
    desk.refuse_conflict(issue.id)?;
    apply(desk, issue.id, ready);
    Ok(Answer::empty(204))
}

/// A transition that may be done, with its screen's values and what rides with them.
pub(crate) struct Ready {
    to: Value,
    change: Change,
    resolved: bool,
    sides: Sides,
}

/// Checks a transition of an issue, which need not be stored yet.
pub(crate) fn check(desk: &Desk<'_>, issue: &Issue, body: &Value) -> Result<Ready, Refusal> {
    let Some(wanted) = text_of(&body["transition"]["id"]).or_else(|| text_of(&body["transition"])) else {
        return Err(Refusal::new(400, "Missing 'transition' identifier"));
    };
    let (open, classic) = list_open(desk, issue);
    let Some(step) = open.into_iter().find(|step| step.id == wanted) else {
        return Err(Refusal::new(
            400,
            format!("Transition id '{wanted}' is not valid for this issue."),
        ));
    };
    let (fields, update) = read_maps(body)?;
    let screen = if step.screen {
        screens::resolution_screen(desk, issue)
    } else {
        Vec::new()
    };
    let project = desk.project_of(issue).cloned().unwrap_or_default();
    let current = issue.fields().cloned().unwrap_or_default();
    let lookup = Lookup {
        desk,
        project: &project,
    };
    let values = screen::read_edit(&screen, &fields, &update, &current, &lookup)?;
    let resolved = values.iter().any(|(id, _)| id == "resolution");
    if step.screen && !resolved && issue.find_field("resolution").is_none() {
        return Err(Refusal::field("resolution", "Resolution is required."));
    }
    let from = issue.find_field("status").cloned().unwrap_or_default();
    Ok(Ready {
        change: Change {
            event: workflow::name_event(classic, &from, &step.to),
            values,
            ..Change::default()
        },
        to: step.to,
        resolved,
        sides: sides::check(desk, issue, &update)?,
    })
}

/// Does a checked transition.
pub(crate) fn apply(desk: &mut Desk<'_>, id: i64, ready: Ready) {
    let Some(issue) = desk.world.issue(id).map(std::borrow::Cow::into_owned) else {
        return;
    };
    let mut change = ready.change;
    move_status(desk, &issue, &ready.to, ready.resolved, &mut change);
    desk.apply(id, change);
    sides::apply(desk, id, ready.sides);
}

/// Status and what follows from it: a resolution on the way into done, none on the way out.
fn move_status(desk: &mut Desk<'_>, issue: &Issue, to: &Value, resolved: bool, change: &mut Change) {
    let now = desk.moment(issue.id);
    let from = issue.find_field("status").cloned().unwrap_or_default();
    let mut set = |name: &str, value: Value| change.values.push((name.to_owned(), Accepted::from(value)));
    set("status", shorten("issuetype", to.clone()));
    let has = issue.find_field("resolution").is_some();
    let (was_done, is_done) = (workflow::is_done(&from), workflow::is_done(to));
    if is_done && !has && !resolved {
        set(
            "resolution",
            desk.world.resolutions.first().cloned().unwrap_or_default(),
        );
    }
    if !is_done && has {
        set("resolution", Value::Null);
    }
    let silent = [
        ("resolutiondate", is_done && !was_done, Value::from(now.as_str())),
        ("resolutiondate", !is_done && was_done, Value::Null),
        (
            "statuscategorychangedate",
            desk.world.is_cloud() && from["statusCategory"]["key"] != to["statusCategory"]["key"],
            Value::from(now.as_str()),
        ),
    ];
    // These move with the status and have no line of their own in the history.
    for (name, _, value) in silent.into_iter().filter(|(_, wanted, _)| *wanted) {
        desk.world.edit_issue(&issue.id.to_string(), |issue| {
            super::desk::put(issue, name, value);
        });
    }
}
