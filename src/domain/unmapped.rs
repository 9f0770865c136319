//! Work items whose Jira values are not mapped: how many, in words, and in which step that is mended.
//!
//! Such a value counts with the default of its table, so a list shows a bug as open that Jira has closed. A page
//! that shows such lists says so.

use crate::domain::{mirror_issue::IssueKind, numbers::counted, wizard_steps::StepId};

/// Work items of one kind with a value that is not mapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnmappedCounts {
    /// Without a mapped status.
    pub statuses: u64,
    /// Without a mapped priority.
    pub priorities: u64,
    /// Without a mapped severity.
    pub severities: u64,
}

/// What is not mapped, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gaps {
    /// One sentence: `Not mapped: the status of 2 bugs and the severity of 1 bug.`
    pub words: String,
    /// The steps that mend it and what they map, in order.
    pub steps: Vec<(StepId, &'static str)>,
}

/// What is not mapped of these work items; `None` when everything is.
pub fn find_gaps(kind: IssueKind, counts: UnmappedCounts) -> Option<Gaps> {
    let (one, many, own) = match kind {
        IssueKind::Requirement => ("requirement", "requirements", StepId::Requirements),
        IssueKind::Bug => ("bug", "bugs", StepId::Bugs),
    };
    let mut parts = Vec::new();
    let mut steps: Vec<(StepId, &'static str)> = Vec::new();
    for (count, what, step, table) in [
        (counts.statuses, "status", own, "statuses"),
        (counts.severities, "severity", own, "severities"),
        (counts.priorities, "priority", StepId::Priorities, "priorities"),
    ] {
        if count == 0 {
            continue;
        }
        parts.push(format!("the {what} of {}", counted(count, one, many)));
        match steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, tables)) => *tables = "statuses and severities",
            None => steps.push((step, table)),
        }
    }
    let (last, before) = parts.split_last()?;
    let listed = if before.is_empty() {
        last.clone()
    } else {
        format!("{} and {last}", before.join(", "))
    };
    Some(Gaps {
        words: format!("Not mapped: {listed}."),
        steps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_mapped_and_where() {
        let counts = |statuses, severities, priorities| UnmappedCounts {
            statuses,
            priorities,
            severities,
        };
        for (kind, counts, words, steps) in [
            (
                IssueKind::Bug,
                counts(1, 0, 0),
                "Not mapped: the status of 1 bug.",
                vec![(6, "statuses")],
            ),
            (
                IssueKind::Bug,
                counts(1204, 3, 2),
                "Not mapped: the status of 1,204 bugs, the severity of 3 bugs and the priority of 2 bugs.",
                vec![(6, "statuses and severities"), (4, "priorities")],
            ),
            (
                IssueKind::Requirement,
                counts(2, 0, 1),
                "Not mapped: the status of 2 requirements and the priority of 1 requirement.",
                vec![(5, "statuses"), (4, "priorities")],
            ),
        ] {
            let gaps = find_gaps(kind, counts).expect("gaps");
            let found: Vec<_> = gaps
                .steps
                .iter()
                .map(|(step, what)| (step.number(), *what))
                .collect();
            assert_eq!((gaps.words.as_str(), found), (words, steps));
        }
        assert_eq!(find_gaps(IssueKind::Bug, UnmappedCounts::default()), None);
    }
}
