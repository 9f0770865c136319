//! Removing what is over: sessions, links, counted tries, kept forms and tests, old sync runs, dead jobs, and what
//! the wizard remembers of Jira. Nothing relies on it: every reader checks the time itself. How long things are
//! kept stands in the README.

use std::time::Duration;

use crate::server::{
    app::throttle::WINDOW_MS,
    error::Result,
    state::AppState,
    store::{
        connection_health, connection_test, form_failure, one_time_link, session, throttle, wizard_cache,
    },
    sync,
};

const EVERY: Duration = Duration::from_mins(10);
/// Sync runs kept of each configuration; the page lists fewer.
const RUNS: i64 = 50;
/// How long the checks of connections are kept: two days, of which one is shown.
const CHECKS_MS: i64 = 2 * 24 * 60 * 60 * 1000;
/// How long dead jobs and lists of Jira are kept.
const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Removes what is over now. Every step is made, whatever becomes of the others.
///
/// # Errors
/// The first step that failed: when the database does not answer.
pub async fn clean(state: &AppState) -> Result<()> {
    let now = state.clock().now_ms();
    // Another process may have changed it.
    let followed = state.public_address().load(state.database()).await;
    let cleaned = [
        forget_people(state, now).await,
        forget_runs(state, now).await,
        forget_lists(state, now).await,
    ];
    followed?;
    cleaned.into_iter().collect()
}

/// Sessions, links, tries, and what forms and tests kept.
async fn forget_people(state: &AppState, now: i64) -> Result<()> {
    let mut tx = state.database().write().await?;
    session::delete_expired(&mut tx, now).await?;
    one_time_link::delete_expired(&mut tx, now).await?;
    throttle::delete_old(&mut tx, WINDOW_MS, now).await?;
    form_failure::delete_expired(&mut tx, now).await?;
    connection_test::delete_expired(&mut tx, now).await?;
    connection_health::delete_hours(&mut tx, now - CHECKS_MS).await?;
    Ok(tx.commit().await?)
}

/// Sync runs and dead jobs, on their own: who deletes a project meanwhile locks the same rows in another order.
async fn forget_runs(state: &AppState, now: i64) -> Result<()> {
    let mut tx = state.database().write().await?;
    sync::forget_old(&mut tx, RUNS, now - MONTH_MS).await?;
    Ok(tx.commit().await?)
}

/// What the wizard remembers of Jira.
async fn forget_lists(state: &AppState, now: i64) -> Result<()> {
    let mut tx = state.database().write().await?;
    wizard_cache::delete_old(&mut tx, now - MONTH_MS).await?;
    Ok(tx.commit().await?)
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
            Ok(()) => tracing::debug!("removed what is over"),
            Err(error) => {
                tracing::warn!(error = ?error, "what is over cannot be removed now, trying again later");
            }
        }
    }
}
