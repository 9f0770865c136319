//! What the mirror knows of a connection's Jira, to recognise it by at another address.
//!
//! All configurations count, archived ones too: their data is kept and comes back.

use crate::server::store::{StoreError, Tx};

/// Most work items that are asked for.
pub const MOST_ISSUES: i64 = 5;
/// Most linked projects that are asked for.
pub const MOST_PROJECTS: i64 = 5;

/// A mirrored work item.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IssueWitnessRow {
    /// Jira's id.
    pub jira_id: String,
    /// When it was created in Jira, UTC milliseconds.
    pub jira_created_at: i64,
}

/// A linked Jira project.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ProjectWitnessRow {
    /// Jira's id.
    pub jira_project_id: String,
    /// Its key when the draft was last saved.
    pub jira_project_key: String,
}

/// A few of the newest mirrored work items that were there at the last sync.
///
/// # Errors
/// As every store function.
pub async fn list_issues(tx: &mut Tx, connection_id: &str) -> Result<Vec<IssueWitnessRow>, StoreError> {
    fetch_all!(
        tx,
        IssueWitnessRow,
        "SELECT DISTINCT issue.jira_id, issue.jira_created_at
         FROM issue JOIN configuration ON configuration.id = issue.configuration_id
         WHERE configuration.connection_id = $1 AND issue.gone_at IS NULL
         ORDER BY issue.jira_created_at DESC, issue.jira_id LIMIT $2",
        connection_id,
        MOST_ISSUES,
    )
}

/// A few of the Jira projects that are linked through a connection; none when none is.
///
/// # Errors
/// As every store function.
pub async fn list_projects(tx: &mut Tx, connection_id: &str) -> Result<Vec<ProjectWitnessRow>, StoreError> {
    fetch_all!(
        tx,
        ProjectWitnessRow,
        "SELECT DISTINCT jira_project_id, jira_project_key FROM configuration
         WHERE connection_id = $1 AND jira_project_id IS NOT NULL AND jira_project_key IS NOT NULL
         ORDER BY jira_project_id LIMIT $2",
        connection_id,
        MOST_PROJECTS,
    )
}
