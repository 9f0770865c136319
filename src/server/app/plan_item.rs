//! The pages of one release and one sprint: its head, its requirements and its bugs.

use crate::{
    api::plan::{PlanItemHead, PlanItemState, PlanItemView, sprint_state},
    domain::{
        dates::format_date,
        timeline::{Lane, ReleaseInput, Risk, Zoom, plan_timeline_within},
    },
    server::{
        app::{
            calendar::Calendar,
            plan::{sees_secured, sprint_days, sum_counts},
            requirement,
            standing::{StandingConfiguration, get_configuration},
        },
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            Tx, plan,
            requirement::{IssueFilter, IssueSort},
        },
    },
};

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
    configuration: &StandingConfiguration,
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
        configuration_id: &configuration.row.id,
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
        configuration: configuration.view(calendar),
        out_of_use: configuration.out_of_use(),
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
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let configuration = get_configuration(&mut tx, guard, configuration).await?;
    let row = &configuration.row;
    let secured = sees_secured(guard);
    let found = plan::list_releases(&mut tx, &row.id)
        .await?
        .into_iter()
        .find(|found| found.release.id == release);
    let found = found.ok_or(Error::NotFound("release"))?;
    let counts = sum_counts(&plan::list_counts_of_release(&mut tx, &row.id, secured, release).await?)?
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
    let risk = lane.map_or(Risk::Undated, |lane| lane.risk);
    let (state, status, standing) = if input.release.archived {
        let word = "Archived".to_owned();
        (word.clone(), word, PlanItemState::Archived)
    } else {
        let status = lane.map(Lane::status).unwrap_or_default();
        (risk.label().to_owned(), status, PlanItemState::Release(risk))
    };
    let head = PlanItemHead {
        name: input.release.name,
        when: lane.map(|lane| lane.when.clone()).unwrap_or_default(),
        state,
        status,
        standing,
        text: input.release.description,
        start: input.release.start_date.map(format_date).unwrap_or_default(),
        end: input.release.release_date.map(format_date).unwrap_or_default(),
        completed: String::new(),
        gone: found.gone_at.map(|at| calendar.moment_ms(at)),
        related,
        done: input.counts.done,
        open_bugs: input.counts.open_bugs,
        open_bugs_total: input.counts.open_bugs_total,
    };
    load_item(
        &mut tx,
        guard,
        &configuration,
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
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let configuration = get_configuration(&mut tx, guard, configuration).await?;
    let row = &configuration.row;
    let secured = sees_secured(guard);
    let found = plan::list_sprints(&mut tx, &row.id)
        .await?
        .into_iter()
        .find(|found| found.sprint.id == id);
    let found = found.ok_or(Error::NotFound("sprint"))?;
    let counts = sum_counts(&plan::list_counts_of_sprint(&mut tx, &row.id, secured, id).await?)?
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
    let state = sprint_state(found.sprint.state).to_owned();
    let head = PlanItemHead {
        name: found.sprint.name,
        when,
        status: state.clone(),
        state,
        standing: PlanItemState::Sprint(found.sprint.state),
        text: found.sprint.goal,
        start: start.map(format_date).unwrap_or_default(),
        end: end.map(format_date).unwrap_or_default(),
        completed: found
            .sprint
            .completed_at
            .map(|at| format_date(calendar.day(at)))
            .unwrap_or_default(),
        gone: found.gone_at.map(|at| calendar.moment_ms(at)),
        related,
        done: counts.done,
        open_bugs: counts.open_bugs,
        open_bugs_total: counts.open_bugs_total,
    };
    load_item(
        &mut tx,
        guard,
        &configuration,
        &calendar,
        &Owner::Sprint(id),
        pages,
        head,
    )
    .await
}
