//! An issue whole, as it is served, and what has gathered around it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// An issue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Issue {
    /// Stable id.
    pub id: i64,
    /// Current key.
    pub key: String,
    /// Project.
    pub project_id: String,
    /// The whole issue as REST sends it (v3 on Cloud).
    pub body: Map<String, Value>,
    /// Cloud: the rich fields as wiki text, for v2 requests.
    pub wiki: Map<String, Value>,
}

impl Issue {
    /// The issue's fields; empty when a recording has none.
    #[must_use]
    pub fn fields(&self) -> Option<&Map<String, Value>> {
        self.body.get("fields").and_then(Value::as_object)
    }

    /// The issue's fields, to change them.
    pub fn fields_mut(&mut self) -> Option<&mut Map<String, Value>> {
        self.body.get_mut("fields").and_then(Value::as_object_mut)
    }

    /// One field.
    #[must_use]
    pub fn find_field(&self, id: &str) -> Option<&Value> {
        self.fields()?.get(id).filter(|value| !value.is_null())
    }
}

/// What belongs to an issue and is served by resources of its own. Everything is wire JSON as the
/// routes send it, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// Histories: `{id, author, created, items[]}`.
    pub changelog: Vec<Value>,
    /// Comments; on Cloud `body` is ADF.
    pub comments: Vec<Value>,
    /// Worklogs.
    pub worklogs: Vec<Value>,
    /// Remote links.
    pub remote_links: Vec<Value>,
    /// Who follows the issue.
    pub watchers: Vec<Value>,
    /// Who voted for it.
    pub voters: Vec<Value>,
    /// Issue properties.
    pub properties: BTreeMap<String, Value>,
}
