//! Boards and sprints.

use serde_json::json;

use super::harness::{Bench, CLOUD, DC};

#[tokio::test]
async fn boards_are_filtered_by_project() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let all = bench.ada(site, "/rest/agile/1.0/board").await;
        assert_eq!(all["total"], 3);
        let pay = bench.ada(site, "/rest/agile/1.0/board?projectKeyOrId=PAY").await;
        assert_eq!(
            (pay["total"].as_u64(), pay["values"][0]["id"].as_i64()),
            (Some(1), Some(85))
        );
        assert_eq!(pay["values"][0]["location"].is_null(), site == DC);
        assert_eq!(
            bench
                .get(site, "ada", "/rest/agile/1.0/board?projectKeyOrId=NOPE")
                .await
                .status,
            400
        );
        assert_eq!(bench.ada(site, "/rest/agile/1.0/board/84").await["type"], "scrum");
        let columns = bench.ada(site, "/rest/agile/1.0/board/84/configuration").await;
        assert_eq!(columns["columnConfig"]["columns"].as_array().unwrap().len(), 3);
        assert_eq!(columns["estimation"]["field"]["displayName"], "Story points");
        assert_eq!(columns["location"]["key"] == "TRIP", site == CLOUD);
        let kanban = bench.ada(site, "/rest/agile/1.0/board/91/configuration").await;
        assert_eq!(kanban["estimation"], json!({"type": "none"}));
        assert!(
            kanban["subQuery"]["query"]
                .as_str()
                .unwrap()
                .contains("unreleasedVersions")
        );
        let seen = bench.get(site, "rhea", "/rest/agile/1.0/board").await.json(200);
        assert_eq!(seen["total"], 1);
    }
}

#[tokio::test]
async fn sprints_come_closed_active_future() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let all = bench.ada(site, "/rest/agile/1.0/board/84/sprint").await;
        let states: Vec<_> = all["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["state"].as_str().unwrap())
            .collect();
        assert_eq!(
            states,
            [
                "closed", "closed", "closed", "closed", "active", "future", "future", "future"
            ]
        );
        assert_eq!(all["total"].is_null(), site == DC);
        let start = all["values"][4]["startDate"].as_str().unwrap();
        assert_eq!(
            start,
            if site == CLOUD {
                "2026-11-15T08:00:00.000Z"
            } else {
                "2026-11-15T09:00:00.000+01:00"
            }
        );
        assert!(all["values"][7]["startDate"].is_null(), "a sprint without dates");
        let open = bench
            .ada(site, "/rest/agile/1.0/board/85/sprint?state=active,future")
            .await;
        assert_eq!(open["values"].as_array().unwrap().len(), 3);
        let kanban = bench.get(site, "ada", "/rest/agile/1.0/board/91/sprint").await;
        assert_eq!(kanban.message(400), "The board doesn't support sprints.");
    }
}
