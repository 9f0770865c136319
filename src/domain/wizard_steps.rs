//! The six steps: which state each is in, which follows which, and how many values are unmapped.
//!
//! Every state that keeps a person from something carries its reason in words. What a step offers is in
//! `wizard_offer`, what is missing in `wizard_check`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    field_error::FieldErrors,
    wizard::{BugStatusSource, Settings},
    wizard_check::check_step,
    wizard_facts::Facts,
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

/// The step that Next names. While nothing is chosen to pull that is the one that follows whatever is chosen:
/// Next is there to be pressed, and says what is missing.
pub fn offered_next(settings: &Settings, step: StepId) -> Option<StepId> {
    let undecided = step == StepId::Features && !settings.pull_requirements && !settings.bug_mapping;
    if undecided {
        Some(StepId::Iterations)
    } else {
        next_step(settings, step)
    }
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
        // Which values can occur is not known before the types are.
        StepId::Bugs if settings.bugs.type_ids.is_empty() => 0,
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

#[cfg(test)]
#[path = "wizard_steps_tests.rs"]
mod tests;
