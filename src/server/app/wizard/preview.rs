//! What would come out of the draft: numbers, gaps, and a few real work items.
//!
//! The work items go through the very function that a sync uses, so the page cannot promise what the
//! sync does not keep.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use crate::{
    api::wizard::{PreviewView, SampleView},
    domain::{
        date_supply::supplier,
        dates::format_date,
        jira::Sprint,
        mapping::{Mapped, Rule, Target},
        mirror_issue::{IssueKind, MapContext, MappedStatus, MirrorIssue, map_issue},
        numbers::grouped,
        release_date::{DateSource, ReleaseDate},
        wizard::{BugStatusSource, Settings, SprintSettings},
        wizard_facts::Facts,
        wizard_offer::source_choices,
        wizard_steps::{StepId, count_gaps, off_reason},
    },
    server::{
        app::calendar::Calendar,
        app::wizard::{
            counts::{CountBook, Counted},
            deadline::Deadline,
            lists::{FRESH_MS, Looked, find_cached, save_cached},
            tables::{bugs_query, requirements_query},
        },
        error::Result,
        jira::{FieldIndex, FieldSelection, IssueQuery, parse_issue},
        state::AppState,
        store::configuration::ConfigurationRow,
    },
};

/// Work items asked for, of which a few are shown.
const ASKED: u32 = 12;
/// Longest wait for them.
const PATIENCE: Duration = Duration::from_secs(4);
/// Work items shown.
const SHOWN: usize = 3;

/// What a preview is made of.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// The server's parts.
    pub state: &'a AppState,
    /// The configuration.
    pub row: &'a ConfigurationRow,
    /// The answers, saved or not.
    pub settings: &'a Settings,
    /// What Jira has.
    pub looked: &'a Looked,
    /// The step that is shown.
    pub step: StepId,
    /// Until when Jira may be asked.
    pub deadline: Deadline,
    /// Days as the reader counts them.
    pub calendar: &'a Calendar,
}

/// Makes the preview beside a step.
///
/// # Errors
/// When the database does not answer.
pub async fn preview(sight: Sight<'_>, book: &CountBook) -> Result<PreviewView> {
    let Sight {
        state,
        row,
        settings,
        looked,
        step,
        calendar,
        ..
    } = sight;
    let Some(lists) = &looked.lists else {
        return Ok(match &settings.project {
            None => PreviewView {
                missing: vec![("Choose a Jira project".to_owned(), 1, "q".to_owned())],
                ..PreviewView::default()
            },
            Some(_) => PreviewView {
                remark: "The numbers appear once Jira answers.".to_owned(),
                ..PreviewView::default()
            },
        });
    };
    let facts = looked.facts();
    let since = SprintSettings::closed_since(state.clock().now());
    let (requirements, bugs) = (requirements_query(settings), bugs_query(settings));
    let find = |query: &Option<String>| query.as_deref().and_then(|jql| book.find(jql));
    let number = |query| find(query).map(|found| grouped(found.n)).unwrap_or_default();
    let estimated = [&requirements, &bugs]
        .into_iter()
        .filter_map(find)
        .any(Counted::is_estimate);
    let count = |n: usize| grouped(u64::try_from(n).unwrap_or(u64::MAX));
    let sprints = if settings.pulls_sprints() {
        let selected = |sprints: &Vec<Sprint>| {
            let selected = sprints
                .iter()
                .filter(|sprint| settings.sprints.selects(sprint, since));
            count(selected.count())
        };
        looked.sprints.as_ref().map(selected).unwrap_or_default()
    } else {
        String::new()
    };
    let missing = [
        (
            settings.pull_requirements && requirements.is_none(),
            "Choose the types of requirements",
            StepId::Requirements,
            "requirement_types",
        ),
        (
            settings.bug_mapping && bugs.is_none(),
            "Choose the types of bugs",
            StepId::Bugs,
            "bug_types",
        ),
    ]
    .into_iter()
    .filter(|(is_missing, ..)| *is_missing)
    .map(|(_, words, step, control)| (words.to_owned(), step.number(), control.to_owned()))
    .collect();
    let wanted = if step == StepId::Bugs {
        bugs.clone().or_else(|| requirements.clone())
    } else {
        requirements.clone().or_else(|| bugs.clone())
    };
    let (samples, late) = samples(sight, wanted).await?;
    let remark = match (book.late, late) {
        (false, false) => String::new(),
        (numbers, _) => {
            let what = if numbers { "all numbers" } else { "the work items" };
            format!(
                "Jira answers slowly: it did not send {what} in time. Choose Update preview to ask again."
            )
        }
    };
    Ok(PreviewView {
        at: [book.at, looked.fetched_at]
            .into_iter()
            .flatten()
            .min()
            .map(|at| calendar.moment_ms(at)),
        requirements: number(&requirements),
        bugs: number(&bugs),
        releases: count(
            lists
                .releases
                .iter()
                .filter(|release| settings.releases.selects(release))
                .count(),
        ),
        sprints,
        estimated,
        gaps: gaps(settings, &facts, row, step),
        samples,
        remark,
        missing,
    })
}

fn gaps(
    settings: &Settings,
    facts: &Facts,
    row: &ConfigurationRow,
    current: StepId,
) -> Vec<(String, usize, u8)> {
    [
        (StepId::Priorities, "Priorities"),
        (StepId::Requirements, "Requirement statuses"),
        (StepId::Bugs, "Severities and bug statuses"),
    ]
    .into_iter()
    .filter(|(step, _)| off_reason(settings, *step).is_none())
    // Before a step was seen, everything in it is unmapped: that is no news.
    .filter(|(step, _)| *step == current || i64::from(step.number()) <= row.draft_step)
    .map(|(step, words)| (words.to_owned(), count_gaps(settings, facts, step), step.number()))
    .filter(|(_, gaps, _)| *gaps > 0)
    .collect()
}

/// A few work items of the kind that the step is about, and whether Jira was too slow for them.
async fn samples(sight: Sight<'_>, wanted: Option<String>) -> Result<(Vec<SampleView>, bool)> {
    let Sight {
        settings,
        looked,
        step,
        calendar,
        ..
    } = sight;
    let (Some(jql), Some(lists)) = (wanted, &looked.lists) else {
        return Ok((Vec::new(), false));
    };
    let index = FieldIndex::new(&lists.fields);
    let mut fields: Vec<String> = settings.wanted_field_ids().into_iter().collect();
    fields.extend(index.find_sprint_field().map(str::to_owned));
    let (raw, late) = read_samples(sight, jql, &fields, &lists.project.id).await?;
    let to_date = |at: Timestamp| -> Date { calendar.day(at) };
    let sprints = looked.sprints.as_deref().unwrap_or_default();
    let context = MapContext {
        releases: &lists.releases,
        sprints,
        to_date: &to_date,
    };
    let mapped: Vec<MirrorIssue> = raw
        .iter()
        .filter_map(|raw| parse_issue(&index, raw).ok())
        .filter_map(|issue| map_issue(&issue, "", settings, context).ok())
        .collect();
    let choices = source_choices(settings, &looked.facts());
    let name = |source: &DateSource| {
        let known = choices.iter().find(|choice| choice.source == *source);
        known.map_or_else(|| source.label().to_owned(), |choice| choice.label.clone())
    };
    let views = choose(&mapped)
        .into_iter()
        .map(|issue| {
            let dated = issue.release_date.as_ref().map(|date| {
                let label = name(&date.source);
                let from = supplier(issue, date, &label, &lists.releases, sprints, &to_date);
                (from, date)
            });
            sample(issue, dated, settings, step)
        })
        .collect();
    Ok((views, late))
}

/// The work items as Jira sent them, from the cache while they are new; none when Jira has no answer.
async fn read_samples(
    sight: Sight<'_>,
    jql: String,
    fields: &[String],
    project: &str,
) -> Result<(Vec<Value>, bool)> {
    let Sight {
        state, row, looked, ..
    } = sight;
    let key = format!("{jql} {}", fields.join(","));
    let kind = if sight.step == StepId::Bugs {
        "sample.bugs"
    } else {
        "sample"
    };
    let now = state.clock().now_ms();
    let cached = find_cached::<(String, Vec<Value>)>(state, &row.id, kind, project).await?;
    if let Some(((_, raw), _)) = cached.filter(|((known, _), at)| *known == key && now - at < FRESH_MS) {
        return Ok((raw, false));
    }
    let Some(open) = looked.open.as_ref().filter(|_| looked.problem.is_none()) else {
        return Ok((Vec::new(), false));
    };
    let query = IssueQuery {
        jql,
        fields: FieldSelection::standard(fields),
        page: None,
        page_size: ASKED,
    };
    let asked = Box::pin(open.client.search_issues(&query));
    // No work items to show is no reason to fail the page.
    let page = match sight.deadline.within(PATIENCE, asked).await {
        None => return Ok((Vec::new(), true)),
        Some(Err(_)) => return Ok((Vec::new(), false)),
        Some(Ok(page)) => page,
    };
    let first = page.issues.into_iter().take(ASKED as usize);
    let raw: Vec<Value> = first.map(|issue| issue.raw).collect();
    save_cached(state, &row.id, kind, project, &(key, &raw)).await?;
    Ok((raw, false))
}

/// The first of each source of a date, then whatever comes, up to [`SHOWN`].
fn choose(mapped: &[MirrorIssue]) -> Vec<&MirrorIssue> {
    let source = |issue: &MirrorIssue| issue.release_date.as_ref().map(|date| date.source.clone());
    let mut chosen: Vec<&MirrorIssue> = Vec::new();
    for issue in mapped {
        if chosen.len() < SHOWN && !chosen.iter().any(|known| source(known) == source(issue)) {
            chosen.push(issue);
        }
    }
    for issue in mapped {
        if chosen.len() < SHOWN && !chosen.iter().any(|known| known.jira_id == issue.jira_id) {
            chosen.push(issue);
        }
    }
    chosen
}

fn line<T: Target>(from: &str, mapped: Mapped<T>) -> (String, String, String) {
    let remark = match mapped.rule {
        Rule::Chosen => "",
        Rule::Default => "default",
        Rule::Empty => "empty in Jira",
    };
    (
        from.to_owned(),
        mapped.value.label().to_owned(),
        remark.to_owned(),
    )
}

/// A work item as it comes out; `dated` is its release date with what supplied it.
fn sample(
    issue: &MirrorIssue,
    dated: Option<(String, &ReleaseDate)>,
    settings: &Settings,
    step: StepId,
) -> SampleView {
    let name = |value: &Option<crate::domain::jira::NamedValue>| {
        value
            .as_ref()
            .map_or_else(|| "Empty".to_owned(), |value| value.name.clone())
    };
    let mut lines = Vec::new();
    if step == StepId::Priorities {
        lines.push(line(&name(&issue.jira_priority), issue.priority));
    }
    if let Some(severity) = issue.severity {
        lines.push(line(&name(&issue.jira_severity), severity));
    }
    match issue.status {
        MappedStatus::Requirement(status) => lines.push(line(&issue.jira_status.name, status)),
        MappedStatus::Bug(status) => {
            let from = match settings.bugs.status_source {
                BugStatusSource::Status => issue.jira_status.name.clone(),
                BugStatusSource::Resolution => name(&issue.resolution),
            };
            lines.push(line(&from, status));
        }
    }
    if issue.kind == IssueKind::Requirement {
        lines.push(match dated {
            None => (
                "No date field has a value".into(),
                "No date".into(),
                String::new(),
            ),
            Some((from, date)) => {
                let place = settings
                    .date_sources()
                    .iter()
                    .position(|source| *source == date.source)
                    .map_or(0, |at| at + 1);
                (from, format_date(date.date), format!("field {place}"))
            }
        });
    }
    SampleView {
        key: issue.key.clone(),
        summary: issue.summary.clone(),
        lines,
    }
}
