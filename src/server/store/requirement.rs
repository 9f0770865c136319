//! Reads issues of the mirror: filtered pages of requirements or bugs, and one issue whole.
//!
//! One statement serves the lists of a project, a release and a sprint, and its count has the same
//! condition, so that a number and the list behind it cannot disagree. `secured` as in
//! [`super::plan`]. An issue that is gone from Jira is in no list; its own page still opens.

use crate::server::store::{StoreError, Tx};

/// Issues on one page of a list.
pub const PAGE_SIZE: i64 = 100;

/// The status of a filter that stands for every bug that is open or in progress.
pub const UNRESOLVED: &str = "unresolved";

/// What to list. Empty texts and zeros do not filter.
#[derive(Debug, Clone, Default)]
pub struct IssueFilter<'a> {
    /// Project.
    pub project_id: &'a str,
    /// One configuration, in any status; empty for all that stand as active or in error.
    pub configuration_id: &'a str,
    /// `requirement` or `bug`.
    pub kind: &'a str,
    /// Whether issues with a security level are included.
    pub secured: bool,
    /// Code of the mapped status, or [`UNRESOLVED`].
    pub status: &'a str,
    /// Name of the type.
    pub type_name: &'a str,
    /// Words in key or summary.
    pub text: &'a str,
    /// Jira's id of a release.
    pub release_id: &'a str,
    /// Jira's id of a sprint.
    pub sprint_id: i64,
    /// Only issues without release and sprint.
    pub unscheduled: bool,
    /// Only issues without a release that Plans shows.
    pub unreleased: bool,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IssueSort {
    /// By key: its project, then its number as a number.
    #[default]
    Key,
    /// By type.
    Type,
    /// By summary.
    Summary,
    /// By mapped status.
    Status,
    /// Most urgent first.
    Priority,
    /// Most severe first; open ones before the others.
    Severity,
    /// Earliest date first, undated last.
    Date,
}

/// An issue in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IssueRow {
    /// Configuration.
    pub configuration_id: String,
    /// Jira's id.
    pub jira_id: String,
    /// Key.
    pub key: String,
    /// Type.
    pub type_name: String,
    /// Summary.
    pub summary: String,
    /// Code of the mapped status.
    pub status: String,
    /// Code of the rule that gave it.
    pub status_rule: String,
    /// Jira's status.
    pub status_name: String,
    /// Code of the mapped priority.
    pub priority: String,
    /// Code of the mapped severity.
    pub severity: Option<String>,
    /// Assignee's name.
    pub assignee: Option<String>,
    /// ISO date.
    pub release_date: Option<String>,
    /// Address of the Jira site.
    pub site_url: String,
}

/// What [`crate::domain::standing::stand`] calls Active or in Error.
macro_rules! offered {
    () => {
        "(c.status IN ('active', 'error') AND n.status <> 'inactive'
          OR c.status = 'inactive' AND c.proceeded_version_id IS NOT NULL AND n.status = 'error')"
    };
}

macro_rules! scope {
    ($select:literal, $tail:expr) => {
        concat!(
            "SELECT ",
            $select,
            " FROM issue i
             JOIN configuration c ON c.id = i.configuration_id
             JOIN connection n ON n.id = c.connection_id
             WHERE c.project_id = $1
               AND (i.configuration_id = $2 OR ($2 = '' AND ",
            offered!(),
            "))
               AND i.kind = $3 AND i.gone_at IS NULL AND ($4 OR NOT i.secured)
               AND ($5 = '' OR i.status = $5 OR ($5 = 'unresolved' AND i.status IN ('open', 'in_progress')))
               AND ($6 = '' OR i.type_name = $6)
               AND ($7 = '' OR i.summary_key LIKE $7 ESCAPE '!' OR LOWER(i.key) LIKE $7 ESCAPE '!')
               AND ($8 = '' OR EXISTS (SELECT 1 FROM issue_release r WHERE r.configuration_id = i.configuration_id
                    AND r.jira_id = i.jira_id AND r.release_id = $8))
               AND ($9 = 0 OR EXISTS (SELECT 1 FROM issue_sprint s WHERE s.configuration_id = i.configuration_id
                    AND s.jira_id = i.jira_id AND s.sprint_id = $9))
               AND (NOT $10 OR (NOT EXISTS (SELECT 1 FROM issue_release r WHERE r.configuration_id = i.configuration_id
                    AND r.jira_id = i.jira_id) AND NOT EXISTS (SELECT 1 FROM issue_sprint s
                    WHERE s.configuration_id = i.configuration_id AND s.jira_id = i.jira_id)))
               AND (NOT $11 OR NOT EXISTS (SELECT 1 FROM issue_release l
                    JOIN release v ON v.configuration_id = l.configuration_id AND v.jira_id = l.release_id
                    WHERE l.configuration_id = i.configuration_id AND l.jira_id = i.jira_id
                      AND v.selected AND v.gone_at IS NULL)) ",
            $tail,
        )
    };
}

macro_rules! page {
    ($($order:expr),+) => {
        scope!(
            "i.configuration_id, i.jira_id, i.key, i.type_name, i.summary, i.status, i.status_rule, i.status_name, i.priority,
             i.severity, i.assignee, i.release_date, n.site_url",
            concat!("ORDER BY ", $($order,)+ " LIMIT $12 OFFSET $13")
        )
    };
}

/// What is left of a key without its number: `ABC-` of `ABC-10`. Two keys with the same of it are as their lengths
/// are, and then as their digits.
macro_rules! key_project {
    () => {
        "RTRIM(i.key, '0123456789')"
    };
}

/// The order among equals: by the key's project, then by its number as a number.
macro_rules! by_key {
    () => {
        concat!(", ", key_project!(), ", LENGTH(i.key), i.key, i.configuration_id")
    };
}

/// How far a status is, of requirements and bugs alike.
macro_rules! status_rank {
    () => {
        "CASE i.status WHEN 'to_do' THEN 0 WHEN 'open' THEN 0 WHEN 'in_progress' THEN 1 WHEN 'done' THEN 2
         WHEN 'resolved' THEN 2 WHEN 'closed' THEN 3 ELSE 4 END"
    };
}

macro_rules! priority_rank {
    () => {
        "CASE i.priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END"
    };
}

/// Unresolved ones first, then by severity.
macro_rules! severity_rank {
    () => {
        "CASE WHEN i.status IN ('open', 'in_progress') THEN 0 ELSE 1 END,
         CASE i.severity WHEN 'blocker' THEN 0 WHEN 'critical' THEN 1 WHEN 'major' THEN 2 WHEN 'minor' THEN 3
         WHEN 'trivial' THEN 4 ELSE 5 END"
    };
}

/// By date, undated last in both directions.
macro_rules! date_rank {
    () => {
        "CASE WHEN i.release_date IS NULL THEN 1 ELSE 0 END, i.release_date"
    };
}

fn statement(sort: IssueSort, down: bool) -> &'static str {
    match (sort, down) {
        (IssueSort::Key, false) => page!(key_project!(), ", LENGTH(i.key), i.key, i.configuration_id"),
        (IssueSort::Key, true) => page!(
            key_project!(),
            " DESC, LENGTH(i.key) DESC, i.key DESC, i.configuration_id"
        ),
        (IssueSort::Type, false) => page!("i.type_name", by_key!()),
        (IssueSort::Type, true) => page!("i.type_name DESC", by_key!()),
        (IssueSort::Summary, false) => page!("i.summary_key", by_key!()),
        (IssueSort::Summary, true) => page!("i.summary_key DESC", by_key!()),
        (IssueSort::Status, false) => page!(status_rank!(), by_key!()),
        (IssueSort::Status, true) => page!(status_rank!(), " DESC", by_key!()),
        (IssueSort::Priority, false) => page!(priority_rank!(), by_key!()),
        (IssueSort::Priority, true) => page!(priority_rank!(), " DESC", by_key!()),
        (IssueSort::Severity, false) => page!(severity_rank!(), by_key!()),
        (IssueSort::Severity, true) => page!(severity_rank!(), " DESC", by_key!()),
        (IssueSort::Date, false) => page!(date_rank!(), by_key!()),
        (IssueSort::Date, true) => page!(date_rank!(), " DESC", by_key!()),
    }
}

/// The pattern for `LIKE ... ESCAPE '!'` that finds `text` anywhere; empty for an empty text.
fn contains(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Runs a statement of `scope!` with the arguments that its condition takes.
macro_rules! filtered {
    ($fetch:ident, $tx:expr, $row:ty, $sql:expr, $filter:expr $(, $more:expr)*) => {
        $fetch!(
            $tx,
            $row,
            $sql,
            $filter.project_id,
            $filter.configuration_id,
            $filter.kind,
            $filter.secured,
            $filter.status,
            $filter.type_name,
            contains(&$filter.text.to_lowercase()),
            $filter.release_id,
            $filter.sprint_id,
            $filter.unscheduled,
            $filter.unreleased
            $(, $more)*
        )
    };
}

/// A page of issues; `page` counts from 0. At most [`PAGE_SIZE`] rows.
///
/// # Errors
/// As every store function.
pub async fn list_issues(
    tx: &mut Tx,
    filter: &IssueFilter<'_>,
    sort: IssueSort,
    down: bool,
    page: i64,
) -> Result<Vec<IssueRow>, StoreError> {
    let sql = statement(sort, down);
    filtered!(
        fetch_all,
        tx,
        IssueRow,
        sql,
        filter,
        PAGE_SIZE,
        page.saturating_mul(PAGE_SIZE)
    )
}

/// How many issues the filter lets through.
///
/// # Errors
/// As every store function.
pub async fn count_issues(tx: &mut Tx, filter: &IssueFilter<'_>) -> Result<i64, StoreError> {
    let row = filtered!(fetch_one, tx, (i64,), scope!("COUNT(*)", ""), filter)?;
    Ok(row.0)
}

/// How many issues of a configuration have a value that no row of its tables maps.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UnmappedRow {
    /// Configuration.
    pub configuration_id: String,
    /// Those without a mapped status.
    pub statuses: i64,
    /// Those without a mapped priority.
    pub priorities: i64,
    /// Those without a mapped severity.
    pub severities: i64,
}

/// Issues with values that are not mapped, by configuration, among those the filter lets through.
///
/// # Errors
/// As every store function.
pub async fn list_unmapped(tx: &mut Tx, filter: &IssueFilter<'_>) -> Result<Vec<UnmappedRow>, StoreError> {
    let sql = scope!(
        "i.configuration_id, COUNT(CASE WHEN i.status_rule = 'default' THEN 1 END) AS statuses,
             COUNT(CASE WHEN i.priority_rule = 'default' THEN 1 END) AS priorities,
             COUNT(CASE WHEN i.severity_rule = 'default' THEN 1 END) AS severities",
        "GROUP BY i.configuration_id ORDER BY i.configuration_id"
    );
    filtered!(fetch_all, tx, UnmappedRow, sql, filter)
}

/// Names of the types among the issues the filter lets through, sorted.
///
/// # Errors
/// As every store function.
pub async fn list_type_names(tx: &mut Tx, filter: &IssueFilter<'_>) -> Result<Vec<String>, StoreError> {
    let sql = scope!("DISTINCT i.type_name", "ORDER BY i.type_name");
    let rows = filtered!(fetch_all, tx, (String,), sql, filter)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// An issue whole.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IssueBodyRow {
    /// `domain::mirror_issue::MirrorIssue` as JSON.
    pub body: String,
    /// Since when Jira no longer has it, UTC milliseconds.
    pub gone_at: Option<i64>,
    /// Why.
    pub gone_reason: Option<String>,
}

/// A requirement of a configuration by Jira's id, also when it is gone. One with a security level is
/// not found without `secured`.
///
/// # Errors
/// As every store function.
pub async fn find_requirement(
    tx: &mut Tx,
    configuration_id: &str,
    jira_id: &str,
    secured: bool,
) -> Result<Option<IssueBodyRow>, StoreError> {
    fetch_optional!(
        tx,
        IssueBodyRow,
        "SELECT body, gone_at, gone_reason FROM issue
         WHERE configuration_id = $1 AND jira_id = $2 AND kind = 'requirement' AND ($3 OR NOT secured)",
        configuration_id,
        jira_id,
        secured,
    )
}

/// Jira's id and summary of the requirement that has a key now.
///
/// # Errors
/// As every store function.
pub async fn find_by_key(
    tx: &mut Tx,
    configuration_id: &str,
    key: &str,
    secured: bool,
) -> Result<Option<(String, String)>, StoreError> {
    fetch_optional!(
        tx,
        (String, String),
        "SELECT jira_id, summary FROM issue
         WHERE configuration_id = $1 AND key = $2 AND kind = 'requirement' AND gone_at IS NULL AND ($3 OR NOT secured)
         ORDER BY jira_id LIMIT 1",
        configuration_id,
        key,
        secured,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_only_letters() {
        assert_eq!(contains(""), "");
        assert_eq!(contains("50%_!"), "%50!%!_!!%");
    }
}
