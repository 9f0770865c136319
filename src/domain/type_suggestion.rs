//! Which work item types are probably requirements, and which bugs, by their names.
//!
//! A suggestion is offered and never applied by itself. Names are compared folded, word
//! by word, in English and German. Sub-tasks are parts of something else and never suggested, and neither
//! is what the other step has chosen.

use crate::domain::{
    jira::IssueType, suggestion::fold, wizard::Settings, wizard_facts::Facts, wizard_offer::type_choices,
    wizard_steps::StepId,
};

const REQUIREMENT: &[&str] = &[
    "epic",
    "story",
    "requirement",
    "feature",
    "improvement",
    "epos",
    "anforderung",
    "verbesserung",
];
const BUG: &[&str] = &["bug", "defect", "incident", "fehler", "defekt", "storung"];

/// Types that step 5 or 6 may choose, in Jira's order; for other steps none.
pub fn suggest_types(settings: &Settings, facts: &Facts, step: StepId) -> Vec<IssueType> {
    let words = match step {
        StepId::Requirements => REQUIREMENT,
        StepId::Bugs => BUG,
        StepId::Project | StepId::Features | StepId::Iterations | StepId::Priorities => return Vec::new(),
    };
    let speaks = |issue_type: &IssueType| {
        let folded = fold(&issue_type.name);
        folded.split(' ').any(|part| words.contains(&part))
    };
    type_choices(settings, facts, step)
        .into_iter()
        .filter(|choice| choice.taken.is_none())
        .map(|choice| choice.issue_type)
        .filter(|issue_type| !issue_type.subtask && speaks(issue_type))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let types = [
            ("1", "User Story", false),
            ("2", "Störung", false),
            ("3", "Bug", false),
            ("4", "Bug sub-task", true),
            ("5", "Task", false),
            ("6", "Storyboard", false),
        ];
        Facts {
            loaded: true,
            issue_types: types
                .into_iter()
                .map(|(id, name, subtask)| IssueType {
                    id: id.into(),
                    name: name.into(),
                    subtask,
                })
                .collect(),
            ..Facts::default()
        }
    }

    fn ids(settings: &Settings, step: StepId) -> Vec<String> {
        suggest_types(settings, &facts(), step)
            .into_iter()
            .map(|found| found.id)
            .collect()
    }

    #[test]
    fn names_speak_for_requirements_and_bugs() {
        let mut settings = Settings::default();
        assert_eq!(ids(&settings, StepId::Requirements), ["1"]);
        assert_eq!(ids(&settings, StepId::Bugs), ["2", "3"]);
        assert!(ids(&settings, StepId::Priorities).is_empty());
        settings.requirement.type_ids.insert("3".into());
        assert_eq!(
            ids(&settings, StepId::Bugs),
            ["2"],
            "what the other step has is left to it"
        );
    }
}
