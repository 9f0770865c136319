//! The audit log: who did what, when, from where. Rows are added and never changed.
//!
//! The use case writes its entry inside the transaction of the change, so that neither exists without
//! the other. `detail` is a short text for people; a secret appears there only as "changed".

use crate::server::{
    random,
    store::{StoreError, Tx},
};

/// What happened.
#[derive(Debug, Clone)]
pub struct AuditEntry<'a> {
    /// When, UTC milliseconds.
    pub at: i64,
    /// Who; nobody for what the server does by itself.
    pub person_id: Option<&'a str>,
    /// Their name then; `Traceline` for the server.
    pub person_name: &'a str,
    /// Network address the request came from; empty for the server.
    pub address: &'a str,
    /// Noun and verb, such as `connection.created`.
    pub action: &'a str,
    /// Kind of the thing, such as `connection`.
    pub object: &'a str,
    /// Its id.
    pub object_id: &'a str,
    /// What changed, in words, without secrets.
    pub detail: &'a str,
}

/// Adds an entry.
///
/// # Errors
/// As every store function.
pub async fn insert(tx: &mut Tx, entry: AuditEntry<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO audit_entry (id, at, person_id, person_name, address, action, object, object_id, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        random::new_id(),
        entry.at,
        entry.person_id,
        entry.person_name,
        entry.address,
        entry.action,
        entry.object,
        entry.object_id,
        entry.detail,
    )?;
    Ok(())
}
