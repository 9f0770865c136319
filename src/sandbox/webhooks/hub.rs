//! Registrations and the queue of deliveries.
//!
//! Deliveries leave in the order of the changes, one after the other; a retry goes back into the
//! queue with a later time. A test may hold the queue and let it go in another order, lose the next
//! ones or send them twice. Nothing here waits: `send` does.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::{sync::Notify, time::Instant};

use super::{event::Event, registry::Registration, signature};

/// Cloud tries five times more within about half an hour.
const RETRY_DELAYS: [Duration; 5] = [
    Duration::from_mins(1),
    Duration::from_mins(3),
    Duration::from_mins(5),
    Duration::from_mins(9),
    Duration::from_mins(12),
];
/// Deliveries remembered.
const LOG_SIZE: usize = 10_000;

/// One delivery on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delivery {
    pub(crate) registration: i64,
    pub(crate) event: String,
    pub(crate) url: String,
    /// `None` when the registration wants no body.
    pub(crate) body: Option<Vec<u8>>,
    /// Header names and values, those of a retry excepted.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Retries so far.
    pub(crate) retry: u32,
    due: Option<Instant>,
}

/// A delivery as the log tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Logged {
    pub(crate) registration: i64,
    pub(crate) event: String,
    pub(crate) url: String,
    pub(crate) retry: u32,
    /// The receiver's status, or why there is none.
    pub(crate) outcome: String,
}

/// What tests may change.
#[derive(Clone, Debug)]
struct Settings {
    retry_delays: Vec<Duration>,
    tricks: Tricks,
}

/// How deliveries to come are spoiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tricks {
    /// So many are lost.
    pub(crate) lose: u32,
    /// So many come more than once,
    pub(crate) duplicate: u32,
    /// namely so many times; 0 means twice.
    pub(crate) copies: u32,
    /// All come so late.
    pub(crate) delay: Duration,
}

#[derive(Debug)]
struct State {
    registrations: Vec<Registration>,
    last_id: i64,
    last_delivery: u64,
    queue: VecDeque<Delivery>,
    held: Option<Vec<Delivery>>,
    settings: Settings,
    log: VecDeque<Logged>,
    busy: bool,
}

/// Registrations and queue of one site.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    /// Something to send.
    pub(super) wake: Notify,
    /// Nothing left to send.
    idle: Notify,
}

/// The order in which held deliveries are let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Sent,
    Reversed,
}

/// What the sender should do now.
#[derive(Debug)]
pub(crate) enum Next {
    Send(Box<Delivery>),
    WaitUntil(Instant),
    Wait,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                registrations: Vec::new(),
                last_id: 0,
                last_delivery: 0,
                queue: VecDeque::new(),
                held: None,
                settings: Settings {
                    retry_delays: RETRY_DELAYS.to_vec(),
                    tricks: Tricks::default(),
                },
                log: VecDeque::new(),
                busy: false,
            }),
            wake: Notify::new(),
            idle: Notify::new(),
        }
    }
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All registrations, oldest first.
    pub(crate) fn list(&self) -> Vec<Registration> {
        self.lock().registrations.clone()
    }

    /// One registration.
    pub(crate) fn find(&self, id: i64) -> Option<Registration> {
        self.lock().registrations.iter().find(|one| one.id == id).cloned()
    }

    /// Stores a registration; id 0 gets a new one. Gives the registration as stored.
    pub(crate) fn save(&self, mut new: Registration) -> Registration {
        let mut state = self.lock();
        if new.id == 0 {
            state.last_id += 1;
            new.id = state.last_id;
            state.registrations.push(new.clone());
        } else if let Some(old) = state.registrations.iter_mut().find(|one| one.id == new.id) {
            old.clone_from(&new);
        }
        new
    }

    /// Forgets a registration; what is queued for it is still sent.
    pub(crate) fn remove(&self, id: i64) -> bool {
        let mut state = self.lock();
        let before = state.registrations.len();
        state.registrations.retain(|one| one.id != id);
        state.registrations.len() < before
    }

    /// Whether anybody asked for events of the name.
    pub(crate) fn hears(&self, name: &str) -> bool {
        let state = self.lock();
        let mut all = state.registrations.iter();
        all.any(|one| one.listens_to(name))
    }

    /// Queues an event for those of the registrations that `wants` picks.
    pub(crate) fn publish(
        &self,
        event: &Event,
        cloud: bool,
        now_ms: i64,
        wants: impl Fn(&Registration) -> bool,
    ) {
        let mut state = self.lock();
        let chosen: Vec<Registration> = state
            .registrations
            .iter()
            .filter(|one| one.listens_to(&event.name) && wants(one))
            .cloned()
            .collect();
        for one in chosen {
            state.last_delivery += 1;
            let number = state.last_delivery;
            let delivery = write_delivery(&one, event, cloud, now_ms, number);
            enqueue(&mut state, delivery);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// What to send next; a sender that takes a delivery must [`Hub::finish`] it.
    pub(crate) fn take(&self, now: Instant) -> Next {
        let mut state = self.lock();
        let due = |delivery: &Delivery| delivery.due.is_none_or(|due| due <= now);
        if let Some(place) = state.queue.iter().position(due)
            && let Some(delivery) = state.queue.remove(place)
        {
            state.busy = true;
            return Next::Send(Box::new(delivery));
        }
        let next = state.queue.iter().filter_map(|delivery| delivery.due).min();
        if next.is_none() {
            self.idle.notify_waiters();
        }
        next.map_or(Next::Wait, Next::WaitUntil)
    }

    /// Writes the outcome down and queues a retry if Jira would.
    pub(crate) fn finish(&self, mut delivery: Delivery, outcome: String, again: bool, now: Instant) {
        let mut state = self.lock();
        state.busy = false;
        if state.log.len() == LOG_SIZE {
            state.log.pop_front();
        }
        state.log.push_back(Logged {
            registration: delivery.registration,
            event: delivery.event.clone(),
            url: delivery.url.clone(),
            retry: delivery.retry,
            outcome,
        });
        let place = usize::try_from(delivery.retry).unwrap_or(usize::MAX);
        if let Some(delay) = state.settings.retry_delays.get(place).filter(|_| again) {
            delivery.due = Some(now + *delay);
            delivery.retry += 1;
            state.queue.push_back(delivery);
        }
    }

    /// What was sent, oldest first.
    pub(crate) fn list_log(&self) -> Vec<Logged> {
        self.lock().log.iter().cloned().collect()
    }

    /// Sets the times between retries.
    pub(crate) fn set_retry_delays(&self, delays: Vec<Duration>) {
        self.lock().settings.retry_delays = delays;
    }

    /// Spoils the deliveries to come.
    pub(crate) fn set_tricks(&self, tricks: Tricks) {
        self.lock().settings.tricks = tricks;
    }

    /// Keeps deliveries back from now on.
    pub(crate) fn hold(&self) {
        self.lock().held.get_or_insert_with(Vec::new);
    }

    /// Lets go what was kept back.
    pub(crate) fn release(&self, order: Order) -> usize {
        let mut state = self.lock();
        let mut held = state.held.take().unwrap_or_default();
        if order == Order::Reversed {
            held.reverse();
        }
        let count = held.len();
        state.queue.extend(held);
        drop(state);
        self.wake.notify_one();
        count
    }

    /// Waits until nothing is left to send, retries included, or the time is over.
    pub(crate) async fn settle(&self, limit: Duration) -> bool {
        let settled = async {
            loop {
                let idle = self.idle.notified();
                tokio::pin!(idle);
                // Listening begins before the look, so that the end cannot slip in between.
                idle.as_mut().enable();
                if self.is_idle() {
                    return;
                }
                idle.await;
            }
        };
        tokio::time::timeout(limit, settled).await.is_ok()
    }

    fn is_idle(&self) -> bool {
        let state = self.lock();
        state.queue.is_empty() && !state.busy
    }
}

fn enqueue(state: &mut State, mut delivery: Delivery) {
    let tricks = &mut state.settings.tricks;
    if tricks.lose > 0 {
        tricks.lose -= 1;
        return;
    }
    let mut copies = 1;
    if tricks.duplicate > 0 {
        tricks.duplicate -= 1;
        copies = if tricks.copies == 0 { 2 } else { tricks.copies };
    }
    delivery.due = (!tricks.delay.is_zero()).then(|| Instant::now() + tricks.delay);
    for _ in 0..copies {
        match &mut state.held {
            Some(held) => held.push(delivery.clone()),
            None => state.queue.push_back(delivery.clone()),
        }
    }
}

fn write_delivery(one: &Registration, event: &Event, cloud: bool, now_ms: i64, number: u64) -> Delivery {
    let body = (!one.exclude_body).then(|| event.write(now_ms));
    let mut headers = Vec::new();
    if cloud {
        // The identifier stays the same over retries; a duplicate is a retry that was not needed.
        headers.push((
            "x-atlassian-webhook-identifier",
            format!("{now_ms:x}-{number:08x}-sandbox"),
        ));
        let flow = if event.cascade { "Secondary" } else { "Primary" };
        headers.push(("x-atlassian-webhook-flow", flow.to_owned()));
    }
    if let Some(secret) = &one.secret {
        let signed = signature::sign(secret, body.as_deref().unwrap_or_default());
        headers.push(("x-hub-signature", signed));
    }
    Delivery {
        registration: one.id,
        event: event.name.clone(),
        url: event.fill_url(&one.url),
        body,
        headers,
        retry: 0,
        due: None,
    }
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
