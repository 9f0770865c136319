//! One-time links: setup, invitation, reset. The database knows the hash of a token, never the token.
//!
//! [`take`] is the only way to use one: the row is gone with the transaction that uses it, so that of
//! two people with the same link one wins. What was just made for an admin to hand on is kept sealed
//! for the session that made it and read by one request ([`take_shown`]).

use crate::server::store::{StoreError, Tx};

/// Life of a setup link in milliseconds.
pub const SETUP_LIFE_MS: i64 = 24 * 60 * 60 * 1000;
/// Life of an invitation in milliseconds.
pub const INVITE_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Life of a reset link in milliseconds.
pub const RESET_LIFE_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a link that was just made can be shown, in milliseconds.
pub const SHOWN_LIFE_MS: i64 = 10 * 60 * 1000;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The first Account Admin.
    Setup,
    /// The first password of a person.
    Invite,
    /// A new password.
    Reset,
}

impl LinkKind {
    /// Stable text for storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Invite => "invite",
            Self::Reset => "reset",
        }
    }

    /// Life in milliseconds.
    pub fn life_ms(self) -> i64 {
        match self {
            Self::Setup => SETUP_LIFE_MS,
            Self::Invite => INVITE_LIFE_MS,
            Self::Reset => RESET_LIFE_MS,
        }
    }
}

/// A live link.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkRow {
    /// `setup`, `invite` or `reset`.
    pub kind: String,
    /// Whose; nobody's for setup.
    pub person_id: Option<String>,
    /// End, UTC milliseconds.
    pub expires_at: i64,
}

/// Makes a link; older ones of the same person (or of setup) are dead from then on.
///
/// # Errors
/// As every store function.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &str,
    kind: LinkKind,
    person_id: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    match person_id {
        Some(person_id) => delete_of_person(tx, person_id).await?,
        None => delete_setup(tx).await?,
    }
    execute!(
        tx,
        "INSERT INTO one_time_link (token_hash, kind, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        token_hash,
        kind.code(),
        person_id,
        now,
        now + kind.life_ms(),
    )?;
    Ok(())
}

/// A live link, without using it.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, token_hash: &str, now: i64) -> Result<Option<LinkRow>, StoreError> {
    fetch_optional!(
        tx,
        LinkRow,
        "SELECT kind, person_id, expires_at FROM one_time_link WHERE token_hash = $1 AND expires_at > $2",
        token_hash,
        now,
    )
}

/// Uses a live link: it is gone when the transaction commits.
///
/// # Errors
/// As every store function.
pub async fn take(tx: &mut Tx, token_hash: &str, now: i64) -> Result<Option<LinkRow>, StoreError> {
    fetch_optional!(
        tx,
        LinkRow,
        "DELETE FROM one_time_link WHERE token_hash = $1 AND expires_at > $2 RETURNING kind, person_id, expires_at",
        token_hash,
        now,
    )
}

/// Ends a person's links.
///
/// # Errors
/// As every store function.
pub async fn delete_of_person(tx: &mut Tx, person_id: &str) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM one_time_link WHERE person_id = $1", person_id)?;
    execute!(tx, "DELETE FROM shown_link WHERE person_id = $1", person_id)?;
    Ok(())
}

/// Ends all setup links.
///
/// # Errors
/// As every store function.
pub async fn delete_setup(tx: &mut Tx) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM one_time_link WHERE kind = 'setup'")?;
    Ok(())
}

/// Removes what has expired.
///
/// # Errors
/// As every store function.
pub async fn delete_expired(tx: &mut Tx, now: i64) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM shown_link WHERE expires_at <= $1", now)?;
    execute!(tx, "DELETE FROM one_time_link WHERE expires_at <= $1", now)
}

/// Keeps a fresh link, sealed, for the session that made it.
///
/// # Errors
/// As every store function.
pub async fn insert_shown(
    tx: &mut Tx,
    id_hash: &str,
    session_id: &str,
    person_id: &str,
    sealed: &[u8],
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO shown_link (id_hash, session_id, person_id, sealed, expires_at) VALUES ($1, $2, $3, $4, $5)",
        id_hash,
        session_id,
        person_id,
        sealed,
        now + SHOWN_LIFE_MS,
    )?;
    Ok(())
}

/// A kept link of this session and person, for one request: rendering a page may ask twice, another
/// request never gets it again.
///
/// # Errors
/// As every store function.
pub async fn take_shown(
    tx: &mut Tx,
    id_hash: &str,
    session_id: &str,
    person_id: &str,
    request_id: &str,
    now: i64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = fetch_optional!(
        tx,
        (Vec<u8>,),
        "UPDATE shown_link SET read_by = $4
         WHERE id_hash = $1 AND session_id = $2 AND person_id = $3 AND (read_by IS NULL OR read_by = $4) AND expires_at > $5
         RETURNING sealed",
        id_hash,
        session_id,
        person_id,
        request_id,
        now,
    )?;
    Ok(row.map(|(sealed,)| sealed))
}
