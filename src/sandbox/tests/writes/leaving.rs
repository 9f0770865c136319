//! Issues that go: deleted, or moved to another project.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, errors, new_task,
};

#[tokio::test]
async fn deleting_takes_subtasks_only_when_told() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Parent").await;
        let fields = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Sub-task"}, "summary": "Child", "parent": {"key": key}});
        let child = call(
            &bench,
            site,
            "ada",
            "POST",
            &api(site, "issue"),
            json!({"fields": fields}),
        )
        .await
        .json(201);
        let path = api(site, &format!("issue/{key}"));
        assert_eq!(
            bench.ada(site, &path).await["fields"]["subtasks"][0]["key"],
            child["key"]
        );
        let child_path = api(site, &format!("issue/{}", child["key"].as_str().unwrap()));
        call(
            &bench,
            site,
            "ada",
            "PUT",
            &path,
            json!({"fields": {"summary": "Renamed"}}),
        )
        .await;
        assert_eq!(
            bench.ada(site, &child_path).await["fields"]["parent"]["fields"]["summary"],
            "Renamed"
        );
        let refused = call(&bench, site, "ada", "DELETE", &path, Value::Null).await;
        assert!(refused.message(400).contains("deleteSubtasks"));
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "DELETE",
                &format!("{path}?deleteSubtasks=true"),
                Value::Null
            )
            .await
            .status,
            204
        );
        for gone in [&path, &child_path] {
            assert_eq!(bench.get(site, "ada", gone).await.status, 404);
        }
        assert_eq!(
            call(
                &bench,
                site,
                "rhea",
                "DELETE",
                &api(site, "issue/PAY-3"),
                Value::Null
            )
            .await
            .status,
            403
        );
    }
}

#[tokio::test]
async fn a_moved_issue_answers_to_its_old_key() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Wanderer").await;
        let before = bench.ada(site, &api(site, &format!("issue/{key}"))).await;
        let moved = control(&bench, site, "move-issue", json!({"key": key, "project": "PAY"})).await;
        let after = bench.ada(site, &api(site, &format!("issue/{key}"))).await;
        assert_eq!((&after["id"], &after["key"]), (&before["id"], &moved["key"]));
        assert_eq!(after["fields"]["project"]["key"], "PAY");
        let id = after["id"].as_str().unwrap().parse().unwrap();
        let kept =
            bench.sandbox.world().sites()[site].read(|world| world.find_extras(id).unwrap().into_owned());
        let names: Vec<&str> = kept.changelog[0]["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["field"].as_str().unwrap())
            .collect();
        assert!(
            ["project", "Key", "Workflow"]
                .iter()
                .all(|name| names.contains(name)),
            "{names:?}"
        );
        let renamed = call(
            &bench,
            site,
            "ada",
            "PUT",
            &api(site, "project/PAY"),
            json!({"key": "CASH"}),
        )
        .await
        .json(200);
        assert_eq!(renamed["key"], "CASH");
        assert_eq!(bench.ada(site, &api(site, "issue/PAY-3")).await["key"], "CASH-3");
        assert_eq!(bench.ada(site, &api(site, "project/PAY")).await["key"], "CASH");
        assert_eq!(
            errors(
                &call(
                    &bench,
                    site,
                    "ada",
                    "PUT",
                    &api(site, "project/CASH"),
                    json!({"key": "TRIP"})
                )
                .await
            )["projectKey"],
            "Project 'Trip Booking' uses this project key."
        );
        assert_eq!(
            call(
                &bench,
                site,
                "quentin",
                "PUT",
                &api(site, "project/TRIP"),
                json!({"name": "x"})
            )
            .await
            .status,
            403
        );
    }
}

#[tokio::test]
async fn a_project_that_cloud_deleted_waits_in_a_bin() {
    let bench = Bench::start().await;
    let gone = async |path: &str| bench.get(CLOUD, "ada", path).await.status == 404;
    let root = api(CLOUD, "project/PAY");
    for (query, end) in [("", true), ("?enableUndo=false", false)] {
        let path = format!("{root}{query}");
        assert_eq!(
            call(&bench, CLOUD, "ada", "DELETE", &path, Value::Null)
                .await
                .status,
            204
        );
        assert!(gone(&root).await && gone(&api(CLOUD, "issue/PAY-1")).await);
        let bin = api(CLOUD, "project/search?status=deleted");
        let listed = bench.ada(CLOUD, &bin).await["values"].clone();
        assert_eq!(listed[0]["key"] == "PAY", end, "{listed}");
        assert_eq!(bench.get(CLOUD, "quentin", &bin).await.json(200)["total"], 0);
        let restore = format!("{root}/restore");
        let who = |who: &'static str| call(&bench, CLOUD, who, "POST", &restore, Value::Null);
        assert_eq!(who("quentin").await.status, 404);
        assert_eq!(who("ada").await.status, if end { 200 } else { 404 });
        assert_eq!(gone(&api(CLOUD, "issue/PAY-1")).await, !end);
    }
}
