//! What a request carries through rendering and server functions, and the way back to its response.
//!
//! Headers hold the session cookie and addresses hold one-time tokens: they are never printed, also
//! not by `Debug` of the guards that carry them.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header::HeaderName, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::server::{
    error::{Error, Result},
    state::AppState,
};

/// Query parameter that names a kept failure.
pub const FAILED_PARAMETER: &str = "failed";

/// Header of what a page asks by itself.
const UNATTENDED: &str = "x-traceline-unattended";

/// Facts of one request, made by `http::middleware::around`.
#[derive(Clone)]
pub struct RequestContext {
    /// Reference that log lines and error texts share; ours, never taken from the client.
    pub id: String,
    /// Nonce of the content security policy.
    pub nonce: String,
    /// Client's network address; a proxy's word counts only for trusted proxies.
    pub address: String,
    /// Whether people reach this server over https.
    pub https: bool,
    /// The scheme that a trusted proxy named.
    pub forwarded_scheme: Option<String>,
    /// Method.
    pub method: Method,
    /// Address asked for.
    pub uri: Uri,
    /// Headers.
    pub headers: HeaderMap,
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RequestContext")
            .field("id", &self.id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl RequestContext {
    /// Whether an open page reads itself again, and nobody asked. A request that changes something is somebody's in
    /// any case.
    pub fn is_unattended(&self) -> bool {
        self.method.is_safe() && self.headers.contains_key(UNATTENDED)
    }

    /// The host and port that the browser asked for: the header, or over HTTP/2 the address itself.
    pub fn host(&self) -> Option<&str> {
        self.headers
            .get(axum::http::header::HOST)
            .and_then(|value| value.to_str().ok())
            .or_else(|| self.uri.authority().map(axum::http::uri::Authority::as_str))
    }
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

/// Sends the browser to another page of ours after a form post; home, if the path cannot stand in a header.
pub fn redirect(path: &str) {
    let fits = HeaderValue::from_str(path).is_ok();
    leptos_axum::redirect(if fits { path } else { "/" });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> RequestContext {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static("traceline=cookie-canary"));
        RequestContext {
            id: "id-1".into(),
            nonce: "nonce-canary".into(),
            address: "address-canary".into(),
            https: false,
            forwarded_scheme: None,
            method: Method::GET,
            uri: Uri::from_static("https://trace.test:8443/setup/token-canary?failed=query-canary"),
            headers,
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", context());
        assert!(shown.contains("id-1") && shown.contains("GET"));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn the_host_comes_from_header_or_address() {
        let mut context = context();
        assert_eq!(context.host(), Some("trace.test:8443"));
        context
            .headers
            .insert("host", HeaderValue::from_static("other.test"));
        assert_eq!(context.host(), Some("other.test"));
    }
}
