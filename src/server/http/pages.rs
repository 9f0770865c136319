//! The renderer: every route of the app as a page, with one context for all of them.
//!
//! Pages are HTML whatever the client accepts, and their first byte carries the theme: the person's own, the same in
//! all of their sessions, or before sign-in the cookie's. A path without a page is answered by the app for people who
//! are signed in, so that they keep their navigation, and by the bare page for everybody else.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::map_request_with_state,
    response::Response,
};
use leptos::{
    config::LeptosOptions,
    nonce::Nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{LeptosRoutes, generate_route_list_with_exclusions, render_app_async_with_context};

use crate::{
    server::{
        auth::session,
        http::{assets::Assets, error_page},
        random,
        request::RequestContext,
        state::AppState,
        store::session::find_live,
    },
    ui::app::{App, PageFrame, shell},
};

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
    let (state, own) = (state.clone(), state.clone());
    let provide = move || {
        provide_context(state.clone());
        let mut frame = frame.clone();
        if let Some(parts) = use_context::<Parts>() {
            if let Some(Theme(theme)) = parts.extensions.get() {
                frame.theme.clone_from(theme);
            }
            if let Some(request) = parts.extensions.get::<RequestContext>() {
                provide_context(Nonce::from_value(request.nonce.clone()));
            }
        }
        provide_context(frame);
    };
    Router::new()
        .leptos_routes_with_context(&options, routes, provide.clone(), shell)
        .fallback(move |request: Request| {
            find_nothing(request, render_app_async_with_context(provide, shell))
        })
        .method_not_allowed_fallback(|| async { error_page::page(StatusCode::METHOD_NOT_ALLOWED) })
        .layer(map_request_with_state(own, prepare))
        .with_state(options)
}

/// Theme of the page being made: `light`, `dark` or empty for the system's.
#[derive(Debug, Clone)]
struct Theme(String);

/// What every page needs to know before its first byte.
async fn prepare(State(state): State<AppState>, mut request: Request) -> Request {
    if let Some(context) = request.extensions().get::<RequestContext>().cloned() {
        let theme = match find_own_theme(&state, &context).await {
            Some(theme) => theme,
            None => session::find_cookie(&context.headers, session::THEME_COOKIE)
                .unwrap_or_default()
                .to_owned(),
        };
        let theme = Some(theme).filter(|theme| matches!(theme.as_str(), "light" | "dark"));
        request.extensions_mut().insert(Theme(theme.unwrap_or_default()));
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        // Without it a redirect inside a page would be an empty page.
        let html = HeaderValue::from_static("text/html");
        request.headers_mut().insert(header::ACCEPT, html);
    }
    request
}

/// The theme that the person behind the session has chosen; `None` for nobody, and where the database does not
/// answer, which the page itself tells.
async fn find_own_theme(state: &AppState, context: &RequestContext) -> Option<String> {
    let token = session::find_token(&context.headers, context.https)?;
    let mut tx = state.database().read().await.ok()?;
    let now = state.clock().now_ms();
    let live = find_live(&mut tx, &random::hash_token(token), now).await;
    Some(live.ok()??.theme)
}

/// A path that leads nowhere.
async fn find_nothing<F, A>(request: Request, render: F) -> Response
where
    F: Fn(Request) -> A,
    A: Future<Output = Response<Body>>,
{
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_path = !request.uri().path().starts_with("//");
    let signed_in = request
        .extensions()
        .get::<RequestContext>()
        .is_some_and(|context| session::find_token(&context.headers, context.https).is_some());
    if reads && is_path && signed_in {
        let mut page = render(request).await;
        // Else nobody is signed in any more, or the database does not answer.
        if page.status().is_success() {
            *page.status_mut() = StatusCode::NOT_FOUND;
            return page;
        }
    }
    super::not_found()
}
