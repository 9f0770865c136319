//! Edits that routes, tests and the control API make to a living site.
//!
//! Each keeps the issue's JSON, its facts and the lists that search walks in step, which is why
//! nothing else changes an issue. An edit of an unknown thing returns false or `None` and changes
//! nothing.

use serde_json::{Map, Value};

use super::{
    World,
    facts::{Facts, read_number},
    issue::{Extras, Issue},
    store::Content,
};

impl World {
    /// Stores an issue whole, new or in place of the one with its id. The key must belong to the
    /// project; its number is used up for ever. Gives the id.
    pub fn insert_issue(&mut self, issue: Issue) -> i64 {
        let sprint_field = self.find_sprint_field();
        let facts = Facts::read(&issue, sprint_field.as_deref(), &mut self.words);
        for name in ["assignee", "reporter", "creator"] {
            if let Some(user) = issue.find_field(name) {
                self.note_user(&user.clone());
            }
        }
        let id = facts.id;
        self.store.put(facts, Content::Stored(Box::new(issue)));
        id
    }

    /// Changes an issue by its JSON. The caller writes `updated`, or leaves it alone as a rename
    /// does; ids, key and project stay what they were (see [`World::move_issue`]).
    pub fn edit_issue(&mut self, id_or_key: &str, change: impl FnOnce(&mut Issue)) -> bool {
        let Some(before) = self.find_issue(id_or_key) else {
            return false;
        };
        let mut issue = before.into_owned();
        if matches!(self.store.find_content(issue.id), Some(Content::Made)) {
            // The history of a made issue is made with it and must outlive the edit.
            self.extras_mut(issue.id);
        }
        change(&mut issue);
        self.insert_issue(issue);
        true
    }

    /// Writes fields into an issue and moves `updated` to `now` (Jira's timestamp text).
    pub fn write_fields(&mut self, id_or_key: &str, fields: &Map<String, Value>, now: &str) -> bool {
        self.edit_issue(id_or_key, |issue| {
            for (name, value) in fields {
                issue.wiki.remove(name);
                if let Some(target) = issue.fields_mut() {
                    target.insert(name.clone(), value.clone());
                }
            }
            if let Some(target) = issue.fields_mut() {
                target.insert("updated".to_owned(), Value::from(now));
            }
        })
    }

    /// Moves an issue to another project: the id stays, the key is new, the old key goes on to
    /// answer. Gives the new key. Type, status and versions are the caller's to change first.
    pub fn move_issue(&mut self, id_or_key: &str, project: &str) -> Option<String> {
        let target = self.find_project(project)?;
        let (project_id, project_key) = (target.id.clone(), target.key.clone());
        let shown = target.show_in_issue();
        let before = self.find_issue(id_or_key)?.into_owned();
        let number = self.store.next_number(project_id.parse().unwrap_or_default());
        let key = format!("{project_key}-{number}");
        self.store.add_former_key(before.key.to_uppercase(), before.id);
        let mut issue = before;
        issue.key.clone_from(&key);
        issue.project_id = project_id;
        issue.body.insert("key".to_owned(), Value::from(key.clone()));
        if let Some(fields) = issue.fields_mut() {
            fields.insert("project".to_owned(), shown);
        }
        self.insert_issue(issue);
        Some(key)
    }

    /// Removes an issue without a trace, as Jira does.
    pub fn delete_issue(&mut self, id_or_key: &str) -> bool {
        self.find_issue_id(id_or_key)
            .is_some_and(|id| self.store.remove(id))
    }

    /// Gives a project another key; the old one and the old keys of its issues go on to answer, and
    /// no issue's `updated` moves. False when the project is unknown or the key is taken.
    pub fn rename_project_key(&mut self, id_or_key: &str, key: &str) -> bool {
        if self.projects.iter().any(|project| project.key == key) {
            return false;
        }
        let Some(project) = self
            .projects
            .iter_mut()
            .find(|project| project.id == id_or_key || project.key == id_or_key)
        else {
            return false;
        };
        let old = std::mem::replace(&mut project.key, key.to_owned());
        project.body.insert("key".to_owned(), Value::from(key));
        let (id, shown) = (project.id.clone(), project.show_in_issue());
        self.former_project_keys.remove(key);
        self.former_project_keys.insert(old, id.clone());
        for id in self.list_issue_ids(&id) {
            if !matches!(self.store.find_content(id), Some(Content::Stored(_))) {
                continue;
            }
            self.edit_issue(&id.to_string(), |issue| {
                issue.key = format!("{key}-{}", read_number(&issue.key));
                issue
                    .body
                    .insert("key".to_owned(), Value::from(issue.key.clone()));
                if let Some(fields) = issue.fields_mut() {
                    fields.insert("project".to_owned(), shown.clone());
                }
            });
        }
        true
    }

    /// What has gathered around an issue, to change it.
    pub fn extras_mut(&mut self, id: i64) -> Option<&mut Extras> {
        let made = self.find_extras(id)?.into_owned();
        Some(self.store.extras_mut(id, || made))
    }

    /// Removes a project with its issues, boards and sprints.
    pub fn delete_project(&mut self, id_or_key: &str) -> bool {
        let Some(id) = self.find_project(id_or_key).map(|project| project.id.clone()) else {
            return false;
        };
        // From the end, so that no removal moves what is to be removed next.
        for issue in self.list_issue_ids(&id).into_iter().rev() {
            self.store.remove(issue);
        }
        self.projects.retain(|project| project.id != id);
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

    /// Archives a project, or brings it back.
    pub fn archive_project(&mut self, id_or_key: &str, archived: bool) -> bool {
        let cloud = self.is_cloud();
        let found = self
            .projects
            .iter_mut()
            .find(|project| project.id == id_or_key || project.key == id_or_key);
        let Some(project) = found else { return false };
        project.archived = archived;
        // Cloud does not mention it unless it is so.
        if archived || !cloud {
            project.body.insert("archived".to_owned(), Value::Bool(archived));
        } else {
            project.body.remove("archived");
        }
        true
    }

    /// Puts a project into the bin, or takes it out again.
    pub fn bin_project(&mut self, id: &str, binned: bool) -> bool {
        let Some(project) = self.projects.iter_mut().find(|project| project.id == id) else {
            return false;
        };
        project.binned = binned;
        if binned {
            project.body.insert("deleted".to_owned(), Value::Bool(true));
        } else {
            project.body.remove("deleted");
        }
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
}
