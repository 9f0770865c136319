//! Web assets, held in memory: from the folder that the build fills, or from inside the binary.
//!
//! A lookup in a map cannot leave a folder. An address with the right `?v=<hash>` may be cached for
//! ever, others must ask again. Brotli and gzip siblings are sent to browsers that take them.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::get,
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::server::http::error_page;

#[derive(Debug)]
struct Asset {
    kind: &'static str,
    version: String,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// All assets by path, such as `/pkg/traceline.css`.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    files: Arc<BTreeMap<String, Asset>>,
}

impl Assets {
    /// From pairs of relative path and content; `x.br` and `x.gz` are compressed forms of `x`.
    pub fn from_files(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let all: BTreeMap<String, Bytes> = files.into_iter().collect();
        let mut assets = BTreeMap::new();
        for (path, plain) in &all {
            if let Some(kind) = content_type(path) {
                let version = hex::encode(&Sha256::digest(plain)[..6]);
                let asset = Asset {
                    kind,
                    version,
                    plain: plain.clone(),
                    brotli: all.get(&format!("{path}.br")).cloned(),
                    gzip: all.get(&format!("{path}.gz")).cloned(),
                };
                assets.insert(format!("/{path}"), asset);
            }
        }
        Self {
            files: Arc::new(assets),
        }
    }

    /// Reads a folder and its subfolders.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn from_folder(root: &Path) -> std::io::Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                    files.push((name.to_owned(), Bytes::from(std::fs::read(&path)?)));
                }
            }
        }
        Ok(Self::from_files(files))
    }

    /// The address of an asset with its version, for links in pages.
    pub fn href(&self, path: &str) -> String {
        match self.files.get(path) {
            Some(asset) => format!("{path}?v={}", asset.version),
            None => path.to_owned(),
        }
    }

    /// Whether an asset exists.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// Routes of all assets and of the error pages' style.
pub fn router(assets: Assets) -> Router {
    let mut router = Router::new().route("/error.css", get(error_page::style));
    for path in assets.files.keys().filter(|path| path.as_str() != "/error.css") {
        router = router.route(path, get(serve).with_state(assets.clone()));
    }
    router
}

fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            parts.next() == Some(coding) && !parts.any(|part| part == "q=0")
        })
}

async fn serve(State(assets): State<Assets>, request: Request) -> Response {
    let Some(asset) = assets.files.get(request.uri().path()) else {
        return error_page::page(StatusCode::NOT_FOUND);
    };
    let etag = format!("\"{}\"", asset.version);
    let current = request.uri().query() == Some(&format!("v={}", asset.version));
    let caching = if current {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let response = Response::builder()
        .header(header::CACHE_CONTROL, caching)
        .header(header::ETAG, &etag)
        .header(header::VARY, "accept-encoding")
        .header(header::CONTENT_TYPE, asset.kind);
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if known == Some(&etag) {
        return response
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
            .unwrap_or_default();
    }
    let (coding, body) = match (&asset.brotli, &asset.gzip) {
        (Some(body), _) if accepts(request.headers(), "br") => (Some("br"), body),
        (_, Some(body)) if accepts(request.headers(), "gzip") => (Some("gzip"), body),
        _ => (None, &asset.plain),
    };
    let response = match coding {
        Some(coding) => response.header(header::CONTENT_ENCODING, coding),
        None => response,
    };
    response.body(Body::from(body.clone())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_siblings_belong_to_their_file() {
        let assets = Assets::from_files([
            ("pkg/a.css".to_owned(), Bytes::from_static(b"a")),
            ("pkg/a.css.br".to_owned(), Bytes::from_static(b"b")),
            ("notes.md".to_owned(), Bytes::from_static(b"no")),
        ]);
        assert!(assets.has("/pkg/a.css"));
        assert!(!assets.has("/pkg/a.css.br"));
        assert!(!assets.has("/notes.md"));
        assert!(assets.href("/pkg/a.css").starts_with("/pkg/a.css?v="));
    }

    #[test]
    fn codings_are_taken_literally() {
        let headers = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, text.parse().expect("a value"));
            headers
        };
        assert!(accepts(&headers("gzip, br;q=0.9"), "br"));
        assert!(!accepts(&headers("gzip, br;q=0"), "br"));
        assert!(!accepts(&headers("brotli"), "br"));
    }
}
