//! Asking for a sync run, and asking it to end.
//!
//! Runs and jobs are made in the caller's transaction, so that a Proceed is stored together with its
//! run or not at all. Pressing twice finds the first run.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        ids::SyncRunId,
        standing::refuse_sync,
        sync_plan::SyncCounts,
        sync_status::{Phase, SyncRunState, Trigger},
    },
    server::{
        error::{Error, Result},
        random,
        store::{
            self, StoreError, Tx,
            job::NewJob,
            standing::{parse_ground, parse_own_status},
            sync_run::{NewSyncRun, SyncRunRow, SyncTargetRow, WAITS_FOR_JIRA, Wait},
        },
        sync::outcome::SLOW_DOWN,
    },
};

/// Kind of the job.
pub const JOB_KIND: &str = "synchronise";
/// Begins the key of a job, before the id of its run.
const KEY_PREFIX: &str = "sync:";
/// Bulk work: single refreshes overtake it.
const PRIORITY: i64 = 100;

/// What came of asking for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedRun {
    /// A new run waits for a worker.
    Started(SyncRunId),
    /// A run of this configuration is on its way already. With other settings it begins anew with them.
    AlreadyRunning(SyncRunId),
}

impl RequestedRun {
    /// The run, new or not.
    pub fn run_id(&self) -> &SyncRunId {
        match self {
            Self::Started(id) | Self::AlreadyRunning(id) => id,
        }
    }
}

/// What the job carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SyncPayload {
    /// Run.
    pub run_id: String,
}

/// Key that keeps a run from being queued twice.
pub(super) fn dedup_key(run_id: &str) -> String {
    format!("{KEY_PREFIX}{run_id}")
}

/// The run that a key belongs to.
pub(super) fn find_run_id(dedup_key: &str) -> Option<&str> {
    dedup_key.strip_prefix(KEY_PREFIX)
}

/// Asks for a run of a configuration, in the caller's transaction. A new run follows the version that was
/// proceeded last; `version_id` is that of a Proceed, which a run on its way has to follow too. After the commit,
/// [`crate::server::state::AppState::jobs`] may be notified to begin at once; otherwise the worker
/// finds the job within half a second.
///
/// # Errors
/// As the store.
pub async fn request_run(
    tx: &mut Tx,
    configuration_id: &str,
    version_id: &str,
    connection_id: &str,
    trigger: Trigger,
    requested_by: Option<&str>,
    now: i64,
) -> Result<RequestedRun> {
    let id = random::new_id();
    let counts = to_json(&SyncCounts::default())?;
    let run = NewSyncRun {
        id: &id,
        configuration_id,
        trigger: trigger.code(),
        requested_by,
        phase: Phase::Metadata.code(),
        counts: &counts,
        now,
    };
    // A run may end between two of these statements; then there is room for a new one.
    let mut again = true;
    while !store::sync_run::insert(tx, &run).await? {
        let current = store::sync_run::find_current(tx, configuration_id).await?;
        if let Some(current) = current {
            // The job first: everybody locks it before its run.
            let pulled = pull_forward(tx, &current, now).await?;
            if follow(tx, &current, version_id, trigger).await? {
                tell_wait(tx, &current, pulled, now).await?;
                return Ok(RequestedRun::AlreadyRunning(parse_run_id(&current.id)?));
            }
        }
        if !std::mem::take(&mut again) {
            return Err(match store::configuration::find(tx, configuration_id).await? {
                Some(_) => Error::Busy,
                None => StoreError::OwnerGone.into(),
            });
        }
    }
    let payload = to_json(&SyncPayload { run_id: id.clone() })?;
    let key = dedup_key(&id);
    let job = NewJob {
        kind: JOB_KIND,
        payload: &payload,
        dedup_key: Some(&key),
        lane: connection_id,
        priority: PRIORITY,
        run_at: now,
        now,
    };
    store::job::enqueue(tx, &random::new_id(), &job).await?;
    Ok(RequestedRun::Started(parse_run_id(&id)?))
}

/// Lets a run on its way follow other settings. Only Proceed has a say in that: whoever presses Sync may
/// have read the version before it. `false` when the run is over.
async fn follow(tx: &mut Tx, run: &SyncRunRow, version_id: &str, trigger: Trigger) -> Result<bool> {
    // A run that is being cancelled does not catch up on anything: it begins anew.
    let revives = trigger == Trigger::Reconnect && run.cancel_requested;
    if !revives && (trigger != Trigger::Proceed || run.version_id == version_id) {
        return Ok(true);
    }
    Ok(store::sync_run::change_version(tx, &run.id, version_id).await?)
}

/// Whether the run waits because Jira asked for it: such a wait is not shortened.
fn waits_for_jira(run: &SyncRunRow, now: i64) -> bool {
    run.waits_for == WAITS_FOR_JIRA && run.retry_at.is_some_and(|at| at > now)
}

/// Somebody wants a run now that waits: a wait of ours ends. Gives whether one did.
async fn pull_forward(tx: &mut Tx, run: &SyncRunRow, now: i64) -> Result<bool> {
    if run.retry_at.is_none() || waits_for_jira(run, now) {
        return Ok(false);
    }
    Ok(store::job::pull_forward(tx, &dedup_key(&run.id), now).await?)
}

/// The run says what became of its wait: it is over, or it stays because Jira asked for it.
async fn tell_wait(tx: &mut Tx, run: &SyncRunRow, pulled: bool, now: i64) -> Result<()> {
    if pulled {
        store::sync_run::release(tx, &run.id).await?;
    } else if let Some(retry_at) = run.retry_at.filter(|_| waits_for_jira(run, now)) {
        let note =
            format!("{SLOW_DOWN} Sync and Proceed cannot shorten this wait; the sync goes on by itself.");
        let wait = Wait {
            note: &note,
            retry_at,
            waits_for: WAITS_FOR_JIRA,
            throttled_ms: 0,
        };
        store::sync_run::hold(tx, &run.id, &wait).await?;
    }
    Ok(())
}

/// Why no run of this configuration can begin; `None` when one can.
///
/// # Errors
/// A stored code that is none.
pub fn find_refusal(target: &SyncTargetRow) -> Result<Option<String>> {
    let own = parse_own_status(&target.status)?;
    let ground = parse_ground(
        &target.connection_name,
        &target.connection_status,
        &target.connection_reason,
    )?;
    Ok(refuse_sync(own, target.proceeded_version_id.is_some(), ground))
}

/// Ends a run, for the reason it may be given: at once while it waits, else whoever works on it stops as soon as
/// it is told.
///
/// # Errors
/// As the store.
pub async fn cancel_run(tx: &mut Tx, run: &SyncRunRow, why: Option<&str>, now: i64) -> Result<()> {
    if store::job::delete_waiting(tx, &dedup_key(&run.id)).await? {
        store::sync_run::finish(tx, &run.id, SyncRunState::Cancelled.code(), why, now).await?;
    } else {
        store::sync_run::request_cancel(tx, &run.id).await?;
    }
    Ok(())
}

/// Takes the work on all runs of a configuration away, in the caller's transaction: nobody begins one any more, and
/// a worker in the middle of one can write nothing more.
///
/// # Errors
/// As the store.
pub async fn drop_runs(tx: &mut Tx, configuration_id: &str) -> Result<()> {
    store::job::delete_of_configuration(tx, configuration_id, KEY_PREFIX).await?;
    Ok(())
}

/// Removes dead jobs that were due before a moment, then runs that are over, all but the last `keep` of each
/// configuration and those that still matter.
///
/// # Errors
/// As the store.
pub async fn forget_old(tx: &mut Tx, keep: i64, due_before: i64) -> Result<()> {
    store::job::delete_dead(tx, due_before).await?;
    store::sync_run::delete_old(tx, keep, KEY_PREFIX).await?;
    Ok(())
}

fn parse_run_id(id: &str) -> Result<SyncRunId> {
    Ok(id
        .parse()
        .map_err(|error| StoreError::inconsistent("sync_run", "id", error))?)
}

/// JSON of one of our own types.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Internal(format!("cannot be written as JSON: {error}")))
}
