//! Removing what is over: sessions, links, counted tries, kept forms and tests, old sync runs, dead jobs, and what
//! the wizard remembers of Jira. Nothing relies on it: every reader checks the time itself. How long things are
//! kept stands in the README.

use std::time::Duration;

use crate::server::{
    app::throttle::WINDOW_MS,
    error::Result,
    state::AppState,
    store::{connection_test, form_failure, one_time_link, session, throttle, wizard_cache},
    sync,
};

const EVERY: Duration = Duration::from_mins(10);
/// Sync runs kept of each configuration; the page lists fewer.
const RUNS: i64 = 50;
/// How long dead jobs and lists of Jira are kept.
const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Removes what is over now; gives the number of sessions.
///
/// # Errors
/// When the database does not answer.
pub async fn clean(state: &AppState) -> Result<u64> {
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    let sessions = session::delete_expired(&mut tx, now).await?;
    one_time_link::delete_expired(&mut tx, now).await?;
    throttle::delete_old(&mut tx, WINDOW_MS, now).await?;
    form_failure::delete_expired(&mut tx, now).await?;
    connection_test::delete_expired(&mut tx, now).await?;
    tx.commit().await?;
    // Each on its own: who deletes a project meanwhile locks the same rows in another order.
    let mut tx = state.database().write().await?;
    sync::forget_old(&mut tx, RUNS, now - MONTH_MS).await?;
    tx.commit().await?;
    let mut tx = state.database().write().await?;
    wizard_cache::delete_old(&mut tx, now - MONTH_MS).await?;
    tx.commit().await?;
    // Another process may have changed it.
    state.public_address().load(state.database()).await?;
    Ok(sessions)
}

/// Cleans at start and every ten minutes until the server stops.
pub async fn run(state: AppState) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = state.shutdown().cancelled() => return,
            _ = ticks.tick() => {}
        }
        match clean(&state).await {
            Ok(sessions) => tracing::debug!(sessions, "removed what is over"),
            Err(error) => {
                tracing::warn!(error = ?error, "what is over cannot be removed now, trying again later");
            }
        }
    }
}
