//! Projects and who belongs to them.

use crate::server::store::{StoreError, Tx};

/// A project.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ProjectRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
}

/// A project by id.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<ProjectRow>, StoreError> {
    fetch_optional!(tx, ProjectRow, "SELECT id, name, description FROM project WHERE id = $1", id)
}

/// The roles of a person in a project, as stored.
///
/// # Errors
/// As every store function.
pub async fn list_roles(tx: &mut Tx, project_id: &str, person_id: &str) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT role FROM project_member WHERE project_id = $1 AND person_id = $2 ORDER BY role",
        project_id,
        person_id,
    )?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// The projects a person belongs to, by name.
///
/// # Errors
/// As every store function.
pub async fn list_of_person(tx: &mut Tx, person_id: &str) -> Result<Vec<ProjectRow>, StoreError> {
    fetch_all!(
        tx,
        ProjectRow,
        "SELECT id, name, description FROM project
         WHERE id IN (SELECT project_id FROM project_member WHERE person_id = $1) ORDER BY name_key",
        person_id,
    )
}
