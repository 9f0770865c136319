//! The one guarded HTTP client: every call to an address that a customer typed goes through it.
//!
//! It follows no redirect, uses no proxy, keeps no cookie, caps time and size, and calls only public
//! addresses and what the operator lists. Literal addresses are checked before the call, names by the
//! resolver on every connect, so a name that changes its address between two look-ups (rebinding) is
//! judged each time. It must never print a credential. Can go wrong: a pooled connection outlives a
//! change of DNS; it still leads to an address that was judged.

pub mod address;
#[cfg(test)]
mod attack_tests;
pub mod clients;
pub mod error;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

pub use address::{Judgement, OutboundPolicy};
pub use clients::OutboundClients;
pub use error::{OutboundError, TlsProblem};

/// Longest body, after decompression.
pub const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;
/// Time for the connection alone.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Time for a whole call unless the caller says otherwise.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// Finds the addresses of a name. The real one asks the operating system; tests use their own.
pub trait LookUp: Send + Sync + 'static {
    /// All addresses of `host`; an empty list or an error means that the name is not known.
    fn look_up(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The operating system's name service.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookUp;

impl LookUp for SystemLookUp {
    fn look_up(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            Ok(tokio::net::lookup_host((host.as_str(), 0))
                .await?
                .map(|found| found.ip())
                .collect())
        })
    }
}

/// Why the resolver gave no address; travels through the HTTP library as a cause.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{}", if self.unknown_name { "name not known" } else { "address not allowed" })]
pub(crate) struct BlockedAddress {
    unknown_name: bool,
    never: bool,
}

/// One call. `Debug` shows method and path only.
pub struct OutboundRequest {
    /// `GET`, `POST`, ...
    pub method: reqwest::Method,
    /// Absolute address.
    pub url: Url,
    /// Complete value of the `Authorization` header.
    pub authorization: Option<SecretString>,
    /// JSON body.
    pub body: Option<Value>,
    /// Time for the whole call with its body.
    pub deadline: Duration,
}

impl OutboundRequest {
    /// A GET without credential and with the default deadline.
    pub fn get(url: Url) -> Self {
        Self {
            method: reqwest::Method::GET,
            url,
            authorization: None,
            body: None,
            deadline: DEFAULT_DEADLINE,
        }
    }
}

impl std::fmt::Debug for OutboundRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundRequest")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("path", &self.url.path())
            .finish_non_exhaustive()
    }
}

/// A complete answer of any status but a redirect.
#[derive(Clone, Debug)]
pub struct OutboundResponse {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed.
    pub body: Bytes,
}

impl OutboundResponse {
    /// A header as text.
    pub fn find_header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The guarded client. Cheap to clone.
#[derive(Clone)]
pub struct OutboundClient {
    policy: Arc<OutboundPolicy>,
    /// For hosts that the operator does not list, and for those that he does: two pools, because the
    /// resolver sees no port.
    strict: reqwest::Client,
    listed: reqwest::Client,
}

impl std::fmt::Debug for OutboundClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundClient").finish_non_exhaustive()
    }
}

impl OutboundClient {
    /// A client under the operator's policy that trusts the public authorities, the operator's and
    /// those of `connection_ca_pem`.
    ///
    /// # Errors
    /// [`OutboundError::BadCertificateAuthority`] when a PEM holds no readable certificate.
    pub fn new(policy: OutboundPolicy, connection_ca_pem: Option<&[u8]>) -> Result<Self, OutboundError> {
        Self::with_look_up(policy, connection_ca_pem, Arc::new(SystemLookUp))
    }

    /// Like [`OutboundClient::new`], with another name service.
    ///
    /// # Errors
    /// As there.
    pub fn with_look_up(
        policy: OutboundPolicy,
        connection_ca_pem: Option<&[u8]>,
        look_up: Arc<dyn LookUp>,
    ) -> Result<Self, OutboundError> {
        let tls = build_tls(&[policy.extra_ca_pem.as_deref(), connection_ca_pem])?;
        let policy = Arc::new(policy);
        let build = |listed| {
            #[expect(clippy::disallowed_methods, reason = "the one place that makes an HTTP client")]
            let builder = reqwest::Client::builder();
            builder
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .connect_timeout(CONNECT_LIMIT)
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(concat!("Traceline/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(Guard {
                    policy: Arc::clone(&policy),
                    look_up: Arc::clone(&look_up),
                    listed,
                })
                .tls_backend_preconfigured(tls.clone())
                .build()
                .map_err(|_| OutboundError::BadCertificateAuthority)
        };
        Ok(Self {
            strict: build(false)?,
            listed: build(true)?,
            policy,
        })
    }

    /// The policy it was made with.
    pub fn policy(&self) -> &OutboundPolicy {
        &self.policy
    }

    /// Sends one call and reads the whole answer.
    ///
    /// # Errors
    /// [`OutboundError`]: no answer, a redirect, or an answer that breaks a limit. Any status outside
    /// 300 to 399 is an answer.
    pub async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        self.send_with(request, HeaderMap::new()).await
    }

    /// As [`Self::send`], with more headers.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_with(
        &self,
        request: OutboundRequest,
        headers: HeaderMap,
    ) -> Result<OutboundResponse, OutboundError> {
        let url = &request.url;
        let usable =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let Some(host) = url.host_str().filter(|_| usable).map(str::to_owned) else {
            return Err(OutboundError::UrlNotAllowed);
        };
        let listed = self.policy.is_listed_host(url);
        let judgement = match address::find_literal(url) {
            Some(address) => self.policy.judge_address(address, listed),
            None => self.policy.judge_name(&host, listed),
        };
        if judgement != Judgement::Allowed {
            let never = judgement == Judgement::Never;
            return Err(OutboundError::AddressNotAllowed { host, never });
        }
        let deadline = request.deadline;
        let client = if listed { &self.listed } else { &self.strict };
        match tokio::time::timeout(deadline, exchange(client, request, headers, &host)).await {
            Ok(result) => result,
            Err(_) => Err(OutboundError::TimedOut {
                host,
                after: deadline,
            }),
        }
    }
}

async fn exchange(
    client: &reqwest::Client,
    request: OutboundRequest,
    headers: HeaderMap,
    host: &str,
) -> Result<OutboundResponse, OutboundError> {
    let port = request.url.port_or_known_default().unwrap_or_default();
    let url = request.url.clone();
    let limit = CONNECT_LIMIT.min(request.deadline);
    let mut builder = client
        .request(request.method, request.url)
        .headers(headers)
        .header(ACCEPT, "application/json");
    if let Some(secret) = &request.authorization {
        let mut value =
            HeaderValue::from_str(secret.expose_secret()).map_err(|_| OutboundError::UrlNotAllowed)?;
        value.set_sensitive(true);
        builder = builder.header(AUTHORIZATION, value);
    }
    if let Some(body) = &request.body {
        builder = builder.json(body);
    }
    let mut response = builder
        .send()
        .await
        .map_err(|error| error::classify(&error, host, port, limit, false))?;
    let status = response.status().as_u16();
    if (300..400).contains(&status) {
        let to_host = response
            .headers()
            .get("location")
            .and_then(|value| value.to_str().ok())
            .and_then(|to| url.join(to).ok())
            .and_then(|to| to.host_str().map(|host| host.chars().take(253).collect()));
        return Err(OutboundError::Redirect {
            host: host.to_owned(),
            to_host,
            status,
        });
    }
    let headers = response.headers().clone();
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| error::classify(&error, host, port, request.deadline, true))?
    {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(OutboundError::TooLarge {
                host: host.to_owned(),
                limit: MAX_BODY_BYTES,
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(OutboundResponse {
        status,
        headers,
        body: body.into(),
    })
}

/// The resolver of the HTTP library: looks up and judges every address of a name.
struct Guard {
    policy: Arc<OutboundPolicy>,
    look_up: Arc<dyn LookUp>,
    listed: bool,
}

impl reqwest::dns::Resolve for Guard {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let found = self.look_up.look_up(name.as_str().to_owned());
        let policy = Arc::clone(&self.policy);
        let listed = self.listed;
        Box::pin(async move {
            let addresses = found.await.unwrap_or_default();
            if addresses.is_empty() {
                return Err(BlockedAddress {
                    unknown_name: true,
                    never: false,
                }
                .into());
            }
            // One forbidden address spoils the name: which one is used is not ours to choose.
            let judged = addresses
                .iter()
                .map(|address| policy.judge_address(*address, listed));
            if let Some(worst) = judged.filter(|judged| *judged != Judgement::Allowed).max() {
                return Err(BlockedAddress {
                    unknown_name: false,
                    never: worst == Judgement::Never,
                }
                .into());
            }
            let addresses: reqwest::dns::Addrs =
                Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Whether a file of certificate authorities can be used.
///
/// # Errors
/// When it holds no certificate, or one that cannot be read.
pub fn check_authorities(pem: &[u8]) -> Result<(), OutboundError> {
    build_tls(&[Some(pem)]).map(drop)
}

fn build_tls(extra: &[Option<&[u8]>]) -> Result<rustls::ClientConfig, OutboundError> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for pem in extra.iter().flatten() {
        let mut added = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| OutboundError::BadCertificateAuthority)?;
            roots
                .add(certificate)
                .map_err(|_| OutboundError::BadCertificateAuthority)?;
            added += 1;
        }
        if added == 0 {
            return Err(OutboundError::BadCertificateAuthority);
        }
    }
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| OutboundError::BadCertificateAuthority)?
            .with_root_certificates(roots)
            .with_no_client_auth();
    Ok(config)
}
