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
            requirement::{load_sorted, load_unmapped, name_connections, search_text},
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
    let all = IssueFilter {
        project_id: guard.project_id().as_str(),
        configuration_id: &filter.configuration,
        kind: "bug",
        secured: sees_secured(guard),
        ..IssueFilter::default()
    };
    let shown = IssueFilter {
        status: &filter.status,
        text: &filter.text,
        unreleased: filter.unreleased,
        ..all
    };
    let mut list = load_sorted(
        &mut tx,
        &shown,
        IssueSort::Severity,
        false,
        "severity",
        filter.page,
    )
    .await?;
    name_connections(&mut list, &configurations);
    Ok(BugsView {
        unmapped: load_unmapped(&mut tx, &all, &configurations).await?,
        configurations,
        may_configure: guard.can(Capability::Configure),
        list,
        filter,
    })
}
