//! Live events: one in-process channel from jobs and use cases to the event streams of open pages.
//!
//! An event says only *what* changed; a page reads the new state through its own guarded server
//! function. A slow page misses events and is told to read again. Nothing here is durable: the
//! database is the truth, and a page that reconnects reads it. Open streams are counted, so that nobody
//! takes every connection or keeps the database busy. Every event has a stamp that grows and is never behind the
//! clock: a page that carries the stamp from before it was read knows which events it has in it already, also where
//! another server on the same database made it. Can go wrong: a clock that is put back over a restart, or clocks of
//! two servers that differ; pages then follow after that difference has passed.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use tokio::sync::broadcast;

use crate::server::clock::Clock;

const CAPACITY: usize = 256;
/// Streams that one person may have open: the tabs of a browser share one where they can.
const STREAMS_OF_ONE: usize = 10;
/// Streams that all together may have open. Each reads the database at every change.
const STREAMS: usize = 500;

/// Something changed that open pages may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveEvent {
    /// Status or progress of a configuration (its id).
    ConfigurationChanged(String),
    /// Status of a connection (its id).
    ConnectionChanged(String),
    /// Notices came, changed or went.
    NoticesChanged,
}

/// An event and its stamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// Grows with every event.
    pub stamp: i64,
    /// What happened.
    pub event: LiveEvent,
}

/// Sender of live events; streams subscribe.
#[derive(Debug, Clone)]
pub struct LiveHub {
    clock: Clock,
    sender: broadcast::Sender<Stamped>,
    stamp: Arc<AtomicI64>,
    seats: Arc<Mutex<HashMap<String, usize>>>,
}

/// The right to one open stream; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    hub: LiveHub,
    person: String,
}

impl LiveHub {
    /// A hub without subscribers. The present time (UTC milliseconds) is its first stamp.
    pub fn new(clock: Clock) -> Self {
        let now = clock.now_ms();
        Self {
            clock,
            sender: broadcast::channel(CAPACITY).0,
            stamp: Arc::new(AtomicI64::new(now)),
            seats: Arc::default(),
        }
    }

    /// A place for one more stream of the person, unless they or all together have enough.
    pub fn find_seat(&self, person: &str) -> Option<Seat> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = seats.values().sum();
        let own = seats.get(person).copied().unwrap_or_default();
        if all >= STREAMS || own >= STREAMS_OF_ONE {
            return None;
        }
        seats.insert(person.to_owned(), own + 1);
        drop(seats);
        Some(Seat {
            hub: self.clone(),
            person: person.to_owned(),
        })
    }

    /// Tells all open streams; without any, nothing happens.
    pub fn send(&self, event: LiveEvent) {
        let stamp = self.next_stamp();
        // No receiver is the normal case of nobody watching.
        drop(self.sender.send(Stamped { stamp, event }));
    }

    /// The stamp of the last event. Taken before something is read, it says what that has in it.
    pub fn stamp(&self) -> i64 {
        self.stamp.load(Ordering::SeqCst)
    }

    /// A new stamp, for something that was found out without an event.
    pub fn next_stamp(&self) -> i64 {
        let now = self.clock.now_ms();
        let next = |last: i64| (last + 1).max(now);
        let last = self
            .stamp
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(next(last)));
        next(last.unwrap_or_default())
    }

    /// A new subscription, from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Stamped> {
        self.sender.subscribe()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.hub.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = seats.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                seats.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Clock {
        Clock::Manual(Arc::new(AtomicI64::new(ms)))
    }

    #[test]
    fn one_person_has_ten_streams_and_gets_them_back() {
        let hub = LiveHub::new(at(0));
        let mut seats: Vec<_> = (0..STREAMS_OF_ONE)
            .map(|_| hub.find_seat("ada").expect("room"))
            .collect();
        assert!(hub.find_seat("ada").is_none());
        assert!(hub.find_seat("ben").is_some());
        seats.pop();
        assert!(hub.find_seat("ada").is_some());
        seats.clear();
        assert!(hub.seats.lock().expect("seats").is_empty());
    }

    #[test]
    fn all_together_have_a_limit() {
        let hub = LiveHub::new(at(0));
        let seats: Vec<_> = (0..STREAMS + 7)
            .filter_map(|at| hub.find_seat(&format!("person {}", at / 5)))
            .collect();
        assert_eq!(seats.len(), STREAMS);
    }
    #[test]
    fn stamps_grow_with_the_clock_and_are_those_of_the_events() {
        let clock = at(70);
        let hub = LiveHub::new(clock.clone());
        let mut events = hub.subscribe();
        assert_eq!(hub.stamp(), 70);
        hub.send(LiveEvent::NoticesChanged);
        hub.send(LiveEvent::ConnectionChanged("a".into()));
        let stamps = [events.try_recv(), events.try_recv()].map(|told| told.map(|told| told.stamp).ok());
        assert_eq!(stamps, [Some(71), Some(72)]);
        assert_eq!(hub.stamp(), 72);
        clock.advance(1_000);
        assert_eq!([hub.next_stamp(), hub.next_stamp()], [1_070, 1_071]);
    }
}
