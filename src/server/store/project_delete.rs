//! Deleting a project with everything under it, in one transaction.
//!
//! The caller locks the project and its configurations, then takes the jobs away: a worker has written its page
//! by then and can write nothing more, and what was asked for in between is committed. The audit log stays.

use crate::server::store::{StoreError, Tx, dialect};

/// What a project holds, for the question before it is deleted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HoldingsRow {
    /// Linked Jira projects, drafts and archived ones too.
    pub configurations: i64,
    /// Mirrored requirements, also those that are gone from Jira.
    pub requirements: i64,
    /// Mirrored bugs, also those that are gone from Jira.
    pub bugs: i64,
    /// Members.
    pub members: i64,
    /// Sync runs that wait or go on.
    pub syncing: i64,
}

/// What a project holds.
///
/// # Errors
/// As every store function.
pub async fn load_holdings(tx: &mut Tx, project_id: &str) -> Result<HoldingsRow, StoreError> {
    fetch_one!(
        tx,
        HoldingsRow,
        "SELECT
             (SELECT COUNT(*) FROM configuration WHERE project_id = $1) AS configurations,
             (SELECT COUNT(*) FROM issue JOIN configuration ON configuration.id = issue.configuration_id
              WHERE project_id = $1 AND issue.kind = 'requirement') AS requirements,
             (SELECT COUNT(*) FROM issue JOIN configuration ON configuration.id = issue.configuration_id
              WHERE project_id = $1 AND issue.kind = 'bug') AS bugs,
             (SELECT COUNT(DISTINCT person_id) FROM project_member WHERE project_id = $1) AS members,
             (SELECT COUNT(*) FROM sync_run JOIN configuration ON configuration.id = sync_run.configuration_id
              WHERE project_id = $1 AND sync_run.state IN ('queued', 'running')) AS syncing",
        project_id,
    )
}

/// Locks the configurations of the project and gives their ids.
///
/// # Errors
/// As every store function.
pub async fn lock_configurations(tx: &mut Tx, project_id: &str) -> Result<Vec<String>, StoreError> {
    let sql = dialect::lock_configurations(tx);
    let rows = fetch_all!(tx, (String,), sql, project_id)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deletes the project itself and who belonged to it. Its configurations are gone by then ([`super::configuration_delete::delete`]).
///
/// # Errors
/// As every store function.
pub async fn delete(tx: &mut Tx, project_id: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM project_member WHERE project_id = $1", project_id)?;
    execute!(tx, "DELETE FROM project WHERE id = $1", project_id)?;
    Ok(())
}
