//! Tests of the steps.

use super::*;
use crate::domain::{
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
    assert_eq!(
        offered_next(&settings, StepId::Features),
        Some(StepId::Iterations)
    );
    settings.bug_mapping = true;
    assert_eq!(next_step(&settings, StepId::Priorities), Some(StepId::Bugs));
    assert_eq!(offered_next(&settings, StepId::Priorities), Some(StepId::Bugs));
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
fn slugs_and_numbers_come_back() {
    for (at, step) in (1u8..).zip(StepId::ALL) {
        assert_eq!(
            (step.number(), StepId::find(step.slug()), StepId::find_number(at)),
            (at, Some(step), Some(step))
        );
    }
    assert_eq!(StepId::find("proceed"), None);
}
