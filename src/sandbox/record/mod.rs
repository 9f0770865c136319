//! Recording a real Jira: a proxy that passes requests on and keeps the answers without anything
//! personal in them.
//!
//! It listens on loopback, sends what it is asked to the one Jira it was started for through the
//! guarded outbound client, answers with what that Jira said, and writes down a cleaned copy. What is
//! sent is never written but for JSON bodies, cleaned as well. Answers in JSON and empty ones are kept. What
//! it cannot pass on, such as an upload, it refuses instead of sending something else. The folder is one
//! that `traceline sandbox --world FOLDER` serves.

mod clean;
#[cfg(test)]
mod leak_tests;
mod links;
mod people;
mod shelf;
#[cfg(test)]
mod tests;
mod words;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use clean::{Cleaner, names_property};
pub(super) use clean::{HOST, blank_request};
use secrecy::SecretString;
use serde_json::Value;
use shelf::Shelf;
pub(super) use shelf::{Exchange, list_exchanges};
use tokio::net::TcpListener;
use url::Url;

use crate::server::outbound::{OutboundClient, OutboundError, OutboundPolicy, OutboundRequest};

/// A large page of a slow Jira may take this long.
const DEADLINE: Duration = Duration::from_mins(2);

/// The largest body that is passed on.
const LARGEST_BODY: usize = 10 << 20;

/// Headers of an answer that clients act on; all others stay behind.
const PASSED_HEADERS: [&str; 14] = [
    "content-type",
    "content-disposition",
    "date",
    "etag",
    "x-aaccountid",
    "x-ausername",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-interval-seconds",
    "x-ratelimit-fillrate",
    "ratelimit-reason",
    "x-seraph-loginreason",
];

/// What to record and where to.
#[derive(Clone, Debug)]
pub struct RecordOptions {
    /// Address of the Jira, with its context path if it has one.
    pub upstream: Url,
    /// Folder for the recordings; made when it is not there.
    pub into: PathBuf,
    /// Where the proxy listens. Only loopback makes sense: it passes credentials on.
    pub listen: SocketAddr,
    /// Keep summaries, descriptions and comments as they are instead of replacing their letters.
    pub keep_texts: bool,
    /// What may be called and which authorities are trusted.
    pub policy: OutboundPolicy,
}

/// Why nothing can be recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A file or a port.
    #[error("recording cannot use a file or port: {0}")]
    Io(#[from] std::io::Error),
    /// The outbound client.
    #[error("recording cannot call Jira: {0}")]
    Outbound(#[from] OutboundError),
    /// The listening address.
    #[error("recording listens on loopback only, not on {0}: it passes your credentials on")]
    NotLoopback(SocketAddr),
}

struct Recorder {
    upstream: Url,
    /// Where the proxy listens.
    url: String,
    client: OutboundClient,
    cleaner: Mutex<Cleaner>,
    shelf: Shelf,
}

/// A proxy that listens and records until it is dropped.
#[derive(Debug)]
pub struct Recording {
    /// Where it listens, without a final slash.
    pub url: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts the proxy.
///
/// # Errors
/// [`RecordError`].
pub async fn start_recording(mut options: RecordOptions) -> Result<Recording, RecordError> {
    if !options.listen.ip().is_loopback() {
        return Err(RecordError::NotLoopback(options.listen));
    }
    let address = format!(
        "{}:{}",
        options.upstream.host_str().unwrap_or_default(),
        options.upstream.port_or_known_default().unwrap_or_default()
    );
    // Whoever names the address on the command line may call it.
    options.policy.allowed_hosts.push(address);
    let listener = TcpListener::bind(options.listen).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let recorder = Arc::new(Recorder::new(options, url.clone())?);
    let router = Router::new().fallback(pass_on).with_state(recorder);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the recording proxy stopped");
        }
    });
    Ok(Recording { url, task })
}

async fn pass_on(State(recorder): State<Arc<Recorder>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The recording proxy passes at most 10 MB on. Send it to Jira itself.".to_owned(),
        );
    };
    let sent: Option<Value> = serde_json::from_slice(&body).ok();
    if sent.is_none() && !body.is_empty() {
        return refuse(
            StatusCode::NOT_IMPLEMENTED,
            "The recording proxy passes JSON on, and this body is none (an upload?). Send it to Jira itself."
                .to_owned(),
        );
    }
    let body = sent;
    let mut url = recorder.upstream.clone();
    let path = format!("{}{}", url.path().trim_end_matches('/'), parts.uri.path());
    url.set_path(&path);
    url.set_query(parts.uri.query());
    let authorization = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(|value| SecretString::from(value.to_owned()));
    let sent = OutboundRequest {
        method: parts.method.clone(),
        url,
        authorization,
        body: body.clone(),
        deadline: DEADLINE,
    };
    match recorder.client.send(sent).await {
        Ok(answer) => {
            let value = if answer.body.is_empty() {
                Some(Value::Null)
            } else {
                serde_json::from_slice(&answer.body).ok()
            };
            let kind = answer
                .headers
                .get("content-type")
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            if let Some(value) = value
                && may_keep(parts.uri.path(), kind.as_deref(), value.is_null())
            {
                let asked = (parts.method.as_str(), parts.uri.path(), parts.uri.query(), body);
                recorder.keep(asked, answer.status, value);
            }
            let mut response = Response::new(Body::from(answer.body));
            *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
            for name in PASSED_HEADERS {
                if let Some(value) = answer.headers.get(name)
                    && let Ok(value) = HeaderValue::from_bytes(value.as_bytes())
                {
                    response
                        .headers_mut()
                        .insert(HeaderName::from_static(name), value);
                }
            }
            let location = answer.headers.get("location");
            if let Some(location) = location.and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
                && let Some(led) = links::lead_to_proxy(&recorder.upstream, &recorder.url, location)
                && let Ok(value) = HeaderValue::from_str(&led)
            {
                response.headers_mut().insert(header::LOCATION, value);
            }
            response
        }
        Err(error) => refuse(
            StatusCode::BAD_GATEWAY,
            format!("The proxy got no answer from Jira: {error}"),
        ),
    }
}

/// Whether an answer may be written down: JSON that Jira's REST interface wrote, or an empty answer of
/// it. A file that somebody attached can be JSON as well, and is nobody's business.
fn may_keep(path: &str, content_type: Option<&str>, empty: bool) -> bool {
    let gateway = path
        .strip_prefix("/ex/jira/")
        .and_then(|rest| rest.find('/').map(|at| &rest[at..]));
    let Some(rest) = gateway.unwrap_or(path).strip_prefix("/rest/") else {
        return false;
    };
    let is_file = rest.contains("/attachment/content/") || rest.contains("/attachment/thumbnail/");
    let kind = content_type.and_then(|kind| kind.split(';').next());
    let is_json = kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    !is_file && (is_json || empty)
}

fn refuse(status: StatusCode, message: String) -> Response<Body> {
    let mut response = Response::new(Body::from(message));
    *response.status_mut() = status;
    response
}

impl Recorder {
    fn new(options: RecordOptions, url: String) -> Result<Self, RecordError> {
        Ok(Self {
            client: OutboundClient::new(options.policy, None)?,
            cleaner: Mutex::new(Cleaner::new(&options.upstream, &url, options.keep_texts)),
            shelf: Shelf::create(&options.into)?,
            upstream: options.upstream,
            url,
        })
    }

    fn keep(
        &self,
        (method, path, query, body): (&str, &str, Option<&str>, Option<Value>),
        status: u16,
        mut answer: Value,
    ) {
        let mut cleaner = self.cleaner.lock().unwrap_or_else(PoisonError::into_inner);
        let property = names_property(path);
        let body = body.map(|mut body| {
            if property {
                cleaner.clean_property(&mut body);
            } else {
                cleaner.clean(&mut body);
            }
            body
        });
        cleaner.clean(&mut answer);
        let exchange = Exchange {
            method: method.to_owned(),
            path: cleaner.clean_path(path),
            query: cleaner.clean_query(query.unwrap_or_default()),
            body,
            status,
            answer,
        };
        drop(cleaner);
        if let Err(error) = self.shelf.keep(&exchange) {
            tracing::warn!(%error, "an answer could not be recorded");
        }
    }
}
