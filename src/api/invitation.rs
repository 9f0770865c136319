//! The page of a one-time link: an invitation or a reset.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// Whose link it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// The person's name.
    pub name: String,
    /// The person's email.
    pub email: String,
    /// A new password rather than the first one.
    pub is_reset: bool,
}

/// Whose link it is.
///
/// # Errors
/// Not found when it was used, has expired or never was.
#[server(endpoint = "load_invitation")]
pub async fn load_invitation(token: String) -> Result<InvitationView, ApiError> {
    use crate::server::{app, auth};
    Ok(app::invitation::load_invitation(&auth::anyone()?, &token).await?)
}

/// Sets the password and signs in.
///
/// # Errors
/// Fields; not found when the link is dead.
#[server(endpoint = "accept_invitation")]
pub async fn accept_invitation(
    token: String,
    password: String,
    repeat_password: String,
) -> Result<(), ApiError> {
    use crate::server::{app, auth};
    Ok(app::invitation::accept(&auth::anyone()?, &token, password, &repeat_password).await?)
}
