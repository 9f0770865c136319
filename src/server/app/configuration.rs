//! Linked Jira projects of a project: the list of them, and beginning a new one.

use crate::{
    api::configuration::{AvailableConnectionView, ConfigurationView, IntegrationsView},
    domain::{
        audit::AuditAction,
        configuration::{Holdings, Pulls, is_shown},
        connection::ConnectionStatus,
        ids::ConnectionId,
        integration_name::{Integration, integration_name},
        organization_url::browse_url,
        role::Capability,
        standing::refuse_sync,
        wizard::Settings,
    },
    server::{
        app::{
            audit,
            calendar::Calendar,
            connection::deployment_of,
            plan::sees_secured,
            standing::parse_standing,
            sync::run_percent,
            target,
            wizard::{parse_settings, settings_text},
        },
        auth::ProjectGuard,
        error::{Error, Result},
        public_address::find_authority,
        random, request,
        store::{
            StoreError, Tx,
            configuration::{self, ConfigurationRow, NamedRow, PulledRow},
            connection::{self, ConnectionRow},
            helpers, project,
            standing::{parse_ground, parse_own_status},
            sync_run,
        },
    },
};

/// Host of a connection's site, with its port where that is not the usual one: two sites on one host are
/// told apart by it.
pub fn host_of(row: &ConnectionRow) -> String {
    url::Url::parse(&row.site_url)
        .ok()
        .and_then(|url| find_authority(&url))
        .unwrap_or_default()
}

/// The page Integrations.
///
/// # Errors
/// When the database does not answer.
pub async fn load_integrations(guard: &ProjectGuard) -> Result<IntegrationsView> {
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let all = connection::list(&mut tx).await?;
    let project_id = guard.project_id().as_str();
    let configures = guard.can(Capability::Configure);
    let rows = configuration::list_of_project(&mut tx, project_id).await?;
    let names = list_names(&mut tx, guard).await?;
    let pulled = configuration::list_pulled(&mut tx, project_id, sees_secured(guard)).await?;
    let mut configurations = Vec::with_capacity(rows.len());
    for row in rows {
        if !is_shown(row.proceeded_version_id.is_some(), configures) {
            continue;
        }
        let proceeded = find_settings(&mut tx, row.proceeded_version_id.as_deref()).await?;
        let running = find_settings(&mut tx, row.running_version_id.as_deref()).await?;
        let connection = all
            .iter()
            .find(|known| known.id == row.connection_id)
            .ok_or_else(|| StoreError::inconsistent("configuration", "connection_id", &row.connection_id))?;
        let mut shown = view(&row, proceeded, running.as_ref(), connection, &calendar)?;
        shown.label = integration_name(named_by(&row, connection), names.iter().map(named));
        shown.pulled = pulled_words(
            running.as_ref(),
            pulled.iter().find(|held| held.configuration_id == row.id),
        );
        if let Some(run) = sync_run::find_current(&mut tx, &row.id).await? {
            shown.syncing = match run_percent(&run) {
                Some(percent) => format!("Syncing, {percent}%"),
                None => "Syncing".to_owned(),
            };
        }
        configurations.push(shown);
    }
    let connection_makers = helpers::list_connection_makers(&mut tx).await?;
    let project_admins = helpers::list_project_admins(&mut tx, guard.project_id().as_str()).await?;
    let (active, others): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|row| row.status == ConnectionStatus::Active.code());
    let connections = active
        .into_iter()
        .map(|row| {
            Ok(AvailableConnectionView {
                id: row.id.clone(),
                name: row.name.clone(),
                deployment: deployment_of(row)?,
                host: host_of(row),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(IntegrationsView {
        project_name: guard.project().name.clone(),
        configures,
        syncs: guard.can(Capability::SyncNow),
        manages_connections: guard.viewer().can(Capability::ManageConnections),
        connections,
        configurations,
        connection_makers,
        project_admins,
        inactive_connections: others.len(),
    })
}

/// What names the integrations of the guard's project that were ever proceeded.
pub(super) async fn list_names(tx: &mut Tx, guard: &ProjectGuard) -> Result<Vec<NamedRow>> {
    Ok(configuration::list_named(tx, guard.project_id().as_str()).await?)
}

/// What names an integration.
pub(super) fn named(row: &NamedRow) -> Integration<'_> {
    Integration {
        key: row.jira_project_key.as_deref().unwrap_or_default(),
        name: row.jira_project_name.as_deref().unwrap_or_default(),
        connection: &row.connection_name,
    }
}

fn named_by<'a>(row: &'a ConfigurationRow, connection: &'a ConnectionRow) -> Integration<'a> {
    Integration {
        key: row.jira_project_key.as_deref().unwrap_or_default(),
        name: row.jira_project_name.as_deref().unwrap_or_default(),
        connection: &connection.name,
    }
}

/// What the settings in force pull, with the numbers of it.
fn pulled_words(running: Option<&Settings>, held: Option<&PulledRow>) -> (String, String) {
    let (Some(running), Some(held)) = (running, held) else {
        return (String::new(), String::new());
    };
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let holdings = Holdings {
        requirements: number(held.requirements),
        bugs: number(held.bugs),
        releases: number(held.releases),
        sprints: number(held.sprints),
    };
    holdings.pulled(Pulls {
        requirements: running.pull_requirements,
        bugs: running.bug_mapping,
        releases: running.releases.enabled,
        sprints: running.pulls_sprints(),
    })
}

/// Why no sync of it can be started; empty when one can.
fn sync_refusal(row: &ConfigurationRow, connection: &ConnectionRow) -> Result<String> {
    let own = parse_own_status(&row.status)?;
    let ground = parse_ground(&connection.name, &connection.status, &connection.status_reason)?;
    Ok(refuse_sync(own, row.proceeded_version_id.is_some(), ground).unwrap_or_default())
}

pub(super) async fn find_settings(tx: &mut Tx, version_id: Option<&str>) -> Result<Option<Settings>> {
    let Some(id) = version_id else {
        return Ok(None);
    };
    let version = configuration::find_version(tx, id).await?;
    version
        .map(|version| parse_settings(&version.settings))
        .transpose()
}

/// What runs is shown as it is in force; before anything is, the draft is.
fn view(
    row: &ConfigurationRow,
    proceeded: Option<Settings>,
    running: Option<&Settings>,
    connection: &ConnectionRow,
    calendar: &Calendar,
) -> Result<ConfigurationView> {
    let draft = parse_settings(&row.draft)?;
    let step = u8::try_from(row.draft_step).unwrap_or(6).min(6);
    let draft_note = match (&proceeded, step) {
        (Some(proceeded), _) if *proceeded == draft => String::new(),
        (Some(_), _) => "Changes are saved, not proceeded.".to_owned(),
        (None, 0) => "Draft, nothing saved yet".to_owned(),
        (None, step) => format!("Draft, step {step} of 6"),
    };
    let shown = running.unwrap_or(&draft);
    let board = match (&shown.board, shown.project.is_some()) {
        (Some(board), _) => format!("Board: {}", board.name),
        (None, true) => "No board, sprints are not pulled".to_owned(),
        (None, false) => String::new(),
    };
    let standing = parse_standing(
        (&row.status, &row.status_reason),
        row.proceeded_version_id.is_some(),
        &connection.name,
        (&connection.status, &connection.status_reason),
    )?;
    Ok(ConfigurationView {
        id: row.id.clone(),
        label: String::new(),
        key: row.jira_project_key.clone().unwrap_or_default(),
        name: row.jira_project_name.clone().unwrap_or_default(),
        board,
        status: standing.status,
        syncing: String::new(),
        sync_refused: sync_refusal(row, connection)?,
        pulled: (String::new(), String::new()),
        jira_href: row
            .jira_project_key
            .as_deref()
            .and_then(|key| browse_url(&connection.site_url, key))
            .unwrap_or_default(),
        status_reason: standing.reason,
        connection_name: connection.name.clone(),
        deployment: deployment_of(connection)?,
        draft_note,
        draft_saved_by: row.draft_saved_by.clone(),
        draft_saved: calendar.moment_ms(row.draft_saved_at),
        resume_step: step.max(1),
        proceeded: row.proceeded_version_id.is_some(),
        last_synced: row.last_synced_at.map(|at| calendar.moment_ms(at)),
    })
}

/// Begins a configuration and sends the browser to its first step; gives its id.
///
/// # Errors
/// Connection unknown or not active.
pub async fn create(guard: &ProjectGuard, connection_id: &str) -> Result<String> {
    let state = guard.state();
    let (id, now) = (random::new_id(), state.clock().now_ms());
    let draft = settings_text(&Settings::default())?;
    let connection_id = connection_id
        .parse::<ConnectionId>()
        .map_err(|_| Error::NotFound("connection"))?;
    let connection_id = connection_id.as_str();
    let mut tx = state.database().write().await?;
    // Who presses at the same moment waits here, and finds what was begun.
    if !project::lock(&mut tx, guard.project_id().as_str()).await? {
        return Err(Error::NotFound("project"));
    }
    let connection = connection::find(&mut tx, connection_id)
        .await?
        .ok_or(Error::NotFound("connection"))?;
    if connection.status != ConnectionStatus::Active.code() {
        return Err(Error::Conflict(format!(
            "The connection {} is not active, so no configuration can begin on it. Choose another connection, or ask an Account Admin or System Admin to repair it.",
            connection.name
        )));
    }
    // A draft that was begun and left before its first save is taken up again, so that pressing the
    // button twice makes no second one.
    let project_id = guard.project_id().as_str();
    let begun = configuration::list_of_project(&mut tx, project_id)
        .await?
        .into_iter()
        .find(|row| {
            row.connection_id == connection_id
                && row.draft_step == 0
                && row.jira_project_id.is_none()
                && parse_settings(&row.draft).is_ok_and(|settings| settings == Settings::default())
                && row.status == "inactive"
        });
    if let Some(begun) = begun {
        request::redirect(&target::wizard(project_id, &begun.id, 1));
        return Ok(begun.id);
    }
    let viewer = guard.viewer();
    configuration::insert(
        &mut tx,
        &id,
        guard.project_id().as_str(),
        connection_id,
        &draft,
        viewer.name(),
        now,
    )
    .await?;
    let detail = format!(
        "In project {} on connection {}",
        guard.project().name,
        connection.name
    );
    audit::record_about(
        &mut tx,
        viewer,
        connection_id,
        AuditAction::ConfigurationCreated,
        &id,
        &detail,
    );
    tx.commit().await?;
    request::redirect(&target::wizard(guard.project_id().as_str(), &id, 1));
    Ok(id)
}
