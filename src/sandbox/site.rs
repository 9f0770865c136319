//! One running site behind its locks, and the handle that tests hold.
//!
//! Locks are held for the making of one answer and never across an await. A poisoned lock is taken
//! over: a panicking test must not hide the sites from the next one.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::{
    clock::SiteClock,
    exchange::ExchangeLog,
    faults::{FaultRule, Faults, Schedule},
    generate,
    limits::Limits,
    replay::Replay,
    server::SiteInfo,
    webhooks::hub::Hub,
    world::World,
};
use crate::domain::jira::Deployment;

/// Requests remembered per site.
const LOG_SIZE: usize = 10_000;

/// A request as the log keeps it: never the credential, only whether there was one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoggedRequest {
    /// Method.
    pub method: String,
    /// Path with the query.
    pub path: String,
    /// Whether an `Authorization` header was present.
    pub authorized: bool,
    /// Whether a cookie was sent, which a good client never does.
    pub cookie: bool,
}

#[derive(Debug)]
pub(super) struct Site {
    world: RwLock<World>,
    pub(super) faults: Faults,
    pub(super) limits: Limits,
    pub(super) hub: Arc<Hub>,
    pub(super) schedule: Schedule,
    pub(super) clock: SiteClock,
    /// Open while connections are accepted.
    pub(super) gate: watch::Sender<bool>,
    log: Mutex<VecDeque<LoggedRequest>>,
    pub(super) exchanges: Option<ExchangeLog>,
    /// Recorded exchanges, served as they were.
    pub(super) replay: Option<Replay>,
}

impl Site {
    pub(super) fn new(world: World, exchanges: Option<ExchangeLog>) -> Self {
        Self {
            world: RwLock::new(world),
            faults: Faults::default(),
            limits: Limits::default(),
            hub: Arc::default(),
            schedule: Schedule::default(),
            clock: SiteClock::default(),
            gate: watch::Sender::new(true),
            log: Mutex::default(),
            exchanges,
            replay: None,
        }
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn edit<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        world.revision += 1;
        world.store.now_ms = self.clock.now().as_millisecond();
        change(&mut world)
    }

    /// Lets a search that lags behind see what is due, and the issues named.
    pub(super) fn catch_up(&self, ids: &[i64]) {
        let now = self.clock.now().as_millisecond();
        let behind = |id: &i64, world: &World| world.store.searchable(*id) != world.store.find(*id);
        if self.read(|world| world.store.is_behind(now) || ids.iter().any(|id| behind(id, world))) {
            self.edit(|world| {
                world.store.catch_up(now);
                for id in ids {
                    world.store.reconcile(*id);
                }
            });
        }
    }

    fn lock_log(&self) -> MutexGuard<'_, VecDeque<LoggedRequest>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn record(&self, request: LoggedRequest) {
        let mut log = self.lock_log();
        if log.len() == LOG_SIZE {
            log.pop_front();
        }
        log.push_back(request);
    }

    pub(super) fn list_requests(&self) -> Vec<LoggedRequest> {
        self.lock_log().iter().cloned().collect()
    }

    pub(super) fn clear_requests(&self) {
        self.lock_log().clear();
    }
}

/// All sites of a sandbox, for tests.
#[derive(Clone, Debug, Default)]
pub struct WorldHandle {
    sites: Vec<SiteHandle>,
}

impl WorldHandle {
    pub(super) fn add(&mut self, site: SiteHandle) {
        self.sites.push(site);
    }

    /// All sites in the order of [`super::Sandbox::sites`].
    #[must_use]
    pub fn sites(&self) -> &[SiteHandle] {
        &self.sites
    }

    /// The generated site of a dialect.
    ///
    /// # Panics
    /// Never: both are made at start.
    #[must_use]
    pub fn get(&self, deployment: Deployment) -> &SiteHandle {
        let found = self.sites.iter().find(|site| site.info.deployment == deployment);
        found.expect("both generated sites are made at start")
    }

    /// The generated Cloud site.
    #[must_use]
    pub fn cloud(&self) -> &SiteHandle {
        self.get(Deployment::Cloud)
    }

    /// The generated Data Center site.
    #[must_use]
    pub fn data_center(&self) -> &SiteHandle {
        self.get(Deployment::DataCenter)
    }

    /// The recorded site of a dialect, if a folder was given.
    #[must_use]
    pub fn find_recorded(&self, deployment: Deployment) -> Option<&SiteHandle> {
        self.sites
            .iter()
            .find(|site| site.info.deployment == deployment && site.read(|world| world.recorded))
    }
}

/// Handle to one site.
#[derive(Clone, Debug)]
pub struct SiteHandle {
    /// Address and accounts.
    pub info: SiteInfo,
    site: Arc<Site>,
}

impl SiteHandle {
    pub(super) fn new(info: SiteInfo, site: Arc<Site>) -> Self {
        Self { info, site }
    }

    /// Looks into the world.
    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.site.read(look)
    }

    /// Changes the world.
    pub fn edit<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.site.edit(change)
    }

    /// Adds a scripted fault.
    pub fn add_fault(&self, rule: FaultRule) {
        self.site.faults.add(rule);
    }

    /// Accepts no connection any more, as a machine that is gone; or does so again.
    pub fn set_black_hole(&self, on: bool) {
        self.site.gate.send_replace(!on);
    }

    /// Removes all faults; a request that hangs already goes on hanging.
    pub fn clear_faults(&self) {
        self.site.faults.clear();
    }

    /// Requests so far, oldest first.
    #[must_use]
    pub fn list_requests(&self) -> Vec<LoggedRequest> {
        self.site.list_requests()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.site.clear_requests();
    }

    /// Sets the version Data Center reports.
    pub fn set_version(&self, version: &str) {
        self.edit(|world| version.clone_into(&mut world.version));
    }

    /// Writes fields into an issue, as somebody working in Jira would, and moves `updated` to now.
    pub fn edit_issue(&self, id_or_key: &str, fields: &Map<String, Value>) -> bool {
        let now = generate::format_timestamp(self.site.clock.now());
        self.edit(|world| world.write_fields(id_or_key, fields, &now))
    }

    /// Adds generated issues, spread over the projects.
    pub fn grow(&self, issues: usize) {
        let now = self.site.clock.now();
        self.edit(|world| generate::grow_world(world, issues, now));
    }
}
