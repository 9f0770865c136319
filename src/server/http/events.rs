//! Event streams of open pages (server-sent events).
//!
//! A stream carries only the word that something changed; the page then reads the new state through
//! its guarded server function. Streams end when the server begins to stop, so that stopping is quick.

use axum::Router;

use crate::server::state::AppState;

/// Routes of all event streams.
pub fn router(_state: &AppState) -> Router {
    Router::new()
}
