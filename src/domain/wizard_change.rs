//! Changing the wizard's answers where one change has consequences for others.
//!
//! Another project or another severity field takes answers away that hold ids of the old one; what went
//! is named in return, so that the page can say it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    jira::{Field, JiraProject},
    release_date::DateSource,
    wizard::Settings,
};

/// An answer that a change of project takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetAnswer {
    /// The board.
    Board,
    /// Releases chosen or left out by hand.
    Releases,
    /// Work item types of requirements.
    RequirementTypes,
    /// Work item types of bugs.
    BugTypes,
    /// Priority rows.
    Priorities,
    /// Status rows of requirements.
    RequirementStatuses,
    /// Status and resolution rows of bugs.
    BugStatuses,
    /// Severity field and its rows.
    Severity,
    /// Custom date fields among the sources of the release date.
    DateFields,
    /// Further fields.
    FurtherFields,
}

impl ResetAnswer {
    /// All, in the order of the steps.
    pub const ALL: [Self; 10] = [
        Self::Board,
        Self::Releases,
        Self::RequirementTypes,
        Self::BugTypes,
        Self::Priorities,
        Self::RequirementStatuses,
        Self::BugStatuses,
        Self::Severity,
        Self::DateFields,
        Self::FurtherFields,
    ];

    /// Words for the notice.
    pub fn label(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Releases => "releases chosen by hand",
            Self::RequirementTypes => "work item types of requirements",
            Self::BugTypes => "work item types of bugs",
            Self::Priorities => "priority mapping",
            Self::RequirementStatuses => "requirement status mapping",
            Self::BugStatuses => "bug status mapping",
            Self::Severity => "severity field and mapping",
            Self::DateFields => "custom date fields",
            Self::FurtherFields => "further fields",
        }
    }
}

impl Settings {
    /// Keeps the names of the custom fields that are asked for, so that pages need not ask Jira.
    pub fn keep_field_names(&mut self, fields: &[Field]) {
        let wanted = self.wanted_field_ids();
        self.field_names = fields
            .iter()
            .filter(|field| wanted.contains(&field.id))
            .map(|field| (field.id.clone(), field.name.clone()))
            .collect();
    }

    /// Puts another project in and takes away the answers that belonged to the old one, which are
    /// named in return. The same project (by id) only refreshes key and name. Answers without a project are of one
    /// that was taken away.
    pub fn change_project(&mut self, project: JiraProject) -> Vec<ResetAnswer> {
        let same = self.project.as_ref().is_some_and(|old| old.id == project.id);
        self.project = Some(project);
        if same {
            Vec::new()
        } else {
            self.reset_after_project_change()
        }
    }

    /// Takes away all answers that hold ids of the old project; names those that were not empty.
    pub fn reset_after_project_change(&mut self) -> Vec<ResetAnswer> {
        use ResetAnswer as R;
        let requirement = &self.requirement;
        let bugs = &self.bugs;
        let custom_dates = |source: &DateSource| matches!(source, DateSource::CustomField { .. });
        let lost = [
            (R::Board, self.board.is_some()),
            (
                R::Releases,
                !self.releases.chosen.is_empty() || !self.releases.excluded.is_empty(),
            ),
            (R::RequirementTypes, !requirement.type_ids.is_empty()),
            (R::BugTypes, !bugs.type_ids.is_empty()),
            (R::Priorities, !self.priorities.by_id.is_empty()),
            (R::RequirementStatuses, !requirement.statuses.by_id.is_empty()),
            (
                R::BugStatuses,
                !bugs.statuses.by_id.is_empty() || !bugs.resolutions.by_id.is_empty(),
            ),
            (R::Severity, bugs.severity_field.is_some()),
            (R::DateFields, requirement.date_sources.iter().any(custom_dates)),
            (R::FurtherFields, !requirement.further_fields.is_empty()),
        ];
        self.board = None;
        self.releases.chosen.clear();
        self.releases.excluded.clear();
        self.priorities.by_id.clear();
        self.requirement.type_ids.clear();
        self.requirement.statuses.by_id.clear();
        self.requirement
            .date_sources
            .retain(|source| !custom_dates(source));
        self.requirement.further_fields.clear();
        self.bugs.type_ids.clear();
        self.bugs.severity_field = None;
        self.bugs.severities.by_id.clear();
        self.bugs.statuses.by_id.clear();
        self.bugs.resolutions.by_id.clear();
        lost.into_iter()
            .filter(|(_, had)| *had)
            .map(|(answer, _)| answer)
            .collect()
    }

    /// Chooses the severity field; another field takes the old one's rows away and returns true.
    pub fn change_severity_field(&mut self, field: Option<String>) -> bool {
        let changed = self.bugs.severity_field != field;
        let lost = changed && !self.bugs.severities.by_id.is_empty();
        if changed {
            self.bugs.severities.by_id.clear();
            self.bugs.severity_field = field;
        }
        lost
    }

    /// Moves a date source one place up or down; out of range changes nothing.
    pub fn move_date_source(&mut self, at: usize, up: bool) {
        let sources = &mut self.requirement.date_sources;
        let other = if up { at.checked_sub(1) } else { at.checked_add(1) };
        if let Some(other) = other.filter(|other| *other < sources.len() && at < sources.len()) {
            sources.swap(at, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{mapping::Priority, test_data as data};

    #[test]
    fn another_project_takes_its_answers_away_and_names_them() {
        use ResetAnswer::{Board, BugTypes, DateFields, Priorities, RequirementTypes, Severity};
        let mut settings = data::settings();
        settings.priorities.set("3", Some(Priority::High));
        settings.bugs.severity_field = Some("customfield_2".into());
        settings.requirement.date_sources = vec![
            DateSource::DueDate,
            DateSource::CustomField {
                id: "customfield_1".into(),
            },
        ];
        settings.description = "kept".into();
        let renamed = JiraProject {
            key: "NEW".into(),
            ..data::project("100")
        };
        assert_eq!(settings.change_project(renamed), []);
        let lost = settings.change_project(data::project("200"));
        assert_eq!(
            lost,
            [
                Board,
                RequirementTypes,
                BugTypes,
                Priorities,
                Severity,
                DateFields
            ]
        );
        assert_eq!(settings.requirement.date_sources, [DateSource::DueDate]);
        assert_eq!(settings.description, "kept");
        assert_eq!(settings.reset_after_project_change(), []);
    }

    #[test]
    fn moving_date_sources_and_changing_the_severity_field() {
        let mut settings = Settings::default();
        settings.move_date_source(2, true);
        settings.move_date_source(0, true);
        settings.move_date_source(2, false);
        settings.move_date_source(9, true);
        let codes: Vec<_> = settings
            .requirement
            .date_sources
            .iter()
            .map(DateSource::code)
            .collect();
        assert_eq!(codes, ["fix_version_date", "due_date", "sprint_end_date"]);
        assert!(!settings.change_severity_field(Some("customfield_2".into())));
        settings
            .bugs
            .severities
            .set("70", Some(crate::domain::mapping::Severity::Minor));
        assert!(!settings.change_severity_field(Some("customfield_2".into())));
        assert!(settings.change_severity_field(None));
        assert!(settings.bugs.severities.by_id.is_empty());
    }
}
