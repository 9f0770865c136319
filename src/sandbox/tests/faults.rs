//! Every fault of a bad day can be played: storms, drips, cuts, resets, tokens that die, lists that
//! lie, clocks that are wrong, sites that do not answer.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{As, Bench, CLOUD, DC, Got};

const MYSELF: &str = "/rest/api/2/myself";

async fn control(bench: &Bench, site: usize, method: &str, command: &str, body: Value) -> Value {
    let request = bench.request(site, As::Nobody, method, &format!("/__sandbox/{command}"));
    Bench::send(request.json(&body)).await.json(200)
}

async fn fault(bench: &Bench, site: usize, rule: Value) {
    control(bench, site, "POST", "faults", rule).await;
}

async fn myself(bench: &Bench) -> Got {
    bench.get(DC, "ada", MYSELF).await
}

#[tokio::test]
async fn a_storm_of_429_writes_retry_after_in_every_form() {
    let bench = Bench::start().await;
    let rule = json!({"path": MYSELF, "retry_after": 5, "retry_after_form": "mixed", "times": 3});
    fault(&bench, DC, rule).await;
    let mut forms = Vec::new();
    for _ in 0..3 {
        let got = myself(&bench).await;
        assert_eq!(got.status, 429);
        forms.push(
            got.headers
                .get("retry-after")
                .map(|value| value.to_str().unwrap().to_owned()),
        );
    }
    assert_eq!(forms[0].as_deref(), Some("5"));
    assert!(forms[1].as_ref().unwrap().ends_with(" GMT"), "{forms:?}");
    assert_eq!(forms[2], None);
    fault(
        &bench,
        DC,
        json!({"path": MYSELF, "retry_after": 1, "percent": 30, "seed": 3}),
    )
    .await;
    let mut limited = 0;
    for _ in 0..60 {
        limited += usize::from(myself(&bench).await.status == 429);
    }
    assert!((8..30).contains(&limited), "{limited}");
}

#[tokio::test]
async fn server_errors_come_in_turn() {
    let bench = Bench::start().await;
    fault(
        &bench,
        DC,
        json!({"path": MYSELF, "statuses": [500, 502, 503], "times": 4}),
    )
    .await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(myself(&bench).await.status);
    }
    assert_eq!(statuses, [500, 502, 503, 500, 200]);
}

#[tokio::test]
async fn a_black_hole_takes_no_connection_until_it_is_closed() {
    let bench = Bench::start().await;
    let site = &bench.sandbox.world().data_center().clone();
    site.set_black_hole(true);
    let mut dead = false;
    // The sandbox notices between two connections: the first may still get through.
    for _ in 0..20 {
        if dead {
            break;
        }
        let asked = bench.fresh().get(format!("{}{MYSELF}", site.info.url)).send();
        dead = tokio::time::timeout(Duration::from_millis(400), asked)
            .await
            .is_err();
    }
    assert!(dead, "nobody answers");
    site.set_black_hole(false);
    let account = &site.info.accounts[0];
    let url = format!("{}{MYSELF}", site.info.url);
    let got = bench
        .fresh()
        .get(url)
        .bearer_auth(&account.token)
        .send()
        .await
        .unwrap();
    assert_eq!(got.status(), 200);
}

#[tokio::test]
async fn answers_drip_byte_by_byte_on_both_sites() {
    let bench = Bench::start().await;
    for (site, path) in [(DC, MYSELF), (CLOUD, "/rest/api/3/myself")] {
        fault(&bench, site, json!({"path": path, "drip_ms": 50, "times": 1})).await;
        let slow = bench.get(site, "ada", path);
        assert!(
            tokio::time::timeout(Duration::from_millis(300), slow)
                .await
                .is_err(),
            "not even the headers are there"
        );
        assert_eq!(
            bench.get(site, "ada", path).await.status,
            200,
            "only that connection is slow"
        );
    }
    fault(&bench, DC, json!({"path": MYSELF, "drip_ms": 0, "times": 1})).await;
    assert_eq!(myself(&bench).await.json(200)["name"], "ada", "whole in the end");
}

#[tokio::test]
async fn connections_are_reset_before_and_in_the_middle_of_an_answer() {
    let bench = Bench::start().await;
    fault(&bench, DC, json!({"path": MYSELF, "reset": true, "times": 1})).await;
    let request = bench.request(DC, As::Person("ada"), "GET", MYSELF);
    assert!(request.send().await.is_err());
    fault(
        &bench,
        DC,
        json!({"path": MYSELF, "reset": true, "truncate_at": 20, "times": 1}),
    )
    .await;
    let request = bench.request(DC, As::Person("ada"), "GET", MYSELF);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    assert_eq!(myself(&bench).await.status, 200);
}

#[tokio::test]
async fn a_page_can_be_cut_at_every_byte() {
    let bench = Bench::start().await;
    let path = "/rest/api/2/project/PAY/versions";
    let whole = bench.get(DC, "ada", path).await.text;
    for length in (0..whole.len()).step_by(97) {
        fault(
            &bench,
            DC,
            json!({"path": path, "truncate_at": length, "times": 1}),
        )
        .await;
        let response = bench
            .request(DC, As::Person("ada"), "GET", path)
            .send()
            .await
            .unwrap();
        assert!(response.bytes().await.is_err(), "cut at {length}");
    }
    assert_eq!(bench.get(DC, "ada", path).await.text, whole);
}

#[tokio::test]
async fn a_login_page_comes_as_html_and_by_redirect() {
    let bench = Bench::start().await;
    fault(
        &bench,
        DC,
        json!({"path": MYSELF, "html": "<title>Log in</title>", "times": 1}),
    )
    .await;
    let got = myself(&bench).await;
    assert_eq!(
        (got.status, &got.headers["content-type"]),
        (200, &"text/html;charset=UTF-8".parse().unwrap())
    );
    fault(
        &bench,
        DC,
        json!({"path": MYSELF, "redirect_to": "/login.jsp", "times": 1}),
    )
    .await;
    let got = myself(&bench).await;
    assert_eq!(
        (got.status, got.headers["location"].to_str().unwrap()),
        (302, "/login.jsp")
    );
}

async fn cloud_page(bench: &Bench, token: Option<&str>) -> Got {
    let mut body = json!({"jql": "project = PAY", "maxResults": 50, "fields": ["summary"]});
    if let Some(token) = token {
        body["nextPageToken"] = Value::from(token);
    }
    bench.post(CLOUD, "ada", "/rest/api/3/search/jql", body).await
}

fn keys(page: &Value) -> Vec<String> {
    let issues = page["issues"].as_array().unwrap();
    issues
        .iter()
        .map(|issue| issue["key"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn page_tokens_loop_expire_and_skip() {
    let bench = Bench::start().await;
    let path = "/rest/api/3/search/jql";
    let first = cloud_page(&bench, None).await.json(200);
    let token = first["nextPageToken"].as_str().unwrap().to_owned();
    let second = cloud_page(&bench, Some(&token)).await.json(200);

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "stale_token", "times": 1}),
    )
    .await;
    assert!(
        cloud_page(&bench, Some(&token))
            .await
            .message(400)
            .contains("token")
    );

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "looping_token", "times": 3}),
    )
    .await;
    let mut token = None;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = cloud_page(&bench, token.as_deref()).await.json(200);
        token = page["nextPageToken"].as_str().map(str::to_owned);
        seen.push(token.clone().unwrap());
    }
    assert_eq!((&seen[0], &seen[1]), (&seen[1], &seen[2]));

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "skipping_token", "times": 1}),
    )
    .await;
    let page = cloud_page(&bench, None).await.json(200);
    let after = cloud_page(&bench, page["nextPageToken"].as_str()).await.json(200);
    assert!(keys(&after).iter().all(|key| !keys(&second).contains(key)));

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "empty_page", "times": 1}),
    )
    .await;
    let empty = cloud_page(&bench, None).await.json(200);
    assert_eq!(
        (empty["issues"].as_array().unwrap().len(), &empty["isLast"]),
        (0, &json!(false))
    );
}

#[tokio::test]
async fn offsets_are_ignored_rows_come_twice_and_totals_move() {
    let bench = Bench::start().await;
    let page = |start: usize| {
        let path = format!(
            "/rest/api/2/search?jql=project=PAY%20ORDER%20BY%20id&fields=summary&maxResults=3&startAt={start}"
        );
        let bench = &bench;
        async move { bench.ada(DC, &path).await }
    };
    let (first, second) = (page(0).await, page(3).await);
    let rule = |paging: &str| json!({"path": "/rest/api/2/search", "paging": paging, "times": 2});
    fault(&bench, DC, rule("looping_token")).await;
    assert_eq!(
        (keys(&page(0).await), keys(&page(3).await)),
        (keys(&first), keys(&first))
    );
    fault(&bench, DC, rule("duplicate_rows")).await;
    page(0).await;
    let twice = keys(&page(3).await);
    assert_eq!(
        (&twice[0], &twice[1..]),
        (&keys(&first)[2], keys(&second).as_slice())
    );
    fault(&bench, DC, rule("missing_rows")).await;
    assert_eq!(keys(&page(0).await), keys(&first)[..2]);
    page(0).await;
    let total = first["total"].as_i64().unwrap();
    fault(&bench, DC, rule("shrinking_total")).await;
    assert_eq!(
        [page(0).await["total"].as_i64(), page(3).await["total"].as_i64()],
        [Some(total), Some(total - 1)]
    );
    fault(&bench, DC, rule("growing_total")).await;
    assert_eq!(
        [page(0).await["total"].as_i64(), page(3).await["total"].as_i64()],
        [Some(total), Some(total + 1)]
    );
}

#[tokio::test]
async fn a_token_runs_out_at_a_request_and_is_replaced() {
    let bench = Bench::start().await;
    fault(&bench, DC, json!({"expire_token": true, "skip": 2, "times": 1})).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(myself(&bench).await.status);
    }
    assert_eq!(statuses, [200, 200, 401, 401]);
    assert_eq!(
        bench.get(DC, "quentin", MYSELF).await.status,
        200,
        "only that token"
    );
    control(
        &bench,
        DC,
        "POST",
        "restore-token",
        json!({"token": "sandbox-dc-ada-token"}),
    )
    .await;
    assert_eq!(myself(&bench).await.status, 200);
}

#[tokio::test]
async fn one_issue_can_be_poison() {
    let bench = Bench::start().await;
    let path = "/rest/api/2/issue/PAY-2";
    let whole = bench.ada(DC, path).await;
    let summary = whole["fields"]["summary"].as_str().unwrap();
    let replaced = |by: &'static str| json!({"path": path, "replace": serde_json::to_string(summary).unwrap(), "replace_by": by, "times": 1});
    fault(&bench, DC, replaced(r#""a\ud800b""#)).await;
    let got = bench.get(DC, "ada", path).await;
    assert!(got.text.contains(r#""a\ud800b""#) && serde_json::from_str::<Value>(&got.text).is_err());
    for (kind, check) in [
        ("nul", "\u{0}"),
        ("invalid-date", "not a date"),
        ("huge", "xxxx"),
        ("unknown-type", "alien"),
    ] {
        control(
            &bench,
            DC,
            "POST",
            "poison-issue",
            json!({"key": "PAY-3", "kind": kind}),
        )
        .await;
        let text = bench.ada(DC, "/rest/api/2/issue/PAY-3").await.to_string();
        let shown = if kind == "nul" { "\\u0000" } else { check };
        assert!(text.contains(shown), "{kind}");
    }
    control(
        &bench,
        CLOUD,
        "POST",
        "poison-issue",
        json!({"key": "PAY-3", "kind": "deep"}),
    )
    .await;
    let text = bench.get(CLOUD, "ada", "/rest/api/3/issue/PAY-3").await.text;
    assert!(text.matches("blockquote").count() >= 100);
}

#[tokio::test]
async fn what_the_wizard_chose_can_vanish_or_be_renamed() {
    let bench = Bench::start().await;
    let field = bench
        .ada(DC, "/rest/api/2/field")
        .await
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "Severity")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    control(
        &bench,
        DC,
        "POST",
        "rename",
        json!({"kind": "field", "id": field, "name": "Gravity"}),
    )
    .await;
    control(
        &bench,
        DC,
        "POST",
        "rename",
        json!({"kind": "status", "id": "10020", "name": "Newest"}),
    )
    .await;
    control(
        &bench,
        DC,
        "POST",
        "rename",
        json!({"kind": "board", "id": "84", "name": "Other board"}),
    )
    .await;
    let all = |path: &'static str| {
        let bench = &bench;
        async move { bench.ada(DC, path).await.to_string() }
    };
    assert!(all("/rest/api/2/field").await.contains("Gravity"));
    assert!(all("/rest/api/2/status").await.contains("Newest"));
    assert!(all("/rest/api/2/project/PAY/statuses").await.contains("Newest"));
    assert!(all("/rest/agile/1.0/board").await.contains("Other board"));
    for (kind, id) in [
        ("field", field.as_str()),
        ("priority", "10100"),
        ("board", "84"),
        ("sprint", "351"),
        ("status", "10014"),
    ] {
        control(&bench, DC, "POST", "remove", json!({"kind": kind, "id": id})).await;
    }
    assert!(!all("/rest/api/2/field").await.contains("Gravity"));
    assert!(!all("/rest/api/2/priority").await.contains("\"10100\""));
    assert_eq!(bench.get(DC, "ada", "/rest/agile/1.0/board/84").await.status, 404);
    assert_eq!(
        bench.get(DC, "ada", "/rest/agile/1.0/sprint/351").await.status,
        404
    );
    let missing = bench
        .request(DC, As::Nobody, "POST", "/__sandbox/remove")
        .json(&json!({"kind": "status", "id": "no"}));
    assert_eq!(Bench::send(missing).await.status, 404);
}

#[tokio::test]
async fn the_clock_can_be_wrong_and_stepped_in_the_middle() {
    let bench = Bench::start().await;
    let hour = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second() / 3600;
    let server_hour = |info: &Value| hour(&info["serverTime"].as_str().unwrap().replace("+0000", "Z"));
    let info = "/rest/api/2/serverInfo";
    let honest = server_hour(&bench.ada(DC, info).await);
    control(&bench, DC, "POST", "clock", json!({"seconds": 86_400})).await;
    let got = bench.get(DC, "ada", info).await;
    assert!(server_hour(&got.json(200)) - honest >= 24);
    let date = jiff::fmt::rfc2822::parse(got.headers["date"].to_str().unwrap()).unwrap();
    assert!(
        date.timestamp().as_second() / 3600 - honest >= 24,
        "the Date header, too"
    );
    let steps = json!({"steps": [{"at": 2, "command": "clock", "body": {"seconds": -3600}}]});
    control(&bench, DC, "POST", "schedule", steps).await;
    assert!(server_hour(&bench.ada(DC, info).await) - honest >= 24);
    assert!(
        server_hour(&bench.ada(DC, info).await) < honest + 1,
        "stepped back"
    );
}

#[tokio::test]
async fn a_script_carries_out_its_steps_in_order() {
    let bench = Bench::start().await;
    let steps = json!({"steps": [
        {"at": 2, "command": "faults", "body": {"path": MYSELF, "status": 503}},
        {"at": 3, "method": "DELETE", "command": "faults"},
        {"at": 4, "command": "delete-issue", "body": {"key": "PAY-5"}},
    ]});
    control(&bench, DC, "POST", "schedule", steps).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(myself(&bench).await.status);
    }
    assert_eq!(statuses, [200, 503, 200]);
    assert_eq!(bench.get(DC, "ada", "/rest/api/2/issue/PAY-5").await.status, 404);
    assert_eq!(
        control(&bench, DC, "GET", "schedule", json!({})).await["steps"],
        json!([])
    );
    let bad = bench
        .request(DC, As::Nobody, "POST", "/__sandbox/schedule")
        .json(&json!({"steps": [{"when": 1}]}));
    assert_eq!(Bench::send(bad).await.status, 400);
}
