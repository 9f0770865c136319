//! Who is looking at the page.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// The signed-in person, as the layout needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each names one thing the navigation offers")]
pub struct ViewerView {
    /// Id.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Words for the account role.
    pub account_role: String,
    /// May manage users.
    pub manages_users: bool,
    /// May create projects.
    pub creates_projects: bool,
    /// May manage connections and settings.
    pub manages_connections: bool,
}

/// The person behind the request, or nothing when nobody is signed in.
///
/// # Errors
/// When the database does not answer.
#[server(endpoint = "find_viewer")]
pub async fn find_viewer() -> Result<Option<ViewerView>, ApiError> {
    use crate::server::{app, auth};
    let viewer = auth::find_viewer().await?;
    Ok(viewer.as_ref().map(app::session::viewer_view))
}

/// What the sign-in page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInView {
    /// Name of the organisation; empty before setup.
    pub organisation: String,
    /// Whether anybody has an account yet.
    pub set_up: bool,
}

/// What the sign-in page shows.
///
/// # Errors
/// When the database does not answer.
#[server(endpoint = "load_sign_in")]
pub async fn load_sign_in() -> Result<SignInView, ApiError> {
    use crate::server::{app, auth};
    Ok(app::session::load_sign_in(&auth::anyone()?).await?)
}

/// Signs in and leads to `next`, if that is a page of this server.
///
/// # Errors
/// Fields; no match; too many tries.
#[server(endpoint = "sign_in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    use crate::server::{app, auth};
    Ok(app::session::sign_in(&auth::anyone()?, &email, password, &next).await?)
}

/// Ends this session.
///
/// # Errors
/// Not signed in.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::server::{app, auth};
    Ok(app::session::sign_out(&auth::signed_in().await?).await?)
}
