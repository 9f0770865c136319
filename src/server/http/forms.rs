//! Server functions over HTTP, and what becomes of a form posted without JavaScript.
//!
//! A browser that posts a form itself asks for HTML. The framework would send it to the Referer with
//! the error in the address; here instead the function runs as if called by script, and then:
//! success leads to the place the function named, else back to the page of the form; failure keeps
//! what was typed (never a secret) for ten minutes and leads back with `?failed=<id>`. All targets are
//! paths of this server: a forged Referer leads home.
//!
//! What strangers can make this server keep is small: few kilobytes a form, and few forms a browser, an
//! address and in all. What they can make it hold in memory is small too: 64 KiB a request, and all requests
//! together hold at most what `server::bodies` allows. How often they make it write is bounded by address.
//! A body has a deadline; the character U+0000, which PostgreSQL cannot store, and what is no UTF-8 are refused here.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use futures::StreamExt as _;
use http_body_util::BodyExt;
use leptos::prelude::provide_context;
use url::Url;

use crate::{
    api::{ApiError, ErrorKind},
    domain::own_path::is_own_path,
    server::{
        app::throttle::network_of,
        auth::session,
        error::{Error, Result},
        http::{BODY_LIMIT, error_page},
        public_address::find_authority,
        random,
        request::{FAILED_PARAMETER, RequestContext},
        state::AppState,
        store::{
            self,
            form_failure::{self, FormFailureRow},
        },
    },
};

/// Bytes of fields that are kept for a signed-in person; a certificate fits.
const KEPT_BYTES: usize = 64 * 1024;
/// Bytes of fields that are kept for anybody else.
const KEPT_BYTES_OF_STRANGERS: usize = 4 * 1024;
/// Bytes that a request of anybody else may have.
const BODY_LIMIT_OF_STRANGERS: usize = 64 * 1024;
/// How long a client may take to send a whole body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a body that is too large is still read, and thrown away.
const DRAINED: usize = 8 * BODY_LIMIT;
/// How long that may take.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// Fields that are never kept.
const SECRET_FIELDS: &[&str] = &[
    "token",
    "password",
    "current_password",
    "new_password",
    "repeat_password",
    "link",
    "hook_url",
    "hook_secret",
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
    let wants_page = wants_page(request.headers());
    let limit = match body_limit(&state, request.extensions().get().cloned()).await {
        Ok(limit) => limit,
        Err(error) => {
            let id = request
                .extensions()
                .get()
                .map_or("", |context: &RequestContext| context.id.as_str());
            tracing::warn!(request.id = id, error = ?error, "whose form this is cannot be read");
            return refuse(StatusCode::SERVICE_UNAVAILABLE, wants_page);
        }
    };
    let announced = announced_length(request.headers());
    if announced.is_some_and(|length| length > limit) {
        drain(request.into_body()).await;
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, wants_page);
    }
    // Held until the answer is made: what all requests together hold in memory has an end.
    let Some(_held) = state.bodies().hold(announced.unwrap_or(limit)) else {
        drain(request.into_body()).await;
        return refuse(StatusCode::SERVICE_UNAVAILABLE, wants_page);
    };
    let (parts, body) = request.into_parts();
    let body = match tokio::time::timeout(BODY_TIMEOUT, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, wants_page),
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, wants_page),
    };
    if body.contains(&0) || has_encoded_nul(&body) || !is_text(&body) {
        return refuse(StatusCode::BAD_REQUEST, wants_page);
    }
    if wants_page {
        handle_form(state, parts, body).await
    } else {
        run(state, Request::from_parts(parts, Body::from(body))).await
    }
}

/// Bytes that a request may send: strangers little, whoever is signed in as much as any form needs.
async fn body_limit(state: &AppState, context: Option<RequestContext>) -> Result<usize> {
    let person = match context {
        Some(context) => find_person(state, &context).await?,
        None => None,
    };
    Ok(if person.is_some() {
        BODY_LIMIT
    } else {
        BODY_LIMIT_OF_STRANGERS
    })
}

/// Refuses what says beforehand that it is larger than anything this server takes.
pub async fn refuse_large(request: Request, next: Next) -> Response {
    if announced_length(request.headers()).is_some_and(|length| length > BODY_LIMIT) {
        let wants_page = wants_page(request.headers()) || !request.uri().path().starts_with("/api/");
        drain(request.into_body()).await;
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, wants_page);
    }
    next.run(request).await
}

/// Whether whoever asks shows pages; scripts are answered in JSON.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Throws away what still comes, for a while: a browser that is cut off in the middle of sending shows no
/// page, only a lost connection.
async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let mut rest = DRAINED;
    let all = async {
        while let Some(Ok(part)) = stream.next().await {
            match rest.checked_sub(part.len()) {
                Some(left) => rest = left,
                None => return,
            }
        }
    };
    drop(tokio::time::timeout(DRAIN_TIMEOUT, all).await);
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether percent-encoded text holds the character U+0000 after decoding.
pub fn has_encoded_nul(text: &[u8]) -> bool {
    text.windows(3).any(|part| part == b"%00")
}

/// Whether percent-encoded bytes are UTF-8 after decoding; others would be stored as marks for unreadable letters.
fn is_text(body: &[u8]) -> bool {
    let digit = |at: usize| body.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            _ => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// The answer to a request that is not taken: a page for a form, an error for the call of a script.
fn refuse(status: StatusCode, wants_page: bool) -> Response {
    if wants_page {
        return error_page::page(status);
    }
    let mut error = unreadable();
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            error.kind = ErrorKind::Busy;
            error.message =
                "Traceline cannot answer at the moment. Nothing was changed. Try again in a minute.".into();
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            error.message = "This is larger than the server takes. Nothing was changed. Shorten the text and send it again.".into();
        }
        StatusCode::REQUEST_TIMEOUT => {
            error.message = "The request took too long to arrive. Nothing was changed. Check the network and send it again.".into();
        }
        _ => {}
    }
    as_json(status, &error)
}

fn as_json(status: StatusCode, error: &ApiError) -> Response {
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn run(state: AppState, request: Request) -> Response {
    use axum::response::IntoResponse;
    let context = request.extensions().get::<RequestContext>();
    let id = context.map(|context| context.id.clone()).unwrap_or_default();
    let provide = move || provide_context(state.clone());
    let response = leptos_axum::handle_server_fns_with_context(provide, request)
        .await
        .into_response();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tell_unreadable(response, id).await
    } else {
        response
    }
}

/// The framework calls fields that it cannot read a failure of the server's: they are one of the request's.
async fn tell_unreadable(response: Response, id: String) -> Response {
    let (parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let is_unreadable = |error: &ApiError| error.kind == ErrorKind::Transport;
    match serde_json::from_slice(&body).ok().filter(is_unreadable) {
        Some(_) => {
            let mut error = unreadable();
            error.request_id = id;
            as_json(StatusCode::BAD_REQUEST, &error)
        }
        None => Response::from_parts(parts, Body::from(body)),
    }
}

async fn handle_form(state: AppState, mut parts: Parts, body: Bytes) -> Response {
    let Some(context) = parts.extensions.get::<RequestContext>().cloned() else {
        return error_page::page(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let form = parts.uri.path().trim_start_matches("/api/").to_owned();
    let back = page_before(&state, &context);
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
        Err(Error::Throttled(_)) => error_page::page(StatusCode::TOO_MANY_REQUESTS),
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
    let internal = |error: serde_json::Error| Error::Internal(format!("keeping a form: {error}"));
    let (sender, limit) = match find_person(state, context).await? {
        Some(person) => (person, KEPT_BYTES),
        None => {
            let network = network_of(&context.address);
            if !state.pace().allows(&network, state.clock().now_ms()) {
                return Err(Error::Throttled(60));
            }
            (form_failure::stranger(&network), KEPT_BYTES_OF_STRANGERS)
        }
    };
    let row = FormFailureRow {
        form: form.to_owned(),
        fields: serde_json::to_string(&kept_fields(body, limit)).map_err(internal)?,
        error: serde_json::to_string(&error).map_err(internal)?,
    };
    let owner = session::find_cookie(&context.headers, session::form_cookie(context.https))
        .filter(|owner| owner.len() == 43)
        .map_or_else(random::token, str::to_owned);
    let id = random::token();
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    form_failure::insert(
        &mut tx,
        &random::hash_token(&id),
        &random::hash_token(&owner),
        &sender,
        &row,
        now,
    )
    .await?;
    tx.commit().await?;
    let cookie = session::set_cookie(
        session::form_cookie(context.https),
        &owner,
        context.https,
        form_failure::LIFE_MS / 1000,
    );
    Ok((id, cookie, parts.headers))
}

/// Id of the person behind a live session; a cookie alone can be made up.
async fn find_person(state: &AppState, context: &RequestContext) -> Result<Option<String>> {
    let Some(token) = session::find_token(&context.headers, context.https) else {
        return Ok(None);
    };
    let mut tx = state.database().read().await?;
    let now = state.clock().now_ms();
    let live = store::session::find_live(&mut tx, &random::hash_token(token), now).await?;
    Ok(live.map(|row| row.person_id))
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
/// At most `limit` bytes: what does not fit is left out as a whole, the largest first.
fn kept_fields(body: &[u8], limit: usize) -> BTreeMap<String, Vec<String>> {
    let mut pairs: Vec<_> = url::form_urlencoded::parse(body).collect();
    // Quotes and commas of the JSON count too, so that many tiny fields are bounded as well.
    let size = |name: &str, value: &str| name.len() + value.len() + 8;
    let mut sizes: Vec<usize> = pairs.iter().map(|(name, value)| size(name, value)).collect();
    sizes.sort_unstable();
    let mut sum = 0;
    let largest = sizes
        .into_iter()
        .take_while(|size| {
            sum += size;
            sum <= limit
        })
        .last()
        .unwrap_or_default();
    let mut left = limit;
    pairs.retain(|(name, value)| {
        let size = size(name, value);
        let fits = size <= largest && size <= left;
        if fits {
            left -= size;
        }
        fits
    });
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
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

/// Path and query of the page that holds the form, from the Referer if it is of this server: of the
/// host that was asked for, or of the public address, as behind a proxy that passes its own host on.
fn page_before(state: &AppState, context: &RequestContext) -> String {
    let home = || "/".to_owned();
    let referer = context
        .headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| Url::parse(text).ok());
    let Some(referer) = referer else { return home() };
    if let Some(target) = context.host().and_then(|host| own_target(&referer, host)) {
        return target;
    }
    let public = state.config().public_url.clone();
    public
        .or_else(|| state.public_address().find())
        .and_then(|url| find_authority(&url))
        .and_then(|authority| own_target(&referer, &authority))
        .unwrap_or_else(home)
}

/// Path and query of an address if it is of `host`.
fn own_target(url: &Url, host: &str) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") || !find_authority(url)?.eq_ignore_ascii_case(host) {
        return None;
    }
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    is_own_path(&target).then_some(target)
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
    fn a_forged_referer_leads_home() {
        let back = |referer: &str, host: &str| {
            Url::parse(referer)
                .ok()
                .and_then(|url| own_target(&url, host))
                .unwrap_or_else(|| "/".into())
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
        let fields = kept_fields(
            b"name=A&token=canary&input[token]=canary&input[new_password]=canary&type=x&type=y",
            KEPT_BYTES,
        );
        assert!(!format!("{fields:?}").contains("canary"));
        assert_eq!(fields["type"], ["x", "y"]);
    }

    #[test]
    fn what_does_not_fit_is_left_out_as_a_whole() {
        let body = format!("long={}&name=Ada&note=short", "x".repeat(KEPT_BYTES_OF_STRANGERS));
        let fields = kept_fields(body.as_bytes(), KEPT_BYTES_OF_STRANGERS);
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["name", "note"]);
        assert_eq!(kept_fields(body.as_bytes(), KEPT_BYTES).len(), 3);
        let many = "a=1&".repeat(10_000);
        let kept = kept_fields(many.as_bytes(), KEPT_BYTES_OF_STRANGERS);
        assert!(kept["a"].len() * 8 < KEPT_BYTES_OF_STRANGERS);
    }

    #[test]
    fn what_is_no_text_is_seen() {
        for good in [
            "",
            "a=b",
            "a=%C3%BC&b=+%F0%9F%9A%86",
            "a=ü",
            "100%",
            "a=%zz%4",
            "%",
        ] {
            assert!(is_text(good.as_bytes()), "{good}");
        }
        for bad in [
            &b"a=%FF"[..],
            b"a=\xff",
            b"a=%C3",
            b"a=%c0%80",
            b"a=%ED%A0%80&b=c",
        ] {
            assert!(!is_text(bad), "{bad:?}");
        }
    }

    #[test]
    fn an_encoded_nul_is_seen() {
        assert!(has_encoded_nul(b"a=b%00c"));
        assert!(!has_encoded_nul(b"a=b%2500c&d=%0"));
    }
}
