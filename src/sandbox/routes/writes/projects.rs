//! Changes to a project itself: its name, its key, its end.

use serde_json::Value;

use super::desk::Desk;
use crate::sandbox::{
    answer::Answer, routes::payload, webhooks::event::Event, world::Project, write::Refusal,
};

const NO_EDIT: &str = "You cannot edit the configuration of this project.";

fn find(desk: &Desk<'_>, key: &str) -> Result<Project, Refusal> {
    desk.need_login()?;
    let found = desk.find_project(key).cloned();
    let project =
        found.ok_or_else(|| Refusal::new(404, format!("No project could be found with key '{key}'.")))?;
    if desk.can("ADMINISTER", None) {
        return Ok(project);
    }
    Err(Refusal::new(403, NO_EDIT))
}

/// Whether Jira takes the text as a project key.
fn is_key(key: &str) -> bool {
    (2..=10).contains(&key.len())
        && key.starts_with(|first: char| first.is_ascii_uppercase())
        && key
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

pub(crate) fn update(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let project = find(desk, key)?;
    if project.archived {
        return Err(Refusal::new(403, NO_EDIT));
    }
    let sent = desk.body.clone();
    if let Some(new) = sent["key"].as_str().filter(|new| *new != project.key) {
        if !is_key(new) {
            return Err(Refusal::field(
                "projectKey",
                "Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters.",
            ));
        }
        if let Some(other) = desk
            .world
            .find_project(new)
            .filter(|other| other.id != project.id)
        {
            return Err(Refusal::field(
                "projectKey",
                format!("Project '{}' uses this project key.", other.name),
            ));
        }
        desk.world.rename_project_key(&project.id, new);
    }
    let edited = desk.world.projects.iter_mut().find(|have| have.id == project.id);
    if let Some(have) = edited {
        if let Some(name) = sent["name"].as_str().filter(|name| !name.trim().is_empty()) {
            name.clone_into(&mut have.name);
            have.body.insert("name".to_owned(), Value::from(name));
        }
        if let Some(text) = sent["description"].as_str() {
            have.body.insert("description".to_owned(), Value::from(text));
        }
    }
    tell(desk, &project.id, "project_updated");
    let shown = desk
        .world
        .find_project(&project.id)
        .map(|project| project.body.clone())
        .unwrap_or_default();
    Ok(Answer::ok(Value::Object(shown)))
}

/// Says what happened to a project.
pub(crate) fn tell(desk: &Desk<'_>, id: &str, name: &str) {
    let Some(project) = desk.world.find_project(id) else {
        return;
    };
    let mut event = Event::new(name, [("project", payload::show_project(&project.body))]);
    event.variables = vec![
        ("project.id", project.id.clone()),
        ("project.key", project.key.clone()),
    ];
    desk.emit(&event);
}

/// Cloud's `POST …/restore`: takes a project out of the bin, or out of the archive.
pub(crate) fn restore(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let binned = desk.world.find_project(key).filter(|project| project.binned);
    let Some(id) = binned.map(|project| project.id.clone()) else {
        return archive(desk, key, false);
    };
    desk.need_login()?;
    if !desk.can("ADMINISTER", None) {
        return Err(Refusal::new(
            404,
            format!("No project could be found with key '{key}'."),
        ));
    }
    desk.world.bin_project(&id, false);
    tell(desk, &id, "project_restored_deleted");
    let body = desk.world.find_project(&id).map(|own| own.body.clone());
    Ok(Answer::ok(Value::Object(body.unwrap_or_default())))
}

/// Archives a project or brings it back: its issues leave every search, and lists leave it out.
pub(crate) fn archive(desk: &mut Desk<'_>, key: &str, archived: bool) -> Result<Answer, Refusal> {
    let project = find(desk, key)?;
    if project.archived == archived {
        // Data Center's documents count this among what is forbidden, Cloud's leave it to a request that is
        // not valid. The words of either are not known for certain.
        let status = if desk.world.is_cloud() { 400 } else { 403 };
        let state = if archived { "archived" } else { "not archived" };
        let message = format!("Project '{}' is already {state}.", project.key);
        return Err(Refusal::new(status, message));
    }
    desk.world.archive_project(&project.id, archived);
    tell(
        desk,
        &project.id,
        if archived {
            "project_archived"
        } else {
            "project_restored_archived"
        },
    );
    Ok(match (archived, desk.world.is_cloud()) {
        (true, _) => Answer::empty(204),
        (false, true) => {
            let body = desk.world.find_project(&project.id).map(|own| own.body.clone());
            Answer::ok(Value::Object(body.unwrap_or_default()))
        }
        (false, false) => Answer::empty(202),
    })
}

/// Cloud puts a project into a bin unless told otherwise; Data Center deletes it.
pub(crate) fn delete(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let project = find(desk, key)?;
    if desk.world.is_cloud() && project.archived {
        let message = format!(
            "Project '{}' is archived. Restore it before you delete it.",
            project.key
        );
        return Err(Refusal::new(404, message));
    }
    let bin = desk.world.is_cloud() && desk.params.find("enableUndo") != Some("false");
    tell(
        desk,
        &project.id,
        if bin {
            "project_soft_deleted"
        } else {
            "project_deleted"
        },
    );
    if bin {
        desk.world.bin_project(&project.id, true);
    } else {
        desk.world.delete_project(&project.id);
    }
    Ok(Answer::empty(204))
}
