//! Connections to Jira: the list, the form, the test, saving.
//!
//! No view holds a token or a part of one. [`ConnectionFields`] carries a typed token to the server and
//! never back.

use std::fmt;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, moment::MomentView, wizard::ProjectHit},
    domain::{
        connection::ConnectionStatus, connection_report::ConnectionReport, connection_rights::FeatureCheck,
        health::HourMark, jira::Deployment,
    },
};

/// A connection as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Cloud or Data Center.
    pub deployment: Deployment,
    /// Address for people.
    pub url: String,
    /// The address is not encrypted.
    pub unencrypted: bool,
    /// Status.
    pub status: ConnectionStatus,
    /// What happened.
    pub reason: String,
    /// What to do; may be empty.
    pub next_step: String,
    /// Whose token it is; may be empty.
    pub identity: String,
    /// Account email; empty on Data Center.
    pub email: String,
    /// Jira's version; may be empty.
    pub version: String,
    /// Keys of the Jira projects that are linked through it.
    pub linked: Vec<String>,
    /// End of the last good sync through it.
    pub last_synced: Option<MomentView>,
    /// Last check.
    pub checked: Option<MomentView>,
    /// The checks of the last 24 hours, by the hour, the present one last; empty before the first.
    pub marks: Vec<HourMark>,
    /// How long good checks took on average; may be empty.
    pub latency: String,
    /// What is not as it should be while it still counts as working; may be empty.
    pub degraded: String,
    /// Calls of the last 24 hours, in words; empty before the first.
    pub calls: String,
    /// When Jira knew the account last, where it does not now.
    pub worked: Option<MomentView>,
    /// When the token was entered.
    pub token_set: Option<MomentView>,
    /// Warning about the end of the token; may be empty.
    pub token_warning: String,
    /// Description.
    pub description: String,
}

/// How a connection stands: what an open list is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionStanding {
    /// Id.
    pub id: String,
    /// Status.
    pub status: ConnectionStatus,
    /// What happened.
    pub reason: String,
    /// What is not as it should be while it still counts as working; may be empty.
    pub degraded: String,
    /// Grows with every change by a person.
    pub revision: i64,
}

/// A Jira project that is linked through a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedProjectView {
    /// Our project.
    pub project: String,
    /// Key of the Jira project.
    pub key: String,
    /// A sync is on its way.
    pub syncing: bool,
}

/// What is known before a connection is disconnected or connected again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionSwitchView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Grows with every change by a person.
    pub revision: i64,
    /// Status.
    pub status: ConnectionStatus,
    /// What is in force through it.
    pub linked: Vec<LinkedProjectView>,
    /// Drafts that were never proceeded.
    pub drafts: u64,
}

/// The form as it is sent, and, without token, as it is shown.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionFields {
    /// The connection being edited; empty for a new one.
    pub id: String,
    /// Its revision when the form was made; empty for a new one.
    pub revision: String,
    /// Name.
    pub name: String,
    /// `cloud` or `data_center`.
    pub deployment: String,
    /// Organization URL.
    pub url: String,
    /// Account email.
    pub email: String,
    /// Typed token. Always empty on the way to the browser.
    pub token: String,
    /// `YYYY-MM-DD` or empty.
    pub token_expires: String,
    /// Description.
    pub description: String,
    /// Certificate authority, PEM.
    pub ca_pem: String,
    /// Id of a test whose token the server still holds; empty for none.
    pub kept: String,
}

impl fmt::Debug for ConnectionFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionFields")
            .field("id", &self.id)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What a test found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionTestView {
    /// The check list.
    pub report: ConnectionReport,
    /// What was put right about the token, or looks odd.
    pub notices: Vec<String>,
    /// What was put right about the address, which is shown as it was tested.
    #[serde(default)]
    pub url_notices: Vec<String>,
    /// When, in words.
    pub tested: String,
}

/// The form page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFormView {
    /// Values to show; the token is always empty.
    pub fields: ConnectionFields,
    /// "Set 19 Nov 2026 by Tomasz Wilk" where a token is stored.
    pub token_set: Option<String>,
    /// The last test: of this form, else the one stored.
    pub tested: Option<ConnectionTestView>,
    /// The test is of these very values, not the stored one.
    pub tested_now: bool,
    /// The form was turned to the other type of Jira, with what was typed.
    pub switched: bool,
    /// The server holds the tested token, so that Save works without typing it again.
    pub token_kept: bool,
    /// The connection as stored.
    pub stored: Option<ConnectionView>,
}

/// What a connection's account may do, as Jira tells it now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRightsView {
    /// Id of the connection.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose token it is; may be empty.
    pub account: String,
    /// What was searched for; may be empty.
    pub query: String,
    /// Jira projects that are linked through the connection, by id and key.
    pub linked: Vec<ProjectHit>,
    /// Jira projects that match; absent without a search.
    pub hits: Option<Vec<ProjectHit>>,
    /// There are more of them.
    pub more: bool,
    /// The chosen project; absent for "in at least one".
    pub project: Option<ProjectRightsView>,
    /// The features; empty when Jira did not tell.
    pub features: Vec<FeatureCheck>,
    /// When, in words.
    pub checked: String,
    /// What could not be asked, and what to do; may be empty.
    pub problem: String,
}

/// How a connection stood in the last 24 hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionHealthView {
    /// The connection, as on the list.
    pub connection: ConnectionView,
    /// The next check; absent when it comes at once, or not by itself.
    pub next_check: Option<MomentView>,
    /// No check comes by itself: Jira refused the token, and a third try could lock the account.
    pub waits: bool,
    /// The hours, the present one first; empty before the first check.
    pub hours: Vec<ConnectionHourView>,
}

/// The checks and calls of an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionHourView {
    /// When it began.
    pub began: String,
    /// How its checks came out.
    pub mark: HourMark,
    /// The same in words.
    pub checks: String,
    /// How long good checks took on average, in milliseconds.
    pub latency_ms: Option<u64>,
    /// Calls of every kind, in words; may be empty.
    pub calls: String,
}

/// The project that rights were asked of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRightsView {
    /// The project.
    pub project: ProjectHit,
    /// What its create screens require, in sentences.
    pub screens: Vec<String>,
}

/// All connections, those in error first.
///
/// # Errors
/// Not signed in, or not allowed.
#[server(endpoint = "list_connections")]
pub async fn list_connections() -> Result<Vec<ConnectionView>, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::connection_list::list_connections(&guard).await?)
}

/// The form of a new connection, or of a stored one by `id`; `test` names a test just made.
///
/// # Errors
/// Not signed in, not allowed, or unknown.
#[server(endpoint = "load_connection_form")]
pub async fn load_connection_form(
    id: Option<String>,
    test: Option<String>,
) -> Result<ConnectionFormView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::connection_list::load_form(&guard, id.as_deref(), test.as_deref()).await?)
}

/// What a connection's account may do: in the Jira project with this id, or, when it is empty, in at least one;
/// and the projects that match `query`, unless that is empty.
///
/// # Errors
/// Not signed in, not allowed, or unknown; too many looks.
#[server(endpoint = "load_connection_rights")]
pub async fn load_connection_rights(
    id: String,
    project: String,
    query: String,
) -> Result<ConnectionRightsView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::connection_rights::load_rights(&guard, &id, &project, &query).await?)
}

/// How a connection stood in the last 24 hours.
///
/// # Errors
/// Not signed in, not allowed, or unknown.
#[server(endpoint = "load_connection_health")]
pub async fn load_connection_health(id: String) -> Result<ConnectionHealthView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::connection_list::load_health(&guard, &id).await?)
}

/// The form posted: `do` is `save` (tests again, then saves), `test` (saves nothing, keeps the result for
/// the page) or `switch` (keeps what was typed under the other type of Jira). Leads to the list, or back to the form.
///
/// # Errors
/// Not allowed; fields that do not hold; too many tests; a test that failed; changed by somebody else.
#[server(endpoint = "save_connection")]
pub async fn save_connection(
    #[server(rename = "do")] action: String,
    form: ConnectionFields,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth, request},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    request::redirect(&app::connection_form::submit(&guard, &action, &form).await?);
    Ok(())
}

/// What is known before a connection is disconnected or connected again.
///
/// # Errors
/// Not signed in, not allowed, or unknown.
#[server(endpoint = "load_connection_switch")]
pub async fn load_connection_switch(id: String) -> Result<ConnectionSwitchView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::connection_switch::load_switch(&guard, &id).await?)
}

/// Disconnects a connection. Leads to the list.
///
/// # Errors
/// Not allowed; unknown; changed by somebody meanwhile.
#[server(endpoint = "disconnect_connection")]
pub async fn disconnect_connection(id: String, revision: i64) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::connection_switch::disconnect(&guard, &id, revision).await?)
}

/// Tests a disconnected connection and connects it again. Leads to the list.
///
/// # Errors
/// Not allowed; unknown; changed by somebody meanwhile; too many tests.
#[server(endpoint = "reconnect_connection")]
pub async fn reconnect_connection(id: String, revision: i64) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::connection_switch::reconnect(&guard, &id, revision).await?)
}
