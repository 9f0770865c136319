//! Liveness and readiness for whoever supervises the process.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::server::state::AppState;

const PLAIN: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];

/// `GET /livez`: the process answers. Touches nothing else.
pub async fn live() -> Response {
    (PLAIN, "ok\n").into_response()
}

/// `GET /readyz`: the database answers and the server is not stopping. 503 otherwise, with one word why.
pub async fn ready(State(state): State<AppState>) -> Response {
    if state.shutdown().is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, PLAIN, "stopping\n").into_response();
    }
    match state.database().check().await {
        Ok(()) => (PLAIN, "ready\n").into_response(),
        Err(error) => {
            tracing::warn!(error = %error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, PLAIN, "database\n").into_response()
        }
    }
}
