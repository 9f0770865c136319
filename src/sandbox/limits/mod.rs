//! Rate limits of both deployments, switched on by the control API.
//!
//! Cloud has three kinds at once: bursts by endpoint and method, an hourly quota of points, and
//! writes by issue. Data Center has one token bucket by person, off until an administrator wants it.
//! Only the limit of writes by issue is on from the start, as on a real site where no test would
//! meet the others by accident. Time comes in as epoch milliseconds.

mod bucket;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Deserialize;
use serde_json::json;

use super::answer::Answer;
use bucket::Bucket;

/// Writes that one issue takes: how many in how many milliseconds.
const ISSUE_WRITES: [(usize, i64); 2] = [(20, 2_000), (100, 30_000)];

/// What is limited.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Rules {
    /// Cloud: requests a second by method (`GET`, `POST`, `PUT`, `DELETE`) for each endpoint.
    pub(crate) burst: HashMap<String, u32>,
    /// Cloud: points an hour for the whole site; a read costs one, a write two.
    pub(crate) quota: Option<u32>,
    /// Cloud: the reason that a spent quota gives.
    pub(crate) quota_reason: String,
    /// Cloud: writes by issue.
    pub(crate) per_issue: bool,
    /// Data Center: the bucket of each person.
    pub(crate) bucket: Option<BucketRule>,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BucketRule {
    /// Most tokens.
    pub(crate) size: u32,
    /// Tokens that come back each interval.
    pub(crate) fill: u32,
    /// Seconds.
    pub(crate) interval_seconds: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            burst: HashMap::new(),
            quota: None,
            quota_reason: "jira-quota-global-based".to_owned(),
            per_issue: true,
            bucket: None,
        }
    }
}

#[derive(Debug, Default)]
struct State {
    rules: Rules,
    bursts: HashMap<String, Bucket>,
    people: HashMap<String, Bucket>,
    quota: (i64, u32),
    writes: HashMap<String, VecDeque<i64>>,
}

/// The limits of one site.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<State>);

/// A request as limits see it.
pub(crate) struct Request<'a> {
    pub(crate) cloud: bool,
    pub(crate) method: &'a str,
    /// Path without prefix.
    pub(crate) path: &'a str,
    /// The issue that is written to, under one name whether its key or its id was used; `None` for others.
    pub(crate) issue: Option<String>,
    /// Who asks, if it is known.
    pub(crate) person: Option<&'a str>,
    /// Epoch milliseconds.
    pub(crate) now: i64,
}

/// What limits have to say about a request.
pub(crate) enum Verdict {
    /// Answer it, with these headers.
    Pass(Vec<(&'static str, String)>),
    /// Answer this instead.
    Refuse(Answer),
}

impl Limits {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the rules and forgets what was counted.
    pub(crate) fn set(&self, rules: Rules) {
        *self.lock() = State {
            rules,
            ..State::default()
        };
    }

    /// Counts a request.
    pub(crate) fn take(&self, request: &Request<'_>) -> Verdict {
        let mut state = self.lock();
        if request.cloud {
            state.take_on_cloud(request)
        } else {
            state.take_on_data_center(request)
        }
    }
}

impl State {
    fn take_on_cloud(&mut self, request: &Request<'_>) -> Verdict {
        let mut headers = Vec::new();
        if let Some(rate) = self.rules.burst.get(request.method).copied() {
            let endpoint = format!("{} {}", request.method, name_endpoint(request.path));
            let bucket = self
                .bursts
                .entry(endpoint)
                .or_insert_with(|| Bucket::full(rate, request.now));
            let left = bucket.take(rate, rate, 1000, request.now);
            if left.is_none() {
                return refuse("jira-burst-based", rate, request.now, 1);
            }
            headers = show_cloud(rate, left.unwrap_or_default(), request.now + 1000);
        }
        if let Some(quota) = self.rules.quota {
            let hour = request.now / 3_600_000;
            if self.quota.0 != hour {
                self.quota = (hour, 0);
            }
            let reset = (hour + 1) * 3_600_000;
            let cost = if request.method == "GET" { 1 } else { 2 };
            if self.quota.1 + cost > quota {
                let wait = (reset - request.now + 999) / 1000;
                return refuse(&self.rules.quota_reason.clone(), quota, reset - wait * 1000, wait);
            }
            self.quota.1 += cost;
            headers = show_cloud(quota, quota - self.quota.1, reset);
        }
        if self.rules.per_issue
            && let Some(issue) = &request.issue
            && let Some(wait) = self.count_write(issue, request.now)
        {
            return refuse("jira-per-issue-on-write", 20, request.now, wait);
        }
        Verdict::Pass(headers)
    }

    /// Notes a write of an issue; gives the seconds to wait when there were too many.
    fn count_write(&mut self, issue: &str, now: i64) -> Option<i64> {
        let writes = self.writes.entry(issue.to_owned()).or_default();
        while writes.front().is_some_and(|first| *first <= now - 30_000) {
            writes.pop_front();
        }
        for (most, window) in ISSUE_WRITES {
            let recent = writes.iter().filter(|time| **time > now - window).count();
            if recent >= most {
                let first = writes.get(writes.len() - most).copied().unwrap_or(now);
                return Some(((first + window - now) + 999) / 1000);
            }
        }
        writes.push_back(now);
        None
    }

    fn take_on_data_center(&mut self, request: &Request<'_>) -> Verdict {
        let (Some(rule), Some(person)) = (self.rules.bucket, request.person) else {
            return Verdict::Pass(Vec::new());
        };
        let interval = i64::from(rule.interval_seconds.max(1)) * 1000;
        let bucket = self
            .people
            .entry(person.to_owned())
            .or_insert_with(|| Bucket::full(rule.size, request.now));
        let left = bucket.take(rule.size, rule.fill, interval, request.now);
        let wait = if left.is_some() {
            0
        } else {
            bucket.wait_seconds(interval, request.now)
        };
        let headers = vec![
            ("x-ratelimit-limit", rule.size.to_string()),
            ("x-ratelimit-remaining", left.unwrap_or_default().to_string()),
            ("x-ratelimit-interval-seconds", rule.interval_seconds.to_string()),
            ("x-ratelimit-fillrate", rule.fill.to_string()),
            ("retry-after", wait.to_string()),
        ];
        if left.is_some() {
            return Verdict::Pass(headers);
        }
        let message = "Rate limit exceeded.";
        let mut answer = Answer::json(429, json!({"message": message}));
        answer.headers.extend(headers);
        Verdict::Refuse(answer)
    }
}

fn show_cloud(limit: u32, left: u32, reset: i64) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", left.to_string()),
        ("x-ratelimit-reset", show_time(reset)),
    ];
    if left * 5 < limit {
        headers.push(("x-ratelimit-nearlimit", "true".to_owned()));
    }
    headers
}

fn show_time(ms: i64) -> String {
    let stamp = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    stamp.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

fn refuse(reason: &str, limit: u32, now: i64, wait: i64) -> Verdict {
    let wait = wait.max(1);
    let mut answer = Answer::json(
        429,
        json!({"errorMessages": ["Rate limit exceeded."], "errors": {}}),
    );
    answer.headers.extend(show_cloud(limit, 0, now + wait * 1000));
    answer.headers.push(("retry-after", wait.to_string()));
    answer.headers.push(("ratelimit-reason", reason.to_owned()));
    Verdict::Refuse(answer)
}

/// The endpoint of a path: ids and keys do not count, the version in `/rest/api/3` does.
fn name_endpoint(path: &str) -> String {
    let is_id = |part: &str| part.chars().any(|letter| letter.is_ascii_digit());
    let parts = path.split('/').enumerate();
    let named = parts.map(|(index, part)| if index > 3 && is_id(part) { "*" } else { part });
    named.collect::<Vec<_>>().join("/")
}

/// The id or key of the issue that a request writes to.
pub(crate) fn find_written_issue<'a>(method: &str, path: &'a str) -> Option<&'a str> {
    if method == "GET" {
        return None;
    }
    let rest = path.split_once("/issue/")?.1;
    let name = rest.split('/').next()?;
    let is_issue = name.chars().any(|letter| letter.is_ascii_digit());
    (is_issue && path.starts_with("/rest/api/")).then_some(name)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
