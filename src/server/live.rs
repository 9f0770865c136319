//! Live events: one in-process channel from jobs and use cases to the event streams of open pages.
//!
//! An event says only *what* changed; a page reads the new state through its own guarded server
//! function. A slow page misses events and is told to read again. Nothing here is durable: the
//! database is the truth, and a page that reconnects reads it. Open streams are counted, so that nobody
//! takes every connection or keeps the database busy.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::broadcast;

const CAPACITY: usize = 256;
/// Streams that one person may have open: ten tabs.
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
}

/// Sender of live events; streams subscribe.
#[derive(Debug, Clone)]
pub struct LiveHub {
    sender: broadcast::Sender<LiveEvent>,
    seats: Arc<Mutex<HashMap<String, usize>>>,
}

/// The right to one open stream; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    hub: LiveHub,
    person: String,
}

impl LiveHub {
    /// A hub without subscribers.
    pub fn new() -> Self {
        Self {
            sender: broadcast::channel(CAPACITY).0,
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
        // No receiver is the normal case of nobody watching.
        drop(self.sender.send(event));
    }

    /// A new subscription, from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.sender.subscribe()
    }
}

impl Default for LiveHub {
    fn default() -> Self {
        Self::new()
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

    #[test]
    fn one_person_has_ten_streams_and_gets_them_back() {
        let hub = LiveHub::new();
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
        let hub = LiveHub::new();
        let seats: Vec<_> = (0..STREAMS + 7)
            .filter_map(|at| hub.find_seat(&format!("person {}", at / 5)))
            .collect();
        assert_eq!(seats.len(), STREAMS);
    }
}
