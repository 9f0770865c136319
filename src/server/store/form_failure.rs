//! What a failed form post left for the page that shows the form again.
//!
//! Fields and error as JSON, for ten minutes, readable only with the id in the address and the
//! cookie of the browser that posted. Secret fields are dropped before they come here. What is kept is
//! bounded by browser, by sender (a sender may drop cookies) and, of strangers, in all: senders are
//! cheap too. The oldest go first.

use crate::server::store::{StoreError, Tx};

/// Life of a failure in milliseconds.
pub const LIFE_MS: i64 = 10 * 60 * 1000;

/// Rows that one browser may have; the oldest go first.
pub const PER_OWNER: i64 = 20;
/// Rows that one sender may have, whatever browsers it shows.
pub const PER_SENDER: i64 = 40;
/// Rows that all strangers together may have.
pub const OF_STRANGERS: i64 = 2_000;
/// What the sender of a stranger begins with; a person is named by id.
const STRANGER: &str = "address:";

/// The sender of a form that nobody signed in sent. `network` is the address as it is throttled.
pub fn stranger(network: &str) -> String {
    format!("{STRANGER}{network}")
}

/// A kept failure.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FormFailureRow {
    /// Name of the form: the server function's endpoint.
    pub form: String,
    /// JSON object of the fields as posted, without secrets.
    pub fields: String,
    /// JSON of the `ApiError`.
    pub error: String,
}

/// Keeps a failure and drops old ones, and those beyond [`PER_OWNER`], [`PER_SENDER`] and
/// [`OF_STRANGERS`]. `sender` is a person's id or from [`stranger`].
///
/// # Errors
/// As every store function.
pub async fn insert(
    tx: &mut Tx,
    id_hash: &str,
    owner_hash: &str,
    sender: &str,
    row: &FormFailureRow,
    now: i64,
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM form_failure WHERE expires_at <= $1", now)?;
    execute!(
        tx,
        "DELETE FROM form_failure WHERE owner_hash = $1 AND id_hash NOT IN
           (SELECT id_hash FROM form_failure WHERE owner_hash = $1 ORDER BY expires_at DESC, id_hash LIMIT $2)",
        owner_hash,
        PER_OWNER - 1,
    )?;
    execute!(
        tx,
        "DELETE FROM form_failure WHERE sender = $1 AND id_hash NOT IN
           (SELECT id_hash FROM form_failure WHERE sender = $1 ORDER BY expires_at DESC, id_hash LIMIT $2)",
        sender,
        PER_SENDER - 1,
    )?;
    if sender.starts_with(STRANGER) {
        execute!(
            tx,
            "DELETE FROM form_failure WHERE sender LIKE $1 AND id_hash NOT IN
               (SELECT id_hash FROM form_failure WHERE sender LIKE $1 ORDER BY expires_at DESC, id_hash LIMIT $2)",
            format!("{STRANGER}%"),
            OF_STRANGERS - 1,
        )?;
    }
    execute!(
        tx,
        "INSERT INTO form_failure (id_hash, owner_hash, sender, form, fields, error, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id_hash,
        owner_hash,
        sender,
        &row.form,
        &row.fields,
        &row.error,
        now + LIFE_MS,
    )?;
    Ok(())
}

/// A failure by id and owner.
///
/// # Errors
/// As every store function.
pub async fn find(
    tx: &mut Tx,
    id_hash: &str,
    owner_hash: &str,
    now: i64,
) -> Result<Option<FormFailureRow>, StoreError> {
    fetch_optional!(
        tx,
        FormFailureRow,
        "SELECT form, fields, error FROM form_failure WHERE id_hash = $1 AND owner_hash = $2 AND expires_at > $3",
        id_hash,
        owner_hash,
        now,
    )
}

/// Removes what has expired.
///
/// # Errors
/// As every store function.
pub async fn delete_expired(tx: &mut Tx, now: i64) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM form_failure WHERE expires_at <= $1", now)
}
