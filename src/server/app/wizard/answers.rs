//! Putting the posted answers of a step into the settings.
//!
//! Shape only: what is typed is taken as it is, so that it can be shown again whatever is wrong with
//! it; the rules of `domain::wizard_steps` judge afterwards. An answer that is not there leaves the
//! stored one alone; a list counts as answered only with its mark `shown`.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    jira::Board,
    mapping::{MappingTable, Target},
    release_date::{DateSource, MAX_SOURCES},
    wizard::{BugStatusSource, Settings},
    wizard_steps::StepId,
};

/// Answers by name.
pub type Answers = BTreeMap<String, String>;

/// Puts the answers of one step in. `boards` are those of the chosen project, if they were read; a
/// project is not changed here, since it has to be asked of Jira.
pub fn put_in(settings: &mut Settings, step: StepId, answers: &Answers, boards: Option<&[Board]>) {
    let on = |name: &str| answers.get(name).is_some_and(|value| !value.is_empty());
    let shown = on("shown");
    match step {
        StepId::Project => {
            if let Some(description) = answers.get("description") {
                settings.description = description.replace("\r\n", "\n");
            }
            if let (Some(board), Some(boards)) = (answers.get("board"), boards) {
                settings.board = boards
                    .iter()
                    .find(|known| known.id.to_string() == *board)
                    .cloned();
            }
        }
        StepId::Features => {
            if shown {
                settings.pull_requirements = on("pull_requirements");
                settings.bug_mapping = on("bug_mapping");
            }
        }
        StepId::Iterations => put_iterations(settings, answers, shown, &on),
        StepId::Priorities => put_table(&mut settings.priorities, "map", answers),
        StepId::Requirements => {
            put_sources(settings, answers);
            put_table(&mut settings.requirement.statuses, "map", answers);
            if shown {
                settings.requirement.type_ids = ticked(answers, "type.").collect();
            }
            if on("further_shown") {
                let chosen: BTreeSet<String> = ticked(answers, "further.").collect();
                let fields = &mut settings.requirement.further_fields;
                fields.retain(|field| chosen.contains(field));
                let new: Vec<String> = chosen
                    .into_iter()
                    .filter(|field| !fields.contains(field))
                    .collect();
                fields.extend(new);
            }
        }
        StepId::Bugs => {
            if shown {
                settings.bugs.type_ids = ticked(answers, "type.").collect();
            }
            put_table(&mut settings.bugs.severities, "severity", answers);
            if let Some(field) = answers.get("severity_field") {
                settings.change_severity_field(Some(field.clone()).filter(|field| !field.is_empty()));
            }
            put_table(&mut settings.bugs.statuses, "map", answers);
            put_table(&mut settings.bugs.resolutions, "resolution", answers);
            if let Some(source) = answers
                .get("status_source")
                .and_then(|code| BugStatusSource::find(code))
            {
                settings.bugs.status_source = source;
            }
        }
    }
}

fn put_iterations(settings: &mut Settings, answers: &Answers, shown: bool, on: &dyn Fn(&str) -> bool) {
    if shown {
        let releases = &mut settings.releases;
        releases.enabled = on("releases");
        releases.unreleased = on("unreleased");
        releases.released = on("released");
        releases.archived = on("archived");
    }
    if on("sprints_shown") {
        let sprints = &mut settings.sprints;
        sprints.enabled = on("sprints");
        sprints.active = on("active");
        sprints.future = on("future");
        sprints.closed_recent = on("closed_recent");
    }
    for (name, choice) in answers {
        let Some(id) = name.strip_prefix("release.") else {
            continue;
        };
        let releases = &mut settings.releases;
        releases.chosen.remove(id);
        releases.excluded.remove(id);
        match choice.as_str() {
            "always" => drop(releases.chosen.insert(id.to_owned())),
            "never" => drop(releases.excluded.insert(id.to_owned())),
            _ => {}
        }
    }
}

/// Ids of ticked boxes whose names begin with `prefix`.
fn ticked<'a>(answers: &'a Answers, prefix: &'a str) -> impl Iterator<Item = String> + 'a {
    answers
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(move |(name, _)| name.strip_prefix(prefix).map(str::to_owned))
}

/// Rows `prefix.<id>` and the default `prefix_default`. An empty row takes the choice back; an unknown
/// code changes nothing.
fn put_table<T: Target>(table: &mut MappingTable<T>, prefix: &str, answers: &Answers) {
    for (name, code) in answers {
        let Some(id) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) else {
            continue;
        };
        if code.is_empty() {
            table.set(id, None);
        } else if let Some(value) = T::find(code) {
            table.set(id, Some(value));
        }
    }
    if let Some(value) = answers
        .get(&format!("{prefix}_default"))
        .and_then(|code| T::find(code))
    {
        table.default = value;
    }
}

fn put_sources(settings: &mut Settings, answers: &Answers) {
    let places: Vec<Option<&String>> = (1..=MAX_SOURCES)
        .map(|place| answers.get(&format!("source{place}")))
        .collect();
    if places.iter().any(Option::is_some) {
        settings.requirement.date_sources = places
            .into_iter()
            .flatten()
            .filter_map(|code| DateSource::find(code))
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        jira::BoardKind,
        mapping::{Priority, Severity},
    };

    fn answers(pairs: &[(&str, &str)]) -> Answers {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_list_that_was_not_shown_keeps_its_choice() {
        let mut settings = Settings::default();
        settings.requirement.type_ids.insert("1".into());
        put_in(&mut settings, StepId::Requirements, &answers(&[]), None);
        assert!(settings.requirement.type_ids.contains("1"));
        put_in(
            &mut settings,
            StepId::Requirements,
            &answers(&[("shown", "1"), ("type.2", "on")]),
            None,
        );
        assert_eq!(settings.requirement.type_ids.iter().collect::<Vec<_>>(), ["2"]);
        put_in(&mut settings, StepId::Features, &answers(&[]), None);
        assert!(settings.bug_mapping);
        put_in(&mut settings, StepId::Features, &answers(&[("shown", "1")]), None);
        assert!(!settings.bug_mapping && !settings.pull_requirements);
    }

    #[test]
    fn rows_are_set_taken_back_and_left_alone() {
        let mut settings = Settings::default();
        settings.priorities.set("9", Some(Priority::Low));
        put_in(
            &mut settings,
            StepId::Priorities,
            &answers(&[
                ("map.1", "high"),
                ("map.2", "nonsense"),
                ("map_default", "medium"),
            ]),
            None,
        );
        assert_eq!(settings.priorities.by_id.get("1"), Some(&Priority::High));
        assert_eq!(settings.priorities.by_id.get("2"), None);
        assert_eq!(settings.priorities.by_id.get("9"), Some(&Priority::Low));
        assert_eq!(settings.priorities.default, Priority::Medium);
        put_in(
            &mut settings,
            StepId::Priorities,
            &answers(&[("map.1", "")]),
            None,
        );
        assert_eq!(settings.priorities.by_id.get("1"), None);
    }

    #[test]
    fn another_severity_field_takes_the_rows_of_the_old_one() {
        let mut settings = Settings::default();
        let first = answers(&[("severity_field", "customfield_1"), ("severity.7", "minor")]);
        put_in(&mut settings, StepId::Bugs, &first, None);
        assert!(settings.bugs.severities.by_id.is_empty(), "rows of no field");
        put_in(&mut settings, StepId::Bugs, &first, None);
        assert_eq!(settings.bugs.severities.by_id.get("7"), Some(&Severity::Minor));
        put_in(
            &mut settings,
            StepId::Bugs,
            &answers(&[("severity_field", "")]),
            None,
        );
        assert_eq!(settings.bugs.severity_field, None);
    }

    #[test]
    fn sources_boards_and_single_releases() {
        let mut settings = Settings::default();
        let sources = answers(&[
            ("source1", "due_date"),
            ("source2", ""),
            ("source3", "customfield_5"),
        ]);
        put_in(&mut settings, StepId::Requirements, &sources, None);
        let codes: Vec<_> = settings
            .requirement
            .date_sources
            .iter()
            .map(DateSource::code)
            .collect();
        assert_eq!(codes, ["due_date", "customfield_5"]);
        let boards = [Board {
            id: 4,
            name: "Delivery".into(),
            kind: BoardKind::Scrum,
        }];
        put_in(
            &mut settings,
            StepId::Project,
            &answers(&[("board", "4")]),
            Some(&boards),
        );
        assert!(settings.board.is_some());
        put_in(&mut settings, StepId::Project, &answers(&[("board", "5")]), None);
        assert!(settings.board.is_some(), "boards were not read");
        put_in(
            &mut settings,
            StepId::Project,
            &answers(&[("board", "5")]),
            Some(&boards),
        );
        assert!(settings.board.is_none(), "a board of another project");
        put_in(
            &mut settings,
            StepId::Iterations,
            &answers(&[("release.1", "always"), ("release.2", "never")]),
            None,
        );
        assert!(settings.releases.chosen.contains("1") && settings.releases.excluded.contains("2"));
        assert!(settings.releases.enabled);
        put_in(
            &mut settings,
            StepId::Iterations,
            &answers(&[("release.1", "state")]),
            None,
        );
        assert!(settings.releases.chosen.is_empty());
    }
}
