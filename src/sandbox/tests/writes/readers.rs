//! Comments and worklogs for a group or a role, and whose worklogs one may change.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, new_task, rich,
};

fn role(name: &str) -> Value {
    json!({"type": "role", "value": name})
}

/// How many issues a search finds.
async fn count(bench: &Bench, site: usize, who: &str, jql: &str) -> usize {
    let path = if site == CLOUD {
        "/rest/api/3/search/jql"
    } else {
        "/rest/api/2/search"
    };
    let found = bench
        .post(site, who, path, json!({"jql": jql, "fields": ["summary"]}))
        .await
        .json(200);
    found["issues"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_comment_for_others_is_neither_found_nor_changed() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Secret").await;
        let path = api(site, &format!("issue/{key}/comment"));
        let body = json!({"body": rich(site, "Zirkonium"), "visibility": role("Administrators")});
        let made = call(&bench, site, "ada", "POST", &path, body).await.json(201);
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        for query in [
            "text ~ Zirkonium",
            "comment ~ Zirkonium",
            "text ~ Zirkonium order by summary",
        ] {
            assert_eq!(count(&bench, site, "ada", query).await, 1, "{query}");
            assert_eq!(count(&bench, site, "quentin", query).await, 0, "{query}");
        }
        let text = json!({"body": rich(site, "Palladium")});
        for (method, body) in [("PUT", text.clone()), ("DELETE", Value::Null)] {
            let got = call(&bench, site, "quentin", method, &one, body).await;
            assert_eq!(got.status, 404, "{method} {}", got.text);
        }
        for (visibility, status) in [(role("Kings"), 400), (role("Testers"), 400)] {
            let body = json!({"body": rich(site, "Palladium"), "visibility": visibility});
            let got = call(&bench, site, "ada", "PUT", &one, body).await;
            assert_eq!(got.status, status, "{}", got.text);
        }
        let shown = call(&bench, site, "ada", "PUT", &one, text).await.json(200);
        assert_eq!(
            shown["visibility"]["value"], "Administrators",
            "not sent, not changed"
        );
        let open =
            json!({"body": rich(site, "x"), "visibility": {"type": "group", "value": "jira-administrators"}});
        let shown = call(&bench, site, "ada", "PUT", &one, open).await.json(200);
        assert_eq!(shown["visibility"]["value"], "jira-administrators");
    }
}

#[tokio::test]
async fn a_worklog_for_others_is_hidden() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Hidden work").await;
        let path = api(site, &format!("issue/{key}/worklog"));
        let post = |who: &'static str, name: &'static str| {
            let body = json!({"timeSpent": "1h", "visibility": role(name)});
            let (bench, path) = (&bench, &path);
            async move { call(bench, site, who, "POST", path, body).await }
        };
        let made = post("ada", "Administrators").await.json(201);
        for (who, name) in [("quentin", "Administrators"), ("ada", "Kings")] {
            let refused = post(who, name).await.json(400);
            assert!(refused["errors"]["commentLevel"].is_string(), "{refused}");
        }
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        for (method, body) in [
            ("GET", Value::Null),
            ("PUT", json!({"timeSpent": "2h"})),
            ("DELETE", Value::Null),
        ] {
            let got = call(&bench, site, "quentin", method, &one, body).await;
            assert_eq!(got.status, 404, "{method} {}", got.text);
        }
        let issue = api(site, &format!("issue/{key}?fields=worklog"));
        for (who, total) in [("ada", 1), ("quentin", 0)] {
            assert_eq!(bench.get(site, who, &path).await.json(200)["total"], total);
            let shown = bench.get(site, who, &issue).await.json(200);
            assert_eq!(shown["fields"]["worklog"]["total"], total, "{who}");
        }
        let refused = json!({"visibility": role("Testers")});
        assert_eq!(call(&bench, site, "ada", "PUT", &one, refused).await.status, 400);
        let group = json!({"visibility": {"type": "group", "value": "jira-administrators"}});
        let shown = call(&bench, site, "ada", "PUT", &one, group).await.json(200);
        assert_eq!(shown["visibility"]["type"], "group");
        assert_eq!(shown["timeSpentSeconds"], 3600);
    }
}

#[tokio::test]
async fn worklogs_are_changed_by_those_who_may() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Whose work").await;
        let path = api(site, &format!("issue/{key}/worklog"));
        let made = call(&bench, site, "ada", "POST", &path, json!({"timeSpent": "1h"}))
            .await
            .json(201);
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let refused = if site == CLOUD { 400 } else { 403 };
        let token = &bench.site(site).accounts[0].token;
        let deny =
            |names: Value| super::control(&bench, site, "rights", json!({"token": token, "denied": names}));
        for (denied, put) in [
            (json!(["EDIT_ALL_WORKLOGS"]), 200),
            (json!(["EDIT_OWN_WORKLOGS"]), 200),
            (json!(["EDIT_ALL_WORKLOGS", "EDIT_OWN_WORKLOGS"]), refused),
        ] {
            deny(denied.clone()).await;
            let got = call(&bench, site, "ada", "PUT", &one, json!({"timeSpent": "1h"})).await;
            assert_eq!(got.status, put, "{denied} {}", got.text);
        }
        deny(json!(["DELETE_ALL_WORKLOGS", "DELETE_OWN_WORKLOGS"])).await;
        let got = call(&bench, site, "ada", "DELETE", &one, Value::Null).await;
        assert_eq!(got.status, refused, "{}", got.text);
        deny(json!(["EDIT_ALL_WORKLOGS", "DELETE_ALL_WORKLOGS"])).await;
        let theirs = call(&bench, site, "quentin", "POST", &path, json!({"timeSpent": "1h"}))
            .await
            .json(201);
        let theirs = format!("{path}/{}", theirs["id"].as_str().unwrap());
        for (method, body) in [("PUT", json!({"timeSpent": "2h"})), ("DELETE", Value::Null)] {
            let got = call(&bench, site, "ada", method, &theirs, body).await;
            assert_eq!(got.status, refused, "{method} {}", got.text);
        }
        deny(json!([])).await;
        for body in [Value::Null, json!({})] {
            assert_eq!(call(&bench, site, "ada", "PUT", &one, body).await.status, 400);
        }
    }
}

#[tokio::test]
async fn estimates_follow_what_is_asked() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Estimated").await;
        let path = api(site, &format!("issue/{key}/worklog"));
        let log = |query: &'static str, body: Value| {
            let (bench, path) = (&bench, format!("{path}?adjustEstimate={query}"));
            async move { call(bench, site, "ada", "POST", &path, body).await }
        };
        let hour = || json!({"timeSpent": "1h"});
        for bad in ["new", "new&newEstimate=soon", "manual", "manual&reduceBy=-1h"] {
            assert_eq!(log(bad, hour()).await.status, 400, "{bad}");
        }
        let most = json!({"timeSpentSeconds": i64::MAX});
        let made = log("new&newEstimate=5h", hour()).await.json(201);
        assert_eq!(
            log("leave", most.clone()).await.status,
            400,
            "more than can be counted"
        );
        let one = format!("{path}/{}?adjustEstimate=manual", made["id"].as_str().unwrap());
        for bad in ["", "&reduceBy=1h", "&increaseBy=soon"] {
            let got = call(&bench, site, "ada", "DELETE", &format!("{one}{bad}"), Value::Null).await;
            assert_eq!(got.status, 400, "{bad} {}", got.text);
        }
        let got = call(
            &bench,
            site,
            "ada",
            "DELETE",
            &format!("{one}&increaseBy=2h"),
            Value::Null,
        )
        .await;
        assert_eq!(got.status, 204, "{}", got.text);
        let fields = bench.ada(site, &api(site, &format!("issue/{key}"))).await["fields"].clone();
        assert_eq!(
            (&fields["timespent"], &fields["timeestimate"]),
            (&json!(0), &json!(25_200))
        );
        log("leave", most).await.json(201);
    }
}
