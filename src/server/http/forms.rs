//! Server functions over HTTP, and what becomes of a form posted without JavaScript.
//!
//! A browser that posts a form itself asks for HTML. The framework would send it to the Referer with
//! the error in the address; here instead the function runs as if called by script, and then:
//! success leads to the place the function named, else back to the page of the form; failure keeps
//! what was typed (never a secret) for ten minutes and leads back with `?failed=<id>`. All targets are
//! paths of this server: a forged Referer leads home.

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;
use leptos::prelude::provide_context;
use url::Url;

use crate::{
    api::{ApiError, ErrorKind},
    server::{
        auth::session,
        error::Result,
        http::{BODY_LIMIT, context::RequestContext, error_page},
        random,
        state::AppState,
        store::form_failure::{self, FormFailureRow},
    },
};

/// Query parameter that names a kept failure.
pub const FAILED_PARAMETER: &str = "failed";
/// Cookie that ties a kept failure to the browser that posted.
pub const OWNER_COOKIE: &str = "traceline_form";
/// Fields that are never kept.
const SECRET_FIELDS: &[&str] = &[
    "token",
    "password",
    "current_password",
    "new_password",
    "repeat_password",
    "link",
];

/// Answers everything under `/api/`; all else goes on. A layer rather than a route, because the
/// framework registers every server function as a route of its own.
pub async fn intercept(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/api/") {
        return next.run(request).await;
    }
    if !leptos::server_fn::axum::server_fn_paths()
        .any(|(known, method)| known == path && method == Method::POST)
    {
        return error_page::page(StatusCode::NOT_FOUND);
    }
    if request.method() != Method::POST {
        return error_page::page(StatusCode::METHOD_NOT_ALLOWED);
    }
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if wants_page {
        handle_form(state, request).await
    } else {
        run(state, request).await
    }
}

async fn run(state: AppState, request: Request) -> Response {
    use axum::response::IntoResponse;
    let provide = move || provide_context(state.clone());
    leptos_axum::handle_server_fns_with_context(provide, request)
        .await
        .into_response()
}

async fn handle_form(state: AppState, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return error_page::page(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let Some(context) = parts.extensions.get::<RequestContext>().cloned() else {
        return error_page::page(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let form = parts.uri.path().trim_start_matches("/api/").to_owned();
    let back = page_before(&parts.headers);
    parts
        .headers
        .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let response = run(
        state.clone(),
        Request::from_parts(parts, Body::from(body.clone())),
    )
    .await;
    if response.status().is_success() || response.status().is_redirection() {
        let named = response
            .headers()
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok());
        let target = named
            .filter(|path| is_own_path(path))
            .map_or_else(|| without_failure(&back), str::to_owned);
        return see_other(&target, response.headers());
    }
    match keep_failure(&state, &context, &form, &body, response).await {
        Ok((id, cookie, headers)) => {
            let mut answer = see_other(&with_failure(&back, &id), &headers);
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            answer
        }
        Err(error) => {
            tracing::error!(request.id = context.id, error = ?error, "a failed form cannot be kept");
            error_page::page(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// A redirect that keeps the cookies a function has set.
fn see_other(target: &str, headers: &HeaderMap) -> Response {
    let location = HeaderValue::from_str(target).unwrap_or_else(|_| HeaderValue::from_static("/"));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, location);
    for cookie in headers.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

async fn keep_failure(
    state: &AppState,
    context: &RequestContext,
    form: &str,
    body: &Bytes,
    response: Response,
) -> Result<(String, HeaderValue, HeaderMap)> {
    let (parts, answer) = response.into_parts();
    let answer = answer
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let mut error = serde_json::from_slice::<ApiError>(&answer).unwrap_or_else(|_| unreadable());
    if error.kind == ErrorKind::Transport {
        error = unreadable();
    }
    if error.request_id.is_empty() {
        error.request_id.clone_from(&context.id);
    }
    let internal =
        |error: serde_json::Error| crate::server::error::Error::Internal(format!("keeping a form: {error}"));
    let row = FormFailureRow {
        form: form.to_owned(),
        fields: serde_json::to_string(&kept_fields(body)).map_err(internal)?,
        error: serde_json::to_string(&error).map_err(internal)?,
    };
    let owner = session::find_cookie(&context.headers, OWNER_COOKIE)
        .filter(|owner| owner.len() == 43)
        .map_or_else(random::token, str::to_owned);
    let id = random::token();
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    form_failure::insert(
        &mut tx,
        &random::hash_token(&id),
        &random::hash_token(&owner),
        &row,
        now,
    )
    .await?;
    tx.commit().await?;
    let cookie = session::set_cookie(OWNER_COOKIE, &owner, context.https, form_failure::LIFE_MS / 1000);
    Ok((id, cookie, parts.headers))
}

fn unreadable() -> ApiError {
    ApiError {
        kind: ErrorKind::Transport,
        message: "A field is missing or has a shape this form does not know. Nothing was saved. Check the values and send the form again.".into(),
        fields: crate::domain::field_error::FieldErrors::new(),
        request_id: String::new(),
    }
}

/// Fields of a urlencoded body without secrets; names nested in brackets count by their last part.
fn kept_fields(body: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        let last = name
            .rsplit(['[', '.'])
            .next()
            .unwrap_or(&name)
            .trim_end_matches(']');
        if !SECRET_FIELDS.contains(&last) {
            fields
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
    }
    fields
}

/// Whether a redirect target is a path of this server: one slash, then no second one.
pub fn is_own_path(target: &str) -> bool {
    let mut bytes = target.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && target
            .bytes()
            .all(|byte| byte > b' ' && byte != b'\\' && byte != 0x7f)
}

/// Path and query of the page that holds the form, from the Referer if it is of this very host.
fn page_before(headers: &HeaderMap) -> String {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let (Some(referer), Some(host)) = (text(header::REFERER), text(header::HOST)) else {
        return "/".into();
    };
    let Ok(url) = Url::parse(referer) else {
        return "/".into();
    };
    let authority = match (url.host_str(), url.port()) {
        (Some(name), Some(port)) => format!("{name}:{port}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => return "/".into(),
    };
    if !matches!(url.scheme(), "http" | "https") || !authority.eq_ignore_ascii_case(host) {
        return "/".into();
    }
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    if is_own_path(&target) { target } else { "/".into() }
}

/// An address without a failure's id.
fn without_failure(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(FAILED_PARAMETER))
        .collect();
    if rest.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", rest.join("&"))
    }
}

/// An address with a failure's id; an older one is replaced.
fn with_failure(target: &str, id: &str) -> String {
    let base = without_failure(target);
    let separator = if base.contains('?') { '&' } else { '?' };
    format!("{base}{separator}{FAILED_PARAMETER}={id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_targets() {
        for good in ["/", "/a/b?c=d", "/projects/1#x"] {
            assert!(is_own_path(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/a\\b",
            "/a\r\nb",
            "/a b",
        ] {
            assert!(!is_own_path(bad), "{bad}");
        }
    }

    #[test]
    fn a_forged_referer_leads_home() {
        let back = |referer: &str, host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::REFERER, referer.parse().expect("a value"));
            headers.insert(header::HOST, host.parse().expect("a value"));
            page_before(&headers)
        };
        assert_eq!(back("http://here.test:3000/a?b=c", "here.test:3000"), "/a?b=c");
        assert_eq!(back("http://evil.test/a", "here.test:3000"), "/");
        assert_eq!(back("http://here.test:3000.evil.test/a", "here.test:3000"), "/");
        assert_eq!(back("http://here.test:3000//evil.test", "here.test:3000"), "/");
        assert_eq!(back("javascript:alert(1)", "here.test"), "/");
        assert_eq!(back("not an address", "here.test"), "/");
    }

    #[test]
    fn failures_replace_each_other_in_the_address() {
        assert_eq!(with_failure("/a", "x"), "/a?failed=x");
        assert_eq!(with_failure("/a?failed=old&b=c", "x"), "/a?b=c&failed=x");
        assert_eq!(without_failure("/a?failed=old"), "/a");
    }

    #[test]
    fn secrets_are_not_kept() {
        let fields =
            kept_fields(b"name=A&token=canary&input[token]=canary&input[new_password]=canary&type=x&type=y");
        assert!(!format!("{fields:?}").contains("canary"));
        assert_eq!(fields["type"], ["x", "y"]);
    }
}
