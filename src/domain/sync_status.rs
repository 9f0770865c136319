//! States of sync runs and configurations, and their words.
//!
//! A configuration's status is one of four; draft and running sync are notes beside it, never
//! statuses. Progress counts items and is never made up: without a total there is no percentage.

use serde::{Deserialize, Serialize};

use crate::domain::mapping::Tone;

macro_rules! coded {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $type {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant),*
        }

        impl $type {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable text for storage.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Words for pages.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }

            /// The value of a code.
            pub fn find(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}

coded! {
    /// Where a sync run stands.
    SyncRunState {
        /// Waits for a worker.
        Queued = "queued", "Queued";
        /// Goes on.
        Running = "running", "Running";
        /// Ended well.
        Done = "done", "Done";
        /// Ended with an error.
        Failed = "failed", "Failed";
        /// Stopped by a person or a disconnect at a page edge.
        Cancelled = "cancelled", "Cancelled";
    }
}

impl SyncRunState {
    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Colour family.
    pub fn tone(self) -> Tone {
        match self {
            Self::Queued | Self::Running => Tone::Info,
            Self::Done => Tone::Ok,
            Self::Failed => Tone::Bad,
            Self::Cancelled => Tone::Mute,
        }
    }
}

coded! {
    /// What a run is doing, in order.
    Phase {
        /// Reads fields, types, statuses.
        Metadata = "metadata", "Reading the project";
        /// Reads versions.
        Releases = "releases", "Reading releases";
        /// Reads sprints.
        Sprints = "sprints", "Reading sprints";
        /// Reads work items, page by page.
        Issues = "issues", "Reading work items";
        /// Looks for what Jira no longer has.
        Missing = "missing", "Looking for deleted work items";
        /// Writes counts.
        Finish = "finish", "Finishing";
    }
}

coded! {
    /// Why a run began.
    Trigger {
        /// Proceed in the wizard.
        Proceed = "proceed", "Proceed";
        /// The Sync button.
        Button = "button", "Sync button";
        /// The schedule.
        Schedule = "schedule", "Schedule";
        /// A webhook.
        Webhook = "webhook", "Webhook";
        /// Its connection was connected again.
        Reconnect = "reconnect", "Reconnect";
    }
}

coded! {
    /// Status of a configuration.
    ConfigurationStatus {
        /// Syncs.
        Active = "active", "Active";
        /// Never proceeded, or its connection is disconnected.
        Inactive = "inactive", "Inactive";
        /// Does not work; the reason is beside it.
        Error = "error", "Error";
        /// Put away, readable.
        Archived = "archived", "Archived";
    }
}

impl ConfigurationStatus {
    /// Colour family.
    pub fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Ok,
            Self::Error => Tone::Bad,
            Self::Inactive | Self::Archived => Tone::Mute,
        }
    }

    /// Whether Plans offers the configuration: Active and Error are, the rest is out.
    pub fn is_in_plans(self) -> bool {
        matches!(self, Self::Active | Self::Error)
    }
}

coded! {
    /// Why a mirrored issue is no longer there. Its row and the links people made stay.
    GoneReason {
        /// Jira no longer has it.
        Deleted = "deleted", "Deleted, or hidden from the connection";
        /// It exists, but the connection may not see it.
        NotVisible = "not_visible", "Not visible to the connection";
        /// It is in another Jira project now.
        Moved = "moved", "Moved to another Jira project";
        /// Its type is not among the chosen ones.
        Retyped = "retyped", "Its work item type is not chosen";
    }
}

impl GoneReason {
    /// Whether the issue still exists but is not ours.
    pub fn is_out_of_scope(self) -> bool {
        matches!(self, Self::Moved | Self::Retyped)
    }
}

/// When a run entered a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseMark {
    /// Phase.
    pub phase: Phase,
    /// UTC milliseconds.
    pub at: i64,
}

/// How a run went: its phases, and what was done by when during the last half minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTrace {
    /// Phases, in order.
    pub marks: Vec<PhaseMark>,
    /// Moments (UTC milliseconds) and issues done by then, at most one a second.
    pub samples: Vec<(i64, u64)>,
}

/// How far back the rate looks, milliseconds.
const RATE_WINDOW_MS: i64 = 30_000;

impl RunTrace {
    /// Notes that a phase began; a phase that began before keeps its moment.
    pub fn enter(&mut self, phase: Phase, at: i64) {
        if self.marks.iter().all(|mark| mark.phase != phase) {
            self.marks.push(PhaseMark { phase, at });
        }
    }

    /// Notes how much is done.
    pub fn sample(&mut self, at: i64, done: u64) {
        self.samples.retain(|(then, _)| at - then <= RATE_WINDOW_MS);
        match self.samples.as_mut_slice() {
            // The first sample of a window stays; a later one within a second of its forerunner is replaced.
            [_, .., (then, count)] if at - *then < 1_000 => *count = done,
            _ => self.samples.push((at, done)),
        }
    }

    /// Issues a second over the last half minute; `None` when nothing is known of it.
    pub fn rate(&self, now: i64) -> Option<u64> {
        let first = self.samples.iter().find(|(at, _)| now - at <= RATE_WINDOW_MS)?;
        let last = self.samples.last()?;
        let time = u64::try_from(now - first.0).ok().filter(|time| *time >= 1_000)?;
        Some(last.1.saturating_sub(first.1) * 1_000 / time)
    }
}

/// How far a run is, counted in items of the current phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Items done.
    pub done: u64,
    /// Items in all, as soon as Jira has said it.
    pub total: Option<u64>,
}

impl Progress {
    /// Whole percent, 0 to 100; `None` while no total is known. Only a finished phase shows 100.
    pub fn percent(self) -> Option<u8> {
        let total = self.total?;
        if total == 0 || self.done >= total {
            return Some(100);
        }
        u8::try_from(u128::from(self.done) * 100 / u128::from(total)).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percent_is_never_made_up() {
        assert_eq!(Progress { done: 5, total: None }.percent(), None);
        assert_eq!(
            Progress {
                done: 599,
                total: Some(600)
            }
            .percent(),
            Some(99)
        );
        assert_eq!(
            Progress {
                done: 600,
                total: Some(600)
            }
            .percent(),
            Some(100)
        );
        assert_eq!(
            Progress {
                done: 0,
                total: Some(0)
            }
            .percent(),
            Some(100)
        );
    }

    #[test]
    fn the_rate_looks_back_half_a_minute() {
        let mut trace = RunTrace::default();
        assert_eq!(trace.rate(0), None);
        trace.sample(0, 100);
        trace.sample(500, 150);
        trace.sample(900, 180);
        assert_eq!(trace.samples, [(0, 100), (500, 180)]);
        trace.sample(10_000, 1_100);
        assert_eq!(trace.rate(10_000), Some(100));
        trace.sample(50_000, 2_000);
        assert_eq!(
            (trace.samples.len(), trace.rate(50_000), trace.rate(90_000)),
            (1, None, None)
        );
        trace.enter(Phase::Issues, 5);
        trace.enter(Phase::Issues, 9);
        assert_eq!(
            trace.marks,
            [PhaseMark {
                phase: Phase::Issues,
                at: 5
            }]
        );
    }

    #[test]
    fn codes_come_back() {
        for state in SyncRunState::ALL {
            assert_eq!(SyncRunState::find(state.code()), Some(*state));
        }
        for status in ConfigurationStatus::ALL {
            assert_eq!(ConfigurationStatus::find(status.code()), Some(*status));
        }
        let in_plans: Vec<_> = ConfigurationStatus::ALL
            .iter()
            .filter(|s| s.is_in_plans())
            .map(|s| s.label())
            .collect();
        assert_eq!(in_plans, ["Active", "Error"]);
    }

    proptest! {
        #[test]
        fn percent_stays_in_range_and_below_100_before_the_end(done in any::<u64>(), total in any::<u64>()) {
            let percent = Progress { done, total: Some(total) }.percent().expect("known");
            prop_assert!(percent <= 100);
            prop_assert_eq!(percent == 100, done >= total);
        }
    }
}
