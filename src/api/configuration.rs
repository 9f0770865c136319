//! Linked Jira projects of a project: the list, beginning a configuration, discarding a draft, removing.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, moment::MomentView},
    domain::{
        configuration::{Discarded, Holdings},
        jira::Deployment,
        sync_status::ConfigurationStatus,
    },
};

/// The page Integrations of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationsView {
    /// Project of ours.
    pub project_name: String,
    /// Whether this person may configure.
    pub configures: bool,
    /// Whether this person may start a sync.
    pub syncs: bool,
    /// Whether this person may make connections.
    pub manages_connections: bool,
    /// Active connections.
    pub connections: Vec<AvailableConnectionView>,
    /// Linked Jira projects, oldest first; drafts that were never proceeded only for those who configure.
    pub configurations: Vec<ConfigurationView>,
    /// Names of those who can make a connection.
    pub connection_makers: Vec<String>,
    /// Names of the Project Admins.
    pub project_admins: Vec<String>,
    /// How many connections are there but not active.
    pub inactive_connections: usize,
}

/// A connection that can be used for a new configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailableConnectionView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Cloud or Data Center.
    pub deployment: Deployment,
    /// Host of the site.
    pub host: String,
}

/// A linked Jira project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationView {
    /// Id.
    pub id: String,
    /// What it is called, with its connection where that tells it from another one.
    pub label: String,
    /// Key of the Jira project; empty until one is chosen.
    pub key: String,
    /// Name of the Jira project.
    pub name: String,
    /// Board, or why there is none.
    pub board: String,
    /// Status.
    pub status: ConfigurationStatus,
    /// How far the sync on its way is ("Syncing, 59%"); empty without one.
    pub syncing: String,
    /// Why no sync can be started now; empty when one can.
    pub sync_refused: String,
    /// What is pulled: the main thing, and the rest in one line; empty before the first sync.
    pub pulled: (String, String),
    /// The Jira project in Jira; empty until one is chosen.
    pub jira_href: String,
    /// Reason of the status; may be empty.
    pub status_reason: String,
    /// Connection.
    pub connection_name: String,
    /// Cloud or Data Center.
    pub deployment: Deployment,
    /// "Draft, step 4 of 6" while the draft is not what runs; may be empty.
    pub draft_note: String,
    /// Who saved the draft last.
    pub draft_saved_by: String,
    /// When.
    pub draft_saved: MomentView,
    /// Step to resume at, 1 to 6.
    pub resume_step: u8,
    /// Whether it was ever proceeded.
    pub proceeded: bool,
    /// End of the last good sync.
    pub last_synced: Option<MomentView>,
}

/// What is known before a draft is discarded or an integration removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationEndView {
    /// Id.
    pub id: String,
    /// What it is called, with its connection where that tells it from another one; empty before a Jira project is
    /// chosen.
    pub name: String,
    /// Connection.
    pub connection_name: String,
    /// Revision of the draft, that discarding has to name.
    pub revision: i64,
    /// What discarding the draft would do; `None` when there is nothing to discard.
    pub discards: Option<Discarded>,
    /// Highest step saved, 0 to 6.
    pub step: u8,
    /// Who saved the draft last.
    pub saved_by: String,
    /// When, in words.
    pub saved: String,
    /// What is mirrored.
    pub holdings: Holdings,
    /// Sync runs.
    pub runs: u64,
    /// A sync is on its way.
    pub syncing: bool,
}

/// The page Integrations of a project.
///
/// # Errors
/// Not signed in, not allowed.
#[server(endpoint = "load_integrations")]
pub async fn load_integrations(project: String) -> Result<IntegrationsView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeeIntegrations).await?;
    Ok(app::configuration::load_integrations(&guard).await?)
}

/// Begins a configuration on a connection and leads to its first step.
///
/// # Errors
/// Not allowed; connection unknown or not active.
#[server(endpoint = "create_configuration")]
pub async fn create_configuration(project: String, connection: String) -> Result<String, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::configuration::create(&guard, &connection).await?)
}

/// What is known before the draft of a configuration is discarded or the configuration removed.
///
/// # Errors
/// Not allowed; unknown.
#[server(endpoint = "load_configuration_end")]
pub async fn load_configuration_end(
    project: String,
    configuration: String,
) -> Result<ConfigurationEndView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::configuration_end::load_end(&guard, &configuration).await?)
}

/// Discards the draft with this revision: a configuration that was never proceeded goes with it, another one goes
/// back to what was proceeded last. Leads to the page Integrations.
///
/// # Errors
/// Not allowed; unknown; nothing to discard; saved by somebody meanwhile.
#[server(endpoint = "discard_draft")]
pub async fn discard_draft(
    project: String,
    configuration: String,
    draft_revision: i64,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::configuration_end::discard_draft(&guard, &configuration, draft_revision).await?)
}

/// Removes a configuration with everything that was mirrored by it. Leads to the page Integrations.
///
/// # Errors
/// Not allowed; unknown.
#[server(endpoint = "remove_configuration")]
pub async fn remove_configuration(project: String, configuration: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::configuration_end::remove(&guard, &configuration).await?)
}
