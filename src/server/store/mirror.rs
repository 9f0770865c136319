//! The mirror of Jira's issues: rows by configuration and Jira's id.
//!
//! Only the sync writes here, and only together with a proof that its job is still its own. A row is
//! never deleted: what Jira no longer has is marked, because people have linked to it. `seen_run_id`
//! names the last run, and its pass, whose listing showed the issue.

use crate::{
    domain::{
        mapping::Target,
        mirror_issue::{MappedStatus, MirrorIssue},
        sync_plan::KnownIssue,
        sync_status::GoneReason,
    },
    server::store::{StoreError, Tx, dialect},
};

/// A known issue, and whether a run has seen it already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    /// For the planner.
    pub known: KnownIssue,
    /// Last run whose listing showed it.
    pub seen_run_id: String,
}

#[derive(Debug, sqlx::FromRow)]
struct StoredKnown {
    jira_id: String,
    raw_hash: String,
    mapped_hash: String,
    jira_updated_at: i64,
    gone_reason: Option<String>,
    seen_run_id: String,
}

impl StoredKnown {
    fn into_known(self) -> Result<KnownRow, StoreError> {
        let updated_at = jiff::Timestamp::from_millisecond(self.jira_updated_at)
            .map_err(|error| StoreError::inconsistent("issue", "jira_updated_at", error))?;
        let reason = match self.gone_reason.as_deref() {
            None => None,
            Some(code) => Some(
                GoneReason::find(code)
                    .ok_or_else(|| StoreError::inconsistent("issue", "gone_reason", code))?,
            ),
        };
        Ok(KnownRow {
            known: KnownIssue {
                jira_id: self.jira_id,
                raw_hash: self.raw_hash,
                mapped_hash: self.mapped_hash,
                updated_at,
                gone: reason.is_some_and(|reason| !reason.is_out_of_scope()),
                out_of_scope: reason.is_some_and(GoneReason::is_out_of_scope),
            },
            seen_run_id: self.seen_run_id,
        })
    }
}

/// An issue kept aside.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QuarantineRow {
    /// Jira's id.
    pub jira_id: String,
    /// Key, empty when it could not be read.
    pub key: String,
    /// Why, in words.
    pub reason: String,
    /// Run that saw it last.
    pub seen_run_id: String,
    /// When.
    pub seen_at: i64,
}

fn to_array(ids: &[String]) -> String {
    serde_json::Value::from(ids.to_vec()).to_string()
}

/// What is known of these issues.
///
/// # Errors
/// As every store function.
pub async fn list_known(
    tx: &mut Tx,
    configuration_id: &str,
    ids: &[String],
) -> Result<Vec<KnownRow>, StoreError> {
    let statement = dialect::list_known_issues(tx);
    let rows = fetch_all!(tx, StoredKnown, statement, configuration_id, to_array(ids))?;
    rows.into_iter().map(StoredKnown::into_known).collect()
}

/// Stores an issue as it is now; a row that was gone is back. `raw` is Jira's answer, gzip.
///
/// # Errors
/// As every store function.
pub async fn save_issue(
    tx: &mut Tx,
    configuration_id: &str,
    run_id: &str,
    issue: &MirrorIssue,
    raw: &[u8],
) -> Result<(), StoreError> {
    let body =
        serde_json::to_string(issue).map_err(|error| StoreError::inconsistent("issue", "body", error))?;
    let (status, status_rule) = match issue.status {
        MappedStatus::Requirement(status) => (status.value.code(), status.rule.code()),
        MappedStatus::Bug(status) => (status.value.code(), status.rule.code()),
    };
    execute!(
        tx,
        "INSERT INTO issue (configuration_id, jira_id, key, kind, type_id, type_name, summary, status_name, status,
             status_rule, priority, priority_rule, severity, severity_rule, assignee, secured, release_date,
             release_date_source, jira_created_at, jira_updated_at, raw_hash, mapped_hash, body, raw, seen_run_id, summary_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
             $23, $24, $25, $26)
         ON CONFLICT (configuration_id, jira_id) DO UPDATE SET key = excluded.key, kind = excluded.kind,
             type_id = excluded.type_id, type_name = excluded.type_name, summary = excluded.summary,
             status_name = excluded.status_name, status = excluded.status, status_rule = excluded.status_rule,
             priority = excluded.priority, priority_rule = excluded.priority_rule, severity = excluded.severity,
             severity_rule = excluded.severity_rule, assignee = excluded.assignee, secured = excluded.secured,
             release_date = excluded.release_date, release_date_source = excluded.release_date_source,
             jira_created_at = excluded.jira_created_at, jira_updated_at = excluded.jira_updated_at,
             raw_hash = excluded.raw_hash, mapped_hash = excluded.mapped_hash, body = excluded.body, raw = excluded.raw,
             seen_run_id = excluded.seen_run_id, summary_key = excluded.summary_key, gone_at = NULL, gone_reason = NULL",
        configuration_id,
        &issue.jira_id,
        &issue.key,
        issue.kind.code(),
        &issue.issue_type.id,
        &issue.issue_type.name,
        &issue.summary,
        &issue.jira_status.name,
        status,
        status_rule,
        issue.priority.value.code(),
        issue.priority.rule.code(),
        issue.severity.map(|severity| severity.value.code()),
        issue.severity.map(|severity| severity.rule.code()),
        issue.assignee.as_ref().map(|user| user.name.as_str()),
        issue.secured,
        issue.release_date.as_ref().map(|date| date.date.to_string()),
        issue.release_date.as_ref().map(|date| date.source.code().to_owned()),
        issue.created_at.as_millisecond(),
        issue.updated_at.as_millisecond(),
        &issue.raw_hash,
        &issue.mapped_hash,
        &body,
        raw,
        run_id,
        issue.summary.to_lowercase(),
    )?;
    save_links(tx, configuration_id, issue).await
}

async fn save_links(tx: &mut Tx, configuration_id: &str, issue: &MirrorIssue) -> Result<(), StoreError> {
    let id = &issue.jira_id;
    execute!(
        tx,
        "DELETE FROM issue_release WHERE configuration_id = $1 AND jira_id = $2",
        configuration_id,
        id
    )?;
    execute!(
        tx,
        "DELETE FROM issue_sprint WHERE configuration_id = $1 AND jira_id = $2",
        configuration_id,
        id
    )?;
    for release in &issue.release_ids {
        execute!(
            tx,
            "INSERT INTO issue_release (configuration_id, jira_id, release_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            configuration_id,
            id,
            release,
        )?;
    }
    for sprint in &issue.sprint_ids {
        execute!(
            tx,
            "INSERT INTO issue_sprint (configuration_id, jira_id, sprint_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            configuration_id,
            id,
            *sprint,
        )?;
    }
    Ok(())
}

/// Notes that a run's listing showed these issues.
///
/// # Errors
/// As every store function.
pub async fn touch_seen(
    tx: &mut Tx,
    configuration_id: &str,
    run_id: &str,
    ids: &[String],
) -> Result<(), StoreError> {
    let statement = dialect::touch_issues(tx);
    execute!(tx, statement, configuration_id, to_array(ids), run_id)?;
    Ok(())
}

/// Marks an issue as gone, or as gone for another reason. Gives whether anything changed.
///
/// # Errors
/// As every store function.
pub async fn mark_gone(
    tx: &mut Tx,
    configuration_id: &str,
    jira_id: &str,
    reason: GoneReason,
    now: i64,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE issue SET gone_at = CASE WHEN gone_at IS NULL THEN $4 ELSE gone_at END, gone_reason = $3
         WHERE configuration_id = $1 AND jira_id = $2 AND (gone_reason IS NULL OR gone_reason <> $3)",
        configuration_id,
        jira_id,
        reason.code(),
        now,
    )?;
    Ok(touched > 0)
}

/// Ids and keys of issues that are there but that a run's listing did not show, from behind the id `after`.
///
/// # Errors
/// As every store function.
pub async fn list_unseen(
    tx: &mut Tx,
    configuration_id: &str,
    run_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    fetch_all!(
        tx,
        (String, String),
        "SELECT jira_id, key FROM issue
         WHERE configuration_id = $1 AND seen_run_id <> $2 AND gone_at IS NULL AND jira_id > $3
         ORDER BY jira_id LIMIT $4",
        configuration_id,
        run_id,
        after,
        limit,
    )
}

/// Keeps an issue aside with its reason. Gives whether this run had not seen it before.
///
/// # Errors
/// As every store function.
pub async fn save_quarantined(
    tx: &mut Tx,
    configuration_id: &str,
    row: &QuarantineRow,
    raw_hash: &str,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "INSERT INTO quarantine (configuration_id, jira_id, key, reason, raw_hash, seen_run_id, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (configuration_id, jira_id) DO UPDATE SET key = excluded.key, reason = excluded.reason,
             raw_hash = excluded.raw_hash, seen_run_id = excluded.seen_run_id, seen_at = excluded.seen_at
         WHERE quarantine.seen_run_id <> excluded.seen_run_id",
        configuration_id,
        &row.jira_id,
        &row.key,
        &row.reason,
        raw_hash,
        &row.seen_run_id,
        row.seen_at,
    )?;
    Ok(touched > 0)
}

/// Takes issues that could be read out of quarantine.
///
/// # Errors
/// As every store function.
pub async fn delete_quarantined(
    tx: &mut Tx,
    configuration_id: &str,
    ids: &[String],
) -> Result<(), StoreError> {
    let statement = dialect::delete_quarantined(tx);
    execute!(tx, statement, configuration_id, to_array(ids))?;
    Ok(())
}

/// Drops what a complete listing no longer showed from quarantine.
///
/// # Errors
/// As every store function.
pub async fn delete_old_quarantined(
    tx: &mut Tx,
    configuration_id: &str,
    run_id: &str,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM quarantine WHERE configuration_id = $1 AND seen_run_id <> $2",
        configuration_id,
        run_id
    )?;
    Ok(())
}

/// Issues kept aside, newest sighting first.
///
/// # Errors
/// As every store function.
pub async fn list_quarantined(
    tx: &mut Tx,
    configuration_id: &str,
    limit: i64,
) -> Result<Vec<QuarantineRow>, StoreError> {
    fetch_all!(
        tx,
        QuarantineRow,
        "SELECT jira_id, key, reason, seen_run_id, seen_at FROM quarantine
         WHERE configuration_id = $1 ORDER BY seen_at DESC, jira_id LIMIT $2",
        configuration_id,
        limit,
    )
}
