//! Projects and who belongs to them.

use crate::server::store::{StoreError, Tx, dialect};

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
    fetch_optional!(
        tx,
        ProjectRow,
        "SELECT id, name, description FROM project WHERE id = $1",
        id
    )
}

/// Takes the project for oneself until the transaction ends; `false` when somebody has deleted it. The first
/// lock of whoever links a Jira project, or deletes this one.
///
/// # Errors
/// As every store function.
pub async fn lock(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let statement = dialect::lock_project(tx);
    Ok(fetch_optional!(tx, (String,), statement, id)?.is_some())
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

/// All roles of a person: project and role, as stored.
///
/// # Errors
/// As every store function.
pub async fn list_roles_of_person(tx: &mut Tx, person_id: &str) -> Result<Vec<(String, String)>, StoreError> {
    fetch_all!(
        tx,
        (String, String),
        "SELECT project_id, role FROM project_member WHERE person_id = $1 ORDER BY project_id, role",
        person_id,
    )
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

/// A person's role in a project; one row a role.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MemberRow {
    /// Person.
    pub person_id: String,
    /// Their name.
    pub name: String,
    /// Their email.
    pub email: String,
    /// Their state.
    pub state: String,
    /// Role's code.
    pub role: String,
}

/// Adds a project.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when the name is taken (in whatever case); else as every store function.
pub async fn insert(tx: &mut Tx, project: &ProjectRow, creator: &str, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO project (id, name, name_key, description, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
        &project.id,
        &project.name,
        project.name.to_lowercase(),
        &project.description,
        now,
        creator,
    )?;
    Ok(())
}

/// Changes name and description.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when another project has the name (in whatever case); else as every store
/// function.
pub async fn save(tx: &mut Tx, project: &ProjectRow) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE project SET name = $2, name_key = $3, description = $4 WHERE id = $1",
        &project.id,
        &project.name,
        project.name.to_lowercase(),
        &project.description,
    )?;
    Ok(())
}

/// The projects a person does not belong to, by name.
///
/// # Errors
/// As every store function.
pub async fn list_others(tx: &mut Tx, person_id: &str) -> Result<Vec<ProjectRow>, StoreError> {
    fetch_all!(
        tx,
        ProjectRow,
        "SELECT id, name, description FROM project
         WHERE id NOT IN (SELECT project_id FROM project_member WHERE person_id = $1) ORDER BY name_key",
        person_id,
    )
}

/// The roles of all members, by name of the person.
///
/// # Errors
/// As every store function.
pub async fn list_members(tx: &mut Tx, project_id: &str) -> Result<Vec<MemberRow>, StoreError> {
    fetch_all!(
        tx,
        MemberRow,
        "SELECT person.id AS person_id, person.name, person.email, person.state, project_member.role
         FROM project_member JOIN person ON person.id = project_member.person_id
         WHERE project_member.project_id = $1 ORDER BY LOWER(person.name), person.id, project_member.role",
        project_id,
    )
}

/// Makes changes of a project's members wait for each other, until the transaction ends.
///
/// # Errors
/// As every store function.
pub async fn lock_members(tx: &mut Tx, project_id: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE project SET name = name WHERE id = $1", project_id)?;
    Ok(())
}

/// Gives a person a role; giving it twice changes nothing.
///
/// # Errors
/// As every store function.
pub async fn save_role(
    tx: &mut Tx,
    project_id: &str,
    person_id: &str,
    role: &str,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO project_member (project_id, person_id, role, added_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (project_id, person_id, role) DO NOTHING",
        project_id,
        person_id,
        role,
        now,
    )?;
    Ok(())
}

/// Takes all roles of a person in a project; gives how many there were.
///
/// # Errors
/// As every store function.
pub async fn delete_roles(tx: &mut Tx, project_id: &str, person_id: &str) -> Result<u64, StoreError> {
    execute!(
        tx,
        "DELETE FROM project_member WHERE project_id = $1 AND person_id = $2",
        project_id,
        person_id
    )
}

/// Number of Project Admins who may sign in, besides one person.
///
/// # Errors
/// As every store function.
pub async fn count_other_admins(tx: &mut Tx, project_id: &str, person_id: &str) -> Result<i64, StoreError> {
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM project_member JOIN person ON person.id = project_member.person_id
         WHERE project_id = $1 AND role = 'project_admin' AND person.state <> 'deactivated' AND person_id <> $2",
        project_id,
        person_id,
    )?;
    Ok(count)
}

/// The projects that a person alone administers: no other Project Admin of theirs may sign in. By name.
///
/// # Errors
/// As every store function.
pub async fn list_only_admin_of(tx: &mut Tx, person_id: &str) -> Result<Vec<ProjectRow>, StoreError> {
    fetch_all!(
        tx,
        ProjectRow,
        "SELECT id, name, description FROM project
         WHERE id IN (SELECT project_id FROM project_member WHERE person_id = $1 AND role = 'project_admin')
           AND id NOT IN (SELECT project_id FROM project_member JOIN person ON person.id = project_member.person_id
                          WHERE role = 'project_admin' AND person.state <> 'deactivated' AND person_id <> $1)
         ORDER BY name_key",
        person_id,
    )
}

/// Makes changes of members of all projects of a person wait for each other, until the transaction ends.
///
/// # Errors
/// As every store function.
pub async fn lock_members_of_person(tx: &mut Tx, person_id: &str) -> Result<(), StoreError> {
    // In the order of the ids: two such locks must not wait for each other.
    let projects = fetch_all!(
        tx,
        (String,),
        "SELECT DISTINCT project_id FROM project_member WHERE person_id = $1 ORDER BY project_id",
        person_id,
    )?;
    for (project_id,) in projects {
        lock_members(tx, &project_id).await?;
    }
    Ok(())
}
