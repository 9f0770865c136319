//! How often strangers may make this server write: a count per network and minute, in memory.
//!
//! It is no protection of accounts (`app::throttle` is, and lives in the database); it keeps the one writer free for
//! people who are signed in. Forgetting it all at a restart, or when too many networks knock at once, is
//! accepted.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

const MINUTE_MS: i64 = 60 * 1000;
/// Kept forms of one network in a minute.
const MOST: u32 = 30;
/// Networks that are counted; with more, all begin anew.
const NETWORKS: usize = 10_000;

/// When a network's minute began, and how often it came since.
type Minute = (i64, u32);

/// The counts.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<HashMap<String, Minute>>>);

impl Pace {
    /// Counts once more; false when the network came too often within a minute. `now` in UTC milliseconds.
    pub fn allows(&self, network: &str, now: i64) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= NETWORKS {
            counts.clear();
        }
        let (since, count) = counts.entry(network.to_owned()).or_insert((now, 0));
        if now - *since >= MINUTE_MS {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_a_minute_and_others_are_not_held_up() {
        let pace = Pace::default();
        for _ in 0..MOST {
            assert!(pace.allows("a", 1_000));
        }
        assert!(!pace.allows("a", 60_999));
        assert!(pace.allows("b", 60_999));
        assert!(pace.allows("a", 61_000));
    }

    #[test]
    fn the_memory_is_bounded() {
        let pace = Pace::default();
        for at in 0..3 * NETWORKS {
            pace.allows(&at.to_string(), 0);
        }
        assert!(pace.0.lock().expect("counts").len() <= NETWORKS);
    }
}
