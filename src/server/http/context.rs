//! What a request carries through rendering and server functions, and the way back to its response.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header::HeaderName, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::server::{
    error::{Error, Result},
    state::AppState,
};

/// Facts of one request, made by [`super::middleware::around`].
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Reference that log lines and error texts share; ours, never taken from the client.
    pub id: String,
    /// Nonce of the content security policy.
    pub nonce: String,
    /// Client's network address; a proxy's word counts only for trusted proxies.
    pub address: String,
    /// Whether people reach this server over https.
    pub https: bool,
    /// Method.
    pub method: Method,
    /// Address asked for.
    pub uri: Uri,
    /// Headers.
    pub headers: HeaderMap,
}

/// The request being answered.
///
/// # Errors
/// Outside a request (the route list is made at start by rendering the app once).
pub fn request() -> Result<RequestContext> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<RequestContext>().cloned())
        .ok_or_else(|| Error::Internal("no request in context".into()))
}

/// The server's parts.
///
/// # Errors
/// Outside a request.
pub fn state() -> Result<AppState> {
    use_context::<AppState>().ok_or_else(|| Error::Internal("no state in context".into()))
}

/// Id of the request being answered, or an empty text.
pub fn request_id() -> String {
    request().map(|request| request.id).unwrap_or_default()
}

/// Sets the status of the response being made.
pub fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

/// Adds a header to the response being made.
pub fn append_header(name: HeaderName, value: HeaderValue) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.append_header(name, value);
    }
}

/// Sends the browser to another page of ours after a form post.
pub fn redirect(path: &str) {
    leptos_axum::redirect(path);
}
