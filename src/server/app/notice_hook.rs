//! Messages about notices to another system: its address, a test, and sending.
//!
//! The address of a chat system is a secret by itself, so it is sealed and never shown again. Calls are guarded like
//! those to Jira. A message is laid out in the transaction of its cause and sent at least once: another system may
//! meet one twice and tell by its id. Can go wrong: nobody answers there for a day; the message is given up, and
//! the page says so.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use crate::{
    api::notice::{NoticeHookView, NoticesView},
    domain::{
        audit::AuditAction,
        field_error::FieldErrors,
        notice::{News, Notice},
        notice_hook::{Fate, check_secret, message, parse_hook_url, plan_retry, read_status},
        text::capitalised,
    },
    server::{
        app::{
            audit::record,
            calendar::Calendar,
            connection::{open_outbound, stored_url},
            connection_form::count_look,
            notice, target,
        },
        auth::AccountGuard,
        error::{Error, Result},
        jira::retry::parse_retry_after,
        outbound::{OutboundError, OutboundRequest, OutboundResponse},
        random, request,
        secrets::Place,
        state::AppState,
        store::{
            StoreError, Tx,
            notice::{self as store, HookRow, MessageRow},
        },
    },
};

/// How often messages that are due are looked for.
const TICK: Duration = Duration::from_secs(2);
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a message is taken for sending, in milliseconds: longer than any call.
const TAKEN_MS: i64 = 60 * 1000;
/// Tests that one person may send within [`super::connection_form::TEST_WINDOW_MS`].
const TEST_LIMIT: i64 = 20;
/// Code of what signs a message's bytes.
const SIGNATURE: &str = "x-traceline-signature";

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Hook {
    url: String,
    secret: String,
}

fn place(host: &str) -> Place {
    Place::of_notice_hook(store::hook_id(), host)
}

fn open(state: &AppState, row: &HookRow) -> Result<Hook> {
    let opened = state.sealer().open(&place(&row.host), &row.sealed)?;
    Ok(serde_json::from_str(opened.expose_secret())
        .map_err(|_| StoreError::inconsistent("notice_hook", "sealed", "not as written"))?)
}

/// The page: what holds now, and where messages go.
///
/// # Errors
/// When the database does not answer.
pub async fn load(guard: &AccountGuard) -> Result<NoticesView> {
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let told = notice::tell(guard.viewer(), &mut tx).await?;
    let waiting = store::count_messages(&mut tx).await?;
    let hook = store::find_hook(&mut tx).await?.map(|row| NoticeHookView {
        set: format!("Set {} by {}", calendar.day_words_ms(row.set_at), row.set_by),
        host: row.host,
        sent: row.sent_at.map(|at| calendar.moment_ms(at)),
        trouble: row.trouble,
        waiting: u64::try_from(waiting).unwrap_or_default(),
    });
    Ok(NoticesView {
        notices: told.notices,
        hook,
    })
}

/// Sets address and secret.
///
/// # Errors
/// What is wrong with a field.
pub async fn save(guard: &AccountGuard, url: &str, secret: SecretString) -> Result<()> {
    let mut errors = FieldErrors::new();
    let url = errors.take(parse_hook_url(url));
    errors.take(check_secret(secret.expose_secret().trim()));
    let Some(url) = url.filter(|_| errors.is_empty()) else {
        return Err(Error::Invalid(errors));
    };
    let state = guard.state();
    let host = url.host_str().unwrap_or_default().to_owned();
    let hook = Hook {
        url: url.into(),
        secret: secret.expose_secret().trim().to_owned(),
    };
    let text = serde_json::to_string(&hook).map_err(|error| Error::Internal(error.to_string()))?;
    let sealed = state.sealer().seal(&place(&host), &text.into());
    let viewer = guard.viewer();
    let mut tx = state.database().write().await?;
    store::save_hook(&mut tx, &host, &sealed, viewer.name(), state.clock().now_ms()).await?;
    let signed = if hook.secret.is_empty() {
        "unsigned"
    } else {
        "signed"
    };
    let detail = format!("Notices are sent to {host}, {signed}; address and secret changed");
    record(
        &mut tx,
        viewer,
        AuditAction::NoticeHookChanged,
        "organisation",
        &detail,
    );
    tx.commit().await?;
    request::redirect(&format!("{}?done=saved", target::NOTICES));
    Ok(())
}

/// Ends the sending.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(guard: &AccountGuard) -> Result<()> {
    let mut tx = guard.state().database().write().await?;
    if store::delete_hook(&mut tx).await? {
        record(
            &mut tx,
            guard.viewer(),
            AuditAction::NoticeHookChanged,
            "organisation",
            "Notices are no longer sent elsewhere",
        );
    }
    tx.commit().await?;
    request::redirect(&format!("{}?done=removed", target::NOTICES));
    Ok(())
}

/// Sends a test now; the page tells how it fared.
///
/// # Errors
/// No address; too many tests; what is sealed does not open.
pub async fn test(guard: &AccountGuard) -> Result<()> {
    let state = guard.state();
    count_look(guard, "notice_hook_test", TEST_LIMIT).await?;
    let mut tx = state.database().read().await?;
    let row = store::find_hook(&mut tx).await?;
    drop(tx);
    let row = row.ok_or_else(|| {
        Error::Conflict("There is no address to send to. Nothing was sent. Save one first.".into())
    })?;
    let body = message(&random::new_id(), &state.clock().now().to_string(), None);
    let trouble = post(state, &row, &body)
        .await?
        .err()
        .map(|refusal| refusal.words)
        .unwrap_or_default();
    let mut tx = state.database().write().await?;
    store::note_sent(&mut tx, row.set_at, state.clock().now_ms(), &trouble).await?;
    tx.commit().await?;
    let done = if trouble.is_empty() {
        "tested"
    } else {
        "not-arrived"
    };
    request::redirect(&format!("{}?done={done}", target::NOTICES));
    Ok(())
}

/// Lays out a message about a notice, where there is an address.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn lay_out(
    state: &AppState,
    tx: &mut Tx,
    news: News,
    notice: &Notice,
    now: i64,
) -> Result<()> {
    if store::find_hook(tx).await?.is_none() {
        return Ok(());
    }
    let id = random::new_id();
    let body = message(&id, &state.clock().now().to_string(), Some((news, notice)));
    store::insert_message(tx, &id, &body.to_string(), now).await?;
    Ok(())
}

/// Sends until the server stops.
pub async fn run(state: AppState) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.shutdown().cancelled() => return,
            _ = ticks.tick() => {}
        }
        let sent = tokio::select! {
            () = state.shutdown().cancelled() => return,
            sent = send_due(&state) => sent,
        };
        if let Err(error) = sent {
            tracing::warn!(error = ?error, "messages about notices could not be sent now, trying again later");
        }
    }
}

/// Sends every message that is due, one after the other; gives how many were tried.
///
/// # Errors
/// When the database does not answer; what is sealed does not open.
pub async fn send_due(state: &AppState) -> Result<usize> {
    let mut tried = 0;
    loop {
        let now = state.clock().now_ms();
        let mut tx = state.database().read().await?;
        let waiting = store::count_messages(&mut tx).await?;
        drop(tx);
        if waiting == 0 {
            return Ok(tried);
        }
        // Together: a message goes to the address that it was laid out for.
        let mut tx = state.database().write().await?;
        let row = store::find_hook(&mut tx).await?;
        let due = store::claim_message(&mut tx, now, now + TAKEN_MS).await?;
        tx.commit().await?;
        let (Some(row), Some(due)) = (row, due) else {
            return Ok(tried);
        };
        tried += 1;
        let outcome = send(state, &row, &due).await;
        let now = state.clock().now_ms();
        let mut tx = state.database().write().await?;
        match outcome {
            Ok(()) => {
                store::delete_message(&mut tx, &due.id).await?;
                store::note_sent(&mut tx, row.set_at, now, "").await?;
            }
            Err(Refusal {
                words,
                lasting,
                wish_ms,
            }) => {
                let wait = plan_retry(due.tries + 1, now - due.created_at, wish_ms).filter(|_| !lasting);
                let trouble = if let Some(wait) = wait {
                    store::postpone_message(&mut tx, &due.id, now + wait).await?;
                    words
                } else {
                    tracing::warn!(
                        message.id = due.id,
                        trouble = words,
                        "a message about a notice was given up"
                    );
                    store::delete_message(&mut tx, &due.id).await?;
                    format!("{words} It was given up.")
                };
                store::note_sent(&mut tx, row.set_at, now, &trouble).await?;
            }
        }
        tx.commit().await?;
    }
}

/// Why a message did not arrive.
#[derive(Debug)]
struct Refusal {
    /// For people, without the address.
    words: String,
    /// The message itself is refused: sent again it fares no better.
    lasting: bool,
    /// How long the other system asks to wait.
    wish_ms: Option<i64>,
}

impl Refusal {
    fn for_now(words: String) -> Self {
        Self {
            words,
            lasting: false,
            wish_ms: None,
        }
    }
}

async fn send(state: &AppState, row: &HookRow, due: &MessageRow) -> std::result::Result<(), Refusal> {
    let body: Value = serde_json::from_str(&due.body).map_err(|error| {
        tracing::error!(message.id = due.id, error = %error, "a stored message cannot be read");
        Refusal {
            lasting: true,
            ..Refusal::for_now("A stored message could not be read.".to_owned())
        }
    })?;
    match post(state, row, &body).await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::warn!(message.id = due.id, error = ?error, "the stored address of messages cannot be used");
            Err(Refusal::for_now(
                "The stored address cannot be opened. Save it again.".to_owned(),
            ))
        }
    }
}

/// One call; why it did not arrive.
async fn post(state: &AppState, row: &HookRow, body: &Value) -> Result<std::result::Result<(), Refusal>> {
    let hook = open(state, row)?;
    let url = stored_url(&hook.url, "sealed address")?;
    let mut headers = HeaderMap::new();
    if !hook.secret.is_empty() {
        headers.insert(SIGNATURE, sign(&hook.secret, body.to_string().as_bytes()));
    }
    let request = OutboundRequest {
        method: Method::POST,
        url,
        authorization: None,
        body: Some(body.clone()),
        deadline: PATIENCE,
    };
    Ok(
        match open_outbound(state, None)?.send_with(request, headers).await {
            Ok(answer) => read_answer(&row.host, &answer, state.clock().now()),
            Err(error @ OutboundError::AddressNotAllowed { .. }) => Err(Refusal::for_now(format!(
                "{}. The operator of this server can allow it.",
                capitalised(&error.to_string())
            ))),
            Err(error) => Err(Refusal::for_now(format!("{}.", capitalised(&error.to_string())))),
        },
    )
}

fn read_answer(host: &str, answer: &OutboundResponse, now: Timestamp) -> std::result::Result<(), Refusal> {
    let said = |why: &str| format!("{host} answered with HTTP {}: {why}.", answer.status);
    match read_status(answer.status) {
        Fate::Arrived => Ok(()),
        Fate::Never(why) => Err(Refusal {
            lasting: true,
            ..Refusal::for_now(said(why))
        }),
        Fate::Later(why) => {
            let wish = answer
                .find_header("retry-after")
                .and_then(|value| parse_retry_after(value, now));
            Err(Refusal {
                wish_ms: wish.map(|wish| i64::try_from(wish.as_millis()).unwrap_or(i64::MAX)),
                ..Refusal::for_now(said(why))
            })
        }
    }
}

/// `sha256=` and the code in hexadecimal, as many receivers check it.
fn sign(secret: &str, bytes: &[u8]) -> HeaderValue {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(bytes);
    let code = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    HeaderValue::from_str(&code).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_standard_one() {
        // Test case 2 of RFC 4231.
        let code = sign("Jefe", b"what do ya want for nothing?");
        assert_eq!(
            code.to_str().unwrap_or_default(),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
