//! Tests of unsaved connection forms that were posted without JavaScript.
//!
//! What was typed (secrets aside), what was found, and the token, sealed: for ten minutes, for the
//! person who typed it, and good only for the very address, type and email that were tested.

use crate::server::store::{StoreError, Tx};

/// Life of a test in milliseconds.
pub const LIFE_MS: i64 = 10 * 60 * 1000;

/// A kept test.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConnectionTestRow {
    /// Who tested.
    pub person_id: String,
    /// The connection being edited; empty for a new one.
    pub connection_id: String,
    /// `cloud` or `data_center`.
    pub deployment: String,
    /// The address that was tested.
    pub site_url: String,
    /// Account email; empty on Data Center.
    pub email: String,
    /// Sealed token; absent where the stored one was tested.
    pub sealed_token: Option<Vec<u8>>,
    /// JSON of the fields as typed, without secrets.
    pub fields: String,
    /// JSON of what the test found.
    pub outcome: String,
}

/// Keeps a test in place of all earlier ones of the person, and drops old ones of others.
///
/// # Errors
/// As every store function.
pub async fn insert(tx: &mut Tx, id_hash: &str, row: &ConnectionTestRow, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM connection_test WHERE expires_at <= $1 OR (person_id = $2 AND connection_id = $3)",
        now,
        &row.person_id,
        &row.connection_id,
    )?;
    execute!(
        tx,
        "INSERT INTO connection_test (id_hash, person_id, connection_id, deployment, site_url, email, sealed_token, fields,
           outcome, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id_hash,
        &row.person_id,
        &row.connection_id,
        &row.deployment,
        &row.site_url,
        &row.email,
        row.sealed_token.as_deref(),
        &row.fields,
        &row.outcome,
        now + LIFE_MS,
    )?;
    Ok(())
}

/// A test by id, of this person and about this connection.
///
/// # Errors
/// As every store function.
pub async fn find(
    tx: &mut Tx,
    id_hash: &str,
    person_id: &str,
    connection_id: &str,
    now: i64,
) -> Result<Option<ConnectionTestRow>, StoreError> {
    fetch_optional!(
        tx,
        ConnectionTestRow,
        "SELECT person_id, connection_id, deployment, site_url, email, sealed_token, fields, outcome FROM connection_test
         WHERE id_hash = $1 AND person_id = $2 AND connection_id = $3 AND expires_at > $4",
        id_hash,
        person_id,
        connection_id,
        now,
    )
}

/// Forgets the tests of a person about a connection, after it was saved.
///
/// # Errors
/// As every store function.
pub async fn delete_of_person(tx: &mut Tx, person_id: &str, connection_id: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM connection_test WHERE person_id = $1 AND connection_id = $2",
        person_id,
        connection_id
    )?;
    Ok(())
}

/// Removes what has expired.
///
/// # Errors
/// As every store function.
pub async fn delete_expired(tx: &mut Tx, now: i64) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM connection_test WHERE expires_at <= $1", now)
}
