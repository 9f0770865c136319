//! The six steps: which state each is in, what it offers, and what is missing to proceed.
//!
//! Every state that keeps a person from something carries its reason in words. Save asks for shape
//! only, so that half a draft is never lost; Proceed asks for everything. Facts that were not read
//! from Jira yet are never taken as "does not exist".

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    field_error::FieldErrors,
    jira::IssueType,
    release_date::{DateSource, MAX_SOURCES},
    text::parse_description,
    wizard::{BugStatusSource, Facts, MAX_DESCRIPTION, MAX_FURTHER_FIELDS, Settings},
};

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepId {
    /// 1: project and board.
    Project,
    /// 2: what to pull.
    Features,
    /// 3: releases and sprints.
    Iterations,
    /// 4: priorities.
    Priorities,
    /// 5: requirements.
    Requirements,
    /// 6: bugs.
    Bugs,
}

impl StepId {
    /// All steps in order.
    pub const ALL: [Self; 6] = [
        Self::Project,
        Self::Features,
        Self::Iterations,
        Self::Priorities,
        Self::Requirements,
        Self::Bugs,
    ];

    /// 1 to 6.
    pub fn number(self) -> u8 {
        match self {
            Self::Project => 1,
            Self::Features => 2,
            Self::Iterations => 3,
            Self::Priorities => 4,
            Self::Requirements => 5,
            Self::Bugs => 6,
        }
    }

    /// Last part of the step's address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Features => "features",
            Self::Iterations => "releases-and-sprints",
            Self::Priorities => "priorities",
            Self::Requirements => "requirements",
            Self::Bugs => "bugs",
        }
    }

    /// Title on pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Project => "Project and board",
            Self::Features => "What to pull",
            Self::Iterations => "Releases and sprints",
            Self::Priorities => "Priorities",
            Self::Requirements => "Requirements",
            Self::Bugs => "Bugs",
        }
    }

    /// The step of an address part.
    pub fn find(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.slug() == slug)
    }

    /// The step of a number, 1 to 6.
    pub fn find_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.number() == number)
    }
}

/// State of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum StepState {
    /// Answered.
    Done,
    /// Answered, with so many values unmapped.
    DoneWithGaps(usize),
    /// The page that is open.
    Current,
    /// Not reached yet.
    NotStarted,
    /// An earlier answer switched it off; why, and which step turns it on.
    Off(String),
    /// Something earlier is missing; what.
    Blocked(String),
}

/// A step as the stepper shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub id: StepId,
    /// State.
    pub state: StepState,
}

impl Step {
    /// Whether the stepper links to it.
    pub fn is_link(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::DoneWithGaps(_))
    }

    /// Whether its form can be answered: everything but off and blocked.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, StepState::Off(_) | StepState::Blocked(_))
    }
}

/// Why a step is off, from its answers alone.
pub fn off_reason(settings: &Settings, step: StepId) -> Option<&'static str> {
    let neither = !settings.pull_requirements && !settings.bug_mapping;
    match step {
        StepId::Project | StepId::Features => None,
        _ if neither => Some("Nothing is pulled yet. Turn on Pull requirements or Bug mapping in step 2."),
        StepId::Requirements if !settings.pull_requirements => {
            Some("Requirements are not pulled. Turn on Pull requirements in step 2.")
        }
        StepId::Bugs if !settings.bug_mapping => Some("Bugs are not pulled. Turn on Bug mapping in step 2."),
        _ => None,
    }
}

/// States of all steps. `current` is the open page, if one is; `reached` the highest step that was
/// saved, 0 to 6.
pub fn steps(settings: &Settings, facts: &Facts, current: Option<StepId>, reached: u8) -> [Step; 6] {
    StepId::ALL.map(|id| Step {
        id,
        state: state_of(settings, facts, id, current, reached),
    })
}

fn state_of(
    settings: &Settings,
    facts: &Facts,
    id: StepId,
    current: Option<StepId>,
    reached: u8,
) -> StepState {
    if id != StepId::Project && settings.project.is_none() {
        return StepState::Blocked("Choose a Jira project in step 1 first.".to_owned());
    }
    if let Some(reason) = off_reason(settings, id) {
        return StepState::Off(reason.to_owned());
    }
    if current == Some(id) {
        return StepState::Current;
    }
    if id.number() > reached {
        return StepState::NotStarted;
    }
    let mut errors = FieldErrors::new();
    check_step(settings, facts, id, &mut errors);
    if !errors.is_empty() {
        return StepState::NotStarted;
    }
    match count_gaps(settings, facts, id) {
        0 => StepState::Done,
        gaps => StepState::DoneWithGaps(gaps),
    }
}

/// The step that follows among those that are on; `None` after the last.
pub fn next_step(settings: &Settings, step: StepId) -> Option<StepId> {
    StepId::ALL
        .into_iter()
        .find(|next| *next > step && off_reason(settings, *next).is_none())
}

/// The step before among those that are on; `None` at the first.
pub fn previous_step(settings: &Settings, step: StepId) -> Option<StepId> {
    StepId::ALL
        .into_iter()
        .rev()
        .find(|before| *before < step && off_reason(settings, *before).is_none())
}

/// How many values of a step's tables are unmapped and get the default.
pub fn count_gaps(settings: &Settings, facts: &Facts, step: StepId) -> usize {
    let statuses = |type_ids: &BTreeSet<String>| -> Vec<String> {
        facts
            .statuses_of(type_ids)
            .into_iter()
            .map(|status| status.id.clone())
            .collect()
    };
    let count = |ids: &[String], unmapped: &dyn Fn(&mut dyn Iterator<Item = &str>) -> usize| {
        unmapped(&mut ids.iter().map(String::as_str))
    };
    let ids = |values: &[crate::domain::jira::NamedValue]| -> Vec<String> {
        values.iter().map(|value| value.id.clone()).collect()
    };
    match step {
        StepId::Priorities => count(&ids(&facts.priorities), &|ids| {
            settings.priorities.count_unmapped(ids)
        }),
        StepId::Requirements => {
            let table = &settings.requirement.statuses;
            count(&statuses(&settings.requirement.type_ids), &|ids| {
                table.count_unmapped(ids)
            })
        }
        StepId::Bugs => {
            let bugs = &settings.bugs;
            let severities = match bugs.severity_field {
                Some(_) => count(&ids(&facts.severity_options), &|ids| {
                    bugs.severities.count_unmapped(ids)
                }),
                None => 0,
            };
            let values = match bugs.status_source {
                BugStatusSource::Status => statuses(&bugs.type_ids),
                BugStatusSource::Resolution => ids(&facts.resolutions),
            };
            severities + count(&values, &|ids| bugs.status_table().count_unmapped(ids))
        }
        StepId::Project | StepId::Features | StepId::Iterations => 0,
    }
}

/// A work item type as step 5 or 6 offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeChoice {
    /// The type.
    pub issue_type: IssueType,
    /// Whether this step has chosen it.
    pub chosen: bool,
    /// Why it is not offered: the other step has chosen it.
    pub taken: Option<String>,
}

/// Types as a step offers them: what the other step (if it is on) has chosen is not offered.
pub fn type_choices(settings: &Settings, facts: &Facts, step: StepId) -> Vec<TypeChoice> {
    let requirement = (
        &settings.requirement.type_ids,
        settings.pull_requirements,
        5,
        "requirement",
    );
    let bug = (&settings.bugs.type_ids, settings.bug_mapping, 6, "bug");
    let (own, other) = if step == StepId::Bugs {
        (bug, requirement)
    } else {
        (requirement, bug)
    };
    facts
        .issue_types
        .iter()
        .map(|issue_type| {
            let taken = other.1 && other.0.contains(&issue_type.id);
            TypeChoice {
                issue_type: issue_type.clone(),
                chosen: own.0.contains(&issue_type.id) && !taken,
                taken: taken.then(|| {
                    format!(
                        "Chosen as a {} in step {}. Take it off there to choose it here.",
                        other.3, other.2
                    )
                }),
            }
        })
        .collect()
}

/// A source of the release date as step 5 offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceChoice {
    /// The source.
    pub source: DateSource,
    /// Words; a custom field's name.
    pub label: String,
    /// Place in the order, from 0, if chosen.
    pub place: Option<usize>,
    /// Why it is not offered.
    pub off: Option<String>,
}

/// Sources of the release date: the four of Jira, then the custom date fields of the project.
pub fn source_choices(settings: &Settings, facts: &Facts) -> Vec<SourceChoice> {
    let project_id = settings
        .project
        .as_ref()
        .map_or("", |project| project.id.as_str());
    let own = [
        DateSource::FixVersionDate,
        DateSource::SprintEndDate,
        DateSource::DueDate,
        DateSource::ResolvedDate,
    ];
    let custom = facts.date_fields(project_id).into_iter().map(|field| {
        (
            DateSource::CustomField { id: field.id.clone() },
            field.name.clone(),
        )
    });
    own.into_iter()
        .map(|source| {
            let label = source.label().to_owned();
            (source, label)
        })
        .chain(custom)
        .map(|(source, label)| SourceChoice {
            place: settings
                .requirement
                .date_sources
                .iter()
                .position(|chosen| *chosen == source),
            off: (source == DateSource::SprintEndDate)
                .then(|| settings.sprints_off_reason().map(str::to_owned))
                .flatten(),
            source,
            label,
        })
        .collect()
}

/// What is wrong, step by step; only steps with errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WizardErrors(pub Vec<(StepId, FieldErrors)>);

impl WizardErrors {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Errors of a step.
    pub fn of(&self, step: StepId) -> Option<&FieldErrors> {
        self.0
            .iter()
            .find(|(at, _)| *at == step)
            .map(|(_, errors)| errors)
    }

    /// First step with an error.
    pub fn first(&self) -> Option<StepId> {
        self.0.first().map(|(step, _)| *step)
    }

    fn collect(check: impl Fn(StepId, &mut FieldErrors)) -> Result<(), Self> {
        let mut all = Self::default();
        for step in StepId::ALL {
            let mut errors = FieldErrors::new();
            check(step, &mut errors);
            if !errors.is_empty() {
                all.0.push((step, errors));
            }
        }
        if all.is_empty() { Ok(()) } else { Err(all) }
    }
}

/// Checks what Save asks for: lengths and numbers, nothing required.
///
/// # Errors
/// Messages per step.
pub fn check_save(settings: &Settings) -> Result<(), WizardErrors> {
    WizardErrors::collect(|step, errors| check_shape(settings, step, errors))
}

/// Checks what Proceed asks for: everything needed in each step that is on.
///
/// # Errors
/// Messages per step.
pub fn check_proceed(settings: &Settings, facts: &Facts) -> Result<(), WizardErrors> {
    WizardErrors::collect(|step, errors| check_step(settings, facts, step, errors))
}

fn check_shape(settings: &Settings, step: StepId, errors: &mut FieldErrors) {
    match step {
        StepId::Project => {
            if let Err(wrong) = parse_description("description", &settings.description, MAX_DESCRIPTION) {
                errors.merge(wrong);
            }
        }
        StepId::Requirements => {
            let sources = &settings.requirement.date_sources;
            if sources.len() > MAX_SOURCES {
                errors.push(
                    "date_sources",
                    format!(
                        "{} date fields are chosen. The limit is {MAX_SOURCES}.",
                        sources.len()
                    ),
                );
            }
            if sources.iter().collect::<BTreeSet<_>>().len() < sources.len() {
                errors.push("date_sources", "A date field is chosen twice. Choose each once.");
            }
            let further = settings.requirement.further_fields.len();
            if further > MAX_FURTHER_FIELDS {
                errors.push(
                    "further_fields",
                    format!("{further} further fields are chosen. The limit is {MAX_FURTHER_FIELDS}."),
                );
            }
        }
        StepId::Bugs => {
            let both = settings
                .requirement
                .type_ids
                .intersection(&settings.bugs.type_ids)
                .next()
                .is_some();
            if both && settings.pull_requirements && settings.bug_mapping {
                errors.push(
                    "bug_types",
                    "A work item type is chosen in step 5 and here. Take it off in one of the two.",
                );
            }
        }
        StepId::Features | StepId::Iterations | StepId::Priorities => {}
    }
}

fn check_step(settings: &Settings, facts: &Facts, step: StepId, errors: &mut FieldErrors) {
    check_shape(settings, step, errors);
    if off_reason(settings, step).is_some() {
        return;
    }
    match step {
        StepId::Project => {
            if settings.project.is_none() {
                errors.push("project", "No Jira project is chosen. Choose one.");
            }
        }
        StepId::Features => {
            if !settings.pull_requirements && !settings.bug_mapping {
                errors.push(
                    "pull_requirements",
                    "Nothing is chosen. Turn on Pull requirements, Bug mapping or both.",
                );
            }
        }
        // Releases and sprints may both be off, and an unmapped value has its default.
        StepId::Iterations | StepId::Priorities => {}
        StepId::Requirements => {
            check_types(
                &settings.requirement.type_ids,
                facts,
                "requirement_types",
                "requirements",
                errors,
            );
            if settings.date_sources().is_empty() {
                errors.push(
                    "date_sources",
                    "No date field is chosen. Choose at least one that can have a value.",
                );
            }
            check_fields(settings, facts, errors);
        }
        StepId::Bugs => {
            check_types(&settings.bugs.type_ids, facts, "bug_types", "bugs", errors);
            let lost = |field: &String| facts.loaded && !facts.fields.iter().any(|known| known.id == *field);
            if settings.bugs.severity_field.as_ref().is_some_and(lost) {
                errors.push(
                    "severity_field",
                    "The severity field no longer exists in Jira. Choose another one or none.",
                );
            }
        }
    }
}

fn check_types(chosen: &BTreeSet<String>, facts: &Facts, field: &str, what: &str, errors: &mut FieldErrors) {
    if chosen.is_empty() {
        errors.push(
            field,
            format!("No work item type is chosen for {what}. Choose at least one."),
        );
        return;
    }
    let gone = chosen
        .iter()
        .filter(|id| !facts.issue_types.iter().any(|known| known.id == **id))
        .count();
    if facts.loaded && gone > 0 {
        let message = if gone == 1 {
            "A chosen work item type no longer exists in the Jira project. Take it off.".to_owned()
        } else {
            format!("{gone} chosen work item types no longer exist in the Jira project. Take them off.")
        };
        errors.push(field, message);
    }
}

fn check_fields(settings: &Settings, facts: &Facts, errors: &mut FieldErrors) {
    if !facts.loaded {
        return;
    }
    let exists = |id: &String| facts.fields.iter().any(|field| field.id == *id);
    let lost_date = settings
        .requirement
        .date_sources
        .iter()
        .any(|source| match source {
            DateSource::CustomField { id } => !exists(id),
            _ => false,
        });
    if lost_date {
        errors.push(
            "date_sources",
            "A chosen date field no longer exists in Jira. Choose another one.",
        );
    }
    if !settings.requirement.further_fields.iter().all(exists) {
        errors.push(
            "further_fields",
            "A further field no longer exists in Jira. Take it off.",
        );
    }
}

#[cfg(test)]
#[path = "wizard_steps_tests.rs"]
mod tests;
