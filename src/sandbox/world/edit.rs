//! Edits that tests and the control API make to a living site.
//!
//! Each keeps the typed facts and the JSON beside them in step. An edit of an unknown thing returns
//! false and changes nothing.

use serde_json::{Map, Value};

use super::World;

impl World {
    /// Removes a project with its issues, boards and sprints.
    pub fn delete_project(&mut self, id_or_key: &str) -> bool {
        let Some(id) = self.find_project(id_or_key).map(|project| project.id.clone()) else {
            return false;
        };
        self.projects.retain(|project| project.id != id);
        self.issues.retain(|issue| issue.project_id != id);
        let gone: Vec<i64> = self
            .boards
            .iter()
            .filter(|board| board.project_id.as_ref() == Some(&id))
            .map(|board| board.id)
            .collect();
        self.boards.retain(|board| !gone.contains(&board.id));
        self.sprints.retain(|sprint| {
            !sprint["originBoardId"]
                .as_i64()
                .is_some_and(|board| gone.contains(&board))
        });
        true
    }

    /// Hides a project from everybody, or shows it again.
    pub fn hide_project(&mut self, id_or_key: &str, hidden: bool) -> bool {
        let found = self
            .projects
            .iter_mut()
            .find(|project| project.id == id_or_key || project.key == id_or_key);
        found.map(|project| project.hidden = hidden).is_some()
    }

    /// Makes the token invalid from now on, or valid again.
    pub fn revoke_token(&mut self, token: &str, revoked: bool) -> bool {
        let found = self.accounts.iter_mut().find(|account| account.token == token);
        found.map(|account| account.expired = revoked).is_some()
    }

    /// Writes fields into an issue and moves `updated` to `now` (Jira's timestamp text).
    pub fn edit_issue(&mut self, id_or_key: &str, fields: &Map<String, Value>, now: &str) -> bool {
        let id = self.find_issue(id_or_key).map(|issue| issue.id);
        let Some(issue) = self.issues.iter_mut().find(|issue| Some(issue.id) == id) else {
            return false;
        };
        let Some(target) = issue.body.get_mut("fields").and_then(Value::as_object_mut) else {
            return false;
        };
        for (name, value) in fields {
            target.insert(name.clone(), value.clone());
            issue.wiki.remove(name);
        }
        target.insert("updated".to_owned(), Value::from(now));
        true
    }

    /// Removes an issue without a trace, as Jira does.
    pub fn delete_issue(&mut self, id_or_key: &str) -> bool {
        let Some(id) = self.find_issue(id_or_key).map(|issue| issue.id) else {
            return false;
        };
        self.issues.retain(|issue| issue.id != id);
        true
    }
}
