//! Every fault of a bad day can be played: storms, drips, cuts, resets, tokens that die, lists that
//! lie, clocks that are wrong, sites that do not answer.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{As, Bench, CLOUD, DC, Got};

pub(super) const MYSELF: &str = "/rest/api/2/myself";

pub(super) async fn control(bench: &Bench, site: usize, method: &str, command: &str, body: Value) -> Value {
    let request = bench.request(site, As::Nobody, method, &format!("/__sandbox/{command}"));
    Bench::send(request.json(&body)).await.json(200)
}

pub(super) async fn fault(bench: &Bench, site: usize, rule: Value) {
    control(bench, site, "POST", "faults", rule).await;
}

pub(super) async fn myself(bench: &Bench) -> Got {
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
