//! Sync runs of a configuration: start, cancel, look, and what an open page is told while one runs.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, moment::MomentView},
    domain::{
        sync_plan::SyncCounts,
        sync_status::{ConfigurationStatus, Phase, SyncRunState, Trigger},
    },
};

/// Everything the page of a configuration's runs shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncView {
    /// Project.
    pub project_id: String,
    /// Configuration.
    pub configuration_id: String,
    /// What it is called, with its connection where that tells it from another one.
    pub name: String,
    /// Key of the Jira project.
    pub jira_key: String,
    /// Connection.
    pub connection_name: String,
    /// Status.
    pub status: ConfigurationStatus,
    /// Words to the status; may be empty.
    pub status_reason: String,
    /// End of the last good run.
    pub last_synced: Option<MomentView>,
    /// When this was read, on the reader's clock: "02:10:05".
    pub read_clock: String,
    /// The run on its way, else the newest one.
    pub current: Option<RunView>,
    /// Past runs, newest first, without `current` while it is on its way.
    pub past: Vec<RunView>,
    /// Work items that could not be read.
    pub quarantined: Vec<QuarantinedView>,
    /// Why no sync can be started now; empty when one can.
    pub start_refused: String,
    /// May start and cancel.
    pub may_sync: bool,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// Id.
    pub id: String,
    /// Where it stands.
    pub state: SyncRunState,
    /// What it does or did last.
    pub phase: Phase,
    /// Why it began.
    pub trigger: Trigger,
    /// Who asked; empty for nobody.
    pub requested_by: String,
    /// Work items done.
    pub done: u64,
    /// Work items in all, once Jira told it.
    pub total: Option<u64>,
    /// Whole percent, while a total is known.
    pub percent: Option<u8>,
    /// Whether the total is Jira's estimate.
    pub total_is_estimate: bool,
    /// Work items a second over the last half minute.
    pub rate: Option<u64>,
    /// Seconds left, about.
    pub seconds_left: Option<u64>,
    /// Counts.
    pub counts: SyncCounts,
    /// Calls to Jira.
    pub requests: u64,
    /// Seconds that Jira made it wait.
    pub throttled_seconds: u64,
    /// What holds it up; may be empty.
    pub note: String,
    /// When one that waits goes on, on the reader's clock.
    pub resumes_clock: Option<String>,
    /// Why it failed and what to do; may be empty.
    pub error: String,
    /// It ends at its next page.
    pub cancelling: bool,
    /// Began, or asked for while it has not.
    pub began: MomentView,
    /// How long it took in milliseconds, once it is over.
    pub took_ms: Option<i64>,
}

/// A work item kept aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedView {
    /// Key, or Jira's id where there is none.
    pub name: String,
    /// Why.
    pub reason: String,
    /// In Jira; empty where there is no key.
    pub href: String,
    /// Seen last.
    pub seen: MomentView,
}

/// The runs of a configuration.
///
/// # Errors
/// Not signed in; not theirs; unknown.
#[server(endpoint = "load_sync")]
pub async fn load_sync(project: String, configuration: String) -> Result<SyncView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeeIntegrations).await?;
    Ok(app::sync::load(&guard, &configuration).await?)
}

/// Starts a sync of a configuration; finds the one that is on its way.
///
/// # Errors
/// Not signed in; not allowed; unknown; archived, disconnected or never proceeded.
#[server(endpoint = "start_sync")]
pub async fn start_sync(project: String, configuration: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SyncNow).await?;
    Ok(app::sync::start(&guard, &configuration).await?)
}

/// Ends the sync of a configuration at its next page.
///
/// # Errors
/// Not signed in; not allowed; unknown; nothing is on its way.
#[server(endpoint = "cancel_sync")]
pub async fn cancel_sync(project: String, configuration: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SyncNow).await?;
    Ok(app::sync::cancel(&guard, &configuration).await?)
}
