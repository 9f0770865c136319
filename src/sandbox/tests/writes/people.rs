//! Who works on an issue, follows it, wants it.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, new_task, rich,
};

#[tokio::test]
async fn logged_work_is_counted_and_remembered() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Work").await;
        let path = api(site, &format!("issue/{key}/worklog"));
        let refused = call(
            &bench,
            site,
            "ada",
            "POST",
            &path,
            json!({"comment": rich(site, "x")}),
        )
        .await;
        assert!(refused.json(400)["errors"]["timeLogged"].is_string());
        let refused = call(&bench, site, "ada", "POST", &path, json!({"timeSpent": "soon"})).await;
        assert!(refused.json(400)["errors"]["timeLogged"].is_string());
        let sent = json!({"timeSpent": "1h 30m", "comment": rich(site, "Looked"), "started": "2026-11-19T10:00:00.000+0000"});
        let made = call(&bench, site, "ada", "POST", &path, sent).await.json(201);
        assert_eq!(
            (&made["timeSpentSeconds"], &made["timeSpent"]),
            (&json!(5400), &json!("1h 30m"))
        );
        assert_eq!(made["comment"], rich(site, "Looked"));
        call(
            &bench,
            site,
            "quentin",
            "POST",
            &path,
            json!({"timeSpentSeconds": 1800}),
        )
        .await
        .json(201);
        assert_eq!(bench.ada(site, &path).await["total"], 2);
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let changed = call(&bench, site, "ada", "PUT", &one, json!({"timeSpent": "30m"}))
            .await
            .json(200);
        assert_eq!(changed["timeSpentSeconds"], 1800);
        let issue = api(site, &format!("issue/{key}?fields=*all&expand=changelog"));
        let shown = bench.ada(site, &issue).await;
        assert_eq!(shown["fields"]["timespent"], 3600);
        assert_eq!(shown["fields"]["timetracking"]["timeSpent"], "1h");
        assert_eq!(shown["fields"]["worklog"]["total"], 2);
        let items: Vec<&Value> = shown["changelog"]["histories"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|history| history["items"].as_array().unwrap())
            .filter(|item| item["field"] == "timespent")
            .collect();
        assert_eq!(items.len(), 3);
        assert!(
            items
                .iter()
                .any(|item| item["from"] == Value::Null && item["to"] == "5400")
        );
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &one, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.ada(site, &issue).await["fields"]["timespent"], 1800);
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
    }
}

#[tokio::test]
async fn watchers_and_votes_are_people() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Watched").await;
        let watchers = api(site, &format!("issue/{key}/watchers"));
        let votes = api(site, &format!("issue/{key}/votes"));
        assert_eq!(
            bench.ada(site, &watchers).await["isWatching"],
            true,
            "who makes it follows it"
        );
        assert_eq!(
            bench.get(site, "quentin", &watchers).await.json(200)["isWatching"],
            false
        );
        let id = bench.get(site, "quentin", &api(site, "myself")).await.json(200);
        let id = id[if site == CLOUD { "accountId" } else { "name" }].clone();
        assert_eq!(
            call(&bench, site, "ada", "POST", &watchers, id.clone())
                .await
                .status,
            204
        );
        let shown = bench.get(site, "quentin", &watchers).await.json(200);
        assert_eq!(
            (&shown["watchCount"], &shown["isWatching"]),
            (&json!(2), &json!(true))
        );
        let issue = api(site, &format!("issue/{key}?fields=watches,votes"));
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["watches"]["watchCount"],
            2
        );
        let name = if site == CLOUD { "accountId" } else { "username" };
        let gone = format!("{watchers}?{name}={}", id.as_str().unwrap());
        assert_eq!(
            call(&bench, site, "quentin", "DELETE", &gone, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.ada(site, &watchers).await["watchCount"], 1);
        assert_eq!(
            call(&bench, site, "ada", "POST", &watchers, json!("nobody-here"))
                .await
                .status,
            404
        );

        assert_eq!(
            call(&bench, site, "ada", "POST", &votes, Value::Null)
                .await
                .status,
            404,
            "one's own"
        );
        assert_eq!(
            call(&bench, site, "quentin", "POST", &votes, Value::Null)
                .await
                .status,
            204
        );
        let fields = bench.get(site, "quentin", &issue).await.json(200);
        assert_eq!(
            (
                &fields["fields"]["votes"]["votes"],
                &fields["fields"]["votes"]["hasVoted"]
            ),
            (&json!(1), &json!(true))
        );
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["votes"]["hasVoted"],
            false
        );
        assert_eq!(
            call(&bench, site, "quentin", "DELETE", &votes, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.ada(site, &votes).await["votes"], 0);
    }
}
