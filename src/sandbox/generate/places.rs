//! Where an issue of the invented company belongs: releases, sprints, the issue above it.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::{
    super::world::{Issue, Project, World},
    catalog::shorten,
    fields::{EPIC_LINK_FIELD, EPIC_NAME_FIELD},
    rng::Rng,
    values::{Draft, pick},
};

pub(super) fn choose_versions(project: &Project, stage: usize, rng: &mut Rng) -> Value {
    let count = match rng.below(100) {
        0..25 => 0,
        25..83 => 1,
        83..96 => 2,
        _ => 3,
    };
    let mut fitting: Vec<&Value> = project
        .versions
        .iter()
        .filter(|version| stage == 2 || version["released"] == false)
        .collect();
    let mut chosen = Vec::new();
    for _ in 0..count {
        if fitting.is_empty() {
            break;
        }
        let version = fitting.remove(rng.below(fitting.len()));
        chosen.push(shorten(version, &LEFT_OUT));
    }
    Value::Array(chosen)
}

/// What an issue does not show of a version.
const LEFT_OUT: [&str; 5] = [
    "startDate",
    "userStartDate",
    "userReleaseDate",
    "overdue",
    "projectId",
];

/// The release that a bug was found in, for a few of them.
pub(super) fn find_affected(project: &Project, kind: &str, number: usize) -> Value {
    let told = matches!(kind, "Bug" | "Incident") && number % 5 == 2;
    let mut versions = project.versions.iter();
    let found = versions.find(|version| told && version["released"] == true);
    json!(Vec::from_iter(found.map(|version| shorten(version, &LEFT_OUT))))
}

pub(super) fn choose_sprints(
    world: &World,
    project: &Project,
    kind: &str,
    stage: usize,
    rng: &mut Rng,
) -> Value {
    let board = world
        .boards
        .iter()
        .find(|board| board.kind == "scrum" && board.project_id.as_ref() == Some(&project.id));
    let Some(board) = board else { return Value::Null };
    if matches!(kind, "Epic" | "Sub-task") || rng.chance(35) {
        return Value::Null;
    }
    let of_state = |states: &[&str]| -> Vec<&Value> {
        let own = world
            .sprints
            .iter()
            .filter(|sprint| sprint["originBoardId"] == board.id);
        own.filter(|sprint| states.iter().any(|state| sprint["state"] == *state))
            .collect()
    };
    let closed = of_state(&["closed"]);
    let mut chosen: Vec<&Value> = Vec::new();
    if stage == 2 {
        chosen.extend(pick(&closed, rng));
    } else {
        if stage == 1 && rng.chance(30) {
            // Carried over: planned before, not finished.
            chosen.extend(closed.iter().rev().take(1 + rng.below(2)).rev().copied());
        }
        let open = of_state(if stage == 1 {
            &["active"]
        } else {
            &["active", "future"]
        });
        chosen.extend(pick(&open, rng));
    }
    if chosen.is_empty() {
        return Value::Null;
    }
    Value::Array(
        chosen
            .into_iter()
            .map(|sprint| show_sprint(world, sprint))
            .collect(),
    )
}

/// A sprint inside an issue: an object on Cloud, the old text on Data Center.
pub(in crate::sandbox) fn show_sprint(world: &World, sprint: &Value) -> Value {
    if world.is_cloud() || world.variant.sprints_as_json {
        let mut shown = json!({
            "id": sprint["id"], "name": sprint["name"], "state": sprint["state"], "boardId": sprint["originBoardId"],
            "goal": sprint["goal"],
        });
        for name in ["startDate", "endDate", "completeDate"] {
            if let Some(date) = sprint.get(name) {
                shown[name] = date.clone();
            }
        }
        return shown;
    }
    let text = |name: &str| sprint[name].as_str().unwrap_or("<null>").to_owned();
    Value::from(format!(
        "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={},name={},startDate={},\
         endDate={},completeDate={},activatedDate={},sequence={},goal={},autoStartStop=false,synced=false]",
        0x1a2b_3c00 + sprint["id"].as_i64().unwrap_or_default(),
        sprint["id"],
        sprint["originBoardId"],
        text("state").to_uppercase(),
        text("name"),
        text("startDate"),
        text("endDate"),
        text("completeDate"),
        text("activatedDate"),
        sprint["id"],
        text("goal"),
    ))
}

/// Epics above stories, stories above sub-tasks; Data Center has `parent` for sub-tasks only.
pub(super) fn set_parent(draft: &Draft<'_>, rng: &mut Rng, fields: &mut Map<String, Value>) {
    let Draft {
        world,
        kind_name: kind,
        ..
    } = *draft;
    let cloud = world.is_cloud();
    if kind == "Epic" {
        if !cloud {
            let name = fields.get("summary").cloned().unwrap_or_default();
            fields.insert(EPIC_NAME_FIELD.to_owned(), name);
        }
        return;
    }
    let wanted: &[&str] = if kind == "Sub-task" {
        &["Story", "Task"]
    } else {
        &["Epic"]
    };
    let candidates: Vec<Cow<'_, Issue>> = world
        .store
        .find_numbers(draft.project.id.parse().unwrap_or_default())
        .into_iter()
        .flat_map(BTreeMap::values)
        .filter_map(|id| world.issue(*id))
        // Epics come first in a project: looking further would make growing a world quadratic.
        .take(if kind == "Sub-task" { usize::MAX } else { 60 })
        .filter(|issue| {
            issue
                .find_field("issuetype")
                .is_some_and(|own| wanted.iter().any(|name| own["name"] == *name))
        })
        .collect();
    if candidates.is_empty() || (kind != "Sub-task" && rng.chance(30)) {
        return;
    }
    let parent = rng.pick(&candidates);
    if kind == "Sub-task" || cloud {
        let shown = json!({
            "id": parent.id.to_string(), "key": parent.key, "self": parent.body.get("self"),
            "fields": {
                "summary": parent.find_field("summary"), "status": parent.find_field("status"),
                "priority": parent.find_field("priority"), "issuetype": parent.find_field("issuetype"),
            },
        });
        fields.insert("parent".to_owned(), shown);
    } else {
        fields.insert(EPIC_LINK_FIELD.to_owned(), Value::from(parent.key.clone()));
    }
}
