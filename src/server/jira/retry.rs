//! When a read is tried again inside one call.
//!
//! Four tries, full jitter from half a second doubling to 30 s; Jira's own `Retry-After` wins, and a
//! wish above a minute is handed to the caller. Writes are never repeated here. Randomness, time and
//! sleep come through [`Pace`], so that no test waits.

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;

use super::error::{ErrorClass, JiraError};
use crate::server::{clock::Clock, random};

/// Tries of one read, the first included.
pub const TRIES: u32 = 4;
/// A longer wish of Jira is not waited for inside a call.
pub const LONGEST_WAIT: Duration = Duration::from_mins(1);
const FIRST: Duration = Duration::from_millis(500);
const CAP: Duration = Duration::from_secs(30);

/// Randomness, time and sleep.
pub trait Pace: Send + Sync {
    /// A random number from 0 to below 1.
    fn random_unit(&self) -> f64;
    /// Now.
    fn now(&self) -> Timestamp;
    /// Waits.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// The real one.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemPace;

impl Pace for SystemPace {
    fn random_unit(&self) -> f64 {
        f64::from(u32::from_le_bytes(random::bytes())) / (f64::from(u32::MAX) + 1.0)
    }

    fn now(&self) -> Timestamp {
        Clock::System.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// How long to wait before the next try after `failed` tries, or `None` to give the error back.
pub fn plan_retry(error: &JiraError, failed: u32, tries: u32, random_unit: f64) -> Option<Duration> {
    if failed >= tries || error.class() != ErrorClass::Transient {
        return None;
    }
    let jitter = FIRST
        .saturating_mul(1 << (failed - 1).min(16))
        .min(CAP)
        .mul_f64(random_unit.clamp(0.0, 1.0));
    match error.retry_after() {
        Some(wish) if wish > LONGEST_WAIT => None,
        Some(wish) if !wish.is_zero() => Some(wish),
        _ => Some(jitter),
    }
}

/// Reads a `Retry-After` header: seconds or a date. A date in the past is zero; nonsense is `None`.
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(value)
        .ok()?;
    Some(Duration::from_secs(
        u64::try_from(at.as_second().saturating_sub(now.as_second())).unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transient_errors_wait_longer_each_time_up_to_four_tries() {
        let error = JiraError::Unavailable {
            status: 503,
            retry_after: None,
        };
        let waits: Vec<_> = (1..=4)
            .map(|failed| plan_retry(&error, failed, TRIES, 1.0))
            .collect();
        let millis = |n| Some(Duration::from_millis(n));
        assert_eq!(waits, [millis(500), millis(1000), millis(2000), None]);
        assert_eq!(plan_retry(&error, 20, 99, 1.0), Some(CAP));
        assert_eq!(plan_retry(&error, 1, TRIES, 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn retry_after_wins_and_a_long_one_goes_to_the_caller() {
        let limited = |secs| JiraError::RateLimited {
            retry_after: Some(Duration::from_secs(secs)),
        };
        assert_eq!(
            plan_retry(&limited(7), 1, TRIES, 0.1),
            Some(Duration::from_secs(7))
        );
        assert_eq!(plan_retry(&limited(61), 1, TRIES, 0.1), None);
        assert_eq!(plan_retry(&limited(0), 1, TRIES, 1.0), Some(FIRST));
        assert_eq!(plan_retry(&JiraError::Gone, 1, TRIES, 1.0), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:27:30Z".parse().unwrap();
        assert_eq!(parse_retry_after("90", now), Some(Duration::from_secs(90)));
        assert_eq!(
            parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            parse_retry_after("Wed, 21 Oct 2015 07:00:00 GMT", now),
            Some(Duration::ZERO)
        );
        assert_eq!(
            parse_retry_after("99999999999999999999999", now),
            Some(Duration::from_secs(u64::from(u32::MAX)))
        );
        assert_eq!(parse_retry_after("soon", now), None);
        assert_eq!(parse_retry_after("", now), None);
    }
}
