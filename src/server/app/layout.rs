//! The frame around every page.

use crate::{
    api::layout::{FrameProject, FrameView, ProjectLink},
    domain::role::Capability,
    server::{
        app::{notice, session::viewer_view},
        auth::{ProjectGuard, Viewer},
        error::Result,
        store::{notice::TroubleRow, project, setting},
    },
};

/// The frame of a page outside a project.
///
/// # Errors
/// When the database does not answer.
pub async fn load_frame(viewer: &Viewer) -> Result<FrameView> {
    Ok(load(viewer).await?.0)
}

async fn load(viewer: &Viewer) -> Result<(FrameView, Vec<TroubleRow>)> {
    let live = viewer.state().live().stamp();
    let mut tx = viewer.state().database().read().await?;
    let told = notice::tell(viewer, &mut tx).await?;
    let organisation = setting::find(&mut tx, setting::ORGANISATION)
        .await?
        .unwrap_or_default();
    let projects = project::list_of_person(&mut tx, viewer.person_id().as_str()).await?;
    let frame = FrameView {
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
        notices: told.notices,
        live,
    };
    Ok((frame, told.troubles))
}

/// The frame of a project's page.
///
/// # Errors
/// When the database does not answer.
pub async fn load_project_frame(guard: &ProjectGuard) -> Result<FrameView> {
    let (mut frame, troubles) = load(guard.viewer()).await?;
    let own = |row: &TroubleRow| row.project_id == guard.project_id().as_str();
    frame.project = Some(FrameProject {
        id: guard.project_id().to_string(),
        name: guard.project().name.clone(),
        sees_plans: guard.can(Capability::SeePlans),
        manages_members: guard.can(Capability::ManageMembers),
        manages_project: guard.can(Capability::ManageProject),
        configures: guard.can(Capability::Configure),
        sees_integrations: guard.can(Capability::SeeIntegrations),
        syncs: guard.can(Capability::SyncNow),
        troubles: troubles
            .into_iter()
            .filter(own)
            .map(|row| (row.name, row.reason))
            .collect(),
    });
    Ok(frame)
}
