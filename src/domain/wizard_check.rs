//! What is missing or wrong in the wizard's answers, step by step.
//!
//! Save asks for shape only, so that half a draft is never lost; Proceed asks for everything. Facts that
//! were not read from Jira yet are never taken as "does not exist".

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    field_error::FieldErrors,
    release_date::{DateSource, MAX_SOURCES},
    text::parse_description,
    wizard::{MAX_DESCRIPTION, MAX_FURTHER_FIELDS, Settings},
    wizard_facts::Facts,
    wizard_steps::{StepId, off_reason},
};

/// Step 2 without either answer.
pub const NOTHING_CHOSEN: &str = "Nothing is chosen to pull: choose Pull requirements, Bug mapping or both.";

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

/// Checks one step as Proceed does.
pub(super) fn check_step(settings: &Settings, facts: &Facts, step: StepId, errors: &mut FieldErrors) {
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
                errors.push("pull_requirements", NOTHING_CHOSEN);
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        test_data as data,
        wizard_steps::{StepState, steps},
    };

    #[test]
    fn save_asks_for_shape_only() {
        assert_eq!(check_save(&Settings::default()), Ok(()));
        let mut settings = Settings {
            description: "x".repeat(256),
            ..data::settings()
        };
        settings.requirement.date_sources = vec![DateSource::DueDate; 4];
        settings.requirement.further_fields = (0..11).map(|n| n.to_string()).collect();
        settings.bugs.type_ids.insert("10".into());
        let errors = check_save(&settings).expect_err("wrong");
        assert_eq!(errors.first(), Some(StepId::Project));
        assert_eq!(errors.of(StepId::Requirements).expect("5").len(), 2);
        assert!(errors.of(StepId::Bugs).expect("6").get("bug_types").is_some());
    }

    #[test]
    fn proceed_asks_for_everything_that_is_on() {
        assert_eq!(check_proceed(&data::settings(), &data::facts()), Ok(()));
        let errors = check_proceed(&Settings::default(), &Facts::default()).expect_err("empty");
        let named: Vec<_> = errors.0.iter().map(|(step, _)| step.number()).collect();
        assert_eq!(named, [1, 5, 6]);
        let nothing = Settings {
            pull_requirements: false,
            bug_mapping: false,
            ..data::settings()
        };
        let errors = check_proceed(&nothing, &data::facts()).expect_err("nothing");
        assert_eq!((errors.0.len(), errors.first()), (1, Some(StepId::Features)));
        // What vanished in Jira is named.
        let mut settings = data::settings();
        settings.requirement.type_ids.insert("99".into());
        settings.requirement.further_fields.push("customfield_99".into());
        settings.bugs.severity_field = Some("customfield_99".into());
        let errors = check_proceed(&settings, &data::facts()).expect_err("gone");
        assert_eq!(errors.of(StepId::Requirements).expect("5").len(), 2);
        assert!(
            errors
                .of(StepId::Bugs)
                .expect("6")
                .get("severity_field")
                .is_some()
        );
        // What was not read is not "gone".
        assert_eq!(check_proceed(&settings, &Facts::default()), Ok(()));
        // Only the sprint end date without a board is no date field at all.
        let mut settings = Settings {
            board: None,
            ..data::settings()
        };
        settings.requirement.date_sources = vec![DateSource::SprintEndDate];
        let errors = check_proceed(&settings, &data::facts()).expect_err("no date");
        assert!(
            errors
                .of(StepId::Requirements)
                .expect("5")
                .get("date_sources")
                .is_some()
        );
    }

    proptest! {
        #[test]
        fn what_proceeds_can_be_saved_and_has_no_blocked_step(
            requirements in any::<bool>(), bugs in any::<bool>(), board in any::<bool>(), both in any::<bool>(), reached in 0u8..7,
        ) {
            let mut settings = Settings { pull_requirements: requirements, bug_mapping: bugs, ..data::settings() };
            if !board { settings.board = None; }
            if both { settings.bugs.type_ids.insert("10".into()); }
            let found = steps(&settings, &data::facts(), None, reached);
            if check_proceed(&settings, &data::facts()).is_ok() {
                prop_assert!(check_save(&settings).is_ok());
                prop_assert!(found.iter().all(|step| !matches!(step.state, StepState::Blocked(_))));
            }
            for step in &found {
                prop_assert!(step.id.number() <= reached || !step.is_link());
            }
        }
    }
}
