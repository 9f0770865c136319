//! Settings of the organisation.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// Organisation name.
    pub organisation: String,
    /// Public address.
    pub public_url: String,
    /// Whether the configuration fixes it.
    pub public_url_is_fixed: bool,
    /// Whether the viewer may change the public address.
    pub may_change_address: bool,
    /// The address this request came to.
    pub seen_address: String,
    /// IANA time zone.
    pub time_zone: String,
}

/// The settings.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "load_settings")]
pub async fn load_settings() -> Result<SettingsView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::organisation::load_settings(&auth::account(Capability::ManageConnections).await?).await?)
}

/// Changes the settings.
///
/// # Errors
/// Not allowed; fields.
#[server(endpoint = "save_settings")]
pub async fn save_settings(
    organisation: String,
    #[server(default)] public_url: String,
    time_zone: String,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::account(Capability::ManageConnections).await?;
    Ok(app::organisation::save_settings(&guard, &organisation, &public_url, &time_zone).await?)
}
