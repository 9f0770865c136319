//! When connections are looked at next, and how the last looks came out.

use crate::server::store::{StoreError, Tx};

/// A connection that is due for a look.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DueRow {
    /// Connection.
    pub connection_id: String,
    /// Its revision.
    pub revision: i64,
    /// Failures one after the other, of this revision.
    pub failures: i64,
    /// Refusals one after the other, of this revision.
    pub refusals: i64,
    /// Until when it is taken: whoever finds another moment there was overtaken.
    pub next_at: i64,
}

/// What is known from the looks at a connection.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HealthRow {
    /// Connection.
    pub connection_id: String,
    /// What is not as it should be while it still counts as working.
    pub words: String,
    /// When Jira knew the account last.
    pub succeeded_at: Option<i64>,
    /// When the next look comes; absent for not by itself.
    pub next_at: Option<i64>,
}

/// The looks of an hour.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HourRow {
    /// Connection.
    pub connection_id: String,
    /// Its beginning, UTC milliseconds.
    pub hour: i64,
    /// Looks that Jira answered well.
    pub works: i64,
    /// Looks that Jira put off.
    pub limited: i64,
    /// The rest.
    pub failed: i64,
    /// Milliseconds that the good ones took together.
    pub latency_ms: i64,
    /// Calls of every kind.
    pub calls: i64,
    /// Calls that Jira put off by a limit.
    pub throttled: i64,
    /// Milliseconds waited for that.
    pub waited_ms: i64,
}

impl HourRow {
    /// An hour of no connection in which nothing happened.
    pub fn none(hour: i64) -> Self {
        Self {
            connection_id: String::new(),
            hour,
            works: 0,
            limited: 0,
            failed: 0,
            latency_ms: 0,
            calls: 0,
            throttled: 0,
            waited_ms: 0,
        }
    }
}

/// What came out of a look.
#[derive(Debug, Clone, Copy)]
pub struct NewLook<'a> {
    /// Connection.
    pub connection_id: &'a str,
    /// The revision that was looked at.
    pub revision: i64,
    /// When the next one comes; absent for not by itself.
    pub next_at: Option<i64>,
    /// Failures one after the other.
    pub failures: i64,
    /// Refusals one after the other.
    pub refusals: i64,
    /// `works`, `limited`, `down`, `refused` or `sealed`.
    pub outcome: &'a str,
    /// What is not as it should be; may be empty.
    pub words: &'a str,
    /// Milliseconds until the answer.
    pub latency_ms: i64,
    /// Beginning of the hour.
    pub hour: i64,
    /// Now.
    pub now: i64,
}

/// Takes the next connection that is due, so that no other process looks at it before `until`. What somebody has
/// disconnected is left alone; what was saved since the last look is due at once and begins anew.
///
/// # Errors
/// As every store function.
pub async fn claim(tx: &mut Tx, now: i64, until: i64) -> Result<Option<DueRow>, StoreError> {
    fetch_optional!(
        tx,
        DueRow,
        "INSERT INTO connection_health (connection_id, revision, next_at)
         SELECT connection.id, connection.revision, $2
         FROM connection LEFT JOIN connection_health AS known ON known.connection_id = connection.id
         WHERE connection.status <> 'inactive'
           AND (known.connection_id IS NULL OR known.revision <> connection.revision OR known.next_at <= $1)
         ORDER BY known.next_at, connection.id LIMIT 1
         ON CONFLICT (connection_id) DO UPDATE SET next_at = excluded.next_at,
           failures = CASE WHEN connection_health.revision = excluded.revision THEN connection_health.failures ELSE 0 END,
           refusals = CASE WHEN connection_health.revision = excluded.revision THEN connection_health.refusals ELSE 0 END,
           revision = excluded.revision
         WHERE connection_health.revision <> excluded.revision OR connection_health.next_at <= $1
         RETURNING connection_id, revision, failures, refusals, next_at",
        now,
        until,
    )
}

/// Writes what came out of a look that took the connection until `taken`; gives whether it counts: not when somebody
/// saved the connection or a call failed meanwhile. Its hour counts it in any case.
///
/// # Errors
/// As every store function.
pub async fn save(tx: &mut Tx, taken: i64, look: &NewLook<'_>) -> Result<bool, StoreError> {
    let works = look.outcome == "works";
    let touched = execute!(
        tx,
        "UPDATE connection_health SET next_at = $3, failures = $4, refusals = $5, outcome = $6, words = $7,
             succeeded_at = COALESCE($8, succeeded_at)
         WHERE connection_id = $1 AND revision = $2 AND next_at = $9",
        look.connection_id,
        look.revision,
        look.next_at,
        look.failures,
        look.refusals,
        look.outcome,
        look.words,
        works.then_some(look.now),
        taken,
    )?;
    let limited = look.outcome == "limited";
    execute!(
        tx,
        "INSERT INTO connection_hour (connection_id, hour, works, limited, failed, latency_ms)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (connection_id, hour) DO UPDATE SET works = connection_hour.works + excluded.works,
           limited = connection_hour.limited + excluded.limited, failed = connection_hour.failed + excluded.failed,
           latency_ms = connection_hour.latency_ms + excluded.latency_ms",
        look.connection_id,
        look.hour,
        i64::from(works),
        i64::from(limited),
        i64::from(!works && !limited),
        if works { look.latency_ms } else { 0 },
    )?;
    Ok(touched > 0)
}

/// Adds calls to the hour of a connection that still exists.
///
/// # Errors
/// As every store function.
pub async fn add_calls(
    tx: &mut Tx,
    connection_id: &str,
    hour: i64,
    (calls, throttled, waited_ms): (i64, i64, i64),
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO connection_hour (connection_id, hour, works, limited, failed, latency_ms, calls, throttled, waited_ms)
         SELECT id, $2, 0, 0, 0, 0, $3, $4, $5 FROM connection WHERE id = $1
         ON CONFLICT (connection_id, hour) DO UPDATE SET calls = connection_hour.calls + excluded.calls,
           throttled = connection_hour.throttled + excluded.throttled,
           waited_ms = connection_hour.waited_ms + excluded.waited_ms",
        connection_id,
        hour,
        calls,
        throttled,
        waited_ms,
    )?;
    Ok(())
}

/// A call failed: the next look comes now, where the last one was good.
///
/// # Errors
/// As every store function.
pub async fn hurry(tx: &mut Tx, connection_id: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE connection_health SET next_at = $2
         WHERE connection_id = $1 AND outcome = 'works' AND next_at > $2",
        connection_id,
        now,
    )?;
    Ok(())
}

/// Jira answered a call: where it was left alone it is looked at again.
///
/// # Errors
/// As every store function.
pub async fn wake(tx: &mut Tx, connection_id: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE connection_health SET next_at = $2, failures = 0, refusals = 0
         WHERE connection_id = $1 AND next_at IS NULL",
        connection_id,
        now,
    )?;
    Ok(())
}

/// What is known of all connections that were looked at.
///
/// # Errors
/// As every store function.
pub async fn list(tx: &mut Tx) -> Result<Vec<HealthRow>, StoreError> {
    fetch_all!(
        tx,
        HealthRow,
        "SELECT connection_id, words, succeeded_at, next_at FROM connection_health ORDER BY connection_id",
    )
}

/// The hours since one.
///
/// # Errors
/// As every store function.
pub async fn list_hours(tx: &mut Tx, since: i64) -> Result<Vec<HourRow>, StoreError> {
    fetch_all!(
        tx,
        HourRow,
        "SELECT * FROM connection_hour WHERE hour >= $1 ORDER BY connection_id, hour",
        since,
    )
}

/// Removes the hours before one.
///
/// # Errors
/// As every store function.
pub async fn delete_hours(tx: &mut Tx, before: i64) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM connection_hour WHERE hour < $1", before)?;
    Ok(())
}
