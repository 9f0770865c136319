//! Releases from plan to end: created, changed, released, archived, moved, merged, deleted.
//!
//! Issues that name a release show its new name and state at once and without a line in their
//! history; when a release goes away, each of its issues gets one.

use serde_json::{Map, Value, json};

use super::{
    desk::{Change, Desk},
    version_parts::{set_overdue, write_parts},
};
use crate::sandbox::{
    answer::Answer,
    routes::payload,
    webhooks::event::Event,
    world::Project,
    write::{Refusal, shorten, text_of, value::Accepted},
};

fn missing(id: &str) -> Refusal {
    Refusal::new(404, format!("Could not find version for id '{id}'"))
}

/// The project and the version, for somebody who may administer the project.
fn find(desk: &Desk<'_>, id: &str) -> Result<(Project, Value), Refusal> {
    let owner = desk
        .world
        .projects
        .iter()
        .find(|project| project.versions.iter().any(|version| version["id"] == id));
    let project = owner
        .and_then(|project| desk.find_project(&project.id))
        .ok_or_else(|| missing(id))?;
    need_admin(desk, project)?;
    let version = project.versions.iter().find(|version| version["id"] == id);
    Ok((project.clone(), version.cloned().ok_or_else(|| missing(id))?))
}

fn need_admin(desk: &Desk<'_>, project: &Project) -> Result<(), Refusal> {
    desk.need_login()?;
    if desk.can("ADMINISTER_PROJECTS", Some(&project.key)) {
        return Ok(());
    }
    // Cloud says that there is no such project, Data Center that it is forbidden.
    let status = if desk.world.is_cloud() { 404 } else { 403 };
    Err(Refusal::new(
        status,
        "The user does not have permission to administer versions of this project.",
    ))
}

pub(crate) fn create(desk: &mut Desk<'_>) -> Result<Answer, Refusal> {
    let sent = desk.body.clone();
    let named = text_of(&sent["projectId"]).or_else(|| text_of(&sent["project"]));
    let Some(named) = named else {
        return Err(Refusal::field("project", "A project must be specified."));
    };
    let found = desk.find_project(&named).cloned();
    let project =
        found.ok_or_else(|| Refusal::new(404, format!("No project could be found with key '{named}'.")))?;
    need_admin(desk, &project)?;
    let id = next_version_id(desk);
    let mut version = json!({
        "self": format!("{}/rest/api/{}/version/{id}", desk.world.base_url, desk.link_api()), "id": id.to_string(),
        "archived": false, "released": false, "projectId": project.id.parse::<i64>().unwrap_or_default(),
    });
    write_parts(&project, &mut version, &sent, true)?;
    set_overdue(desk, &mut version);
    change_project(desk, &project.id, |project| {
        project.versions.push(version.clone());
    });
    emit(desk, "jira:version_created", &version, None);
    Ok(Answer::json(201, version))
}

fn next_version_id(desk: &Desk<'_>) -> i64 {
    let all = desk.world.projects.iter().flat_map(|project| &project.versions);
    let ids = all.filter_map(|version| version["id"].as_str()?.parse::<i64>().ok());
    ids.max().unwrap_or(10_000) + 1
}

fn change_project(desk: &mut Desk<'_>, id: &str, change: impl FnOnce(&mut Project)) {
    if let Some(project) = desk.world.projects.iter_mut().find(|project| project.id == id) {
        change(project);
    }
    desk.world.refresh_version_choices(id);
}

pub(crate) fn update(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (project, before) = find(desk, id)?;
    let sent = desk.body.clone();
    let target = text_of(&sent["moveUnfixedIssuesTo"])
        .map(|target| target.rsplit('/').next().unwrap_or_default().to_owned());
    if let Some(target) = &target
        && !project
            .versions
            .iter()
            .any(|version| version["id"] == target.as_str())
    {
        return Err(Refusal::new(
            404,
            format!("Could not find version for id '{target}'"),
        ));
    }
    let mut after = before.clone();
    write_parts(&project, &mut after, &sent, false)?;
    set_overdue(desk, &mut after);
    replace(desk, &project, &after);
    if let Some(target) = target {
        let open = list_issues(desk, id, "fixVersions")
            .into_iter()
            .filter(|id| is_unresolved(desk, *id));
        let open: Vec<i64> = open.collect();
        swap(desk, &open, "fixVersions", id, Some(&target));
    }
    tell_changes(desk, &before, &after);
    Ok(Answer::ok(after))
}

fn is_unresolved(desk: &Desk<'_>, id: i64) -> bool {
    desk.world
        .issue(id)
        .is_some_and(|issue| issue.find_field("resolution").is_none())
}

/// Releasing has an event of its own; everything else is an update.
fn tell_changes(desk: &Desk<'_>, before: &Value, after: &Value) {
    let flags = ["released", "releaseDate", "userReleaseDate", "overdue"];
    let rest = |version: &Value| {
        let mut rest = version.as_object().cloned().unwrap_or_default();
        rest.retain(|name, _| !flags.contains(&name.as_str()));
        rest
    };
    let released = before["released"] != after["released"];
    if released {
        let name = if after["released"] == true {
            "jira:version_released"
        } else {
            "jira:version_unreleased"
        };
        emit(desk, name, after, None);
    }
    if rest(before) != rest(after) || !released && before != after {
        let mut shown = after.clone();
        if !desk.world.is_cloud() && before["archived"] != after["archived"] {
            // JRASERVER-71000: Data Center tells the state from before.
            shown["archived"] = Value::Bool(false);
        }
        emit(desk, "jira:version_updated", &shown, None);
    }
}

fn emit(desk: &Desk<'_>, name: &str, version: &Value, merged_to: Option<&Value>) {
    let mut shown = version.clone();
    payload::lower_links(&mut shown);
    let mut event = Event::new(name, [("version", shown)]);
    event.variables = vec![
        (
            "version.id",
            version["id"].as_str().unwrap_or_default().to_owned(),
        ),
        ("project.id", version["projectId"].to_string()),
    ];
    if let Some(target) = merged_to {
        let mut shown = target.clone();
        payload::lower_links(&mut shown);
        event.body.insert("mergedTo".to_owned(), shown);
    }
    desk.emit(&event);
}

/// Stores a changed version and rewrites what issues show of it.
fn replace(desk: &mut Desk<'_>, project: &Project, after: &Value) {
    let id = after["id"].as_str().unwrap_or_default().to_owned();
    change_project(desk, &project.id, |project| {
        if let Some(have) = project.versions.iter_mut().find(|have| have["id"] == id.as_str()) {
            have.clone_from(after);
        }
    });
    let shown = shorten("version", after.clone());
    for field in ["fixVersions", "versions"] {
        for issue in list_issues(desk, &id, field) {
            if !desk.world.is_kept(issue) {
                continue;
            }
            desk.world.edit_issue(&issue.to_string(), |issue| {
                let list = issue
                    .fields_mut()
                    .and_then(|fields| fields.get_mut(field))
                    .and_then(Value::as_array_mut);
                for entry in list
                    .into_iter()
                    .flatten()
                    .filter(|entry| entry["id"] == id.as_str())
                {
                    entry.clone_from(&shown);
                }
            });
        }
    }
}

fn list_issues(desk: &Desk<'_>, id: &str, field: &str) -> Vec<i64> {
    let Ok(number) = id.parse::<u32>() else {
        return Vec::new();
    };
    let facts = desk.world.store.list();
    let named = facts.filter(|facts| {
        let list = if field == "versions" {
            &facts.versions
        } else {
            &facts.fix_versions
        };
        list.contains(&number)
    });
    named.map(|facts| facts.id).collect()
}

/// Puts another version, or none, in the place of one.
fn swap(desk: &mut Desk<'_>, issues: &[i64], field: &str, from: &str, to: Option<&str>) {
    let target = to.and_then(|to| {
        let all = desk.world.projects.iter().flat_map(|project| &project.versions);
        all.into_iter().find(|version| version["id"] == to).cloned()
    });
    for id in issues {
        let Some(issue) = desk.world.issue(*id).map(std::borrow::Cow::into_owned) else {
            continue;
        };
        let mut list = issue
            .find_field(field)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        list.retain(|entry| entry["id"] != from && to.is_none_or(|to| entry["id"] != to));
        list.extend(target.iter().map(|version| shorten("version", version.clone())));
        let values = vec![(field.to_owned(), Accepted::from(Value::Array(list)))];
        desk.apply(
            *id,
            Change {
                values,
                event: "issue_updated",
                cascade: true,
                ..Change::default()
            },
        );
    }
}

/// The places that issues move to: fix versions and affected versions.
fn remove(
    desk: &mut Desk<'_>,
    id: &str,
    fix: Option<&str>,
    affected: Option<&str>,
    merged: bool,
) -> Result<(), Refusal> {
    let (project, version) = find(desk, id)?;
    for target in [fix, affected].into_iter().flatten() {
        let fits = target != id && project.versions.iter().any(|version| version["id"] == target);
        if !fits {
            let status = if merged { 404 } else { 400 };
            return Err(Refusal::new(
                status,
                format!("The version with id '{target}' is not one issues can be moved to."),
            ));
        }
    }
    for (field, target) in [("fixVersions", fix), ("versions", affected)] {
        let issues = list_issues(desk, id, field);
        swap(desk, &issues, field, id, target);
    }
    change_project(desk, &project.id, |project| {
        project.versions.retain(|have| have["id"] != id);
    });
    let target = fix
        .filter(|_| merged)
        .and_then(|to| project.versions.iter().find(|have| have["id"] == to));
    emit(desk, "jira:version_deleted", &version, target);
    Ok(())
}

pub(crate) fn merge(desk: &mut Desk<'_>, id: &str, target: &str) -> Result<Answer, Refusal> {
    remove(desk, id, Some(target), Some(target), true)?;
    Ok(Answer::empty(204))
}

pub(crate) fn delete(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let fix = desk.params.find("moveFixIssuesTo").map(str::to_owned);
    let affected = desk.params.find("moveAffectedIssuesTo").map(str::to_owned);
    remove(desk, id, fix.as_deref(), affected.as_deref(), false)?;
    Ok(Answer::empty(204))
}

pub(crate) fn remove_and_swap(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let fix = text_of(&desk.body["moveFixIssuesTo"]);
    let affected = text_of(&desk.body["moveAffectedIssuesTo"]);
    remove(desk, id, fix.as_deref(), affected.as_deref(), false)?;
    Ok(Answer::empty(204))
}

/// Another place in the project's order: behind another version, or to an end, or one step.
pub(crate) fn reorder(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (project, version) = find(desk, id)?;
    let place = project
        .versions
        .iter()
        .position(|have| have["id"] == id)
        .unwrap_or_default();
    let last = project.versions.len().saturating_sub(1);
    let after = desk.body["after"]
        .as_str()
        .map(|link| link.rsplit('/').next().unwrap_or_default().to_owned());
    let to = match (desk.body["position"].as_str(), after) {
        (None, Some(after)) => {
            let other = project
                .versions
                .iter()
                .position(|have| have["id"] == after.as_str());
            let other = other.filter(|_| after != id).ok_or_else(|| missing(&after))?;
            if other < place { other + 1 } else { other }
        }
        (Some("First"), None) => 0,
        (Some("Last"), None) => last,
        (Some("Earlier"), None) => place.saturating_sub(1),
        (Some("Later"), None) => (place + 1).min(last),
        _ => return Err(Refusal::new(400, "One of 'after' or 'position' must be given.")),
    };
    change_project(desk, &project.id, |project| {
        let version = project.versions.remove(place);
        project.versions.insert(to, version);
    });
    emit(desk, "jira:version_moved", &version, None);
    Ok(Answer::ok(version))
}

/// A number of issues, as `relatedIssueCounts` and `unresolvedIssueCount` give them.
pub(crate) fn counts(desk: &Desk<'_>, id: &str, unresolved: bool) -> Result<Answer, Refusal> {
    let own = format!(
        "{}/rest/api/{}/version/{id}",
        desk.world.base_url,
        desk.link_api()
    );
    let known = desk.world.projects.iter().any(|project| {
        desk.find_project(&project.id).is_some() && project.versions.iter().any(|version| version["id"] == id)
    });
    if !known {
        return Err(missing(id));
    }
    let fixed = list_issues(desk, id, "fixVersions");
    let mut body = Map::new();
    body.insert("self".to_owned(), Value::from(own));
    if unresolved {
        let open = fixed.iter().filter(|id| is_unresolved(desk, **id)).count();
        body.insert("issuesUnresolvedCount".to_owned(), Value::from(open));
        if desk.world.is_cloud() {
            body.insert("issuesCount".to_owned(), Value::from(fixed.len()));
        }
    } else {
        body.insert("issuesFixedCount".to_owned(), Value::from(fixed.len()));
        body.insert(
            "issuesAffectedCount".to_owned(),
            Value::from(list_issues(desk, id, "versions").len()),
        );
        body.insert(
            "issueCountWithCustomFieldsShowingVersion".to_owned(),
            Value::from(0),
        );
        body.insert("customFieldUsage".to_owned(), json!([]));
    }
    Ok(Answer::ok(Value::Object(body)))
}
