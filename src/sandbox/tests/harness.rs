//! A running sandbox and clients for its accounts.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;

use crate::sandbox::{Sandbox, SandboxOptions, SiteInfo, WorldChoice};

pub(super) struct Bench {
    pub(super) sandbox: Sandbox,
    client: reqwest::Client,
    folder: PathBuf,
}

impl Drop for Bench {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// A client that trusts only the sandbox and follows nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "the product's guarded client is not what these tests are about"
)]
pub(in crate::sandbox) fn build_client(ca: reqwest::Certificate) -> reqwest::Client {
    let builder = reqwest::Client::builder().tls_certs_only([ca]).no_proxy();
    builder
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Where `make test` wants the exchanges of all tests, to judge them at the end.
#[expect(clippy::disallowed_methods, reason = "where exchanges go is a setting of the tests")]
fn find_exchanges() -> Option<PathBuf> {
    std::env::var_os("SANDBOX_EXCHANGES").map(PathBuf::from)
}

/// An answer, read whole.
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) text: String,
}

impl Got {
    #[track_caller]
    pub(super) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    #[track_caller]
    pub(super) fn message(&self, status: u16) -> String {
        self.json(status)["errorMessages"][0].as_str().unwrap().to_owned()
    }
}

#[derive(Clone, Copy)]
pub(super) enum As<'a> {
    Nobody,
    /// Account by first name, credentials as the deployment wants them.
    Person(&'a str),
    Basic(&'a str, &'a str),
    Bearer(&'a str),
}

pub(super) const CLOUD: usize = 0;
pub(super) const DC: usize = 1;

impl Bench {
    pub(super) async fn start() -> Self {
        Self::start_with(None).await
    }

    pub(super) async fn start_with(recorded_dir: Option<PathBuf>) -> Self {
        Self::open(recorded_dir, WorldChoice::Company, find_exchanges()).await
    }

    /// A sandbox whose exchanges nobody judges, for a test that asks for what is not there.
    pub(super) async fn unjudged() -> Self {
        Self::open(None, WorldChoice::Company, None).await
    }

    /// A sandbox that shows another world.
    pub(super) async fn of_world(world: &str) -> Self {
        Self::open(None, WorldChoice::parse(world).unwrap(), find_exchanges()).await
    }

    async fn open(recorded_dir: Option<PathBuf>, world: WorldChoice, exchanges: Option<PathBuf>) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("sandbox-test-{}-{number}", std::process::id()));
        let options = SandboxOptions {
            ca_dir: folder.clone(),
            recorded_dir,
            world,
            exchanges,
            ..SandboxOptions::default()
        };
        let today = jiff::civil::date(2026, 11, 20);
        let sandbox = Sandbox::start_at(options, today).await.unwrap();
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let ca = reqwest::Certificate::from_pem(&std::fs::read(sandbox.ca_pem_path()).unwrap()).unwrap();
        let client = build_client(ca);
        Self {
            sandbox,
            client,
            folder,
        }
    }

    /// A client without open connections.
    pub(super) fn fresh(&self) -> reqwest::Client {
        let pem = std::fs::read(self.sandbox.ca_pem_path()).unwrap();
        build_client(reqwest::Certificate::from_pem(&pem).unwrap())
    }

    pub(super) fn site(&self, site: usize) -> &SiteInfo {
        &self.sandbox.sites()[site]
    }

    pub(super) fn request(
        &self,
        site: usize,
        who: As<'_>,
        method: &str,
        path: &str,
    ) -> reqwest::RequestBuilder {
        let info = self.site(site);
        let url = format!("{}{path}", info.url);
        let request = self.client.request(method.parse().unwrap(), url);
        match who {
            As::Nobody => request,
            As::Basic(email, token) => request.basic_auth(email, Some(token)),
            As::Bearer(token) => request.bearer_auth(token),
            As::Person(first) => {
                let account = info
                    .accounts
                    .iter()
                    .find(|account| account.email.starts_with(first))
                    .unwrap();
                if info.gateway_url.is_some() {
                    request.basic_auth(&account.email, Some(&account.token))
                } else {
                    request.bearer_auth(&account.token)
                }
            }
        }
    }

    pub(super) async fn send(request: reqwest::RequestBuilder) -> Got {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Got {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    pub(super) async fn get(&self, site: usize, who: &str, path: &str) -> Got {
        Self::send(self.request(site, As::Person(who), "GET", path)).await
    }

    pub(super) async fn ada(&self, site: usize, path: &str) -> Value {
        self.get(site, "ada", path).await.json(200)
    }

    pub(super) async fn post(&self, site: usize, who: &str, path: &str, body: Value) -> Got {
        Self::send(self.request(site, As::Person(who), "POST", path).json(&body)).await
    }
}
