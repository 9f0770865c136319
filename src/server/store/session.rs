//! Sessions: the database knows the hash of a token, never the token.
//!
//! A session ends 8 hours after it was last seen and 7 days after it began, whichever comes first.
//! `seen_at` is written at most once a minute, so that reading pages does not write.

use crate::server::store::{StoreError, Tx};

/// Milliseconds without a request after which a session is over.
pub const IDLE_MS: i64 = 8 * 60 * 60 * 1000;
/// Milliseconds after sign-in at which a session is over.
pub const ABSOLUTE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
const SEEN_STEP_MS: i64 = 60 * 1000;

/// A live session together with its person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    /// Public id of the session.
    pub id: String,
    /// Person.
    pub person_id: String,
    /// Person's name.
    pub name: String,
    /// Person's email.
    pub email: String,
    /// Account role as stored.
    pub account_role: String,
    /// Chosen theme.
    pub theme: String,
    /// Chosen time zone, if not the organisation's.
    pub time_zone: Option<String>,
    /// Last seen, UTC milliseconds.
    pub seen_at: i64,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OwnSessionRow {
    /// Public id.
    pub id: String,
    /// Began.
    pub created_at: i64,
    /// Last seen.
    pub seen_at: i64,
    /// Network address at sign-in.
    pub address: String,
    /// Browser's own description.
    pub agent: String,
}

/// What sign-in stores.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// SHA-256 of the token.
    pub token_hash: &'a str,
    /// Public id.
    pub id: &'a str,
    /// Person.
    pub person_id: &'a str,
    /// Network address.
    pub address: &'a str,
    /// Browser's own description, cut to 200 characters.
    pub agent: &'a str,
    /// Now.
    pub now: i64,
}

/// Stores a new session.
///
/// # Errors
/// As every store function.
pub async fn insert(tx: &mut Tx, session: &NewSession<'_>) -> Result<(), StoreError> {
    let agent: String = session.agent.chars().take(200).collect();
    execute!(
        tx,
        "INSERT INTO session (token_hash, id, person_id, created_at, seen_at, expires_at, address, agent)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
        session.token_hash,
        session.id,
        session.person_id,
        session.now,
        session.now + ABSOLUTE_MS,
        session.address,
        agent,
    )?;
    Ok(())
}

/// Ends all sessions of a person but the newest.
///
/// # Errors
/// As every store function.
pub async fn keep_newest(tx: &mut Tx, person_id: &str, most: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM session WHERE person_id = $1 AND id NOT IN
           (SELECT id FROM session WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
        person_id,
        most,
    )?;
    Ok(())
}

/// The live session of a token, if its person may still sign in.
///
/// # Errors
/// As every store function.
pub async fn find_live(tx: &mut Tx, token_hash: &str, now: i64) -> Result<Option<SessionRow>, StoreError> {
    fetch_optional!(
        tx,
        SessionRow,
        "SELECT session.id, person_id, name, email, account_role, theme, time_zone, seen_at
         FROM session JOIN person ON person.id = session.person_id
         WHERE token_hash = $1 AND expires_at > $2 AND seen_at > $3 AND person.state = 'active'",
        token_hash,
        now,
        now - IDLE_MS,
    )
}

/// Whether the sighting is old enough to be written.
pub fn needs_touch(session: &SessionRow, now: i64) -> bool {
    now - session.seen_at >= SEEN_STEP_MS
}

/// Notes that a session was seen.
///
/// # Errors
/// As every store function.
pub async fn touch(tx: &mut Tx, id: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2",
        id,
        now
    )?;
    Ok(())
}

/// A person's live sessions, newest first.
///
/// # Errors
/// As every store function.
pub async fn list_of_person(
    tx: &mut Tx,
    person_id: &str,
    now: i64,
) -> Result<Vec<OwnSessionRow>, StoreError> {
    fetch_all!(
        tx,
        OwnSessionRow,
        "SELECT id, created_at, seen_at, address, agent FROM session
         WHERE person_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY created_at DESC",
        person_id,
        now,
        now - IDLE_MS,
    )
}

/// Ends the session of a token, whoever's it is.
///
/// # Errors
/// As every store function.
pub async fn delete_by_token(tx: &mut Tx, token_hash: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM session WHERE token_hash = $1", token_hash)?;
    Ok(())
}

/// Ends one session of a person; gives whether there was one.
///
/// # Errors
/// As every store function.
pub async fn delete(tx: &mut Tx, person_id: &str, id: &str) -> Result<bool, StoreError> {
    Ok(execute!(
        tx,
        "DELETE FROM session WHERE person_id = $1 AND id = $2",
        person_id,
        id
    )? > 0)
}

/// Ends all sessions of a person but one (`keep` may be empty to end all).
///
/// # Errors
/// As every store function.
pub async fn delete_others(tx: &mut Tx, person_id: &str, keep: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM session WHERE person_id = $1 AND id <> $2",
        person_id,
        keep
    )?;
    Ok(())
}

/// Removes sessions that are over.
///
/// # Errors
/// As every store function.
pub async fn delete_expired(tx: &mut Tx, now: i64) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2",
        now,
        now - IDLE_MS
    )
}
