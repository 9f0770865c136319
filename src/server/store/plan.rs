//! Reads the mirror for Plans: configurations to choose from, releases, sprints and their counts.
//!
//! Only reads; the sync owns the writes. Every count and list takes `secured`: whether the reader may
//! see issues with a security level in Jira. Leaving it out of one of them would give away that such
//! an issue exists, so a count and its list always take the same flag.

use jiff::{Timestamp, civil::Date};

use crate::{
    domain::jira::{Release, Sprint, SprintState},
    server::store::{StoreError, Tx},
};

/// A configuration together with its connection and the settings in force.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlanConfigurationRow {
    /// Id.
    pub id: String,
    /// `inactive`, `active`, `error` or `archived`.
    pub status: String,
    /// Words for people.
    pub status_reason: String,
    /// Whether it was ever proceeded.
    pub proceeded: bool,
    /// Name of the connection.
    pub connection_name: String,
    /// `inactive`, `active` or `error`.
    pub connection_status: String,
    /// Words to the connection's status.
    pub connection_reason: String,
    /// Key of the Jira project.
    pub jira_project_key: Option<String>,
    /// Name of the Jira project.
    pub jira_project_name: Option<String>,
    /// Last finished sync, UTC milliseconds.
    pub last_synced_at: Option<i64>,
    /// Address of the Jira site.
    pub site_url: String,
    /// Settings in force (`domain::wizard::Settings` as JSON); empty before the first good run.
    pub settings: Option<String>,
}

/// Reads configurations with their connection and the settings in force.
macro_rules! configurations {
    ($condition:literal) => {
        concat!(
            "SELECT c.id, c.status, c.status_reason, c.proceeded_version_id IS NOT NULL AS proceeded, c.jira_project_key,
                 c.jira_project_name, c.last_synced_at, n.site_url, n.name AS connection_name,
                 n.status AS connection_status, n.status_reason AS connection_reason, v.settings
             FROM configuration c
             JOIN connection n ON n.id = c.connection_id
             LEFT JOIN configuration_version v ON v.id = c.running_version_id
             WHERE ",
            $condition
        )
    };
}

/// The configurations of a project that are not archived, by Jira key.
///
/// # Errors
/// As every store function.
pub async fn list_configurations(
    tx: &mut Tx,
    project_id: &str,
) -> Result<Vec<PlanConfigurationRow>, StoreError> {
    fetch_all!(
        tx,
        PlanConfigurationRow,
        configurations!("c.project_id = $1 AND c.status <> 'archived' ORDER BY c.jira_project_key, c.id"),
        project_id,
    )
}

/// A configuration of this project in any status; that of another project is not found.
///
/// # Errors
/// As every store function.
pub async fn find_configuration(
    tx: &mut Tx,
    project_id: &str,
    id: &str,
) -> Result<Option<PlanConfigurationRow>, StoreError> {
    fetch_optional!(
        tx,
        PlanConfigurationRow,
        configurations!("c.project_id = $1 AND c.id = $2"),
        project_id,
        id,
    )
}

/// Whether a sync run of the configuration waits or goes on.
///
/// # Errors
/// As every store function.
pub async fn is_syncing(tx: &mut Tx, configuration_id: &str) -> Result<bool, StoreError> {
    let row = fetch_optional!(
        tx,
        (String,),
        "SELECT id FROM sync_run WHERE configuration_id = $1 AND state IN ('queued', 'running')",
        configuration_id,
    )?;
    Ok(row.is_some())
}

#[derive(Debug, sqlx::FromRow)]
struct StoredRelease {
    jira_id: String,
    name: String,
    description: String,
    start_date: Option<String>,
    release_date: Option<String>,
    released: bool,
    archived: bool,
    selected: bool,
    gone_at: Option<i64>,
}

/// A release of the mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRelease {
    /// As Jira has it.
    pub release: Release,
    /// Whether the settings show it in Plans and it is still in Jira.
    pub shown: bool,
    /// Since when Jira no longer has it, UTC milliseconds.
    pub gone_at: Option<i64>,
}

fn parse_date(
    table: &'static str,
    column: &'static str,
    text: Option<String>,
) -> Result<Option<Date>, StoreError> {
    text.map(|text| {
        text.parse::<Date>()
            .map_err(|error| StoreError::inconsistent(table, column, error))
    })
    .transpose()
}

impl StoredRelease {
    fn into_plan(self) -> Result<PlanRelease, StoreError> {
        Ok(PlanRelease {
            shown: self.selected && self.gone_at.is_none(),
            gone_at: self.gone_at,
            release: Release {
                id: self.jira_id,
                name: self.name,
                description: self.description,
                start_date: parse_date("release", "start_date", self.start_date)?,
                release_date: parse_date("release", "release_date", self.release_date)?,
                released: self.released,
                archived: self.archived,
            },
        })
    }
}

/// All releases of a configuration in Jira's order, also those that Plans does not show: release
/// dates come from them too.
///
/// # Errors
/// As every store function.
pub async fn list_releases(tx: &mut Tx, configuration_id: &str) -> Result<Vec<PlanRelease>, StoreError> {
    let rows = fetch_all!(
        tx,
        StoredRelease,
        "SELECT jira_id, name, description, start_date, release_date, released, archived, selected, gone_at
         FROM release WHERE configuration_id = $1 ORDER BY position, jira_id",
        configuration_id,
    )?;
    rows.into_iter().map(StoredRelease::into_plan).collect()
}

#[derive(Debug, sqlx::FromRow)]
struct StoredSprint {
    jira_id: i64,
    name: String,
    state: String,
    start_at: Option<i64>,
    end_at: Option<i64>,
    completed_at: Option<i64>,
    goal: String,
    board_id: Option<i64>,
    selected: bool,
    gone_at: Option<i64>,
}

/// A sprint of the mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSprint {
    /// As Jira has it.
    pub sprint: Sprint,
    /// Whether the settings show it in Plans and it is still in Jira.
    pub shown: bool,
    /// Since when Jira no longer has it, UTC milliseconds.
    pub gone_at: Option<i64>,
}

fn parse_moment(column: &'static str, ms: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    ms.map(|ms| {
        Timestamp::from_millisecond(ms).map_err(|error| StoreError::inconsistent("sprint", column, error))
    })
    .transpose()
}

impl StoredSprint {
    fn into_plan(self) -> Result<PlanSprint, StoreError> {
        let state = SprintState::find(&self.state)
            .ok_or_else(|| StoreError::inconsistent("sprint", "state", &self.state))?;
        Ok(PlanSprint {
            shown: self.selected && self.gone_at.is_none(),
            gone_at: self.gone_at,
            sprint: Sprint {
                id: self.jira_id,
                name: self.name,
                state,
                start_at: parse_moment("start_at", self.start_at)?,
                end_at: parse_moment("end_at", self.end_at)?,
                completed_at: parse_moment("completed_at", self.completed_at)?,
                goal: self.goal,
                board_id: self.board_id,
            },
        })
    }
}

/// All sprints of a configuration, also those that Plans does not show.
///
/// # Errors
/// As every store function.
pub async fn list_sprints(tx: &mut Tx, configuration_id: &str) -> Result<Vec<PlanSprint>, StoreError> {
    let rows = fetch_all!(
        tx,
        StoredSprint,
        "SELECT jira_id, name, state, start_at, end_at, completed_at, goal, board_id, selected, gone_at
         FROM sprint WHERE configuration_id = $1 ORDER BY jira_id",
        configuration_id,
    )?;
    rows.into_iter().map(StoredSprint::into_plan).collect()
}

/// How many issues of a release or sprint have one kind, status and severity.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CountRow {
    /// Jira's id of the release or sprint, as text.
    pub owner_id: String,
    /// `requirement` or `bug`.
    pub kind: String,
    /// Code of the mapped status.
    pub status: String,
    /// Code of the mapped severity.
    pub severity: Option<String>,
    /// How many.
    pub count: i64,
}

/// The counts of issues by what they are linked to; `$more` narrows it. `$1` configuration, `$2` whether
/// secured ones count.
macro_rules! counts {
    ($owner:literal, $links:literal, $more:literal) => {
        concat!(
            "SELECT ",
            $owner,
            " AS owner_id, i.kind, i.status, i.severity, COUNT(*) AS count FROM ",
            $links,
            " l
             JOIN issue i ON i.configuration_id = l.configuration_id AND i.jira_id = l.jira_id
             WHERE l.configuration_id = $1 AND i.gone_at IS NULL AND ($2 OR NOT i.secured)",
            $more,
            " GROUP BY ",
            $owner,
            ", i.kind, i.status, i.severity"
        )
    };
}

/// Counts by release.
///
/// # Errors
/// As every store function.
pub async fn list_release_counts(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
) -> Result<Vec<CountRow>, StoreError> {
    let statement = counts!("l.release_id", "issue_release", "");
    fetch_all!(tx, CountRow, statement, configuration_id, secured)
}

/// Counts of one release.
///
/// # Errors
/// As every store function.
pub async fn list_counts_of_release(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
    release_id: &str,
) -> Result<Vec<CountRow>, StoreError> {
    let statement = counts!("l.release_id", "issue_release", " AND l.release_id = $3");
    fetch_all!(tx, CountRow, statement, configuration_id, secured, release_id)
}

/// Counts by sprint.
///
/// # Errors
/// As every store function.
pub async fn list_sprint_counts(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
) -> Result<Vec<CountRow>, StoreError> {
    let statement = counts!("CAST(l.sprint_id AS TEXT)", "issue_sprint", "");
    fetch_all!(tx, CountRow, statement, configuration_id, secured)
}

/// Counts of one sprint.
///
/// # Errors
/// As every store function.
pub async fn list_counts_of_sprint(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
    sprint_id: i64,
) -> Result<Vec<CountRow>, StoreError> {
    let statement = counts!(
        "CAST(l.sprint_id AS TEXT)",
        "issue_sprint",
        " AND l.sprint_id = $3"
    );
    fetch_all!(tx, CountRow, statement, configuration_id, secured, sprint_id)
}

/// Counts of the whole configuration; `owner_id` is empty.
///
/// # Errors
/// As every store function.
pub async fn list_all_counts(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
) -> Result<Vec<CountRow>, StoreError> {
    fetch_all!(
        tx,
        CountRow,
        "SELECT '' AS owner_id, kind, status, severity, COUNT(*) AS count FROM issue
         WHERE configuration_id = $1 AND gone_at IS NULL AND ($2 OR NOT secured)
         GROUP BY kind, status, severity",
        configuration_id,
        secured,
    )
}

/// What a sprint and a release share.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SharedCountRow {
    /// Jira's id of the sprint.
    pub sprint_id: i64,
    /// Jira's id of the release.
    pub release_id: String,
    /// Requirements.
    pub requirements: i64,
    /// Those that are Done.
    pub done: i64,
    /// Unresolved bugs.
    pub open_bugs: i64,
}

/// Counts of what a sprint and a release share.
///
/// # Errors
/// As every store function.
pub async fn list_shared_counts(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
) -> Result<Vec<SharedCountRow>, StoreError> {
    fetch_all!(
        tx,
        SharedCountRow,
        "SELECT s.sprint_id, r.release_id,
                COUNT(CASE WHEN i.kind = 'requirement' THEN 1 END) AS requirements,
                COUNT(CASE WHEN i.kind = 'requirement' AND i.status = 'done' THEN 1 END) AS done,
                COUNT(CASE WHEN i.kind = 'bug' AND i.status IN ('open', 'in_progress') THEN 1 END) AS open_bugs
         FROM issue_sprint s
         JOIN issue_release r ON r.configuration_id = s.configuration_id AND r.jira_id = s.jira_id
         JOIN issue i ON i.configuration_id = s.configuration_id AND i.jira_id = s.jira_id
         WHERE s.configuration_id = $1 AND i.gone_at IS NULL AND ($2 OR NOT i.secured)
         GROUP BY s.sprint_id, r.release_id",
        configuration_id,
        secured,
    )
}

/// Which sprints hold issues of which releases, as far as the reader sees those issues.
///
/// # Errors
/// As every store function.
pub async fn list_sprint_releases(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
) -> Result<Vec<(i64, String)>, StoreError> {
    fetch_all!(
        tx,
        (i64, String),
        "SELECT DISTINCT s.sprint_id, r.release_id
         FROM issue_sprint s
         JOIN issue_release r ON r.configuration_id = s.configuration_id AND r.jira_id = s.jira_id
         JOIN issue i ON i.configuration_id = s.configuration_id AND i.jira_id = s.jira_id
         WHERE s.configuration_id = $1 AND i.gone_at IS NULL AND ($2 OR NOT i.secured)
         ORDER BY s.sprint_id, r.release_id",
        configuration_id,
        secured,
    )
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    #[tokio::test]
    async fn counts_read_an_index_and_no_texts() {
        let mut database = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::migrate!("./migrations/sqlite")
            .run(&mut database)
            .await
            .unwrap();
        for statement in [
            concat!(
                "EXPLAIN QUERY PLAN ",
                counts!("l.release_id", "issue_release", "")
            ),
            concat!(
                "EXPLAIN QUERY PLAN ",
                counts!("l.release_id", "issue_release", " AND l.release_id = '1'")
            ),
            concat!(
                "EXPLAIN QUERY PLAN ",
                counts!("CAST(l.sprint_id AS TEXT)", "issue_sprint", "")
            ),
        ] {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(statement).fetch_all(&mut database).await.unwrap();
            let of_issue = plan.iter().find(|row| row.3.starts_with("SEARCH i "));
            assert!(
                of_issue.unwrap().3.contains("COVERING INDEX issue_count"),
                "{plan:?}"
            );
        }
    }
}
