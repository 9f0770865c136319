//! Keeps every exchange on request, so that a judge can hold it against the vendor's documents.
//!
//! One file of JSON lines per sandbox, with the bodies as they crossed the wire and without any
//! header: credentials never reach the file. Control requests are not Jira's and are left out; an
//! answer that a scripted fault spoiled is marked, because nobody expects it to be right. A line that
//! cannot be written is lost: the judge then sees one exchange less, the caller sees nothing.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    body::Body,
    http::{Response, header, request::Parts},
};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// The file of one sandbox, shared by its sites.
#[derive(Clone, Debug)]
pub(super) struct ExchangeLog(Arc<Mutex<File>>);

/// What the judge needs to know about the site.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    /// `cloud` or `data_center`.
    pub(super) deployment: &'a str,
    /// Version of a Data Center site.
    pub(super) version: &'a str,
    /// Whether the site serves recordings of real Jiras.
    pub(super) recorded: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    deployment: &'a str,
    version: &'a str,
    recorded: bool,
    spoiled: bool,
    method: &'a str,
    /// Without the prefix of a gateway or a context.
    path: &'a str,
    query: &'a str,
    request: Option<Value>,
    status: u16,
    content_type: &'a str,
    answer: Option<Value>,
}

impl ExchangeLog {
    /// Makes a new file in the folder.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        fs::create_dir_all(folder)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file = File::create(folder.join(format!("{}-{number}.jsonl", std::process::id())))?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// Writes one exchange and gives the response on, unchanged. A body that breaks off on purpose is
    /// not read: such an answer is marked by its caller and kept without a body.
    pub(super) async fn keep(
        &self,
        origin: Origin<'_>,
        (parts, path, body): (&Parts, &str, &[u8]),
        response: Response<Body>,
        spoiled: bool,
    ) -> Response<Body> {
        let (head, content) = response.into_parts();
        let (whole, content) = if spoiled {
            (Bytes::new(), content)
        } else {
            let whole = axum::body::to_bytes(content, usize::MAX)
                .await
                .unwrap_or_default();
            (whole.clone(), Body::from(whole))
        };
        let kind = head
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let answer: Option<Value> = serde_json::from_slice(&whole).ok();
        // JSON that no reader takes (too deep, say) is poison that somebody asked for.
        let poison = answer.is_none() && !whole.is_empty() && kind.contains("json");
        let line = Line {
            deployment: origin.deployment,
            version: origin.version,
            recorded: origin.recorded,
            spoiled: spoiled || poison,
            method: parts.method.as_str(),
            path,
            query: parts.uri.query().unwrap_or_default(),
            request: serde_json::from_slice(body).ok(),
            status: head.status.as_u16(),
            content_type: kind,
            answer,
        };
        if let Ok(mut text) = serde_json::to_vec(&line) {
            text.push(b'\n');
            let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let _lost_line = file.write_all(&text);
        }
        Response::from_parts(head, content)
    }
}
