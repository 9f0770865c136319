//! The few statements whose text differs between the two databases, side by side.

use crate::server::store::Tx;

/// The text for the database the transaction belongs to.
pub fn choose(tx: &Tx, sqlite: &'static str, postgres: &'static str) -> &'static str {
    if tx.is_postgres() { postgres } else { sqlite }
}

/// Takes one job: the due one with the lowest priority number in a lane where nobody works, or one whose
/// lease ran out. `$1` fencing token, `$2` end of the lease, `$3` now. On SQLite the transaction is
/// the only writer; on PostgreSQL rows that another worker is about to take are skipped.
pub fn claim_job(tx: &Tx) -> &'static str {
    choose(
        tx,
        "UPDATE job SET state = 'leased', lease_token = $1, lease_until = $2, attempt = attempt + 1
         WHERE id = (
             SELECT id FROM job due
             WHERE (due.state = 'ready' AND due.run_at <= $3
                    AND NOT EXISTS (SELECT 1 FROM job busy WHERE busy.lane = due.lane AND busy.state = 'leased'))
                OR (due.state = 'leased' AND due.lease_until <= $3)
             ORDER BY due.priority, due.run_at, due.id LIMIT 1)
         RETURNING id, kind, payload, dedup_key, lane, attempt, lease_token",
        "UPDATE job SET state = 'leased', lease_token = $1, lease_until = $2, attempt = attempt + 1
         WHERE id = (
             SELECT id FROM job due
             WHERE (due.state = 'ready' AND due.run_at <= $3
                    AND NOT EXISTS (SELECT 1 FROM job busy WHERE busy.lane = due.lane AND busy.state = 'leased'))
                OR (due.state = 'leased' AND due.lease_until <= $3)
             ORDER BY due.priority, due.run_at, due.id LIMIT 1
             FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, payload, dedup_key, lane, attempt, lease_token",
    )
}

/// A run for whoever settles it. `$1` run. On SQLite the transaction is the only writer.
pub fn find_run_to_settle(tx: &Tx) -> &'static str {
    choose(
        tx,
        "SELECT * FROM sync_run WHERE id = $1",
        "SELECT * FROM sync_run WHERE id = $1 FOR UPDATE",
    )
}

/// What is known of the issues whose ids are in a JSON array. `$1` configuration, `$2` array.
pub fn list_known_issues(tx: &Tx) -> &'static str {
    choose(
        tx,
        "SELECT jira_id, raw_hash, mapped_hash, jira_updated_at, gone_reason, seen_run_id FROM issue
         WHERE configuration_id = $1 AND jira_id IN (SELECT value FROM json_each($2))",
        "SELECT jira_id, raw_hash, mapped_hash, jira_updated_at, gone_reason, seen_run_id FROM issue
         WHERE configuration_id = $1 AND jira_id IN (SELECT jsonb_array_elements_text($2::jsonb))",
    )
}

/// Marks the issues whose ids are in a JSON array as seen. `$1` configuration, `$2` array, `$3` run.
pub fn touch_issues(tx: &Tx) -> &'static str {
    choose(
        tx,
        "UPDATE issue SET seen_run_id = $3
         WHERE configuration_id = $1 AND seen_run_id <> $3 AND jira_id IN (SELECT value FROM json_each($2))",
        "UPDATE issue SET seen_run_id = $3
         WHERE configuration_id = $1 AND seen_run_id <> $3 AND jira_id IN (SELECT jsonb_array_elements_text($2::jsonb))",
    )
}

/// Takes issues out of quarantine whose ids are in a JSON array. `$1` configuration, `$2` array.
pub fn delete_quarantined(tx: &Tx) -> &'static str {
    choose(
        tx,
        "DELETE FROM quarantine WHERE configuration_id = $1 AND jira_id IN (SELECT value FROM json_each($2))",
        "DELETE FROM quarantine WHERE configuration_id = $1 AND jira_id IN (SELECT jsonb_array_elements_text($2::jsonb))",
    )
}

/// Takes a project for oneself until the transaction ends: nobody links, joins or renames meanwhile. `$1`
/// project. On SQLite the transaction is the only writer.
pub fn lock_project(tx: &Tx) -> &'static str {
    choose(
        tx,
        "SELECT id FROM project WHERE id = $1",
        "SELECT id FROM project WHERE id = $1 FOR UPDATE",
    )
}

/// Makes whoever writes a configuration or its mirror wait for each other, until the transaction ends; who only
/// asks for a run of it does not wait. `$1` configuration. On SQLite the transaction is the only writer.
pub fn lock_configuration(tx: &Tx) -> &'static str {
    choose(
        tx,
        "SELECT id FROM configuration WHERE id = $1",
        "SELECT id FROM configuration WHERE id = $1 FOR NO KEY UPDATE",
    )
}

/// Takes a configuration for oneself until the transaction ends, also from whoever asks for a run of it. `$1`
/// configuration.
pub fn take_configuration(tx: &Tx) -> &'static str {
    choose(
        tx,
        "SELECT * FROM configuration WHERE id = $1",
        "SELECT * FROM configuration WHERE id = $1 FOR UPDATE",
    )
}

/// Takes the configurations of a project for oneself until the transaction ends: nobody saves, proceeds or
/// syncs meanwhile. `$1` project.
pub fn lock_configurations(tx: &Tx) -> &'static str {
    choose(
        tx,
        "SELECT id FROM configuration WHERE project_id = $1 ORDER BY id",
        "SELECT id FROM configuration WHERE project_id = $1 ORDER BY id FOR UPDATE",
    )
}

/// Takes the end of the audit log for oneself until the transaction ends; the number is any that nobody else
/// uses. On SQLite the transaction is the only writer.
pub fn lock_audit_log(tx: &Tx) -> Option<&'static str> {
    tx.is_postgres()
        .then_some("SELECT pg_advisory_xact_lock(5230911802734)")
}
