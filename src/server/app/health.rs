//! The background check: asks each connected Jira now and then whether it still knows the account, so that a status
//! is never older than a few minutes.
//!
//! One call, tried once, and no transaction open meanwhile. What it means is decided by `domain::health`. Several
//! processes on one database take turns.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::{
    domain::{
        connection::{ConnectionStatus, StatusReason},
        health::{Finding, HOUR_MS, Look, Streak, judge, plan_next},
    },
    server::{
        app::{
            connection::{failed_its_test, open_client, record_success, refusal_reason, set_status},
            connection_switch,
        },
        error::{Error, Result},
        jira::{ErrorClass, Identity, JiraError},
        live::LiveEvent,
        outbound::OutboundError,
        random,
        state::AppState,
        store::{
            StoreError, connection,
            connection_health::{self, DueRow, NewLook},
        },
    },
};

/// How often the table is looked into.
const TICK: Duration = Duration::from_secs(2);
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Looks on their way at once.
const AT_ONCE: usize = 8;
/// How long a connection is taken for a look, in milliseconds: longer than any look.
const TAKEN_MS: i64 = 60 * 1000;

/// Looks at what is due until the server stops.
pub async fn run(state: AppState) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.shutdown().cancelled() => return,
            _ = ticks.tick() => {}
        }
        note_calls(&state).await;
        let looked = tokio::select! {
            () = state.shutdown().cancelled() => return,
            looked = look_at_due(&state) => looked,
        };
        if let Err(error) = looked {
            tracing::warn!(error = ?error, "connections could not be checked now, trying again later");
        }
    }
}

/// Writes the calls down, where the database answers.
pub async fn note_calls(state: &AppState) {
    if let Err(error) = write_calls(state).await {
        tracing::warn!(error = ?error, "calls to Jira could not be written down now, trying again later");
    }
}

/// Adds the calls that were counted since the last time to the present hour.
///
/// # Errors
/// When the database does not answer; the counts are kept then.
pub async fn write_calls(state: &AppState) -> Result<()> {
    let taken = state.calls().take();
    if taken.is_empty() {
        return Ok(());
    }
    let now = state.clock().now_ms();
    let write = async {
        let mut tx = state.database().write().await?;
        for (id, counts) in &taken {
            let [calls, throttled, waited] = [counts.calls, counts.throttled, counts.waited_ms]
                .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
            let hour = now - now.rem_euclid(HOUR_MS);
            connection_health::add_calls(&mut tx, id, hour, (calls, throttled, waited)).await?;
        }
        tx.commit().await
    };
    let written = write.await;
    if written.is_err() {
        state.calls().give_back(&taken);
    }
    Ok(written?)
}

/// Looks at every connection that is due, some at once: a Jira that hangs does not hide how the others are. Gives how
/// many there were.
///
/// # Errors
/// When the database does not answer.
pub async fn look_at_due(state: &AppState) -> Result<usize> {
    let mut looks = JoinSet::new();
    let (mut looked, mut outcome) = (0, Ok(()));
    loop {
        while outcome.is_ok() && looks.len() < AT_ONCE {
            let due = match claim(state).await {
                Ok(Some(due)) => due,
                Ok(None) => break,
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            };
            let state = state.clone();
            looks.spawn(async move { look_at(&state, &due).await });
            looked += 1;
        }
        match looks.join_next().await {
            None => return outcome.map(|()| looked),
            Some(Ok(Ok(()))) => {}
            Some(Ok(Err(error))) => outcome = Err(error),
            Some(Err(error)) => outcome = Err(Error::Internal(format!("a look ended early: {error}"))),
        }
    }
}

async fn claim(state: &AppState) -> Result<Option<DueRow>> {
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    let due = connection_health::claim(&mut tx, now, now + TAKEN_MS).await?;
    tx.commit().await?;
    Ok(due)
}

async fn look_at(state: &AppState, due: &DueRow) -> Result<()> {
    let began = Instant::now();
    let look = match open_client(state, &due.connection_id).await {
        Ok(open) => {
            let client = open.client.with_limits(1, PATIENCE);
            read_look(&client.myself().await)
        }
        Err(Error::Secret(_)) => Look::Sealed,
        // Disconnected or gone since it was taken: there is nothing to look at.
        Err(Error::Conflict(_) | Error::NotFound(_)) => return Ok(()),
        Err(error @ (Error::Busy | Error::Store(StoreError::Busy | StoreError::Unavailable(_)))) => {
            return Err(error);
        }
        Err(error) => {
            tracing::warn!(connection.id = due.connection_id, error = ?error, "a connection cannot be opened");
            Look::Sealed
        }
    };
    let latency_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    let before = Streak {
        failures: u32::try_from(due.failures).unwrap_or_default(),
        refusals: u32::try_from(due.refusals).unwrap_or_default(),
    };
    let streak = before.after(look);
    let finding = judge(look, streak);
    let now = state.clock().now_ms();
    let [roll] = random::bytes();
    let words = match finding {
        Finding::Degraded(words) => words,
        _ => "",
    };
    let mut tx = state.database().write().await?;
    let known = connection_health::list(&mut tx).await?;
    let changed = known
        .iter()
        .any(|row| row.connection_id == due.connection_id && row.words != words);
    let new = NewLook {
        connection_id: &due.connection_id,
        revision: due.revision,
        next_at: plan_next(look, streak, roll).map(|wait| now + wait),
        failures: i64::from(streak.failures),
        refusals: i64::from(streak.refusals),
        outcome: look.code(),
        words,
        latency_ms,
        hour: now - now.rem_euclid(HOUR_MS),
        now,
    };
    let counts = connection_health::save(&mut tx, due.next_at, &new).await?;
    connection::touch(&mut tx, &due.connection_id, now).await?;
    let row = connection::find(&mut tx, &due.connection_id).await?;
    tx.commit().await?;
    // A call failed, or somebody saved, while this look was on its way: the next one comes at once and decides.
    let Some(row) = row.filter(|row| counts && row.revision == due.revision) else {
        return Ok(());
    };
    match finding {
        Finding::Well if failed_its_test(&row) => connection_switch::recover(state, &row).await?,
        Finding::Well => record_success(state, &row).await?,
        // What was in Error stays so until Jira answers.
        Finding::Degraded(_) | Finding::Unknown => {}
        Finding::Bad(StatusReason::TokenRefused) => {
            set_status(state, &row, refusal_reason(state, &row).await?).await?;
        }
        Finding::Bad(reason) => set_status(state, &row, reason).await?,
    }
    if changed && row.status != ConnectionStatus::Inactive.code() {
        state.live().send(LiveEvent::ConnectionChanged(row.id));
    }
    Ok(())
}

/// What an answer to the question who the account is means.
fn read_look(answer: &std::result::Result<Identity, JiraError>) -> Look {
    let error = match answer {
        Ok(identity) if identity.active => return Look::Works,
        Ok(_) => return Look::Refused(StatusReason::TokenRefused),
        Err(error) => error,
    };
    match error {
        JiraError::RateLimited { .. }
        | JiraError::Unavailable {
            retry_after: Some(_), ..
        } => Look::Limited,
        JiraError::Outbound(OutboundError::Tls { .. }) => Look::Down(StatusReason::Tls),
        JiraError::Outbound(OutboundError::AddressNotAllowed { .. }) => Look::Down(StatusReason::Blocked),
        JiraError::Outbound(OutboundError::Redirect { .. })
        | JiraError::NotJson { .. }
        | JiraError::LoginPage
        | JiraError::NotJira { .. }
        | JiraError::NotFound { .. }
        | JiraError::Gone => Look::Down(StatusReason::NotJira),
        JiraError::Outbound(_) => Look::Down(StatusReason::Unreachable),
        error if error.class() == ErrorClass::Credential => Look::Refused(StatusReason::TokenRefused),
        _ => Look::Down(StatusReason::ServerError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::outbound::TlsProblem;

    #[test]
    fn each_answer_has_its_meaning() {
        let host = || "jira.test".to_owned();
        let table = [
            (JiraError::RateLimited { retry_after: None }, Look::Limited),
            (
                JiraError::Unavailable {
                    status: 503,
                    retry_after: Some(Duration::from_secs(9)),
                },
                Look::Limited,
            ),
            (
                JiraError::Unavailable {
                    status: 503,
                    retry_after: None,
                },
                Look::Down(StatusReason::ServerError),
            ),
            (
                JiraError::Unavailable {
                    status: 500,
                    retry_after: None,
                },
                Look::Down(StatusReason::ServerError),
            ),
            (
                JiraError::Unauthorized { login_reason: None },
                Look::Refused(StatusReason::TokenRefused),
            ),
            (JiraError::LoginPage, Look::Down(StatusReason::NotJira)),
            (
                JiraError::NotJira { status: 200 },
                Look::Down(StatusReason::NotJira),
            ),
            (JiraError::Truncated, Look::Down(StatusReason::ServerError)),
            (
                JiraError::Outbound(OutboundError::NameNotFound { host: host() }),
                Look::Down(StatusReason::Unreachable),
            ),
            (
                JiraError::Outbound(OutboundError::Tls {
                    host: host(),
                    problem: TlsProblem::Expired,
                }),
                Look::Down(StatusReason::Tls),
            ),
            (
                JiraError::Outbound(OutboundError::AddressNotAllowed {
                    host: host(),
                    never: false,
                }),
                Look::Down(StatusReason::Blocked),
            ),
        ];
        for (error, look) in table {
            assert_eq!(read_look(&Err(error.clone())), look, "{error}");
        }
    }
}
