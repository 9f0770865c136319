//! Disconnecting a connection and connecting it again, and what is linked through it.
//!
//! Both name the revision that the person saw and touch nothing when another change came first.

use crate::server::store::{StoreError, Tx, connection::NewStatus};

/// A Jira project that is linked through a connection, or the draft of one; archived ones are left out.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkedRow {
    /// Configuration.
    pub configuration_id: String,
    /// Our project.
    pub project_name: String,
    /// Key of the Jira project; drafts may have none.
    pub jira_project_key: Option<String>,
    /// The version in force; absent for what was never proceeded.
    pub proceeded_version_id: Option<String>,
    /// Whether a sync run is on its way.
    pub syncing: bool,
}

/// What is linked through a connection, by project and Jira key.
///
/// # Errors
/// As every store function.
pub async fn list_linked(tx: &mut Tx, connection_id: &str) -> Result<Vec<LinkedRow>, StoreError> {
    fetch_all!(
        tx,
        LinkedRow,
        "SELECT configuration.id AS configuration_id, project.name AS project_name,
             configuration.jira_project_key, configuration.proceeded_version_id,
             EXISTS (SELECT 1 FROM sync_run WHERE sync_run.configuration_id = configuration.id
                 AND sync_run.state IN ('queued', 'running')) AS syncing
         FROM configuration JOIN project ON project.id = configuration.project_id
         WHERE configuration.connection_id = $1 AND configuration.status <> 'archived'
         ORDER BY project.name, configuration.jira_project_key, configuration.id",
        connection_id,
    )
}

/// A change of the switch, as the person saw the connection.
#[derive(Debug, Clone, Copy)]
pub struct Switch<'a> {
    /// Connection.
    pub id: &'a str,
    /// Its revision when the person looked at it.
    pub revision: i64,
    /// Name of the person.
    pub by: &'a str,
    /// Now.
    pub now: i64,
}

/// Disconnects; gives whether the connection still was as the person saw it, and connected.
///
/// # Errors
/// As every store function.
pub async fn disconnect(tx: &mut Tx, switch: Switch<'_>, words: NewStatus<'_>) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE connection SET status = $3, status_reason = $4, status_next = $5, status_since = $6,
             revision = revision + 1, updated_at = $6, updated_by = $7
         WHERE id = $1 AND revision = $2 AND status <> 'inactive'",
        switch.id,
        switch.revision,
        words.status,
        words.reason,
        words.next,
        switch.now,
        switch.by,
    )?;
    Ok(touched > 0)
}

/// What a test before the reconnect found.
#[derive(Debug, Clone, Copy)]
pub struct Tested<'a> {
    /// The status that follows from it.
    pub words: NewStatus<'a>,
    /// The report, JSON.
    pub report: &'a str,
    /// Whose token it is, where the test got so far.
    pub identity: Option<&'a str>,
    /// Jira's version, where the test got so far.
    pub product_version: Option<&'a str>,
}

/// Connects again; gives whether the connection still was as the person saw it, and disconnected.
///
/// # Errors
/// As every store function.
pub async fn reconnect(tx: &mut Tx, switch: Switch<'_>, tested: Tested<'_>) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE connection SET status = $3, status_reason = $4, status_next = $5, status_since = $6,
             report = $8, identity = COALESCE($9, identity), product_version = COALESCE($10, product_version),
             checked_at = $6, revision = revision + 1, updated_at = $6, updated_by = $7
         WHERE id = $1 AND revision = $2 AND status = 'inactive'",
        switch.id,
        switch.revision,
        tested.words.status,
        tested.words.reason,
        tested.words.next,
        switch.now,
        switch.by,
        tested.report,
        tested.identity,
        tested.product_version,
    )?;
    Ok(touched > 0)
}

/// A connection whose reconnect had ended in Error works now; gives whether it still was so.
///
/// # Errors
/// As every store function.
pub async fn recover(
    tx: &mut Tx,
    id: &str,
    revision: i64,
    tested: Tested<'_>,
    now: i64,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE connection SET status = $3, status_reason = $4, status_next = $5, status_since = $6,
             report = $7, identity = COALESCE($8, identity), product_version = COALESCE($9, product_version),
             checked_at = $6
         WHERE id = $1 AND revision = $2 AND status = 'error'",
        id,
        revision,
        tested.words.status,
        tested.words.reason,
        tested.words.next,
        now,
        tested.report,
        tested.identity,
        tested.product_version,
    )?;
    Ok(touched > 0)
}
