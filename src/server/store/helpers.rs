//! Names of the people who can help on: pages name them instead of saying "an admin".

use crate::server::store::{StoreError, Tx};

/// Names of active Account Admins and System Admins, who make connections.
///
/// # Errors
/// As every store function.
pub async fn list_connection_makers(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT name FROM person WHERE state = 'active' AND account_role IN ('account_admin', 'system_admin') ORDER BY name LIMIT 5",
    )?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Names of a project's active Project Admins.
///
/// # Errors
/// As every store function.
pub async fn list_project_admins(tx: &mut Tx, project_id: &str) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT name FROM person WHERE state = 'active' AND id IN
             (SELECT person_id FROM project_member WHERE project_id = $1 AND role = 'project_admin')
         ORDER BY name LIMIT 5",
        project_id,
    )?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
