//! Projects: home, making one, its settings, and deleting one.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// Home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// The viewer's projects by name.
    pub projects: Vec<HomeProject>,
    /// Projects whose members the viewer manages without belonging to them.
    pub others: Vec<HomeProject>,
    /// Names of the Account Admins; only when there are no projects.
    pub admins: Vec<String>,
}

/// A project on the home page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeProject {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Words for the viewer's roles in it.
    pub roles: String,
}

/// Home.
///
/// # Errors
/// Not signed in.
#[server(endpoint = "load_home")]
pub async fn load_home() -> Result<HomeView, ApiError> {
    use crate::server::{app, auth};
    Ok(app::project::load_home(&auth::signed_in().await?).await?)
}

/// Makes a project whose Project Admin is the maker.
///
/// # Errors
/// Not allowed; fields.
#[server(endpoint = "create_project")]
pub async fn create_project(name: String, #[server(default)] description: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::project::create_project(
        &auth::account(Capability::CreateProjects).await?,
        &name,
        &description,
    )
    .await?)
}

/// Whether the viewer may make projects: the page of the form asks before it is shown.
///
/// # Errors
/// Not allowed.
#[server(endpoint = "check_create_project")]
pub async fn check_create_project() -> Result<(), ApiError> {
    use crate::{domain::role::Capability, server::auth};
    auth::account(Capability::CreateProjects).await?;
    Ok(())
}

/// Settings of a project, and what is lost with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSettingsView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Linked Jira projects, drafts and archived ones too.
    pub configurations: u64,
    /// Mirrored requirements.
    pub requirements: u64,
    /// Mirrored bugs.
    pub bugs: u64,
    /// Members.
    pub members: u64,
    /// A sync waits or runs.
    pub syncing: bool,
}

/// Settings of a project.
///
/// # Errors
/// Not signed in, not theirs, not allowed.
#[server(endpoint = "load_project_settings")]
pub async fn load_project_settings(project: String) -> Result<ProjectSettingsView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    Ok(app::project::load_settings(&auth::project(&project, Capability::ManageProject).await?).await?)
}

/// Changes name and description.
///
/// # Errors
/// Not allowed; fields.
#[server(endpoint = "save_project")]
pub async fn save_project(
    project: String,
    name: String,
    #[server(default)] description: String,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::ManageProject).await?;
    Ok(app::project::save_project(&guard, &name, &description).await?)
}

/// Deletes a project with everything in it; its name has to be typed.
///
/// # Errors
/// Not allowed; another name.
#[server(endpoint = "delete_project")]
pub async fn delete_project(project: String, #[server(default)] typed_name: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::ManageProject).await?;
    Ok(app::project::delete_project(&guard, &typed_name).await?)
}
