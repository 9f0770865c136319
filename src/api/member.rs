//! Members of a project.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// Members of a project and who could become one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// Project.
    pub project_id: String,
    /// Its name.
    pub project_name: String,
    /// By name.
    pub members: Vec<MemberView>,
    /// People who are not members, by name.
    pub candidates: Vec<Candidate>,
    /// Whether the viewer may add people to the account.
    pub manages_users: bool,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Person.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
    /// `invited`, `active` or `deactivated`.
    pub state: String,
    /// Words for the state.
    pub state_label: String,
    /// Codes of the roles.
    pub roles: Vec<String>,
    /// The viewer themself.
    pub is_self: bool,
}

/// Somebody who could become a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Person.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
}

/// Members of a project and who could become one.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "load_members")]
pub async fn load_members(project: String) -> Result<MembersView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::member::load_members(&auth::project(&project, Capability::ManageMembers).await?).await?)
}

/// Adds a person to a project; each role is a field of its own, none means Tester.
///
/// # Errors
/// Not allowed; fields.
#[server(endpoint = "add_member")]
pub async fn add_member(
    project: String,
    person: String,
    #[server(default)] project_admin: String,
    #[server(default)] test_lead: String,
    #[server(default)] tester: String,
    #[server(default)] member: String,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::{Capability, ProjectRole},
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::ManageMembers).await?;
    let roles = ProjectRole::chosen([&project_admin, &test_lead, &tester, &member]);
    Ok(app::member::add_member(&guard, &person, &roles).await?)
}

/// Replaces a member's roles.
///
/// # Errors
/// Not allowed; no role; the last Project Admin.
#[server(endpoint = "save_member_roles")]
pub async fn save_member_roles(
    project: String,
    person: String,
    #[server(default)] project_admin: String,
    #[server(default)] test_lead: String,
    #[server(default)] tester: String,
    #[server(default)] member: String,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::{Capability, ProjectRole},
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::ManageMembers).await?;
    let roles = ProjectRole::chosen([&project_admin, &test_lead, &tester, &member]);
    Ok(app::member::save_roles(&guard, &person, &roles).await?)
}

/// Takes a person out of a project.
///
/// # Errors
/// Not allowed; not a member; the last Project Admin.
#[server(endpoint = "remove_member")]
pub async fn remove_member(project: String, person: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::ManageMembers).await?;
    Ok(app::member::remove_member(&guard, &person).await?)
}
