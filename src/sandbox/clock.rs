//! The sandbox's own clock: the one place that reads the time.
//!
//! It is Jira's clock, not Traceline's: tests move the latter and leave this one alone, as a real
//! Jira would.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp, civil::Date};

/// The clock of one site, which may be wrong on purpose.
#[derive(Debug, Default)]
pub(super) struct SiteClock {
    skew_seconds: AtomicI64,
}

impl SiteClock {
    /// Now, as this site has it.
    pub(super) fn now(&self) -> Timestamp {
        let skew = SignedDuration::from_secs(self.skew_seconds.load(Ordering::Relaxed));
        now().saturating_add(skew).unwrap_or(Timestamp::MAX)
    }

    /// Puts the clock ahead, or back by a negative number.
    pub(super) fn set_skew(&self, seconds: i64) {
        self.skew_seconds.store(seconds, Ordering::Relaxed);
    }

    /// Whether it is wrong.
    pub(super) fn is_skewed(&self) -> bool {
        self.skew_seconds.load(Ordering::Relaxed) != 0
    }
}

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the one place of the sandbox that reads the time")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// The day of the machine's own zone.
#[expect(clippy::disallowed_methods, reason = "this is the one place of the sandbox that reads the time")]
pub(super) fn today() -> Date {
    jiff::Zoned::now().date()
}
