//! People: accounts, their state and password hash.
//!
//! Addresses are unique by their folded form. Whoever takes the last Account Admin's rights away must
//! hold [`lock_admins`] first: two such changes at once would each see the other's admin.

use crate::server::store::{StoreError, Tx};

/// Has a first password to choose.
pub const INVITED: &str = "invited";
/// May sign in.
pub const ACTIVE: &str = "active";
/// May not sign in.
pub const DEACTIVATED: &str = "deactivated";

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

/// A person in the list of all.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedPersonRow {
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
    /// Number of projects.
    pub projects: i64,
    /// Last seen in a session that still exists, UTC milliseconds.
    pub seen_at: Option<i64>,
}

/// What sign-in needs. Not shown by `Debug` as a whole: it holds a hash.
#[derive(Clone, sqlx::FromRow)]
pub struct CredentialRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// State.
    pub state: String,
    /// PHC string; none before the first password.
    pub password_hash: Option<String>,
    /// Theme.
    pub theme: String,
}

/// A new person.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// Id.
    pub id: &'a str,
    /// Email as typed.
    pub email: &'a str,
    /// Email folded, unique.
    pub email_key: &'a str,
    /// Name.
    pub name: &'a str,
    /// Account role's code.
    pub account_role: &'a str,
    /// State.
    pub state: &'a str,
    /// PHC string.
    pub password_hash: Option<&'a str>,
    /// Now.
    pub now: i64,
}

/// Adds a person.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when the address is taken; else as every store function.
pub async fn insert(tx: &mut Tx, person: &NewPerson<'_>) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO person (id, email, email_key, name, account_role, state, password_hash, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        person.id,
        person.email,
        person.email_key,
        person.name,
        person.account_role,
        person.state,
        person.password_hash,
        person.now,
    )?;
    Ok(())
}

/// A person by id.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<PersonRow>, StoreError> {
    fetch_optional!(
        tx,
        PersonRow,
        "SELECT id, email, name, account_role, state FROM person WHERE id = $1",
        id
    )
}

/// Number of people in any state.
///
/// # Errors
/// As every store function.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,) = fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM person")?;
    Ok(count)
}

/// All people by name.
///
/// # Errors
/// As every store function.
pub async fn list(tx: &mut Tx) -> Result<Vec<ListedPersonRow>, StoreError> {
    fetch_all!(
        tx,
        ListedPersonRow,
        "SELECT id, email, name, account_role, state,
           (SELECT COUNT(DISTINCT project_id) FROM project_member WHERE person_id = person.id) AS projects,
           (SELECT MAX(seen_at) FROM session WHERE person_id = person.id) AS seen_at
         FROM person ORDER BY LOWER(name), email_key",
    )
}

/// Names of the active Account Admins, by name.
///
/// # Errors
/// As every store function.
pub async fn list_admin_names(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT name FROM person WHERE account_role = 'account_admin' AND state = 'active' ORDER BY LOWER(name)",
    )?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// What sign-in needs, by folded email.
///
/// # Errors
/// As every store function.
pub async fn find_credential(tx: &mut Tx, email_key: &str) -> Result<Option<CredentialRow>, StoreError> {
    fetch_optional!(
        tx,
        CredentialRow,
        "SELECT id, name, state, password_hash, theme FROM person WHERE email_key = $1",
        email_key,
    )
}

/// The password hash of a person, for the check of the current password.
///
/// # Errors
/// As every store function.
pub async fn find_password_hash(tx: &mut Tx, id: &str) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(
        tx,
        (Option<String>,),
        "SELECT password_hash FROM person WHERE id = $1",
        id
    )?;
    Ok(row.and_then(|(hash,)| hash))
}

/// The theme of a person who exists.
///
/// # Errors
/// As every store function.
pub async fn find_theme(tx: &mut Tx, id: &str) -> Result<String, StoreError> {
    let row = fetch_optional!(tx, (String,), "SELECT theme FROM person WHERE id = $1", id)?;
    Ok(row.map_or_else(|| "system".to_owned(), |(theme,)| theme))
}

/// Whether the person is active with exactly this hash; holds the row until the transaction ends, so
/// that a change of password or state waits for it.
///
/// # Errors
/// As every store function.
pub async fn lock_credential(tx: &mut Tx, id: &str, password_hash: &str) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE person SET updated_at = updated_at WHERE id = $1 AND password_hash = $2 AND state = 'active'",
        id,
        password_hash,
    )?;
    Ok(touched == 1)
}

/// Sets the password; an invited person is active from then on. `false` when there is no such person
/// or they are deactivated.
///
/// # Errors
/// As every store function.
pub async fn save_password(tx: &mut Tx, id: &str, password_hash: &str, now: i64) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE person SET password_hash = $2, state = 'active', updated_at = $3 WHERE id = $1 AND state <> 'deactivated'",
        id,
        password_hash,
        now,
    )?;
    Ok(touched == 1)
}

/// Sets the account role.
///
/// # Errors
/// As every store function.
pub async fn save_role(tx: &mut Tx, id: &str, account_role: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE person SET account_role = $2, updated_at = $3 WHERE id = $1",
        id,
        account_role,
        now
    )?;
    Ok(())
}

/// Ends the right to sign in.
///
/// # Errors
/// As every store function.
pub async fn deactivate(tx: &mut Tx, id: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE person SET state = 'deactivated', updated_at = $2 WHERE id = $1",
        id,
        now
    )?;
    Ok(())
}

/// Gives the right to sign in back: active with a password, else invited.
///
/// # Errors
/// As every store function.
pub async fn reactivate(tx: &mut Tx, id: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE person SET state = CASE WHEN password_hash IS NULL THEN 'invited' ELSE 'active' END, updated_at = $2
         WHERE id = $1 AND state = 'deactivated'",
        id,
        now,
    )?;
    Ok(())
}

/// Sets name and time zone (none: the organisation's).
///
/// # Errors
/// As every store function.
pub async fn save_profile(
    tx: &mut Tx,
    id: &str,
    name: &str,
    time_zone: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE person SET name = $2, time_zone = $3, updated_at = $4 WHERE id = $1",
        id,
        name,
        time_zone,
        now,
    )?;
    Ok(())
}

/// Sets the theme.
///
/// # Errors
/// As every store function.
pub async fn save_theme(tx: &mut Tx, id: &str, theme: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE person SET theme = $2, updated_at = $3 WHERE id = $1",
        id,
        theme,
        now
    )?;
    Ok(())
}

/// Makes changes of who is Account Admin wait for each other, until the transaction ends.
///
/// # Errors
/// As every store function.
pub async fn lock_admins(tx: &mut Tx) -> Result<(), StoreError> {
    // On both databases an upsert of one row makes the second writer wait for the first one's end.
    crate::server::store::setting::save(tx, "account_admin_changes", "").await
}

/// Number of active Account Admins besides one person.
///
/// # Errors
/// As every store function.
pub async fn count_other_admins(tx: &mut Tx, id: &str) -> Result<i64, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM person WHERE account_role = 'account_admin' AND state = 'active' AND id <> $1",
        id,
    )?;
    Ok(count)
}
