//! What is easily got wrong: names of one issue, clocks, readers of comments.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, new_task, rich,
};

#[tokio::test]
async fn an_issue_has_one_count_of_writes_by_key_and_by_id() {
    let bench = Bench::start().await;
    let key = new_task(&bench, CLOUD, "Written").await;
    let id = bench.ada(CLOUD, &api(CLOUD, &format!("issue/{key}"))).await["id"].clone();
    // All at one moment: the second half goes by the other name.
    let mut writes = Vec::new();
    for turn in 0..44 {
        let name = if turn % 2 == 0 {
            key.as_str()
        } else {
            id.as_str().unwrap()
        };
        let path = api(CLOUD, &format!("issue/{name}/properties/p{turn}"));
        let bench = &bench;
        writes.push(async move { call(bench, CLOUD, "ada", "PUT", &path, json!(turn)).await.status });
    }
    control(&bench, CLOUD, "limits", json!({"per_issue": true})).await;
    let statuses = futures::future::join_all(writes).await;
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert!(refused >= 1, "{statuses:?}");
}

#[tokio::test]
async fn a_token_runs_out_by_the_clock_of_its_site() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let token = bench.site(site).accounts[0].token.clone();
        for (skew, in_ms, want) in [
            (600, 60_000, 200),
            (-600, 60_000, 200),
            (-600, -1, 401),
            (600, -1, 401),
        ] {
            control(&bench, site, "clock", json!({"seconds": skew})).await;
            control(
                &bench,
                site,
                "expire-token",
                json!({"token": token, "in_ms": in_ms}),
            )
            .await;
            let got = bench.get(site, "ada", "/rest/api/2/myself").await;
            assert_eq!(got.status, want, "{skew} {in_ms}");
        }
    }
}

#[tokio::test]
async fn ten_minutes_of_a_wrong_clock_show_everywhere() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        for seconds in [600, -600] {
            control(&bench, site, "clock", json!({"seconds": 0})).await;
            let read = |text: &Value| crate::sandbox::world::parse_time(text.as_str().unwrap()).unwrap();
            let honest = read(&bench.ada(site, "/rest/api/2/serverInfo").await["serverTime"]);
            control(&bench, site, "clock", json!({"seconds": seconds})).await;
            let info = bench.ada(site, "/rest/api/2/serverInfo").await;
            let got = bench.get(site, "ada", "/rest/api/2/myself").await;
            let date = jiff::fmt::rfc2822::parse(got.headers["date"].to_str().unwrap()).unwrap();
            let key = new_task(&bench, site, "Skewed").await;
            let created =
                bench.ada(site, &api(site, &format!("issue/{key}"))).await["fields"]["created"].clone();
            // Half of the skew tells it from none, however long the machine was busy in between.
            for (what, at) in [
                ("serverTime", read(&info["serverTime"])),
                ("Date", date.timestamp().as_millisecond()),
                ("created", read(&created)),
            ] {
                let off = (at - honest) / 1000;
                assert!(
                    if seconds > 0 { off >= 300 } else { off <= -300 },
                    "{what} is off by {off} s"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_comment_for_a_group_is_read_by_its_members() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = api(site, "issue/PAY-1/comment");
        let before = bench.get(site, "quentin", &path).await.json(200)["total"].clone();
        let post = |who: &'static str, kind: &'static str, value: &'static str| {
            let body = json!({"body": rich(site, "Among us"), "visibility": {"type": kind, "value": value}});
            let (bench, path) = (&bench, &path);
            async move { call(bench, site, who, "POST", path, body).await }
        };
        let made = post("ada", "role", "Administrators").await.json(201);
        assert_eq!(made["visibility"]["value"], "Administrators");
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        assert_eq!(bench.get(site, "ada", &one).await.status, 200);
        assert_eq!(bench.get(site, "quentin", &one).await.status, 404);
        assert_eq!(bench.get(site, "quentin", &path).await.json(200)["total"], before);
        let issue = bench.get(site, "quentin", &api(site, "issue/PAY-1")).await;
        assert!(!issue.text.contains("Among us"));
        for (who, kind, value) in [
            ("quentin", "role", "Administrators"),
            ("ada", "group", "strangers"),
            ("ada", "role", "Kings"),
        ] {
            let refused = post(who, kind, value).await;
            assert!(
                refused.json(400)["errors"]["commentLevel"].is_string(),
                "{}",
                refused.text
            );
        }
    }
}
