//! The audit log, for those who manage connections.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, moment::MomentView};

/// What to list; empty texts do not filter. Days are the reader's, both included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditFields {
    /// Id of a person.
    pub person: String,
    /// Id of a connection.
    pub connection: String,
    /// Code of an action.
    pub action: String,
    /// First day, ISO 8601.
    pub from: String,
    /// Last day, ISO 8601.
    pub to: String,
    /// Only entries before this number of the log.
    pub before: String,
}

impl AuditFields {
    /// Whether anything is filtered out.
    pub fn is_filtered(&self) -> bool {
        [&self.person, &self.connection, &self.action, &self.from, &self.to]
            .into_iter()
            .any(|text| !text.is_empty())
    }
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntryView {
    /// Number in the log.
    pub seq: i64,
    /// When.
    pub at: MomentView,
    /// Who, by the name they had.
    pub person: String,
    /// From which network address; empty for the server itself.
    pub address: String,
    /// What, in words.
    pub action: String,
    /// Name of the thing today; empty when it is gone or has none.
    pub object: String,
    /// What changed.
    pub detail: String,
}

/// A page of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Newest first.
    pub entries: Vec<AuditEntryView>,
    /// The number to go on before, when there are older ones.
    pub older: Option<i64>,
    /// People in the log: id and name.
    pub people: Vec<(String, String)>,
    /// Connections: id and name.
    pub connections: Vec<(String, String)>,
    /// What is wrong with the first day.
    pub from_error: String,
    /// What is wrong with the last day.
    pub to_error: String,
    /// Number of entries in the whole log.
    pub total: i64,
    /// The end of the log as the command that verifies it takes it: `number:code`.
    pub head: String,
}

/// A page of the audit log.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "load_audit_log")]
pub async fn load_audit_log(#[server(default)] filter: AuditFields) -> Result<AuditView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::audit_page::load(&guard, &filter).await?)
}
