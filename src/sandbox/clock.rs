//! The sandbox's own clock: the one place that reads the time.
//!
//! It is Jira's clock, not Traceline's: tests move the latter and leave this one alone, as a real
//! Jira would.

use jiff::{Timestamp, civil::Date};

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
