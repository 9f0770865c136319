//! Notices for the people who can act, and where messages about them are sent to.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, moment::MomentView};

/// Where a notice leads: to what mends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeTarget {
    /// The form of a connection.
    Connection(String),
    /// The sync runs of a configuration: project and configuration.
    Sync(String, String),
    /// The mapping of a configuration: project, configuration and the number of the step.
    Mapping(String, String, u8),
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    /// Something does not work now.
    pub fails: bool,
    /// What happened.
    pub title: String,
    /// Why, and what to do; may be empty.
    pub detail: String,
    /// Where it is mended.
    pub target: NoticeTarget,
}

/// Where messages about notices are sent to, and how the last one fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeHookView {
    /// Host of the address; the rest of it is a secret.
    pub host: String,
    /// "Set 19 Nov by Tomasz Wilk".
    pub set: String,
    /// When the last message was sent, if any was.
    pub sent: Option<MomentView>,
    /// Why it did not arrive; empty when it did.
    pub trouble: String,
    /// Messages that are on their way.
    pub waiting: u64,
}

/// All notices of the viewer, and the address of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesView {
    /// What holds now.
    pub notices: Vec<NoticeView>,
    /// Where messages go, if anywhere.
    pub hook: Option<NoticeHookView>,
}

/// All notices, and where messages about them go.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "load_notices")]
pub async fn load_notices() -> Result<NoticesView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::notice_hook::load(&guard).await?)
}

/// Sets the address that messages are sent to, and the secret that signs them.
///
/// # Errors
/// Not allowed; fields.
#[server(endpoint = "save_notice_hook")]
pub async fn save_notice_hook(
    #[server(default)] hook_url: String,
    #[server(default)] hook_secret: String,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::notice_hook::save(&guard, &hook_url, hook_secret.into()).await?)
}

/// Sends a message that says it is a test, now.
///
/// # Errors
/// Not allowed; no address; too many tests. That it did not arrive is told on the page.
#[server(endpoint = "test_notice_hook")]
pub async fn test_notice_hook() -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::notice_hook::test(&guard).await?)
}

/// Ends the sending of messages.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "delete_notice_hook")]
pub async fn delete_notice_hook() -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::notice_hook::delete(&guard).await?)
}
