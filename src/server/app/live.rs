//! What of all that changes a person may see, for the event stream of their browser.

use std::collections::BTreeSet;

use crate::{
    api::connection::ConnectionStanding,
    domain::role::{Capability, ProjectRole, can_project},
    server::{
        app::{
            connection_list::list_standings,
            notice::{self, Told},
        },
        auth::Viewer,
        error::Result,
        store::{StoreError, configuration},
    },
};

/// The time in which a run that ended is told of once more at heartbeats: another process may have made it.
const RECENT_MS: i64 = 60 * 1000;

/// How things stand that are told when they differ from the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    told: Told,
    /// Of who manages connections.
    connections: Vec<ConnectionStanding>,
    /// Configurations whose syncs run or ended lately, with what is known of them.
    runs: Vec<(String, String)>,
}

impl Standing {
    /// What changed since.
    pub fn topics_since(&self, before: &Self) -> Vec<String> {
        let mut topics = Vec::new();
        if self.told != before.told {
            topics.push("frame".to_owned());
        }
        if self.connections != before.connections {
            topics.push("connections".to_owned());
        }
        let changed = self.runs.iter().filter(|run| !before.runs.contains(run));
        topics.extend(changed.map(|(configuration, _)| format!("configuration/{configuration}")));
        topics
    }
}

/// How things stand for this person.
///
/// # Errors
/// When the database does not answer.
pub async fn stand(viewer: &Viewer) -> Result<Standing> {
    let mut tx = viewer.state().database().read().await?;
    let told = notice::tell(viewer, &mut tx).await?;
    let connections = if viewer.can(Capability::ManageConnections) {
        list_standings(&mut tx).await?
    } else {
        Vec::new()
    };
    let since = viewer.state().clock().now_ms() - RECENT_MS;
    let rows = configuration::list_running(&mut tx, viewer.person_id().as_str(), since).await?;
    let mut runs = Vec::new();
    for row in rows {
        let entry = (row.configuration_id, row.progress);
        if may_see(viewer, &row.role)? && !runs.contains(&entry) {
            runs.push(entry);
        }
    }
    Ok(Standing {
        told,
        connections,
        runs,
    })
}

/// Those of the configurations whose syncs the person may see.
///
/// # Errors
/// When the database does not answer.
pub async fn list_seen(viewer: &Viewer, configurations: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut seen = BTreeSet::new();
    if configurations.is_empty() {
        return Ok(seen);
    }
    let mut tx = viewer.state().database().read().await?;
    for id in configurations {
        for role in configuration::list_roles(&mut tx, id, viewer.person_id().as_str()).await? {
            if may_see(viewer, &role)? {
                seen.insert(id.clone());
            }
        }
    }
    Ok(seen)
}

fn may_see(viewer: &Viewer, role: &str) -> Result<bool> {
    let role =
        ProjectRole::find(role).ok_or_else(|| StoreError::inconsistent("project_member", "role", role))?;
    Ok(can_project(
        &[viewer.account_role()],
        &[role],
        Capability::SeeIntegrations,
    ))
}
