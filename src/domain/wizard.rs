//! The answers of the six-step wizard.
//!
//! [`Settings`] is what the draft and every proceeded version store as JSON: versioned, unknown keys
//! refused, so that an old program never silently drops an answer of a newer one. Answers that an
//! earlier choice switched off are kept (nobody wants to type them again) but have no effect: the
//! methods here say what counts. What Jira has is in `wizard_facts`, changes with consequences in
//! `wizard_change`, states of the steps in `wizard_steps`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::{
    jira::{Board, BoardKind, JiraProject, Release, Sprint, SprintState},
    mapping::{BugStatus, MappingTable, Priority, RequirementStatus, Severity},
    release_date::DateSource,
};

/// Sprints that were closed longer ago are not recent.
const CLOSED_RECENTLY: SignedDuration = SignedDuration::from_hours(365 * 24);
/// Version of the shape of [`Settings`].
pub const SETTINGS_VERSION: u32 = 1;
/// At most this many further fields.
pub const MAX_FURTHER_FIELDS: usize = 10;
/// Longest description of a configuration, in characters.
pub const MAX_DESCRIPTION: usize = 255;

/// All answers of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// [`SETTINGS_VERSION`].
    pub version: u32,
    /// Step 1: the Jira project.
    pub project: Option<JiraProject>,
    /// Step 1: the board, optional.
    pub board: Option<Board>,
    /// Step 1: what the link is for.
    pub description: String,
    /// Step 2: pull requirements.
    pub pull_requirements: bool,
    /// Step 2: pull bugs.
    pub bug_mapping: bool,
    /// Step 3: releases.
    pub releases: ReleaseSettings,
    /// Step 3: sprints.
    pub sprints: SprintSettings,
    /// Step 4: priorities.
    pub priorities: MappingTable<Priority>,
    /// Step 5: requirements.
    pub requirement: RequirementSettings,
    /// Step 6: bugs.
    pub bugs: BugSettings,
    /// Names of the custom fields that are asked for, as Jira had them at Proceed; by field id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_names: BTreeMap<String, String>,
}

/// Which releases are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each state is a choice of its own")]
pub struct ReleaseSettings {
    /// Whether releases are pulled at all.
    pub enabled: bool,
    /// Unreleased ones.
    pub unreleased: bool,
    /// Released ones.
    pub released: bool,
    /// Archived ones.
    pub archived: bool,
    /// Left out by hand although their state is chosen; Jira ids.
    pub excluded: BTreeSet<String>,
    /// Taken by hand although their state is not chosen; Jira ids.
    pub chosen: BTreeSet<String>,
}

impl Default for ReleaseSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            unreleased: true,
            released: true,
            archived: false,
            excluded: BTreeSet::new(),
            chosen: BTreeSet::new(),
        }
    }
}

impl ReleaseSettings {
    /// Whether a release is shown. A choice by hand wins over the states; archived counts before
    /// released.
    pub fn selects(&self, release: &Release) -> bool {
        if !self.enabled || self.excluded.contains(&release.id) {
            return false;
        }
        let by_state = if release.archived {
            self.archived
        } else if release.released {
            self.released
        } else {
            self.unreleased
        };
        by_state || self.chosen.contains(&release.id)
    }
}

/// Which sprints are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each state is a choice of its own")]
pub struct SprintSettings {
    /// Whether sprints are pulled at all.
    pub enabled: bool,
    /// Active ones.
    pub active: bool,
    /// Future ones.
    pub future: bool,
    /// Those closed within the last 12 months.
    pub closed_recent: bool,
}

impl Default for SprintSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            active: true,
            future: true,
            closed_recent: true,
        }
    }
}

impl SprintSettings {
    /// The moment 12 months before `now`: what was closed earlier is not recent.
    pub fn closed_since(now: Timestamp) -> Timestamp {
        now.saturating_sub(CLOSED_RECENTLY)
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Whether a sprint is shown. `closed_since` is the moment 12 months ago; a closed sprint
    /// without any date is taken, since nothing says that it is old.
    pub fn selects(&self, sprint: &Sprint, closed_since: Timestamp) -> bool {
        self.enabled
            && match sprint.state {
                SprintState::Active => self.active,
                SprintState::Future => self.future,
                SprintState::Closed => {
                    let end = sprint.completed_at.or(sprint.end_at);
                    self.closed_recent && end.is_none_or(|end| end >= closed_since)
                }
            }
    }
}

/// Answers of step 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementSettings {
    /// Sources of the release date in order, at most three.
    pub date_sources: Vec<DateSource>,
    /// Jira status to state.
    pub statuses: MappingTable<RequirementStatus>,
    /// Work item types that are requirements; Jira ids.
    pub type_ids: BTreeSet<String>,
    /// Further fields to mirror and show, in order, at most ten; field ids.
    pub further_fields: Vec<String>,
}

impl Default for RequirementSettings {
    fn default() -> Self {
        Self {
            date_sources: vec![
                DateSource::FixVersionDate,
                DateSource::SprintEndDate,
                DateSource::DueDate,
            ],
            statuses: MappingTable::default(),
            type_ids: BTreeSet::new(),
            further_fields: Vec::new(),
        }
    }
}

/// Where a bug's state comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BugStatusSource {
    /// Jira status.
    #[default]
    Status,
    /// Jira resolution; the empty one is a row of its own.
    Resolution,
}

impl BugStatusSource {
    /// Stable text for forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Resolution => "resolution",
        }
    }

    /// The source of a form code.
    pub fn find(code: &str) -> Option<Self> {
        [Self::Status, Self::Resolution]
            .into_iter()
            .find(|source| source.code() == code)
    }
}

/// Answers of step 6. Statuses and resolutions have a table each, so that trying the other source
/// loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BugSettings {
    /// Work item types that are bugs; Jira ids.
    pub type_ids: BTreeSet<String>,
    /// Field that holds the severity; none means bugs have no severity.
    pub severity_field: Option<String>,
    /// Option of that field to severity.
    pub severities: MappingTable<Severity>,
    /// Which of the two tables below counts.
    pub status_source: BugStatusSource,
    /// Jira status to state.
    pub statuses: MappingTable<BugStatus>,
    /// Jira resolution to state.
    pub resolutions: MappingTable<BugStatus>,
}

impl BugSettings {
    /// The status table that counts.
    pub fn status_table(&self) -> &MappingTable<BugStatus> {
        match self.status_source {
            BugStatusSource::Status => &self.statuses,
            BugStatusSource::Resolution => &self.resolutions,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: SETTINGS_VERSION,
            project: None,
            board: None,
            description: String::new(),
            pull_requirements: true,
            bug_mapping: true,
            releases: ReleaseSettings::default(),
            sprints: SprintSettings::default(),
            priorities: MappingTable::default(),
            requirement: RequirementSettings::default(),
            bugs: BugSettings::default(),
            field_names: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Why sprints cannot be pulled, if so; `wizard_offer::sprints_off` says it with what Jira has.
    pub fn sprints_off_reason(&self) -> Option<&'static str> {
        match &self.board {
            None => Some("Sprints come from a board. Choose a board in step 1 to pull them."),
            Some(board) if board.kind == BoardKind::Kanban => Some(
                "The chosen board is a Kanban board, which has no sprints. Choose a Scrum board in step 1.",
            ),
            Some(_) => None,
        }
    }

    /// Whether sprints are pulled: switched on and possible.
    pub fn pulls_sprints(&self) -> bool {
        self.sprints.enabled && self.sprints_off_reason().is_none()
    }

    /// Sources of the release date that count: without a board the sprint end date does not.
    pub fn date_sources(&self) -> Vec<DateSource> {
        let sprints_off = self.sprints_off_reason().is_some();
        let counts = |source: &&DateSource| !(sprints_off && **source == DateSource::SprintEndDate);
        self.requirement
            .date_sources
            .iter()
            .filter(counts)
            .cloned()
            .collect()
    }

    /// Types of both kinds that are switched on.
    pub fn wanted_type_ids(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        if self.pull_requirements {
            ids.extend(self.requirement.type_ids.iter().cloned());
        }
        if self.bug_mapping {
            ids.extend(self.bugs.type_ids.iter().cloned());
        }
        ids
    }

    /// Custom fields that have to be asked of Jira for every issue, without repetition.
    pub fn wanted_field_ids(&self) -> BTreeSet<String> {
        let mut ids: BTreeSet<String> = self.requirement.further_fields.iter().cloned().collect();
        if self.pull_requirements {
            ids.extend(
                self.requirement
                    .date_sources
                    .iter()
                    .filter_map(|source| match source {
                        DateSource::CustomField { id } => Some(id.clone()),
                        _ => None,
                    }),
            );
        }
        if self.bug_mapping {
            ids.extend(self.bugs.severity_field.clone());
        }
        ids
    }

    /// Name of a custom field, or its id when Jira never told the name.
    pub fn field_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.field_names.get(id).map_or(id, String::as_str)
    }
}

#[cfg(test)]
#[path = "wizard_tests.rs"]
mod tests;
