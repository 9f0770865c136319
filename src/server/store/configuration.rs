//! Configurations: the draft with its revision, and the versions that were proceeded.
//!
//! A draft is saved only over the revision it was read at, so that two editors see each other. Versions
//! are never changed. A Jira project is linked once in a project, as long as it is not archived: whoever links
//! one holds [`super::project::lock`], and an index sees to it. Settings are JSON of `domain::wizard::Settings`; this file does not read them.

use crate::server::store::{StoreError, Tx, dialect};

/// A configuration.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ConfigurationRow {
    /// Id.
    pub id: String,
    /// Project of ours.
    pub project_id: String,
    /// Connection.
    pub connection_id: String,
    /// `inactive`, `active`, `error` or `archived`.
    pub status: String,
    /// Words for people; empty when there is nothing to say.
    pub status_reason: String,
    /// Since when, UTC milliseconds.
    pub status_since: i64,
    /// Draft settings as JSON.
    pub draft: String,
    /// Highest step saved, 0 to 6.
    pub draft_step: i64,
    /// Grows with every save of the draft.
    pub draft_revision: i64,
    /// Last save, UTC milliseconds.
    pub draft_saved_at: i64,
    /// Name of the person of the last save.
    pub draft_saved_by: String,
    /// The version that was proceeded last; empty until the first Proceed.
    pub proceeded_version_id: Option<String>,
    /// The version in force: that of the last run that ended well; empty until the first one did.
    pub running_version_id: Option<String>,
    /// Jira project of the version in force; before the first one, of the draft.
    pub jira_project_id: Option<String>,
    /// Its key.
    pub jira_project_key: Option<String>,
    /// Its name.
    pub jira_project_name: Option<String>,
    /// End of the last good sync, UTC milliseconds.
    pub last_synced_at: Option<i64>,
    /// UTC milliseconds.
    pub created_at: i64,
    /// Name of the person.
    pub created_by: String,
}

/// Settings as they were proceeded.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VersionRow {
    /// Id.
    pub id: String,
    /// Configuration.
    pub configuration_id: String,
    /// 1, 2, 3 within the configuration.
    pub number: i64,
    /// Settings as JSON.
    pub settings: String,
    /// UTC milliseconds.
    pub created_at: i64,
    /// Name of the person.
    pub created_by: String,
}

/// What a save of the draft writes.
#[derive(Debug, Clone, Copy)]
pub struct DraftSave<'a> {
    /// Configuration.
    pub id: &'a str,
    /// Revision the editor saw.
    pub revision: i64,
    /// Settings as JSON.
    pub draft: &'a str,
    /// Step that was saved, 1 to 6; the stored one never falls.
    pub step: i64,
    /// Jira project: id, key, name. Shown until a version is in force.
    pub project: Option<(&'a str, &'a str, &'a str)>,
    /// Name of the person.
    pub saved_by: &'a str,
    /// Now.
    pub now: i64,
}

/// A configuration by id.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<ConfigurationRow>, StoreError> {
    fetch_optional!(
        tx,
        ConfigurationRow,
        "SELECT * FROM configuration WHERE id = $1",
        id
    )
}

/// Holds the configuration until the transaction ends: nobody else saves, proceeds or writes its mirror.
///
/// # Errors
/// As every store function.
pub async fn lock(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    let statement = dialect::lock_configuration(tx);
    fetch_optional!(tx, (String,), statement, id)?;
    Ok(())
}

/// The key of a Jira project that another configuration of the project links by the same connection, archived
/// ones aside; empty when it has none.
///
/// # Errors
/// As every store function.
pub async fn find_twin(
    tx: &mut Tx,
    row: &ConfigurationRow,
    jira_project_id: &str,
) -> Result<Option<String>, StoreError> {
    let twin = fetch_optional!(
        tx,
        (String,),
        "SELECT COALESCE(jira_project_key, '') FROM configuration
         WHERE project_id = $1 AND connection_id = $2 AND jira_project_id = $3 AND id <> $4 AND status <> 'archived'
         LIMIT 1",
        &row.project_id,
        &row.connection_id,
        jira_project_id,
        &row.id,
    )?;
    Ok(twin.map(|(key,)| key))
}

/// The configurations of a project, oldest first.
///
/// # Errors
/// As every store function.
pub async fn list_of_project(tx: &mut Tx, project_id: &str) -> Result<Vec<ConfigurationRow>, StoreError> {
    fetch_all!(
        tx,
        ConfigurationRow,
        "SELECT * FROM configuration WHERE project_id = $1 ORDER BY created_at, id",
        project_id,
    )
}

/// What names an integration of a project.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct NamedRow {
    /// Key of the Jira project.
    pub jira_project_key: Option<String>,
    /// Name of the Jira project.
    pub jira_project_name: Option<String>,
    /// Name of the connection.
    pub connection_name: String,
}

/// The names of the configurations of a project that were ever proceeded.
///
/// # Errors
/// As every store function.
pub async fn list_named(tx: &mut Tx, project_id: &str) -> Result<Vec<NamedRow>, StoreError> {
    fetch_all!(
        tx,
        NamedRow,
        "SELECT configuration.jira_project_key, configuration.jira_project_name, connection.name AS connection_name
         FROM configuration JOIN connection ON connection.id = configuration.connection_id
         WHERE configuration.project_id = $1 AND configuration.proceeded_version_id IS NOT NULL
         ORDER BY configuration.created_at, configuration.id",
        project_id,
    )
}

/// What of a configuration is mirrored and shown.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PulledRow {
    /// Configuration.
    pub configuration_id: String,
    /// Requirements.
    pub requirements: i64,
    /// Bugs.
    pub bugs: i64,
    /// Releases.
    pub releases: i64,
    /// Sprints.
    pub sprints: i64,
}

/// What of the configurations of a project is mirrored, without what is gone; `secured` tells whether the reader
/// may see issues with a security level.
///
/// # Errors
/// As every store function.
pub async fn list_pulled(tx: &mut Tx, project_id: &str, secured: bool) -> Result<Vec<PulledRow>, StoreError> {
    fetch_all!(
        tx,
        PulledRow,
        "SELECT c.id AS configuration_id,
             (SELECT COUNT(*) FROM issue i WHERE i.configuration_id = c.id AND i.gone_at IS NULL
                 AND i.kind = 'requirement' AND ($2 OR NOT i.secured)) AS requirements,
             (SELECT COUNT(*) FROM issue i WHERE i.configuration_id = c.id AND i.gone_at IS NULL
                 AND i.kind = 'bug' AND ($2 OR NOT i.secured)) AS bugs,
             (SELECT COUNT(*) FROM release r WHERE r.configuration_id = c.id AND r.gone_at IS NULL AND r.selected) AS releases,
             (SELECT COUNT(*) FROM sprint s WHERE s.configuration_id = c.id AND s.gone_at IS NULL AND s.selected) AS sprints
         FROM configuration c WHERE c.project_id = $1",
        project_id,
        secured,
    )
}

/// Stores a new configuration: Inactive, with an empty draft of revision 1.
///
/// # Errors
/// As every store function.
pub async fn insert(
    tx: &mut Tx,
    id: &str,
    project_id: &str,
    connection_id: &str,
    draft: &str,
    created_by: &str,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO configuration (id, project_id, connection_id, status, status_since, draft, draft_step,
             draft_revision, draft_saved_at, draft_saved_by, created_at, created_by)
         VALUES ($1, $2, $3, 'inactive', $6, $4, 0, 1, $6, $5, $6, $5)",
        id,
        project_id,
        connection_id,
        draft,
        created_by,
        now,
    )?;
    Ok(())
}

/// Saves a draft over the revision its editor saw; gives the new revision, or `None` when somebody
/// else saved meanwhile.
///
/// # Errors
/// [`StoreError::AlreadyExists`] when another configuration links the Jira project; else as every store function.
pub async fn save_draft(tx: &mut Tx, save: &DraftSave<'_>) -> Result<Option<i64>, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "UPDATE configuration
         SET draft = $3, draft_revision = draft_revision + 1,
             draft_step = CASE WHEN draft_step > $4 THEN draft_step ELSE $4 END,
             draft_saved_at = $5, draft_saved_by = $6,
             jira_project_id = CASE WHEN running_version_id IS NULL THEN $7 ELSE jira_project_id END,
             jira_project_key = CASE WHEN running_version_id IS NULL THEN $8 ELSE jira_project_key END,
             jira_project_name = CASE WHEN running_version_id IS NULL THEN $9 ELSE jira_project_name END
         WHERE id = $1 AND draft_revision = $2
         RETURNING draft_revision",
        save.id,
        save.revision,
        save.draft,
        save.step,
        save.now,
        save.saved_by,
        save.project.map(|project| project.0),
        save.project.map(|project| project.1),
        save.project.map(|project| project.2),
    )?;
    Ok(row.map(|(revision,)| revision))
}

/// Stores settings as the next version, which the next run brings into force; gives it back.
///
/// # Errors
/// As every store function.
pub async fn insert_version(
    tx: &mut Tx,
    id: &str,
    configuration_id: &str,
    settings: &str,
    created_by: &str,
    now: i64,
) -> Result<VersionRow, StoreError> {
    let version = fetch_one!(
        tx,
        VersionRow,
        "INSERT INTO configuration_version (id, configuration_id, number, settings, created_at, created_by)
         SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5 FROM configuration_version WHERE configuration_id = $2
         RETURNING *",
        id,
        configuration_id,
        settings,
        now,
        created_by,
    )?;
    execute!(
        tx,
        "UPDATE configuration SET proceeded_version_id = $2 WHERE id = $1",
        configuration_id,
        id
    )?;
    Ok(version)
}

/// A version by id.
///
/// # Errors
/// As every store function.
pub async fn find_version(tx: &mut Tx, id: &str) -> Result<Option<VersionRow>, StoreError> {
    fetch_optional!(
        tx,
        VersionRow,
        "SELECT * FROM configuration_version WHERE id = $1",
        id
    )
}

/// The version with a number.
///
/// # Errors
/// As every store function.
pub async fn find_version_number(
    tx: &mut Tx,
    configuration_id: &str,
    number: i64,
) -> Result<Option<VersionRow>, StoreError> {
    fetch_optional!(
        tx,
        VersionRow,
        "SELECT * FROM configuration_version WHERE configuration_id = $1 AND number = $2",
        configuration_id,
        number,
    )
}

/// The versions of a configuration, the newest first, at most `limit`.
///
/// # Errors
/// As every store function.
pub async fn list_versions(
    tx: &mut Tx,
    configuration_id: &str,
    limit: i64,
) -> Result<Vec<VersionRow>, StoreError> {
    fetch_all!(
        tx,
        VersionRow,
        "SELECT * FROM configuration_version WHERE configuration_id = $1 ORDER BY number DESC LIMIT $2",
        configuration_id,
        limit,
    )
}

/// A sync that runs or ended lately, and one of the person's roles in its project.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunningRow {
    /// Configuration.
    pub configuration_id: String,
    /// Changes with the run, its state and its progress.
    pub progress: String,
    /// Role's code.
    pub role: String,
}

/// The syncs in the person's projects that run, or ended since.
///
/// # Errors
/// As every store function.
pub async fn list_running(tx: &mut Tx, person_id: &str, since: i64) -> Result<Vec<RunningRow>, StoreError> {
    fetch_all!(
        tx,
        RunningRow,
        "SELECT run.configuration_id, run.id || ' ' || run.state || ' ' || run.phase || ' ' || run.done_count AS progress,
             m.role
         FROM sync_run run
         JOIN configuration c ON c.id = run.configuration_id
         JOIN project_member m ON m.project_id = c.project_id
         WHERE m.person_id = $1 AND (run.finished_at IS NULL OR run.finished_at >= $2)
         ORDER BY run.configuration_id, run.id, m.role",
        person_id,
        since,
    )
}

/// The roles of a person in the project of a configuration, as stored.
///
/// # Errors
/// As every store function.
pub async fn list_roles(
    tx: &mut Tx,
    configuration_id: &str,
    person_id: &str,
) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT m.role FROM configuration c JOIN project_member m ON m.project_id = c.project_id
         WHERE c.id = $1 AND m.person_id = $2 ORDER BY m.role",
        configuration_id,
        person_id,
    )?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}
