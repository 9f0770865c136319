//! Table and property tests of the planner.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::{dates::local_date, jira::SprintState, test_data as data};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn pulled(id: &str, updated: i64, raw: &str) -> PulledIssue {
    PulledIssue {
        issue: Issue {
            updated_at: at(updated),
            ..data::issue(id)
        },
        raw_hash: raw.into(),
        read_by_id: false,
    }
}

fn plan(known: &[KnownIssue], page: &[PulledIssue], settings: &Settings) -> PagePlan {
    let to_date = |at| local_date(at, 0);
    plan_page(
        known,
        page,
        settings,
        MapContext {
            releases: &[],
            sprints: &[],
            to_date: &to_date,
        },
    )
}

/// What a store does with a plan.
fn apply(known: &mut BTreeMap<String, KnownIssue>, plan: &PagePlan) {
    for action in &plan.actions {
        match action {
            Action::Insert(row) | Action::Update(row) => {
                let known_row = KnownIssue {
                    jira_id: row.jira_id.clone(),
                    raw_hash: row.raw_hash.clone(),
                    mapped_hash: row.mapped_hash.clone(),
                    updated_at: row.updated_at,
                    gone: false,
                    out_of_scope: false,
                };
                known.insert(row.jira_id.clone(), known_row);
            }
            Action::OutOfScope {
                jira_id,
                leaves: true,
                ..
            } => {
                known.get_mut(jira_id).expect("known").out_of_scope = true;
            }
            _ => {}
        }
    }
}

/// Whether applying would write anything.
fn writes(plan: &PagePlan) -> bool {
    plan.actions.iter().any(|action| {
        matches!(
            action,
            Action::Insert(_) | Action::Update(_) | Action::OutOfScope { leaves: true, .. }
        )
    })
}

fn words(plan: &PagePlan) -> Vec<String> {
    plan.actions
        .iter()
        .map(|action| match action {
            Action::Insert(row) => format!("insert {}", row.jira_id),
            Action::Update(row) => format!("update {}", row.jira_id),
            Action::Unchanged(id) => format!("unchanged {id}"),
            Action::StaleSkipped(id) => format!("stale {id}"),
            Action::OutOfScope { jira_id, leaves, .. } => format!("out {jira_id} {leaves}"),
        })
        .collect()
}

#[test]
fn each_action_has_its_case() {
    let settings = data::settings();
    let mut known = BTreeMap::new();
    apply(
        &mut known,
        &plan(
            &[],
            &[pulled("1", 10, "a"), pulled("2", 10, "a"), pulled("3", 10, "a")],
            &settings,
        ),
    );
    let rows: Vec<_> = known.values().cloned().collect();
    let mut moved = pulled("3", 11, "b");
    moved.issue.project_id = "200".into();
    let mut foreign = pulled("9", 11, "b");
    foreign.issue.project_id = "200".into();
    let page = [
        pulled("1", 10, "a"),
        pulled("2", 9, "b"),
        moved,
        pulled("4", 1, "a"),
        foreign,
    ];
    let planned = plan(&rows, &page, &settings);
    assert_eq!(
        words(&planned),
        ["unchanged 1", "stale 2", "out 3 true", "insert 4", "out 9 false"]
    );
    // Equal time, other content: Jira's answer is the truth.
    assert_eq!(
        words(&plan(&rows, &[pulled("1", 10, "b")], &settings)),
        ["update 1"]
    );
    // Read by its id it is what Jira has now, however old: a backup was restored.
    let restored = PulledIssue {
        read_by_id: true,
        ..pulled("2", 9, "b")
    };
    assert_eq!(words(&plan(&rows, &[restored], &settings)), ["update 2"]);
}

#[test]
fn gone_and_left_issues_come_back() {
    let settings = data::settings();
    let mut known = BTreeMap::new();
    apply(
        &mut known,
        &plan(&[], &[pulled("1", 10, "a"), pulled("2", 10, "a")], &settings),
    );
    known.get_mut("1").expect("row").gone = true;
    known.get_mut("2").expect("row").out_of_scope = true;
    let rows: Vec<_> = known.values().cloned().collect();
    let page = [pulled("1", 10, "a"), pulled("2", 10, "a")];
    assert_eq!(words(&plan(&rows, &page, &settings)), ["update 1", "update 2"]);
}

#[test]
fn an_issue_twice_on_a_page_is_planned_once_by_its_newer_copy() {
    let page = [
        pulled("1", 10, "new"),
        pulled("1", 9, "old"),
        pulled("2", 5, "first"),
        pulled("2", 5, "second"),
    ];
    let planned = plan(&[], &page, &data::settings());
    let hashes: Vec<_> = planned
        .actions
        .iter()
        .map(|action| match action {
            Action::Insert(row) => row.raw_hash.as_str(),
            _ => "other",
        })
        .collect();
    assert_eq!(hashes, ["new", "second"]);
}

#[test]
fn lists_are_planned_like_issues() {
    let settings = data::settings();
    let listing = [
        data::release("1", None, false),
        data::release("2", None, false),
        data::release("1", None, false),
    ];
    let first = plan_releases(&[], &listing, &settings, true);
    assert_eq!(first.insert.len(), 2);
    let known: Vec<_> = first
        .insert
        .iter()
        .map(|row| KnownItem {
            jira_id: row.release.id.clone(),
            hash: row.hash.clone(),
            gone: false,
        })
        .collect();
    let again = plan_releases(&known, &listing, &settings, true);
    assert!(again.insert.is_empty() && again.update.is_empty() && again.gone.is_empty());
    assert_eq!(again.unchanged, ["1", "2"]);
    let changed = [data::release("1", Some(date(2026, 12, 1)), false)];
    let plan = plan_releases(&known, &changed, &settings, true);
    assert_eq!(
        (plan.update.len(), plan.gone.as_slice()),
        (1, &["2".to_owned()][..])
    );
    assert!(plan_releases(&known, &changed, &settings, false).gone.is_empty());
    let sprints = [data::sprint(1, SprintState::Active, None)];
    assert!(plan_sprints(&[], &sprints, &settings, Timestamp::UNIX_EPOCH, true).insert[0].selected);
    let no_board = Settings {
        board: None,
        ..settings
    };
    assert!(!plan_sprints(&[], &sprints, &no_board, Timestamp::UNIX_EPOCH, true).insert[0].selected);
}

prop_compose! {
    fn any_pulled()(id in 0u8..6, updated in 0i64..4, raw in 0u8..3, kind in 0u8..4, moved in 0u8..5) -> PulledIssue {
        let mut one = pulled(&id.to_string(), updated, &raw.to_string());
        one.issue.summary = format!("summary {raw}");
        one.issue.issue_type.id = ["10", "20", "30", "10"][usize::from(kind)].to_owned();
        if moved == 0 { one.issue.project_id = "200".into(); }
        one
    }
}

proptest! {
    #[test]
    fn planning_after_applying_is_empty(pages in proptest::collection::vec(proptest::collection::vec(any_pulled(), 0..8), 1..5)) {
        let settings = data::settings();
        let mut known = BTreeMap::new();
        for page in &pages {
            let rows: Vec<_> = known.values().cloned().collect();
            let planned = plan(&rows, page, &settings);
            let ids: BTreeSet<_> = page.iter().map(|pulled| &pulled.issue.id).collect();
            prop_assert_eq!(planned.actions.len(), ids.len());
            apply(&mut known, &planned);
            let rows: Vec<_> = known.values().cloned().collect();
            let again = plan(&rows, page, &settings);
            prop_assert!(!writes(&again), "{:?}", words(&again));
        }
    }

    #[test]
    fn the_stored_time_never_goes_back(pages in proptest::collection::vec(proptest::collection::vec(any_pulled(), 0..8), 1..5)) {
        let settings = data::settings();
        let mut known: BTreeMap<String, KnownIssue> = BTreeMap::new();
        for page in &pages {
            let before = known.clone();
            let rows: Vec<_> = known.values().cloned().collect();
            apply(&mut known, &plan(&rows, page, &settings));
            for (id, row) in &before {
                prop_assert!(known[id].updated_at >= row.updated_at);
            }
        }
    }
}
