//! The background check of a connection: what a look at Jira means, and when the next one comes.
//!
//! One look that fails proves little, so a connection is first degraded and only then in Error, unless nothing but a
//! person can mend it. A refused token is not tried a third time: accounts are locked by that.

use serde::{Deserialize, Serialize};

use crate::domain::{
    connection::StatusReason,
    numbers::{counted, grouped},
};

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Length of an hour, in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Hours that are shown.
pub const HOURS: usize = 24;
/// Time between two looks at a Jira that works.
const EVERY_MS: i64 = 5 * MINUTE_MS;
/// Time until the look after the first that failed; twice as long after each further one.
const FIRST_RETRY_MS: i64 = 30 * SECOND_MS;
/// Longest time between two looks at a Jira that does not work.
const LONGEST_RETRY_MS: i64 = 10 * MINUTE_MS;
/// Failed looks one after the other that make an Error.
const FAILURES_TO_ERROR: u32 = 3;
/// Refusals of a credential after which Jira is left alone.
const REFUSALS_TO_STOP: u32 = 2;

/// How a look at Jira came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Jira knows the account.
    Works,
    /// Jira answers, and asks to come later: a limit, maintenance.
    Limited,
    /// No answer, or none of Jira.
    Down(StatusReason),
    /// Jira refuses the credential.
    Refused(StatusReason),
    /// The stored token does not open, so Jira was not asked. Whoever opens it says why.
    Sealed,
}

impl Look {
    /// Stable text for storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Limited => "limited",
            Self::Down(_) => "down",
            Self::Refused(_) => "refused",
            Self::Sealed => "sealed",
        }
    }
}

/// Failures one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Streak {
    /// Looks without a usable answer.
    pub failures: u32,
    /// Looks at which the credential was refused.
    pub refusals: u32,
}

impl Streak {
    /// The streak after one more look.
    #[must_use]
    pub fn after(self, look: Look) -> Self {
        match look {
            Look::Works => Self::default(),
            // Whoever limits is there.
            Look::Limited => Self { failures: 0, ..self },
            Look::Sealed => self,
            Look::Down(_) => Self {
                failures: self.failures.saturating_add(1),
                ..self
            },
            Look::Refused(_) => Self {
                refusals: self.refusals.saturating_add(1),
                ..self
            },
        }
    }
}

/// What a look means for the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// All is well.
    Well,
    /// Still counts as working; the words.
    Degraded(&'static str),
    /// In Error.
    Bad(StatusReason),
    /// Nothing new about Jira.
    Unknown,
}

/// Decides what a look means; `streak` has it counted already.
pub fn judge(look: Look, streak: Streak) -> Finding {
    match look {
        Look::Works => Finding::Well,
        Look::Sealed => Finding::Unknown,
        Look::Limited => {
            Finding::Degraded("Jira asks to slow down, or is in maintenance. It is asked again by itself.")
        }
        Look::Refused(reason) => Finding::Bad(reason),
        // Nothing but a person can mend these.
        Look::Down(reason @ (StatusReason::Tls | StatusReason::Blocked)) => Finding::Bad(reason),
        Look::Down(reason) if streak.failures >= FAILURES_TO_ERROR => Finding::Bad(reason),
        Look::Down(StatusReason::ServerError) => Finding::Degraded(
            "Jira answered the last check with a server error. It is asked again by itself.",
        ),
        Look::Down(StatusReason::NotJira) => Finding::Degraded(
            "Something else than Jira answered the last check. It is asked again by itself.",
        ),
        Look::Down(_) => {
            Finding::Degraded("Jira did not answer the last check. It is asked again by itself.")
        }
    }
}

/// Milliseconds until the next look; `None` when it has to wait for a person. `roll` is a random byte: many
/// connections do not come at the same moment.
pub fn plan_next(look: Look, streak: Streak, roll: u8) -> Option<i64> {
    let wait = match look {
        Look::Works | Look::Limited | Look::Sealed => EVERY_MS,
        Look::Down(_) => {
            let doublings = streak.failures.saturating_sub(1).min(16);
            (FIRST_RETRY_MS << doublings).min(LONGEST_RETRY_MS)
        }
        Look::Refused(_) if streak.refusals >= REFUSALS_TO_STOP => return None,
        Look::Refused(_) => MINUTE_MS,
    };
    // Between 80 and 120 percent.
    Some(wait * (80 + i64::from(roll) * 40 / 255) / 100)
}

/// How the checks of an hour came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HourMark {
    /// No check.
    None,
    /// All passed.
    Well,
    /// Some passed.
    Mixed,
    /// All failed.
    Bad,
}

/// The mark of an hour, from how many checks passed, were put off and failed.
pub fn mark_hour(works: i64, limited: i64, failed: i64) -> HourMark {
    match (works, limited, failed) {
        (0, 0, 0) => HourMark::None,
        (_, 0, 0) => HourMark::Well,
        (0, 0, _) => HourMark::Bad,
        _ => HourMark::Mixed,
    }
}

/// The checks of an hour in words: "12 passed", "10 passed, 1 put off, 1 failed", "No check".
pub fn hour_words(works: i64, limited: i64, failed: i64) -> String {
    let parts: Vec<String> = [(works, "passed"), (limited, "put off"), (failed, "failed")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(count.unsigned_abs())))
        .collect();
    if parts.is_empty() {
        return "No check".to_owned();
    }
    parts.join(", ")
}

/// How long the good checks took on average, in milliseconds; `None` without one.
pub fn mean_latency(works: i64, latency_ms: i64) -> Option<u64> {
    (works > 0).then(|| u64::try_from(latency_ms / works).unwrap_or_default())
}

/// Calls to Jira in words: "1,204 calls, 3 put off by limits (12 s)"; empty for none.
pub fn call_words(calls: u64, throttled: u64, waited_ms: u64) -> String {
    if calls == 0 {
        return String::new();
    }
    let mut words = counted(calls, "call", "calls");
    if throttled > 0 {
        words = format!("{words}, {} put off by limits", grouped(throttled));
        if waited_ms >= 1000 {
            words = format!("{words} ({} s)", grouped(waited_ms / 1000));
        }
    }
    words
}

/// The strip in words: "All checks of the last 24 h passed".
pub fn strip_words(marks: &[HourMark]) -> String {
    let count = |wanted: HourMark| marks.iter().filter(|mark| **mark == wanted).count();
    let hours = |count: usize| {
        if count == 1 {
            "1 hour".to_owned()
        } else {
            format!("{count} hours")
        }
    };
    let (bad, mixed, none) = (
        count(HourMark::Bad),
        count(HourMark::Mixed),
        count(HourMark::None),
    );
    if none == marks.len() {
        return "Not checked in the last 24 h".to_owned();
    }
    let mut parts = Vec::new();
    if bad > 0 {
        parts.push(format!("all checks failed in {}", hours(bad)));
    }
    if mixed > 0 {
        parts.push(format!("some failed or were put off in {}", hours(mixed)));
    }
    if parts.is_empty() {
        parts.push("all checks passed".to_owned());
    }
    if none > 0 {
        parts.push(format!("not checked in {}", hours(none)));
    }
    format!("Last 24 h: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: Look = Look::Down(StatusReason::Unreachable);
    const REFUSED: Look = Look::Refused(StatusReason::TokenRefused);

    #[test]
    fn one_failure_degrades_and_three_are_an_error() {
        let mut streak = Streak::default();
        for (failures, is_error) in [(1, false), (2, false), (3, true), (4, true)] {
            streak = streak.after(SILENT);
            assert_eq!(streak.failures, failures);
            let finding = judge(SILENT, streak);
            assert_eq!(
                matches!(finding, Finding::Bad(StatusReason::Unreachable)),
                is_error,
                "{failures}"
            );
        }
        assert_eq!(streak.after(Look::Works), Streak::default());
        assert_eq!(streak.after(Look::Limited).failures, 0);
        for reason in [StatusReason::Tls, StatusReason::Blocked] {
            let look = Look::Down(reason);
            assert_eq!(judge(look, Streak::default().after(look)), Finding::Bad(reason));
        }
        assert!(matches!(
            judge(Look::Limited, Streak::default()),
            Finding::Degraded(_)
        ));
    }

    #[test]
    fn a_refused_credential_is_not_tried_a_third_time() {
        let once = Streak::default().after(REFUSED);
        assert_eq!(judge(REFUSED, once), Finding::Bad(StatusReason::TokenRefused));
        assert!(plan_next(REFUSED, once, 0).is_some());
        assert_eq!(plan_next(REFUSED, once.after(REFUSED), 0), None);
    }

    #[test]
    fn waits_double_up_to_an_end_and_are_spread() {
        let wait = |failures, roll| {
            let streak = Streak {
                failures,
                ..Streak::default()
            };
            plan_next(SILENT, streak, roll).unwrap_or_default() / SECOND_MS
        };
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 40].map(|failures| wait(failures, 128)),
            [30, 60, 120, 240, 480, 600, 600]
        );
        assert_eq!((wait(1, 0), wait(1, 255)), (24, 36));
        assert_eq!(plan_next(Look::Works, Streak::default(), 0), Some(4 * MINUTE_MS));
    }

    #[test]
    fn calls_are_told_with_what_was_put_off() {
        for (counts, words) in [
            ((0, 0, 0), ""),
            ((1, 0, 0), "1 call"),
            ((1204, 0, 900), "1,204 calls"),
            ((1204, 3, 900), "1,204 calls, 3 put off by limits"),
            ((1204, 3, 12_400), "1,204 calls, 3 put off by limits (12 s)"),
        ] {
            assert_eq!(call_words(counts.0, counts.1, counts.2), words);
        }
    }

    #[test]
    fn hours_are_marked_and_told() {
        use HourMark::{Bad, Mixed, None, Well};
        for (counts, mark) in [
            ((0, 0, 0), None),
            ((3, 0, 0), Well),
            ((3, 1, 0), Mixed),
            ((3, 0, 1), Mixed),
            ((0, 2, 0), Mixed),
            ((0, 0, 2), Bad),
        ] {
            assert_eq!(mark_hour(counts.0, counts.1, counts.2), mark, "{counts:?}");
        }
        for (counts, words) in [
            ((0, 0, 0), "No check"),
            ((12, 0, 0), "12 passed"),
            ((10, 1, 1), "10 passed, 1 put off, 1 failed"),
            ((0, 0, 1200), "1,200 failed"),
        ] {
            assert_eq!(hour_words(counts.0, counts.1, counts.2), words);
        }
        assert_eq!(mean_latency(0, 900), Option::None);
        assert_eq!(mean_latency(4, 903), Some(225));
        assert_eq!(strip_words(&[None; 24]), "Not checked in the last 24 h");
        assert_eq!(strip_words(&[Well; 24]), "Last 24 h: all checks passed");
        let words = strip_words(&[None, None, Bad, Mixed, Mixed, Well]);
        assert_eq!(
            words,
            "Last 24 h: all checks failed in 1 hour, some failed or were put off in 2 hours, not checked in 2 hours"
        );
    }
}
