//! Scripted faults: what a bad day looks like, on purpose.
//!
//! The first rule whose path prefix matches wins and is used up after `times` requests. Faults come
//! before authentication, so that they also hit anonymous probes, and never touch `/__sandbox/`.
//! What a rule does to an answer stands in [`answer`] (other status, body, headers, a cut), to a page
//! of a list in [`paging`], and to the bytes of the connection in [`wire`].

mod answer;
mod paging;
mod schedule;
mod wire;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub(super) use answer::write_http_date;
pub use paging::PagingFault;
pub(super) use schedule::{Schedule, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub(super) use wire::{Spoiled, Wire};

/// One fault. Every part is optional; several may be combined (a delay and a status, say).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultRule {
    /// Path prefix, context path and gateway part removed: `/rest/api/2/search`. Empty hits all.
    pub path: String,
    /// Only this method.
    pub method: Option<String>,
    /// Answer with this status instead of the real answer.
    pub status: Option<u16>,
    /// Answer with these, one after the other, instead of `status`.
    pub statuses: Vec<u16>,
    /// JSON text to answer with.
    pub json: Option<String>,
    /// HTML to answer with; status 200 unless given.
    pub html: Option<String>,
    /// Redirect to this address; status 302 unless given.
    pub redirect_to: Option<String>,
    /// Never answer.
    pub hang: bool,
    /// Announce the whole body, send so many bytes of it, cut the connection.
    pub truncate_at: Option<usize>,
    /// Break the connection off with a reset: before any byte, or after those of `truncate_at`.
    pub reset: bool,
    /// Wait before answering.
    pub delay_ms: Option<u64>,
    /// Send one byte, status line and headers included, per so many milliseconds.
    pub drip_ms: Option<u64>,
    /// Seconds for a `Retry-After` header; status 429 unless given.
    pub retry_after: Option<u64>,
    /// How `Retry-After` is written.
    pub retry_after_form: RetryAfterForm,
    /// `RateLimit-Reason` header.
    pub rate_limit_reason: Option<String>,
    /// Replace this text in the body of the real answer, byte for byte, by `replace_by`.
    pub replace: Option<String>,
    /// What `replace` becomes; may be what no JSON writer would write, such as a lone surrogate.
    pub replace_by: String,
    /// Spoil how lists are paged.
    pub paging: Option<PagingFault>,
    /// The caller's token runs out with this request and stays so.
    pub expire_token: bool,
    /// Leave so many matching requests alone first.
    pub skip: u32,
    /// Spoil only so many of a hundred matching requests; the choice repeats with the same `seed`.
    pub percent: Option<u8>,
    /// Seed for `percent`.
    pub seed: u64,
    /// Requests to spoil before the rule is gone; 0 means for ever.
    pub times: u32,
}

/// How a `Retry-After` header is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfterForm {
    /// `7`.
    #[default]
    Seconds,
    /// `Sun, 22 Nov 2026 16:00:07 GMT`.
    Date,
    /// No header at all.
    Missing,
    /// The three in turn.
    Mixed,
}

/// A rule, and how far it has come.
#[derive(Debug)]
struct Armed {
    rule: FaultRule,
    matched: u64,
    turn: usize,
    carried: Arc<Mutex<Vec<Value>>>,
}

/// A rule that hits this request.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) rule: FaultRule,
    /// How many requests it hit before this one.
    turn: usize,
    /// Rows of the page before, for lists that repeat them.
    carried: Arc<Mutex<Vec<Value>>>,
}

#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Armed>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, rule: FaultRule) {
        self.lock().push(Armed {
            rule,
            matched: 0,
            turn: 0,
            carried: Arc::default(),
        });
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    pub(super) fn list(&self) -> Vec<FaultRule> {
        self.lock().iter().map(|armed| armed.rule.clone()).collect()
    }

    /// The rule for this request, counted down.
    pub(super) fn take(&self, method: &str, path: &str) -> Option<Hit> {
        let mut rules = self.lock();
        let index = rules.iter().position(|armed| armed.rule.matches(method, path))?;
        let armed = rules.get_mut(index)?;
        armed.matched += 1;
        if armed.rule.skip > 0 {
            armed.rule.skip -= 1;
            return None;
        }
        if armed.rule.spares(armed.matched) {
            return None;
        }
        let hit = Hit {
            rule: armed.rule.clone(),
            turn: armed.turn,
            carried: Arc::clone(&armed.carried),
        };
        armed.turn += 1;
        match armed.rule.times {
            0 => {}
            1 => {
                rules.remove(index);
            }
            _ => armed.rule.times -= 1,
        }
        Some(hit)
    }
}

impl FaultRule {
    fn matches(&self, method: &str, path: &str) -> bool {
        path.starts_with(&self.path)
            && self
                .method
                .as_deref()
                .is_none_or(|only| only.eq_ignore_ascii_case(method))
    }

    /// Whether chance lets the matching request of that number go.
    fn spares(&self, number: u64) -> bool {
        let Some(percent) = self.percent else { return false };
        // SplitMix64: evenly spread and the same on every machine.
        let mut mixed = self.seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 100 >= u64::from(percent)
    }
}

impl Hit {
    /// Waits as long as the rule says: for ever when it hangs.
    pub(super) async fn wait(&self) {
        if let Some(delay) = self.rule.delay_ms {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if self.rule.hang {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(rule: FaultRule, requests: usize) -> Vec<bool> {
        let faults = Faults::default();
        faults.add(rule);
        (0..requests)
            .map(|_| faults.take("GET", "/rest/api/2/search").is_some())
            .collect()
    }

    #[test]
    fn a_rule_skips_hits_and_is_used_up() {
        let rule = FaultRule {
            skip: 2,
            times: 1,
            ..FaultRule::default()
        };
        assert_eq!(hits(rule, 5), [false, false, true, false, false]);
    }

    #[test]
    fn chance_is_near_its_share_and_repeats() {
        let rule = FaultRule {
            percent: Some(30),
            seed: 7,
            ..FaultRule::default()
        };
        let first = hits(rule.clone(), 1000);
        let share = first.iter().filter(|hit| **hit).count();
        assert!((250..350).contains(&share), "{share}");
        assert_eq!(first, hits(rule.clone(), 1000));
        let other = FaultRule { seed: 8, ..rule };
        assert_ne!(first, hits(other, 1000));
    }
}
