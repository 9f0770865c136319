//! Live events: one in-process channel from jobs and use cases to the event streams of open pages.
//!
//! An event says only *what* changed; a page reads the new state through its own guarded server
//! function. A slow page misses events and is told to read again. Nothing here is durable: the
//! database is the truth, and a page that reconnects reads it.

use tokio::sync::broadcast;

const CAPACITY: usize = 256;

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
}

impl LiveHub {
    /// A hub without subscribers.
    pub fn new() -> Self {
        Self {
            sender: broadcast::channel(CAPACITY).0,
        }
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
