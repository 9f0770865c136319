//! Scripted faults: what a bad day looks like, on purpose.
//!
//! The first rule whose path prefix matches wins and is used up after `times` requests. Faults come
//! before authentication, so that they also hit anonymous probes, and never touch `/__sandbox/`.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

/// One fault. Every part is optional; several may be combined (a delay and a status, say).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultRule {
    /// Path prefix, context path and gateway part removed: `/rest/api/2/search`. Empty hits all.
    pub path: String,
    /// Only this method.
    pub method: Option<String>,
    /// Answer with this status instead of the real answer.
    pub status: Option<u16>,
    /// JSON text to answer with.
    pub json: Option<String>,
    /// HTML to answer with; status 200 unless given.
    pub html: Option<String>,
    /// Redirect to this address; status 302 unless given.
    pub redirect_to: Option<String>,
    /// Never answer.
    pub hang: bool,
    /// Announce the whole body, send so many bytes of it, cut the connection.
    pub truncate_at: Option<usize>,
    /// Wait before answering.
    pub delay_ms: Option<u64>,
    /// Seconds for a `Retry-After` header; status 429 unless given.
    pub retry_after: Option<u64>,
    /// `RateLimit-Reason` header.
    pub rate_limit_reason: Option<String>,
    /// Leave so many matching requests alone first.
    pub skip: u32,
    /// Requests to spoil before the rule is gone; 0 means for ever.
    pub times: u32,
}

#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<FaultRule>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Vec<FaultRule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, rule: FaultRule) {
        self.lock().push(rule);
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    pub(super) fn list(&self) -> Vec<FaultRule> {
        self.lock().clone()
    }

    /// The rule for this request, counted down.
    pub(super) fn take(&self, method: &str, path: &str) -> Option<FaultRule> {
        let mut rules = self.lock();
        let index = rules.iter().position(|rule| {
            path.starts_with(&rule.path)
                && rule
                    .method
                    .as_deref()
                    .is_none_or(|only| only.eq_ignore_ascii_case(method))
        })?;
        let rule = rules.get_mut(index)?;
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        let taken = rule.clone();
        match rule.times {
            0 => {}
            1 => {
                rules.remove(index);
            }
            _ => rule.times -= 1,
        }
        Some(taken)
    }
}

impl FaultRule {
    /// Waits as long as the rule says: for ever when it hangs.
    pub(super) async fn wait(&self) {
        if let Some(delay) = self.delay_ms {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if self.hang {
            std::future::pending::<()>().await;
        }
    }

    /// The answer the rule gives in place of the real one, if it gives any.
    pub(super) fn find_answer(&self) -> Option<Response<Body>> {
        let default = if self.redirect_to.is_some() {
            302
        } else if self.retry_after.is_some() {
            429
        } else if self.html.is_some() || self.json.is_some() {
            200
        } else {
            self.status?
        };
        let (kind, body) = match (&self.html, &self.json) {
            (Some(html), _) => ("text/html;charset=UTF-8", html.clone()),
            (None, Some(json)) => ("application/json;charset=UTF-8", json.clone()),
            (None, None) if self.redirect_to.is_some() => ("text/html", String::new()),
            (None, None) => (
                "application/json;charset=UTF-8",
                r#"{"errorMessages":["The sandbox was told to fail here."],"errors":{}}"#.to_owned(),
            ),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status.unwrap_or(default)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, kind);
        if let Some(target) = &self.redirect_to {
            set(header::LOCATION, target);
        }
        if let Some(seconds) = self.retry_after {
            set(header::RETRY_AFTER, &seconds.to_string());
        }
        if let Some(reason) = &self.rate_limit_reason {
            set(HeaderName::from_static("ratelimit-reason"), reason);
        }
        Some(response)
    }

    /// Cuts the body short while still announcing its whole length.
    pub(super) async fn cut(&self, response: Response<Body>) -> Response<Body> {
        let Some(keep) = self.truncate_at else {
            return response;
        };
        let (mut parts, body) = response.into_parts();
        let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
        let kept = whole.slice(..keep.min(whole.len()));
        // A pause lets the kept half reach the client before the connection breaks.
        let broken = stream::once(async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err::<Bytes, _>(std::io::Error::other("cut by a sandbox fault"))
        });
        let pieces = stream::iter([Ok(kept)]).chain(broken);
        Response::from_parts(parts, Body::from_stream(pieces))
    }
}
