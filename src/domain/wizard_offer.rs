//! What steps 5 and 6 offer to choose from, and why something is not offered.

use serde::{Deserialize, Serialize};

use crate::domain::{
    jira::{BoardKind, IssueType},
    numbers::{counted, grouped},
    release_date::DateSource,
    suggestion::fold,
    text::capitalised,
    wizard::Settings,
    wizard_facts::Facts,
    wizard_steps::StepId,
};

/// A work item type as step 5 or 6 offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeChoice {
    /// The type.
    pub issue_type: IssueType,
    /// Whether this step has chosen it.
    pub chosen: bool,
    /// Why it is not offered, the other step has chosen it: "pulled as bugs in step 6".
    pub taken: Option<String>,
}

impl TypeChoice {
    /// What is said beside the name: how many there are, where that is known, and where another step pulls
    /// them, or that it is a sub-task where the name does not say it.
    pub fn remark(&self, number: Option<u64>) -> String {
        if let Some(taken) = &self.taken {
            return match number {
                Some(number) => format!("{}, {taken}", grouped(number)),
                None => capitalised(taken),
            };
        }
        let name = fold(&self.issue_type.name).replace(' ', "");
        let says_subtask = name.contains("subtask") || !self.issue_type.subtask;
        let number = number.map(|number| counted(number, "work item", "work items"));
        match (says_subtask, number) {
            (true, number) => number.unwrap_or_default(),
            (false, Some(number)) => format!("Sub-task, {number}"),
            (false, None) => "Sub-task".into(),
        }
    }
}

/// Types as a step offers them: what the other step (if it is on) has chosen is not offered.
pub fn type_choices(settings: &Settings, facts: &Facts, step: StepId) -> Vec<TypeChoice> {
    let requirement = (
        &settings.requirement.type_ids,
        settings.pull_requirements,
        5,
        "requirements",
    );
    let bug = (&settings.bugs.type_ids, settings.bug_mapping, 6, "bugs");
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
                taken: taken.then(|| format!("pulled as {} in step {}", other.3, other.2)),
            }
        })
        .collect()
}

/// Why sprints cannot be pulled, and whether another board would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SprintsOff {
    /// The reason, and what happens instead or what to do.
    pub reason: String,
    /// Whether choosing a board in step 1 turns them on.
    pub board_helps: bool,
}

/// As [`Settings::sprints_off_reason`], with advice that can be followed: a project without a board that has
/// sprints is not sent to step 1 for one.
pub fn sprints_off(settings: &Settings, facts: &Facts) -> Option<SprintsOff> {
    let reason = settings.sprints_off_reason()?;
    let has_sprints = |kind: &BoardKind| *kind != BoardKind::Kanban;
    if !facts.loaded || facts.board_kinds.iter().any(has_sprints) {
        return Some(SprintsOff {
            reason: reason.to_owned(),
            board_helps: true,
        });
    }
    Some(SprintsOff {
        reason:
            "This Jira project has no Scrum board, so it has no sprints to pull. Work items come without \
                 sprints, and another field sets the release date."
                .to_owned(),
        board_helps: false,
    })
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
                .then(|| sprints_off(settings, facts).map(|off| off.reason))
                .flatten(),
            source,
            label,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{jira::BoardKind, test_data as data};

    #[test]
    fn a_type_is_offered_in_one_step_only() {
        let settings = data::settings();
        let facts = data::facts();
        let rows = |settings: &Settings, step| -> Vec<(String, bool, bool)> {
            type_choices(settings, &facts, step)
                .into_iter()
                .map(|choice| (choice.issue_type.name, choice.chosen, choice.taken.is_some()))
                .collect()
        };
        let row = |name: &str, chosen, taken| (name.to_owned(), chosen, taken);
        assert_eq!(
            rows(&settings, StepId::Requirements),
            [
                row("Story", true, false),
                row("Bug", false, true),
                row("Task", false, false)
            ]
        );
        assert_eq!(
            rows(&settings, StepId::Bugs),
            [
                row("Story", false, true),
                row("Bug", true, false),
                row("Task", false, false)
            ]
        );
        // Off again, the other step holds nothing back.
        let settings = Settings {
            pull_requirements: false,
            ..settings
        };
        assert_eq!(rows(&settings, StepId::Bugs)[0], row("Story", false, false));
        let choices = type_choices(&data::settings(), &facts, StepId::Bugs);
        assert_eq!(
            choices[0].taken.as_deref(),
            Some("pulled as requirements in step 5")
        );
    }

    #[test]
    fn sprint_end_is_not_offered_without_a_board() {
        let mut settings = data::settings();
        let off = |settings: &Settings| {
            source_choices(settings, &data::facts())
                .into_iter()
                .filter(|choice| choice.off.is_some())
                .count()
        };
        assert_eq!(off(&settings), 0);
        settings.board = Some(data::board(BoardKind::Kanban));
        assert_eq!(off(&settings), 1);
        let choices = source_choices(&settings, &data::facts());
        assert_eq!(choices.last().expect("custom").label, "Go live");
        assert_eq!(choices[0].place, Some(0));
    }

    #[test]
    fn nobody_is_sent_for_a_board_that_does_not_exist() {
        let mut settings = data::settings();
        let mut facts = data::facts();
        assert_eq!(sprints_off(&settings, &facts), None);
        settings.board = Some(data::board(BoardKind::Kanban));
        let off = sprints_off(&settings, &facts).expect("off");
        assert!(off.board_helps && off.reason.contains("Choose a Scrum board in step 1"));
        for kinds in [vec![], vec![BoardKind::Kanban]] {
            facts.board_kinds = kinds;
            let off = sprints_off(&settings, &facts).expect("off");
            assert!(
                !off.board_helps && off.reason.contains("has no Scrum board"),
                "{}",
                off.reason
            );
        }
        settings.board = None;
        assert!(!sprints_off(&settings, &facts).expect("off").board_helps);
        // What was not read is not "none".
        assert!(
            sprints_off(&settings, &Facts::default())
                .expect("off")
                .board_helps
        );
    }

    #[test]
    fn a_sub_task_is_called_so_once() {
        let choice = |name: &str, subtask| {
            let issue_type = IssueType {
                id: "1".into(),
                name: name.into(),
                subtask,
            };
            TypeChoice {
                issue_type,
                chosen: false,
                taken: None,
            }
        };
        let remark = |name: &str, subtask| choice(name, subtask).remark(None);
        assert_eq!(remark("Sub-task", true), "");
        assert_eq!(remark("Subtask", true), "");
        assert_eq!(remark("Review sub-task", true), "");
        assert_eq!(remark("Unteraufgabe", true), "Sub-task");
        assert_eq!(remark("Story", false), "");
        let counted = |name: &str, subtask| choice(name, subtask).remark(Some(3));
        assert_eq!(counted("Story", false), "3 work items");
        assert_eq!(choice("Story", false).remark(Some(1)), "1 work item");
        assert_eq!(counted("Unteraufgabe", true), "Sub-task, 3 work items");
        let taken = Some("pulled as bugs in step 6".to_owned());
        let taken = TypeChoice {
            taken,
            ..choice("Bug", false)
        };
        assert_eq!(taken.remark(None), "Pulled as bugs in step 6");
        assert_eq!(taken.remark(Some(1_070)), "1,070, pulled as bugs in step 6");
    }
}
