//! Tests of mapping one issue.

use jiff::civil::date;

use super::*;
use crate::domain::{
    dates::local_date,
    mapping::{EMPTY, Rule},
    release_date::DateSource,
    test_data as data,
};

fn map(issue: &Issue, settings: &Settings) -> Result<MirrorIssue, ScopeReason> {
    let releases = [data::release("5", Some(date(2026, 12, 1)), false)];
    let to_date = |at| local_date(at, 0);
    map_issue(
        issue,
        "raw",
        settings,
        MapContext {
            releases: &releases,
            sprints: &[],
            to_date: &to_date,
        },
    )
}

#[test]
fn a_requirement_with_its_rules() {
    let mut settings = data::settings();
    settings
        .requirement
        .statuses
        .set("1", Some(RequirementStatus::InProgress));
    settings.requirement.further_fields = vec!["customfield_9".into(), "customfield_8".into()];
    let mut issue = data::issue("1");
    issue.release_ids = vec!["5".into()];
    issue
        .custom
        .insert("customfield_9".into(), FieldValue::Number(3.0));
    let row = map(&issue, &settings).expect("in scope");
    assert_eq!(row.kind, IssueKind::Requirement);
    let chosen = Mapped {
        value: RequirementStatus::InProgress,
        rule: Rule::Chosen,
    };
    assert_eq!(row.status, MappedStatus::Requirement(chosen));
    assert_eq!(
        row.priority,
        Mapped {
            value: Priority::None,
            rule: Rule::Default
        }
    );
    assert_eq!(row.release_date.expect("date").source, DateSource::FixVersionDate);
    assert_eq!(row.further.keys().collect::<Vec<_>>(), ["customfield_9"]);
    assert_eq!(row.severity, None);
}

#[test]
fn a_bug_by_status_or_by_resolution() {
    let mut settings = data::settings();
    settings.bugs.severity_field = Some("customfield_2".into());
    settings.bugs.severities.set("70", Some(Severity::Blocker));
    settings.bugs.statuses.set("1", Some(BugStatus::InProgress));
    settings.bugs.resolutions.set("7", Some(BugStatus::Rejected));
    let mut issue = Issue {
        issue_type: data::named("20", "Bug"),
        ..data::issue("1")
    };
    issue.custom.insert(
        "customfield_2".into(),
        FieldValue::Option(data::named("70", "S1")),
    );
    let row = map(&issue, &settings).expect("bug");
    assert_eq!(row.kind, IssueKind::Bug);
    assert_eq!(row.severity.expect("severity").value, Severity::Blocker);
    assert_eq!(
        row.status,
        MappedStatus::Bug(Mapped {
            value: BugStatus::InProgress,
            rule: Rule::Chosen
        })
    );

    settings.bugs.status_source = BugStatusSource::Resolution;
    let row = map(&issue, &settings).expect("bug");
    assert_eq!(
        row.status,
        MappedStatus::Bug(Mapped {
            value: BugStatus::Open,
            rule: Rule::Empty
        })
    );
    settings.bugs.resolutions.set(EMPTY, Some(BugStatus::Closed));
    let row = map(&issue, &settings).expect("bug");
    assert_eq!(
        row.status,
        MappedStatus::Bug(Mapped {
            value: BugStatus::Closed,
            rule: Rule::Chosen
        })
    );
    issue.resolution = Some(data::named("7", "Duplicate"));
    let row = map(&issue, &settings).expect("bug");
    assert_eq!(
        row.status,
        MappedStatus::Bug(Mapped {
            value: BugStatus::Rejected,
            rule: Rule::Chosen
        })
    );
}

#[test]
fn scope_follows_project_type_and_switches() {
    let mut settings = data::settings();
    let moved = Issue {
        project_id: "200".into(),
        ..data::issue("1")
    };
    assert_eq!(
        map(&moved, &settings).expect_err("moved"),
        ScopeReason::OtherProject
    );
    let task = Issue {
        issue_type: data::named("30", "Task"),
        ..data::issue("1")
    };
    assert_eq!(
        map(&task, &settings).expect_err("task"),
        ScopeReason::TypeNotChosen
    );
    settings.pull_requirements = false;
    assert_eq!(
        map(&data::issue("1"), &settings).expect_err("off"),
        ScopeReason::TypeNotChosen
    );
    assert_eq!(
        kind_of(&data::issue("1"), &Settings::default()),
        Err(ScopeReason::OtherProject)
    );
}

#[test]
fn the_hash_follows_every_value() {
    let mut settings = data::settings();
    let issue = data::issue("1");
    let before = map(&issue, &settings).expect("row");
    assert_eq!(before, map(&issue, &settings).expect("row"));
    assert_eq!(before.mapped_hash.len(), 32);
    settings.priorities.default = Priority::Low;
    let after = map(&issue, &settings).expect("row");
    assert_ne!(before.mapped_hash, after.mapped_hash);
    let renamed = Issue {
        summary: "Other".into(),
        ..issue
    };
    assert_ne!(
        after.mapped_hash,
        map(&renamed, &settings).expect("row").mapped_hash
    );
}
