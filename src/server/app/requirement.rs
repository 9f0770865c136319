//! Requirements: lists of them, and one with everything Jira said and what became of it here.

use jiff::civil::Date;

use crate::{
    api::{
        plan::MomentView,
        requirement::{
            FurtherView, IssueItem, IssueListView, MappedView, ParentView, PlanLink, RequirementFilter,
            RequirementView, RequirementsView, SourceView,
        },
    },
    domain::{
        dates::format_date,
        jira::{FieldValue, Issue},
        mapping::{BugStatus, Mapped, Priority, RequirementStatus, Rule, Severity, Target},
        mirror_issue::{MappedStatus, MirrorIssue},
        organization_url::browse_url,
        release_date::{DateSource, consider},
        role::Capability,
        wizard::Settings,
    },
    server::{
        app::plan::{Calendar, configuration_view, get_configuration, offered, out_of_use, sees_secured},
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            StoreError, Tx,
            plan::{self, PlanConfigurationRow, PlanRelease, PlanSprint},
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

/// The list of a project's requirements.
///
/// # Errors
/// [`Error::NotFound`] for a configuration that Plans does not offer.
pub async fn load_requirements(
    guard: &ProjectGuard,
    mut filter: RequirementFilter,
) -> Result<RequirementsView> {
    // PostgreSQL takes no U+0000, and no text in the mirror has one.
    filter.text.retain(|c| c != '\0');
    filter.issue_type.retain(|c| c != '\0');
    filter.text = filter.text.trim().chars().take(SEARCH_LIMIT).collect();
    if RequirementStatus::find(&filter.status).is_none() {
        filter.status.clear();
    }
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard).await?;
    let rows = plan::list_configurations(&mut tx, guard.project_id().as_str()).await?;
    let configurations = offered(&rows, &calendar);
    if !filter.configuration.is_empty() && !configurations.iter().any(|row| row.id == filter.configuration) {
        return Err(Error::NotFound("integration"));
    }
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

/// The rule in words that suit everyone, also those who did not set it.
fn rule_words(rule: Rule) -> &'static str {
    match rule {
        Rule::Chosen => "mapped in the integration",
        Rule::Default => "not mapped, so the default",
        Rule::Empty => "empty in Jira",
    }
}

fn mapped<T: Target>(value: Mapped<T>, jira: &str) -> MappedView {
    MappedView {
        label: value.value.label().to_owned(),
        tone: value.value.tone(),
        jira: jira.to_owned(),
        rule: rule_words(value.rule).to_owned(),
    }
}

/// The issue as the date rules want it. Custom fields that were not kept are missing; the one that
/// gave the date is put back from the date itself.
fn dated_issue(row: &MirrorIssue) -> Issue {
    let mut custom = row.further.clone();
    if let Some(found) = &row.release_date
        && let DateSource::CustomField { id } = &found.source
    {
        custom.entry(id.clone()).or_insert(FieldValue::Date(found.date));
    }
    Issue {
        id: row.jira_id.clone(),
        key: row.key.clone(),
        project_id: String::new(),
        issue_type: row.issue_type.clone(),
        summary: String::new(),
        description: crate::domain::rich_text::RichText::default(),
        status: row.jira_status.clone(),
        status_category: row.status_category,
        priority: None,
        resolution: None,
        assignee: None,
        reporter: None,
        labels: Vec::new(),
        components: Vec::new(),
        release_ids: row.release_ids.clone(),
        sprint_ids: row.sprint_ids.clone(),
        parent_key: None,
        secured: row.secured,
        due_date: row.due_date,
        created_at: row.created_at,
        updated_at: row.updated_at,
        resolved_at: row.resolved_at,
        custom,
    }
}

fn sources(
    issue: &MirrorIssue,
    settings: &Settings,
    releases: &[PlanRelease],
    sprints: &[PlanSprint],
    calendar: &Calendar,
) -> Vec<SourceView> {
    let releases: Vec<_> = releases
        .iter()
        .filter(|row| row.gone_at.is_none())
        .map(|row| row.release.clone())
        .collect();
    let sprints: Vec<_> = sprints
        .iter()
        .filter(|row| row.gone_at.is_none())
        .map(|row| row.sprint.clone())
        .collect();
    let to_date = |at| calendar.day(at);
    let found = consider(
        &dated_issue(issue),
        &settings.date_sources(),
        &releases,
        &sprints,
        &to_date,
    );
    // The date that counts is the stored one, as in every list; the rules only explain it. They may
    // come to another one when a release moved after the issue was read.
    let stored = issue.release_date.as_ref();
    let mut decided = false;
    found
        .into_iter()
        .map(|mut considered| {
            let used = stored.is_some_and(|stored| stored.source == considered.source);
            if let Some(stored) = stored.filter(|_| used)
                && considered.date != Some(stored.date)
            {
                considered.date = Some(stored.date);
                "as of the last sync".clone_into(&mut considered.why);
            } else if considered.used && !used {
                considered.why.push_str("; counts from the next sync");
            }
            let newer = considered.used && !used;
            considered.used = used;
            let kept = !matches!(&considered.source, DateSource::CustomField { id } if considered.date.is_none() && decided && !issue.further.contains_key(id));
            let why = match (considered.used, considered.date, decided) {
                (true, ..) | (false, None, false) => considered.why,
                (false, Some(_), _) if newer => considered.why,
                (false, Some(_), _) => format!("{}; not used, an earlier field has a date", considered.why),
                (false, None, true) if !kept => "not asked, an earlier field has a date".to_owned(),
                (false, None, true) => considered.why,
            };
            decided |= considered.used;
            let label = match &considered.source {
                DateSource::CustomField { id } => settings.field_name(id).to_owned(),
                source => source.label().to_owned(),
            };
            SourceView { label, date: considered.date.map(format_date), why, used: considered.used }
        })
        .collect()
}

fn gone_words(reason: Option<&str>) -> &'static str {
    match reason {
        Some("moved") => "Moved to another Jira project",
        Some("retyped") => "Its work item type is not chosen any more",
        Some("not_visible") => "Not visible to the integration any more",
        _ => "Deleted in Jira",
    }
}

fn release_links(issue: &MirrorIssue, releases: &[PlanRelease]) -> Vec<PlanLink> {
    let link = |id: &String| match releases.iter().find(|row| row.release.id == *id) {
        Some(row) => PlanLink {
            id: id.clone(),
            name: row.release.name.clone(),
            when: match (row.release.release_date, row.release.released) {
                (Some(date), true) => format!("Released {}", format_date(date)),
                (Some(date), false) => format_date(date),
                (None, true) => "Released, no date".to_owned(),
                (None, false) => "No release date".to_owned(),
            },
            known: true,
        },
        None => PlanLink {
            id: id.clone(),
            name: format!("Fix version {id}"),
            when: "Not known here".to_owned(),
            known: false,
        },
    };
    issue.release_ids.iter().map(link).collect()
}

fn sprint_links(issue: &MirrorIssue, sprints: &[PlanSprint], calendar: &Calendar) -> Vec<PlanLink> {
    let link = |id: &i64| match sprints.iter().find(|row| row.sprint.id == *id) {
        Some(row) => {
            let day = |at: Option<jiff::Timestamp>| at.map(|at| format_date(calendar.day(at)));
            let state = crate::api::plan::sprint_state(row.sprint.state);
            let when = match (day(row.sprint.start_at), day(row.sprint.end_at)) {
                (Some(start), Some(end)) => format!("{state}, {start} to {end}"),
                (Some(start), None) => format!("{state}, from {start}"),
                (None, Some(end)) => format!("{state}, until {end}"),
                (None, None) => format!("{state}, no dates"),
            };
            PlanLink {
                id: id.to_string(),
                name: row.sprint.name.clone(),
                when,
                known: true,
            }
        }
        None => PlanLink {
            id: id.to_string(),
            name: format!("Sprint {id}"),
            when: "Not known here".to_owned(),
            known: false,
        },
    };
    issue.sprint_ids.iter().map(link).collect()
}

fn further(name: &str, value: &FieldValue, calendar: &Calendar) -> FurtherView {
    let text = match value {
        FieldValue::Date(date) => format_date(*date),
        FieldValue::DateTime(at) => calendar.moment(*at).exact,
        FieldValue::Option(option) => option.name.clone(),
        FieldValue::Options(options) => options
            .iter()
            .map(|option| option.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        FieldValue::Text(text) => text.clone(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::RichText(rich) => {
            return FurtherView {
                name: name.to_owned(),
                text: String::new(),
                rich: Some(rich.clone()),
            };
        }
    };
    FurtherView {
        name: name.to_owned(),
        text,
        rich: None,
    }
}

fn settings_of(row: &PlanConfigurationRow) -> Result<Settings> {
    match row.settings.as_deref() {
        None => Ok(Settings::default()),
        Some(json) => Ok(serde_json::from_str(json)
            .map_err(|error| StoreError::inconsistent("configuration_version", "settings", error))?),
    }
}

/// One requirement.
///
/// # Errors
/// [`Error::NotFound`] for an unknown one, for a bug, and for one this person does not see.
pub async fn load_requirement(
    guard: &ProjectGuard,
    configuration: &str,
    issue: &str,
) -> Result<RequirementView> {
    let secured = sees_secured(guard);
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard).await?;
    let row = get_configuration(&mut tx, guard, configuration).await?;
    let stored = requirement::find_requirement(&mut tx, &row.id, issue, secured)
        .await?
        .ok_or(Error::NotFound("requirement"))?;
    let issue: MirrorIssue = serde_json::from_str(&stored.body)
        .map_err(|error| StoreError::inconsistent("issue", "body", error))?;
    let settings = settings_of(&row)?;
    let releases = plan::list_releases(&mut tx, &row.id).await?;
    let sprints = plan::list_sprints(&mut tx, &row.id).await?;
    let parent = match &issue.parent_key {
        None => None,
        Some(key) => Some(ParentView {
            key: key.clone(),
            known: requirement::find_by_key(&mut tx, &row.id, key, secured).await?,
        }),
    };
    let sources = sources(&issue, &settings, &releases, &sprints, &calendar);
    let status = match issue.status {
        MappedStatus::Requirement(status) => mapped(status, &issue.jira_status.name),
        MappedStatus::Bug(status) => mapped(status, &issue.jira_status.name),
    };
    let moment = |at| -> MomentView { calendar.moment(at) };
    Ok(RequirementView {
        configuration: configuration_view(&row, &calendar),
        out_of_use: out_of_use(&row),
        gone: calendar
            .moment_ms(stored.gone_at)
            .map(|at| (gone_words(stored.gone_reason.as_deref()).to_owned(), at)),
        secured: issue.secured,
        jira_url: browse_url(&row.site_url, &issue.key),
        status,
        priority: mapped(
            issue.priority,
            issue
                .jira_priority
                .as_ref()
                .map_or("", |value| value.name.as_str()),
        ),
        release_date: issue.release_date.as_ref().map(|found| format_date(found.date)),
        sources,
        releases: release_links(&issue, &releases),
        sprints: sprint_links(&issue, &sprints, &calendar),
        parent,
        due: issue.due_date.map(format_date),
        created: moment(issue.created_at),
        updated: moment(issue.updated_at),
        resolved: issue.resolved_at.map(moment),
        further: issue
            .further
            .iter()
            .map(|(id, value)| further(settings.field_name(id), value, &calendar))
            .collect(),
        key: issue.key,
        summary: issue.summary,
        type_name: issue.issue_type.name,
        description: issue.description,
        labels: issue.labels,
        components: issue.components.into_iter().map(|value| value.name).collect(),
        assignee: issue.assignee.map(|user| user.name),
        reporter: issue.reporter.map(|user| user.name),
        resolution: issue.resolution.map(|value| value.name),
        may_configure: guard.can(Capability::Configure),
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
