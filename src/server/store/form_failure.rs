//! What a failed form post left for the page that shows the form again.
//!
//! Fields and error as JSON, for ten minutes, readable only with the id in the address and the
//! cookie of the browser that posted. Secret fields are dropped before they come here.

use crate::server::store::{StoreError, Tx};

/// Life of a failure in milliseconds.
pub const LIFE_MS: i64 = 10 * 60 * 1000;

/// Rows that one browser may have; the oldest go first.
pub const PER_OWNER: i64 = 20;

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

/// Keeps a failure and drops old ones, and those of the owner beyond [`PER_OWNER`].
///
/// # Errors
/// As every store function.
pub async fn insert(
    tx: &mut Tx,
    id_hash: &str,
    owner_hash: &str,
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
        "INSERT INTO form_failure (id_hash, owner_hash, form, fields, error, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id_hash,
        owner_hash,
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
