//! What a site holds beside its issues: uploaded files, security levels, ids for new things.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Content, Issue, Project, World};
use crate::sandbox::accounts::{Account, is_global, is_looking};

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The issue it is attached to.
    pub issue: i64,
    /// File name.
    pub name: String,
    /// Media type.
    pub kind: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A security level: an issue that has it exists only for some people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityLevel {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Account ids of those who see its issues.
    pub people: Vec<String>,
}

impl SecurityLevel {
    /// The level as issues and metadata show it.
    #[must_use]
    pub fn show(&self, base_url: &str) -> Value {
        json!({
            "self": format!("{base_url}/rest/api/2/securitylevel/{}", self.id), "id": self.id, "name": self.name,
            "description": "",
        })
    }
}

/// Ids of comments, histories, links and files that people make begin here, far from invented ones.
const FIRST_ID: i64 = 900_000;

impl World {
    /// An id for a comment, a history, a link or a file that nothing had before.
    pub fn next_free_id(&mut self) -> i64 {
        self.last_id = self.last_id.max(FIRST_ID) + 1;
        self.last_id
    }

    /// Whether an account has a permission, in one project or (without a key) in any. In an archived project,
    /// which is read-only, nobody has more than those to look.
    #[must_use]
    pub fn grants(&self, account: &Account, permission: &str, project_key: Option<&str>) -> bool {
        let archived = |key: &str| {
            let mut projects = self.projects.iter();
            projects.any(|project| project.archived && project.key == key)
        };
        account.can(permission, project_key)
            && (is_looking(permission) || is_global(permission) || !project_key.is_some_and(archived))
    }

    /// Whether a security level lets somebody see an issue. Levels that nobody defined hide nothing.
    #[must_use]
    pub fn sees_level(&self, account: Option<&Account>, issue: &Issue) -> bool {
        let level = issue
            .find_field("security")
            .and_then(|level| level["id"].as_str());
        level.is_none_or(|id| self.opens_level(account, id))
    }

    /// Whether somebody sees the issues of a level.
    #[must_use]
    pub fn opens_level(&self, account: Option<&Account>, id: &str) -> bool {
        let level = self.security_levels.iter().find(|level| level.id == id);
        level.is_none_or(|level| account.is_some_and(|account| level.people.contains(&account.id)))
    }

    /// Whether an issue's JSON is kept, and not made again whenever it is asked for.
    #[must_use]
    pub fn is_kept(&self, id: i64) -> bool {
        matches!(self.store.find_content(id), Some(Content::Stored(_)))
    }

    /// The kept issues, which are those that can have links.
    pub fn list_kept(&self) -> impl Iterator<Item = Cow<'_, Issue>> {
        let kept = self.store.list().filter(|facts| self.is_kept(facts.id));
        kept.filter_map(|facts| self.issue(facts.id))
    }

    /// Offers a project's versions, archived ones left out, wherever one can be chosen.
    pub fn refresh_version_choices(&mut self, project_id: &str) {
        self.refresh_choices(project_id, "version", Project::list_open_versions);
    }

    /// Offers a project's components wherever one can be chosen.
    pub fn refresh_component_choices(&mut self, project_id: &str) {
        self.refresh_choices(project_id, "component", |project| {
            let components = project.body.get("components").and_then(Value::as_array);
            components.cloned().unwrap_or_default()
        });
    }

    fn refresh_choices(&mut self, project_id: &str, kind: &str, list: impl Fn(&Project) -> Vec<Value>) {
        let Some(project) = self.projects.iter_mut().find(|project| project.id == project_id) else {
            return;
        };
        let open = list(project);
        let screens = std::sync::Arc::make_mut(&mut project.create_fields);
        for field in screens.values_mut().flatten() {
            let schema = &field["schema"];
            if schema["type"] == kind || schema["items"] == kind {
                field["allowedValues"] = Value::Array(open.clone());
            }
        }
    }
}
