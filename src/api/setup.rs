//! First start: the page of the one-time setup address.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// What the setup page is filled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupView {
    /// The address this request came to, or the configured one.
    pub public_url: String,
    /// Whether the configuration fixes the public address.
    pub public_url_is_fixed: bool,
    /// Time zone to begin with.
    pub time_zone: String,
}

/// What the setup page is filled with.
///
/// # Errors
/// Not found unless the link is live.
#[server(endpoint = "load_setup")]
pub async fn load_setup(token: String) -> Result<SetupView, ApiError> {
    use crate::server::{app, auth};
    Ok(app::setup::load_setup(&auth::anyone()?, &token).await?)
}

/// Makes the first Account Admin and signs them in.
///
/// # Errors
/// Fields; not found when the link is dead.
#[server(endpoint = "set_up")]
#[expect(clippy::too_many_arguments, reason = "one for each field of the form")]
pub async fn set_up(
    token: String,
    name: String,
    email: String,
    password: String,
    repeat_password: String,
    organisation: String,
    #[server(default)] public_url: String,
    time_zone: String,
) -> Result<(), ApiError> {
    use crate::server::{app, auth};
    let form = app::setup::SetupForm {
        token,
        name,
        email,
        password,
        repeat_password,
        organisation,
        public_url,
        time_zone,
    };
    Ok(app::setup::set_up(&auth::anyone()?, form).await?)
}
