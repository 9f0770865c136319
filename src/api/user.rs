//! People of the account, for those who manage them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, moment::MomentView};

/// The list of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersView {
    /// By name.
    pub users: Vec<UserRow>,
}

/// A person in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
    /// Words for the account role.
    pub account_role: String,
    /// `invited`, `active` or `deactivated`.
    pub state: String,
    /// Words for the state.
    pub state_label: String,
    /// Number of projects.
    pub projects: i64,
    /// Last seen in a session that still exists.
    pub seen: Option<MomentView>,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
    /// Code of the account role.
    pub account_role: String,
    /// `invited`, `active` or `deactivated`.
    pub state: String,
    /// Words for the state.
    pub state_label: String,
    /// The viewer themself.
    pub is_self: bool,
    /// The last active Account Admin.
    pub is_last_admin: bool,
    /// Id, name and roles of each project.
    pub projects: Vec<(String, String, String)>,
}

/// All people.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "load_users")]
pub async fn load_users() -> Result<UsersView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::user::load_users(&auth::account(Capability::ManageUsers).await?).await?)
}

/// One person.
///
/// # Errors
/// Not allowed; not found.
#[server(endpoint = "load_user")]
pub async fn load_user(person: String) -> Result<UserView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::user::load_user(&auth::account(Capability::ManageUsers).await?, &person).await?)
}

/// The link that was just made, for the session that made it, once.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "take_shown_link")]
pub async fn take_shown_link(person: String, id: String) -> Result<Option<String>, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(
        app::invitation::take_shown_link(&auth::account(Capability::ManageUsers).await?, &person, &id)
            .await?,
    )
}

/// Adds a person and makes their invitation. `project` is the one they are meant for; its members are where the
/// person's page leads then. May be empty.
///
/// # Errors
/// Not allowed; fields.
#[server(endpoint = "create_user")]
pub async fn create_user(
    name: String,
    email: String,
    account_role: String,
    #[server(default)] project: String,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::user::create_user(
        &auth::account(Capability::ManageUsers).await?,
        &name,
        &email,
        &account_role,
        &project,
    )
    .await?)
}

/// Makes a new invitation or reset link.
///
/// # Errors
/// Not allowed; not found; deactivated.
#[server(endpoint = "create_link")]
pub async fn create_link(person: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::user::create_link(&auth::account(Capability::ManageUsers).await?, &person).await?)
}

/// Changes the account role.
///
/// # Errors
/// Not allowed; not found; the last Account Admin.
#[server(endpoint = "save_user_role")]
pub async fn save_user_role(person: String, account_role: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::user::save_role(
        &auth::account(Capability::ManageUsers).await?,
        &person,
        &account_role,
    )
    .await?)
}

/// Ends the right to sign in.
///
/// # Errors
/// Not allowed; not found; oneself; the last Account Admin.
#[server(endpoint = "deactivate_user")]
pub async fn deactivate_user(person: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::user::deactivate(&auth::account(Capability::ManageUsers).await?, &person).await?)
}

/// Gives the right to sign in back.
///
/// # Errors
/// Not allowed; not found.
#[server(endpoint = "reactivate_user")]
pub async fn reactivate_user(person: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::user::reactivate(&auth::account(Capability::ManageUsers).await?, &person).await?)
}

/// Whether the viewer may add people: the page of the form asks before it is shown.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "check_create_user")]
pub async fn check_create_user() -> Result<(), ApiError> {
    use crate::{domain::role::Capability, server::auth};
    auth::account(Capability::ManageUsers).await?;
    Ok(())
}
