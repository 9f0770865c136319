//! Lists of requirements and bugs: filtered, ordered, by pages.

use jiff::civil::Date;

use crate::{
    api::requirement::{IssueItem, IssueListView, RequirementFilter, RequirementsView},
    domain::{
        dates::format_date,
        mapping::{BugStatus, Priority, RequirementStatus, Severity, Target},
        organization_url::browse_url,
        role::Capability,
    },
    server::{
        app::{plan::sees_secured, standing::list_offered},
        auth::ProjectGuard,
        error::Result,
        store::{
            StoreError, Tx,
            requirement::{self, IssueFilter, IssueRow, IssueSort, PAGE_SIZE},
        },
    },
};

/// Longest text that is searched for, in characters.
const SEARCH_LIMIT: usize = 200;

fn parse_stored_date(text: Option<&str>) -> Result<Option<Date>> {
    let parsed = text.map(|text| {
        text.parse::<Date>()
            .map_err(|error| StoreError::inconsistent("issue", "release_date", error))
    });
    Ok(parsed.transpose()?)
}

fn item(row: IssueRow, kind: &str) -> Result<IssueItem> {
    let (status, tone) = if kind == "bug" {
        BugStatus::find(&row.status).map(|status| (status.label(), status.tone()))
    } else {
        RequirementStatus::find(&row.status).map(|status| (status.label(), status.tone()))
    }
    .ok_or_else(|| StoreError::inconsistent("issue", "status", &row.status))?;
    let priority = Priority::find(&row.priority)
        .ok_or_else(|| StoreError::inconsistent("issue", "priority", &row.priority))?;
    let severity = row
        .severity
        .map(|code| Severity::find(&code).ok_or_else(|| StoreError::inconsistent("issue", "severity", code)))
        .transpose()?;
    Ok(IssueItem {
        jira_url: browse_url(&row.site_url, &row.key),
        configuration_id: row.configuration_id,
        jira_id: row.jira_id,
        key: row.key,
        type_name: row.type_name,
        summary: row.summary,
        status: status.to_owned(),
        tone,
        jira_status: row.status_name,
        priority,
        severity,
        assignee: row.assignee,
        release_date: parse_stored_date(row.release_date.as_deref())?.map(format_date),
    })
}

/// The order a code of the address names; unknown codes sort by key.
fn parse_sort(code: &str) -> (IssueSort, bool, String) {
    let (name, down) = code.strip_prefix('-').map_or((code, false), |name| (name, true));
    let sort = match name {
        "type" => IssueSort::Type,
        "summary" => IssueSort::Summary,
        "status" => IssueSort::Status,
        "priority" => IssueSort::Priority,
        "date" => IssueSort::Date,
        "key" => IssueSort::Key,
        _ => return (IssueSort::Key, false, "key".to_owned()),
    };
    (sort, down, code.to_owned())
}

/// How many issues a filter lets through.
///
/// # Errors
/// When the database does not answer.
pub async fn count(tx: &mut Tx, filter: &IssueFilter<'_>) -> Result<u64> {
    Ok(u64::try_from(requirement::count_issues(tx, filter).await?).unwrap_or_default())
}

/// A page of issues, ordered by a code of the address.
///
/// # Errors
/// When the database does not answer.
pub async fn load_list(
    tx: &mut Tx,
    filter: &IssueFilter<'_>,
    sort: &str,
    page: u32,
) -> Result<IssueListView> {
    let (sort, down, code) = parse_sort(sort);
    load_sorted(tx, filter, sort, down, &code, page).await
}

/// A page of issues. A page behind the last one is the last one.
///
/// # Errors
/// When the database does not answer.
pub async fn load_sorted(
    tx: &mut Tx,
    filter: &IssueFilter<'_>,
    sort: IssueSort,
    down: bool,
    code: &str,
    page: u32,
) -> Result<IssueListView> {
    let total = count(tx, filter).await?;
    let pages = u32::try_from(total.div_ceil(PAGE_SIZE.unsigned_abs()))
        .unwrap_or(u32::MAX)
        .max(1);
    let page = page.clamp(1, pages);
    let rows = requirement::list_issues(tx, filter, sort, down, i64::from(page - 1)).await?;
    let items = rows
        .into_iter()
        .map(|row| item(row, filter.kind))
        .collect::<Result<Vec<_>>>()?;
    Ok(IssueListView {
        items,
        total,
        page,
        pages,
        sort: code.to_owned(),
    })
}

/// What is searched for of what was typed.
pub(super) fn search_text(text: &str) -> String {
    // PostgreSQL takes no U+0000, and no text in the mirror has one.
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    text.trim().chars().take(SEARCH_LIMIT).collect()
}

/// The list of a project's requirements.
///
/// # Errors
/// [`NotFound`](crate::server::error::Error::NotFound) for a configuration that Plans does not offer.
pub async fn load_requirements(
    guard: &ProjectGuard,
    mut filter: RequirementFilter,
) -> Result<RequirementsView> {
    filter.issue_type.retain(|c| c != '\0');
    filter.text = search_text(&filter.text);
    if RequirementStatus::find(&filter.status).is_none() {
        filter.status.clear();
    }
    let mut tx = guard.state().database().read().await?;
    let configurations = list_offered(&mut tx, guard, &filter.configuration).await?;
    let all = IssueFilter {
        project_id: guard.project_id().as_str(),
        configuration_id: &filter.configuration,
        kind: "requirement",
        secured: sees_secured(guard),
        ..IssueFilter::default()
    };
    let types = requirement::list_type_names(&mut tx, &all).await?;
    let shown = IssueFilter {
        status: &filter.status,
        type_name: &filter.issue_type,
        text: &filter.text,
        unscheduled: filter.unscheduled,
        ..all
    };
    let list = load_list(&mut tx, &shown, &filter.sort, filter.page).await?;
    Ok(RequirementsView {
        configurations,
        types,
        may_configure: guard.can(Capability::Configure),
        list,
        filter,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_of_the_address() {
        assert_eq!(
            parse_sort("-priority"),
            (IssueSort::Priority, true, "-priority".to_owned())
        );
        assert_eq!(parse_sort("; DROP"), (IssueSort::Key, false, "key".to_owned()));
        assert_eq!(parse_sort(""), (IssueSort::Key, false, "key".to_owned()));
    }
}
