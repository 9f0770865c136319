//! Table and property tests of release dates.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::{dates::local_date, test_data as data};

fn to_date(at: Timestamp) -> Date {
    local_date(at, 0)
}

fn why(
    issue: &Issue,
    source: DateSource,
    releases: &[Release],
    sprints: &[Sprint],
) -> (Option<Date>, String) {
    let found = consider(issue, &[source], releases, sprints, &to_date).remove(0);
    assert_eq!(found.used, found.date.is_some());
    (found.date, found.why)
}

#[test]
fn fix_version_counts_the_earliest_unreleased_else_the_latest_released() {
    let releases = [
        data::release("1", Some(date(2026, 12, 1)), false),
        data::release("2", Some(date(2026, 11, 1)), false),
        data::release("3", Some(date(2026, 1, 1)), true),
        data::release("4", Some(date(2026, 2, 1)), true),
        data::release("5", None, false),
    ];
    for (ids, expected, words) in [
        (
            vec!["1", "2", "3"],
            Some(date(2026, 11, 1)),
            "release R2, the earliest unreleased one with a date",
        ),
        (
            vec!["3", "4", "5"],
            Some(date(2026, 2, 1)),
            "release R4, the latest released one",
        ),
        (vec!["1"], Some(date(2026, 12, 1)), "release R1"),
        (vec!["5"], None, "release R5 has no date"),
        (vec![], None, "no fix version"),
        (vec!["99"], None, "its fix version is not known here"),
    ] {
        let issue = Issue {
            release_ids: ids.iter().map(ToString::to_string).collect(),
            ..data::issue("1")
        };
        assert_eq!(
            why(&issue, DateSource::FixVersionDate, &releases, &[]),
            (expected, words.to_owned())
        );
    }
}

#[test]
fn sprint_counts_active_then_next_future_then_last_closed() {
    use SprintState::{Active, Closed, Future};
    let sprints = [
        data::sprint(1, Closed, Some("2026-10-01T12:00:00Z")),
        data::sprint(2, Closed, Some("2026-10-15T12:00:00Z")),
        data::sprint(3, Active, Some("2026-11-30T12:00:00Z")),
        data::sprint(4, Future, Some("2026-12-14T12:00:00Z")),
        data::sprint(5, Future, Some("2026-12-28T12:00:00Z")),
        data::sprint(6, Active, None),
    ];
    for (ids, expected, words) in [
        (
            vec![1, 2, 3, 4],
            Some(date(2026, 11, 30)),
            "S3, the active sprint",
        ),
        (
            vec![1, 5, 4],
            Some(date(2026, 12, 14)),
            "S4, the next future sprint",
        ),
        (vec![6, 4], Some(date(2026, 12, 14)), "S4, the next future sprint"),
        (vec![1, 2], Some(date(2026, 10, 15)), "S2, the last closed sprint"),
        (vec![6], None, "S6 has no end date"),
        (vec![], None, "in no sprint"),
        (vec![77], None, "its sprint is not known here"),
    ] {
        let issue = Issue {
            sprint_ids: ids,
            ..data::issue("1")
        };
        assert_eq!(
            why(&issue, DateSource::SprintEndDate, &[], &sprints),
            (expected, words.to_owned())
        );
    }
}

#[test]
fn the_first_source_with_a_value_wins_and_all_are_explained() {
    let mut issue = data::issue("1");
    issue.due_date = Some(date(2026, 12, 24));
    issue.resolved_at = Some("2026-11-30T23:30:00Z".parse().expect("time"));
    let field = DateSource::CustomField {
        id: "customfield_1".into(),
    };
    let sources = [field.clone(), DateSource::ResolvedDate, DateSource::DueDate];
    let found = consider(&issue, &sources, &[], &[], &|at| local_date(at, 3600));
    let short: Vec<_> = found.iter().map(|f| (f.date, f.used, f.why.as_str())).collect();
    assert_eq!(
        short,
        [
            (None, false, "the field is empty"),
            (Some(date(2026, 12, 1)), true, "the day it was resolved"),
            (Some(date(2026, 12, 24)), false, "the due date of the work item"),
        ]
    );
    issue
        .custom
        .insert("customfield_1".into(), FieldValue::Date(date(2027, 1, 2)));
    let won = release_date(&issue, &sources, &[], &[], &to_date).expect("date");
    assert_eq!((won.date, won.source), (date(2027, 1, 2), field));
    issue
        .custom
        .insert("customfield_1".into(), FieldValue::Text("soon".into()));
    assert_eq!(
        consider(&issue, &sources, &[], &[], &to_date)[0].why,
        "the field holds no date"
    );
}

#[test]
fn the_stored_date_counts_and_the_rules_explain_it() {
    let row = |source: DateSource, day: Option<i8>, used| Considered {
        source,
        date: day.map(|day| date(2026, 12, day)),
        why: "why".into(),
        used,
    };
    let stored = |source: DateSource, day| ReleaseDate {
        date: date(2026, 12, day),
        source,
        why: String::new(),
    };
    let field = || DateSource::CustomField {
        id: "customfield_1".into(),
    };
    let found = || {
        vec![
            row(DateSource::FixVersionDate, None, false),
            row(DateSource::DueDate, Some(2), true),
            row(DateSource::ResolvedDate, Some(3), false),
            row(field(), None, false),
        ]
    };
    let told = |stored: Option<ReleaseDate>, known: bool| -> Vec<(Option<i8>, bool, String)> {
        explain_stored(found(), stored.as_ref(), &|_| known)
            .into_iter()
            .map(|row| (row.date.map(Date::day), row.used, row.why))
            .collect()
    };
    let line = |day, used, why: &str| (day, used, why.to_owned());
    let later = "why; not used, an earlier field has a date";
    assert_eq!(
        told(Some(stored(DateSource::DueDate, 2)), true),
        [
            line(None, false, "why"),
            line(Some(2), true, "why"),
            line(Some(3), false, later),
            line(None, false, "why")
        ]
    );
    // The release lost its date since: what was stored stays until the next sync.
    assert_eq!(
        told(Some(stored(DateSource::FixVersionDate, 1)), false),
        [
            line(Some(1), true, "as of the last sync"),
            line(Some(2), false, "why; counts from the next sync"),
            line(Some(3), false, later),
            line(None, false, "not asked, an earlier field has a date")
        ]
    );
    assert_eq!(
        told(None, true)[1],
        line(Some(2), false, "why; counts from the next sync")
    );
}

#[test]
fn codes_come_back() {
    for code in [
        "fix_version_date",
        "sprint_end_date",
        "due_date",
        "resolved_date",
        "customfield_10042",
    ] {
        assert_eq!(DateSource::find(code).expect("known").code(), code);
    }
    for bad in ["", "customfield_", "customfield_1x", "created"] {
        assert_eq!(DateSource::find(bad), None);
    }
}

proptest! {
    #[test]
    fn the_order_of_jiras_lists_does_not_matter(
        dates in proptest::collection::vec((proptest::option::of(0i32..40), any::<bool>()), 1..6),
        turn in 0usize..6,
    ) {
        let releases: Vec<Release> = dates.iter().enumerate().map(|(at, (day, released))| {
            let day = day.map(|day| date(2026, 1, 1).checked_add(jiff::Span::new().days(day)).expect("day"));
            data::release(&at.to_string(), day, *released)
        }).collect();
        let issue = Issue { release_ids: releases.iter().map(|r| r.id.clone()).collect(), ..data::issue("1") };
        let mut turned = releases.clone();
        turned.rotate_left(turn % releases.len());
        let sources = [DateSource::FixVersionDate];
        let first = release_date(&issue, &sources, &releases, &[], &to_date);
        prop_assert_eq!(&first, &release_date(&issue, &sources, &turned, &[], &to_date));
        prop_assert_eq!(first.is_some(), releases.iter().any(|release| release.release_date.is_some()));
    }
}
