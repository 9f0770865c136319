//! The only reader of the wall clock, and a clock that tests can move.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;

/// Tells the time: the system's, or one that a test moves by hand.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Milliseconds since 1970 UTC, moved by [`Clock::advance`].
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `start`.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.as_millisecond())))
    }

    /// Now, cut to milliseconds (the database holds no more).
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Now in UTC milliseconds.
    pub fn now_ms(&self) -> i64 {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::System => Timestamp::now().as_millisecond(),
            Self::Manual(ms) => ms.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock forward; does nothing to the system's.
    pub fn advance(&self, by_ms: i64) {
        if let Self::Manual(ms) = self {
            ms.fetch_add(by_ms, Ordering::SeqCst);
        }
    }
}
