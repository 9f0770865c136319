//! The page of one requirement: everything Jira said, what became of it here, and by which rule.

use crate::{
    api::{
        moment::MomentView,
        requirement::{FurtherView, MappedView, ParentView, PlanLink, RequirementView, SourceView},
    },
    domain::{
        dates::format_date,
        jira::{FieldValue, Issue},
        mapping::{Mapped, Rule, telling_value},
        mirror_issue::{MappedStatus, MirrorIssue},
        organization_url::browse_url,
        release_date::{DateSource, consider, explain_stored},
        role::Capability,
        suggestion::{SourceValue, Suggest, explain},
        wizard::Settings,
    },
    server::{
        app::{calendar::Calendar, plan::sees_secured, standing::get_configuration},
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            StoreError,
            plan::{self, PlanConfigurationRow, PlanRelease, PlanSprint},
            requirement,
        },
    },
};

/// The rule in words that suit everyone, also those who did not set it; a row that agrees with the
/// suggestion for its value says the reason.
fn rule_words<T: Suggest>(value: Mapped<T>, jira: &str) -> String {
    // The mirror keeps the name of a status, not its category.
    let source = SourceValue {
        id: String::new(),
        name: jira.to_owned(),
        category: None,
    };
    match value.rule {
        Rule::Chosen => match explain(&source, value.value) {
            Some(reason) => format!("mapped in the integration ({})", reason.label().to_lowercase()),
            None => "mapped in the integration".to_owned(),
        },
        Rule::Default => "not mapped, so the default".to_owned(),
        Rule::Empty => "empty in Jira".to_owned(),
    }
}

fn mapped<T: Suggest>(value: Mapped<T>, jira: &str) -> MappedView {
    MappedView {
        label: value.value.label().to_owned(),
        jira: telling_value(value.value.label(), jira).map(str::to_owned),
        rule: rule_words(value, jira),
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
    let is_known = |source: &DateSource| match source {
        DateSource::CustomField { id } => issue.further.contains_key(id),
        _ => true,
    };
    explain_stored(found, issue.release_date.as_ref(), &is_known)
        .into_iter()
        .map(|considered| SourceView {
            label: match &considered.source {
                DateSource::CustomField { id } => settings.field_name(id).to_owned(),
                source => source.label().to_owned(),
            },
            date: considered.date.map(format_date),
            why: considered.why,
            used: considered.used,
        })
        .collect()
}

fn gone_words(reason: Option<&str>) -> &'static str {
    match reason {
        Some("moved") => "Moved to another Jira project",
        Some("retyped") => "Its work item type is not chosen any more",
        Some("not_visible") => "Not visible to the integration any more",
        _ => "Deleted in Jira, or hidden from the connection",
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
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let configuration = get_configuration(&mut tx, guard, configuration).await?;
    let row = &configuration.row;
    let stored = requirement::find_requirement(&mut tx, &row.id, issue, secured)
        .await?
        .ok_or(Error::NotFound("requirement"))?;
    let issue: MirrorIssue = serde_json::from_str(&stored.body)
        .map_err(|error| StoreError::inconsistent("issue", "body", error))?;
    let settings = settings_of(row)?;
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
        configuration: configuration.view(&calendar),
        out_of_use: configuration.out_of_use(),
        gone: stored.gone_at.map(|at| {
            let words = gone_words(stored.gone_reason.as_deref()).to_owned();
            (words, calendar.moment_ms(at))
        }),
        secured: issue.secured,
        jira_url: browse_url(&row.site_url, &issue.key),
        status,
        state: issue.status,
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
