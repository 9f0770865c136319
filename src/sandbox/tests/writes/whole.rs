//! A refused write has not happened: no issue, no value, no history, no delivery.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, new_task,
    receiver::{Receiver, register, settle},
    rich,
};

const EVENTS: [&str; 6] = [
    "jira:issue_created",
    "jira:issue_updated",
    "comment_created",
    "issuelink_created",
    "worklog_created",
    "jira:issue_deleted",
];

/// Verbs that ride in `update`, each wrong in its own way, and where the complaint stands.
fn bad_verbs(site: usize) -> Vec<Value> {
    let good = rich(site, "A note that must not stay");
    vec![
        json!({"comment": [{"add": {"body": good}}, {"add": {"body": rich(site, " ")}}]}),
        json!({"comment": [{"add": {"body": good}}, {"shout": {"body": good}}]}),
        json!({"comment": {"add": {"body": good}}}),
        json!({"issuelinks": [{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "TRIP-1"}}},
            {"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "TRIP-99999"}}}]}),
        json!({"issuelinks": [{"add": {"type": {"name": "Admires"}, "outwardIssue": {"key": "TRIP-1"}}}]}),
        json!({"comment": [{"add": {"body": good}}], "worklog": [{"add": {"timeSpent": "soon"}}]}),
        json!({"worklog": [{"add": {"timeSpent": "1h"}}, {"add": {"started": "2026-11-01T10:00:00.000+0000"}}]}),
    ]
}

async fn count(bench: &Bench, site: usize) -> i64 {
    let info: Value = bench.ada(site, "/__sandbox/info").await;
    info["issues"].as_i64().unwrap()
}

/// Everything of an issue that a write could have touched.
async fn look(bench: &Bench, site: usize, key: &str) -> Value {
    bench
        .ada(
            site,
            &api(site, &format!("issue/{key}?expand=changelog&fields=*all")),
        )
        .await
}

async fn deliveries(bench: &Bench, site: usize, receiver: &Receiver) -> Vec<String> {
    settle(bench, site).await;
    let names = receiver.names();
    receiver.clear();
    names
}

#[tokio::test]
async fn a_refused_creation_leaves_nothing_behind() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (receiver, url) = Receiver::start().await;
        register(&bench, site, &url, &EVENTS, None).await;
        let before = (count(&bench, site).await, look(&bench, site, "TRIP-1").await);
        let fields = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": "Never"});
        let mut bodies: Vec<Value> = bad_verbs(site)
            .into_iter()
            .map(|update| json!({"fields": fields, "update": update}))
            .collect();
        bodies.push(json!({"fields": fields, "transition": {"id": "9999"}}));
        for body in bodies {
            let refused = call(&bench, site, "ada", "POST", &api(site, "issue"), body.clone()).await;
            assert!(refused.status == 400, "{body} {}", refused.text);
            assert_eq!(
                deliveries(&bench, site, &receiver).await,
                Vec::<String>::new(),
                "{body}"
            );
        }
        let after = (count(&bench, site).await, look(&bench, site, "TRIP-1").await);
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn a_refused_edit_or_transition_leaves_the_issue_as_it_was() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Stays").await;
        let (receiver, url) = Receiver::start().await;
        register(&bench, site, &url, &EVENTS, None).await;
        let path = api(site, &format!("issue/{key}"));
        let steps = bench.ada(site, &format!("{path}/transitions")).await;
        let step = steps["transitions"][0]["id"].clone();
        let before = (look(&bench, site, &key).await, look(&bench, site, "TRIP-1").await);
        for update in bad_verbs(site) {
            let body = json!({"fields": {"summary": "Changed"}, "update": update});
            let refused = call(&bench, site, "ada", "PUT", &path, body).await;
            assert!(refused.status == 400, "{update} {}", refused.text);
            let body = json!({"transition": {"id": step}, "update": update});
            let refused = call(&bench, site, "ada", "POST", &format!("{path}/transitions"), body).await;
            assert!(refused.status == 400, "{update} {}", refused.text);
            assert_eq!(
                deliveries(&bench, site, &receiver).await,
                Vec::<String>::new(),
                "{update}"
            );
        }
        let link = json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": "TRIP-1"},
            "comment": {"body": rich(site, "")}});
        let refused = call(&bench, site, "ada", "POST", &api(site, "issueLink"), link).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert_eq!(deliveries(&bench, site, &receiver).await, Vec::<String>::new());
        let after = (look(&bench, site, &key).await, look(&bench, site, "TRIP-1").await);
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn work_and_comments_ride_with_an_edit() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Ridden").await;
        let path = api(site, &format!("issue/{key}"));
        let update = json!({
            "worklog": [{"add": {"timeSpent": "2h", "adjustEstimate": "new", "newEstimate": "3h", "comment": rich(site, "Done")}}],
            "comment": [{"add": {"body": rich(site, "First")}}],
        });
        let put = |update: Value| call(&bench, site, "ada", "PUT", &path, json!({"update": update}));
        assert_eq!(put(update).await.status, 204);
        let logs = bench.ada(site, &format!("{path}/worklog")).await;
        assert_eq!(
            (&logs["total"], &logs["worklogs"][0]["timeSpentSeconds"]),
            (&json!(1), &json!(7200))
        );
        let fields = bench.ada(site, &path).await["fields"].clone();
        assert_eq!(
            (&fields["timespent"], &fields["timeestimate"]),
            (&json!(7200), &json!(10800))
        );
        let comments = bench.ada(site, &format!("{path}/comment")).await;
        let (log, comment) = (&logs["worklogs"][0]["id"], &comments["comments"][0]["id"]);
        let update = json!({
            "worklog": [{"edit": {"id": log, "timeSpent": "1h"}}],
            "comment": [{"edit": {"id": comment, "body": rich(site, "Second")}}],
        });
        assert_eq!(put(update).await.status, 204);
        let comments = bench.ada(site, &format!("{path}/comment")).await;
        assert_eq!(comments["comments"][0]["body"], rich(site, "Second"));
        assert_eq!(bench.ada(site, &path).await["fields"]["timespent"], 3600);
        let update = json!({"worklog": [{"remove": {"id": log}}], "comment": [{"remove": {"id": comment}}]});
        assert_eq!(put(update).await.status, 204);
        assert_eq!(bench.ada(site, &format!("{path}/worklog")).await["total"], 0);
        assert_eq!(bench.ada(site, &format!("{path}/comment")).await["total"], 0);
    }
}

#[tokio::test]
async fn an_edit_gives_the_issue_back_as_it_is_shown() {
    let bench = Bench::start().await;
    let key = new_task(&bench, CLOUD, "Shown").await;
    for version in [2, 3] {
        let path = format!("/rest/api/{version}/issue/{key}");
        let body = json!({"fields": {"description": if version == 3 { rich(CLOUD, "Text") } else { json!("Text") }}});
        let back = call(
            &bench,
            CLOUD,
            "ada",
            "PUT",
            &format!("{path}?returnIssue=true"),
            body,
        )
        .await;
        assert_eq!(back.json(200), bench.ada(CLOUD, &path).await);
    }
    for (name, value) in [("one", json!(1)), ("two", json!(2))] {
        let path = api(CLOUD, &format!("issue/{key}/properties/{name}"));
        assert_eq!(call(&bench, CLOUD, "ada", "PUT", &path, value).await.status, 201);
    }
    for (wanted, shown) in [
        ("one", json!({"one": 1})),
        ("*all,-one", json!({"two": 2})),
        ("none", json!({})),
    ] {
        let path = api(CLOUD, &format!("issue/{key}?fields=summary&properties={wanted}"));
        assert_eq!(bench.ada(CLOUD, &path).await["properties"], shown);
    }
}
