//! What differs between two versions of a configuration, in the words of the wizard's steps.
//!
//! Compared is what was answered, also where an earlier answer switches it off: a version is restored as a whole.
//! Names come from what Jira had when it was asked last; what it did not tell is shown by its id. Never asks anybody,
//! and says nothing of order where order means nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    jira::{NamedValue, Release},
    mapping::{EMPTY, MappingTable, Target},
    release_date::DateSource,
    wizard::Settings,
    wizard_facts::Facts,
    wizard_steps::StepId,
};

/// Text of an answer that was not given.
const NOTHING: &str = "none";

/// One answer that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Step of the wizard that asks for it.
    pub step: StepId,
    /// What was asked: "Board", "Requirement status In Review".
    pub what: String,
    /// The answer in the older version.
    pub before: String,
    /// The answer in the newer one.
    pub after: String,
}

/// Everything that differs, in the order of the steps; empty for equal answers. Names of fields and of the project
/// that Jira changed meanwhile are no difference.
pub fn compare_versions(
    older: &Settings,
    newer: &Settings,
    facts: &Facts,
    releases: &[Release],
) -> Vec<Difference> {
    let mut found = Found {
        differences: Vec::new(),
    };
    compare_first_steps(&mut found, older, newer);
    let names = Names { facts, older, newer };
    compare_pulled(&mut found, older, newer, releases);
    found.table(
        StepId::Priorities,
        "Priority",
        (&older.priorities, &newer.priorities),
        |id| name_of(&facts.priorities, id),
    );
    compare_requirements(&mut found, &names);
    compare_bugs(&mut found, &names);
    found.differences
}

struct Found {
    differences: Vec<Difference>,
}

/// What gives ids their names.
struct Names<'a> {
    facts: &'a Facts,
    older: &'a Settings,
    newer: &'a Settings,
}

impl Names<'_> {
    fn status(&self, id: &str) -> String {
        let known = self.facts.statuses.iter().find(|status| status.id == id);
        known.map_or_else(|| id.to_owned(), |status| status.name.clone())
    }

    fn issue_type(&self, id: &str) -> String {
        let known = self.facts.issue_types.iter().find(|kind| kind.id == id);
        known.map_or_else(|| id.to_owned(), |kind| kind.name.clone())
    }

    fn field(&self, id: &str) -> String {
        let known = self.facts.fields.iter().find(|field| field.id == id);
        if let Some(field) = known {
            return field.name.clone();
        }
        let newer = self.newer.field_name(id);
        let name = if newer == id {
            self.older.field_name(id)
        } else {
            newer
        };
        name.to_owned()
    }

    fn source(&self, source: &DateSource) -> String {
        match source {
            DateSource::CustomField { id } => self.field(id),
            source => source.label().to_owned(),
        }
    }
}

fn name_of(values: &[NamedValue], id: &str) -> String {
    let known = values.iter().find(|value| value.id == id);
    known.map_or_else(|| id.to_owned(), |value| value.name.clone())
}

fn list(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    if names.is_empty() {
        NOTHING.to_owned()
    } else {
        names.join(", ")
    }
}

/// Names in the order of the alphabet: a set has none of its own.
fn list_set(ids: &BTreeSet<String>, name: impl Fn(&str) -> String) -> String {
    let names: BTreeSet<String> = ids.iter().map(|id| name(id)).collect();
    list(names)
}

fn switch(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn or_nothing(text: &str) -> String {
    if text.is_empty() { NOTHING } else { text }.to_owned()
}

impl Found {
    fn note(&mut self, step: StepId, what: &str, (before, after): (String, String)) {
        if before != after {
            self.differences.push(Difference {
                step,
                what: what.to_owned(),
                before,
                after,
            });
        }
    }

    /// Answers that are the same only where their ids are, whatever they are called.
    fn note_by<T: PartialEq>(
        &mut self,
        step: StepId,
        what: &str,
        (before, after): (&T, &T),
        words: impl Fn(&T) -> String,
    ) {
        if before != after {
            self.differences.push(Difference {
                step,
                what: what.to_owned(),
                before: words(before),
                after: words(after),
            });
        }
    }

    fn table<T: Target>(
        &mut self,
        step: StepId,
        what: &str,
        (older, newer): (&MappingTable<T>, &MappingTable<T>),
        name: impl Fn(&str) -> String,
    ) {
        let ids: BTreeSet<&String> = older.by_id.keys().chain(newer.by_id.keys()).collect();
        let mut rows: BTreeMap<(String, &str), (String, String)> = BTreeMap::new();
        for id in ids {
            let words = |table: &MappingTable<T>| {
                let target = table.by_id.get(id);
                target.map_or_else(|| "not mapped".to_owned(), |target| target.label().to_owned())
            };
            let called = if id == EMPTY {
                "(empty)".to_owned()
            } else {
                name(id)
            };
            rows.insert((called, id), (words(older), words(newer)));
        }
        for ((called, _), answers) in rows {
            self.note(step, &format!("{what} {called}"), answers);
        }
        self.note(
            step,
            &format!("{what}, what is not mapped"),
            (older.default.label().to_owned(), newer.default.label().to_owned()),
        );
    }
}

fn compare_first_steps(found: &mut Found, older: &Settings, newer: &Settings) {
    let project = |settings: &Settings| settings.project.as_ref().map(|project| project.id.clone());
    if project(older) != project(newer) {
        let words = |settings: &Settings| {
            let project = settings.project.as_ref();
            project.map_or_else(
                || NOTHING.to_owned(),
                |project| format!("{} ({})", project.name, project.key),
            )
        };
        found.note_by(StepId::Project, "Jira project", (&older, &newer), |settings| {
            words(settings)
        });
    }
    let board = |settings: &Settings| settings.board.as_ref().map(|board| board.id);
    if board(older) != board(newer) {
        let words = |settings: &Settings| {
            let board = settings.board.as_ref();
            board.map_or_else(|| NOTHING.to_owned(), |board| board.name.clone())
        };
        found.note_by(StepId::Project, "Board", (&older, &newer), |settings| {
            words(settings)
        });
    }
    found.note(
        StepId::Project,
        "Description",
        (or_nothing(&older.description), or_nothing(&newer.description)),
    );
    for (what, before, after) in [
        (
            "Pull requirements",
            older.pull_requirements,
            newer.pull_requirements,
        ),
        ("Bug mapping", older.bug_mapping, newer.bug_mapping),
    ] {
        found.note(StepId::Features, what, (switch(before), switch(after)));
    }
}

fn compare_pulled(found: &mut Found, older: &Settings, newer: &Settings, releases: &[Release]) {
    let release = |id: &str| {
        let known = releases.iter().find(|release| release.id == id);
        known.map_or_else(|| id.to_owned(), |release| release.name.clone())
    };
    let (before, after) = (&older.releases, &newer.releases);
    for (what, before, after) in [
        ("Releases", before.enabled, after.enabled),
        ("Unreleased releases", before.unreleased, after.unreleased),
        ("Released releases", before.released, after.released),
        ("Archived releases", before.archived, after.archived),
    ] {
        found.note(StepId::Iterations, what, (switch(before), switch(after)));
    }
    for (what, before, after) in [
        ("Releases taken by hand", &before.chosen, &after.chosen),
        ("Releases left out by hand", &before.excluded, &after.excluded),
    ] {
        found.note_by(StepId::Iterations, what, (before, after), |ids| {
            list_set(ids, release)
        });
    }
    let (before, after) = (&older.sprints, &newer.sprints);
    for (what, before, after) in [
        ("Sprints", before.enabled, after.enabled),
        ("Active sprints", before.active, after.active),
        ("Future sprints", before.future, after.future),
        (
            "Sprints closed in the last 12 months",
            before.closed_recent,
            after.closed_recent,
        ),
    ] {
        found.note(StepId::Iterations, what, (switch(before), switch(after)));
    }
}

fn compare_requirements(found: &mut Found, names: &Names<'_>) {
    let (older, newer) = (&names.older.requirement, &names.newer.requirement);
    let step = StepId::Requirements;
    found.note_by(
        step,
        "Release date",
        (&older.date_sources, &newer.date_sources),
        |sources| list(sources.iter().map(|source| names.source(source))),
    );
    found.table(
        step,
        "Requirement status",
        (&older.statuses, &newer.statuses),
        |id| names.status(id),
    );
    found.note_by(
        step,
        "Work item types of requirements",
        (&older.type_ids, &newer.type_ids),
        |ids| list_set(ids, |id| names.issue_type(id)),
    );
    found.note_by(
        step,
        "Further fields",
        (&older.further_fields, &newer.further_fields),
        |ids| list(ids.iter().map(|id| names.field(id))),
    );
}

fn compare_bugs(found: &mut Found, names: &Names<'_>) {
    let (older, newer) = (&names.older.bugs, &names.newer.bugs);
    let step = StepId::Bugs;
    found.note_by(
        step,
        "Work item types of bugs",
        (&older.type_ids, &newer.type_ids),
        |ids| list_set(ids, |id| names.issue_type(id)),
    );
    found.note_by(
        step,
        "Severity field",
        (&older.severity_field, &newer.severity_field),
        |field| list(field.iter().map(|id| names.field(id))),
    );
    found.table(step, "Severity", (&older.severities, &newer.severities), |id| {
        name_of(&names.facts.severity_options, id)
    });
    found.note_by(
        step,
        "Source of the bug status",
        (&older.status_source, &newer.status_source),
        |source| format!("Jira {}", source.code()),
    );
    found.table(step, "Bug status", (&older.statuses, &newer.statuses), |id| {
        names.status(id)
    });
    found.table(
        step,
        "Bug status of the resolution",
        (&older.resolutions, &newer.resolutions),
        |id| name_of(&names.facts.resolutions, id),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        mapping::{BugStatus, RequirementStatus},
        test_data as data,
        wizard::BugStatusSource,
    };

    fn told(older: &Settings, newer: &Settings) -> Vec<String> {
        compare_versions(older, newer, &data::facts(), &[data::release("77", None, false)])
            .into_iter()
            .map(|one| {
                format!(
                    "{} {}: {} > {}",
                    one.step.number(),
                    one.what,
                    one.before,
                    one.after
                )
            })
            .collect()
    }

    #[test]
    fn equal_answers_do_not_differ_and_neither_do_new_names() {
        let settings = data::settings();
        let mut renamed = settings.clone();
        if let Some(project) = &mut renamed.project {
            (project.key, project.name) = ("NEW".into(), "Renamed".into());
        }
        if let Some(board) = &mut renamed.board {
            board.name = "Another name".into();
        }
        renamed
            .field_names
            .insert("customfield_1".into(), "Anything".into());
        assert_eq!(told(&settings, &settings), Vec::<String>::new());
        assert_eq!(told(&settings, &renamed), Vec::<String>::new());
    }

    #[test]
    fn every_answer_is_compared_in_the_order_of_the_steps() {
        let older = data::settings();
        let mut newer = older.clone();
        newer.project = Some(data::project("200"));
        newer.board = None;
        newer.description = "For the mobile team".into();
        newer.bug_mapping = false;
        newer.releases.archived = true;
        newer.releases.chosen.insert("77".into());
        newer.sprints.future = false;
        newer
            .priorities
            .set("unknown", Some(crate::domain::mapping::Priority::High));
        newer.requirement.date_sources = vec![DateSource::CustomField {
            id: "customfield_9".into(),
        }];
        newer.field_names.insert("customfield_9".into(), "Go-live".into());
        newer.requirement.statuses.set("1", Some(RequirementStatus::Done));
        newer.requirement.statuses.default = RequirementStatus::Cancelled;
        newer.requirement.type_ids.clear();
        newer.requirement.further_fields.push("customfield_9".into());
        newer.bugs.type_ids.insert("10".into());
        newer.bugs.severity_field = Some("customfield_2".into());
        newer.bugs.status_source = BugStatusSource::Resolution;
        newer.bugs.resolutions.set(EMPTY, Some(BugStatus::Open));
        let told = told(&older, &newer);
        let steps: Vec<&str> = told.iter().map(|line| &line[..1]).collect();
        assert!(steps.is_sorted(), "{told:#?}");
        assert_eq!(told.len(), 17, "{told:#?}");
        for line in [
            "1 Jira project: Booking (BOOK) > Booking (BOOK)",
            "1 Board: Team > none",
            "1 Description: none > For the mobile team",
            "2 Bug mapping: on > off",
            "3 Archived releases: off > on",
            "3 Releases taken by hand: none > R77",
            "3 Future sprints: on > off",
            "4 Priority unknown: not mapped > High",
            "5 Release date: Fix version date, Sprint end date, Due date > Go-live",
            "5 Requirement status To Do: not mapped > Done",
            "5 Requirement status, what is not mapped: To Do > Cancelled",
            "5 Work item types of requirements: Story > none",
            "5 Further fields: none > Go-live",
            "6 Source of the bug status: Jira status > Jira resolution",
            "6 Bug status of the resolution (empty): not mapped > Open",
        ] {
            assert!(told.contains(&line.to_owned()), "{line} in {told:#?}");
        }
    }

    #[test]
    fn the_way_back_is_the_same_with_sides_changed() {
        let older = data::settings();
        let mut newer = older.clone();
        newer.requirement.statuses.set("1", Some(RequirementStatus::Done));
        newer.bugs.type_ids.clear();
        let there = compare_versions(&older, &newer, &data::facts(), &[]);
        let back = compare_versions(&newer, &older, &data::facts(), &[]);
        assert_eq!(there.len(), 2);
        for (one, other) in there.iter().zip(&back) {
            assert_eq!(
                (&one.what, &one.before, &one.after),
                (&other.what, &other.after, &other.before)
            );
        }
    }
}
