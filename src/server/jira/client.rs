//! One Jira site and the calls to it: address, credential, retries, and answers as JSON.
//!
//! Knows no endpoint; those are in `common`, `cloud` and `data_center`. The credential leaves this
//! file only as a header marked sensitive.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::error::{JiraError, read_answer};
use super::retry::{Pace, SystemPace, TRIES, parse_retry_after, plan_retry};
use crate::domain::jira::Deployment;
use crate::server::calls::CallSheet;
use crate::server::outbound::{DEFAULT_DEADLINE, OutboundClient, OutboundRequest, OutboundResponse};

/// What signs the calls. `Debug` hides the token.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Email and API token, sent as Basic.
    Cloud {
        /// Email of the account that made the token.
        email: String,
        /// API token, scoped or not.
        token: SecretString,
    },
    /// Personal access token, sent as Bearer.
    DataCenter {
        /// The token.
        token: SecretString,
    },
}

impl Credential {
    /// The value of the `Authorization` header.
    pub(super) fn authorization(&self) -> SecretString {
        match self {
            Self::Cloud { email, token } => {
                let pair = format!("{}:{}", email.trim(), token.expose_secret().trim());
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)).into()
            }
            Self::DataCenter { token } => format!("Bearer {}", token.expose_secret().trim()).into(),
        }
    }
}

/// A Jira site with the credential for it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Which dialect it speaks.
    pub deployment: Deployment,
    /// Address for people: links to issues start here.
    pub site_url: Url,
    /// Address for calls: the site, or Atlassian's gateway for a scoped token.
    pub api_base: Url,
    /// What signs the calls.
    pub credential: Credential,
}

/// The client of one site. Cheap to clone.
#[derive(Clone)]
pub struct JiraClient {
    pub(super) outbound: OutboundClient,
    pub(super) site: Arc<Site>,
    requests: Arc<AtomicU64>,
    waited_ms: Arc<AtomicU64>,
    sheet: Arc<CallSheet>,
    pace: Arc<dyn Pace>,
    tries: u32,
    deadline: Duration,
}

impl std::fmt::Debug for JiraClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JiraClient")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl JiraClient {
    /// A client with the usual retries and deadline.
    pub fn new(outbound: OutboundClient, site: Site) -> Self {
        Self {
            outbound,
            site: Arc::new(site),
            requests: Arc::default(),
            waited_ms: Arc::default(),
            sheet: Arc::default(),
            pace: Arc::new(SystemPace),
            tries: TRIES,
            deadline: DEFAULT_DEADLINE,
        }
    }

    /// The same client with other randomness, time and sleep.
    #[must_use]
    pub fn with_pace(mut self, pace: Arc<dyn Pace>) -> Self {
        self.pace = pace;
        self
    }

    /// The same client, which counts its calls on this sheet too.
    #[must_use]
    pub fn with_sheet(mut self, sheet: Arc<CallSheet>) -> Self {
        self.sheet = sheet;
        self
    }

    /// The same client with other limits: tries of a read (at least 1), time of each call.
    #[must_use]
    pub fn with_limits(mut self, tries: u32, deadline: Duration) -> Self {
        self.tries = tries.max(1);
        self.deadline = deadline;
        self
    }

    /// The same client with other tries of a read (at least 1).
    #[must_use]
    pub fn with_tries(mut self, tries: u32) -> Self {
        self.tries = tries.max(1);
        self
    }

    /// The same client with less time for each call, if it has more.
    #[must_use]
    pub fn with_deadline_at_most(mut self, deadline: Duration) -> Self {
        self.deadline = self.deadline.min(deadline);
        self
    }

    /// Calls that this client and its clones have made, repeated ones included.
    pub fn request_count(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Milliseconds that this client and its clones waited inside calls because Jira limits them.
    pub fn waited_ms(&self) -> u64 {
        self.waited_ms.load(Ordering::Relaxed)
    }

    /// The site it speaks to.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// `rest/api/3` on Cloud, `rest/api/2` on Data Center.
    pub(super) fn platform(&self) -> &'static str {
        match self.site.deployment {
            Deployment::Cloud => "3",
            Deployment::DataCenter => "2",
        }
    }

    /// GET without the credential, at the site itself.
    pub(super) async fn get_public(&self, path: &[&str]) -> Result<Value, JiraError> {
        self.read(
            Method::GET,
            build_url(&self.site.site_url, path, &[]),
            None,
            false,
        )
        .await
    }

    /// GET of a platform resource.
    pub(super) async fn get_platform(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Value, JiraError> {
        let path = [&["rest", "api", self.platform()], path].concat();
        self.read(
            Method::GET,
            build_url(&self.site.api_base, &path, query),
            None,
            true,
        )
        .await
    }

    /// POST of a platform resource that only reads (searches, counts): repeated like a GET.
    pub(super) async fn search_platform(&self, path: &[&str], body: Value) -> Result<Value, JiraError> {
        let path = [&["rest", "api", self.platform()], path].concat();
        self.read(
            Method::POST,
            build_url(&self.site.api_base, &path, &[]),
            Some(body),
            true,
        )
        .await
    }

    /// GET of an agile resource.
    pub(super) async fn get_agile(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, JiraError> {
        let path = [&["rest", "agile", "1.0"], path].concat();
        self.read(
            Method::GET,
            build_url(&self.site.api_base, &path, query),
            None,
            true,
        )
        .await
    }

    /// GET of a resource that an app bundled with Jira serves.
    pub(super) async fn get_bundled(&self, path: &[&str]) -> Result<Value, JiraError> {
        self.read(Method::GET, build_url(&self.site.api_base, path, &[]), None, true)
            .await
    }

    async fn read(
        &self,
        method: Method,
        url: Url,
        body: Option<Value>,
        signed: bool,
    ) -> Result<Value, JiraError> {
        let mut failed = 0;
        loop {
            let result = match self.send(method.clone(), url.clone(), body.clone(), signed).await {
                Ok(answer) => self.interpret(&answer),
                Err(error) => Err(error),
            };
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            failed += 1;
            if matches!(error, JiraError::RateLimited { .. }) {
                self.sheet.add_throttled();
            }
            match plan_retry(&error, failed, self.tries, self.pace.random_unit()) {
                Some(wait) => {
                    if error.retry_after().is_some() || matches!(error, JiraError::RateLimited { .. }) {
                        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                        self.waited_ms.fetch_add(wait, Ordering::Relaxed);
                        self.sheet.add_wait(wait);
                    }
                    self.pace.sleep(wait).await;
                }
                None => return Err(error),
            }
        }
    }

    /// JSON or error of an answer.
    pub(super) fn interpret(&self, answer: &OutboundResponse) -> Result<Value, JiraError> {
        let retry_after = answer
            .find_header("retry-after")
            .and_then(|value| parse_retry_after(value, self.pace.now()));
        read_answer(answer, retry_after)
    }

    /// One call without retry.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<Value>,
        signed: bool,
    ) -> Result<OutboundResponse, JiraError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.sheet.add_call();
        let authorization = signed.then(|| self.site.credential.authorization());
        Ok(self
            .outbound
            .send(OutboundRequest {
                method,
                url,
                authorization,
                body,
                deadline: self.deadline,
            })
            .await?)
    }

    /// Now, by this client's clock.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.pace.now()
    }
}

/// An address below `base`: its path is kept, every segment is encoded, so an id can never leave it.
pub(super) fn build_url(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    if let Ok(mut segments) = url.path_segments_mut() {
        // `.` and `..` would be resolved by the parser even when encoded: they are never ids.
        segments.pop_if_empty().extend(
            path.iter()
                .map(|part| if matches!(*part, "." | "..") { "_" } else { part }),
        );
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}
