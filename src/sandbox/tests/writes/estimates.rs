//! Time tracking in the history: seconds without a unit on both sides, as recorded.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, new_task,
};

/// A line of the history about a time.
fn line(site: usize, name: &str, from: Option<i64>, to: Option<i64>) -> Value {
    let text = |side: Option<i64>| side.map(|side| side.to_string());
    let mut item = json!({
        "field": name, "fieldtype": "jira", "from": text(from), "fromString": text(from), "to": text(to),
        "toString": text(to),
    });
    if site == CLOUD {
        item["fieldId"] = json!(name);
    }
    item
}

#[tokio::test]
async fn every_change_of_a_time_is_told_in_seconds() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Estimated").await;
        let path = api(site, &format!("issue/{key}"));
        let last = async || {
            let issue = bench.ada(site, &format!("{path}?expand=changelog")).await;
            let all = issue["changelog"]["histories"].as_array().unwrap().clone();
            let newest = if site == CLOUD { all.first() } else { all.last() };
            newest.unwrap()["items"].clone()
        };
        let edit = async |tracking: Value| {
            let body = json!({"fields": {"timetracking": tracking}});
            assert_eq!(call(&bench, site, "ada", "PUT", &path, body).await.status, 204);
            last().await
        };
        let item = |name: &str, from: Option<i64>, to: Option<i64>| line(site, name, from, to);
        assert_eq!(
            edit(json!({"originalEstimate": "480", "remainingEstimate": "4h"})).await,
            json!([
                item("timeoriginalestimate", None, Some(28_800)),
                item("timeestimate", None, Some(14_400))
            ])
        );
        assert_eq!(
            edit(json!({"remainingEstimate": "2h"})).await,
            json!([item("timeestimate", Some(14_400), Some(7200))]),
            "the original estimate was not sent"
        );
        let worklog = |id: &str, from: bool, to: bool| {
            let (from, to) = (from.then_some(id), to.then_some(id));
            json!({"field": "WorklogId", "fieldtype": "jira", "from": from, "fromString": from, "to": to, "toString": to})
        };
        let (logs, sent) = (format!("{path}/worklog"), json!({"timeSpent": "30m"}));
        let made = call(&bench, site, "ada", "POST", &logs, sent).await;
        let id = made.json(201)["id"].as_str().unwrap().to_owned();
        assert_eq!(
            last().await,
            json!([
                item("timeestimate", Some(7200), Some(5400)),
                item("timespent", None, Some(1800)),
                worklog(&id, false, true)
            ])
        );
        let one = format!("{path}/worklog/{id}");
        call(
            &bench,
            site,
            "ada",
            "PUT",
            &one,
            json!({"timeSpentSeconds": 3600}),
        )
        .await
        .json(200);
        assert_eq!(
            last().await,
            json!([
                item("timeestimate", Some(5400), Some(3600)),
                item("timespent", Some(1800), Some(3600)),
                worklog(&id, true, true)
            ])
        );
        let gone = call(&bench, site, "ada", "DELETE", &one, Value::Null).await;
        assert_eq!(gone.status, 204);
        assert_eq!(
            last().await,
            json!([
                item("timeestimate", Some(3600), Some(7200)),
                item("timespent", Some(3600), Some(0)),
                worklog(&id, true, false)
            ])
        );
        let shown = bench.ada(site, &path).await["fields"]["timetracking"].clone();
        assert_eq!(
            (&shown["originalEstimate"], &shown["remainingEstimateSeconds"]),
            (&json!("1d"), &json!(7200))
        );
        assert_eq!(
            edit(Value::Null).await,
            json!([
                item("timeoriginalestimate", Some(28_800), None),
                item("timeestimate", Some(7200), None)
            ])
        );
        let shown = bench.ada(site, &path).await["fields"]["timetracking"].clone();
        assert_eq!(shown, json!({"timeSpent": "0m", "timeSpentSeconds": 0}));
    }
}
