//! Tests of the wizard's answers.

use jiff::civil::date;

use super::*;
use crate::domain::test_data as data;

#[test]
fn settings_survive_json_and_refuse_unknown_keys() {
    let mut settings = data::settings();
    settings.requirement.date_sources.push(DateSource::CustomField {
        id: "customfield_1".into(),
    });
    settings.priorities.set("3", Some(Priority::High));
    let json = serde_json::to_string(&settings).expect("json");
    assert_eq!(serde_json::from_str::<Settings>(&json).expect("back"), settings);
    let odd = json.replacen("{\"version\":1", "{\"version\":1,\"new_answer\":true", 1);
    assert_ne!(odd, json);
    assert!(serde_json::from_str::<Settings>(&odd).is_err());
}

#[test]
fn releases_by_state_and_by_hand() {
    let mut settings = ReleaseSettings::default();
    let unreleased = data::release("1", Some(date(2026, 12, 1)), false);
    let released = data::release("2", None, true);
    let archived = Release {
        archived: true,
        ..data::release("3", None, true)
    };
    let shown = |settings: &ReleaseSettings| {
        [&unreleased, &released, &archived].map(|release| settings.selects(release))
    };
    assert_eq!(shown(&settings), [true, true, false]);
    settings.chosen.insert("3".into());
    settings.excluded.insert("1".into());
    assert_eq!(shown(&settings), [false, true, true]);
    settings.enabled = false;
    assert_eq!(shown(&settings), [false, false, false]);
}

#[test]
fn sprints_by_state_and_age() {
    let settings = SprintSettings::default();
    let since = data::at("2025-11-22T00:00:00Z");
    for (sprint, shown) in [
        (data::sprint(1, SprintState::Active, None), true),
        (data::sprint(2, SprintState::Future, None), true),
        (
            data::sprint(3, SprintState::Closed, Some("2026-01-01T00:00:00Z")),
            true,
        ),
        (
            data::sprint(4, SprintState::Closed, Some("2025-01-01T00:00:00Z")),
            false,
        ),
        (data::sprint(5, SprintState::Closed, None), true),
    ] {
        assert_eq!(settings.selects(&sprint, since), shown, "{}", sprint.name);
    }
}

#[test]
fn without_a_scrum_board_there_are_no_sprints() {
    let mut settings = data::settings();
    assert!(settings.pulls_sprints());
    assert!(settings.date_sources().contains(&DateSource::SprintEndDate));
    settings.board = Some(data::board(BoardKind::Kanban));
    assert!(settings.sprints_off_reason().expect("off").contains("Kanban"));
    settings.board = None;
    assert!(!settings.pulls_sprints());
    assert_eq!(
        settings.date_sources(),
        [DateSource::FixVersionDate, DateSource::DueDate]
    );
    // The answer itself is kept for the day a board is chosen again.
    assert_eq!(settings.requirement.date_sources.len(), 3);
}

#[test]
fn what_has_to_be_asked_of_jira() {
    let mut settings = data::settings();
    settings.bugs.severity_field = Some("customfield_2".into());
    settings.requirement.further_fields = vec!["customfield_9".into()];
    settings.requirement.date_sources.push(DateSource::CustomField {
        id: "customfield_1".into(),
    });
    let ids: Vec<_> = settings.wanted_field_ids().into_iter().collect();
    assert_eq!(ids, ["customfield_1", "customfield_2", "customfield_9"]);
    settings.bug_mapping = false;
    assert_eq!(settings.wanted_type_ids().into_iter().collect::<Vec<_>>(), ["10"]);
    assert!(!settings.wanted_field_ids().contains("customfield_2"));
}
