//! Notices as stored, what they are made of, and the messages about them that are on their way.
//!
//! Several processes on one database may look at once: a change counts for the one that made it.

use crate::{
    domain::notice::{Notice, NoticeKind},
    server::store::{StoreError, Tx},
};

/// The one row of the address that messages are sent to.
const HOOK: &str = "notices";

#[derive(Debug, sqlx::FromRow)]
struct NoticeRow {
    kind: String,
    subject_id: String,
    project_id: Option<String>,
    stage: String,
    title: String,
    detail: String,
}

/// An integration in force, as far as notices are made of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IntegrationRow {
    /// Configuration.
    pub id: String,
    /// Project.
    pub project_id: String,
    /// Name of the project.
    pub project: String,
    /// Key of the Jira project.
    pub key: String,
    /// Its own status: `active` or `error`.
    pub status: String,
    /// Words to it.
    pub reason: String,
    /// `active` or `error`.
    pub connection_status: String,
    /// Work items with values that no row of its mapping names.
    pub unmapped: i64,
    /// Requirements among them whose status is the reason.
    pub requirements: i64,
    /// Bugs among them whose status or severity is.
    pub bugs: i64,
}

/// A connection in Error that a project is linked through.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TroubleRow {
    /// Project.
    pub project_id: String,
    /// Name of the connection.
    pub name: String,
    /// Why it is in Error.
    pub reason: String,
}

/// Where messages are sent to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HookRow {
    /// Id.
    pub id: String,
    /// Host of the address.
    pub host: String,
    /// Address and secret, sealed.
    pub sealed: Vec<u8>,
    /// When it was set, UTC milliseconds.
    pub set_at: i64,
    /// Name of who set it.
    pub set_by: String,
    /// When the last message was sent or given up.
    pub sent_at: Option<i64>,
    /// Why it did not arrive; empty when it did.
    pub trouble: String,
}

/// A message that is due.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MessageRow {
    /// Id.
    pub id: String,
    /// JSON text.
    pub body: String,
    /// When its cause was found, UTC milliseconds.
    pub created_at: i64,
    /// How often it was tried before.
    pub tries: i64,
}

/// All notices, by kind and subject.
///
/// # Errors
/// As every store function.
pub async fn list(tx: &mut Tx) -> Result<Vec<Notice>, StoreError> {
    let rows = fetch_all!(
        tx,
        NoticeRow,
        "SELECT kind, subject_id, project_id, stage, title, detail FROM notice ORDER BY kind, subject_id",
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(Notice {
                kind: NoticeKind::find(&row.kind)
                    .ok_or_else(|| StoreError::inconsistent("notice", "kind", &row.kind))?,
                subject_id: row.subject_id,
                project_id: row.project_id,
                stage: row.stage,
                title: row.title,
                detail: row.detail,
            })
        })
        .collect()
}

/// Writes a notice; gives whether anything changed.
///
/// # Errors
/// As every store function.
pub async fn put(tx: &mut Tx, notice: &Notice, now: i64) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "INSERT INTO notice (kind, subject_id, project_id, stage, title, detail, since)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (kind, subject_id) DO UPDATE SET stage = excluded.stage, title = excluded.title,
           detail = excluded.detail
         WHERE notice.stage <> excluded.stage OR notice.title <> excluded.title OR notice.detail <> excluded.detail",
        notice.kind.code(),
        &notice.subject_id,
        notice.project_id.as_deref(),
        &notice.stage,
        &notice.title,
        &notice.detail,
        now,
    )?;
    Ok(touched > 0)
}

/// Takes a notice away; gives whether it was there.
///
/// # Errors
/// As every store function.
pub async fn delete(tx: &mut Tx, notice: &Notice) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "DELETE FROM notice WHERE kind = $1 AND subject_id = $2",
        notice.kind.code(),
        &notice.subject_id,
    )?;
    Ok(touched > 0)
}

/// The integrations that are in force and not switched off with their connection.
///
/// # Errors
/// As every store function.
pub async fn list_integrations(tx: &mut Tx) -> Result<Vec<IntegrationRow>, StoreError> {
    fetch_all!(
        tx,
        IntegrationRow,
        "SELECT c.id, c.project_id, p.name AS project, COALESCE(c.jira_project_key, '') AS key, c.status,
             c.status_reason AS reason, n.status AS connection_status,
             COALESCE(u.unmapped, 0) AS unmapped, COALESCE(u.requirements, 0) AS requirements,
             COALESCE(u.bugs, 0) AS bugs
         FROM configuration c
         LEFT JOIN (
             SELECT configuration_id, COUNT(*) AS unmapped,
                 SUM(CASE WHEN kind = 'requirement' AND status_rule = 'default' THEN 1 ELSE 0 END) AS requirements,
                 SUM(CASE WHEN kind = 'bug' AND (status_rule = 'default' OR severity_rule = 'default') THEN 1 ELSE 0 END) AS bugs
             FROM issue
             WHERE gone_at IS NULL AND (status_rule = 'default' OR priority_rule = 'default' OR severity_rule = 'default')
             GROUP BY configuration_id) u ON u.configuration_id = c.id
         JOIN project p ON p.id = c.project_id
         JOIN connection n ON n.id = c.connection_id
         WHERE c.proceeded_version_id IS NOT NULL AND c.status IN ('active', 'error') AND n.status <> 'inactive'
         ORDER BY c.id",
    )
}

/// The connections in Error that the projects of a person are linked through.
///
/// # Errors
/// As every store function.
pub async fn list_troubles(tx: &mut Tx, person_id: &str) -> Result<Vec<TroubleRow>, StoreError> {
    fetch_all!(
        tx,
        TroubleRow,
        "SELECT DISTINCT c.project_id, n.name, n.status_reason AS reason
         FROM configuration c JOIN connection n ON n.id = c.connection_id
         WHERE n.status = 'error' AND c.status <> 'archived' AND c.proceeded_version_id IS NOT NULL
           AND c.project_id IN (SELECT project_id FROM project_member WHERE person_id = $1)
         ORDER BY c.project_id, n.name, n.status_reason",
        person_id,
    )
}

/// Where messages are sent to.
///
/// # Errors
/// As every store function.
pub async fn find_hook(tx: &mut Tx) -> Result<Option<HookRow>, StoreError> {
    fetch_optional!(tx, HookRow, "SELECT * FROM notice_hook WHERE id = $1", HOOK)
}

/// Sets where messages are sent to. What was on its way to another address is dropped with it.
///
/// # Errors
/// As every store function.
pub async fn save_hook(
    tx: &mut Tx,
    host: &str,
    sealed: &[u8],
    set_by: &str,
    now: i64,
) -> Result<(), StoreError> {
    delete_hook(tx).await?;
    execute!(
        tx,
        "INSERT INTO notice_hook (id, host, sealed, set_at, set_by) VALUES ($1, $2, $3, $4, $5)",
        HOOK,
        host,
        sealed,
        now,
        set_by,
    )?;
    Ok(())
}

/// Ends the sending; gives whether there was an address.
///
/// # Errors
/// As every store function.
pub async fn delete_hook(tx: &mut Tx) -> Result<bool, StoreError> {
    execute!(tx, "DELETE FROM notice_message")?;
    Ok(execute!(tx, "DELETE FROM notice_hook WHERE id = $1", HOOK)? > 0)
}

/// The id that the row of the address has, for sealing.
pub fn hook_id() -> &'static str {
    HOOK
}

/// Notes how a message fared that was sent to the address set at `set_at`; about another address it says nothing.
///
/// # Errors
/// As every store function.
pub async fn note_sent(tx: &mut Tx, set_at: i64, now: i64, trouble: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE notice_hook SET sent_at = $2, trouble = $3 WHERE id = $1 AND set_at = $4",
        HOOK,
        now,
        trouble,
        set_at,
    )?;
    Ok(())
}

/// Lays a message out for sending.
///
/// # Errors
/// As every store function.
pub async fn insert_message(tx: &mut Tx, id: &str, body: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO notice_message (id, body, created_at, next_at) VALUES ($1, $2, $3, $3)",
        id,
        body,
        now,
    )?;
    Ok(())
}

/// Takes the oldest message, if it is due, so that no other process sends it before `until`; counts the try. Younger
/// ones wait for it: the end of something is never told before its beginning.
///
/// # Errors
/// As every store function.
pub async fn claim_message(tx: &mut Tx, now: i64, until: i64) -> Result<Option<MessageRow>, StoreError> {
    fetch_optional!(
        tx,
        MessageRow,
        "UPDATE notice_message SET next_at = $2, tries = tries + 1
         WHERE id = (SELECT id FROM notice_message ORDER BY created_at, id LIMIT 1)
           AND next_at <= $1
         RETURNING id, body, created_at, tries - 1 AS tries",
        now,
        until,
    )
}

/// Tries a message again at `at`.
///
/// # Errors
/// As every store function.
pub async fn postpone_message(tx: &mut Tx, id: &str, at: i64) -> Result<(), StoreError> {
    execute!(tx, "UPDATE notice_message SET next_at = $2 WHERE id = $1", id, at)?;
    Ok(())
}

/// A message has arrived, or was given up.
///
/// # Errors
/// As every store function.
pub async fn delete_message(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM notice_message WHERE id = $1", id)?;
    Ok(())
}

/// Messages on their way.
///
/// # Errors
/// As every store function.
pub async fn count_messages(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM notice_message")?;
    Ok(row.0)
}
