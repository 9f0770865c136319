//! People: accounts, their state and password hash.

use crate::server::store::{StoreError, Tx};

/// A person as stored. The password hash is read by its own function only.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PersonRow {
    /// Id.
    pub id: String,
    /// Email as typed.
    pub email: String,
    /// Name.
    pub name: String,
    /// Account role as stored.
    pub account_role: String,
    /// `invited`, `active` or `deactivated`.
    pub state: String,
}

/// A person by id.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<PersonRow>, StoreError> {
    fetch_optional!(tx, PersonRow, "SELECT id, email, name, account_role, state FROM person WHERE id = $1", id)
}
