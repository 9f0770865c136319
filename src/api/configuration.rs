//! Linked Jira projects of a project: the list, and beginning a new configuration.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, moment::MomentView},
    domain::{jira::Deployment, sync_status::ConfigurationStatus},
};

/// The page Integrations of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationsView {
    /// Project of ours.
    pub project_name: String,
    /// Whether this person may configure.
    pub configures: bool,
    /// Whether this person may make connections.
    pub manages_connections: bool,
    /// Active connections.
    pub connections: Vec<AvailableConnectionView>,
    /// Linked Jira projects, oldest first.
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
    /// Key of the Jira project; empty until one is chosen.
    pub key: String,
    /// Name of the Jira project.
    pub name: String,
    /// Board, or why there is none.
    pub board: String,
    /// Status.
    pub status: ConfigurationStatus,
    /// A sync is on its way.
    pub syncing: bool,
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
