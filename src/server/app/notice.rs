//! Notices: finding them, keeping them, and showing each to the people who can act.
//!
//! Found anew after every change of a connection or an integration, and now and then for what time alone brings. A
//! change is stored together with the message about it. Can go wrong: a database that is busy; the next look finds
//! the same.

use std::{collections::BTreeSet, time::Duration};

use tokio::sync::broadcast::error::RecvError;

use crate::{
    api::notice::{NoticeTarget, NoticeView},
    domain::{
        connection::ConnectionStatus,
        notice::{
            Linked, News, Notice, NoticeKind, compare, of_failed_connection, of_failed_integration,
            of_token_end, of_unmapped,
        },
        role::{Capability, ProjectRole, can_project},
        sync_status::ConfigurationStatus,
        wizard_steps::StepId,
    },
    server::{
        app::notice_hook,
        auth::Viewer,
        error::Result,
        live::LiveEvent,
        state::AppState,
        store::{
            StoreError, Tx, connection,
            notice::{self, IntegrationRow, TroubleRow},
            project, setting,
        },
    },
};

/// How often notices are looked for without a reason.
const EVERY: Duration = Duration::from_secs(30);
/// Looks are at least so far apart: a sync tells of itself several times a second.
const APART: Duration = Duration::from_secs(1);

/// What of the frame around pages changes while they are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Notices for this person.
    pub notices: Vec<NoticeView>,
    /// Connections in Error behind the person's projects.
    pub troubles: Vec<TroubleRow>,
}

/// Looks until the server stops.
pub async fn run(state: AppState) {
    let mut events = state.live().subscribe();
    loop {
        if let Err(error) = look(&state).await {
            tracing::warn!(error = ?error, "notices could not be looked for, trying again later");
        }
        tokio::select! {
            () = state.shutdown().cancelled() => return,
            () = tokio::time::sleep(APART) => {}
        }
        let tick = tokio::time::sleep(EVERY);
        tokio::pin!(tick);
        loop {
            tokio::select! {
                () = state.shutdown().cancelled() => return,
                () = &mut tick => break,
                event = events.recv() => match event {
                    Ok(told) if told.event == LiveEvent::NoticesChanged => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    // The hub lives as long as the server.
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }
}

/// Finds what holds now, stores what changed, lays out messages about what is news.
///
/// # Errors
/// When the database does not answer.
pub async fn look(state: &AppState) -> Result<()> {
    let mut tx = state.database().read().await?;
    let known = notice::list(&mut tx).await?;
    let now = find(state, &mut tx).await?;
    drop(tx);
    let changes = compare(&known, &now.notices, |notice| now.works(notice));
    if changes.is_empty() {
        return Ok(());
    }
    let at = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    for (news, one) in &changes {
        let changed = match news {
            News::Open | News::Words => notice::put(&mut tx, one, at).await?,
            News::Mended | News::Over => notice::delete(&mut tx, one).await?,
        };
        // Another process may have been first: its message is on its way.
        if changed && *news != News::Words {
            notice_hook::lay_out(state, &mut tx, *news, one, at).await?;
        }
    }
    tx.commit().await?;
    state.live().send(LiveEvent::NoticesChanged);
    Ok(())
}

/// What holds now, and what works.
#[derive(Default)]
struct Found {
    notices: Vec<Notice>,
    /// Ids of connections and integrations that are Active.
    active: BTreeSet<String>,
}

impl Found {
    /// Whether what a notice was about works.
    fn works(&self, notice: &Notice) -> bool {
        self.active.contains(&notice.subject_id)
    }
}

async fn find(state: &AppState, tx: &mut Tx) -> Result<Found> {
    let zone = setting::find_time_zone(tx).await?;
    let today = zone.to_datetime(state.clock().now()).date();
    let mut found = Found::default();
    for row in connection::list(tx).await? {
        // Who disconnected it knows.
        if row.status == ConnectionStatus::Inactive.code() {
            continue;
        }
        if row.status == ConnectionStatus::Error.code() {
            found.notices.push(of_failed_connection(
                &row.id,
                &row.name,
                &row.status_reason,
                &row.status_next,
            ));
        } else {
            found.active.insert(row.id.clone());
        }
        let expires = row.token_expires_on.as_deref().and_then(|day| day.parse().ok());
        let end = of_token_end(&row.id, &row.name, expires, today);
        found.notices.extend(end);
    }
    for row in notice::list_integrations(tx).await? {
        found.notices.extend(of_integration(&row));
        if row.connection_status == ConnectionStatus::Active.code()
            && row.status == ConfigurationStatus::Active.code()
        {
            found.active.insert(row.id);
        }
    }
    Ok(found)
}

fn of_integration(row: &IntegrationRow) -> Vec<Notice> {
    let linked = Linked {
        id: &row.id,
        project_id: &row.project_id,
        project: &row.project,
        key: &row.key,
    };
    let works = row.connection_status == ConnectionStatus::Active.code();
    let failed = works && row.status == ConfigurationStatus::Error.code();
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    let unmapped = of_unmapped(
        linked,
        count(row.unmapped),
        count(row.requirements),
        count(row.bugs),
    );
    failed
        .then(|| of_failed_integration(linked, &row.reason))
        .into_iter()
        .chain(unmapped)
        .collect()
}

/// What the frame tells this person.
///
/// # Errors
/// When the database does not answer.
pub async fn tell(viewer: &Viewer, tx: &mut Tx) -> Result<Told> {
    let person = viewer.person_id().as_str();
    let notices = notice::list(tx).await?;
    let mut configurable = Vec::new();
    if notices.iter().any(|notice| notice.project_id.is_some()) {
        configurable = list_configurable(viewer, tx).await?;
    }
    let is_theirs = |notice: &Notice| match &notice.project_id {
        None => viewer.can(Capability::ManageConnections),
        Some(project) => configurable.contains(project),
    };
    let mut notices: Vec<Notice> = notices.into_iter().filter(is_theirs).collect();
    // What does not work now comes first.
    notices.sort_by_key(|notice| (!notice.is_failure(), notice.kind));
    Ok(Told {
        notices: notices.into_iter().map(view).collect(),
        troubles: notice::list_troubles(tx, person).await?,
    })
}

/// The projects whose integrations the person may configure.
async fn list_configurable(viewer: &Viewer, tx: &mut Tx) -> Result<Vec<String>> {
    let mut configurable = Vec::new();
    for (project, role) in project::list_roles_of_person(tx, viewer.person_id().as_str()).await? {
        let role = ProjectRole::find(&role)
            .ok_or_else(|| StoreError::inconsistent("project_member", "role", &role))?;
        if can_project(&[viewer.account_role()], &[role], Capability::Configure) {
            configurable.push(project);
        }
    }
    Ok(configurable)
}

fn view(notice: Notice) -> NoticeView {
    let project = notice.project_id.clone().unwrap_or_default();
    let target = match notice.kind {
        NoticeKind::ConnectionError | NoticeKind::TokenEnd => {
            NoticeTarget::Connection(notice.subject_id.clone())
        }
        NoticeKind::IntegrationError => NoticeTarget::Sync(project, notice.subject_id.clone()),
        NoticeKind::Unmapped => {
            let step = notice.stage.parse().unwrap_or(StepId::Requirements.number());
            NoticeTarget::Mapping(project, notice.subject_id.clone(), step)
        }
    };
    NoticeView {
        fails: notice.is_failure(),
        title: notice.title,
        detail: notice.detail,
        target,
    }
}
