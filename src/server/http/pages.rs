//! The renderer: every route of the app as a page, with one context for all of them.

use axum::{Router, http::StatusCode, http::request::Parts};
use leptos::{
    config::LeptosOptions,
    nonce::Nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{LeptosRoutes, generate_route_list_with_exclusions};

use crate::{
    server::{
        auth::session,
        http::{assets::Assets, context::RequestContext, error_page},
        state::AppState,
    },
    ui::app::{App, PageFrame, shell},
};

/// Cookie that carries the theme, so that the first byte of a page has it.
pub const THEME_COOKIE: &str = "traceline_theme";

/// Routes of all pages.
pub fn router(state: &AppState, assets: &Assets) -> Router {
    let options = LeptosOptions::builder().output_name("traceline").build();
    // To a released server the kit page is a path like any unknown one.
    let hidden = (!crate::DEVELOPMENT).then(|| vec!["/kit".to_owned()]);
    let routes = generate_route_list_with_exclusions(App, hidden);
    let frame = PageFrame {
        style: assets.href("/pkg/traceline.css"),
        script: assets
            .has("/pkg/traceline.js")
            .then(|| assets.href("/islands.js")),
        module: assets.href("/pkg/traceline.js"),
        wasm: assets.href("/pkg/traceline_bg.wasm"),
        theme: String::new(),
    };
    let state = state.clone();
    let provide = move || {
        provide_context(state.clone());
        let request =
            use_context::<Parts>().and_then(|parts| parts.extensions.get::<RequestContext>().cloned());
        let mut frame = frame.clone();
        if let Some(request) = request {
            if let Some(theme @ ("light" | "dark")) = session::find_cookie(&request.headers, THEME_COOKIE) {
                theme.clone_into(&mut frame.theme);
            }
            provide_context(Nonce::from_value(request.nonce));
        }
        provide_context(frame);
    };
    Router::new()
        .leptos_routes_with_context(&options, routes, provide, shell)
        .fallback(super::not_found)
        .method_not_allowed_fallback(|| async { error_page::page(StatusCode::METHOD_NOT_ALLOWED) })
        .with_state(options)
}
