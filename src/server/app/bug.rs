//! The list of a project's bugs: filtered, open ones first, by pages.

use crate::{
    api::bug::{BugFilter, BugsView},
    domain::{
        mapping::{BugStatus, Target},
        role::Capability,
    },
    server::{
        app::{
            plan::sees_secured,
            requirement::{load_sorted, search_text},
            standing::list_offered,
        },
        auth::ProjectGuard,
        error::Result,
        store::requirement::{IssueFilter, IssueSort, UNRESOLVED},
    },
};

/// The list of a project's bugs.
///
/// # Errors
/// [`NotFound`](crate::server::error::Error::NotFound) for a configuration that Plans does not offer.
pub async fn load_bugs(guard: &ProjectGuard, mut filter: BugFilter) -> Result<BugsView> {
    filter.text = search_text(&filter.text);
    if filter.status != UNRESOLVED && BugStatus::find(&filter.status).is_none() {
        filter.status.clear();
    }
    let mut tx = guard.state().database().read().await?;
    let configurations = list_offered(&mut tx, guard, &filter.configuration).await?;
    let shown = IssueFilter {
        project_id: guard.project_id().as_str(),
        configuration_id: &filter.configuration,
        kind: "bug",
        secured: sees_secured(guard),
        status: &filter.status,
        text: &filter.text,
        unreleased: filter.unreleased,
        ..IssueFilter::default()
    };
    let list = load_sorted(
        &mut tx,
        &shown,
        IssueSort::Severity,
        false,
        "severity",
        filter.page,
    )
    .await?;
    Ok(BugsView {
        configurations,
        may_configure: guard.can(Capability::Configure),
        list,
        filter,
    })
}
