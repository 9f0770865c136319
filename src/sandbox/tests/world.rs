//! Storing, moving, renaming and losing issues; what search knows when it lags behind.

use serde_json::{Value, json};

use crate::{
    domain::jira::Deployment,
    sandbox::{Custom, Facts, Issue, Project, World},
};

fn issue(id: i64, key: &str, project_id: &str, updated: &str) -> Issue {
    let body = json!({
        "id": id.to_string(), "key": key,
        "fields": {
            "summary": key, "issuetype": {"id": "10004"}, "status": {"id": "3"}, "labels": ["a", "b"],
            "assignee": {"accountId": "abc", "displayName": "Ann"}, "created": updated, "updated": updated,
            "duedate": "2026-11-20", "fixVersions": [{"id": "7"}], "customfield_10030": {"id": "5", "value": "S1"},
            "customfield_10031": null, "customfield_10035": 2.5,
        },
    });
    Issue {
        id,
        key: key.to_owned(),
        project_id: project_id.to_owned(),
        body: body.as_object().cloned().unwrap(),
        ..Issue::default()
    }
}

fn world() -> World {
    let mut world = World::new(Deployment::Cloud, "https://jira.example", "1");
    for (id, key) in [("1", "TRIP"), ("2", "PAY")] {
        world.projects.push(Project {
            id: id.to_owned(),
            key: key.to_owned(),
            name: key.to_owned(),
            ..Project::default()
        });
    }
    for number in 1..=3 {
        let key = format!("TRIP-{number}");
        world.insert_issue(issue(100 + number, &key, "1", "2026-11-20T10:00:00.000+0100"));
    }
    world
}

fn updated(world: &World, project: u32) -> Vec<i64> {
    let lists = world.store.index().find_project(project);
    lists.map_or_else(Vec::new, |lists| {
        lists.updated.iter().map(|(_, id)| *id).collect()
    })
}

#[test]
fn facts_are_read_from_the_json() {
    let world = world();
    let facts: &Facts = world.facts(101).unwrap();
    assert_eq!(
        (facts.number, facts.project, facts.issue_type, facts.status),
        (1, 1, 10_004, 3)
    );
    assert_eq!(facts.updated, 1_795_165_200_000);
    assert_eq!(facts.due, Some(1_795_132_800_000));
    assert_eq!(facts.fix_versions.as_ref(), [7]);
    assert_eq!(world.words.get(facts.assignee.unwrap()), "abc");
    assert_eq!(world.list_people_called("ANN"), [facts.assignee.unwrap()]);
    let severity = facts.custom[0];
    assert!(matches!(severity, (10_030, Custom::Named(5, name)) if world.words.get(name) == "S1"));
    assert_eq!(facts.custom[1], (10_035, Custom::Number(2.5)));
    assert_eq!((facts.custom.len(), facts.resolution), (2, 0));
}

#[test]
fn an_issue_is_found_by_id_key_and_former_key() {
    let mut world = world();
    assert_eq!(world.find_issue_id("102"), Some(102));
    assert_eq!(world.find_issue_id("trip-2"), Some(102));
    assert_eq!(world.move_issue("TRIP-2", "PAY").unwrap(), "PAY-1");
    for name in ["102", "TRIP-2", "PAY-1"] {
        let found = world.find_issue(name).unwrap();
        assert_eq!(
            (found.id, found.key.as_str(), &found.body["key"]),
            (102, "PAY-1", &json!("PAY-1"))
        );
        assert_eq!(found.find_field("project").unwrap()["key"], "PAY");
    }
    assert_eq!(
        (updated(&world, 1), updated(&world, 2)),
        (vec![101, 103], vec![102])
    );
    assert_eq!(
        (
            world.next_number("1"),
            world.next_number("2"),
            world.next_issue_id()
        ),
        (4, 2, 104)
    );

    assert!(world.rename_project_key("TRIP", "TOUR") && !world.rename_project_key("TOUR", "PAY"));
    assert_eq!(world.find_issue("TRIP-3").unwrap().key, "TOUR-3");
    assert_eq!(world.find_issue("TOUR-3").unwrap().id, 103);
    assert_eq!(world.find_project("TRIP").unwrap().key, "TOUR");
    assert_eq!(
        world.find_issue_id("TRIP-2"),
        Some(102),
        "a key from before the move"
    );

    assert!(world.delete_issue("TOUR-3") && !world.delete_issue("TOUR-3"));
    assert_eq!(world.next_number("1"), 4, "a number is used once");
    assert!(world.find_issue("103").is_none());
    assert!(world.delete_project("TOUR") && world.store.len() == 1);
}

#[test]
fn an_edit_moves_the_issue_in_every_order() {
    let mut world = world();
    let later = json!({"updated": "x", "summary": "New", "fixVersions": []});
    let now = "2026-11-21T10:00:00.000+0100";
    assert!(world.write_fields("TRIP-1", later.as_object().unwrap(), now));
    assert_eq!(updated(&world, 1), [102, 103, 101]);
    assert_eq!(world.store.index().find_version(7).unwrap().len(), 2);
    assert!(!world.edit_issue("TRIP-9", |_| {}));
    world.extras_mut(101).unwrap().comments.push(json!({"id": "1"}));
    assert_eq!(world.find_extras(101).unwrap().comments.len(), 1);
    assert!(world.extras_mut(999).is_none());
}

#[test]
fn search_may_lag_behind() {
    let mut world = world();
    world.store.set_delay(Some(1000));
    world.store.now_ms = 5000;
    let fields = json!({"labels": Value::Null});
    world.write_fields(
        "TRIP-1",
        fields.as_object().unwrap(),
        "2026-11-21T10:00:00.000+0100",
    );
    world.insert_issue(issue(104, "TRIP-4", "1", "2026-11-22T10:00:00.000+0100"));
    assert_eq!(updated(&world, 1), [101, 102, 103]);
    assert_eq!(world.store.searchable(101).unwrap().labels.len(), 2);
    assert!(world.store.searchable(104).is_none() && world.facts(104).is_some());
    world.store.reconcile(104);
    assert_eq!(updated(&world, 1), [101, 102, 103, 104]);
    world.store.catch_up(5999);
    assert_eq!(updated(&world, 1), [101, 102, 103, 104]);
    world.store.catch_up(6000);
    assert_eq!(updated(&world, 1), [102, 103, 101, 104]);
    world.delete_issue("TRIP-1");
    assert_eq!(updated(&world, 1), [102, 103, 104]);
}
