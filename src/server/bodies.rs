//! How many bytes of request bodies the server holds at once, over all requests.
//!
//! A body is read as a whole before anybody looks at it. Without an end for all together, a few thousand
//! slow senders would fill the memory. Who finds no room is told to come again; nothing waits.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that one permit stands for.
const UNIT: usize = 1024;
/// Units in all: 64 MiB.
const UNITS: usize = 64 * 1024;

/// The room for bodies.
#[derive(Debug, Clone)]
pub struct Bodies(Arc<Semaphore>);

impl Bodies {
    /// All of it free.
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(UNITS)))
    }

    /// Room for so many bytes until the permit is dropped; `None` when there is none now.
    pub fn hold(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(UNIT).max(1)).ok()?;
        Arc::clone(&self.0).try_acquire_many_owned(units).ok()
    }
}

impl Default for Bodies {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_together_have_an_end_and_room_comes_back() {
        let bodies = Bodies::new();
        let mut held: Vec<_> = (0..64).map(|_| bodies.hold(1024 * 1024).expect("room")).collect();
        assert!(bodies.hold(1).is_none());
        held.pop();
        assert!(bodies.hold(2 * 1024 * 1024).is_none());
        assert!(bodies.hold(1024 * 1024).is_some());
        assert!(bodies.hold(usize::MAX).is_none());
    }
}
