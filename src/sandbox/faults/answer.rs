//! Answers in place of the real one, and what becomes of the real one.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{Hit, RetryAfterForm};

impl Hit {
    /// The answer the rule gives in place of the real one, if it gives any. `now` is the site's time.
    pub(in crate::sandbox) fn find_answer(&self, now: Timestamp) -> Option<Response<Body>> {
        let rule = &self.rule;
        let chosen = match rule.statuses.len() {
            0 => rule.status,
            count => rule.statuses.get(self.turn % count).copied(),
        };
        let default = if rule.redirect_to.is_some() {
            302
        } else if rule.retry_after.is_some() {
            429
        } else if rule.html.is_some() || rule.json.is_some() {
            200
        } else {
            chosen?
        };
        let (kind, body) = match (&rule.html, &rule.json) {
            (Some(html), _) => ("text/html;charset=UTF-8", html.clone()),
            (None, Some(json)) => ("application/json;charset=UTF-8", json.clone()),
            (None, None) if rule.redirect_to.is_some() => ("text/html", String::new()),
            (None, None) => (
                "application/json;charset=UTF-8",
                r#"{"errorMessages":["The sandbox was told to fail here."],"errors":{}}"#.to_owned(),
            ),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(chosen.unwrap_or(default)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, kind);
        if let Some(target) = &rule.redirect_to {
            set(header::LOCATION, target);
        }
        if let Some(value) = self.write_retry_after(now) {
            set(header::RETRY_AFTER, &value);
        }
        if let Some(reason) = &rule.rate_limit_reason {
            set(HeaderName::from_static("ratelimit-reason"), reason);
        }
        Some(response)
    }

    fn write_retry_after(&self, now: Timestamp) -> Option<String> {
        let seconds = self.rule.retry_after?;
        let form = match (self.rule.retry_after_form, self.turn % 3) {
            (RetryAfterForm::Mixed, 0) => RetryAfterForm::Seconds,
            (RetryAfterForm::Mixed, 1) => RetryAfterForm::Date,
            (RetryAfterForm::Mixed, _) => RetryAfterForm::Missing,
            (form, _) => form,
        };
        match form {
            RetryAfterForm::Date => {
                let wait = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or_default());
                Some(write_http_date(now.saturating_add(wait).unwrap_or(now)))
            }
            RetryAfterForm::Missing => None,
            RetryAfterForm::Seconds | RetryAfterForm::Mixed => Some(seconds.to_string()),
        }
    }

    /// Changes the body of the real answer and cuts it short, as the rule says.
    pub(in crate::sandbox) async fn spoil(&self, response: Response<Body>) -> Response<Body> {
        let rule = &self.rule;
        if rule.replace.is_none() && rule.truncate_at.is_none() && rule.paging.is_none() {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let mut whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        if let Some(paging) = &rule.paging {
            whole = paging.spoil_page(whole, &self.carried);
        }
        if let Some(find) = &rule.replace {
            whole = Bytes::from(replace_bytes(&whole, find.as_bytes(), rule.replace_by.as_bytes()));
        }
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
        let Some(keep) = rule.truncate_at else {
            return Response::from_parts(parts, Body::from(whole));
        };
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

/// A time as the `Date` header writes it.
pub(in crate::sandbox) fn write_http_date(moment: Timestamp) -> String {
    moment
        .to_zoned(TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

fn replace_bytes(text: &[u8], find: &[u8], by: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while !find.is_empty()
        && let Some(at) = rest.windows(find.len()).position(|window| window == find)
    {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(by);
        rest = &rest[at + find.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_replaced_everywhere() {
        assert_eq!(replace_bytes(b"a-b-c", b"-", b"\\ud800"), b"a\\ud800b\\ud800c");
        assert_eq!(replace_bytes(b"abc", b"", b"x"), b"abc");
        assert_eq!(replace_bytes(b"abc", b"abcd", b"x"), b"abc");
    }

    #[test]
    fn dates_are_those_of_http() {
        let moment: Timestamp = "2026-11-22T16:00:07Z".parse().unwrap();
        assert_eq!(write_http_date(moment), "Sun, 22 Nov 2026 16:00:07 GMT");
    }
}
