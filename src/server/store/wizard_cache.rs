//! What Jira had when the wizard last looked, by configuration, kind of list and Jira project.
//!
//! A cache only: losing a row costs one more question to Jira. Bodies are JSON; this file does not
//! read them.

use crate::server::store::{StoreError, Tx};

/// A stored list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CacheRow {
    /// JSON.
    pub body: String,
    /// When Jira was asked, UTC milliseconds.
    pub fetched_at: i64,
}

/// The stored list of a kind; `jira_project_id` may be empty for lists of the whole site.
///
/// # Errors
/// As every store function.
pub async fn find(
    tx: &mut Tx,
    configuration_id: &str,
    kind: &str,
    jira_project_id: &str,
) -> Result<Option<CacheRow>, StoreError> {
    fetch_optional!(
        tx,
        CacheRow,
        "SELECT body, fetched_at FROM wizard_cache WHERE configuration_id = $1 AND kind = $2 AND jira_project_id = $3",
        configuration_id,
        kind,
        jira_project_id,
    )
}

/// Stores a list over the one before.
///
/// # Errors
/// As every store function.
pub async fn save(
    tx: &mut Tx,
    configuration_id: &str,
    kind: &str,
    jira_project_id: &str,
    body: &str,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO wizard_cache (configuration_id, kind, jira_project_id, body, fetched_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (configuration_id, kind, jira_project_id)
         DO UPDATE SET body = excluded.body, fetched_at = excluded.fetched_at",
        configuration_id,
        kind,
        jira_project_id,
        body,
        now,
    )?;
    Ok(())
}

/// Forgets the numbers and samples of a configuration, so that they are asked again; lists stay.
///
/// # Errors
/// As every store function.
pub async fn delete_numbers(tx: &mut Tx, configuration_id: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM wizard_cache WHERE configuration_id = $1 AND kind IN ('counts', 'sample', 'sample.bugs')",
        configuration_id
    )?;
    Ok(())
}

/// Forgets what was asked before a moment.
///
/// # Errors
/// As every store function.
pub async fn delete_old(tx: &mut Tx, fetched_before: i64) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM wizard_cache WHERE fetched_at < $1",
        fetched_before
    )
}
