//! Counters of failed tries per bucket (an address, an account at an address), in windows.

use crate::server::store::{StoreError, Tx};

/// A bucket after a try was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct BucketRow {
    /// Failures in the window, the new one included.
    pub failures: i64,
    /// When the window began, UTC milliseconds.
    pub since: i64,
}

/// Adds a failure; a window that has passed begins anew. The row is held until the transaction ends,
/// so that tries at the same time count one after the other.
///
/// # Errors
/// As every store function.
pub async fn add(tx: &mut Tx, bucket: &str, window_ms: i64, now: i64) -> Result<BucketRow, StoreError> {
    fetch_one!(
        tx,
        BucketRow,
        "INSERT INTO throttle (bucket, failures, since) VALUES ($1, 1, $2)
         ON CONFLICT (bucket) DO UPDATE SET
           failures = CASE WHEN throttle.since > $3 THEN throttle.failures + 1 ELSE 1 END,
           since = CASE WHEN throttle.since > $3 THEN throttle.since ELSE excluded.since END
         RETURNING failures, since",
        bucket,
        now,
        now - window_ms,
    )
}

/// Takes one failure back, of a try that was counted beforehand and did not fail.
///
/// # Errors
/// As every store function.
pub async fn subtract(tx: &mut Tx, bucket: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE throttle SET failures = failures - 1 WHERE bucket = $1 AND failures > 0",
        bucket
    )?;
    Ok(())
}

/// Forgets a bucket, after a success.
///
/// # Errors
/// As every store function.
pub async fn clear(tx: &mut Tx, bucket: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM throttle WHERE bucket = $1", bucket)?;
    Ok(())
}

/// Removes buckets whose window has passed.
///
/// # Errors
/// As every store function.
pub async fn delete_old(tx: &mut Tx, window_ms: i64, now: i64) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM throttle WHERE since <= $1", now - window_ms)
}
