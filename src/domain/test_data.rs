//! Small values of Jira for the tests of this folder: plain, with one thing set at a time.

use jiff::{Timestamp, civil::Date};

use crate::domain::{
    jira::{
        Board, BoardKind, Field, FieldKind, Issue, IssueType, JiraProject, NamedValue, Release, Sprint,
        SprintState, Status, StatusCategory,
    },
    rich_text::RichText,
    wizard::Settings,
    wizard_facts::Facts,
};

pub fn named(id: &str, name: &str) -> NamedValue {
    NamedValue {
        id: id.into(),
        name: name.into(),
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("timestamp")
}

pub fn release(id: &str, date: Option<Date>, released: bool) -> Release {
    Release {
        id: id.into(),
        name: format!("R{id}"),
        description: String::new(),
        start_date: None,
        release_date: date,
        released,
        archived: false,
    }
}

pub fn sprint(id: i64, state: SprintState, end: Option<&str>) -> Sprint {
    Sprint {
        id,
        name: format!("S{id}"),
        state,
        start_at: None,
        end_at: end.map(at),
        completed_at: None,
        goal: String::new(),
        board_id: Some(1),
    }
}

/// A story of project 100, in status 1.
pub fn issue(id: &str) -> Issue {
    Issue {
        id: id.into(),
        key: format!("BOOK-{id}"),
        project_id: "100".into(),
        issue_type: named("10", "Story"),
        summary: "Pay by invoice".into(),
        description: RichText::default(),
        status: named("1", "To Do"),
        status_category: StatusCategory::ToDo,
        priority: Some(named("3", "Medium")),
        resolution: None,
        assignee: None,
        reporter: None,
        labels: vec![],
        components: vec![],
        release_ids: vec![],
        sprint_ids: vec![],
        parent_key: None,
        secured: false,
        due_date: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        resolved_at: None,
        custom: std::collections::BTreeMap::new(),
    }
}

pub fn project(id: &str) -> JiraProject {
    JiraProject {
        id: id.into(),
        key: "BOOK".into(),
        name: "Booking".into(),
    }
}

pub fn board(kind: BoardKind) -> Board {
    Board {
        id: 1,
        name: "Team".into(),
        kind,
    }
}

/// Project 100 with a Scrum board, stories (10) as requirements, bugs (20) as bugs.
pub fn settings() -> Settings {
    let mut settings = Settings {
        project: Some(project("100")),
        board: Some(board(BoardKind::Scrum)),
        ..Settings::default()
    };
    settings.requirement.type_ids.insert("10".into());
    settings.bugs.type_ids.insert("20".into());
    settings
}

pub fn facts() -> Facts {
    let issue_type = |id: &str, name: &str| IssueType {
        id: id.into(),
        name: name.into(),
        subtask: false,
    };
    let status = |id: &str, name: &str, category, types: &[&str]| Status {
        id: id.into(),
        name: name.into(),
        category,
        issue_type_ids: types.iter().map(ToString::to_string).collect(),
    };
    let field = |id: &str, name: &str, kind, scope: Option<&str>| Field {
        id: id.into(),
        name: name.into(),
        custom: true,
        kind,
        scope_project_id: scope.map(Into::into),
    };
    Facts {
        loaded: true,
        board_kinds: vec![BoardKind::Scrum, BoardKind::Kanban],
        issue_types: vec![
            issue_type("10", "Story"),
            issue_type("20", "Bug"),
            issue_type("30", "Task"),
        ],
        statuses: vec![
            status("1", "To Do", StatusCategory::ToDo, &["10", "20"]),
            status("2", "Done", StatusCategory::Done, &["10"]),
            status("3", "Fixed", StatusCategory::Done, &["20"]),
        ],
        priorities: vec![named("3", "Medium"), named("4", "Low")],
        resolutions: vec![named("7", "Fixed")],
        fields: vec![
            field("customfield_1", "Go live", FieldKind::Date, None),
            field("customfield_2", "Severity", FieldKind::Option, None),
            field("customfield_3", "Severity", FieldKind::Option, Some("999")),
        ],
        severity_options: vec![named("70", "S1"), named("71", "S2")],
    }
}
