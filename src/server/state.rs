//! What every request and every job shares; built once at start, cheap to clone.

use std::sync::Arc;

use crate::server::{
    auth::password::PasswordPool,
    bodies::Bodies,
    calls::CallBook,
    clock::Clock,
    config::Config,
    live::LiveHub,
    on_its_way::OnItsWay,
    outbound::{OutboundClients, OutboundPolicy},
    pace::Pace,
    public_address::PublicAddress,
    secrets::Sealer,
    store::Database,
};

/// The running server's parts.
#[derive(Clone, Debug)]
pub struct AppState {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    database: Database,
    clock: Clock,
    sealer: Sealer,
    passwords: PasswordPool,
    live: LiveHub,
    outbound: OutboundClients,
    bodies: Bodies,
    pace: Pace,
    address: PublicAddress,
    jobs: tokio::sync::Notify,
    looks: OnItsWay,
    calls: CallBook,
    shutdown: tokio_util::sync::CancellationToken,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(
        config: Config,
        database: Database,
        clock: Clock,
        sealer: Sealer,
        outbound: OutboundPolicy,
    ) -> Self {
        let inner = Inner {
            config,
            database,
            clock,
            sealer,
            passwords: PasswordPool::new(),
            live: LiveHub::new(Clock::System),
            outbound: OutboundClients::new(outbound),
            bodies: Bodies::new(),
            pace: Pace::default(),
            address: PublicAddress::default(),
            jobs: tokio::sync::Notify::new(),
            looks: OnItsWay::default(),
            calls: CallBook::default(),
            shutdown: tokio_util::sync::CancellationToken::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Configuration.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Database.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// Clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Sealer of secrets at rest.
    pub fn sealer(&self) -> &Sealer {
        &self.inner.sealer
    }

    /// Bounded pool that hashes passwords.
    pub fn passwords(&self) -> &PasswordPool {
        &self.inner.passwords
    }

    /// Calls to Jira that are not written down yet.
    pub fn calls(&self) -> &CallBook {
        &self.inner.calls
    }

    /// Hub of live events for open pages.
    pub fn live(&self) -> &LiveHub {
        &self.inner.live
    }

    /// What outgoing calls may reach.
    pub fn outbound(&self) -> &OutboundPolicy {
        self.inner.outbound.policy()
    }

    /// The clients that make them.
    pub fn outbound_clients(&self) -> &OutboundClients {
        &self.inner.outbound
    }

    /// Room for request bodies.
    pub fn bodies(&self) -> &Bodies {
        &self.inner.bodies
    }

    /// How often strangers may write.
    pub fn pace(&self) -> &Pace {
        &self.inner.pace
    }

    /// The address that people use, as the settings say.
    pub fn public_address(&self) -> &PublicAddress {
        &self.inner.address
    }

    /// Wakes the worker: a job was put into the queue. Without it the worker looks twice a second.
    pub fn jobs(&self) -> &tokio::sync::Notify {
        &self.inner.jobs
    }

    /// Looks at Jira for the wizard that go on although the page they began for gave up.
    pub fn looks(&self) -> &OnItsWay {
        &self.inner.looks
    }

    /// Cancelled once, when the server begins to stop: streams end, jobs stop at their next edge.
    pub fn shutdown(&self) -> &tokio_util::sync::CancellationToken {
        &self.inner.shutdown
    }
}
