//! Answers and the paging styles Jira has.
//!
//! A route returns an [`Answer`]; turning it into HTTP happens in one place, so that headers stay
//! the same for all. Paging parameters that are not numbers are ignored, as Jira does.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde_json::{Value, json};

const JSON: &str = "application/json;charset=UTF-8";

/// What a route answers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: AnswerBody,
    pub(super) headers: Vec<(&'static str, String)>,
}

#[derive(Debug)]
pub(super) enum AnswerBody {
    Json(Value),
    /// JSON that is written already.
    Written(Vec<u8>),
    Html(String),
    /// A file with its media type.
    Bytes(String, Vec<u8>),
    Empty,
}

impl Answer {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            body: AnswerBody::Json(body),
            headers: Vec::new(),
        }
    }

    pub(super) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    /// JSON that is written already.
    pub(super) fn written(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            body: AnswerBody::Written(body),
            headers: Vec::new(),
        }
    }

    pub(super) fn html(status: u16, body: String) -> Self {
        Self {
            status,
            body: AnswerBody::Html(body),
            headers: Vec::new(),
        }
    }

    /// A file.
    pub(super) fn bytes(kind: &str, bytes: Vec<u8>) -> Self {
        Self {
            status: 200,
            body: AnswerBody::Bytes(kind.to_owned(), bytes),
            headers: Vec::new(),
        }
    }

    /// A status and nothing more.
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            body: AnswerBody::Empty,
            headers: Vec::new(),
        }
    }

    /// Jira's usual error body with one message.
    pub(super) fn error(status: u16, message: &str) -> Self {
        Self::errors(status, &[message.to_owned()])
    }

    pub(super) fn errors(status: u16, messages: &[String]) -> Self {
        Self::json(status, json!({"errorMessages": messages, "errors": {}}))
    }

    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let (kind, body) = match self.body {
            AnswerBody::Json(value) => (JSON.to_owned(), value.to_string().into_bytes()),
            AnswerBody::Written(bytes) => (JSON.to_owned(), bytes),
            AnswerBody::Html(text) => ("text/html;charset=UTF-8".to_owned(), text.into_bytes()),
            AnswerBody::Bytes(kind, bytes) => (kind, bytes),
            AnswerBody::Empty => (String::new(), Vec::new()),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Ok(kind) = HeaderValue::from_str(&kind)
            && !kind.is_empty()
        {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-store, no-transform"),
        );
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// Query parameters, repeated ones kept.
#[derive(Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn parse(query: &str) -> Self {
        Self(
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter, comma lists split; `None` when it was not sent.
    pub(super) fn find_list(&self, name: &str) -> Option<Vec<String>> {
        let sent: Vec<&str> = self
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect();
        if sent.is_empty() {
            return None;
        }
        let parts = sent.iter().flat_map(|value| value.split(',')).map(str::trim);
        Some(parts.filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }

    pub(super) fn number(&self, name: &str, default: usize) -> usize {
        self.find(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    }

    /// All but one parameter.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(key, _)| key != name);
        self
    }

    /// A copy with one parameter replaced, as a query string.
    pub(super) fn replaced(&self, name: &str, value: usize) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        for (key, old) in self.0.iter().filter(|(key, _)| key != name) {
            out.append_pair(key, old);
        }
        out.append_pair(name, &value.to_string());
        out.finish()
    }
}

/// A window of a list.
pub(super) struct Window {
    pub(super) start: usize,
    pub(super) max: usize,
    pub(super) total: usize,
    pub(super) items: Vec<Value>,
}

impl Window {
    pub(super) fn cut(all: Vec<Value>, params: &Params, default: usize, cap: usize) -> Self {
        let start = params.number("startAt", 0);
        let max = params.number("maxResults", default).min(cap);
        let total = all.len();
        Self {
            start,
            max,
            total,
            items: all.into_iter().skip(start).take(max).collect(),
        }
    }

    pub(super) fn is_last(&self) -> bool {
        self.start + self.items.len() >= self.total
    }

    /// The page bean of Cloud searches and Data Center `/page` resources.
    pub(super) fn into_page_bean(self, own_url: &str, params: &Params) -> Answer {
        let last = self.is_last();
        let link = |start| format!("{own_url}?{}", params.replaced("startAt", start));
        let next = (!last).then(|| link(self.start + self.items.len()));
        let mut body = json!({
            "self": link(self.start), "maxResults": self.max, "startAt": self.start, "total": self.total,
            "isLast": last, "values": self.items,
        });
        if let Some(next) = next {
            body["nextPage"] = Value::from(next);
        }
        Answer::ok(body)
    }
}
