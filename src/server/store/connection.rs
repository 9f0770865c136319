//! Connections: one Jira site with one sealed credential.
//!
//! The token is in the row only as sealed bytes; opening it is the business of `app::connection`. An
//! update names the revision it was made from and touches nothing when another came first.

use crate::server::store::{StoreError, Tx};

/// A connection as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConnectionRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `cloud` or `data_center`.
    pub deployment: String,
    /// Address for people.
    pub site_url: String,
    /// Address for calls.
    pub api_base: String,
    /// Cloud id, as far as the site told it.
    pub cloud_id: Option<String>,
    /// Address that Jira calls its own, as far as it told it.
    pub base_url: Option<String>,
    /// Account email, Cloud only.
    pub email: Option<String>,
    /// Sealed token.
    pub sealed_token: Option<Vec<u8>>,
    /// When the token was set.
    pub token_set_at: Option<i64>,
    /// Name of the person who set it.
    pub token_set_by: Option<String>,
    /// ISO date.
    pub token_expires_on: Option<String>,
    /// Description.
    pub description: String,
    /// Certificate authority, PEM.
    pub ca_pem: Option<String>,
    /// `active`, `inactive` or `error`.
    pub status: String,
    /// What happened, in words.
    pub status_reason: String,
    /// What to do, in words; may be empty.
    pub status_next: String,
    /// Since when.
    pub status_since: i64,
    /// JSON of the last `ConnectionReport`.
    pub report: Option<String>,
    /// Last check or call.
    pub checked_at: Option<i64>,
    /// Name of the account behind the token, as Jira tells it.
    pub identity: Option<String>,
    /// Version, as Jira tells it.
    pub product_version: Option<String>,
    /// Grows with every change by a person.
    pub revision: i64,
    /// Made.
    pub created_at: i64,
    /// Name of the maker.
    pub created_by: String,
    /// Last change by a person.
    pub updated_at: i64,
    /// Name of that person.
    pub updated_by: String,
}

/// A new status of a connection.
#[derive(Debug, Clone, Copy)]
pub struct NewStatus<'a> {
    /// `active`, `inactive` or `error`.
    pub status: &'a str,
    /// What happened.
    pub reason: &'a str,
    /// What to do.
    pub next: &'a str,
}

/// A connection by id.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<ConnectionRow>, StoreError> {
    fetch_optional!(tx, ConnectionRow, "SELECT * FROM connection WHERE id = $1", id)
}

/// All connections, those in error first, then by name.
///
/// # Errors
/// As every store function.
pub async fn list(tx: &mut Tx) -> Result<Vec<ConnectionRow>, StoreError> {
    fetch_all!(
        tx,
        ConnectionRow,
        "SELECT * FROM connection ORDER BY CASE WHEN status = 'error' THEN 0 ELSE 1 END, name_key, id",
    )
}

/// A Jira project that is linked through a connection.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UseRow {
    /// Connection.
    pub connection_id: String,
    /// Key of the Jira project.
    pub jira_project_key: Option<String>,
    /// End of the last good sync, UTC milliseconds.
    pub last_synced_at: Option<i64>,
}

/// What is linked through all connections: proceeded and not archived, by Jira key.
///
/// # Errors
/// As every store function.
pub async fn list_uses(tx: &mut Tx) -> Result<Vec<UseRow>, StoreError> {
    fetch_all!(
        tx,
        UseRow,
        "SELECT connection_id, jira_project_key, last_synced_at FROM configuration
         WHERE proceeded_version_id IS NOT NULL AND status <> 'archived' ORDER BY jira_project_key, id",
    )
}

/// What makes two names the same: case does not count.
fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// Whether another connection than `except` has this name.
///
/// # Errors
/// As every store function.
pub async fn is_name_taken(tx: &mut Tx, name: &str, except: &str) -> Result<bool, StoreError> {
    let found = fetch_optional!(
        tx,
        (String,),
        "SELECT id FROM connection WHERE name_key = $1 AND id <> $2",
        name_key(name),
        except,
    )?;
    Ok(found.is_some())
}

/// Stores a new connection.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when the name is taken; else as every store function.
pub async fn insert(tx: &mut Tx, row: &ConnectionRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO connection (id, name, name_key, deployment, site_url, api_base, cloud_id, email, sealed_token,
           token_set_at, token_set_by, token_expires_on, description, ca_pem, status, status_reason, status_next,
           status_since, report, checked_at, identity, product_version, revision, created_at, created_by, updated_at, updated_by,
           base_url)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
           $24, $25, $26, $27, $28)",
        &row.id,
        &row.name,
        name_key(&row.name),
        &row.deployment,
        &row.site_url,
        &row.api_base,
        row.cloud_id.as_deref(),
        row.email.as_deref(),
        row.sealed_token.as_deref(),
        row.token_set_at,
        row.token_set_by.as_deref(),
        row.token_expires_on.as_deref(),
        &row.description,
        row.ca_pem.as_deref(),
        &row.status,
        &row.status_reason,
        &row.status_next,
        row.status_since,
        row.report.as_deref(),
        row.checked_at,
        row.identity.as_deref(),
        row.product_version.as_deref(),
        row.revision,
        row.created_at,
        &row.created_by,
        row.updated_at,
        &row.updated_by,
        row.base_url.as_deref(),
    )?;
    Ok(())
}

/// Replaces a connection that still has the revision `row.revision`; it gets the next one. Gives
/// whether it was so. Id and maker stay.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when the name is taken; else as every store function.
pub async fn update(tx: &mut Tx, row: &ConnectionRow) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE connection SET name = $3, name_key = $4, deployment = $5, site_url = $6, api_base = $7, cloud_id = $8,
           email = $9, sealed_token = $10, token_set_at = $11, token_set_by = $12, token_expires_on = $13, description = $14,
           ca_pem = $15, status = $16, status_reason = $17, status_next = $18, status_since = $19, report = $20,
           checked_at = $21, identity = $22, product_version = $23, revision = revision + 1, updated_at = $24, updated_by = $25,
           base_url = $26
         WHERE id = $1 AND revision = $2",
        &row.id,
        row.revision,
        &row.name,
        name_key(&row.name),
        &row.deployment,
        &row.site_url,
        &row.api_base,
        row.cloud_id.as_deref(),
        row.email.as_deref(),
        row.sealed_token.as_deref(),
        row.token_set_at,
        row.token_set_by.as_deref(),
        row.token_expires_on.as_deref(),
        &row.description,
        row.ca_pem.as_deref(),
        &row.status,
        &row.status_reason,
        &row.status_next,
        row.status_since,
        row.report.as_deref(),
        row.checked_at,
        row.identity.as_deref(),
        row.product_version.as_deref(),
        row.updated_at,
        &row.updated_by,
        row.base_url.as_deref(),
    )?;
    Ok(touched > 0)
}

/// Sets the status that a call to Jira showed, unless a person has disconnected; gives whether status
/// or reason changed. `revision` is the one of the row whose token made the call: a call with an older
/// token says nothing about the present one.
///
/// # Errors
/// As every store function.
pub async fn set_status(
    tx: &mut Tx,
    id: &str,
    revision: i64,
    new: NewStatus<'_>,
    now: i64,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE connection SET status_since = CASE WHEN status = $3 THEN status_since ELSE $6 END,
           status = $3, status_reason = $4, status_next = $5, checked_at = $6
         WHERE id = $1 AND revision = $2 AND status <> 'inactive' AND (status <> $3 OR status_reason <> $4)",
        id,
        revision,
        new.status,
        new.reason,
        new.next,
        now,
    )?;
    Ok(touched > 0)
}

/// Notes that Jira answered now.
///
/// # Errors
/// As every store function.
pub async fn touch(tx: &mut Tx, id: &str, now: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE connection SET checked_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}
