//! How the work items of releases and sprints add up to what their lanes show.

use std::collections::BTreeMap;

use crate::domain::{
    mapping::{BugStatus, RequirementStatus, Severity},
    timeline::LaneCounts,
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Requirements of a status.
    Requirements(RequirementStatus),
    /// Bugs of a status and a severity, if they have one.
    Bugs(BugStatus, Option<Severity>),
}

/// How many of it a release or sprint has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueCount {
    /// Release or sprint.
    pub owner: String,
    /// What.
    pub what: Counted,
    /// How many.
    pub count: u64,
}

/// Adds counts up by their release or sprint. Only unresolved bugs count; one without severity is in the total alone.
pub fn sum_counts(rows: impl IntoIterator<Item = IssueCount>) -> BTreeMap<String, LaneCounts> {
    let mut sums: BTreeMap<String, (LaneCounts, BTreeMap<Severity, u64>)> = BTreeMap::new();
    for IssueCount { owner, what, count } in rows {
        let (lane, bugs) = sums.entry(owner).or_default();
        match what {
            Counted::Requirements(status) => {
                lane.requirements += count;
                if status == RequirementStatus::Done {
                    lane.done += count;
                }
            }
            Counted::Bugs(status, severity) if status.is_unresolved() => {
                lane.open_bugs_total += count;
                if let Some(severity) = severity {
                    *bugs.entry(severity).or_default() += count;
                }
            }
            Counted::Bugs(..) => {}
        }
    }
    sums.into_iter()
        .map(|(owner, (lane, bugs))| {
            let open_bugs = bugs.into_iter().collect();
            (owner, LaneCounts { open_bugs, ..lane })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_by_lane() {
        let row = |owner: &str, what, count| IssueCount {
            owner: owner.to_owned(),
            what,
            count,
        };
        let sums = sum_counts([
            row("1", Counted::Requirements(RequirementStatus::Done), 3),
            row("1", Counted::Requirements(RequirementStatus::ToDo), 4),
            row("1", Counted::Bugs(BugStatus::Open, Some(Severity::Minor)), 2),
            row(
                "1",
                Counted::Bugs(BugStatus::InProgress, Some(Severity::Blocker)),
                1,
            ),
            row(
                "1",
                Counted::Bugs(BugStatus::InProgress, Some(Severity::Minor)),
                5,
            ),
            row("1", Counted::Bugs(BugStatus::Open, None), 7),
            row("1", Counted::Bugs(BugStatus::Closed, Some(Severity::Blocker)), 9),
            row("2", Counted::Bugs(BugStatus::Resolved, None), 1),
        ]);
        let first = LaneCounts {
            requirements: 7,
            done: 3,
            open_bugs: vec![(Severity::Blocker, 1), (Severity::Minor, 7)],
            open_bugs_total: 15,
        };
        assert_eq!(sums["1"], first);
        assert_eq!(sums["2"], LaneCounts::default());
        assert_eq!(sums.len(), 2);
        assert!(sum_counts([]).is_empty());
    }
}
