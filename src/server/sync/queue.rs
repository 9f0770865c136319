//! The worker: claims jobs, works on a few lanes at a time, gives signs of life, settles what came out.
//!
//! It looks into the queue twice a second and at once when it is woken. When the server stops, jobs are
//! given back at once and go on after the start. A panic in a job ends that attempt only: its lease
//! runs out and the job is taken up again, until its attempts are used up.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tokio::task::{JoinHandle, JoinSet};

use crate::{
    domain::{connection::ConnectionStatus, sync_status::SyncRunState},
    server::{
        app::connection::{OpenConnection, open_client},
        error::{Error, Result},
        live::LiveEvent,
        random,
        state::AppState,
        store::{
            self, StoreError,
            job::JobRow,
            sync_run::{SyncRunRow, SyncTargetRow, WAITS_FOR_JIRA, Wait},
        },
        sync::{
            outcome::{Stop, Verdict, judge},
            request::{JOB_KIND, SyncPayload, find_run_id},
            run,
            suspend::DISCONNECTED,
        },
    },
};

/// Jobs of different lanes that are worked on at a time.
const AT_A_TIME: usize = 4;
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Longest time between two looks whether a run is cancelled, where another process was asked for it.
const LOOK_FOR_CANCEL: Duration = Duration::from_secs(3);
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What a run says whose job cannot be read.
const UNREADABLE: &str =
    "The job of this sync cannot be read, so nothing was read from Jira. Press Sync to start another one.";
/// What a run says whose job ended its worker each time.
const WORN_OUT: &str = "Traceline stopped in the middle of this sync each time it was tried. What was read so far is kept. Press Sync to try again; if it happens again, tell whoever runs this server to look into its log.";

/// Opens a connection for the calls of a job.
pub type OpenJira = Arc<dyn Fn(AppState, String) -> BoxFuture<'static, Result<OpenConnection>> + Send + Sync>;

/// A worker of the queue; cheap to clone.
#[derive(Clone)]
pub struct Worker {
    state: AppState,
    open: OpenJira,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

/// Starts the worker; it ends when the server stops. Wait for it before the database is closed.
pub fn start_worker(state: AppState) -> JoinHandle<()> {
    tokio::spawn(Worker::new(state).run())
}

impl Worker {
    /// A worker that calls the real connections.
    pub fn new(state: AppState) -> Self {
        let open: OpenJira = Arc::new(|state, connection_id| {
            Box::pin(async move { open_client(&state, &connection_id).await })
        });
        Self { state, open }
    }

    /// The same worker with connections opened by the caller.
    #[must_use]
    pub fn with_jira(mut self, open: OpenJira) -> Self {
        self.open = open;
        self
    }

    /// Works until the server stops.
    pub async fn run(self) {
        if let Err(error) = self.release_own_leases().await {
            tracing::warn!(error = ?error, "leases of the last start could not be freed; they run out by themselves");
        }
        let shutdown = self.state.shutdown().clone();
        let mut running = JoinSet::new();
        while !shutdown.is_cancelled() {
            while let Some(ended) = running.try_join_next() {
                note_panic(ended);
            }
            let mut claimed = false;
            if running.len() < AT_A_TIME {
                match self.claim().await {
                    Ok(Some(job)) => {
                        claimed = true;
                        let worker = self.clone();
                        running.spawn(async move { worker.work_on(&job).await });
                    }
                    Ok(None) => {}
                    Err(error) => tracing::warn!(error = ?error, "the queue could not be read"),
                }
            }
            if !claimed {
                tokio::select! {
                    () = shutdown.cancelled() => {}
                    () = self.state.jobs().notified() => {}
                    Some(ended) = running.join_next() => note_panic(ended),
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
        while let Some(ended) = running.join_next().await {
            note_panic(ended);
        }
    }

    /// Works on one job that is due; gives whether there was one.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn run_next(&self) -> Result<bool> {
        match self.claim().await? {
            Some(job) => {
                self.work_on(&job).await;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// One process is alone on its SQLite file: whatever is leased there is a leftover.
    async fn release_own_leases(&self) -> Result<()> {
        let mut tx = self.state.database().write().await?;
        if !tx.is_postgres() {
            store::job::release_leases(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn claim(&self) -> Result<Option<JobRow>> {
        let mut tx = self.state.database().write().await?;
        let job = store::job::claim(&mut tx, &random::token(), self.state.clock().now_ms()).await?;
        if job.is_some() {
            tx.commit().await?;
        }
        Ok(job)
    }

    async fn work_on(&self, job: &JobRow) {
        let run_id = match parse(job) {
            Ok(run_id) => run_id,
            Err(error) => {
                tracing::error!(job.id = job.id, job.kind = job.kind, error = ?error, "a job cannot be read");
                let run_id = job.dedup_key.as_deref().and_then(find_run_id);
                Self::log(self.bury(job, run_id, UNREADABLE).await, job);
                return;
            }
        };
        if usize::try_from(job.attempt).is_ok_and(|attempt| attempt > store::job::ATTEMPTS) {
            tracing::error!(
                job.id = job.id,
                run.id = run_id,
                "a job ended its worker each time it was tried"
            );
            Self::log(self.bury(job, Some(&run_id), WORN_OUT).await, job);
            return;
        }
        let version = self.find_version(&run_id).await;
        let stop = tokio::select! {
            // On the heap: it is by far the largest part of this future.
            result = Box::pin(run::synchronise(&self.state, job, &run_id, &self.open)) => result.err(),
            () = self.heartbeat(job) => Some(Stop::Lost),
            () = self.wait_for_cancel(&run_id) => Some(Stop::Cancelled),
            () = self.state.shutdown().cancelled() => Some(Stop::Shutdown),
        };
        if let Some(stop) = stop {
            // The database may be busy for a moment; if it stays so the lease runs out by itself.
            for _ in 0..3 {
                match self.settle(job, &run_id, version.as_deref(), &stop).await {
                    Err(Error::Busy | Error::Store(StoreError::Busy | StoreError::Unavailable(_))) => {}
                    result => {
                        Self::log(result, job);
                        break;
                    }
                }
            }
        }
    }

    fn log(result: Result<()>, job: &JobRow) {
        if let Err(error) = result {
            tracing::error!(job.id = job.id, error = ?error, "what came out of a job could not be written");
        }
    }

    /// Gives signs of life; ends only when the lease is lost.
    async fn heartbeat(&self, job: &JobRow) {
        let token = job.lease_token.as_deref().unwrap_or_default();
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let now = self.state.clock().now_ms();
            let alive = async {
                let mut tx = self.state.database().write().await?;
                let alive = store::job::fence(&mut tx, &job.id, token, now).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(alive)
            };
            match alive.await {
                Ok(true) => {}
                Ok(false) => return,
                // The next sign of life may get through; the lease is long enough for several.
                Err(error) => {
                    tracing::warn!(job.id = job.id, error = ?error, "no sign of life could be written");
                }
            }
        }
    }

    /// Ends when somebody wants the run to end: a call that takes minutes need not be waited for. Another
    /// process may have been asked, so the row is looked at now and then too.
    async fn wait_for_cancel(&self, run_id: &str) {
        let mut changes = self.state.live().subscribe();
        loop {
            let look_at = async {
                let mut tx = self.state.database().read().await?;
                store::sync_run::find(&mut tx, run_id).await
            };
            if let Ok(Some(row)) = look_at.await
                && row.cancel_requested
            {
                return;
            }
            tokio::select! {
                // What changed does not matter, nor that some changes were missed.
                _changed = changes.recv() => {}
                () = tokio::time::sleep(LOOK_FOR_CANCEL) => {}
            }
        }
    }

    /// The settings that the run is to follow when the work on it begins.
    async fn find_version(&self, run_id: &str) -> Option<String> {
        let found = async {
            let mut tx = self.state.database().read().await?;
            store::sync_run::find(&mut tx, run_id).await
        };
        Some(found.await.ok()??.version_id)
    }

    /// Ends a job that cannot be worked on, and its run: a run left open would block its configuration.
    async fn bury(&self, job: &JobRow, run_id: Option<&str>, error: &str) -> Result<()> {
        let mut tx = self.state.database().write().await?;
        let run = match run_id {
            Some(id) => lock_run_owner(&mut tx, id).await?,
            None => None,
        };
        let ours = store::job::bury(
            &mut tx,
            &job.id,
            job.lease_token.as_deref().unwrap_or_default(),
            error,
        )
        .await?;
        if !ours {
            return Ok(());
        }
        let open = run.filter(|run| SyncRunState::find(&run.state).is_some_and(|state| !state.is_over()));
        if let Some(run) = &open {
            let now = self.state.clock().now_ms();
            fail(&mut tx, &run.id, &run.configuration_id, error, now).await?;
        }
        tx.commit().await?;
        if let Some(run) = open {
            self.state
                .live()
                .send(LiveEvent::ConfigurationChanged(run.configuration_id));
        }
        Ok(())
    }

    /// Writes what a stop means for job, run and configuration, together. A Proceed since the work
    /// began is not lost: what the old settings came to is no longer of interest.
    async fn settle(&self, job: &JobRow, run_id: &str, version: Option<&str>, stop: &Stop) -> Result<()> {
        let token = job.lease_token.as_deref().unwrap_or_default();
        let now = self.state.clock().now_ms();
        let mut tx = self.state.database().write().await?;
        lock_run_owner(&mut tx, run_id).await?;
        if !store::job::fence(&mut tx, &job.id, token, now).await? {
            return Ok(());
        }
        let Some(row) = store::sync_run::find_to_settle(&mut tx, run_id).await? else {
            store::job::complete(&mut tx, &job.id, token).await?;
            return Ok(tx.commit().await?);
        };
        let target = store::sync_run::find_target(&mut tx, &row.configuration_id).await?;
        // Somebody wanted it to end, and somebody else wants it again since.
        let wanted_again = matches!(stop, Stop::Cancelled) && !row.cancel_requested;
        let stop = if wanted_again { &Stop::Changed } else { stop };
        let verdict = match judge(stop, target.as_ref()) {
            keep @ (Verdict::Leave | Verdict::Wait(..)) => keep,
            _ if version.is_some_and(|version| version != row.version_id) => {
                judge(&Stop::Changed, target.as_ref())
            }
            verdict => verdict,
        };
        // Somebody wants the run to end, and it met no page edge since: it does not begin to wait.
        let verdict = if row.cancel_requested && verdict != Verdict::Leave {
            Verdict::Cancel
        } else {
            verdict
        };
        if let Stop::Server(error) = stop {
            tracing::warn!(run.id = run_id, error = ?error, "a sync run met an error of ours");
        }
        let ours = match &verdict {
            Verdict::Leave => return Ok(()),
            Verdict::Wait(ms, note, jiras_wish) => {
                let ours = store::job::snooze(&mut tx, &job.id, token, now + ms, note).await?;
                if ours {
                    let (waits_for, throttled_ms) = if *jiras_wish {
                        (WAITS_FOR_JIRA, *ms)
                    } else {
                        ("", 0)
                    };
                    let wait = Wait {
                        note,
                        retry_at: now + ms,
                        waits_for,
                        throttled_ms,
                    };
                    store::sync_run::hold(&mut tx, run_id, &wait).await?;
                }
                ours
            }
            Verdict::Retry(note) => match next_wait(&mut tx, job).await? {
                Some(wait) => {
                    let ours = store::job::retry(&mut tx, &job.id, token, now + wait, note).await?;
                    if ours {
                        let wait = Wait {
                            note,
                            retry_at: now + wait,
                            waits_for: "",
                            throttled_ms: 0,
                        };
                        store::sync_run::hold(&mut tx, run_id, &wait).await?;
                    }
                    ours
                }
                None => {
                    let text = match stop {
                        Stop::Jira(error) => super::outcome::explain(error, target.as_ref()),
                        _ => "The database of Traceline stayed busy. What was read so far is kept. Press Sync to try again.".into(),
                    };
                    let ours = store::job::bury(&mut tx, &job.id, token, &text).await?;
                    if ours {
                        fail(&mut tx, run_id, &row.configuration_id, &text, now).await?;
                    }
                    ours
                }
            },
            Verdict::Cancel => {
                let ours = store::job::complete(&mut tx, &job.id, token).await?;
                if ours {
                    let (state, why) = (SyncRunState::Cancelled.code(), find_cause(target.as_ref()));
                    store::sync_run::finish(&mut tx, run_id, state, why, now).await?;
                }
                ours
            }
            Verdict::Fail(text) => {
                let ours = store::job::complete(&mut tx, &job.id, token).await?;
                if ours {
                    fail(&mut tx, run_id, &row.configuration_id, text, now).await?;
                }
                ours
            }
        };
        if ours {
            tx.commit().await?;
            self.state
                .live()
                .send(LiveEvent::ConfigurationChanged(row.configuration_id));
        }
        Ok(())
    }
}

/// Why a run was cancelled, where nobody pressed Cancel.
fn find_cause(target: Option<&SyncTargetRow>) -> Option<&'static str> {
    let off = ConnectionStatus::Inactive.code();
    target
        .filter(|target| target.connection_status == off)
        .map(|_| DISCONNECTED)
}

/// Holds the configuration of a run, before its job and the run itself are touched; gives the run as it was
/// before.
async fn lock_run_owner(tx: &mut store::Tx, run_id: &str) -> Result<Option<SyncRunRow>> {
    let run = store::sync_run::find(tx, run_id).await?;
    if let Some(run) = &run {
        store::configuration::lock(tx, &run.configuration_id).await?;
    }
    Ok(run)
}

/// How long to wait before the next attempt; the row knows how often it was tried since it last got on.
async fn next_wait(tx: &mut store::Tx, job: &JobRow) -> Result<Option<i64>> {
    let attempt = store::job::find_attempt(tx, &job.id)
        .await?
        .unwrap_or(job.attempt);
    Ok(store::job::backoff_ms(attempt))
}

async fn fail(tx: &mut store::Tx, run_id: &str, configuration_id: &str, text: &str, now: i64) -> Result<()> {
    store::sync_run::finish(tx, run_id, SyncRunState::Failed.code(), Some(text), now).await?;
    Ok(store::sync_run::set_failed(tx, configuration_id, text, now).await?)
}

/// A job that panicked keeps its lease until it runs out; then it is tried again.
fn note_panic(ended: std::result::Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = %error, "a job panicked");
    }
}

fn parse(job: &JobRow) -> Result<String> {
    if job.kind != JOB_KIND {
        return Err(Error::Internal(format!("unknown kind of job {}", job.kind)));
    }
    let payload: SyncPayload = serde_json::from_str(&job.payload)
        .map_err(|error| StoreError::inconsistent("job", "payload", error))?;
    Ok(payload.run_id)
}
