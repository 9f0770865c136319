//! What kept issues show of a thing that has got another name.
//!
//! Jira keeps ids and shows the name of now everywhere. Issues that are made on demand do that by
//! themselves; kept ones are rewritten here, without a line in their history and without touching
//! `updated`.

use serde_json::Value;

use super::World;
use crate::sandbox::generate;

impl World {
    /// Shows a new name in every kept issue: of a `status`, `priority`, `resolution`, `issuetype`, `sprint`
    /// or `user` by id.
    pub fn show_new_name(&mut self, kind: &str, id: &str, name: &str) {
        let sprint_field = self.find_sprint_field();
        let sprint = self
            .sprints
            .iter()
            .find(|sprint| id.parse().is_ok_and(|id: i64| sprint["id"] == id));
        let sprint = sprint.map(|sprint| generate::show_sprint(self, sprint));
        let change = |value: &mut Value| match kind {
            "user" => rename_user(value, id, name),
            "sprint" => {
                let field = sprint_field.as_ref().and_then(|field| value.get_mut(field));
                let list = field.and_then(Value::as_array_mut);
                list.is_some_and(|list| rename_sprint(list, id, sprint.as_ref()))
            }
            _ => rename_in(value, kind, id, name),
        };
        let kept: Vec<i64> = self.list_kept().map(|issue| issue.id).collect();
        for issue in kept {
            let fields = self
                .issue(issue)
                .and_then(|issue| issue.body.get("fields").cloned());
            let Some(mut fields) = fields else { continue };
            if change(&mut fields) {
                self.edit_issue(&issue.to_string(), |issue| {
                    issue.body.insert("fields".to_owned(), fields);
                });
            }
        }
    }
}

/// Renames a thing wherever an object shows it under its kind, in references to other issues as well.
fn rename_in(value: &mut Value, kind: &str, id: &str, name: &str) -> bool {
    let mut changed = false;
    match value {
        Value::Object(object) => {
            for (key, child) in object {
                if key == kind && child["id"] == id {
                    child["name"] = Value::from(name);
                    changed = true;
                } else {
                    changed |= rename_in(child, kind, id, name);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                changed |= rename_in(item, kind, id, name);
            }
        }
        _ => {}
    }
    changed
}

fn rename_user(value: &mut Value, id: &str, name: &str) -> bool {
    let mut changed = false;
    match value {
        Value::Object(object) => {
            let parts = ["accountId", "key"];
            let own = parts
                .iter()
                .any(|part| object.get(*part).is_some_and(|own| own == id));
            if own && object.contains_key("displayName") {
                object.insert("displayName".to_owned(), Value::from(name));
                return true;
            }
            for child in object.values_mut() {
                changed |= rename_user(child, id, name);
            }
        }
        Value::Array(items) => {
            for item in items {
                changed |= rename_user(item, id, name);
            }
        }
        _ => {}
    }
    changed
}

/// Objects on Cloud, texts on Data Center.
fn rename_sprint(list: &mut [Value], id: &str, sprint: Option<&Value>) -> bool {
    let mut changed = false;
    for entry in list {
        let own = super::list_sprints(&Value::Array(vec![entry.clone()]));
        if let Some(sprint) = sprint
            && own.first().is_some_and(|(own, _)| own.to_string() == id)
        {
            entry.clone_from(sprint);
            changed = true;
        }
    }
    changed
}
