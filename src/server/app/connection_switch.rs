//! Disconnecting a connection and connecting it again.
//!
//! Nothing is deleted. Disconnecting ends what runs and refuses every call (`connection::open_client`); the
//! configurations follow by themselves, because how they stand is derived from their connection. Reconnecting
//! tests the stored values first, never within a transaction, and tells the truth about what it found.

use crate::{
    api::connection::{ConnectionSwitchView, LinkedProjectView},
    domain::{
        audit::AuditAction,
        connection::{ConnectionStatus, StatusReason},
        connection_report::{ConnectionReport, Verdict},
        jira_identity::KnownJira,
        numbers::counted,
    },
    server::{
        app::{
            audit,
            calendar::Calendar,
            connection::{deployment_of, find_token_end, open_outbound, open_token, stored_url},
            connection_check::find_known,
            connection_form::{count_test, verdict_words},
            connection_list::{status_of, status_words},
            target,
        },
        auth::AccountGuard,
        error::{Error, Result},
        jira,
        live::LiveEvent,
        request,
        state::AppState,
        store::{
            Tx,
            connection::{self, ConnectionRow, NewStatus},
            connection_switch::{self, Switch, Tested},
        },
        sync,
    },
};

/// What is known before a connection is disconnected or connected again.
///
/// # Errors
/// Unknown connection.
pub async fn load_switch(guard: &AccountGuard, id: &str) -> Result<ConnectionSwitchView> {
    let mut tx = guard.state().database().read().await?;
    let row = get(&mut tx, id).await?;
    let linked = connection_switch::list_linked(&mut tx, id).await?;
    let drafts = linked
        .iter()
        .filter(|row| row.proceeded_version_id.is_none())
        .count();
    Ok(ConnectionSwitchView {
        status: status_of(&row)?,
        linked: linked
            .into_iter()
            .filter(|row| row.proceeded_version_id.is_some())
            .map(|row| LinkedProjectView {
                project: row.project_name,
                key: row.jira_project_key.unwrap_or_default(),
                syncing: row.syncing,
            })
            .collect(),
        drafts: u64::try_from(drafts).unwrap_or_default(),
        id: row.id,
        name: row.name,
        revision: row.revision,
    })
}

async fn get(tx: &mut Tx, id: &str) -> Result<ConnectionRow> {
    connection::find(tx, id)
        .await?
        .ok_or(Error::NotFound("connection"))
}

/// The connection as the person saw it.
async fn get_as_seen(
    guard: &AccountGuard,
    tx: &mut Tx,
    id: &str,
    revision: i64,
    wanted: impl Fn(ConnectionStatus) -> bool,
) -> Result<ConnectionRow> {
    let row = get(tx, id).await?;
    if row.revision == revision && wanted(status_of(&row)?) {
        return Ok(row);
    }
    Err(refusal(guard, tx, &row).await?)
}

/// Why nothing was done: somebody else was first.
async fn refusal(guard: &AccountGuard, tx: &mut Tx, present: &ConnectionRow) -> Result<Error> {
    let calendar = Calendar::load(tx, guard.viewer()).await?;
    Ok(Error::Conflict(format!(
        "{} changed this connection ({}) after you opened the question. It is {} now: look at it in the list, then decide again.",
        present.updated_by,
        calendar.words_ms(present.updated_at),
        status_of(present)?.label(),
    )))
}

/// Disconnects: every call to this Jira is refused from now on, runs on their way end.
///
/// # Errors
/// Unknown; changed or disconnected by somebody meanwhile.
pub async fn disconnect(guard: &AccountGuard, id: &str, revision: i64) -> Result<()> {
    let (state, viewer) = (guard.state(), guard.viewer());
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    let row = get_as_seen(guard, &mut tx, id, revision, |status| {
        status != ConnectionStatus::Inactive
    })
    .await?;
    let reason = format!("Disconnected by {}.", viewer.name());
    let words = NewStatus {
        status: ConnectionStatus::Inactive.code(),
        reason: &reason,
        next: StatusReason::Disconnected.next_step(),
    };
    let switch = Switch {
        id,
        revision,
        by: viewer.name(),
        now,
    };
    if !connection_switch::disconnect(&mut tx, switch, words).await? {
        let present = get(&mut tx, id).await?;
        return Err(refusal(guard, &mut tx, &present).await?);
    }
    let ended = sync::suspend(&mut tx, id, now).await?;
    let linked = connection_switch::list_linked(&mut tx, id).await?;
    let detail = format!("{}; {} ended", row.name, syncs(ended.len()));
    audit::record_about(
        &mut tx,
        viewer,
        id,
        AuditAction::ConnectionDisconnected,
        id,
        &detail,
    );
    tx.commit().await?;
    tell(guard, id, linked.into_iter().map(|row| row.configuration_id));
    request::redirect(&format!("{}?done=disconnected", target::CONNECTIONS));
    Ok(())
}

/// Tests the stored values, then connects again: Active, or Error with the reason. When it works, a run of
/// everything that is in force catches up on what was missed.
///
/// # Errors
/// Unknown; changed or connected by somebody meanwhile; too many tests; the stored token does not open.
pub async fn reconnect(guard: &AccountGuard, id: &str, revision: i64) -> Result<()> {
    let (state, viewer) = (guard.state(), guard.viewer());
    let mut tx = state.database().read().await?;
    let is_off = |status| status == ConnectionStatus::Inactive;
    let row = get_as_seen(guard, &mut tx, id, revision, is_off).await?;
    let known = find_known(&mut tx, &row).await?;
    drop(tx);
    count_test(guard).await?;
    let report = test_stored(state, &row, known).await?;
    let now = state.clock().now_ms();
    let works = report.verdict != Verdict::Failed;
    let (reason, next) = result_words(&report);
    let json = report_json(&report)?;
    let tested = tested(&report, &reason, &next, &json);
    let switch = Switch {
        id,
        revision,
        by: viewer.name(),
        now,
    };
    let mut tx = state.database().write().await?;
    if !connection_switch::reconnect(&mut tx, switch, tested).await? {
        let present = get(&mut tx, id).await?;
        return Err(refusal(guard, &mut tx, &present).await?);
    }
    let begun = if works {
        sync::resume(&mut tx, id, Some(viewer.person_id().as_str()), now).await?
    } else {
        Vec::new()
    };
    let linked = connection_switch::list_linked(&mut tx, id).await?;
    let detail = format!(
        "{}; {}; {} begun",
        row.name,
        verdict_words(&report),
        syncs(begun.len())
    );
    audit::record_about(
        &mut tx,
        viewer,
        id,
        AuditAction::ConnectionReconnected,
        id,
        &detail,
    );
    tx.commit().await?;
    state.jobs().notify_one();
    tell(guard, id, linked.into_iter().map(|row| row.configuration_id));
    let done = if works { "reconnected" } else { "still-off" };
    request::redirect(&format!("{}?done={done}", target::CONNECTIONS));
    Ok(())
}

/// Tests the stored values of a connection. Sends its token to its address and nowhere else.
async fn test_stored(
    state: &AppState,
    row: &ConnectionRow,
    known: Option<KnownJira>,
) -> Result<ConnectionReport> {
    let outbound = open_outbound(state, row.ca_pem.as_deref())?;
    let input = jira::ConnectionInput {
        deployment: deployment_of(row)?,
        site_url: stored_url(&row.site_url, "site_url")?,
        email: row.email.clone(),
        token: open_token(state, row)?,
        expired_on: find_token_end(state, row).await?,
        known,
    };
    Ok(jira::test_connection(&outbound, &input).await)
}

fn report_json(report: &ConnectionReport) -> Result<String> {
    serde_json::to_string(report).map_err(|error| Error::Internal(format!("a report as JSON: {error}")))
}

/// What a test means for the stored connection.
fn tested<'a>(report: &'a ConnectionReport, reason: &'a str, next: &'a str, json: &'a str) -> Tested<'a> {
    let status = match report.verdict {
        Verdict::Failed => ConnectionStatus::Error,
        Verdict::Passed | Verdict::PassedWithLimits => ConnectionStatus::Active,
    };
    Tested {
        words: NewStatus {
            status: status.code(),
            reason,
            next,
        },
        report: json,
        identity: report
            .identity
            .as_ref()
            .map(|identity| identity.display_name.as_str()),
        product_version: report.version.as_deref(),
    }
}

/// Ends what a reconnect began whose test failed: once Jira knows the account again everything is tested anew, and
/// only a test that passes makes the connection Active and lets it catch up.
///
/// # Errors
/// When the database does not answer, or the token does not open.
pub(super) async fn recover(state: &AppState, row: &ConnectionRow) -> Result<()> {
    let mut tx = state.database().read().await?;
    let known = find_known(&mut tx, row).await?;
    drop(tx);
    let report = test_stored(state, row, known).await?;
    if report.verdict == Verdict::Failed {
        return Ok(());
    }
    let (reason, next) = result_words(&report);
    let json = report_json(&report)?;
    let tested = tested(&report, &reason, &next, &json);
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    if !connection_switch::recover(&mut tx, &row.id, row.revision, tested, now).await? {
        return Ok(());
    }
    let begun = sync::resume(&mut tx, &row.id, None, now).await?;
    tx.commit().await?;
    state.jobs().notify_one();
    state.live().send(LiveEvent::ConnectionChanged(row.id.clone()));
    for configuration in begun {
        state.live().send(LiveEvent::ConfigurationChanged(configuration));
    }
    Ok(())
}

fn syncs(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "sync", "syncs")
}

/// Reason and next step of what a test found.
fn result_words(report: &ConnectionReport) -> (String, String) {
    match report.find_failure() {
        Some(check) => (check.detail.clone(), check.next_step.clone()),
        None => status_words(report),
    }
}

/// Open pages of the connection and of everything linked through it look again.
fn tell(guard: &AccountGuard, id: &str, configurations: impl Iterator<Item = String>) {
    let live = guard.state().live();
    live.send(LiveEvent::ConnectionChanged(id.to_owned()));
    for configuration in configurations {
        live.send(LiveEvent::ConfigurationChanged(configuration));
    }
}
