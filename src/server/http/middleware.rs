//! What happens around every request: id, nonce, client address, log line, security headers, and
//! the refusal of writes that carry a cookie but no sign of where they come from.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Once,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::server::{
    auth::session,
    http::{error_page, forms},
    public_address::describe_again,
    random,
    request::RequestContext,
    state::AppState,
};

/// Outermost step: facts of the request in, headers of the answer out, one log line.
pub async fn around(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = state.clock().now_ms();
    let context = describe(&state, &request);
    let (id, nonce, https) = (context.id.clone(), context.nonce.clone(), context.https);
    let (method, path) = (context.method.clone(), context.uri.path().to_owned());
    request.extensions_mut().insert(context);
    let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
    let mut response = if forms::has_encoded_nul(asked.as_bytes()) {
        error_page::page(StatusCode::BAD_REQUEST)
    } else {
        next.run(request).await
    };
    let shows_reference = error_page::finish(&mut response, &id);
    secure(&mut response, &nonce, https);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), value);
    }
    let duration = state.clock().now_ms() - started;
    let status = response.status().as_u16();
    // The query is left out: it may hold what people typed. One-time links hold a secret in the path.
    let shown = shown_path(&path);
    if response.status().is_server_error() {
        tracing::warn!(request.id = id, http.method = %method, http.path = shown, http.status = status, duration.ms = duration, "answered");
    } else if shows_reference {
        tracing::info!(request.id = id, http.method = %method, http.path = shown, http.status = status, duration.ms = duration, "answered");
    } else {
        tracing::debug!(request.id = id, http.method = %method, http.path = shown, http.status = status, duration.ms = duration, "answered");
    }
    response
}

/// A path fit for the log: the secret of a one-time link is cut.
fn shown_path(path: &str) -> &str {
    for prefix in ["/setup/", "/invitation/"] {
        if path.starts_with(prefix) {
            return prefix;
        }
    }
    path
}

fn describe(state: &AppState, request: &Request) -> RequestContext {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        // A listener for both families shows IPv4 as `::ffff:...`, which no IPv4 network contains.
        .map(|info| info.0.ip().to_canonical());
    let trusted = peer.is_some_and(|ip| state.config().trusted_proxies.iter().any(|net| net.contains(&ip)));
    let forwarded = |name: &str| last_of(request.headers(), name).filter(|_| trusted);
    let client: Option<IpAddr> = forwarded("x-forwarded-for")
        .and_then(|ip| ip.parse().ok())
        .map(|ip: IpAddr| ip.to_canonical());
    if !trusted && request.headers().contains_key("x-forwarded-for") {
        warn_of_proxy(peer);
    }
    let context = RequestContext {
        id: random::new_id(),
        nonce: random::token(),
        address: client
            .or(peer)
            .map_or_else(|| "unknown".into(), |ip| ip.to_string()),
        https: false,
        forwarded_scheme: forwarded("x-forwarded-proto").map(str::to_owned),
        method: request.method().clone(),
        uri: request.uri().clone(),
        headers: request.headers().clone(),
    };
    describe_again(state, &context)
}

/// The last value of a header that proxies add to. It was written by the proxy we trust, in a line of its own or
/// at the end of one; what stands before it, by anyone.
fn last_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let last_line = headers.get_all(name).iter().next_back()?;
    last_line.to_str().ok()?.rsplit(',').next().map(str::trim)
}

/// Says once that a proxy is not trusted: everybody behind it then counts as one address.
fn warn_of_proxy(peer: Option<IpAddr>) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let address = peer.map(|ip| ip.to_string()).unwrap_or_default();
        tracing::warn!(
            address,
            "a proxy names the addresses of its clients and is not trusted: name its network in TRACELINE_TRUSTED_PROXIES, or all people behind it share one limit of failed sign-ins"
        );
    });
}

/// Sets the security headers of every answer. Assets set their own caching before; all else is kept
/// out of caches.
fn secure(response: &mut Response, nonce: &str, https: bool) {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        // Forms without JavaScript come back to the page they were on by its address.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_TYPE) && response.status() != StatusCode::NO_CONTENT {
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
    }
}

/// Refuses a write that carries our cookie but neither `Origin` nor `Sec-Fetch-Site`: every browser
/// sends one of them, so this is not a person's browser. Stricter than the CSRF layer, which lets it pass.
pub async fn refuse_headless_writes(
    State(_state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    let says_origin = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    let has_cookie = session::find_cookie(headers, session::SECURE_NAME).is_some()
        || session::find_cookie(headers, session::PLAIN_NAME).is_some();
    if !safe && has_cookie && !says_origin {
        return error_page::forbidden_cross_site();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_a_proxy_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_of(&headers, "x-forwarded-for"), None);
        headers.append(
            "x-forwarded-for",
            HeaderValue::from_static("198.51.100.1, 198.51.100.2"),
        );
        assert_eq!(last_of(&headers, "x-forwarded-for"), Some("198.51.100.2"));
        headers.append("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        assert_eq!(last_of(&headers, "x-forwarded-for"), Some("203.0.113.9"));
    }

    #[test]
    fn one_time_secrets_stay_out_of_the_log() {
        assert_eq!(shown_path("/setup/abc"), "/setup/");
        assert_eq!(shown_path("/invitation/abc"), "/invitation/");
        assert_eq!(shown_path("/projects/abc"), "/projects/abc");
    }
}
