//! Deleting a configuration with everything under it, in the caller's transaction.
//!
//! The caller has taken the configuration with [`take`] (or all of a project) and its jobs away: a worker has
//! written its page by then and can write nothing more, and what was asked for in between is committed. The audit
//! log stays.

use crate::server::store::{StoreError, Tx, configuration::ConfigurationRow, dialect};

/// What a configuration holds, for the question before it is deleted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HoldingsRow {
    /// Mirrored requirements, also those that are gone from Jira.
    pub requirements: i64,
    /// Mirrored bugs, also those that are gone from Jira.
    pub bugs: i64,
    /// Mirrored releases, also those that Plans does not show.
    pub releases: i64,
    /// Mirrored sprints, also those that Plans does not show.
    pub sprints: i64,
    /// Sync runs.
    pub runs: i64,
    /// Sync runs that wait or go on.
    pub syncing: i64,
}

/// What a configuration holds.
///
/// # Errors
/// As every store function.
pub async fn load_holdings(tx: &mut Tx, id: &str) -> Result<HoldingsRow, StoreError> {
    fetch_one!(
        tx,
        HoldingsRow,
        "SELECT
             (SELECT COUNT(*) FROM issue WHERE configuration_id = $1 AND kind = 'requirement') AS requirements,
             (SELECT COUNT(*) FROM issue WHERE configuration_id = $1 AND kind = 'bug') AS bugs,
             (SELECT COUNT(*) FROM release WHERE configuration_id = $1) AS releases,
             (SELECT COUNT(*) FROM sprint WHERE configuration_id = $1) AS sprints,
             (SELECT COUNT(*) FROM sync_run WHERE configuration_id = $1) AS runs,
             (SELECT COUNT(*) FROM sync_run WHERE configuration_id = $1 AND state IN ('queued', 'running')) AS syncing",
        id,
    )
}

/// Takes a configuration for oneself until the transaction ends: nobody saves, proceeds, syncs or asks for a run
/// of it meanwhile. Whoever holds the project too takes that first.
///
/// # Errors
/// As every store function.
pub async fn take(tx: &mut Tx, id: &str) -> Result<Option<ConfigurationRow>, StoreError> {
    let statement = dialect::take_configuration(tx);
    fetch_optional!(tx, ConfigurationRow, statement, id)
}

/// Deletes a configuration with its mirror, its runs and its versions.
///
/// # Errors
/// As every store function.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM issue_sprint WHERE configuration_id = $1",
        "DELETE FROM issue_release WHERE configuration_id = $1",
        "DELETE FROM quarantine WHERE configuration_id = $1",
        "DELETE FROM issue WHERE configuration_id = $1",
        "DELETE FROM release WHERE configuration_id = $1",
        "DELETE FROM sprint WHERE configuration_id = $1",
        "DELETE FROM wizard_cache WHERE configuration_id = $1",
        "DELETE FROM sync_run WHERE configuration_id = $1",
        "DELETE FROM configuration_version WHERE configuration_id = $1",
        "DELETE FROM configuration WHERE id = $1",
    ] {
        execute!(tx, statement, id)?;
    }
    Ok(())
}
