//! The HTTP edge: router, middleware, pages, server functions, assets, health.
//!
//! Order from outside in: a request id and a nonce are made, security headers are set on every answer and
//! error pages get their reference (`middleware`); panics become the styled 500 page; bodies are limited;
//! cross-site writes are refused; forms and calls of scripts are told apart (`forms`); then the router.
//! Nothing here decides who may do what: guards do, in the handlers.

pub mod assets;
pub mod error_page;
pub mod events;
pub mod exports;
pub mod forms;
pub mod health;
pub mod middleware;
pub mod pages;
pub mod serve;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer};

use crate::server::{http::assets::Assets, state::AppState};

/// Largest body a form or a server function may have; forms here are small.
const BODY_LIMIT: usize = 1024 * 1024;

/// The whole application as one service.
pub fn router(state: AppState, assets: Assets) -> Router {
    let pages = pages::router(&state, &assets);
    let protected = Router::new()
        .merge(pages)
        .merge(events::router(&state))
        .merge(exports::router(&state))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(
                    state.clone(),
                    middleware::refuse_headless_writes,
                ))
                .layer(CsrfLayer::new().with_rejection_response(|_error| error_page::forbidden_cross_site()))
                .layer(from_fn_with_state(state.clone(), forms::intercept)),
        )
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn(forms::refuse_large));
    let all = Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready).with_state(state.clone()))
        .merge(assets::router(assets))
        .merge(protected);
    surround(all, state)
}

/// Puts around routes what every request gets: id, log line, headers, and a page instead of a panic.
pub fn surround(routes: Router, state: AppState) -> Router {
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state, middleware::around))
            .layer(CatchPanicLayer::custom(error_page::after_panic)),
    )
}

/// What answers when nothing else does.
pub fn not_found() -> axum::response::Response {
    error_page::page(StatusCode::NOT_FOUND)
}
