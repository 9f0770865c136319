//! What the frame around every page needs: who looks, and which projects are theirs.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, notice::NoticeView, session::ViewerView};

/// The frame of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// The signed-in person.
    pub viewer: ViewerView,
    /// Name of the organisation.
    pub organisation: String,
    /// The person's projects by name.
    pub projects: Vec<ProjectLink>,
    /// The project the page belongs to.
    pub project: Option<FrameProject>,
    /// What the person is told because they can act.
    pub notices: Vec<NoticeView>,
    /// Stamp of the last live event before anything of the page was read.
    pub live: i64,
}

/// A project to go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectLink {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// The project of a page and what the person may do in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each names one thing the pages offer")]
pub struct FrameProject {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// May see plans and requirements: an Account Admin who only manages the members may not.
    pub sees_plans: bool,
    /// May manage members.
    pub manages_members: bool,
    /// May rename and delete the project.
    pub manages_project: bool,
    /// May configure integrations.
    pub configures: bool,
    /// May see integrations and sync runs.
    pub sees_integrations: bool,
    /// May start a sync.
    pub syncs: bool,
    /// Connections in Error that the project is linked through: name and reason.
    pub troubles: Vec<(String, String)>,
}

/// The frame for the signed-in person; with a project, only if they may see it.
///
/// # Errors
/// Not signed in; project unknown or not theirs.
#[server(endpoint = "load_frame")]
pub async fn load_frame(project: Option<String>) -> Result<FrameView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    match project {
        None => Ok(app::layout::load_frame(&auth::signed_in().await?).await?),
        Some(id) => {
            let guard = match auth::project(&id, Capability::SeePlans).await {
                Ok(guard) => guard,
                // The members page of a project is open to people who may not see its plans.
                Err(_) => auth::project(&id, Capability::ManageMembers).await?,
            };
            Ok(app::layout::load_project_frame(&guard).await?)
        }
    }
}
