//! Calls to the Jira of each connection, counted in memory until they are written down.
//!
//! Whoever opens a connection counts on its sheet; the background check takes the counts every few seconds and adds
//! them to the hour, as does a server that stops. What was counted since is lost when the process is killed.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// The counts of one connection.
#[derive(Debug, Default)]
pub struct CallSheet {
    calls: AtomicU64,
    throttled: AtomicU64,
    waited_ms: AtomicU64,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// Calls, repeated ones included.
    pub calls: u64,
    /// Calls that Jira put off by a limit.
    pub throttled: u64,
    /// Milliseconds waited for that inside calls.
    pub waited_ms: u64,
}

impl CallSheet {
    /// A call begins.
    pub fn add_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Jira put a call off.
    pub fn add_throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    /// A wait because of a limit.
    pub fn add_wait(&self, ms: u64) {
        self.waited_ms.fetch_add(ms, Ordering::Relaxed);
    }

    fn take(&self) -> CallCounts {
        CallCounts {
            calls: self.calls.swap(0, Ordering::Relaxed),
            throttled: self.throttled.swap(0, Ordering::Relaxed),
            waited_ms: self.waited_ms.swap(0, Ordering::Relaxed),
        }
    }

    fn give_back(&self, counts: CallCounts) {
        self.calls.fetch_add(counts.calls, Ordering::Relaxed);
        self.throttled.fetch_add(counts.throttled, Ordering::Relaxed);
        self.waited_ms.fetch_add(counts.waited_ms, Ordering::Relaxed);
    }
}

/// The sheets of all connections.
#[derive(Debug, Default)]
pub struct CallBook(Mutex<HashMap<String, Arc<CallSheet>>>);

impl CallBook {
    /// The sheet of a connection.
    pub fn sheet(&self, connection_id: &str) -> Arc<CallSheet> {
        let mut sheets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sheets.entry(connection_id.to_owned()).or_default().clone()
    }

    /// Takes what was counted since the last time, where anything was.
    pub fn take(&self) -> Vec<(String, CallCounts)> {
        let sheets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sheets
            .iter()
            .map(|(id, sheet)| (id.clone(), sheet.take()))
            .filter(|(_, counts)| *counts != CallCounts::default())
            .collect()
    }

    /// Puts back what could not be written down.
    pub fn give_back(&self, taken: &[(String, CallCounts)]) {
        for (id, counts) in taken {
            self.sheet(id).give_back(*counts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_taken_once_and_can_be_put_back() {
        let book = CallBook::default();
        let sheet = book.sheet("a");
        book.sheet("idle");
        sheet.add_call();
        sheet.add_call();
        sheet.add_throttled();
        sheet.add_wait(700);
        let counts = CallCounts {
            calls: 2,
            throttled: 1,
            waited_ms: 700,
        };
        let taken = book.take();
        assert_eq!(taken, [("a".to_owned(), counts)]);
        assert!(book.take().is_empty());
        sheet.add_call();
        book.give_back(&taken);
        assert_eq!(book.take(), [("a".to_owned(), CallCounts { calls: 3, ..counts })]);
    }
}
