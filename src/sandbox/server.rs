//! Starting and stopping the sandbox: listeners, TLS, the table of sites.
//!
//! Every site has its own listener and its own task; stopping (or dropping) the sandbox cuts open
//! connections at once, so that a scripted hang cannot hold a test. A port that is taken is an error
//! at start.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::civil::Date;
use tokio::{net::TcpListener, sync::watch};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    accounts, clock,
    exchange::ExchangeLog,
    generate::{self, WorldChoice},
    listen::{accept_all, listen},
    recorded,
    replay::Replay,
    routes,
    site::{Site, SiteHandle, WorldHandle},
    tls,
    webhooks::send::Sender,
    world::World,
};
use crate::domain::jira::Deployment;

/// How to start the sandbox. Port 0 takes any free port.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// Where the Cloud site listens (https).
    pub cloud_addr: SocketAddr,
    /// Where the Data Center site listens (http).
    pub data_center_addr: SocketAddr,
    /// Folder of the certificate authority, kept and reused: `ca.pem` and `ca-key.pem`.
    pub ca_dir: PathBuf,
    /// Folder of recorded answers; given, two more sites serve them on free ports.
    pub recorded_dir: Option<PathBuf>,
    /// Version the Data Center site reports.
    pub data_center_version: String,
    /// What both sites show.
    pub world: WorldChoice,
    /// The Cloud site speaks http as well, for clients that cannot be told to trust a certificate.
    pub plain_http: bool,
    /// Lets webhooks leave this machine; otherwise only receivers on loopback are called.
    pub webhooks_anywhere: bool,
    /// Folder to keep every exchange in, for a judge; one file of JSON lines per sandbox.
    pub exchanges: Option<PathBuf>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            cloud_addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_center_addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            ca_dir: std::env::temp_dir().join("traceline-sandbox"),
            recorded_dir: None,
            data_center_version: "10.7.4".to_owned(),
            world: WorldChoice::Company,
            plain_http: false,
            webhooks_anywhere: false,
            exchanges: None,
        }
    }
}

/// Why the sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A file or a port.
    #[error("the sandbox cannot use a file or port: {0}")]
    Io(#[from] std::io::Error),
    /// A port that is taken or not ours.
    #[error(
        "the sandbox cannot listen on {0}: {1}. Another program has this address, perhaps another sandbox, or it is not one of this machine. Stop that program, or choose other addresses, for instance free ones with --cloud 127.0.0.1:0 --data-center 127.0.0.1:0"
    )]
    Listen(SocketAddr, std::io::Error),
    /// Certificates.
    #[error("the sandbox cannot make its certificates: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS.
    #[error("the sandbox cannot set up TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// The client of the webhooks.
    #[error("the sandbox cannot send webhooks: {0}")]
    Webhooks(#[from] reqwest::Error),
    /// The recorded folder.
    #[error("the recorded folder {0} has no usable answers: {1}")]
    Recorded(PathBuf, String),
}

/// One account to paste into a form.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AccountInfo {
    /// Display name.
    pub display_name: String,
    /// Email (needed on Cloud).
    pub email: String,
    /// Token.
    pub token: String,
    /// What the account can do, one line.
    pub note: String,
}

/// One running site.
#[derive(Clone, Debug)]
pub struct SiteInfo {
    /// Name such as `Sandbox Cloud`.
    pub name: String,
    /// Dialect.
    pub deployment: Deployment,
    /// Address without a final slash.
    pub url: String,
    /// Cloud: address of the gateway for scoped tokens, `/ex/jira/{cloudId}` included.
    pub gateway_url: Option<String>,
    /// Accounts.
    pub accounts: Vec<AccountInfo>,
}

/// A running sandbox; stops when dropped.
#[derive(Debug)]
pub struct Sandbox {
    sites: Vec<SiteInfo>,
    world: WorldHandle,
    ca_pem: PathBuf,
    sites_by_name: Vec<(&'static str, Arc<Site>)>,
    webhooks_anywhere: bool,
    exchanges: Option<ExchangeLog>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Starts with the dates of the world around today.
    ///
    /// # Errors
    /// A taken port, an unreadable folder, failing certificates.
    pub async fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        Self::start_at(options, clock::today()).await
    }

    /// Starts with the dates of the world around the given day, for tests that compare dates.
    ///
    /// # Errors
    /// As [`Sandbox::start`].
    pub async fn start_at(options: SandboxOptions, today: Date) -> Result<Self, SandboxError> {
        let acceptor = tls::load_acceptor(&options.ca_dir)?;
        let mut sandbox = Self {
            sites: Vec::new(),
            world: WorldHandle::default(),
            ca_pem: tls::ca_path(&options.ca_dir),
            sites_by_name: Vec::new(),
            webhooks_anywhere: options.webhooks_anywhere,
            exchanges: options
                .exchanges
                .as_deref()
                .map(ExchangeLog::create)
                .transpose()?,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let version = &options.data_center_version;

        let (scheme, cloud_tls) = if options.plain_http {
            ("http", None)
        } else {
            ("https", Some(acceptor.clone()))
        };
        let replay = || match &options.world {
            WorldChoice::Recorded(folder) => Some(Replay::load(folder)),
            _ => None,
        };
        let (listener, url) = listen(options.cloud_addr, scheme).await?;
        let world = build_world(&options.world, Deployment::Cloud, &url, version, today)?;
        sandbox.add_site("Sandbox Cloud", (world, replay()), listener, cloud_tls)?;

        let (listener, url) = listen(options.data_center_addr, "http").await?;
        let world = build_world(&options.world, Deployment::DataCenter, &url, version, today)?;
        sandbox.add_site("Sandbox Data Center", (world, replay()), listener, None)?;

        if let Some(folder) = &options.recorded_dir {
            let free = SocketAddr::from(([127, 0, 0, 1], 0));
            let (listener, url) = listen(free, "https").await?;
            let choice = WorldChoice::Recorded(folder.clone());
            let world = build_world(&choice, Deployment::Cloud, &url, version, today)?;
            sandbox.add_site(
                "Recorded Cloud",
                (world, Some(Replay::load(folder))),
                listener,
                Some(acceptor),
            )?;

            let (listener, url) = listen(free, "http").await?;
            let world = build_world(&choice, Deployment::DataCenter, &url, version, today)?;
            sandbox.add_site(
                "Recorded Data Center",
                (world, Some(Replay::load(folder))),
                listener,
                None,
            )?;
        }
        sandbox.tasks.close();
        Ok(sandbox)
    }

    fn add_site(
        &mut self,
        name: &str,
        (world, replay): (World, Option<Replay>),
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
    ) -> Result<(), SandboxError> {
        let sender = Sender::new(world.is_cloud(), self.webhooks_anywhere)?;
        let info = SiteInfo {
            name: name.to_owned(),
            deployment: world.deployment,
            url: world.base_url.clone(),
            gateway_url: world
                .is_cloud()
                .then(|| format!("{}/ex/jira/{}", world.base_url, world.cloud_id)),
            accounts: world
                .accounts
                .iter()
                .map(|account| AccountInfo {
                    display_name: account.display_name.clone(),
                    email: account.email.clone(),
                    token: account.token.clone(),
                    note: account.note.clone(),
                })
                .collect(),
        };
        let mut site = Site::new(world, self.exchanges.clone());
        site.replay = replay;
        let site = Arc::new(site);
        self.world.add(SiteHandle::new(info.clone(), Arc::clone(&site)));
        self.sites.push(info);
        if let Some(name) = ["cloud", "data-center"].get(self.sites_by_name.len()) {
            self.sites_by_name.push((name, Arc::clone(&site)));
        }
        self.tasks
            .spawn(sender.run(Arc::clone(&site.hub), self.stop.clone()));
        let gate = site.gate.subscribe();
        let router = routes::build_router(site);
        self.tasks.spawn(accept_all(
            listener,
            gate,
            tls,
            router,
            self.stop.clone(),
            self.tasks.clone(),
        ));
        Ok(())
    }

    /// Opens one more address on loopback, the control API of both sites without TLS:
    /// `/cloud/{command}` and `/data-center/{command}`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn listen_for_admin(&mut self) -> Result<String, SandboxError> {
        let (listener, url) = listen(SocketAddr::from(([127, 0, 0, 1], 0)), "http").await?;
        let router = routes::build_admin_router(&self.sites_by_name);
        // This address never plays dead.
        let open = watch::Sender::new(true).subscribe();
        let accept = accept_all(
            listener,
            open,
            None,
            router,
            self.stop.clone(),
            self.tasks.clone(),
        );
        self.tasks.spawn(accept);
        Ok(url)
    }

    /// The running sites: Cloud, Data Center, then the recorded ones if asked for.
    #[must_use]
    pub fn sites(&self) -> &[SiteInfo] {
        &self.sites
    }

    /// The certificate to trust for the https sites.
    #[must_use]
    pub fn ca_pem_path(&self) -> &Path {
        &self.ca_pem
    }

    /// Handle to edit the worlds, script faults and read the request log.
    #[must_use]
    pub fn world(&self) -> WorldHandle {
        self.world.clone()
    }

    /// Stops and waits until every connection is closed.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }

    /// Runs until the future is ready, then stops.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) {
        shutdown.await;
        self.stop().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The world of one site.
fn build_world(
    choice: &WorldChoice,
    deployment: Deployment,
    url: &str,
    version: &str,
    today: Date,
) -> Result<World, SandboxError> {
    let mut world = World::new(deployment, url, version);
    if let WorldChoice::Recorded(folder) = choice {
        world.accounts = accounts::list_recorded_accounts(deployment);
        recorded::load_recorded(&mut world, folder)?;
    } else {
        world.accounts = accounts::list_accounts(deployment);
        if let WorldChoice::Generated(_) = choice {
            accounts::let_readers_see_all(&mut world.accounts);
        }
        generate::fill(&mut world, choice, today);
    }
    Ok(world)
}
