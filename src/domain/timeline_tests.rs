//! Table and property tests of the timeline.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::test_data as data;

const TODAY: Date = date(2026, 11, 22);

fn release(id: &str, date: Option<Date>, open_bugs: &[(Severity, u64)]) -> ReleaseInput {
    let counts = LaneCounts {
        open_bugs: open_bugs.to_vec(),
        ..LaneCounts::default()
    };
    ReleaseInput {
        release: data::release(id, date, false),
        counts,
    }
}

fn sprint(id: i64, start: Option<Date>, end: Option<Date>, releases: &[&str]) -> SprintInput {
    SprintInput {
        id,
        name: format!("S{id}"),
        state: SprintState::Future,
        start,
        end,
        release_ids: releases.iter().map(ToString::to_string).collect(),
        counts: LaneCounts::default(),
    }
}

#[test]
fn lanes_ticks_and_today_by_month() {
    let releases = [
        release("2", Some(date(2026, 12, 31)), &[]),
        release("1", Some(date(2026, 11, 30)), &[]),
        release("3", None, &[]),
    ];
    let sprints = [
        sprint(2, Some(date(2026, 12, 1)), Some(date(2026, 12, 14)), &["2", "1"]),
        sprint(1, Some(date(2026, 11, 2)), Some(date(2026, 11, 15)), &["2"]),
        sprint(3, None, None, &["2"]),
        sprint(4, Some(date(2026, 11, 16)), None, &[]),
        sprint(5, None, None, &[]),
    ];
    let timeline = plan_timeline(&releases, &sprints, TODAY, Zoom::Month);
    assert_eq!(
        (timeline.from, timeline.to),
        (date(2026, 11, 1), date(2027, 1, 1))
    );
    let ticks: Vec<_> = timeline
        .ticks
        .iter()
        .map(|tick| (tick.at, tick.label.as_str()))
        .collect();
    assert_eq!(ticks, [(0, "Nov 2026"), (491, "Dec")]);
    assert_eq!(timeline.today, Some(344));
    let names: Vec<_> = timeline
        .list()
        .map(|lane| (lane.name.as_str(), lane.words.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("R1", "30 Nov 2026"),
            ("R2", "31 Dec 2026"),
            ("Sprints without release", "1 sprint"),
            ("R3", "No release date"),
            ("Undated sprints", "1 sprint"),
        ]
    );
    let second = &timeline.lanes[1];
    assert_eq!(
        second.bar,
        Some(Bar {
            start: 16,
            end: 1000,
            cut_start: false,
            cut_end: false
        })
    );
    let under: Vec<_> = second
        .sprints
        .iter()
        .map(|bar| (bar.id, bar.when.as_str(), bar.bar.is_some()))
        .collect();
    assert_eq!(
        under,
        [
            (1, "2 Nov to 15 Nov 2026", true),
            (2, "1 Dec to 14 Dec 2026", true),
            (3, "No dates", false)
        ]
    );
    assert_eq!(timeline.lanes[2].sprints[0].when, "From 16 Nov 2026, no end date");
}

#[test]
fn weeks_begin_on_monday_and_quarters_in_their_month() {
    let releases = [release("1", Some(date(2027, 1, 2)), &[])];
    let weeks = plan_timeline(&releases, &[], TODAY, Zoom::Week);
    assert_eq!((weeks.from, weeks.to), (date(2026, 11, 16), date(2027, 1, 4)));
    assert_eq!((weeks.ticks.len(), weeks.ticks[1].label.as_str()), (7, "23 Nov"));
    let quarters = plan_timeline(&releases, &[], TODAY, Zoom::Quarter);
    assert_eq!(
        (quarters.from, quarters.to),
        (date(2026, 10, 1), date(2027, 4, 1))
    );
    assert_eq!(quarters.ticks[0].label, "Q4 2026");
}

#[test]
fn risk_in_words() {
    let near = Some(date(2026, 11, 27));
    let far = Some(date(2027, 3, 1));
    for (input, risk, words) in [
        (release("1", near, &[]), Risk::None, "27 Nov 2026"),
        (
            release("1", Some(date(2026, 11, 19)), &[]),
            Risk::Overdue,
            "19 Nov 2026, overdue by 3 days",
        ),
        (
            release("1", far, &[(Severity::Blocker, 1)]),
            Risk::BlockerOpen,
            "1 Mar 2027, at risk: 1 blocker open",
        ),
        (
            release("1", near, &[(Severity::Critical, 2)]),
            Risk::AtRisk,
            "27 Nov 2026, at risk: 2 critical bugs open, 5 days left",
        ),
        (
            release("1", Some(TODAY), &[(Severity::Critical, 1)]),
            Risk::AtRisk,
            "22 Nov 2026, at risk: 1 critical bug open, due today",
        ),
        (
            release("1", far, &[(Severity::Critical, 2)]),
            Risk::None,
            "1 Mar 2027",
        ),
        (
            release("1", None, &[(Severity::Blocker, 2)]),
            Risk::Undated,
            "No release date",
        ),
    ] {
        let timeline = plan_timeline(&[input], &[], TODAY, Zoom::Month);
        let lane = timeline.list().next().expect("lane");
        assert_eq!((lane.risk, lane.words.as_str()), (risk, words));
    }
    let mut done = release("1", Some(date(2026, 1, 1)), &[(Severity::Blocker, 1)]);
    done.release.released = true;
    let timeline = plan_timeline(&[done], &[], TODAY, Zoom::Month);
    assert_eq!(timeline.lanes[0].words, "1 Jan 2026, released");
}

#[test]
fn a_status_says_its_word_once() {
    let lane = |date: Date, bugs: &[(Severity, u64)], released: bool| {
        let mut input = release("1", Some(date), bugs);
        input.release.released = released;
        plan_timeline(&[input], &[], TODAY, Zoom::Month).lanes.remove(0)
    };
    let blocker = [(Severity::Blocker, 2)];
    for (lane, status) in [
        (lane(date(2026, 11, 19), &[], false), "Overdue by 3 days"),
        (
            lane(date(2027, 3, 1), &blocker, false),
            "At risk: 2 blockers open",
        ),
        (lane(date(2027, 3, 1), &blocker, true), "Released"),
        (lane(date(2027, 3, 1), &[], false), "Unreleased"),
    ] {
        assert_eq!(lane.status(), status);
        assert!(!lane.when.contains(lane.risk.label()), "{}", lane.when);
    }
}

#[test]
fn what_lies_outside_the_window_says_on_which_side() {
    let releases = [
        release("1", Some(date(2026, 1, 1)), &[]),
        release("2", Some(date(2026, 12, 1)), &[]),
        release("3", Some(date(2028, 1, 1)), &[]),
        release("4", None, &[]),
    ];
    let old = |id, end| sprint(id, Some(date(2026, 1, 1)), Some(end), &[]);
    let sprints = [old(1, date(2026, 1, 14)), old(2, date(2026, 1, 15))];
    let timeline = plan_timeline_within(&releases, &sprints, TODAY, Zoom::Month, None);
    let sides: Vec<_> = timeline
        .list()
        .map(|lane| (lane.bar.is_some(), lane.side))
        .collect();
    assert_eq!(
        sides,
        [
            (false, Some(Side::Before)),
            (true, None),
            (false, Some(Side::After)),
            // The lane of sprints without release, and what has no date lies nowhere.
            (false, Some(Side::Before)),
            (false, None),
        ]
    );
}

#[test]
fn a_sprint_with_a_day_in_sight_is_named_and_not_drawn() {
    let sprints = [
        sprint(1, Some(date(2026, 10, 20)), Some(date(2026, 11, 2)), &[]),
        sprint(2, Some(date(2026, 11, 3)), Some(date(2026, 11, 17)), &[]),
        sprint(3, Some(date(2027, 1, 23)), Some(date(2027, 2, 6)), &[]),
    ];
    let timeline = plan_timeline_within(&[], &sprints, TODAY, Zoom::Week, None);
    assert_eq!(
        (timeline.from, timeline.to),
        (date(2026, 10, 26), date(2027, 1, 18))
    );
    let at = |from| plan_timeline_within(&[], &sprints, TODAY, Zoom::Week, Some(from));
    let timeline = at(date(2026, 11, 2));
    let seen: Vec<_> = timeline.lanes[0]
        .sprints
        .iter()
        .map(|sprint| (sprint.bar.is_some(), sprint.side))
        .collect();
    assert_eq!(
        seen,
        [
            (false, Some(Side::Before)),
            (true, None),
            (false, Some(Side::After))
        ]
    );
    assert_eq!((timeline.lanes[0].side, timeline.lanes[0].rows), (None, 1));
}

#[test]
fn a_release_that_goes_on_behind_the_window_is_cut_there() {
    let mut long = release("1", Some(date(2027, 6, 1)), &[]);
    long.release.start_date = Some(date(2026, 1, 1));
    let timeline = plan_timeline_within(&[long], &[], TODAY, Zoom::Week, None);
    let bar = timeline.lanes[0].bar.expect("goes through");
    assert!(bar.cut_start && bar.cut_end);
    assert_eq!((bar.start, bar.end), (0, FULL));
}

#[test]
fn dates_far_away_are_cut_or_without_bar_but_never_lost() {
    let releases = [
        release("1", Some(date(9999, 12, 31)), &[]),
        release("2", Some(date(1, 1, 1)), &[]),
    ];
    let sprints = [sprint(1, Some(date(2000, 1, 1)), Some(date(2026, 11, 30)), &[])];
    let timeline = plan_timeline(&releases, &sprints, TODAY, Zoom::Week);
    assert_eq!(timeline.lanes.len(), 3);
    assert!(timeline.lanes[0].bar.is_none() && timeline.lanes[1].bar.is_none());
    let bar = timeline.lanes[2].sprints[0].bar.expect("cut");
    assert_eq!((bar.start, bar.cut_start), (0, true));
    assert!(timeline.ticks.len() < 600);
}

#[test]
fn nothing_at_all_still_has_an_axis() {
    let timeline = plan_timeline(&[], &[], TODAY, Zoom::Month);
    assert!(timeline.lanes.is_empty() && timeline.undated.is_empty());
    assert_eq!((timeline.ticks.len(), timeline.today), (1, Some(700)));
}

fn any_date() -> impl Strategy<Value = Option<Date>> {
    let far = (1i16..=9999, 1i8..=12, 1i8..=28);
    let near = (2025i16..=2027, 1i8..=12, 1i8..=28);
    proptest::option::of(prop_oneof![far, near].prop_map(|(year, month, day)| date(year, month, day)))
}

proptest! {
    #[test]
    fn nothing_is_dropped_and_positions_are_in_range(
        releases in proptest::collection::vec((any_date(), any_date()), 0..6),
        sprints in proptest::collection::vec((any_date(), any_date(), proptest::collection::vec(0u8..8, 0..3)), 0..6),
        zoom in 0usize..3,
    ) {
        let releases: Vec<_> = releases.iter().enumerate().map(|(at, (start, end))| {
            let mut input = release(&at.to_string(), *end, &[]);
            input.release.start_date = *start;
            input
        }).collect();
        let sprints: Vec<_> = (0i64..).zip(&sprints).map(|(id, (start, end, of))| {
            let of: Vec<String> = of.iter().map(ToString::to_string).collect();
            sprint(id, *start, *end, &of.iter().map(String::as_str).collect::<Vec<_>>())
        }).collect();
        let timeline = plan_timeline(&releases, &sprints, TODAY, Zoom::ALL[zoom]);
        prop_assert_eq!(timeline.list().filter(|lane| lane.release_id.is_some()).count(), releases.len());
        for sprint in &sprints {
            prop_assert!(timeline.list().any(|lane| lane.sprints.iter().any(|bar| bar.id == sprint.id)));
        }
        // Whatever has dates is seen or says where it is, and never both.
        for lane in timeline.list() {
            if lane.date.is_some() {
                prop_assert_eq!(lane.bar.is_some(), lane.side.is_none());
            }
            for sprint in &lane.sprints {
                let dated = sprint.start.or(sprint.end).is_some();
                prop_assert_eq!(dated, sprint.bar.is_some() || sprint.side.is_some());
                prop_assert!(sprint.bar.is_none() || sprint.side.is_none());
                prop_assert!(sprint.bar.is_none() || sprint.row < lane.rows);
            }
        }
        let bars = timeline.list().flat_map(|lane| lane.bar.into_iter().chain(lane.sprints.iter().filter_map(|bar| bar.bar)));
        for bar in bars {
            prop_assert!(bar.start <= bar.end && bar.end <= FULL);
        }
        prop_assert!(timeline.today.is_some());
        prop_assert!(timeline.ticks.windows(2).all(|pair| pair[0].at <= pair[1].at && pair[0].date < pair[1].date));
    }
}

#[test]
fn a_window_moves_by_ticks_and_drops_no_lane() {
    let releases = [
        ReleaseInput {
            release: crate::domain::test_data::release("1", Some(date(2020, 1, 1)), true),
            counts: LaneCounts::default(),
        },
        ReleaseInput {
            release: crate::domain::test_data::release("2", Some(date(2026, 12, 1)), false),
            counts: LaneCounts::default(),
        },
    ];
    let today = date(2026, 11, 22);
    let near = plan_timeline_within(&releases, &[], today, Zoom::Month, None);
    assert_eq!((near.from, near.to), (date(2026, 9, 1), date(2027, 5, 1)));
    assert_eq!(
        near.lanes
            .iter()
            .map(|lane| lane.bar.is_some())
            .collect::<Vec<_>>(),
        [false, true]
    );
    assert!(near.today.is_some());
    let far = plan_timeline_within(&releases, &[], today, Zoom::Week, Some(date(2020, 1, 2)));
    assert_eq!(
        (far.from, far.to, far.today),
        (date(2019, 12, 30), date(2020, 3, 23), None)
    );
    assert_eq!(far.lanes.len(), 2);
    assert_eq!(
        shift_window(date(2026, 11, 22), Zoom::Quarter, -1),
        date(2026, 7, 1)
    );
    // At the ends of the calendar a window stays where it is.
    assert_eq!(
        shift_window(date(9999, 12, 31), Zoom::Month, 8),
        date(9999, 12, 1)
    );
}
