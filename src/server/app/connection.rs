//! Connections to Jira: opening one for a call, and the truth about its status.
//!
//! The only place where a stored token is opened. It goes into a [`JiraClient`] for the stored address
//! and nowhere else. Can go wrong: the server has not the key it was sealed with, or row or address were changed
//! around Traceline; then the status says so and the token has to be typed again.

use jiff::civil::Date;
use secrecy::SecretString;
use url::Url;

use crate::{
    domain::{
        connection::{ConnectionStatus, StatusReason},
        connection_report::{ConnectionReport, Verdict},
        jira::Deployment,
    },
    server::{
        app::connection_list::status_words,
        error::{Error, Result},
        jira::{Credential, ErrorClass, JiraClient, JiraError, Site},
        live::LiveEvent,
        outbound::{OutboundClient, OutboundError},
        secrets::Place,
        state::AppState,
        store::{
            StoreError,
            connection::{self, ConnectionRow, NewStatus},
            connection_health, setting,
        },
    },
};

/// Answers of a working connection are noted at most this often, in milliseconds.
const TOUCH_STEP_MS: i64 = 60 * 1000;

/// A connection ready for calls.
#[derive(Debug, Clone)]
pub struct OpenConnection {
    /// The client with its credential.
    pub client: JiraClient,
    /// What is stored about it.
    pub row: ConnectionRow,
}

/// The place that a connection's token is sealed for: its row, and where the token goes.
pub fn token_place(row: &ConnectionRow) -> Place {
    Place::of_token(
        &row.id,
        &row.deployment,
        &row.site_url,
        &row.api_base,
        row.ca_pem.as_deref(),
    )
}

/// Opens a connection for calls.
///
/// # Errors
/// Unknown; disconnected; the token does not open with this server's key (the status says so then).
pub async fn open_client(state: &AppState, connection_id: &str) -> Result<OpenConnection> {
    let mut tx = state.database().read().await?;
    let row = connection::find(&mut tx, connection_id)
        .await?
        .ok_or(Error::NotFound("connection"))?;
    drop(tx);
    if row.status == ConnectionStatus::Inactive.code() {
        return Err(Error::Conflict(format!(
            "The connection {} is disconnected, so Jira is not called. An Account Admin or System Admin can reconnect it.",
            row.name
        )));
    }
    let token = match open_token(state, &row) {
        Ok(token) => token,
        Err(error) => {
            if let Error::Secret(secret) = &error {
                let (reason, next) = secret.words();
                let new = NewStatus {
                    status: ConnectionStatus::Error.code(),
                    reason: &reason,
                    next,
                };
                write_status(state, &row, new).await?;
            }
            return Err(error);
        }
    };
    let deployment = deployment_of(&row)?;
    let credential = match deployment {
        Deployment::Cloud => Credential::Cloud {
            email: row.email.clone().unwrap_or_default(),
            token,
        },
        Deployment::DataCenter => Credential::DataCenter { token },
    };
    let site = Site {
        deployment,
        site_url: stored_url(&row.site_url, "site_url")?,
        api_base: stored_url(&row.api_base, "api_base")?,
        credential,
    };
    let outbound = open_outbound(state, row.ca_pem.as_deref())?;
    Ok(OpenConnection {
        client: JiraClient::new(outbound, site).with_sheet(state.calls().sheet(&row.id)),
        row,
    })
}

/// The stored token of a connection.
pub(super) fn open_token(state: &AppState, row: &ConnectionRow) -> Result<SecretString> {
    let sealed = row
        .sealed_token
        .as_deref()
        .ok_or_else(|| StoreError::inconsistent("connection", "sealed_token", "absent"))?;
    Ok(state.sealer().open(&token_place(row), sealed)?)
}

/// The outbound client for a connection with its own certificate authority.
pub(super) fn open_outbound(state: &AppState, ca_pem: Option<&str>) -> Result<OutboundClient> {
    state.outbound_clients().get(ca_pem).map_err(|error| match error {
        OutboundError::BadCertificateAuthority if ca_pem.is_some() => Error::field(
            crate::domain::connection::fields::CA_PEM,
            "The certificate cannot be read: its text is damaged or cut. Paste the whole PEM file of the authority again.",
        ),
        error => Error::Internal(format!("the outbound client: {error}")),
    })
}

/// Deployment of a stored connection.
pub(super) fn deployment_of(row: &ConnectionRow) -> Result<Deployment> {
    Deployment::find(&row.deployment)
        .ok_or_else(|| StoreError::inconsistent("connection", "deployment", &row.deployment).into())
}

/// A stored address.
pub(super) fn stored_url(text: &str, column: &'static str) -> Result<Url> {
    Url::parse(text).map_err(|error| StoreError::inconsistent("connection", column, error).into())
}

/// Notes that a call made with the token of `row` failed. A refused token makes the status Error with the
/// reason; other failures pass or belong to one call, and leave it. When the connection has been saved anew
/// meanwhile, the refusal is about the old token and changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn record_failure(state: &AppState, row: &ConnectionRow, error: &JiraError) -> Result<()> {
    if !matches!(error, JiraError::RateLimited { .. }) {
        hurry(state, row).await?;
    }
    if error.class() != ErrorClass::Credential {
        return Ok(());
    }
    set_status(state, row, refusal_reason(state, row).await?).await
}

/// Why Jira refuses the token: it is over by the date that somebody entered, or Jira does not say.
pub(super) async fn refusal_reason(state: &AppState, row: &ConnectionRow) -> Result<StatusReason> {
    Ok(match find_token_end(state, row).await? {
        Some(_) => StatusReason::TokenExpired,
        None => StatusReason::TokenRefused,
    })
}

/// The day on which the token of a connection ended, if its stored date is over.
pub(super) async fn find_token_end(state: &AppState, row: &ConnectionRow) -> Result<Option<Date>> {
    let mut tx = state.database().read().await?;
    let zone = setting::find_time_zone(&mut tx).await?;
    let today = zone.to_datetime(state.clock().now()).date();
    let end = row
        .token_expires_on
        .as_deref()
        .and_then(|day| day.parse::<Date>().ok());
    Ok(end.filter(|end| *end < today))
}

/// Notes that Jira answered a call made with the token of `used`: a status Error ends, and the words of the
/// last test are back, for nothing else was checked. Where that test failed, an answer says less than the test
/// asked: the status stays, and the next background check tests again. As in [`record_failure`], an answer to a
/// token that was replaced meanwhile changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn record_success(state: &AppState, used: &ConnectionRow) -> Result<()> {
    let mut tx = state.database().read().await?;
    let row = connection::find(&mut tx, &used.id).await?;
    drop(tx);
    let Some(row) = row.filter(|row| row.revision == used.revision) else {
        return Ok(());
    };
    if failed_its_test(&row) {
        return Ok(());
    }
    if row.status == ConnectionStatus::Error.code() {
        let report = find_report(&row);
        let (reason, next) = report
            .as_ref()
            .map_or_else(|| ("Jira answers again.".to_owned(), String::new()), status_words);
        let mut tx = state.database().write().await?;
        connection_health::wake(&mut tx, &row.id, state.clock().now_ms()).await?;
        tx.commit().await?;
        let new = NewStatus {
            status: ConnectionStatus::Active.code(),
            reason: &reason,
            next: &next,
        };
        return write_status(state, &row, new).await;
    }
    let now = state.clock().now_ms();
    if row.checked_at.is_none_or(|at| now - at >= TOUCH_STEP_MS) {
        let mut tx = state.database().write().await?;
        connection::touch(&mut tx, &row.id, now).await?;
        connection_health::wake(&mut tx, &row.id, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn find_report(row: &ConnectionRow) -> Option<ConnectionReport> {
    serde_json::from_str(row.report.as_deref()?).ok()
}

/// Whether a test ended in Error, as that of a reconnect does: that the account is known is less than it asked.
pub(super) fn failed_its_test(row: &ConnectionRow) -> bool {
    row.status == ConnectionStatus::Error.code()
        && find_report(row).is_some_and(|report| report.verdict == Verdict::Failed)
}

/// A failed call lets the background check look at once, whatever it was about.
async fn hurry(state: &AppState, row: &ConnectionRow) -> Result<()> {
    let mut tx = state.database().write().await?;
    connection_health::hurry(&mut tx, &row.id, state.clock().now_ms()).await?;
    Ok(tx.commit().await?)
}

/// Sets the status for a reason, unless the connection was saved meanwhile or a person has disconnected it.
pub(super) async fn set_status(state: &AppState, row: &ConnectionRow, reason: StatusReason) -> Result<()> {
    let new = NewStatus {
        status: reason.status().code(),
        reason: reason.what(),
        next: reason.next_step(),
    };
    write_status(state, row, new).await
}

async fn write_status(state: &AppState, row: &ConnectionRow, new: NewStatus<'_>) -> Result<()> {
    let mut tx = state.database().write().await?;
    let changed = connection::set_status(&mut tx, &row.id, row.revision, new, state.clock().now_ms()).await?;
    tx.commit().await?;
    if changed {
        state.live().send(LiveEvent::ConnectionChanged(row.id.clone()));
    }
    Ok(())
}
