//! Plans: the timeline and the page of a release or sprint, read from the mirror.
//!
//! Days are the organisation's (its time zone decides where a day ends), moments are shown in the
//! reader's zone. Whoever is only a Member sees no issue with a security level, in no list and no
//! count.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    api::plan::{
        ChosenPlan, MomentView, PlanConfiguration, PlanItemHead, PlanItemView, PlanSummary, PlansView,
        sprint_state,
    },
    domain::{
        dates::{format_date, format_relative, local},
        jira::{Sprint, SprintState},
        mapping::{BugStatus, RequirementStatus, Severity, Target, Tone},
        role::Capability,
        timeline::{
            LaneCounts, ReleaseInput, SprintInput, Timeline, Zoom, plan_timeline_within, shift_window,
        },
    },
    server::{
        app::requirement,
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            StoreError, Tx, helpers,
            plan::{self, CountRow, PlanConfigurationRow, PlanRelease, PlanSprint, SharedCountRow},
            requirement::{IssueFilter, IssueSort},
            setting,
        },
    },
};

/// Years a window may begin in; other wishes are ignored.
const WINDOW_YEARS: std::ops::RangeInclusive<i16> = 1980..=2200;

/// Zones and now, for everything a page writes about time.
#[derive(Debug)]
pub struct Calendar {
    organisation: TimeZone,
    now: Timestamp,
    reader: TimeZone,
}

impl Calendar {
    /// The organisation's days and the reader's hours.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(tx: &mut Tx, guard: &ProjectGuard) -> Result<Self> {
        let now = guard.state().clock().now();
        let stored = setting::find(tx, setting::TIME_ZONE).await?;
        let organisation = stored
            .as_deref()
            .and_then(|name| TimeZone::get(name).ok())
            .unwrap_or(TimeZone::UTC);
        let zone = guard.viewer().time_zone().or(stored.as_deref());
        Ok(Self {
            organisation,
            now,
            reader: zone
                .and_then(|name| TimeZone::get(name).ok())
                .unwrap_or(TimeZone::UTC),
        })
    }

    /// The organisation's day of a moment.
    pub fn day(&self, at: Timestamp) -> Date {
        self.organisation.to_datetime(at).date()
    }

    /// The organisation's today.
    pub fn today(&self) -> Date {
        self.day(self.now)
    }

    /// A moment for a page.
    pub fn moment(&self, at: Timestamp) -> MomentView {
        // Summer or winter time is that of the moment, not of today.
        let offset = self.reader.to_offset(at).seconds();
        let there = local(at, offset);
        MomentView {
            iso: at.to_string(),
            text: format_relative(at, self.now, offset),
            exact: format!(
                "{}, {:02}:{:02}",
                format_date(there.date()),
                there.hour(),
                there.minute()
            ),
        }
    }

    /// A stored moment for a page.
    pub fn moment_ms(&self, ms: Option<i64>) -> Option<MomentView> {
        ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .map(|at| self.moment(at))
    }
}

/// Whether this person sees issues with a security level: everyone whose role is more than Member.
pub fn sees_secured(guard: &ProjectGuard) -> bool {
    guard.can(Capability::EditTests)
}

/// Whether Plans offers it.
fn in_use(row: &PlanConfigurationRow) -> bool {
    matches!(row.status.as_str(), "active" | "error")
}

/// Words for an integration that is not in use; empty for one that is.
pub fn out_of_use(row: &PlanConfigurationRow) -> String {
    match row.status.as_str() {
        "archived" => "This integration is archived. What you see is from its last sync.".to_owned(),
        "inactive" => "This integration is inactive. What you see is from its last sync.".to_owned(),
        _ => String::new(),
    }
}

/// The view of a configuration.
pub fn configuration_view(row: &PlanConfigurationRow, calendar: &Calendar) -> PlanConfiguration {
    let (key, name) = (
        row.jira_project_key.as_deref().unwrap_or_default(),
        row.jira_project_name.as_deref().unwrap_or_default(),
    );
    let label = match (key.is_empty(), name.is_empty()) {
        (false, false) => format!("{key}, {name}"),
        (true, true) => "Jira project".to_owned(),
        _ => format!("{key}{name}"),
    };
    PlanConfiguration {
        id: row.id.clone(),
        label,
        error: (row.status == "error").then(|| row.status_reason.clone()),
        last_synced: calendar.moment_ms(row.last_synced_at),
    }
}

/// The configurations that Plans offers.
pub fn offered(rows: &[PlanConfigurationRow], calendar: &Calendar) -> Vec<PlanConfiguration> {
    rows.iter()
        .filter(|row| in_use(row))
        .map(|row| configuration_view(row, calendar))
        .collect()
}

/// A configuration of the guard's project, in any status.
///
/// # Errors
/// [`Error::NotFound`] for an unknown one and for that of another project.
pub async fn get_configuration(tx: &mut Tx, guard: &ProjectGuard, id: &str) -> Result<PlanConfigurationRow> {
    plan::find_configuration(tx, guard.project_id().as_str(), id)
        .await?
        .ok_or(Error::NotFound("integration"))
}

/// Sorts stored counts by their release or sprint.
fn sum_counts(rows: &[CountRow]) -> Result<BTreeMap<String, LaneCounts>> {
    let mut sums: BTreeMap<String, (LaneCounts, BTreeMap<Severity, u64>)> = BTreeMap::new();
    for row in rows {
        let count = u64::try_from(row.count).unwrap_or_default();
        let (lane, bugs) = sums.entry(row.owner_id.clone()).or_default();
        if row.kind == "requirement" {
            let status = RequirementStatus::find(&row.status)
                .ok_or_else(|| StoreError::inconsistent("issue", "status", &row.status))?;
            lane.requirements += count;
            lane.done += if status == RequirementStatus::Done {
                count
            } else {
                0
            };
        } else {
            let status = BugStatus::find(&row.status)
                .ok_or_else(|| StoreError::inconsistent("issue", "status", &row.status))?;
            if status.is_unresolved() {
                lane.open_bugs_total += count;
                if let Some(code) = &row.severity {
                    let severity = Severity::find(code)
                        .ok_or_else(|| StoreError::inconsistent("issue", "severity", code))?;
                    *bugs.entry(severity).or_default() += count;
                }
            }
        }
    }
    Ok(sums
        .into_iter()
        .map(|(id, (lane, bugs))| {
            (
                id,
                LaneCounts {
                    open_bugs: bugs.into_iter().collect(),
                    ..lane
                },
            )
        })
        .collect())
}

/// First and last day of a sprint; a closed one without planned end ended when it was closed.
fn sprint_days(sprint: &Sprint, calendar: &Calendar) -> (Option<Date>, Option<Date>) {
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
    let calendar = Calendar::load(&mut tx, guard).await?;
    let rows = plan::list_configurations(&mut tx, project).await?;
    let chosen = match configuration.filter(|id| !id.is_empty()) {
        Some(id) => Some(
            rows.iter()
                .find(|row| row.id == id && in_use(row))
                .ok_or(Error::NotFound("integration"))?,
        ),
        None => rows.iter().find(|row| in_use(row)),
    };
    let plan = match chosen {
        None => None,
        Some(row) => {
            let zoom = zoom.and_then(Zoom::find).unwrap_or_default();
            let from = from
                .and_then(|text| text.parse::<Date>().ok())
                .filter(|date| WINDOW_YEARS.contains(&date.year()));
            Some(load_plan(&mut tx, guard, row, &calendar, zoom, from).await?)
        }
    };
    Ok(PlansView {
        configurations: offered(&rows, &calendar),
        prepared: rows.iter().any(|row| !in_use(row)),
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
                ..LaneCounts::default()
            };
        }
    }
}

async fn load_plan(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &PlanConfigurationRow,
    calendar: &Calendar,
    zoom: Zoom,
    from: Option<Date>,
) -> Result<ChosenPlan> {
    let secured = sees_secured(guard);
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
        configuration: configuration_view(row, calendar),
        previous: shift_window(timeline.from, zoom, -step).to_string(),
        next: shift_window(timeline.from, zoom, step).to_string(),
        summary: PlanSummary {
            releases: inputs.releases.len() as u64,
            released: released as u64,
            requirements: all.requirements,
            open_bugs: all.open_bugs_total,
            open_blockers: blockers.map_or(0, |(_, count)| *count),
            unscheduled: requirement::count(tx, &unscheduled).await?,
        },
        timeline,
    })
}

/// Order and pages of the two lists of a release or sprint.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    sort: String,
    page: u32,
    bug_page: u32,
}

impl Pages {
    /// From the address; nothing means the first page by priority.
    pub fn new(sort: Option<String>, page: Option<u32>, bug_page: Option<u32>) -> Self {
        Self {
            sort: sort
                .filter(|sort| !sort.is_empty())
                .unwrap_or_else(|| "priority".to_owned()),
            page: page.unwrap_or(1),
            bug_page: bug_page.unwrap_or(1),
        }
    }
}

/// Which of the two a page is about.
enum Owner<'a> {
    Release(&'a str),
    Sprint(i64),
}

async fn load_item(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &PlanConfigurationRow,
    calendar: &Calendar,
    owner: &Owner<'_>,
    pages: &Pages,
    head: PlanItemHead,
) -> Result<PlanItemView> {
    let (release_id, sprint_id) = match owner {
        Owner::Release(id) => (*id, 0),
        Owner::Sprint(id) => ("", *id),
    };
    let filter = IssueFilter {
        project_id: guard.project_id().as_str(),
        configuration_id: &row.id,
        kind: "requirement",
        secured: sees_secured(guard),
        release_id,
        sprint_id,
        ..IssueFilter::default()
    };
    let requirements = requirement::load_list(tx, &filter, &pages.sort, pages.page).await?;
    let bugs = IssueFilter {
        kind: "bug",
        ..filter
    };
    let bugs =
        requirement::load_sorted(tx, &bugs, IssueSort::Severity, false, "severity", pages.bug_page).await?;
    Ok(PlanItemView {
        configuration: configuration_view(row, calendar),
        out_of_use: out_of_use(row),
        head,
        requirements,
        bugs,
    })
}

/// The page of a release, also of one that Plans does not show.
///
/// # Errors
/// [`Error::NotFound`] for an unknown one.
pub async fn load_release(
    guard: &ProjectGuard,
    configuration: &str,
    release: &str,
    pages: &Pages,
) -> Result<PlanItemView> {
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard).await?;
    let row = get_configuration(&mut tx, guard, configuration).await?;
    let secured = sees_secured(guard);
    let found = plan::list_releases(&mut tx, &row.id)
        .await?
        .into_iter()
        .find(|found| found.release.id == release);
    let found = found.ok_or(Error::NotFound("release"))?;
    let counts = sum_counts(&plan::list_release_counts(&mut tx, &row.id, secured).await?)?
        .remove(release)
        .unwrap_or_default();
    let links = plan::list_sprint_releases(&mut tx, &row.id, secured).await?;
    let sprints = plan::list_sprints(&mut tx, &row.id).await?;
    let related = sprints
        .iter()
        .filter(|sprint| {
            links
                .iter()
                .any(|(id, of)| *id == sprint.sprint.id && of == release)
        })
        .map(|sprint| (sprint.sprint.name.clone(), sprint.sprint.id.to_string()))
        .collect();
    let input = ReleaseInput {
        release: found.release,
        counts,
    };
    let lanes = plan_timeline_within(
        std::slice::from_ref(&input),
        &[],
        calendar.today(),
        Zoom::Month,
        None,
    );
    let lane = lanes.list().next();
    let (state, tone) = if input.release.archived {
        ("Archived", Tone::Mute)
    } else if input.release.released {
        ("Released", Tone::Ok)
    } else {
        (
            "Unreleased",
            lane.map_or(Tone::Info, |lane| {
                if lane.risk.tone() == Tone::Mute {
                    Tone::Info
                } else {
                    lane.risk.tone()
                }
            }),
        )
    };
    let head = PlanItemHead {
        name: input.release.name,
        when: lane.map(|lane| lane.words.clone()).unwrap_or_default(),
        state: state.to_owned(),
        tone,
        text: input.release.description,
        start: input.release.start_date.map(format_date).unwrap_or_default(),
        end: input.release.release_date.map(format_date).unwrap_or_default(),
        completed: String::new(),
        gone: calendar.moment_ms(found.gone_at),
        related,
        done: input.counts.done,
        open_bugs: input.counts.open_bugs,
        open_bugs_total: input.counts.open_bugs_total,
    };
    load_item(
        &mut tx,
        guard,
        &row,
        &calendar,
        &Owner::Release(release),
        pages,
        head,
    )
    .await
}

/// The page of a sprint, also of one that Plans does not show.
///
/// # Errors
/// [`Error::NotFound`] for an unknown one.
pub async fn load_sprint(
    guard: &ProjectGuard,
    configuration: &str,
    sprint: &str,
    pages: &Pages,
) -> Result<PlanItemView> {
    let id = sprint.parse::<i64>().map_err(|_| Error::NotFound("sprint"))?;
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard).await?;
    let row = get_configuration(&mut tx, guard, configuration).await?;
    let secured = sees_secured(guard);
    let found = plan::list_sprints(&mut tx, &row.id)
        .await?
        .into_iter()
        .find(|found| found.sprint.id == id);
    let found = found.ok_or(Error::NotFound("sprint"))?;
    let counts = sum_counts(&plan::list_sprint_counts(&mut tx, &row.id, secured).await?)?
        .remove(sprint)
        .unwrap_or_default();
    let links = plan::list_sprint_releases(&mut tx, &row.id, secured).await?;
    let releases = plan::list_releases(&mut tx, &row.id).await?;
    let related = releases
        .iter()
        .filter(|release| {
            links
                .iter()
                .any(|(of, release_id)| *of == id && *release_id == release.release.id)
        })
        .map(|release| (release.release.name.clone(), release.release.id.clone()))
        .collect();
    let (start, end) = sprint_days(&found.sprint, &calendar);
    let when = match (start, end) {
        (Some(start), Some(end)) => format!("{} to {}", format_date(start), format_date(end)),
        (Some(start), None) => format!("From {}, no end date", format_date(start)),
        (None, Some(end)) => format!("Until {}", format_date(end)),
        (None, None) => "No dates".to_owned(),
    };
    let tone = match found.sprint.state {
        SprintState::Active => Tone::Info,
        SprintState::Future => Tone::Mute,
        SprintState::Closed => Tone::Ok,
    };
    let head = PlanItemHead {
        name: found.sprint.name,
        when,
        state: sprint_state(found.sprint.state).to_owned(),
        tone,
        text: found.sprint.goal,
        start: start.map(format_date).unwrap_or_default(),
        end: end.map(format_date).unwrap_or_default(),
        completed: found
            .sprint
            .completed_at
            .map(|at| format_date(calendar.day(at)))
            .unwrap_or_default(),
        gone: calendar.moment_ms(found.gone_at),
        related,
        done: counts.done,
        open_bugs: counts.open_bugs,
        open_bugs_total: counts.open_bugs_total,
    };
    load_item(&mut tx, guard, &row, &calendar, &Owner::Sprint(id), pages, head).await
}
