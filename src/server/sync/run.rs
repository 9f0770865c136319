//! The job that synchronises one configuration, phase by phase.
//!
//! Releases come first, so that Plans has something to show within seconds. Every page is written in
//! one transaction together with the counts, the checkpoint and the proof that the job is still ours;
//! whoever takes the job over goes on behind the last page that was written. What Jira no longer
//! lists is looked for only after a complete listing, and each candidate is confirmed by a read of its
//! id. Can go wrong: a stored page token that Jira no longer knows; the listing then begins anew, and
//! issues that were counted are not counted again.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        sync_plan::SyncCounts,
        sync_status::{ConfigurationStatus, GoneReason, Phase, RunTrace, SyncRunState},
        wizard::Settings,
    },
    server::{
        error::Error,
        jira::{FieldIndex, FieldSelection, JiraClient, JiraError, PageGuard, PageToken},
        live::LiveEvent,
        state::AppState,
        store::{
            self, StoreError, Tx,
            job::JobRow,
            mirror, mirror_plan,
            sync_run::{RunProgress, SyncRunRow, SyncTargetRow},
        },
        sync::{
            apply::{self, Dates, Place},
            outcome::{Stop, explain_no_browse},
            queue::OpenJira,
            request::to_json,
            snapshot::{self, ReadPage},
        },
    },
};

const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
/// Candidates that are confirmed between two checkpoints.
const CONFIRM_BATCH: i64 = 20;

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
    version_id: String,
    target: SyncTargetRow,
    settings: Settings,
    client: JiraClient,
    checkpoint: Checkpoint,
    counts: SyncCounts,
    total: Option<u64>,
    trace: RunTrace,
    requests_written: u64,
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
    let client = open(state.clone(), target.connection_id.clone()).await?;
    let checkpoint = match row.checkpoint.as_str() {
        "" => Checkpoint::at(Phase::Metadata),
        text => serde_json::from_str(text)
            .map_err(|error| StoreError::inconsistent("sync_run", "checkpoint", error))?,
    };
    let mut run = Run {
        state,
        job_id: &job.id,
        token,
        id: row.id,
        version_id: row.version_id,
        target,
        settings,
        requests_written: client.request_count(),
        client,
        checkpoint,
        counts: serde_json::from_str(&row.counts)
            .map_err(|error| StoreError::inconsistent("sync_run", "counts", error))?,
        total: row.total_count.and_then(|total| u64::try_from(total).ok()),
        trace: serde_json::from_str(&row.phases).unwrap_or_default(),
    };
    run.work().await
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
    if !store::job::extend(&mut tx, &job.id, token, now).await? {
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
        // It begins anew, with other settings: what was seen and counted under the old ones is void.
        mirror::forget_seen(&mut tx, &row.configuration_id, run_id).await?;
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
    if target.status == ConfigurationStatus::Archived.code() {
        return Err(Stop::Refused(
            "This configuration is archived, so nothing was read. Unarchive it to sync again.".into(),
        ));
    }
    if target.connection_status == "inactive" {
        return Err(Stop::Refused(format!(
            "The connection {} is disconnected, so nothing was read. An account admin can reconnect it under Admin > Integrations; then press Sync.",
            target.connection_name
        )));
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

    fn project_id(&self) -> Result<&str, Stop> {
        let project = self.settings.project.as_ref();
        Ok(project
            .map(|project| project.id.as_str())
            .ok_or_else(|| Error::Internal("settings without project".into()))?)
    }

    /// Refuses to go on when the account no longer sees the project: an empty listing would then mean
    /// nothing.
    async fn check_browse(&self) -> Result<(), Stop> {
        let project_id = self.project_id()?;
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

    async fn read_releases(&mut self) -> Result<(), Stop> {
        let (listing, whole) = self.client.read_releases(self.project_id()?).await?;
        let mut tx = self.open().await?;
        apply::apply_releases(&mut tx, self.place(), &listing, whole).await?;
        self.commit(tx, Checkpoint::at(Phase::Sprints)).await
    }

    async fn read_sprints(&mut self) -> Result<(), Stop> {
        let (listing, whole) = match &self.settings.board {
            Some(board) if self.settings.sprints_off_reason().is_none() => {
                match self.client.read_sprints(board).await {
                    Ok(listing) => listing,
                    Err(JiraError::NotFound { .. } | JiraError::Forbidden { .. }) => {
                        return Err(Stop::Refused(format!(
                            "The account of {} does not see the board {} any more. What was synced before is kept. Give it access to the board, or choose another one in step 1 and Proceed.",
                            self.target.connection_name, board.name
                        )));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            _ => (Vec::new(), true),
        };
        let closed_since = Timestamp::from_millisecond(self.now() - YEAR_MS).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut tx = self.open().await?;
        apply::apply_sprints(&mut tx, self.place(), &listing, closed_since, whole).await?;
        self.commit(tx, Checkpoint::at(Phase::Issues)).await
    }

    async fn load_dates(&self) -> Result<Dates, Stop> {
        let mut tx = self.state.database().read().await?;
        let zone = store::setting::find(&mut tx, store::setting::TIME_ZONE).await?;
        Ok(Dates {
            releases: mirror_plan::list_releases(&mut tx, &self.target.configuration_id).await?,
            sprints: mirror_plan::list_sprints(&mut tx, &self.target.configuration_id).await?,
            zone: zone
                .and_then(|zone| TimeZone::get(&zone).ok())
                .unwrap_or(TimeZone::UTC),
        })
    }

    async fn read_issues(
        &mut self,
        index: &FieldIndex,
        fields: &FieldSelection,
        dates: &Dates,
    ) -> Result<(), Stop> {
        let Some(jql) = snapshot::issues_query(&self.settings) else {
            self.total = Some(0);
            return self.pass(Checkpoint::at(Phase::Missing)).await;
        };
        if self.total.is_none() {
            self.total = Some(self.client.count_issues(&jql).await?.n);
            self.pass(Checkpoint {
                page: self.checkpoint.page.clone(),
                ..Checkpoint::at(Phase::Issues)
            })
            .await?;
        }
        let mut page = self.checkpoint.page.clone();
        let mut resumed = page.is_some();
        let mut guard = PageGuard::default();
        loop {
            let read = match snapshot::read_page(&self.client, &jql, fields, index, page.clone()).await {
                // Jira forgets page tokens after a while: begin the listing anew.
                Err(JiraError::BadRequest { .. } | JiraError::BadAnswer { what: "page token" })
                    if resumed =>
                {
                    resumed = false;
                    page = None;
                    guard = PageGuard::default();
                    continue;
                }
                read => read?,
            };
            resumed = false;
            let checkpoint = match &read.next {
                Some(next) => {
                    guard.accept(next)?;
                    Checkpoint {
                        page: Some(next.clone()),
                        ..Checkpoint::at(Phase::Issues)
                    }
                }
                None => Checkpoint::at(Phase::Missing),
            };
            self.apply(&read, dates, checkpoint).await?;
            match read.next {
                Some(next) => page = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn apply(&mut self, read: &ReadPage, dates: &Dates, checkpoint: Checkpoint) -> Result<(), Stop> {
        let mut tx = self.open().await?;
        let counts = apply::apply_page(&mut tx, self.place(), read, dates).await?;
        self.counts.add(counts);
        self.trace.sample(self.now(), self.counts.seen());
        self.commit(tx, checkpoint).await
    }

    /// The listing was complete: whatever it did not show is read by its id, one by one.
    async fn find_missing(
        &mut self,
        index: &FieldIndex,
        fields: &FieldSelection,
        dates: &Dates,
    ) -> Result<(), Stop> {
        loop {
            let after = self.checkpoint.after.clone();
            let mut tx = self.state.database().read().await?;
            let unseen = mirror::list_unseen(
                &mut tx,
                &self.target.configuration_id,
                &self.id,
                &after,
                CONFIRM_BATCH,
            )
            .await?;
            drop(tx);
            let Some(last) = unseen.last().map(|row| row.known.jira_id.clone()) else {
                return self.pass(Checkpoint::at(Phase::Finish)).await;
            };
            let mut back = ReadPage::default();
            let mut gone = Vec::new();
            for row in &unseen {
                let jira_id = &row.known.jira_id;
                match self.client.get_issue(jira_id, fields).await {
                    Ok(raw) if raw.id.as_ref() == Some(jira_id) => snapshot::add(&mut back, index, &raw),
                    Ok(_) | Err(JiraError::NotFound { .. }) => gone.push((jira_id, GoneReason::Deleted)),
                    Err(JiraError::Forbidden { .. }) => gone.push((jira_id, GoneReason::NotVisible)),
                    Err(error) => return Err(error.into()),
                }
            }
            if !gone.is_empty() {
                // The right may have been taken away in the middle: then not found means nothing.
                self.check_browse().await?;
            }
            let mut tx = self.open().await?;
            for (jira_id, reason) in gone {
                let now = self.now();
                self.counts.gone += u64::from(
                    mirror::mark_gone(&mut tx, &self.target.configuration_id, jira_id, reason, now).await?,
                );
            }
            let counts = apply::apply_page(&mut tx, self.place(), &back, dates).await?;
            self.counts.add(counts);
            self.commit(
                tx,
                Checkpoint {
                    after: last,
                    ..Checkpoint::at(Phase::Missing)
                },
            )
            .await?;
        }
    }

    async fn finish(&mut self) -> Result<(), Stop> {
        self.enter(Phase::Finish).await?;
        let now = self.now();
        let mut tx = self.open().await?;
        mirror::delete_old_quarantined(&mut tx, &self.target.configuration_id, &self.id).await?;
        self.total = Some(self.counts.seen());
        self.write_progress(&mut tx).await?;
        if !store::sync_run::finish(&mut tx, &self.id, SyncRunState::Done.code(), None, now).await? {
            return Err(Stop::Lost);
        }
        store::sync_run::set_synced(&mut tx, &self.target.configuration_id, &self.version_id, now).await?;
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
            run_id: &self.id,
            settings: &self.settings,
            now: self.now(),
        }
    }

    fn tell(&self) {
        self.state.live().send(LiveEvent::ConfigurationChanged(
            self.target.configuration_id.clone(),
        ));
    }

    /// A transaction that has proven whose job it is.
    async fn open(&self) -> Result<Tx, Stop> {
        let mut tx = self.state.database().write().await?;
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
        let asked = self.client.request_count();
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let progress = RunProgress {
            phase: self.checkpoint.phase.code(),
            done: number(self.counts.seen()),
            total: self.total.map(number),
            counts: &to_json(&self.counts)?,
            checkpoint: &to_json(&self.checkpoint)?,
            phases: &to_json(&self.trace)?,
            requests: number(asked.saturating_sub(self.requests_written)),
        };
        let Some((cancel, version)) = store::sync_run::save_progress(tx, &self.id, &progress).await? else {
            return Err(Stop::Lost);
        };
        if version != self.version_id {
            // Dropping the transaction takes this progress back: the run begins anew.
            return Err(Stop::Changed);
        }
        self.requests_written = asked;
        Ok(cancel)
    }
}
