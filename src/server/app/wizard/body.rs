//! The forms of steps 2 to 6: what the draft says, put beside what Jira has.

use std::collections::BTreeSet;

use crate::{
    api::wizard::{BugsStep, ChoiceView, IterationsStep, RequirementsStep, SingleRelease, StepBody},
    domain::{
        dates::format_date,
        field_suggestion::suggest_severity_field,
        jira::{Field, Release},
        type_suggestion::suggest_types,
        wizard::{BugStatusSource, Settings},
        wizard_facts::Facts,
        wizard_gaps::{over_but_unresolved, over_words},
        wizard_offer::{source_choices, sprints_off, type_choices},
        wizard_steps::StepId,
    },
    server::app::wizard::{
        counts::{CountBook, Counted},
        date_supply,
        lists::Looked,
        tables,
    },
};

/// Releases listed one by one in step 3.
const MOST_RELEASES: usize = 200;

/// The form of a step; that of step 1 asks Jira and is made by the page.
pub(super) fn step_body(
    settings: &Settings,
    facts: &Facts,
    looked: &Looked,
    book: &CountBook,
    step: StepId,
    only_unmapped: bool,
) -> StepBody {
    match step {
        // Step 1 is made by its own function, which asks Jira.
        StepId::Project | StepId::Features => StepBody::Features {
            requirements: settings.pull_requirements,
            bugs: settings.bug_mapping,
        },
        StepId::Iterations => StepBody::Iterations(Box::new(iterations(settings, facts, looked))),
        StepId::Priorities => {
            let values = tables::priority_values(settings, facts);
            let (table, words) = (&settings.priorities, tables::PRIORITIES);
            StepBody::Priorities(Box::new(tables::table_view(
                table,
                &values,
                words,
                book,
                only_unmapped,
            )))
        }
        StepId::Requirements => {
            let step = requirements(settings, facts, looked, book, only_unmapped);
            StepBody::Requirements(Box::new(step))
        }
        StepId::Bugs => StepBody::Bugs(Box::new(bugs(settings, facts, book, only_unmapped))),
    }
}

fn requirements(
    settings: &Settings,
    facts: &Facts,
    looked: &Looked,
    book: &CountBook,
    only_unmapped: bool,
) -> RequirementsStep {
    let statuses = tables::table_view(
        &settings.requirement.statuses,
        &tables::requirement_values(settings, facts),
        words_of(tables::REQUIREMENT_STATUSES, &settings.requirement.type_ids),
        book,
        only_unmapped,
    );
    let mut sources: Vec<String> = settings
        .requirement
        .date_sources
        .iter()
        .map(|source| source.code().to_owned())
        .collect();
    sources.resize(sources.len().max(3), String::new());
    let (types, types_estimated) = types(settings, facts, book, StepId::Requirements);
    RequirementsStep {
        sources,
        source_choices: source_choices(settings, facts)
            .into_iter()
            .map(|choice| (choice.source.code().to_owned(), choice.label, choice.off))
            .collect(),
        supply: date_supply::view(settings, facts, looked, book),
        statuses,
        sprints_off: sprints_off(settings, facts).map(|off| (off.reason, off.board_helps)),
        types,
        types_estimated,
        suggested_types: suggested_types(settings, facts, StepId::Requirements),
        further: further(settings, facts),
    }
}

fn bugs(settings: &Settings, facts: &Facts, book: &CountBook, only_unmapped: bool) -> BugsStep {
    let by_status = settings.bugs.status_source == BugStatusSource::Status;
    let words = if by_status {
        tables::BUG_STATUSES
    } else {
        tables::BUG_RESOLUTIONS
    };
    let statuses = tables::table_view(
        settings.bugs.status_table(),
        &tables::bug_values(settings, facts),
        words_of(words, &settings.bugs.type_ids),
        book,
        only_unmapped,
    );
    let severities = settings.bugs.severity_field.as_ref().map(|_| {
        tables::table_view(
            &settings.bugs.severities,
            &tables::severity_values(settings, facts),
            tables::SEVERITIES,
            book,
            only_unmapped,
        )
    });
    let (types, types_estimated) = types(settings, facts, book, StepId::Bugs);
    BugsStep {
        types,
        types_estimated,
        suggested_types: suggested_types(settings, facts, StepId::Bugs),
        severity_fields: severity_fields(settings, facts),
        suggested_field: suggest_severity_field(settings, facts)
            .map(field_label)
            .unwrap_or_default(),
        severities,
        source: settings.bugs.status_source.code().into(),
        statuses,
        looks_open: looks_open(settings, facts, book, words.prefix),
    }
}

/// What is said before Proceed of bugs that are over in Jira and would look open, and the id of the first
/// control that changes it; `prefix` begins the ids of the table.
fn looks_open(
    settings: &Settings,
    facts: &Facts,
    book: &CountBook,
    prefix: &str,
) -> Option<(String, String)> {
    let values = over_but_unresolved(settings, facts);
    let first = format!("{prefix}-{}", values.first()?.id);
    let (values, exact) = tables::bug_numbers(settings, facts, values, book);
    Some((over_words(settings, &values, exact)?, first))
}

/// Words of a table that has no rows before a type is chosen.
fn words_of(words: tables::Words, type_ids: &BTreeSet<String>) -> tables::Words {
    if type_ids.is_empty() {
        tables::Words {
            empty: tables::NO_TYPES,
            ..words
        }
    } else {
        words
    }
}

/// "Epic, Story"; once a type is chosen nobody is asked any more.
fn suggested_types(settings: &Settings, facts: &Facts, step: StepId) -> String {
    let chosen = match step {
        StepId::Bugs => &settings.bugs.type_ids,
        _ => &settings.requirement.type_ids,
    };
    if !chosen.is_empty() {
        return String::new();
    }
    let names: Vec<String> = suggest_types(settings, facts, step)
        .into_iter()
        .map(|found| found.name)
        .collect();
    names.join(", ")
}

/// The types that a step offers, and whether some of their numbers are estimates.
fn types(settings: &Settings, facts: &Facts, book: &CountBook, step: StepId) -> (Vec<ChoiceView>, bool) {
    let number = |id: &str| tables::type_query(settings, id).and_then(|jql| book.find(&jql));
    let offered = type_choices(settings, facts, step);
    let estimated = offered
        .iter()
        .filter_map(|choice| number(&choice.issue_type.id))
        .any(Counted::is_estimate);
    let views = offered
        .into_iter()
        .map(|choice| ChoiceView {
            detail: choice.remark(number(&choice.issue_type.id).map(|found| found.n)),
            id: choice.issue_type.id,
            label: choice.issue_type.name,
            disabled: choice.taken.is_some(),
            chosen: choice.chosen,
        })
        .collect();
    (views, estimated)
}

/// What tells a field from others of the same name: its id and whether it is of this project alone.
fn field_detail(field: &Field) -> String {
    match field.scope_project_id {
        Some(_) => format!("{}, of this project only", field.id),
        None => field.id.clone(),
    }
}

fn field_label(field: &Field) -> String {
    format!("{} ({})", field.name, field_detail(field))
}

fn severity_fields(settings: &Settings, facts: &Facts) -> Vec<ChoiceView> {
    let project = settings
        .project
        .as_ref()
        .map_or("", |project| project.id.as_str());
    let chosen = settings.bugs.severity_field.as_deref();
    let mut all: Vec<ChoiceView> = facts
        .severity_fields(project)
        .into_iter()
        .map(|field| ChoiceView {
            id: field.id.clone(),
            label: field_label(field),
            detail: String::new(),
            chosen: chosen == Some(field.id.as_str()),
            disabled: false,
        })
        .collect();
    // A field that Jira no longer lists stays to be seen, or saving would silently drop it.
    if let Some(lost) = chosen.filter(|id| !all.iter().any(|field| field.id == *id)) {
        let label = if facts.loaded {
            format!("{lost} (no longer in Jira)")
        } else {
            lost.to_owned()
        };
        all.push(ChoiceView {
            id: lost.into(),
            label,
            detail: String::new(),
            chosen: true,
            disabled: false,
        });
    }
    all
}

fn further(settings: &Settings, facts: &Facts) -> Vec<ChoiceView> {
    let project = settings
        .project
        .as_ref()
        .map_or("", |project| project.id.as_str());
    facts
        .further_fields(project)
        .into_iter()
        .map(|field| ChoiceView {
            id: field.id.clone(),
            label: field.name.clone(),
            detail: field_detail(field),
            chosen: settings.requirement.further_fields.contains(&field.id),
            disabled: false,
        })
        .collect()
}

fn iterations(settings: &Settings, facts: &Facts, looked: &Looked) -> IterationsStep {
    let state = |id: &str, label: &str, chosen: bool| ChoiceView {
        id: id.into(),
        label: label.into(),
        detail: String::new(),
        chosen,
        disabled: false,
    };
    let (releases, sprints) = (&settings.releases, &settings.sprints);
    let known: &[Release] = looked.lists.as_ref().map_or(&[], |lists| &lists.releases);
    let single = known
        .iter()
        .rev()
        .take(MOST_RELEASES)
        .map(|release| SingleRelease {
            id: release.id.clone(),
            name: release.name.clone(),
            detail: release_detail(release),
            choice: if releases.chosen.contains(&release.id) {
                "always"
            } else if releases.excluded.contains(&release.id) {
                "never"
            } else {
                "state"
            }
            .into(),
        })
        .collect();
    IterationsStep {
        releases: releases.enabled,
        release_states: vec![
            state("unreleased", "Unreleased", releases.unreleased),
            state("released", "Released", releases.released),
            state("archived", "Archived", releases.archived),
        ],
        single,
        more_releases: known.len().saturating_sub(MOST_RELEASES),
        sprints: sprints.enabled,
        sprints_off: sprints_off(settings, facts).map(|off| (off.reason, off.board_helps)),
        sprint_states: vec![
            state("active", "Active", sprints.active),
            state("future", "Future", sprints.future),
            state(
                "closed_recent",
                "Closed in the last 12 months",
                sprints.closed_recent,
            ),
        ],
        board: settings
            .board
            .as_ref()
            .map(|board| board.name.clone())
            .unwrap_or_default(),
    }
}

fn release_detail(release: &Release) -> String {
    let state = match (release.archived, release.released) {
        (true, _) => "archived",
        (false, true) => "released",
        (false, false) => "unreleased",
    };
    match release.release_date {
        Some(date) => format!("{state}, {}", format_date(date)),
        None => format!("{state}, no date"),
    }
}
