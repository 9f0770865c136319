//! Lists of requirements and bugs: filtered, ordered, by pages.

use jiff::civil::Date;

use crate::{
    api::{
        plan::{PlanConfiguration, UnmappedView},
        requirement::{IssueItem, IssueListView, RequirementFilter, RequirementsView},
    },
    domain::{
        dates::format_date,
        mapping::{Priority, RequirementStatus, Severity, Target},
        mirror_issue::{IssueKind, MappedStatus},
        organization_url::browse_url,
        role::Capability,
        unmapped::{UnmappedCounts, find_gaps},
    },
    server::{
        app::{plan::sees_secured, standing::list_offered},
        auth::ProjectGuard,
        error::Result,
        store::{
            StoreError, Tx,
            requirement::{self, IssueFilter, IssueRow, IssueSort, PAGE_SIZE, UnmappedRow},
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

fn item(row: IssueRow, kind: IssueKind) -> Result<IssueItem> {
    let status = MappedStatus::find(kind, &row.status, &row.status_rule)
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
        status,
        jira_status: row.status_name,
        connection: None,
        priority,
        severity,
        assignee: row.assignee,
        release_date: parse_stored_date(row.release_date.as_deref())?.map(format_date),
    })
}

fn kind_of(filter: &IssueFilter<'_>) -> IssueKind {
    if filter.kind == IssueKind::Bug.code() {
        IssueKind::Bug
    } else {
        IssueKind::Requirement
    }
}

/// Names the connection of each item whose integration reads like another one of the project.
pub(super) fn name_connections(list: &mut IssueListView, configurations: &[PlanConfiguration]) {
    for item in &mut list.items {
        let own = configurations.iter().find(|row| row.id == item.configuration_id);
        item.connection = own.and_then(|row| row.connection.clone());
    }
}

/// What of these configurations is not mapped among the issues that the filter lets through.
///
/// # Errors
/// When the database does not answer.
pub async fn load_unmapped(
    tx: &mut Tx,
    filter: &IssueFilter<'_>,
    configurations: &[PlanConfiguration],
) -> Result<Vec<UnmappedView>> {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let rows = requirement::list_unmapped(tx, filter).await?;
    let view = |row: UnmappedRow| {
        let own = configurations
            .iter()
            .find(|known| known.id == row.configuration_id)?;
        let counts = UnmappedCounts {
            statuses: count(row.statuses),
            priorities: count(row.priorities),
            severities: count(row.severities),
        };
        let gaps = find_gaps(kind_of(filter), counts)?;
        let steps = gaps.steps.into_iter();
        Some(UnmappedView {
            configuration_id: row.configuration_id,
            label: own.label.clone(),
            words: gaps.words,
            steps: steps
                .map(|(step, what)| (step.number(), what.to_owned()))
                .collect(),
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
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
    let kind = kind_of(filter);
    let items = rows
        .into_iter()
        .map(|row| item(row, kind))
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
    let mut list = load_list(&mut tx, &shown, &filter.sort, filter.page).await?;
    name_connections(&mut list, &configurations);
    Ok(RequirementsView {
        unmapped: load_unmapped(&mut tx, &all, &configurations).await?,
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
