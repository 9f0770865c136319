//! The end of a draft and of a configuration: what the question before it says, discarding, removing.
//!
//! Both take the project, then the configuration for themselves, then the work on its runs away: what somebody
//! saves, proceeds or asks for at the same moment comes before or finds nothing any more.

use crate::{
    api::configuration::ConfigurationEndView,
    domain::{
        audit::AuditAction,
        configuration::{Discarded, Holdings, plan_discard},
        ids::ConfigurationId,
        integration_name::{Integration, integration_name},
    },
    server::{
        app::{
            audit,
            calendar::Calendar,
            configuration::{find_settings, list_names},
            target,
            wizard::{parse_settings, settings_text},
        },
        auth::ProjectGuard,
        error::{Error, Result},
        live::LiveEvent,
        request,
        store::{
            StoreError, Tx,
            configuration::{self, ConfigurationRow, DraftSave},
            configuration_delete::{self, HoldingsRow},
            connection, project,
            standing::parse_own_status,
        },
        sync,
    },
};

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn held(row: &HoldingsRow) -> Holdings {
    Holdings {
        requirements: number(row.requirements),
        bugs: number(row.bugs),
        releases: number(row.releases),
        sprints: number(row.sprints),
    }
}

/// What is known before the draft is discarded or the integration removed.
///
/// # Errors
/// Unknown, or of another project.
pub async fn load_end(guard: &ProjectGuard, id: &str) -> Result<ConfigurationEndView> {
    let mut tx = guard.state().database().read().await?;
    let id = parse_id(id)?;
    let row = configuration::find(&mut tx, id.as_str()).await?;
    let row = own(guard, row)?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let (name, connection_name) = name_of(&mut tx, guard, &row).await?;
    let holdings = configuration_delete::load_holdings(&mut tx, &row.id).await?;
    let discards = match find_discard(&mut tx, &row).await? {
        (Ok(discards), _) => Some(discards),
        (Err(_), _) => None,
    };
    Ok(ConfigurationEndView {
        name: if row.jira_project_key.is_some() {
            name
        } else {
            String::new()
        },
        connection_name,
        revision: row.draft_revision,
        discards,
        step: u8::try_from(row.draft_step).unwrap_or(6).min(6),
        saved_by: row.draft_saved_by,
        saved: calendar.words_ms(row.draft_saved_at),
        holdings: held(&holdings),
        runs: number(holdings.runs),
        syncing: holdings.syncing > 0,
        id: row.id,
    })
}

fn parse_id(id: &str) -> Result<ConfigurationId> {
    id.parse().map_err(|_| Error::NotFound("configuration"))
}

/// A configuration of the guard's project; those of other projects do not exist here.
fn own(guard: &ProjectGuard, row: Option<ConfigurationRow>) -> Result<ConfigurationRow> {
    row.filter(|row| row.project_id == guard.project_id().as_str())
        .ok_or(Error::NotFound("configuration"))
}

/// What pages call it, and the name of its connection.
pub(super) async fn name_of(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &ConfigurationRow,
) -> Result<(String, String)> {
    let connection = connection::find(tx, &row.connection_id)
        .await?
        .ok_or_else(|| StoreError::inconsistent("configuration", "connection_id", &row.connection_id))?;
    let all = list_names(tx, guard).await?;
    let one = Integration {
        key: row.jira_project_key.as_deref().unwrap_or_default(),
        name: row.jira_project_name.as_deref().unwrap_or_default(),
        connection: &connection.name,
    };
    let name = integration_name(one, all.iter().map(super::configuration::named));
    Ok((name, connection.name))
}

/// What discarding would do, and the draft it goes back to.
async fn find_discard(
    tx: &mut Tx,
    row: &ConfigurationRow,
) -> Result<(
    std::result::Result<Discarded, &'static str>,
    Option<crate::domain::wizard::Settings>,
)> {
    let status = parse_own_status(&row.status)?;
    let proceeded = find_settings(tx, row.proceeded_version_id.as_deref()).await?;
    let changed = match &proceeded {
        Some(proceeded) => parse_settings(&row.draft)? != *proceeded,
        None => true,
    };
    Ok((plan_discard(status, proceeded.is_some(), changed), proceeded))
}

/// Takes the project and the configuration for oneself.
async fn take(tx: &mut Tx, guard: &ProjectGuard, id: &ConfigurationId) -> Result<ConfigurationRow> {
    if !project::lock(tx, guard.project_id().as_str()).await? {
        return Err(Error::NotFound("project"));
    }
    own(guard, configuration_delete::take(tx, id.as_str()).await?)
}

/// Discards the draft that `revision` names: what was never proceeded goes, what was goes back to its last Proceed.
///
/// # Errors
/// Unknown; nothing to discard; saved by somebody meanwhile.
pub async fn discard_draft(guard: &ProjectGuard, id: &str, revision: i64) -> Result<()> {
    let (id, now) = (parse_id(id)?, guard.state().clock().now_ms());
    let viewer = guard.viewer();
    let mut tx = guard.state().database().write().await?;
    let row = take(&mut tx, guard, &id).await?;
    if row.draft_revision != revision {
        let at = Calendar::load(&mut tx, viewer)
            .await?
            .words_ms(row.draft_saved_at);
        return Err(Error::Conflict(format!(
            "{} changed this draft at {at}, after you opened this page, so nothing was discarded. Look at it first; what you see now is how it stands.",
            row.draft_saved_by
        )));
    }
    let (name, connection_name) = name_of(&mut tx, guard, &row).await?;
    let (discards, proceeded) = find_discard(&mut tx, &row).await?;
    let discards = discards.map_err(|words| Error::Conflict(words.into()))?;
    let done = match (discards, proceeded) {
        (Discarded::Changes, Some(settings)) => {
            let draft = settings_text(&settings)?;
            let project = settings.project.as_ref();
            let save = DraftSave {
                id: &row.id,
                revision,
                draft: &draft,
                step: row.draft_step,
                project: project
                    .map(|project| (project.id.as_str(), project.key.as_str(), project.name.as_str())),
                saved_by: viewer.name(),
                now,
            };
            configuration::save_draft(&mut tx, &save).await?;
            "restored"
        }
        _ => {
            sync::drop_runs(&mut tx, &row.id).await?;
            configuration_delete::delete(&mut tx, &row.id).await?;
            "discarded"
        }
    };
    let detail = match discards {
        Discarded::Configuration => format!("{name} on {connection_name}, never proceeded"),
        Discarded::Changes => format!("{name} on {connection_name}, back to what was proceeded last"),
    };
    audit::record_about(
        &mut tx,
        viewer,
        &row.connection_id,
        AuditAction::DraftDiscarded,
        &row.id,
        &detail,
    );
    tx.commit().await?;
    tell(guard, &row.id);
    lead_back(guard, done);
    Ok(())
}

/// Removes a configuration with everything that was mirrored by it. A sync on its way ends. Nothing changes in
/// Jira; the audit log keeps that it was.
///
/// # Errors
/// Unknown, or of another project.
pub async fn remove(guard: &ProjectGuard, id: &str) -> Result<()> {
    let id = parse_id(id)?;
    let mut tx = guard.state().database().write().await?;
    let row = take(&mut tx, guard, &id).await?;
    let (name, connection_name) = name_of(&mut tx, guard, &row).await?;
    sync::drop_runs(&mut tx, &row.id).await?;
    let holdings = configuration_delete::load_holdings(&mut tx, &row.id).await?;
    configuration_delete::delete(&mut tx, &row.id).await?;
    let with = held(&holdings).words(number(holdings.runs));
    let detail = match with.as_str() {
        "" => format!("{name} on {connection_name}"),
        with => format!("{name} on {connection_name}, with {with}"),
    };
    audit::record_about(
        &mut tx,
        guard.viewer(),
        &row.connection_id,
        AuditAction::ConfigurationRemoved,
        &row.id,
        &detail,
    );
    tx.commit().await?;
    tell(guard, &row.id);
    lead_back(guard, "removed");
    Ok(())
}

/// Open pages look again and find how it stands.
fn tell(guard: &ProjectGuard, id: &str) {
    guard
        .state()
        .live()
        .send(LiveEvent::ConfigurationChanged(id.to_owned()));
}

fn lead_back(guard: &ProjectGuard, done: &str) {
    let page = target::integrations(guard.project_id().as_str());
    request::redirect(&format!("{page}?done={done}"));
}
