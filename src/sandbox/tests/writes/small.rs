//! What is easily got wrong: names of one issue, clocks, readers of comments.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, new_task, rich,
};

#[tokio::test]
async fn an_issue_has_one_count_of_writes_by_key_and_by_id() {
    let bench = Bench::start().await;
    // The limit is one of two seconds: a machine that was too busy says nothing, and is asked again.
    for _ in 0..10 {
        let key = new_task(&bench, CLOUD, "Written").await;
        let id = bench.ada(CLOUD, &api(CLOUD, &format!("issue/{key}"))).await["id"].clone();
        control(&bench, CLOUD, "limits", json!({"per_issue": true})).await;
        // Fewer by each name than the twenty that are allowed, and more by both.
        let writes = (0..24).map(|turn| {
            let names = [key.as_str(), id.as_str().unwrap()];
            let path = api(CLOUD, &format!("issue/{}/properties/p{turn}", names[turn % 2]));
            let bench = &bench;
            async move { call(bench, CLOUD, "ada", "PUT", &path, json!(turn)).await.status }
        });
        let begin = tokio::time::Instant::now();
        let statuses = futures::future::join_all(writes).await;
        if begin.elapsed() < std::time::Duration::from_secs(2) {
            let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
            assert_eq!((count(201), count(429)), (20, 4), "{statuses:?}");
            return;
        }
    }
    panic!("24 writes never went through in two seconds");
}

#[tokio::test]
async fn a_clock_put_back_turns_no_order_round() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        control(&bench, site, "clock", json!({"seconds": 3600})).await;
        let key = new_task(&bench, site, "From the future").await;
        let path = api(site, &format!("issue/{key}"));
        let edit = async |summary: &str| {
            let body = json!({"fields": {"summary": summary}});
            assert_eq!(call(&bench, site, "ada", "PUT", &path, body).await.status, 204);
        };
        let comments = format!("{path}/comment");
        let said = json!({"body": rich(site, "Said")});
        edit("First").await;
        let made = call(&bench, site, "ada", "POST", &comments, said.clone())
            .await
            .json(201);
        control(&bench, site, "clock", json!({"seconds": -3600})).await;
        edit("Second").await;
        let one = format!("{comments}/{}", made["id"].as_str().unwrap());
        let comment = call(&bench, site, "ada", "PUT", &one, said.clone())
            .await
            .json(200);
        call(&bench, site, "ada", "POST", &comments, said).await.json(201);
        edit("Third").await;
        let at = |value: &Value| crate::sandbox::world::parse_time(value.as_str().unwrap()).unwrap();
        assert!(at(&comment["updated"]) >= at(&comment["created"]), "{comment}");
        let issue = bench.ada(site, &format!("{path}?expand=changelog")).await;
        let fields = &issue["fields"];
        assert!(at(&fields["updated"]) >= at(&fields["created"]), "{fields}");
        let mut histories = issue["changelog"]["histories"].as_array().unwrap().clone();
        if site == CLOUD {
            histories.reverse();
        }
        let summaries: Vec<_> = histories.iter().map(|one| &one["items"][0]["toString"]).collect();
        assert_eq!(summaries, ["First", "Second", "Third"]);
        assert!(
            histories.is_sorted_by_key(|one| at(&one["created"])),
            "{histories:?}"
        );
        assert_eq!(at(&fields["updated"]), at(&histories[2]["created"]));
        assert!(at(&histories[0]["created"]) >= at(&fields["created"]));
        // An old issue goes on to have the wrong time of the site.
        let old = api(site, "issue/TRIP-20");
        control(
            &bench,
            site,
            "edit-issue",
            json!({"key": "TRIP-20", "fields": {"summary": "Now"}}),
        )
        .await;
        let now = at(&bench.ada(site, "/rest/api/2/serverInfo").await["serverTime"]);
        let updated = at(&bench.ada(site, &old).await["fields"]["updated"]);
        assert!((now - updated).abs() < 600_000, "{now} {updated}");
        control(&bench, site, "clock", json!({"seconds": 0})).await;
    }
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
