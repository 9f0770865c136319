//! What the values of the company really mean: the right mapping, whatever they are called.
//!
//! The suggestions of a connector's wizard are scored against it. Words on the right are the codes of
//! the mapping targets; ids on the left are Jira's. The three named worlds share it, since they
//! share the ids.

use serde_json::{Map, Value, json};

/// Types whose issues are requirements: epic and story.
const REQUIREMENT_TYPES: [&str; 2] = ["10000", "10001"];
/// Types whose issues are bugs: bug and incident. Tasks and sub-tasks are neither.
const BUG_TYPES: [&str; 2] = ["10004", "10005"];
/// Field that holds the severity.
const SEVERITY_FIELD: &str = "customfield_10030";

const REQUIREMENT_STATUSES: [(&str, &str); 11] = [
    ("10000", "to_do"),
    ("3", "in_progress"),
    ("10010", "in_progress"),
    ("10011", "in_progress"),
    ("10012", "in_progress"),
    ("10001", "done"),
    ("10013", "cancelled"),
    ("10014", "in_progress"),
    ("10040", "to_do"),
    ("10041", "in_progress"),
    ("10042", "done"),
];
const BUG_STATUSES: [(&str, &str); 9] = [
    ("10020", "open"),
    ("10021", "open"),
    ("10022", "in_progress"),
    ("10023", "resolved"),
    ("10025", "open"),
    ("6", "closed"),
    ("10040", "open"),
    ("10041", "in_progress"),
    ("10042", "closed"),
];
const PRIORITIES: [(&str, &str); 5] = [
    ("10100", "critical"),
    ("2", "high"),
    ("3", "medium"),
    ("4", "low"),
    ("10101", "low"),
];
const SEVERITIES: [(&str, &str); 4] = [
    ("10141", "blocker"),
    ("10142", "major"),
    ("10143", "minor"),
    ("10144", "trivial"),
];
const RESOLUTIONS: [(&str, &str); 5] = [
    ("10000", "resolved"),
    ("10001", "rejected"),
    ("10002", "rejected"),
    ("10003", "rejected"),
    ("1", "resolved"),
];

fn show(list: &[(&str, &str)]) -> Map<String, Value> {
    list.iter()
        .map(|(id, role)| ((*id).to_owned(), Value::from(*role)))
        .collect()
}

/// The right mapping as JSON: `{requirement_types, bug_types, requirement_statuses, bug_statuses,
/// priorities, resolutions, severity_field, severities}`, lists of ids and objects from id to code.
#[must_use]
pub fn show_mapping() -> Value {
    json!({
        "requirement_types": REQUIREMENT_TYPES,
        "bug_types": BUG_TYPES,
        "requirement_statuses": show(&REQUIREMENT_STATUSES),
        "bug_statuses": show(&BUG_STATUSES),
        "priorities": show(&PRIORITIES),
        "resolutions": show(&RESOLUTIONS),
        "severity_field": SEVERITY_FIELD,
        "severities": show(&SEVERITIES),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::{BugStatus, Priority, RequirementStatus, Severity, Target};

    #[test]
    fn every_code_is_a_target() {
        fn known<T: Target>(list: &[(&str, &str)]) -> bool {
            list.iter().all(|(_, code)| T::find(code).is_some())
        }
        assert!(known::<RequirementStatus>(&REQUIREMENT_STATUSES));
        assert!(known::<BugStatus>(&BUG_STATUSES) && known::<BugStatus>(&RESOLUTIONS));
        assert!(known::<Priority>(&PRIORITIES) && known::<Severity>(&SEVERITIES));
    }
}
