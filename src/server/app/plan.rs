//! Plans: the timeline, read from the mirror.
//!
//! Days are the organisation's (its time zone decides where a day ends), moments are shown in the
//! reader's zone. Whoever is only a Member sees no issue with a security level, in no list and no
//! count.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    api::plan::{ChosenPlan, PlanSummary, PlansView},
    domain::{
        jira::Sprint,
        lane_counts::{self, Counted, IssueCount},
        mapping::{BugStatus, RequirementStatus, Severity, Target},
        role::Capability,
        timeline::{
            LaneCounts, ReleaseInput, SprintInput, Timeline, Zoom, count_repeated_bugs, plan_timeline_within,
            shift_window,
        },
    },
    server::{
        app::{
            calendar::Calendar,
            requirement,
            standing::{StandingConfiguration, list_configurations, offered},
        },
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            StoreError, Tx, helpers,
            plan::{self, CountRow, PlanRelease, PlanSprint, SharedCountRow},
            requirement::{IssueFilter, UNRESOLVED},
        },
    },
};

/// Years a window may begin in; other wishes are ignored.
const WINDOW_YEARS: std::ops::RangeInclusive<i16> = 1980..=2200;

/// Whether this person sees issues with a security level: everyone whose role is more than Member.
pub fn sees_secured(guard: &ProjectGuard) -> bool {
    guard.can(Capability::EditTests)
}

/// Adds stored counts up by their release or sprint.
pub(super) fn sum_counts(rows: &[CountRow]) -> Result<BTreeMap<String, LaneCounts>> {
    let parsed: Vec<IssueCount> = rows.iter().map(parse_count).collect::<Result<_>>()?;
    Ok(lane_counts::sum_counts(parsed))
}

fn parse_count(row: &CountRow) -> Result<IssueCount> {
    let unknown = |column: &'static str, code: &str| StoreError::inconsistent("issue", column, code);
    let what = if row.kind == "requirement" {
        let status = RequirementStatus::find(&row.status);
        Counted::Requirements(status.ok_or_else(|| unknown("status", &row.status))?)
    } else {
        let status = BugStatus::find(&row.status).ok_or_else(|| unknown("status", &row.status))?;
        let severity = row.severity.as_deref();
        let severity = severity
            .map(|code| Severity::find(code).ok_or_else(|| unknown("severity", code)))
            .transpose()?;
        Counted::Bugs(status, severity)
    };
    Ok(IssueCount {
        owner: row.owner_id.clone(),
        what,
        count: u64::try_from(row.count).unwrap_or_default(),
    })
}

/// First and last day of a sprint; a closed one without planned end ended when it was closed.
pub(super) fn sprint_days(sprint: &Sprint, calendar: &Calendar) -> (Option<Date>, Option<Date>) {
    let end = sprint.end_at.or(sprint.completed_at);
    (
        sprint.start_at.map(|at| calendar.day(at)),
        end.map(|at| calendar.day(at)),
    )
}

/// Everything shown of a configuration, with counts, ready to be laid out.
struct Inputs {
    releases: Vec<ReleaseInput>,
    sprints: Vec<SprintInput>,
}

async fn load_inputs(
    tx: &mut Tx,
    configuration_id: &str,
    secured: bool,
    calendar: &Calendar,
) -> Result<Inputs> {
    let mut by_release = sum_counts(&plan::list_release_counts(tx, configuration_id, secured).await?)?;
    let mut by_sprint = sum_counts(&plan::list_sprint_counts(tx, configuration_id, secured).await?)?;
    let mut releases_of: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (sprint, release) in plan::list_sprint_releases(tx, configuration_id, secured).await? {
        releases_of.entry(sprint).or_default().push(release);
    }
    let releases = plan::list_releases(tx, configuration_id).await?;
    let sprints = plan::list_sprints(tx, configuration_id).await?;
    Ok(Inputs {
        releases: releases
            .into_iter()
            .filter(|row| row.shown)
            .map(|PlanRelease { release, .. }| ReleaseInput {
                counts: by_release.remove(&release.id).unwrap_or_default(),
                release,
            })
            .collect(),
        sprints: sprints
            .into_iter()
            .filter(|row| row.shown)
            .map(|PlanSprint { sprint, .. }| {
                let (start, end) = sprint_days(&sprint, calendar);
                SprintInput {
                    release_ids: releases_of.remove(&sprint.id).unwrap_or_default(),
                    counts: by_sprint.remove(&sprint.id.to_string()).unwrap_or_default(),
                    id: sprint.id,
                    name: sprint.name,
                    state: sprint.state,
                    start,
                    end,
                }
            })
            .collect(),
    })
}

/// The Plans page.
///
/// # Errors
/// [`Error::NotFound`] for a configuration that is not offered; when the database does not answer.
pub async fn load_plans(
    guard: &ProjectGuard,
    configuration: Option<&str>,
    zoom: Option<&str>,
    from: Option<&str>,
) -> Result<PlansView> {
    let project = guard.project_id().as_str();
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let rows = list_configurations(&mut tx, guard).await?;
    let chosen = match configuration.filter(|id| !id.is_empty()) {
        Some(id) => Some(
            rows.iter()
                .find(|known| known.row.id == id && known.is_offered())
                .ok_or(Error::NotFound("integration"))?,
        ),
        None => rows.iter().find(|known| known.is_offered()),
    };
    let plan = match chosen {
        None => None,
        Some(configuration) => {
            let zoom = zoom.and_then(Zoom::find).unwrap_or_default();
            let from = from
                .and_then(|text| text.parse::<Date>().ok())
                .filter(|date| WINDOW_YEARS.contains(&date.year()));
            Some(load_plan(&mut tx, guard, configuration, &calendar, zoom, from).await?)
        }
    };
    Ok(PlansView {
        configurations: offered(&rows, &calendar),
        prepared: rows.iter().any(|known| !known.is_offered()),
        may_sync: guard.can(Capability::SyncNow),
        may_configure: guard.can(Capability::Configure),
        admins: helpers::list_project_admins(&mut tx, project).await?,
        plan,
    })
}

/// In the lane of a release a sprint counts what both hold, not everything in the sprint.
fn count_shared(timeline: &mut Timeline, shared: &[SharedCountRow]) {
    for lane in timeline.lanes.iter_mut().chain(&mut timeline.undated) {
        let Some(release) = &lane.release_id else {
            continue;
        };
        for sprint in &mut lane.sprints {
            let row = shared
                .iter()
                .find(|row| row.sprint_id == sprint.id && row.release_id == *release);
            let number = |count: fn(&SharedCountRow) -> i64| {
                row.map_or(0, |row| u64::try_from(count(row)).unwrap_or_default())
            };
            sprint.counts = LaneCounts {
                requirements: number(|row| row.requirements),
                done: number(|row| row.done),
                open_bugs: Vec::new(),
                open_bugs_total: number(|row| row.open_bugs),
            };
        }
    }
}

async fn load_plan(
    tx: &mut Tx,
    guard: &ProjectGuard,
    configuration: &StandingConfiguration,
    calendar: &Calendar,
    zoom: Zoom,
    from: Option<Date>,
) -> Result<ChosenPlan> {
    let secured = sees_secured(guard);
    let row = &configuration.row;
    let inputs = load_inputs(tx, &row.id, secured, calendar).await?;
    let mut timeline: Timeline =
        plan_timeline_within(&inputs.releases, &inputs.sprints, calendar.today(), zoom, from);
    count_shared(
        &mut timeline,
        &plan::list_shared_counts(tx, &row.id, secured).await?,
    );
    let all = sum_counts(&plan::list_all_counts(tx, &row.id, secured).await?)?
        .remove("")
        .unwrap_or_default();
    let unscheduled = IssueFilter {
        project_id: guard.project_id().as_str(),
        configuration_id: &row.id,
        kind: "requirement",
        secured,
        unscheduled: true,
        ..IssueFilter::default()
    };
    let unreleased = IssueFilter {
        kind: "bug",
        unscheduled: false,
        status: UNRESOLVED,
        unreleased: true,
        ..unscheduled
    };
    let unreleased = requirement::count(tx, &unreleased).await?;
    let view = configuration.view(calendar);
    let mut unmapped = Vec::new();
    for kind in ["requirement", "bug"] {
        let all = IssueFilter {
            kind,
            unscheduled: false,
            ..unscheduled
        };
        unmapped.extend(requirement::load_unmapped(tx, &all, std::slice::from_ref(&view)).await?);
    }
    let released = inputs
        .releases
        .iter()
        .filter(|input| input.release.released)
        .count();
    let blockers = all
        .open_bugs
        .iter()
        .find(|(severity, _)| *severity == Severity::Blocker);
    let step = zoom.window_ticks() / 2;
    Ok(ChosenPlan {
        syncing: plan::is_syncing(tx, &row.id).await?,
        configuration: view,
        unmapped,
        previous: shift_window(timeline.from, zoom, -step).to_string(),
        next: shift_window(timeline.from, zoom, step).to_string(),
        summary: PlanSummary {
            releases: inputs.releases.len() as u64,
            released: released as u64,
            requirements: all.requirements,
            open_bugs: all.open_bugs_total,
            open_blockers: blockers.map_or(0, |(_, count)| *count),
            unreleased_bugs: unreleased,
            repeated_bugs: count_repeated_bugs(&timeline, all.open_bugs_total, unreleased),
            unscheduled: requirement::count(tx, &unscheduled).await?,
        },
        timeline,
    })
}
