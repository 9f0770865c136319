//! From the names and ids in a query to the ids in the facts.
//!
//! A project the caller may not browse is as unknown as one that does not exist, and so are its
//! versions and issues. A name that several things share means all of them.

use serde_json::Value;

use super::{Viewer, fields::NumberField};
use crate::sandbox::world::{Word, read_field_number, read_id, read_number};

/// Whether an entry of a list has this id or name.
fn is_called(entry: &Value, text: &str) -> bool {
    let named = |part: &str| entry[part].as_str().is_some_and(|name| is_alike(name, text));
    let number = text.parse::<u32>().ok();
    number.is_some_and(|number| number == read_id(&entry["id"])) || named("name") || named("untranslatedName")
}

/// Whether two texts are the same, letter case aside.
fn is_alike(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || (!other.is_ascii() && one.to_lowercase() == other.to_lowercase())
}

fn collect<'v>(entries: impl IntoIterator<Item = &'v Value>, text: &str) -> Vec<i64> {
    let mut found: Vec<i64> = entries
        .into_iter()
        .filter(|entry| is_called(entry, text))
        .map(|entry| i64::from(read_id(&entry["id"])))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The ids that a text means in a field; empty when it means nothing.
pub(super) fn find_ids(field: NumberField, text: &str, viewer: &Viewer<'_>) -> Vec<i64> {
    let world = viewer.world;
    match field {
        NumberField::Id | NumberField::Parent => find_issue(text, viewer).into_iter().collect(),
        NumberField::Project => {
            let renamed = world.former_project_keys.get(&text.to_uppercase());
            let called = viewer.projects.iter().filter(|project| {
                project.id == text
                    || project.key.eq_ignore_ascii_case(text)
                    || is_alike(&project.name, text)
                    || renamed == Some(&project.id)
            });
            called.filter_map(|project| project.id.parse().ok()).collect()
        }
        NumberField::IssueType => {
            let own = viewer
                .projects
                .iter()
                .flat_map(|project| project.issue_types.iter());
            let listed = collect(&world.issue_types, text);
            if listed.is_empty() {
                collect(own, text)
            } else {
                listed
            }
        }
        NumberField::Status => {
            let own = viewer.projects.iter().flat_map(|project| {
                let statuses = project.type_statuses.iter();
                statuses.flat_map(|(_, list)| list)
            });
            let listed = collect(&world.statuses, text);
            if listed.is_empty() {
                collect(own, text)
            } else {
                listed
            }
        }
        NumberField::Priority => collect(&world.priorities, text),
        NumberField::Resolution => collect(&world.resolutions, text),
        NumberField::FixVersions | NumberField::Versions => {
            collect(viewer.projects.iter().flat_map(|project| &project.versions), text)
        }
        NumberField::Components => {
            let lists = viewer
                .projects
                .iter()
                .filter_map(|project| project.body.get("components"));
            collect(lists.filter_map(Value::as_array).flatten(), text)
        }
        NumberField::Sprints => collect(&world.sprints, text),
        NumberField::Security => {
            let named = world
                .security_levels
                .iter()
                .filter(|level| is_alike(&level.name, text));
            let named = named.filter_map(|level| level.id.parse().ok());
            text.parse().into_iter().chain(named).collect()
        }
    }
}

/// An issue that the caller may see.
fn find_issue(text: &str, viewer: &Viewer<'_>) -> Option<i64> {
    let id = viewer.world.find_issue_id(text)?;
    viewer.sees(viewer.world.facts(id)?).then_some(id)
}

/// Project and number of a key such as `TRIP-12`, which need not exist.
pub(super) fn read_key(text: &str, viewer: &Viewer<'_>) -> Option<(u32, u32)> {
    let (project, _) = text.rsplit_once('-')?;
    let ids = find_ids(NumberField::Project, project, viewer);
    Some((u32::try_from(*ids.first()?).ok()?, read_number(text)))
}

/// The people a text means: an account first, then anybody an issue names.
pub(super) fn find_people(text: &str, viewer: &Viewer<'_>) -> Option<Vec<Word>> {
    let wanted = text.to_lowercase();
    let account = viewer.world.accounts.iter().find(|account| {
        [&account.id, &account.name, &account.email, &account.display_name]
            .iter()
            .any(|own| own.to_lowercase() == wanted)
    });
    let mut found = viewer.world.list_people_called(text);
    if let Some(account) = account {
        let id = if viewer.world.is_cloud() {
            &account.id
        } else {
            &account.name
        };
        found.extend(viewer.world.words.find(id));
        return Some(found);
    }
    (!found.is_empty()).then_some(found)
}

/// Ids of the options of custom fields that a text means.
pub(super) fn find_options(numbers: &[u32], text: &str, viewer: &Viewer<'_>) -> Vec<u32> {
    let mut found = Vec::new();
    let mut last: Option<*const ()> = None;
    for project in &viewer.projects {
        // Projects of one kind share their create metadata: look into each once.
        let here = std::sync::Arc::as_ptr(&project.create_fields).cast::<()>();
        if last.replace(here) == Some(here) {
            continue;
        }
        for field in project.create_fields.values().flatten() {
            let number = field["fieldId"].as_str().and_then(read_field_number);
            if !number.is_some_and(|number| numbers.contains(&number)) {
                continue;
            }
            for option in field["allowedValues"].as_array().into_iter().flatten() {
                let value = option["value"].as_str().or_else(|| option["name"].as_str());
                let id = read_id(&option["id"]);
                if text.parse() == Ok(id) || value.is_some_and(|value| is_alike(value, text)) {
                    found.push(id);
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
