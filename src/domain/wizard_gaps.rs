//! Bugs that are over in Jira and would look open here, because what says so in Jira is not mapped.
//!
//! An unmapped value is allowed everywhere and gets its table's default. Here the default turns the meaning
//! round, so it is said before Proceed. What a person has mapped, to whatever, is their word and no gap.

use std::collections::BTreeSet;

use crate::domain::{
    jira::{NamedValue, StatusCategory},
    mapping::Target as _,
    numbers::counted_about,
    wizard::{BugStatusSource, Settings},
    wizard_facts::Facts,
};

/// Names that a sentence holds.
const MOST_NAMES: usize = 3;

/// A value of Jira and how many bugs have it, where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverValue {
    /// Jira's name.
    pub name: String,
    /// Bugs.
    pub bugs: Option<u64>,
}

/// Values without a row that say in Jira that a bug is over (a status of the category Done, any resolution)
/// and count as unresolved here; none while the default is a state that is over as well.
pub fn over_but_unresolved(settings: &Settings, facts: &Facts) -> Vec<NamedValue> {
    let bugs = &settings.bugs;
    let table = bugs.status_table();
    if !settings.bug_mapping || !table.default.is_unresolved() {
        return Vec::new();
    }
    let over: Vec<NamedValue> = match bugs.status_source {
        BugStatusSource::Status => facts
            .statuses_of(&bugs.type_ids)
            .into_iter()
            .filter(|status| status.category == StatusCategory::Done)
            .map(|status| NamedValue {
                id: status.id.clone(),
                name: status.name.clone(),
            })
            .collect(),
        BugStatusSource::Resolution if bugs.type_ids.is_empty() => Vec::new(),
        BugStatusSource::Resolution => facts.resolutions.clone(),
    };
    over.into_iter()
        .filter(|value| !table.by_id.contains_key(&value.id))
        .collect()
}

/// "12 bugs in Closed and Won't Do will count as Open until these statuses are mapped."; `None` when no bug
/// has such a value. `exact` says whether Jira counted rather than estimated.
pub fn over_words(settings: &Settings, values: &[OverValue], exact: bool) -> Option<String> {
    let found: Vec<&OverValue> = values.iter().filter(|value| value.bugs != Some(0)).collect();
    if found.is_empty() {
        return None;
    }
    let all: Option<u64> = found.iter().map(|value| value.bugs).sum();
    let bugs = all.map_or_else(
        || "Bugs".to_owned(),
        |n| {
            let words = counted_about(n, exact, "bug", "bugs");
            words
                .strip_prefix("about ")
                .map_or(words.clone(), |rest| format!("About {rest}"))
        },
    );
    let until = match (settings.bugs.status_source, found.len()) {
        (BugStatusSource::Status, 1) => "this status is",
        (BugStatusSource::Status, _) => "these statuses are",
        (BugStatusSource::Resolution, 1) => "this resolution is",
        (BugStatusSource::Resolution, _) => "these resolutions are",
    };
    let counts_as = settings.bugs.status_table().default;
    Some(format!(
        "{bugs} in {} will count as {} until {until} mapped.",
        list(&found),
        counts_as.label()
    ))
}

/// "Closed", "Closed and Won't Do", "A, B, C and 2 more"; a name that several values have stands once.
fn list(values: &[&OverValue]) -> String {
    let mut seen = BTreeSet::new();
    let mut names: Vec<&str> = values
        .iter()
        .map(|value| value.name.as_str())
        .filter(|name| seen.insert(*name))
        .collect();
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    if more > 0 {
        return format!("{} and {more} more", names.join(", "));
    }
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{mapping::BugStatus, test_data as data};

    fn names(settings: &Settings) -> Vec<String> {
        let found = over_but_unresolved(settings, &data::facts());
        found.into_iter().map(|value| value.name).collect()
    }

    #[test]
    fn only_what_is_over_in_jira_and_has_no_row() {
        let mut settings = data::settings();
        assert_eq!(
            names(&settings),
            ["Fixed"],
            "statuses of bugs alone, of the category Done"
        );
        settings.bugs.statuses.default = BugStatus::Closed;
        assert!(names(&settings).is_empty(), "the default is over as well");
        settings.bugs.statuses.default = BugStatus::InProgress;
        settings.bugs.statuses.set("3", Some(BugStatus::Open));
        assert!(names(&settings).is_empty(), "mapped to Open by a person");
        settings.bugs.status_source = BugStatusSource::Resolution;
        assert_eq!(names(&settings), ["Fixed"], "a resolution says that it is over");
        settings.bugs.type_ids.clear();
        assert!(names(&settings).is_empty(), "whose bugs nobody has said yet");
        settings = data::settings();
        settings.bug_mapping = false;
        assert!(names(&settings).is_empty());
    }

    #[test]
    fn the_words_count_and_name() {
        let mut settings = data::settings();
        let value = |name: &str, bugs| OverValue {
            name: name.into(),
            bugs,
        };
        let words = |settings: &Settings, values: &[OverValue], exact| over_words(settings, values, exact);
        let two = [value("Closed", Some(9)), value("Won't Do", Some(3))];
        assert_eq!(
            words(&settings, &two, true).as_deref(),
            Some("12 bugs in Closed and Won't Do will count as Open until these statuses are mapped.")
        );
        assert_eq!(
            words(&settings, &two[..1], false).as_deref(),
            Some("About 9 bugs in Closed will count as Open until this status is mapped.")
        );
        assert_eq!(words(&settings, &[value("Closed", Some(0))], true), None);
        settings.bugs.status_source = BugStatusSource::Resolution;
        let many = ["A", "B", "B", "C", "D", "E"].map(|name| value(name, None));
        assert_eq!(
            words(&settings, &many, true).as_deref(),
            Some("Bugs in A, B, C and 2 more will count as Open until these resolutions are mapped.")
        );
    }
}
