//! What nobody could check on a live Jira, and what a site therefore can play either way.

use std::collections::HashMap;

use serde_json::Value;

use super::{World, facts::list_sprints};
use crate::sandbox::generate;

/// The ways of one site that are not the usual ones.
#[derive(Clone, Debug, Default)]
pub struct Variant {
    /// Data Center shows sprints as objects, as Cloud does, and not as text.
    pub sprints_as_json: bool,
    /// `deploymentType` of a Data Center, `Server` unless it is named.
    pub deployment_type: Option<String>,
    /// Data Center 10 and later keeps the webhook path of before.
    pub old_webhook_path: bool,
    /// Scopes of the token of an account, by its id. An account that is not listed has them all.
    pub scopes: HashMap<String, Vec<String>>,
}

impl World {
    /// Shows sprints as objects or as text from now on, in kept issues as in those that are made when they are
    /// asked for. Cloud knows objects only, and nothing changes there.
    pub fn show_sprints_as(&mut self, as_json: bool) {
        if self.is_cloud() {
            return;
        }
        self.variant.sprints_as_json = as_json;
        let Some(field) = self.find_sprint_field() else {
            return;
        };
        let items = Value::from(if as_json { "json" } else { "string" });
        for own in self.fields.iter_mut().filter(|own| own["id"] == field.as_str()) {
            own["schema"]["items"] = items.clone();
        }
        for project in &mut self.projects {
            let screens = std::sync::Arc::make_mut(&mut project.create_fields);
            let own = screens.values_mut().flatten();
            own.filter(|entry| entry["fieldId"] == field.as_str())
                .for_each(|entry| entry["schema"]["items"] = items.clone());
        }
        let kept: Vec<i64> = self.list_kept().map(|issue| issue.id).collect();
        for id in kept {
            let ids: Vec<u32> = self
                .issue(id)
                .and_then(|issue| issue.find_field(&field).map(list_sprints))
                .unwrap_or_default()
                .into_iter()
                .map(|(id, _)| id)
                .collect();
            if ids.is_empty() {
                continue;
            }
            // In the order of the issue, whatever order the site has them in.
            let find = |id: &u32| self.sprints.iter().find(|sprint| sprint["id"] == *id);
            let shown: Vec<Value> = ids
                .iter()
                .filter_map(find)
                .map(|sprint| generate::show_sprint(self, sprint))
                .collect();
            self.edit_issue(&id.to_string(), |issue| {
                if let Some(fields) = issue.fields_mut() {
                    fields.insert(field.clone(), Value::Array(shown));
                }
            });
        }
    }
}
