//! A site that goes wrong as a whole: tokens that end, poison, things that vanish, a wrong clock, a script.

use serde_json::{Value, json};

use super::{
    faults::{MYSELF, control, fault, myself},
    harness::{As, Bench, CLOUD, DC},
};

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
