//! Sync runs: what was asked for, how far it is, how it ended; and what a run needs to know of its
//! configuration.
//!
//! A configuration has at most one run on its way (an index sees to it). A run that ended never
//! changes again: every statement here that moves a run names the states it may leave.

use crate::{
    domain::jira::JiraProject,
    server::store::{StoreError, Tx, dialect},
};

/// Jira asked for the wait: nobody shortens it.
pub const WAITS_FOR_JIRA: &str = "jira";

/// Why and how long a run waits.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    /// Words for people.
    pub note: &'a str,
    /// When it goes on.
    pub retry_at: i64,
    /// [`WAITS_FOR_JIRA`], or empty.
    pub waits_for: &'a str,
    /// Milliseconds of it to count as Jira's wish.
    pub throttled_ms: i64,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SyncRunRow {
    /// Id.
    pub id: String,
    /// Configuration.
    pub configuration_id: String,
    /// Version of the settings it follows.
    pub version_id: String,
    /// Code of [`crate::domain::sync_status::Trigger`].
    pub trigger_kind: String,
    /// Person, if one asked.
    pub requested_by: Option<String>,
    /// Code of [`crate::domain::sync_status::SyncRunState`].
    pub state: String,
    /// Code of [`crate::domain::sync_status::Phase`].
    pub phase: String,
    /// Issues done.
    pub done_count: i64,
    /// Issues in all, once Jira told it.
    pub total_count: Option<i64>,
    /// `domain::sync_plan::SyncCounts` as JSON.
    pub counts: String,
    /// Where it goes on, JSON; empty at the beginning.
    pub checkpoint: String,
    /// Somebody wants it to end.
    pub cancel_requested: bool,
    /// How often it began anew with other settings.
    pub pass: i64,
    /// Calls to Jira.
    pub request_count: i64,
    /// Milliseconds that Jira made us wait.
    pub throttled_ms: i64,
    /// Phases with when each began, JSON.
    pub phases: String,
    /// What holds it up for now.
    pub note: Option<String>,
    /// When it goes on.
    pub retry_at: Option<i64>,
    /// Whose wish the wait is: [`WAITS_FOR_JIRA`], or empty for ours.
    pub waits_for: String,
    /// Why it failed and what to do.
    pub error: Option<String>,
    /// Asked for.
    pub queued_at: i64,
    /// Began.
    pub started_at: Option<i64>,
    /// Ended.
    pub finished_at: Option<i64>,
}

impl SyncRunRow {
    /// What marks the rows that this pass of the run has seen.
    pub fn mark(&self) -> String {
        match self.pass {
            0 => self.id.clone(),
            pass => format!("{}:{pass}", self.id),
        }
    }
}

/// A run with who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedRunRow {
    /// The run.
    #[sqlx(flatten)]
    pub run: SyncRunRow,
    /// Name of the person, if one asked.
    pub requested_by_name: Option<String>,
}

/// A run to be made.
#[derive(Debug, Clone)]
pub struct NewSyncRun<'a> {
    /// Id.
    pub id: &'a str,
    /// Configuration.
    pub configuration_id: &'a str,
    /// Code of the trigger.
    pub trigger: &'a str,
    /// Person, if one asked.
    pub requested_by: Option<&'a str>,
    /// Code of the first phase.
    pub phase: &'a str,
    /// Counts, all zero, as JSON.
    pub counts: &'a str,
    /// Now.
    pub now: i64,
}

/// Progress of a run, written with the rows it covers.
#[derive(Debug, Clone)]
pub struct RunProgress<'a> {
    /// Code of the phase.
    pub phase: &'a str,
    /// Issues done.
    pub done: i64,
    /// Issues in all.
    pub total: Option<i64>,
    /// Counts as JSON.
    pub counts: &'a str,
    /// Checkpoint as JSON.
    pub checkpoint: &'a str,
    /// Phases as JSON.
    pub phases: &'a str,
    /// Calls to Jira since the last progress.
    pub requests: i64,
    /// Milliseconds that Jira made calls wait since the last progress.
    pub throttled_ms: i64,
}

/// What a run of a configuration works on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SyncTargetRow {
    /// Configuration.
    pub configuration_id: String,
    /// Our project.
    pub project_id: String,
    /// Connection.
    pub connection_id: String,
    /// Status code of the configuration.
    pub status: String,
    /// Words to the status.
    pub status_reason: String,
    /// The version that was proceeded last: what the next run follows.
    pub proceeded_version_id: Option<String>,
    /// When the last good run ended.
    pub last_synced_at: Option<i64>,
    /// Name of the Jira project, for people.
    pub jira_project_name: Option<String>,
    /// Key of the Jira project, for people.
    pub jira_project_key: Option<String>,
    /// Status code of the connection.
    pub connection_status: String,
    /// Words to the connection's status.
    pub connection_reason: String,
    /// Name of the connection.
    pub connection_name: String,
    /// Address of the site for people.
    pub site_url: String,
}

/// Stores a run of the version that was proceeded last, unless one of the configuration is on its way;
/// gives whether it was stored. The version is read by the same statement: a Proceed may come between.
///
/// # Errors
/// As every store function.
pub async fn insert(tx: &mut Tx, run: &NewSyncRun<'_>) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "INSERT INTO sync_run (id, configuration_id, version_id, trigger_kind, requested_by, state, phase,
             done_count, counts, checkpoint, cancel_requested, request_count, queued_at)
         SELECT $1, id, proceeded_version_id, $3, $4, 'queued', $5, 0, $6, '', FALSE, 0, $7
         FROM configuration WHERE id = $2 AND proceeded_version_id IS NOT NULL
         ON CONFLICT DO NOTHING",
        run.id,
        run.configuration_id,
        run.trigger,
        run.requested_by,
        run.phase,
        run.counts,
        run.now,
    )?;
    Ok(touched > 0)
}

/// A run by id.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<SyncRunRow>, StoreError> {
    fetch_optional!(tx, SyncRunRow, "SELECT * FROM sync_run WHERE id = $1", id)
}

/// A run by id, that nobody else changes until this transaction ends.
///
/// # Errors
/// As every store function.
pub async fn find_to_settle(tx: &mut Tx, id: &str) -> Result<Option<SyncRunRow>, StoreError> {
    let statement = dialect::find_run_to_settle(tx);
    fetch_optional!(tx, SyncRunRow, statement, id)
}

/// The run of a configuration that is on its way.
///
/// # Errors
/// As every store function.
pub async fn find_current(tx: &mut Tx, configuration_id: &str) -> Result<Option<SyncRunRow>, StoreError> {
    fetch_optional!(
        tx,
        SyncRunRow,
        "SELECT * FROM sync_run WHERE configuration_id = $1 AND state IN ('queued', 'running')",
        configuration_id,
    )
}

/// The newest runs of a configuration, newest first.
///
/// # Errors
/// As every store function.
pub async fn list_of_configuration(
    tx: &mut Tx,
    configuration_id: &str,
    limit: i64,
) -> Result<Vec<ListedRunRow>, StoreError> {
    fetch_all!(
        tx,
        ListedRunRow,
        "SELECT sync_run.*, person.name AS requested_by_name
         FROM sync_run LEFT JOIN person ON person.id = sync_run.requested_by
         WHERE sync_run.configuration_id = $1 ORDER BY sync_run.queued_at DESC, sync_run.id DESC LIMIT $2",
        configuration_id,
        limit,
    )
}

/// Gives a run on its way other settings: it begins anew with them. `false` when it is over.
///
/// # Errors
/// As every store function.
pub async fn change_version(tx: &mut Tx, id: &str, version_id: &str) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE sync_run SET version_id = $2, pass = pass + 1, checkpoint = '', cancel_requested = FALSE
         WHERE id = $1 AND state IN ('queued', 'running')",
        id,
        version_id,
    )?;
    Ok(touched > 0)
}

/// A worker takes the run up; the moment of the first time stays. `false` when it is over.
///
/// # Errors
/// As every store function.
pub async fn start(tx: &mut Tx, id: &str, now: i64) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE sync_run SET state = 'running', note = NULL, retry_at = NULL, waits_for = '',
             started_at = CASE WHEN started_at IS NULL THEN $2 ELSE started_at END
         WHERE id = $1 AND state IN ('queued', 'running')",
        id,
        now,
    )?;
    Ok(touched > 0)
}

/// Writes progress. Gives what somebody wants of the run meanwhile: its end, and the settings it has
/// to follow; `None` when it is over.
///
/// # Errors
/// As every store function.
pub async fn save_progress(
    tx: &mut Tx,
    id: &str,
    progress: &RunProgress<'_>,
) -> Result<Option<(bool, String)>, StoreError> {
    fetch_optional!(
        tx,
        (bool, String),
        "UPDATE sync_run SET phase = $2, done_count = $3, total_count = $4, counts = $5, checkpoint = $6, phases = $7,
             request_count = request_count + $8, throttled_ms = throttled_ms + $9
         WHERE id = $1 AND state = 'running' RETURNING cancel_requested, version_id",
        id,
        progress.phase,
        progress.done,
        progress.total,
        progress.counts,
        progress.checkpoint,
        progress.phases,
        progress.requests,
        progress.throttled_ms,
    )
}

/// The run has to wait.
///
/// # Errors
/// As every store function.
pub async fn hold(tx: &mut Tx, id: &str, wait: &Wait<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sync_run SET note = $2, retry_at = $3, waits_for = $4, throttled_ms = throttled_ms + $5
         WHERE id = $1 AND state IN ('queued', 'running')",
        id,
        wait.note,
        wait.retry_at,
        wait.waits_for,
        wait.throttled_ms,
    )?;
    Ok(())
}

/// The run waits no longer.
///
/// # Errors
/// As every store function.
pub async fn release(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sync_run SET note = NULL, retry_at = NULL, waits_for = '' WHERE id = $1 AND state IN ('queued', 'running')",
        id,
    )?;
    Ok(())
}

/// Ends a run. `false` when it had ended before.
///
/// # Errors
/// As every store function.
pub async fn finish(
    tx: &mut Tx,
    id: &str,
    state: &str,
    error: Option<&str>,
    now: i64,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE sync_run SET state = $2, error = $3, finished_at = $4, note = NULL, retry_at = NULL, waits_for = ''
         WHERE id = $1 AND state IN ('queued', 'running')",
        id,
        state,
        error,
        now,
    )?;
    Ok(touched > 0)
}

/// Asks a run to end at its next page edge. `false` when it is over.
///
/// # Errors
/// As every store function.
pub async fn request_cancel(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE sync_run SET cancel_requested = TRUE WHERE id = $1 AND state IN ('queued', 'running')",
        id,
    )?;
    Ok(touched > 0)
}

/// What a run of this configuration works on.
///
/// # Errors
/// As every store function.
pub async fn find_target(tx: &mut Tx, configuration_id: &str) -> Result<Option<SyncTargetRow>, StoreError> {
    fetch_optional!(
        tx,
        SyncTargetRow,
        "SELECT configuration.id AS configuration_id, configuration.project_id, configuration.connection_id,
             configuration.status, configuration.status_reason, configuration.proceeded_version_id,
             configuration.last_synced_at, configuration.jira_project_name, configuration.jira_project_key,
             connection.status AS connection_status, connection.status_reason AS connection_reason,
             connection.name AS connection_name, connection.site_url
         FROM configuration JOIN connection ON connection.id = configuration.connection_id
         WHERE configuration.id = $1",
        configuration_id,
    )
}

/// The settings of a version, JSON.
///
/// # Errors
/// As every store function.
pub async fn find_settings(tx: &mut Tx, version_id: &str) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(
        tx,
        (String,),
        "SELECT settings FROM configuration_version WHERE id = $1",
        version_id
    )?;
    Ok(row.map(|(settings,)| settings))
}

/// The configuration works: its mirror holds what this version asks for, so the version is in force, with
/// its Jira project. Archived ones stay archived.
///
/// # Errors
/// As every store function.
pub async fn set_synced(
    tx: &mut Tx,
    configuration_id: &str,
    version_id: &str,
    project: &JiraProject,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE configuration SET running_version_id = $2, last_synced_at = $3,
             jira_project_id = $4, jira_project_key = $5, jira_project_name = $6,
             status_since = CASE WHEN status = 'active' THEN status_since ELSE $3 END,
             status = CASE WHEN status = 'archived' THEN status ELSE 'active' END,
             status_reason = CASE WHEN status = 'archived' THEN status_reason ELSE '' END
         WHERE id = $1",
        configuration_id,
        version_id,
        now,
        &project.id,
        &project.key,
        &project.name,
    )?;
    Ok(())
}

/// The configuration does not work, and why. The mirror is kept. Archived ones stay archived.
///
/// # Errors
/// As every store function.
pub async fn set_failed(
    tx: &mut Tx,
    configuration_id: &str,
    reason: &str,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE configuration SET status_since = CASE WHEN status = 'error' THEN status_since ELSE $3 END,
             status = 'error', status_reason = $2
         WHERE id = $1 AND status <> 'archived'",
        configuration_id,
        reason,
        now,
    )?;
    Ok(())
}

/// Removes runs that are over, all but the last `keep` of each configuration. What still matters stays however old
/// it is: the newest run that ended well, one whose job is there, one that a work item kept aside names (by its id,
/// or its id and its pass). What `seen_run_id` of an issue names is a mark only: nobody looks its run up. `job_prefix`
/// and the id of a run are the key of its job.
///
/// # Errors
/// As every store function.
pub async fn delete_old(tx: &mut Tx, keep: i64, job_prefix: &str) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM sync_run WHERE state NOT IN ('queued', 'running')
             AND id IN (SELECT id FROM (
                 SELECT id, ROW_NUMBER() OVER (PARTITION BY configuration_id ORDER BY queued_at DESC, id DESC) AS place
                 FROM sync_run) ranked WHERE place > $1)
             AND (state <> 'done' OR EXISTS (
                 SELECT 1 FROM sync_run later WHERE later.configuration_id = sync_run.configuration_id
                     AND later.state = 'done' AND (later.queued_at > sync_run.queued_at
                         OR (later.queued_at = sync_run.queued_at AND later.id > sync_run.id))))
             AND NOT EXISTS (SELECT 1 FROM job WHERE job.dedup_key = $2 || sync_run.id)
             AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.configuration_id = sync_run.configuration_id
                 AND (quarantine.seen_run_id = sync_run.id OR quarantine.seen_run_id LIKE sync_run.id || ':%'))",
        keep,
        job_prefix,
    )
}
