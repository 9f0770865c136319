//! The job that synchronises one configuration, phase by phase.
//!
//! Releases come first, so that Plans has something to show within seconds. Every page is written in
//! one transaction together with the counts, the checkpoint and the proof that the job is still ours;
//! whoever takes the job over goes on behind the last page that was written. What Jira no longer
//! lists is looked for only after a complete listing, and each candidate is confirmed by a read of its
//! id. What Jira said to the token is told to the connection that was opened for the run, and to no later
//! state of it. Can go wrong: a stored page token that Jira no longer knows; the listing then begins
//! anew, and issues that were counted are not counted again.

mod phases;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        jira::JiraProject,
        sync_plan::SyncCounts,
        sync_status::{Phase, RunTrace, SyncRunState},
        wizard::Settings,
    },
    server::{
        app::connection::{OpenConnection, record_failure, record_success},
        error::{Error, Result as ServerResult},
        jira::{ErrorClass, FieldIndex, JiraClient, JiraError, PageToken},
        live::LiveEvent,
        state::AppState,
        store::{
            self, StoreError, Tx,
            connection::ConnectionRow,
            job::JobRow,
            mirror,
            sync_run::{RunProgress, SyncRunRow, SyncTargetRow},
        },
        sync::{
            apply::Place,
            outcome::{Stop, explain_no_browse},
            queue::OpenJira,
            request::{find_refusal, to_json},
            snapshot,
        },
    },
};

/// Where a run goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Checkpoint {
    /// Phase that is not finished yet.
    phase: Phase,
    /// In the listing of issues: the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<PageToken>,
    /// In the search for missing ones: the last id that was confirmed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    after: String,
}

impl Checkpoint {
    fn at(phase: Phase) -> Self {
        Self {
            phase,
            page: None,
            after: String::new(),
        }
    }
}

/// A run in the hands of one worker.
struct Run<'a> {
    state: &'a AppState,
    job_id: &'a str,
    token: &'a str,
    id: String,
    /// Marks the rows that were seen.
    mark: String,
    version_id: String,
    target: SyncTargetRow,
    settings: Settings,
    client: JiraClient,
    checkpoint: Checkpoint,
    counts: SyncCounts,
    total: Option<u64>,
    trace: RunTrace,
    requests_written: u64,
    waited_written: u64,
}

/// Runs the job to its end. On `Ok` the run and the job are settled.
///
/// # Errors
/// Why it stops early; `outcome::judge` says what that means.
pub async fn synchronise(state: &AppState, job: &JobRow, run_id: &str, open: &OpenJira) -> Result<(), Stop> {
    let token = job.lease_token.as_deref().unwrap_or_default();
    let Some((row, target, settings)) = begin(state, job, token, run_id).await? else {
        return Ok(());
    };
    let OpenConnection {
        client,
        row: connection,
    } = open(state.clone(), target.connection_id.clone()).await?;
    let checkpoint = match row.checkpoint.as_str() {
        "" => Checkpoint::at(Phase::Metadata),
        text => serde_json::from_str(text)
            .map_err(|error| StoreError::inconsistent("sync_run", "checkpoint", error))?,
    };
    let mut run = Run {
        state,
        job_id: &job.id,
        token,
        mark: row.mark(),
        id: row.id,
        version_id: row.version_id,
        target,
        settings,
        requests_written: client.request_count(),
        waited_written: client.waited_ms(),
        client,
        checkpoint,
        counts: serde_json::from_str(&row.counts)
            .map_err(|error| StoreError::inconsistent("sync_run", "counts", error))?,
        total: row.total_count.and_then(|total| u64::try_from(total).ok()),
        trace: serde_json::from_str(&row.phases).unwrap_or_default(),
    };
    let outcome = run.work().await;
    if let Err(error) = tell_connection(state, &connection, &outcome).await {
        tracing::error!(job.id = job.id, error = ?error, "what Jira said to a token could not be written");
    }
    match outcome {
        Err(Stop::Jira(error))
            if error.class() == ErrorClass::Credential && is_replaced(state, &connection).await? =>
        {
            Err(Stop::TokenReplaced)
        }
        outcome => outcome,
    }
}

/// The connection's status follows from what Jira said to its token.
async fn tell_connection(
    state: &AppState,
    connection: &ConnectionRow,
    outcome: &Result<(), Stop>,
) -> ServerResult<()> {
    match outcome {
        Ok(()) => record_success(state, connection).await,
        Err(Stop::Jira(error)) => record_failure(state, connection, error).await,
        Err(_) => Ok(()),
    }
}

/// Whether somebody has entered another token since this one was opened. The run goes on with that from where it
/// is; each such turn is a person's doing, so there is an end to them.
async fn is_replaced(state: &AppState, used: &ConnectionRow) -> Result<bool, Stop> {
    let mut tx = state.database().read().await?;
    let row = store::connection::find(&mut tx, &used.id).await?;
    Ok(row.is_some_and(|row| row.token_set_at != used.token_set_at))
}

/// Takes the run up: proves the lease, marks it as running, loads what it works on. `None` when the
/// run is over already; the job is settled then.
async fn begin(
    state: &AppState,
    job: &JobRow,
    token: &str,
    run_id: &str,
) -> Result<Option<(SyncRunRow, SyncTargetRow, Settings)>, Stop> {
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    if !store::job::fence(&mut tx, &job.id, token, now).await? {
        return Err(Stop::Lost);
    }
    let row = store::sync_run::find(&mut tx, run_id).await?;
    let Some(mut row) =
        row.filter(|row| SyncRunState::find(&row.state).is_some_and(|state| !state.is_over()))
    else {
        store::job::complete(&mut tx, &job.id, token).await?;
        tx.commit().await?;
        return Ok(None);
    };
    if row.checkpoint.is_empty() && row.started_at.is_some() {
        // It begins anew, with other settings: what was counted under the old ones is void, and what was
        // seen carries the mark of the old pass.
        row.counts = to_json(&SyncCounts::default())?;
        row.total_count = None;
        row.phases = to_json(&RunTrace::default())?;
    }
    store::sync_run::start(&mut tx, run_id, now).await?;
    let target = store::sync_run::find_target(&mut tx, &row.configuration_id).await?;
    let settings = store::sync_run::find_settings(&mut tx, &row.version_id).await?;
    tx.commit().await?;
    let target = target.ok_or_else(|| Error::Internal("a run without configuration".into()))?;
    state
        .live()
        .send(LiveEvent::ConfigurationChanged(target.configuration_id.clone()));
    if row.cancel_requested {
        return Err(Stop::Cancelled);
    }
    if let Some(refusal) = find_refusal(&target)? {
        return Err(Stop::Refused(format!("Nothing was read. {refusal}")));
    }
    let settings = settings.ok_or_else(|| Error::Internal("a run without settings".into()))?;
    let settings = serde_json::from_str(&settings)
        .map_err(|error| StoreError::inconsistent("configuration_version", "settings", error))?;
    Ok(Some((row, target, settings)))
}

impl Run<'_> {
    async fn work(&mut self) -> Result<(), Stop> {
        if self.checkpoint.phase == Phase::Metadata {
            self.enter(Phase::Metadata).await?;
        }
        self.check_browse().await?;
        let index = FieldIndex::new(&self.client.list_fields().await?);
        if self.checkpoint.phase <= Phase::Releases {
            self.enter(Phase::Releases).await?;
            self.read_releases().await?;
        }
        if self.checkpoint.phase <= Phase::Sprints {
            self.enter(Phase::Sprints).await?;
            self.read_sprints().await?;
        }
        let fields = snapshot::field_selection(&self.settings, &index);
        let dates = self.load_dates().await?;
        if self.checkpoint.phase <= Phase::Issues {
            self.enter(Phase::Issues).await?;
            self.read_issues(&index, &fields, &dates).await?;
        }
        if self.checkpoint.phase <= Phase::Missing {
            self.enter(Phase::Missing).await?;
            self.find_missing(&index, &fields, &dates).await?;
        }
        self.finish().await
    }

    fn project(&self) -> Result<&JiraProject, Stop> {
        let project = self.settings.project.as_ref();
        Ok(project.ok_or_else(|| Error::Internal("settings without project".into()))?)
    }

    /// Refuses to go on when the account no longer sees the project: an empty listing would then mean
    /// nothing.
    async fn check_browse(&self) -> Result<(), Stop> {
        let project_id = &self.project()?.id;
        match self.client.my_permissions(Some(project_id)).await {
            Ok(permissions) if permissions.get("BROWSE_PROJECTS") == Some(&true) => Ok(()),
            Ok(_) | Err(JiraError::NotFound { .. } | JiraError::Forbidden { .. }) => {
                Err(Stop::Refused(explain_no_browse(&self.target)))
            }
            // Data Center answers 400 or 404 for a project it does not know.
            Err(JiraError::BadRequest { .. }) => Err(Stop::Refused(explain_no_browse(&self.target))),
            Err(error) => Err(error.into()),
        }
    }

    async fn finish(&mut self) -> Result<(), Stop> {
        self.enter(Phase::Finish).await?;
        let now = self.now();
        let mut tx = self.open().await?;
        mirror::delete_old_quarantined(&mut tx, &self.target.configuration_id, &self.mark).await?;
        self.total = Some(self.counts.seen());
        self.write_progress(&mut tx).await?;
        if !store::sync_run::finish(&mut tx, &self.id, SyncRunState::Done.code(), None, now).await? {
            return Err(Stop::Lost);
        }
        let project = self.project()?;
        store::sync_run::set_synced(
            &mut tx,
            &self.target.configuration_id,
            &self.version_id,
            project,
            now,
        )
        .await?;
        if !store::job::complete(&mut tx, self.job_id, self.token).await? {
            return Err(Stop::Lost);
        }
        tx.commit().await?;
        self.tell();
        Ok(())
    }

    fn now(&self) -> i64 {
        self.state.clock().now_ms()
    }

    fn place(&self) -> Place<'_> {
        Place {
            configuration_id: &self.target.configuration_id,
            mark: &self.mark,
            settings: &self.settings,
            now: self.now(),
        }
    }

    fn tell(&self) {
        self.state.live().send(LiveEvent::ConfigurationChanged(
            self.target.configuration_id.clone(),
        ));
    }

    /// A transaction that holds the configuration and has proven whose job it is.
    async fn open(&self) -> Result<Tx, Stop> {
        let mut tx = self.state.database().write().await?;
        store::configuration::lock(&mut tx, &self.target.configuration_id).await?;
        if store::job::fence(&mut tx, self.job_id, self.token, self.now()).await? {
            Ok(tx)
        } else {
            Err(Stop::Lost)
        }
    }

    async fn enter(&mut self, phase: Phase) -> Result<(), Stop> {
        self.trace.enter(phase, self.now());
        let within = self.checkpoint.phase == phase;
        self.pass(if within {
            self.checkpoint.clone()
        } else {
            Checkpoint::at(phase)
        })
        .await
    }

    /// Writes progress without rows.
    async fn pass(&mut self, checkpoint: Checkpoint) -> Result<(), Stop> {
        let tx = self.open().await?;
        self.commit(tx, checkpoint).await
    }

    /// The page edge: progress and checkpoint go with the rows, and what somebody wants of the run
    /// meanwhile is obeyed.
    async fn commit(&mut self, mut tx: Tx, checkpoint: Checkpoint) -> Result<(), Stop> {
        if self.checkpoint != checkpoint {
            store::job::reset_attempts(&mut tx, self.job_id, self.token).await?;
        }
        self.checkpoint = checkpoint;
        let cancel = self.write_progress(&mut tx).await?;
        tx.commit().await?;
        self.tell();
        if cancel { Err(Stop::Cancelled) } else { Ok(()) }
    }

    async fn write_progress(&mut self, tx: &mut Tx) -> Result<bool, Stop> {
        let (asked, waited) = (self.client.request_count(), self.client.waited_ms());
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let progress = RunProgress {
            phase: self.checkpoint.phase.code(),
            done: number(self.counts.seen()),
            total: self.total.map(number),
            counts: &to_json(&self.counts)?,
            checkpoint: &to_json(&self.checkpoint)?,
            phases: &to_json(&self.trace)?,
            requests: number(asked.saturating_sub(self.requests_written)),
            throttled_ms: number(waited.saturating_sub(self.waited_written)),
        };
        let Some((cancel, version)) = store::sync_run::save_progress(tx, &self.id, &progress).await? else {
            return Err(Stop::Lost);
        };
        if version != self.version_id {
            // Dropping the transaction takes this progress back: the run begins anew.
            return Err(Stop::Changed);
        }
        (self.requests_written, self.waited_written) = (asked, waited);
        Ok(cancel)
    }
}
