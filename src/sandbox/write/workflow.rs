//! Which transitions an issue has.
//!
//! A project's main types follow a simplified workflow: from anywhere to anywhere, no screens, a
//! resolution set on the way into a done status. A type with statuses of its own (bugs, say) follows
//! a classic one: step by step, into done only from work under way and with a screen that demands a
//! resolution, and back by reopening.

use serde_json::Value;

/// A transition out of an issue's status.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transition {
    /// Id within the workflow.
    pub(crate) id: String,
    /// Name of the button.
    pub(crate) name: String,
    /// The status it leads to.
    pub(crate) to: Value,
    /// Whether it is offered in every status.
    pub(crate) global: bool,
    /// Whether it has a screen, on which the resolution is required.
    pub(crate) screen: bool,
}

fn category(status: &Value) -> &str {
    status["statusCategory"]["key"].as_str().unwrap_or_default()
}

/// Whether a status ends the work.
pub(crate) fn is_done(status: &Value) -> bool {
    category(status) == "done"
}

/// Whether the statuses of a type make a classic workflow, compared with the project's main one.
pub(crate) fn is_classic(statuses: &[Value], main: &[Value]) -> bool {
    statuses.first().map(|status| &status["id"]) != main.first().map(|status| &status["id"])
}

/// The transitions from a status, in the order of the workflow.
pub(crate) fn list_transitions(statuses: &[Value], classic: bool, from: &Value) -> Vec<Transition> {
    let here = statuses.iter().position(|status| status["id"] == from["id"]);
    let steps = statuses.iter().enumerate();
    steps
        .filter(|(index, to)| !classic || here.is_none_or(|here| is_step(statuses, here, *index, to)))
        .map(|(index, to)| Transition {
            id: (index * 10 + 11).to_string(),
            name: to["name"].as_str().unwrap_or_default().to_owned(),
            to: to.clone(),
            global: !classic,
            screen: classic && is_done(to),
        })
        .collect()
}

fn is_step(statuses: &[Value], here: usize, there: usize, to: &Value) -> bool {
    let from = category(&statuses[here]);
    let allowed = match (from, category(to)) {
        ("new", "done") | ("done", "new") => false,
        ("new", _) => there + 1 == here || there > here,
        (_, "new") => there + 1 == here,
        _ => true,
    };
    allowed && here != there
}

/// What a webhook calls the event of a transition.
pub(crate) fn name_event(classic: bool, from: &Value, to: &Value) -> &'static str {
    if !classic {
        return "issue_generic";
    }
    match (category(from), category(to)) {
        ("done", "done") => "issue_closed",
        (_, "done") => "issue_resolved",
        ("done", _) => "issue_reopened",
        ("new", "indeterminate") => "issue_work_started",
        _ => "issue_generic",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flow() -> Vec<Value> {
        [
            ("1", "New", "new"),
            ("2", "Doing", "indeterminate"),
            ("3", "Fixed", "done"),
            ("4", "Closed", "done"),
        ]
        .iter()
        .map(|(id, name, key)| json!({"id": id, "name": name, "statusCategory": {"key": key}}))
        .collect()
    }

    #[test]
    fn a_simplified_workflow_leads_everywhere_without_screens() {
        let flow = flow();
        for from in &flow {
            let found = list_transitions(&flow, false, from);
            let ids: Vec<&str> = found.iter().map(|step| step.id.as_str()).collect();
            assert_eq!(ids, ["11", "21", "31", "41"]);
            assert!(found.iter().all(|step| step.global && !step.screen));
        }
    }

    #[test]
    fn a_classic_workflow_goes_step_by_step() {
        let flow = flow();
        for (from, wanted) in [
            (0, vec!["Doing"]),
            (1, vec!["New", "Fixed", "Closed"]),
            (2, vec!["Doing", "Closed"]),
            (3, vec!["Doing", "Fixed"]),
        ] {
            let found = list_transitions(&flow, true, &flow[from]);
            let names: Vec<&str> = found.iter().map(|step| step.name.as_str()).collect();
            assert_eq!(names, wanted);
            assert!(found.iter().all(|step| step.screen == is_done(&step.to)));
        }
        assert!(is_classic(&flow, &[json!({"id": "10000"})]));
        assert!(!is_classic(&flow, &flow));
    }

    #[test]
    fn events_have_jiras_names() {
        let flow = flow();
        assert_eq!(name_event(false, &flow[0], &flow[2]), "issue_generic");
        assert_eq!(name_event(true, &flow[0], &flow[1]), "issue_work_started");
        assert_eq!(name_event(true, &flow[1], &flow[2]), "issue_resolved");
        assert_eq!(name_event(true, &flow[2], &flow[3]), "issue_closed");
        assert_eq!(name_event(true, &flow[2], &flow[1]), "issue_reopened");
    }
}
