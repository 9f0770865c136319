//! The frame around every page.

use jiff::{Timestamp, tz::TimeZone};

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
    let now_ms = viewer.state().clock().now_ms();
    let mut tx = viewer.state().database().read().await?;
    let organisation = setting::find(&mut tx, setting::ORGANISATION)
        .await?
        .unwrap_or_default();
    let zone = match viewer.time_zone() {
        Some(zone) => Some(zone.to_owned()),
        None => setting::find(&mut tx, setting::TIME_ZONE).await?,
    };
    let projects = project::list_of_person(&mut tx, viewer.person_id().as_str()).await?;
    Ok(FrameView {
        viewer: viewer_view(viewer),
        organisation,
        now_ms,
        utc_offset_seconds: utc_offset_seconds(zone.as_deref(), now_ms),
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

/// Offset of an IANA zone at a moment, in seconds east of UTC; an unknown zone counts as UTC.
pub fn utc_offset_seconds(zone: Option<&str>, at_ms: i64) -> i32 {
    let zone = zone
        .and_then(|name| TimeZone::get(name).ok())
        .unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    zone.to_offset(at).seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_follow_the_season() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment").as_millisecond();
        assert_eq!(
            utc_offset_seconds(Some("Europe/Berlin"), at("2026-01-01T00:00:00Z")),
            3600
        );
        assert_eq!(
            utc_offset_seconds(Some("Europe/Berlin"), at("2026-07-01T00:00:00Z")),
            7200
        );
        assert_eq!(utc_offset_seconds(Some("Nowhere/Land"), 0), 0);
        assert_eq!(utc_offset_seconds(None, 0), 0);
    }
}
