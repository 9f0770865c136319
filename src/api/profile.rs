//! One's own account.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, moment::MomentView};

/// The profile page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileView {
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
    /// Words for the account role.
    pub account_role: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Own time zone; empty follows the organisation's.
    pub time_zone: String,
    /// The organisation's time zone.
    pub organisation_time_zone: String,
    /// Live sessions, newest first.
    pub sessions: Vec<OwnSession>,
}

/// A session of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    /// Public id.
    pub id: String,
    /// Began.
    pub created: MomentView,
    /// Last seen.
    pub seen: MomentView,
    /// Network address at sign-in.
    pub address: String,
    /// Browser's own description.
    pub agent: String,
    /// The one this page was asked for with.
    pub is_current: bool,
}

/// The profile page.
///
/// # Errors
/// Not signed in.
#[server(endpoint = "load_profile")]
pub async fn load_profile() -> Result<ProfileView, ApiError> {
    use crate::server::{app, auth};
    Ok(app::profile::load_profile(&auth::signed_in().await?).await?)
}

/// Changes name and time zone.
///
/// # Errors
/// Not signed in; fields.
#[server(endpoint = "save_profile")]
pub async fn save_profile(name: String, #[server(default)] time_zone: String) -> Result<(), ApiError> {
    use crate::server::{app, auth};
    Ok(app::profile::save_profile(&auth::signed_in().await?, &name, &time_zone).await?)
}

/// Changes the theme and leads back.
///
/// # Errors
/// Not signed in; no such theme.
#[server(endpoint = "set_theme")]
pub async fn set_theme(theme: String, #[server(default)] back: String) -> Result<(), ApiError> {
    use crate::server::{app, auth};
    Ok(app::profile::save_theme(&auth::signed_in().await?, &theme, &back).await?)
}

/// Changes the password; all other sessions end.
///
/// # Errors
/// Not signed in; fields; too many tries.
#[server(endpoint = "change_password")]
pub async fn change_password(
    current_password: String,
    new_password: String,
    repeat_password: String,
) -> Result<(), ApiError> {
    use crate::server::{app, auth};
    let viewer = auth::signed_in().await?;
    Ok(app::profile::change_password(&viewer, current_password, new_password, &repeat_password).await?)
}

/// Ends one of one's own sessions.
///
/// # Errors
/// Not signed in; over already.
#[server(endpoint = "end_session")]
pub async fn end_session(session: String) -> Result<(), ApiError> {
    use crate::server::{app, auth};
    Ok(app::profile::end_session(&auth::signed_in().await?, &session).await?)
}

/// Ends all of one's own sessions but this one.
///
/// # Errors
/// Not signed in.
#[server(endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    use crate::server::{app, auth};
    Ok(app::profile::end_other_sessions(&auth::signed_in().await?).await?)
}
