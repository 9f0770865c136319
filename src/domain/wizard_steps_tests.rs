//! Tests of the steps.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    jira::BoardKind,
    mapping::{Priority, Severity},
    test_data as data,
};

fn states(settings: &Settings, facts: &Facts, current: Option<StepId>, reached: u8) -> Vec<StepState> {
    steps(settings, facts, current, reached)
        .into_iter()
        .map(|step| step.state)
        .collect()
}

#[test]
fn a_fresh_draft_waits_for_its_project() {
    let blocked = StepState::Blocked("Choose a Jira project in step 1 first.".into());
    let found = states(&Settings::default(), &Facts::default(), Some(StepId::Project), 0);
    assert_eq!(found[0], StepState::Current);
    assert!(found[1..].iter().all(|state| *state == blocked));
}

#[test]
fn switches_turn_steps_off_with_the_reason() {
    let mut settings = data::settings();
    for (requirements, bugs, off) in [
        (true, true, vec![]),
        (true, false, vec![6]),
        (false, true, vec![5]),
        (false, false, vec![3, 4, 5, 6]),
    ] {
        (settings.pull_requirements, settings.bug_mapping) = (requirements, bugs);
        let found: Vec<u8> = steps(&settings, &data::facts(), None, 6)
            .iter()
            .filter(|step| matches!(&step.state, StepState::Off(reason) if reason.contains("step 2")))
            .map(|step| step.id.number())
            .collect();
        assert_eq!(found, off);
    }
    assert_eq!(next_step(&settings, StepId::Features), None);
    settings.bug_mapping = true;
    assert_eq!(next_step(&settings, StepId::Priorities), Some(StepId::Bugs));
    assert_eq!(previous_step(&settings, StepId::Bugs), Some(StepId::Priorities));
    assert_eq!(previous_step(&settings, StepId::Project), None);
}

#[test]
fn gaps_are_counted_over_the_values_that_can_occur() {
    use StepState::{Current, Done, DoneWithGaps};
    let mut settings = data::settings();
    let facts = data::facts();
    assert_eq!(count_gaps(&settings, &facts, StepId::Priorities), 2);
    assert_eq!(count_gaps(&settings, &facts, StepId::Requirements), 2);
    assert_eq!(count_gaps(&settings, &facts, StepId::Bugs), 2);
    settings.bugs.severity_field = Some("customfield_2".into());
    settings.bugs.severities.set("70", Some(Severity::Blocker));
    settings.bugs.status_source = BugStatusSource::Resolution;
    assert_eq!(count_gaps(&settings, &facts, StepId::Bugs), 2);
    settings.priorities.set("3", Some(Priority::Medium));
    settings.priorities.set("4", Some(Priority::Low));
    let found = states(&settings, &facts, Some(StepId::Bugs), 5);
    assert_eq!(found, [Done, Done, Done, Done, DoneWithGaps(2), Current]);
    assert_eq!(states(&settings, &facts, None, 3)[3], StepState::NotStarted);
}

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
        Some("Chosen as a requirement in step 5. Take it off there to choose it here.")
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

#[test]
fn slugs_and_numbers_come_back() {
    for (at, step) in (1u8..).zip(StepId::ALL) {
        assert_eq!(
            (step.number(), StepId::find(step.slug()), StepId::find_number(at)),
            (at, Some(step), Some(step))
        );
    }
    assert_eq!(StepId::find("proceed"), None);
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
