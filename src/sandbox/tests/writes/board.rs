//! What people do around an issue besides editing it: work, watch, vote, rank, sort by component, move.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, new_task,
};

#[tokio::test]
async fn a_board_is_sorted_by_hand() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let order = async || -> Vec<String> {
            let resource = if site == CLOUD { "search/jql" } else { "search" };
            let path = api(
                site,
                &format!(
                    "{resource}?jql=key%20in%20(TRIP-20,TRIP-21,TRIP-22)%20ORDER%20BY%20rank&fields=summary"
                ),
            );
            let page = bench.ada(site, &path).await;
            page["issues"]
                .as_array()
                .unwrap()
                .iter()
                .map(|issue| issue["key"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(order().await, ["TRIP-20", "TRIP-21", "TRIP-22"]);
        let rank = "/rest/agile/1.0/issue/rank";
        let body = json!({"issues": ["TRIP-22"], "rankBeforeIssue": "TRIP-20"});
        assert_eq!(call(&bench, site, "quentin", "PUT", rank, body).await.status, 204);
        assert_eq!(order().await, ["TRIP-22", "TRIP-20", "TRIP-21"]);
        let body = json!({"issues": ["TRIP-22"], "rankAfterIssue": "TRIP-20"});
        assert_eq!(call(&bench, site, "quentin", "PUT", rank, body).await.status, 204);
        assert_eq!(order().await, ["TRIP-20", "TRIP-22", "TRIP-21"]);
        assert_eq!(
            call(
                &bench,
                site,
                "quentin",
                "PUT",
                rank,
                json!({"issues": ["TRIP-22"]})
            )
            .await
            .status,
            400
        );
        let issue = bench
            .ada(site, &api(site, "issue/TRIP-22?expand=changelog"))
            .await;
        let told: Vec<&Value> = issue["changelog"]["histories"]
            .as_array()
            .unwrap()
            .iter()
            .map(|history| &history["items"][0])
            .collect();
        assert!(
            told.iter()
                .any(|item| item["field"] == "Rank" && item["toString"] == "Ranked lower")
        );
    }
}

#[tokio::test]
async fn issues_are_hung_below_an_epic() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let epic = "/rest/agile/1.0/epic/TRIP-1/issue";
        let none = "/rest/agile/1.0/epic/none/issue";
        let issues = json!({"issues": [new_task(&bench, site, "Below").await]});
        let count = async || bench.ada(site, epic).await["total"].as_i64().unwrap();
        let before = count().await;
        assert_eq!(
            call(&bench, site, "ada", "POST", epic, issues.clone())
                .await
                .status,
            204
        );
        assert_eq!(count().await, before + 1);
        assert_eq!(
            call(&bench, site, "ada", "POST", none, issues.clone())
                .await
                .status,
            204
        );
        assert_eq!(count().await, before);
        let story = "/rest/agile/1.0/epic/TRIP-40/issue";
        assert_eq!(call(&bench, site, "ada", "POST", story, issues).await.status, 400);
    }
}

#[tokio::test]
async fn many_issues_are_moved_at_once_on_cloud() {
    let bench = Bench::start().await;
    let (one, other) = (
        new_task(&bench, CLOUD, "A").await,
        new_task(&bench, CLOUD, "B").await,
    );
    let body = json!({"targetToSourcesMapping": {"PAY,10002": {
        "issueIdsOrKeys": [one, other, "NONE-1"], "inferStatusDefaults": true, "inferFieldDefaults": true,
        "inferClassificationDefaults": true, "inferSubtaskTypeDefault": true}}});
    let path = "/rest/api/3/bulk/issues/move";
    let task = call(&bench, CLOUD, "ada", "POST", path, body).await.json(201);
    let queue = format!("/rest/api/3/bulk/queue/{}", task["taskId"].as_str().unwrap());
    let progress = bench.ada(CLOUD, &queue).await;
    assert_eq!(progress["status"], "COMPLETE");
    assert_eq!(progress["processedAccessibleIssues"].as_array().unwrap().len(), 2);
    assert_eq!(progress["invalidOrInaccessibleIssueCount"], 1);
    let moved = bench.ada(CLOUD, &format!("/rest/api/3/issue/{one}")).await;
    assert!(moved["key"].as_str().unwrap().starts_with("PAY-"));
    let wrong = json!({"targetToSourcesMapping": {"PAY,1": {"issueIdsOrKeys": [one]}}});
    assert_eq!(call(&bench, CLOUD, "ada", "POST", path, wrong).await.status, 400);
    assert_eq!(
        bench.get(CLOUD, "ada", "/rest/api/3/bulk/queue/1").await.status,
        400
    );
}

#[tokio::test]
async fn an_id_that_is_gone_refuses_a_strict_query() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let id = bench.ada(site, &api(site, "issue/PAY-9?fields=summary")).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let other = bench.ada(site, &api(site, "issue/PAY-10?fields=summary")).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let resource = if site == CLOUD { "search/jql" } else { "search" };
        let path = api(
            site,
            &format!("{resource}?jql=id%20in%20({id},{other})&fields=summary"),
        );
        assert_eq!(
            bench.ada(site, &path).await["issues"].as_array().unwrap().len(),
            2
        );
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "DELETE",
                &api(site, "issue/PAY-9?deleteSubtasks=true"),
                Value::Null
            )
            .await
            .status,
            204
        );
        let refused = bench.get(site, "ada", &path).await;
        assert_eq!(
            refused.message(400),
            format!("A value with ID '{id}' does not exist for the field 'id'.")
        );
        if site == DC {
            let lenient = bench.ada(site, &format!("{path}&validateQuery=false")).await;
            assert_eq!(lenient["issues"].as_array().unwrap().len(), 1);
            assert!(lenient["warningMessages"][0].as_str().unwrap().contains(&id));
        }
    }
}
