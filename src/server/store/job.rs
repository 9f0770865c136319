//! The queue: jobs that wait, jobs that somebody works on, jobs that ended dead.
//!
//! A lane holds at most one leased job (an index sees to it). A lease carries a fencing token: whoever
//! writes for a job proves in the same transaction, with [`fence`], that the lease is still theirs, so
//! that a worker that slept too long can write nothing. Times come in from the caller's clock. A
//! finished job is deleted; what it did is told by the rows it wrote.

use crate::server::store::{StoreError, Tx, dialect};

/// How long a lease lasts without a sign of life, milliseconds.
pub const LEASE_MS: i64 = 60_000;
/// Waits between attempts, milliseconds: the first after the first failure.
pub const BACKOFF_MS: &[i64] = &[
    10_000, 30_000, 120_000, 300_000, 900_000, 1_800_000, 3_600_000, 3_600_000, 3_600_000, 3_600_000,
    3_600_000,
];

/// How long to wait after `attempt` failed attempts (1 is the first); `None` when there is no further one.
pub fn backoff_ms(attempt: i64) -> Option<i64> {
    let at = usize::try_from(attempt.max(1) - 1).ok()?;
    BACKOFF_MS.get(at).copied()
}

/// Attempts a job has in all; a claim that counts more is of a job whose worker died each time.
pub const ATTEMPTS: usize = BACKOFF_MS.len() + 1;

/// A job to be done.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// What to do.
    pub kind: &'a str,
    /// With what, as JSON.
    pub payload: &'a str,
    /// A waiting job with the same key does the work of this one too.
    pub dedup_key: Option<&'a str>,
    /// Jobs of a lane run one after another.
    pub lane: &'a str,
    /// Lower runs first.
    pub priority: i64,
    /// Not before this moment.
    pub run_at: i64,
    /// Now.
    pub now: i64,
}

/// A job that was claimed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRow {
    /// Id.
    pub id: String,
    /// What to do.
    pub kind: String,
    /// With what, as JSON.
    pub payload: String,
    /// Key that kept it from being queued twice.
    pub dedup_key: Option<String>,
    /// Lane.
    pub lane: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// Fencing token of the lease.
    pub lease_token: Option<String>,
}

/// Puts a job into the queue, in the transaction of the change that causes it. A waiting job with the
/// same key is pulled forward instead. Gives the id of the job that will run.
///
/// # Errors
/// As every store function.
pub async fn enqueue(tx: &mut Tx, id: &str, job: &NewJob<'_>) -> Result<String, StoreError> {
    let (id,): (String,) = fetch_one!(
        tx,
        (String,),
        "INSERT INTO job (id, kind, payload, dedup_key, lane, priority, run_at, attempt, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 'ready', $8)
         ON CONFLICT (dedup_key) WHERE dedup_key IS NOT NULL AND state = 'ready'
         DO UPDATE SET run_at = CASE WHEN job.run_at < excluded.run_at THEN job.run_at ELSE excluded.run_at END
         RETURNING id",
        id,
        job.kind,
        job.payload,
        job.dedup_key,
        job.lane,
        job.priority,
        job.run_at,
        job.now,
    )?;
    Ok(id)
}

/// Takes one job that is due, or one whose worker gave no sign of life. The transaction must hold
/// nothing else: when another worker is faster in the same lane, PostgreSQL refuses the rest of it and
/// this gives `None`.
///
/// # Errors
/// As every store function.
pub async fn claim(tx: &mut Tx, lease_token: &str, now: i64) -> Result<Option<JobRow>, StoreError> {
    let statement = dialect::claim_job(tx);
    match fetch_optional!(tx, JobRow, statement, lease_token, now + LEASE_MS, now) {
        Err(StoreError::AlreadyExists) => Ok(None),
        result => result,
    }
}

/// Proves, for the rest of this transaction, that the lease is ours, and prolongs it: a sign of life, and
/// what comes before the writes of a job. `false` means: write nothing, give up.
///
/// # Errors
/// As every store function.
pub async fn fence(tx: &mut Tx, id: &str, lease_token: &str, now: i64) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE job SET lease_until = $3 WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        id,
        lease_token,
        now + LEASE_MS,
    )?;
    Ok(touched > 0)
}

/// Progress was made: attempts are counted anew.
///
/// # Errors
/// As every store function.
pub async fn reset_attempts(tx: &mut Tx, id: &str, lease_token: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE job SET attempt = 1 WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        id,
        lease_token
    )?;
    Ok(())
}

/// How often a job was tried since it last got on.
///
/// # Errors
/// As every store function.
pub async fn find_attempt(tx: &mut Tx, id: &str) -> Result<Option<i64>, StoreError> {
    let row = fetch_optional!(tx, (i64,), "SELECT attempt FROM job WHERE id = $1", id)?;
    Ok(row.map(|(attempt,)| attempt))
}

/// The job is done and leaves the queue. `false` when the lease is no longer ours.
///
/// # Errors
/// As every store function.
pub async fn complete(tx: &mut Tx, id: &str, lease_token: &str) -> Result<bool, StoreError> {
    Ok(execute!(
        tx,
        "DELETE FROM job WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        id,
        lease_token
    )? > 0)
}

/// Gives the job back to wait for its next attempt. `false` when the lease is no longer ours.
///
/// # Errors
/// As every store function.
pub async fn retry(
    tx: &mut Tx,
    id: &str,
    lease_token: &str,
    run_at: i64,
    error: &str,
) -> Result<bool, StoreError> {
    give_back(tx, id, lease_token, run_at, error, 0).await
}

/// Gives the job back without counting the attempt: it had to wait, or the server stops.
/// `false` when the lease is no longer ours.
///
/// # Errors
/// As every store function.
pub async fn snooze(
    tx: &mut Tx,
    id: &str,
    lease_token: &str,
    run_at: i64,
    reason: &str,
) -> Result<bool, StoreError> {
    give_back(tx, id, lease_token, run_at, reason, 1).await
}

async fn give_back(
    tx: &mut Tx,
    id: &str,
    lease_token: &str,
    run_at: i64,
    error: &str,
    uncounted: i64,
) -> Result<bool, StoreError> {
    // A job with the same key that came meanwhile does this one's work too.
    let replaced = execute!(
        tx,
        "DELETE FROM job WHERE id = $1 AND lease_token = $2 AND state = 'leased' AND EXISTS (
             SELECT 1 FROM job twin WHERE twin.dedup_key = job.dedup_key AND twin.state = 'ready')",
        id,
        lease_token,
    )?;
    if replaced > 0 {
        return Ok(true);
    }
    let touched = execute!(
        tx,
        "UPDATE job SET state = 'ready', lease_token = NULL, lease_until = NULL, run_at = $3, last_error = $4,
             attempt = attempt - $5
         WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        id,
        lease_token,
        run_at,
        error,
        uncounted,
    )?;
    Ok(touched > 0)
}

/// Ends the job as dead: kept to be seen, never run again by itself. `false` when the lease is no
/// longer ours.
///
/// # Errors
/// As every store function.
pub async fn bury(tx: &mut Tx, id: &str, lease_token: &str, error: &str) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE job SET state = 'dead', lease_token = NULL, lease_until = NULL, last_error = $3
         WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        id,
        lease_token,
        error,
    )?;
    Ok(touched > 0)
}

/// Takes a waiting job out of the queue by its key; gives whether there was one.
///
/// # Errors
/// As every store function.
pub async fn delete_waiting(tx: &mut Tx, dedup_key: &str) -> Result<bool, StoreError> {
    Ok(execute!(
        tx,
        "DELETE FROM job WHERE dedup_key = $1 AND state = 'ready'",
        dedup_key
    )? > 0)
}

/// Takes away the jobs of all sync runs of a configuration, waiting, leased and dead ones; `prefix` and the id of a
/// run are the key of its job. Whoever works on one has lost its lease and can write nothing more.
///
/// # Errors
/// As every store function.
pub async fn delete_of_configuration(
    tx: &mut Tx,
    configuration_id: &str,
    prefix: &str,
) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM job WHERE dedup_key IN (SELECT $2 || id FROM sync_run WHERE configuration_id = $1)",
        configuration_id,
        prefix,
    )
}

/// Makes a waiting job due now, by its key; gives whether one waits.
///
/// # Errors
/// As every store function.
pub async fn pull_forward(tx: &mut Tx, dedup_key: &str, now: i64) -> Result<bool, StoreError> {
    Ok(execute!(
        tx,
        "UPDATE job SET run_at = CASE WHEN run_at < $2 THEN run_at ELSE $2 END
         WHERE dedup_key = $1 AND state = 'ready'",
        dedup_key,
        now,
    )? > 0)
}

/// Removes dead jobs that were due before a moment: nobody asks for them any more. Jobs that were done are gone
/// already.
///
/// # Errors
/// As every store function.
pub async fn delete_dead(tx: &mut Tx, due_before: i64) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM job WHERE state = 'dead' AND run_at < $1",
        due_before
    )
}

/// Frees every lease. Only for a process that is alone on its database and has just begun. A server
/// that stops gives its jobs back, so these are of one that died: the attempt counts.
///
/// # Errors
/// As every store function.
pub async fn release_leases(tx: &mut Tx) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE job SET state = 'ready', lease_token = NULL, lease_until = NULL
         WHERE state = 'leased' AND (dedup_key IS NULL OR NOT EXISTS (
             SELECT 1 FROM job twin WHERE twin.dedup_key = job.dedup_key AND twin.state = 'ready'))",
    )
}
