//! A script of a bad day: control commands that are carried out when their request comes.
//!
//! Requests are counted from the moment the script was given, control requests left out. A step is
//! carried out before its request is answered, once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox) struct Step {
    /// Number of the request it comes before, from 1.
    pub(in crate::sandbox) at: u64,
    /// `POST` unless given.
    #[serde(default = "post")]
    pub(in crate::sandbox) method: String,
    /// A control command such as `faults` or `edit-issue`.
    pub(in crate::sandbox) command: String,
    /// Its body.
    #[serde(default)]
    pub(in crate::sandbox) body: Value,
}

fn post() -> String {
    "POST".to_owned()
}

#[derive(Debug, Default)]
pub(in crate::sandbox) struct Schedule(Mutex<Script>);

#[derive(Debug, Default)]
struct Script {
    requests: u64,
    steps: Vec<Step>,
}

impl Schedule {
    fn lock(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the script and counts from 0.
    pub(in crate::sandbox) fn set(&self, steps: Vec<Step>) {
        *self.lock() = Script { requests: 0, steps };
    }

    /// The steps that are still to come.
    pub(in crate::sandbox) fn list(&self) -> Vec<Step> {
        self.lock().steps.clone()
    }

    /// Counts a request and takes the steps that are due.
    pub(in crate::sandbox) fn take_due(&self) -> Vec<Step> {
        let mut script = self.lock();
        script.requests += 1;
        let now = script.requests;
        script.steps.extract_if(.., |step| step.at <= now).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn steps_come_before_their_request_and_once() {
        let schedule = Schedule::default();
        let steps =
            json!([{"at": 2, "command": "faults"}, {"at": 1, "command": "clock", "body": {"seconds": 5}}]);
        schedule.set(serde_json::from_value(steps).unwrap());
        let names = |steps: Vec<Step>| steps.into_iter().map(|step| step.command).collect::<Vec<_>>();
        assert_eq!(names(schedule.take_due()), ["clock"]);
        assert_eq!(names(schedule.list()), ["faults"]);
        assert_eq!(names(schedule.take_due()), ["faults"]);
        assert!(schedule.take_due().is_empty());
    }
}
