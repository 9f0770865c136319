//! The frame around every page.

use crate::{
    api::layout::{FrameProject, FrameView, ProjectLink},
    domain::role::Capability,
    server::{
        app::session::viewer_view,
        auth::{ProjectGuard, Viewer},
        error::Result,
        store::{project, setting},
    },
};

/// The frame of a page outside a project.
///
/// # Errors
/// When the database does not answer.
pub async fn load_frame(viewer: &Viewer) -> Result<FrameView> {
    let mut tx = viewer.state().database().read().await?;
    let organisation = setting::find(&mut tx, setting::ORGANISATION)
        .await?
        .unwrap_or_default();
    let projects = project::list_of_person(&mut tx, viewer.person_id().as_str()).await?;
    Ok(FrameView {
        viewer: viewer_view(viewer),
        organisation,
        projects: projects
            .into_iter()
            .map(|row| ProjectLink {
                id: row.id,
                name: row.name,
            })
            .collect(),
        project: None,
    })
}

/// The frame of a project's page.
///
/// # Errors
/// When the database does not answer.
pub async fn load_project_frame(guard: &ProjectGuard) -> Result<FrameView> {
    let mut frame = load_frame(guard.viewer()).await?;
    frame.project = Some(FrameProject {
        id: guard.project_id().to_string(),
        name: guard.project().name.clone(),
        sees_plans: guard.can(Capability::SeePlans),
        manages_members: guard.can(Capability::ManageMembers),
        manages_project: guard.can(Capability::ManageProject),
        configures: guard.can(Capability::Configure),
        sees_integrations: guard.can(Capability::SeeIntegrations),
        syncs: guard.can(Capability::SyncNow),
    });
    Ok(frame)
}
