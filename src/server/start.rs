//! Starting and stopping the server: parts are opened in order, each failure says what to do.

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::server::{
    app::{
        self,
        audit::Verified,
        secrets::{Counted, Rotated},
    },
    clock::Clock,
    config::Config,
    http::{self, assets::Assets, serve},
    outbound::OutboundPolicy,
    private_file,
    secrets::{KeyId, Sealer, SecretError},
    state::AppState,
    store::{Database, OpenError, audit::AuditHead},
    sync,
};

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// Key.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A folder or file of the operator's.
    #[error("{what} {path} cannot be used: {source}")]
    File {
        /// What it is for.
        what: &'static str,
        /// Path.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is stored cannot be read or prepared.
    #[error("the database cannot be used: {0}")]
    Stored(#[from] crate::server::error::Error),
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}: {source}. Another program has this address, or it is not one of this machine. Stop that program, or choose another address with TRACELINE_LISTEN (port 0 takes a free one)"
    )]
    Listen {
        /// Address.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Serving ended by itself.
    #[error("serving stopped: {0}")]
    Serve(#[from] std::io::Error),
}

/// What the data folder and the database hold, open. Nobody else has the SQLite file as long as this lives.
#[derive(Debug)]
pub struct Stored {
    database: Database,
    sealer: Sealer,
}

/// Opens the data folder and the database: first of all, because a second process on them has to hear that
/// rather than whatever it meets later.
///
/// # Errors
/// The first part that cannot be opened.
pub async fn open_stored(config: &Config) -> Result<Stored, StartError> {
    private_file::create_folder(&config.data_dir).map_err(|source| StartError::File {
        what: "the data folder",
        path: config.data_dir.display().to_string(),
        source,
    })?;
    let sealer = Sealer::load(&config.secret_key, &config.data_dir)?;
    let database = Database::open(&config.database_url).await?;
    Ok(Stored { database, sealer })
}

/// Verifies the audit log, beside a server that may be running. Nothing is written: no key is made either.
///
/// # Errors
/// When the key or the database cannot be read.
pub async fn verify_audit_log(config: &Config, noted: Option<AuditHead>) -> Result<Verified, StartError> {
    let sealer = Sealer::load_existing(&config.secret_key, &config.data_dir)?;
    let database = Database::open_to_read(&config.database_url).await?;
    let verified = app::audit::verify(&database, &sealer, noted).await;
    database.close().await;
    Ok(verified?)
}

/// Counts the sealed values of each key, beside a server that may be running. Nothing is written. Gives the ids of
/// the keys too, the present one first.
///
/// # Errors
/// When a key or the database cannot be read.
pub async fn count_secrets(config: &Config) -> Result<(Counted, Vec<KeyId>), StartError> {
    let sealer = Sealer::load_existing(&config.secret_key, &config.data_dir)?;
    let database = Database::open_to_read(&config.database_url).await?;
    let counted = app::secrets::count(&database, &sealer, Clock::System.now_ms()).await;
    database.close().await;
    Ok((counted?, sealer.ids()))
}

/// Seals all values with the present key, beside a server that may be running. Gives the ids of the keys too, the
/// present one first.
///
/// # Errors
/// When a key or the database cannot be used.
pub async fn rotate_secrets(
    config: &Config,
    tell: impl FnMut(u64),
) -> Result<(Rotated, Vec<KeyId>), StartError> {
    let sealer = Sealer::load_existing(&config.secret_key, &config.data_dir)?;
    let database = Database::open_beside(&config.database_url).await?;
    let rotated = app::secrets::rotate(&database, &sealer, Clock::System.now_ms(), tell).await;
    database.close().await;
    Ok((rotated?, sealer.ids()))
}

/// Puts together everything a server needs but its listener.
async fn open_state(config: Config, stored: Stored) -> Result<AppState, StartError> {
    let outbound = outbound_policy(&config)?;
    let Stored { database, sealer } = stored;
    let state = AppState::new(config, database, Clock::System, sealer, outbound);
    app::audit::open(&state).await?;
    state.public_address().load(state.database()).await?;
    Ok(state)
}

/// The operator's word on outgoing calls, with the certificate authorities read from their file.
///
/// # Errors
/// When the file cannot be read.
pub fn outbound_policy(config: &Config) -> Result<OutboundPolicy, StartError> {
    let settings = &config.outbound;
    let extra_ca_pem = match &settings.extra_ca_file {
        None => None,
        Some(path) => Some(std::fs::read(path).map_err(|source| StartError::File {
            what: "the certificate authority file",
            path: path.display().to_string(),
            source,
        })?),
    };
    let defaults = OutboundPolicy::default();
    Ok(OutboundPolicy {
        allowed_hosts: settings.allowed_hosts.clone(),
        allowed_networks: settings.allowed_networks.clone(),
        extra_ca_pem,
        cloud_hosts: settings.cloud_hosts.clone(),
        cloud_gateway: settings.cloud_gateway.clone().unwrap_or(defaults.cloud_gateway),
        page_patience: defaults.page_patience,
        allow_metadata: false,
    })
}

/// Loads the web assets: from inside the binary, else from the configured folder.
///
/// # Errors
/// When the folder cannot be read.
pub fn load_assets(config: &Config) -> Result<Assets, StartError> {
    if let Some(files) = crate::EMBEDDED {
        return Ok(Assets::from_files(
            files().into_iter().map(|(path, content)| (path, content.into())),
        ));
    }
    Assets::from_folder(&config.site_root).map_err(|source| StartError::File {
        what: "the folder of web assets",
        path: config.site_root.display().to_string(),
        source,
    })
}

/// What a person or program who started the server wants to know.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Address to open.
    pub url: String,
    /// One-time setup address, while nobody has set the server up.
    pub setup_url: Option<String>,
}

/// Runs the server until it is told to stop; `tell` hears when it listens.
///
/// # Errors
/// When it cannot start; the text says why and what to do.
pub async fn run(config: Config, stored: Stored, tell: impl FnOnce(&Ready)) -> Result<(), StartError> {
    let signals = Signals::listen()?;
    let assets = load_assets(&config)?;
    let address = config.listen;
    let state = open_state(config, stored).await?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen {
            address: address.to_string(),
            source,
        })?;
    let local = listener.local_addr()?;
    tracing::info!(address = %local, database = if state.config().is_sqlite() { "sqlite" } else { "postgres" }, "traceline listens");
    let setup_url = app::setup::prepare(&state, local).await?;
    let router = http::router(state.clone(), assets);
    tokio::spawn(app::housekeeping::run(state.clone()));
    tokio::spawn(app::health::run(state.clone()));
    tokio::spawn(app::notice::run(state.clone()));
    tokio::spawn(app::notice_hook::run(state.clone()));
    tokio::spawn(stop_on_signal(signals, state.shutdown().clone()));
    let url = state.config().public_url.as_ref().map_or_else(
        || format!("http://{local}"),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    );
    let worker = sync::start_worker(state.clone());
    tell(&Ready { url, setup_url });
    let proxies = &state.config().trusted_proxies;
    let served = serve::serve(
        listener,
        router,
        proxies,
        serve::Patience::default(),
        state.shutdown().clone(),
    )
    .await;
    // Serving may have ended by itself; the worker must let go of the database either way.
    state.shutdown().cancel();
    if worker.await.is_err() {
        tracing::error!("the worker ended with a panic");
    }
    // What was called since the last look is counted too.
    app::health::note_calls(&state).await;
    served?;
    state.database().close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Signals that end the server, from the moment this is made on: one that comes before somebody waits is not
/// lost.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Cancels the token at the first SIGTERM or Ctrl-C; a second one ends the process at once.
async fn stop_on_signal(mut signals: Signals, shutdown: CancellationToken) {
    signals.next().await;
    tracing::info!("stopping: finishing what is in flight, a second signal ends at once");
    shutdown.cancel();
    signals.next().await;
    std::process::exit(130);
}
