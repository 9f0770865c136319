//! Sync runs as people meet them: start, cancel, look, follow.

use crate::{
    api::sync::{QuarantinedView, RunView, SyncView},
    domain::{
        audit::AuditAction,
        configuration::is_shown,
        ids::ConfigurationId,
        integration_name::{Integration, integration_name},
        jira::Deployment,
        organization_url::browse_url,
        role::Capability,
        sync_status::{Phase, Progress, RunTrace, SyncRunState, Trigger},
    },
    server::{
        app::{
            audit,
            calendar::Calendar,
            configuration::{list_names, named},
            standing::parse_standing,
            target as page,
        },
        auth::ProjectGuard,
        error::{Error, Result},
        live::LiveEvent,
        request,
        store::{
            self, StoreError, Tx, mirror,
            sync_run::{self, SyncRunRow, SyncTargetRow},
        },
        sync,
    },
};

/// Runs that the page lists.
const RUNS: i64 = 20;
/// Quarantined work items that the page lists.
const QUARANTINED: i64 = 50;

/// The runs of a configuration of the guard's project.
///
/// # Errors
/// Unknown, or of another project.
pub async fn load(guard: &ProjectGuard, configuration_id: &str) -> Result<SyncView> {
    let state = guard.state();
    let now = state.clock().now_ms();
    let mut tx = state.database().read().await?;
    let target = get_target(&mut tx, guard, configuration_id).await?;
    let rows = sync_run::list_of_configuration(&mut tx, configuration_id, RUNS + 1).await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let estimate = store::connection::find(&mut tx, &target.connection_id)
        .await?
        .is_some_and(|row| row.deployment == Deployment::Cloud.code());
    let mut runs = Vec::with_capacity(rows.len());
    for row in rows {
        let name = row.requested_by_name.unwrap_or_default();
        runs.push(run_view(&row.run, name, estimate, now, &calendar)?);
    }
    let names = list_names(&mut tx, guard).await?;
    let one = Integration {
        key: target.jira_project_key.as_deref().unwrap_or_default(),
        name: target.jira_project_name.as_deref().unwrap_or_default(),
        connection: &target.connection_name,
    };
    let name = integration_name(one, names.iter().map(named));
    let quarantined = mirror::list_quarantined(&mut tx, configuration_id, QUARANTINED).await?;
    let current = (!runs.is_empty()).then(|| runs.remove(0));
    let standing = parse_standing(
        (&target.status, &target.status_reason),
        target.proceeded_version_id.is_some(),
        &target.connection_name,
        (&target.connection_status, &target.connection_reason),
    )?;
    Ok(SyncView {
        project_id: target.project_id.clone(),
        configuration_id: target.configuration_id.clone(),
        name,
        jira_key: target.jira_project_key.clone().unwrap_or_default(),
        status: standing.status,
        status_reason: standing.reason,
        last_synced: target.last_synced_at.map(|at| calendar.moment_ms(at)),
        read_clock: calendar.clock_ms(now),
        current,
        past: runs,
        quarantined: quarantined
            .into_iter()
            .map(|row| quarantined_view(row, &target.site_url, &calendar))
            .collect(),
        start_refused: sync::find_refusal(&target)?.unwrap_or_default(),
        may_sync: guard.can(Capability::SyncNow),
        connection_name: target.connection_name,
    })
}

/// Starts a run by the Sync button, or finds the one on its way; leads to its page.
///
/// # Errors
/// Unknown; archived, disconnected, never proceeded.
pub async fn start(guard: &ProjectGuard, configuration_id: &str) -> Result<()> {
    let state = guard.state();
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    get_target(&mut tx, guard, configuration_id).await?;
    // Before the connection is looked at: who disconnects it at this moment sees the run, or this sees it is off.
    store::configuration::lock(&mut tx, configuration_id).await?;
    let target = get_target(&mut tx, guard, configuration_id).await?;
    if let Some(refusal) = sync::find_refusal(&target)? {
        return Err(Error::Conflict(refusal));
    }
    let version = target.proceeded_version_id.unwrap_or_default();
    let person = guard.viewer().person_id().as_str();
    let run = sync::request_run(
        &mut tx,
        configuration_id,
        &version,
        &target.connection_id,
        Trigger::Button,
        Some(person),
        now,
    )
    .await?;
    if let sync::RequestedRun::Started(id) = &run {
        let detail = format!("Run {id}");
        audit::record_about(
            &mut tx,
            guard.viewer(),
            &target.connection_id,
            AuditAction::SyncStarted,
            configuration_id,
            &detail,
        );
    }
    tx.commit().await?;
    state.jobs().notify_one();
    state
        .live()
        .send(LiveEvent::ConfigurationChanged(configuration_id.to_owned()));
    let page = page::sync(guard.project_id().as_str(), configuration_id);
    request::redirect(&match run {
        sync::RequestedRun::Started(_) => page,
        sync::RequestedRun::AlreadyRunning(_) => format!("{page}?done=running"),
    });
    Ok(())
}

/// Ends the run on its way: at once while it waits, else at its next page.
///
/// # Errors
/// Unknown; nothing is on its way.
pub async fn cancel(guard: &ProjectGuard, configuration_id: &str) -> Result<()> {
    let state = guard.state();
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    let target = get_target(&mut tx, guard, configuration_id).await?;
    // Before the run is looked at: one that begins to wait at this moment is seen waiting.
    store::configuration::lock(&mut tx, configuration_id).await?;
    let run = sync_run::find_current(&mut tx, configuration_id).await?;
    let run =
        run.ok_or_else(|| Error::Conflict("There is nothing to cancel: the sync has ended already.".into()))?;
    sync::cancel_run(&mut tx, &run, None, now).await?;
    let detail = format!("Run {}", run.id);
    audit::record_about(
        &mut tx,
        guard.viewer(),
        &target.connection_id,
        AuditAction::SyncCancelled,
        configuration_id,
        &detail,
    );
    tx.commit().await?;
    state
        .live()
        .send(LiveEvent::ConfigurationChanged(configuration_id.to_owned()));
    request::redirect(&page::sync(guard.project_id().as_str(), configuration_id));
    Ok(())
}

async fn get_target(tx: &mut Tx, guard: &ProjectGuard, configuration_id: &str) -> Result<SyncTargetRow> {
    let unknown = || Error::NotFound("configuration");
    let id = configuration_id
        .parse::<ConfigurationId>()
        .map_err(|_| unknown())?;
    let target = sync_run::find_target(tx, id.as_str()).await?;
    target
        .filter(|target| target.project_id == guard.project_id().as_str())
        .filter(|target| {
            is_shown(
                target.proceeded_version_id.is_some(),
                guard.can(Capability::Configure),
            )
        })
        .ok_or_else(unknown)
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn progress(row: &SyncRunRow) -> Progress {
    Progress {
        done: number(row.done_count),
        total: row.total_count.map(number),
    }
}

/// Whole percent of a run, while a total is known.
pub(super) fn run_percent(row: &SyncRunRow) -> Option<u8> {
    percent(row, progress(row))
}

/// A run that still looks for deleted work items is not done, whatever it has counted.
fn percent(row: &SyncRunRow, progress: Progress) -> Option<u8> {
    let percent = progress.percent()?;
    Some(if row.finished_at.is_none() {
        percent.min(99)
    } else {
        percent
    })
}

fn run_view(
    row: &SyncRunRow,
    requested_by: String,
    estimate: bool,
    now: i64,
    calendar: &Calendar,
) -> Result<RunView> {
    let bad =
        |column: &'static str, value: &str| StoreError::inconsistent("sync_run", column, value.to_owned());
    let trace: RunTrace = serde_json::from_str(&row.phases).unwrap_or_default();
    let progress = progress(row);
    let began = row.started_at.unwrap_or(row.queued_at);
    let rate = row.finished_at.is_none().then(|| trace.rate(now)).flatten();
    let left = progress.total.map(|total| total.saturating_sub(progress.done));
    Ok(RunView {
        id: row.id.clone(),
        state: SyncRunState::find(&row.state).ok_or_else(|| bad("state", &row.state))?,
        phase: Phase::find(&row.phase).ok_or_else(|| bad("phase", &row.phase))?,
        trigger: Trigger::find(&row.trigger_kind).ok_or_else(|| bad("trigger_kind", &row.trigger_kind))?,
        requested_by,
        done: progress.done,
        total: progress.total,
        percent: percent(row, progress),
        total_is_estimate: estimate && row.finished_at.is_none(),
        rate,
        seconds_left: left
            .zip(rate.filter(|rate| *rate > 0))
            .map(|(left, rate)| left / rate),
        counts: serde_json::from_str(&row.counts)
            .map_err(|error| StoreError::inconsistent("sync_run", "counts", error))?,
        requests: number(row.request_count),
        throttled_seconds: number(row.throttled_ms / 1000),
        note: row.note.clone().unwrap_or_default(),
        resumes_clock: row.retry_at.map(|at| calendar.clock_ms(at)),
        error: row.error.clone().unwrap_or_default(),
        cancelling: row.cancel_requested && row.finished_at.is_none(),
        began: calendar.moment_ms(began),
        took_ms: row.finished_at.map(|end| end - began),
    })
}

fn quarantined_view(row: mirror::QuarantineRow, site_url: &str, calendar: &Calendar) -> QuarantinedView {
    let href = Some(row.key.as_str())
        .filter(|key| !key.is_empty())
        .and_then(|key| browse_url(site_url, key))
        .unwrap_or_default();
    let name = if row.key.is_empty() { row.jira_id } else { row.key };
    QuarantinedView {
        name,
        reason: row.reason,
        href,
        seen: calendar.moment_ms(row.seen_at),
    }
}
