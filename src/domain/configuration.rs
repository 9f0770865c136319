//! What a configuration holds and pulls, who is shown it, and what discarding its draft means.

use serde::{Deserialize, Serialize};

use crate::domain::{numbers::counted, sync_status::ConfigurationStatus};

/// How much of Jira a configuration has mirrored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Requirements.
    pub requirements: u64,
    /// Bugs.
    pub bugs: u64,
    /// Releases.
    pub releases: u64,
    /// Sprints.
    pub sprints: u64,
}

/// What the settings in force switch on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Pulls {
    /// Requirements.
    pub requirements: bool,
    /// Bugs.
    pub bugs: bool,
    /// Releases.
    pub releases: bool,
    /// Sprints.
    pub sprints: bool,
}

impl Holdings {
    fn parts(self) -> [(u64, String); 4] {
        [
            (
                self.requirements,
                counted(self.requirements, "requirement", "requirements"),
            ),
            (self.bugs, counted(self.bugs, "bug", "bugs")),
            (self.releases, counted(self.releases, "release", "releases")),
            (self.sprints, counted(self.sprints, "sprint", "sprints")),
        ]
    }

    /// What of it there is, with `runs` sync runs: "174 requirements, 88 bugs and 3 sync runs"; empty for nothing.
    pub fn words(self, runs: u64) -> String {
        let runs = (runs, counted(runs, "sync run", "sync runs"));
        let there: Vec<String> = self
            .parts()
            .into_iter()
            .chain([runs])
            .filter(|(count, _)| *count > 0)
            .map(|(_, words)| words)
            .collect();
        listed(&there)
    }

    /// What is pulled, the main thing first and the rest in one line: "412 requirements" and
    /// "96 bugs, 7 releases". What is switched off is not named, what is on and empty is.
    pub fn pulled(self, pulls: Pulls) -> (String, String) {
        let on = [pulls.requirements, pulls.bugs, pulls.releases, pulls.sprints];
        let mut named = self
            .parts()
            .into_iter()
            .zip(on)
            .filter(|(_, on)| *on)
            .map(|((_, words), _)| words);
        let first = named.next().unwrap_or_default();
        (first, named.collect::<Vec<_>>().join(", "))
    }
}

/// "Ana", "Ana and Ben", "Ana, Ben and Cem".
pub fn listed(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Names of linked Jira projects that a list shows at once.
const MOST_NAMED: usize = 5;

/// How many Jira projects are linked, and which: "3 projects" and "BOOK, PORT, RATE". One that is linked by several
/// projects of ours is named once.
pub fn linked_words(keys: &[String]) -> (String, String) {
    let mut named: Vec<&str> = keys
        .iter()
        .map(String::as_str)
        .filter(|key| !key.is_empty())
        .collect();
    named.dedup();
    let mut words = named
        .iter()
        .take(MOST_NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let more = named.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        words = format!("{words} and {more} more");
    }
    let count = u64::try_from(named.len()).unwrap_or(u64::MAX);
    (counted(count, "project", "projects"), words)
}

/// Whether somebody is shown a configuration: what was never proceeded is the business of those who configure.
pub fn is_shown(proceeded: bool, configures: bool) -> bool {
    proceeded || configures
}

/// What goes when a draft is discarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discarded {
    /// The configuration: it was never proceeded, so it is nothing but its draft.
    Configuration,
    /// The changes since the last Proceed.
    Changes,
}

/// What discarding the draft of a configuration does. `changed` tells that it is not what was proceeded last.
///
/// # Errors
/// Why there is nothing to discard.
pub fn plan_discard(
    status: ConfigurationStatus,
    proceeded: bool,
    changed: bool,
) -> Result<Discarded, &'static str> {
    match (status, proceeded, changed) {
        (_, false, _) => Ok(Discarded::Configuration),
        (ConfigurationStatus::Archived, ..) => {
            Err("This integration is archived, so its draft stays as it is. Unarchive it first.")
        }
        (_, true, true) => Ok(Discarded::Changes),
        (_, true, false) => {
            Err("There is nothing to discard: the draft holds what was proceeded last. Nothing was changed.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELD: Holdings = Holdings {
        requirements: 1_174,
        bugs: 1,
        releases: 0,
        sprints: 11,
    };

    #[test]
    fn what_is_held_is_named_without_what_is_not_there() {
        assert_eq!(
            HELD.words(2),
            "1,174 requirements, 1 bug, 11 sprints and 2 sync runs"
        );
        assert_eq!(Holdings::default().words(1), "1 sync run");
        assert_eq!(Holdings::default().words(0), "");
    }

    #[test]
    fn what_is_pulled_is_what_is_switched_on() {
        let all = Pulls {
            requirements: true,
            bugs: true,
            releases: true,
            sprints: true,
        };
        for (pulls, first, rest) in [
            (all, "1,174 requirements", "1 bug, 0 releases, 11 sprints"),
            (
                Pulls {
                    requirements: false,
                    sprints: false,
                    ..all
                },
                "1 bug",
                "0 releases",
            ),
            (
                Pulls {
                    requirements: true,
                    ..Pulls::default()
                },
                "1,174 requirements",
                "",
            ),
            (Pulls::default(), "", ""),
        ] {
            assert_eq!(HELD.pulled(pulls), (first.to_owned(), rest.to_owned()));
        }
    }

    #[test]
    fn names_stand_in_a_sentence() {
        let all = ["Ana", "Ben", "Cem"].map(str::to_owned);
        assert_eq!(listed(&all), "Ana, Ben and Cem");
        assert_eq!(listed(&all[..2]), "Ana and Ben");
        assert_eq!(listed(&all[..1]), "Ana");
        assert_eq!(listed(&[]), "");
    }

    #[test]
    fn linked_projects_are_counted_and_named() {
        let words = |keys: &[&str]| linked_words(&keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>());
        for (keys, count, named) in [
            (&[][..], "0 projects", ""),
            (&["BOOK"], "1 project", "BOOK"),
            (&["BOOK", "BOOK", "", "PAY"], "2 projects", "BOOK, PAY"),
            (
                &["A", "B", "C", "D", "E", "F", "G"],
                "7 projects",
                "A, B, C, D, E and 2 more",
            ),
        ] {
            assert_eq!(words(keys), (count.to_owned(), named.to_owned()));
        }
    }

    #[test]
    fn a_draft_that_never_ran_is_for_those_who_configure() {
        for (proceeded, configures, shown) in [
            (true, true, true),
            (true, false, true),
            (false, true, true),
            (false, false, false),
        ] {
            assert_eq!(is_shown(proceeded, configures), shown);
        }
    }

    #[test]
    fn a_discarded_draft_takes_what_is_only_in_it() {
        use ConfigurationStatus::{Active, Archived, Error, Inactive};
        for (status, proceeded, changed, expected) in [
            (Inactive, false, true, Ok(Discarded::Configuration)),
            (Inactive, false, false, Ok(Discarded::Configuration)),
            (Inactive, true, true, Ok(Discarded::Changes)),
            (Active, true, true, Ok(Discarded::Changes)),
            (Error, true, true, Ok(Discarded::Changes)),
            (Active, true, false, Err("nothing to discard")),
            (Archived, true, true, Err("is archived")),
            (Archived, true, false, Err("is archived")),
        ] {
            match (plan_discard(status, proceeded, changed), expected) {
                (Ok(planned), Ok(expected)) => assert_eq!(planned, expected),
                (Err(words), Err(part)) => assert!(words.contains(part), "{words}"),
                other => panic!("{status:?} {proceeded} {changed}: {other:?}"),
            }
        }
    }
}
