//! How webhooks arrive: again, twice, late, never, and nowhere but on this machine.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    call, control, new_task,
    receiver::{Receiver, path, register, registration, settle},
};

#[tokio::test]
async fn cloud_tries_again_with_the_same_identifier() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (receiver, url) = Receiver::start().await;
        *receiver.answers.lock().unwrap() = vec![503, 429, 200];
        control(
            &bench,
            site,
            "webhooks/retries",
            json!({"delays_ms": [1, 1, 1, 1, 1]}),
        )
        .await;
        register(&bench, site, &url, &["jira:issue_created"], None).await;
        new_task(&bench, site, "Once").await;
        settle(&bench, site).await;
        if site == DC {
            assert_eq!(receiver.names(), ["jira:issue_created"], "no promise of a retry");
            let promised = ["x-atlassian-webhook-retry", "x-atlassian-webhook-identifier"];
            assert_eq!(promised.map(|name| receiver.header(0, name)), [None, None]);
            continue;
        }
        let retries: Vec<Option<String>> = (0..3)
            .map(|index| receiver.header(index, "x-atlassian-webhook-retry"))
            .collect();
        assert_eq!(retries, [None, Some("1".to_owned()), Some("2".to_owned())]);
        let identifiers: Vec<_> = (0..3)
            .map(|index| receiver.header(index, "x-atlassian-webhook-identifier"))
            .collect();
        assert!(identifiers[0].is_some() && identifiers.iter().all(|one| *one == identifiers[0]));
        assert_eq!(receiver.names(), ["jira:issue_created"; 3]);
        let bodies = receiver.bodies();
        assert!(
            bodies.iter().all(|body| *body == bodies[0]),
            "the same body every time"
        );
        assert_eq!(bodies[0]["issue"]["fields"]["summary"], "Once");
        let log = control(&bench, site, "webhooks/settle", json!({})).await["log"].clone();
        let told: Vec<_> = log
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (&one["retry"], &one["outcome"]))
            .collect();
        assert_eq!(
            told,
            [
                (&json!(0), &json!("503")),
                (&json!(1), &json!("429")),
                (&json!(2), &json!("200"))
            ]
        );
    }
}

#[tokio::test]
async fn deliveries_come_lost_doubled_and_out_of_order_on_request() {
    let bench = Bench::start().await;
    let (receiver, url) = Receiver::start().await;
    register(&bench, CLOUD, &url, &["jira:issue_created"], None).await;
    control(
        &bench,
        CLOUD,
        "webhooks/tricks",
        json!({"lose": 1, "duplicate": 1}),
    )
    .await;
    for summary in ["lost", "twice"] {
        new_task(&bench, CLOUD, summary).await;
    }
    control(&bench, CLOUD, "webhooks/hold", json!({})).await;
    for summary in ["first", "second"] {
        new_task(&bench, CLOUD, summary).await;
    }
    control(&bench, CLOUD, "webhooks/release", json!({"order": "reversed"})).await;
    settle(&bench, CLOUD).await;
    let summaries: Vec<Value> = receiver
        .bodies()
        .iter()
        .map(|body| body["issue"]["fields"]["summary"].clone())
        .collect();
    assert_eq!(summaries, ["twice", "twice", "second", "first"]);
}

#[tokio::test]
async fn nothing_leaves_this_machine() {
    let bench = Bench::start().await;
    register(
        &bench,
        CLOUD,
        "https://192.0.2.1/hook",
        &["jira:issue_created"],
        None,
    )
    .await;
    let http = registration(CLOUD, "http://192.0.2.1/hook", &["jira:issue_created"], None);
    assert_eq!(
        call(&bench, CLOUD, "ada", "POST", path(CLOUD), http).await.status,
        400,
        "Cloud wants https"
    );
    new_task(&bench, CLOUD, "a").await;
    settle(&bench, CLOUD).await;
    let log = control(&bench, CLOUD, "webhooks/settle", json!({})).await;
    assert_eq!(
        log["log"],
        json!([{
            "registration": 1, "event": "jira:issue_created", "url": "https://192.0.2.1/hook", "retry": 0,
            "outcome": "not sent: the receiver is not on this machine",
        }])
    );
}

#[tokio::test]
async fn a_body_can_be_left_out_and_urls_have_variables() {
    let bench = Bench::start().await;
    let (receiver, url) = Receiver::start().await;
    let mut body = registration(
        CLOUD,
        &format!("{url}/{{issue.key}}"),
        &["jira:issue_created"],
        None,
    );
    body["excludeBody"] = json!(true);
    call(&bench, CLOUD, "ada", "POST", path(CLOUD), body)
        .await
        .json(201);
    let key = new_task(&bench, CLOUD, "a").await;
    settle(&bench, CLOUD).await;
    let mail = receiver.mail.lock().unwrap().clone();
    let bodies: Vec<&[u8]> = mail.iter().map(|(_, body)| body.as_slice()).collect();
    assert_eq!(bodies, [b""]);
    assert_eq!(receiver.header(0, "content-type"), None);
    // The key is the one secret, the text is empty.
    assert_eq!(
        receiver.header(0, "x-hub-signature").as_deref(),
        Some("sha256=91dfac70c5348b04e1babb8b421ac92cec08b565b49ca16130dccb72503647b7")
    );
    let log = control(&bench, CLOUD, "webhooks/settle", json!({})).await;
    let sent: Vec<_> = log["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["url"], &one["outcome"]))
        .collect();
    assert_eq!(sent, [(&json!(format!("{url}/{key}")), &json!("200"))]);
}
