//! Webhooks over real HTTP: registered as an administrator would, received by a server of ours.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, new_task,
    receiver::{Receiver, path, register, registration, settle},
    rich,
};

#[tokio::test]
async fn registrations_have_the_shape_of_their_deployment() {
    let bench = Bench::start().await;
    let url = "http://127.0.0.1:9/x";
    for site in [CLOUD, DC] {
        let made = register(&bench, site, url, &["jira:issue_created"], Some("project = TRIP")).await;
        assert!(!made.to_string().contains("s3cret"));
        let id = if site == CLOUD {
            assert_eq!((&made["isSigned"], made.get("id")), (&json!(true), None));
            made["self"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned()
        } else {
            assert_eq!(
                made["configuration"],
                json!({"EXCLUDE_BODY": "false", "FILTERS": "project = TRIP"})
            );
            made["id"].to_string()
        };
        let one = format!("{}/{id}", path(site));
        assert_eq!(bench.ada(site, &one).await, made);
        assert_eq!(bench.ada(site, path(site)).await, json!([made]));
        let update = registration(site, "http://127.0.0.1:9/y", &["sprint_started"], None);
        assert_eq!(
            call(&bench, site, "ada", "PUT", &one, update).await.json(200)["url"],
            "http://127.0.0.1:9/y"
        );
        for bad in [
            json!({"name": "n"}),
            registration(site, url, &["nothing"], None),
            registration(site, url, &[], Some("project = = 1")),
        ] {
            assert_eq!(
                call(&bench, site, "ada", "POST", path(site), bad.clone())
                    .await
                    .status,
                400,
                "{bad}"
            );
        }
        assert_eq!(bench.get(site, "quentin", path(site)).await.status, 403);
        assert_eq!(
            bench.get(site, "ada", path(1 - site)).await.status,
            404,
            "the other deployment's path"
        );
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &one, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
    }
    assert_eq!(
        bench.get(CLOUD, "ada", "/rest/api/3/webhook").await.status,
        403,
        "for apps only"
    );
    control(&bench, DC, "version", json!({"version": "9.12.4"})).await;
    assert_eq!(
        bench.get(DC, "ada", "/rest/webhooks/1.0/webhook").await.status,
        200,
        "the old path of old versions"
    );
}

#[tokio::test]
async fn issue_events_carry_the_issue_and_what_changed() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (receiver, url) = Receiver::start().await;
        let events = [
            "jira:issue_created",
            "jira:issue_updated",
            "jira:issue_deleted",
            "comment_created",
            "issuelink_created",
        ];
        register(&bench, site, &url, &events, Some("project = TRIP")).await;
        let key = new_task(&bench, site, "Hooked").await;
        let issue = api(site, &format!("issue/{key}"));
        call(
            &bench,
            site,
            "ada",
            "PUT",
            &issue,
            json!({"fields": {"summary": "Changed", "description": rich(site, "words")}}),
        )
        .await;
        call(
            &bench,
            site,
            "ada",
            "POST",
            &format!("{issue}/transitions"),
            json!({"transition": {"id": "21"}}),
        )
        .await;
        let other = json!({"fields": {"project": {"key": "PAY"}, "issuetype": {"name": "Task"}, "summary": "not ours"}});
        call(&bench, site, "ada", "POST", &api(site, "issue"), other).await;
        settle(&bench, site).await;
        assert_eq!(
            receiver.names(),
            ["jira:issue_created", "jira:issue_updated", "jira:issue_updated"],
            "{site}"
        );
        let bodies = receiver.bodies();
        assert_eq!(bodies[0]["issue_event_type_name"], "issue_created");
        assert_eq!(bodies[0]["issue"]["key"], key.as_str());
        assert!(bodies[0]["timestamp"].is_i64() && bodies[0]["user"]["displayName"] == "Ada Castellan");
        assert_eq!(
            bodies[1]["issue"]["fields"]["description"], "words",
            "wiki text everywhere"
        );
        let items = bodies[1]["changelog"]["items"].as_array().unwrap();
        assert!(
            items
                .iter()
                .any(|item| item["field"] == "summary" && item["toString"] == "Changed")
        );
        assert_eq!(bodies[2]["issue_event_type_name"], "issue_generic");
        let own = bodies[0]["issue"]["self"].as_str().unwrap();
        assert_eq!(own.contains("/rest/api/2/issue/"), site == DC, "{own}");
        check_signatures(&receiver);
        assert_eq!(
            receiver.header(0, "x-atlassian-webhook-flow"),
            (site == CLOUD).then(|| "Primary".to_owned())
        );
        receiver.clear();
        call(
            &bench,
            site,
            "ada",
            "POST",
            &format!("{issue}/comment"),
            json!({"body": rich(site, "said")}),
        )
        .await;
        call(&bench, site, "ada", "DELETE", &issue, Value::Null).await;
        settle(&bench, site).await;
        let bodies = receiver.bodies();
        let comment = bodies
            .iter()
            .find(|body| body["webhookEvent"] == "comment_created")
            .unwrap();
        assert_eq!(
            (
                comment["comment"]["body"].clone(),
                comment.get("issue").is_some(),
                comment.get("user").is_some()
            ),
            (json!("said"), site == CLOUD, site == DC)
        );
        assert_eq!(
            receiver.names().contains(&"jira:issue_updated".to_owned()),
            site == DC,
            "Data Center says it twice"
        );
        assert_eq!(
            bodies.last().unwrap()["issue"]["fields"]["summary"],
            "Changed",
            "whole even when it is gone"
        );
    }
}

/// Everything that arrived is signed, by the bytes that arrived.
#[track_caller]
fn check_signatures(receiver: &Receiver) {
    let mail = receiver.mail.lock().unwrap().clone();
    assert!(!mail.is_empty());
    for (index, (_, raw)) in mail.iter().enumerate() {
        let signature = receiver.header(index, "x-hub-signature");
        assert_eq!(signature, Some(sign("s3cret", raw)));
    }
}

/// The signature by another implementation than the one that signs.
fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[test]
fn the_second_signature_is_the_documented_one() {
    assert_eq!(
        sign("It's a Secret to Everybody", b"Hello World!"),
        "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    );
}

#[tokio::test]
async fn each_path_of_registrations_has_its_own_body() {
    let bench = Bench::start().await;
    let (old, new) = (path(CLOUD), path(DC));
    let url = "http://127.0.0.1:9/x";
    let filter = Some("project = TRIP");
    let variant = async |kept: bool| {
        control(&bench, DC, "variant", json!({"old_webhook_path": kept})).await;
    };
    let configured = json!({"EXCLUDE_BODY": "false", "FILTERS": "project = TRIP"});
    let filters = json!({"issue-related-events-section": "project = TRIP"});
    for (kept, own, other, site) in [(true, old, new, CLOUD), (false, new, old, DC)] {
        variant(kept).await;
        let body = registration(site, url, &["jira:issue_created"], filter);
        assert_eq!(
            call(&bench, DC, "ada", "POST", other, body.clone()).await.status,
            404
        );
        let made = call(&bench, DC, "ada", "POST", own, body).await.json(201);
        let shown = |part: &str| made.get(part).cloned();
        if kept {
            assert_eq!(
                (shown("filters"), shown("excludeBody")),
                (Some(filters.clone()), Some(json!(false)))
            );
            assert_eq!((shown("id"), shown("configuration")), (None, None));
        } else {
            assert_eq!(shown("configuration"), Some(configured.clone()));
            assert_eq!(
                (shown("filters"), shown("excludeBody"), shown("secret")),
                (None, None, None)
            );
        }
        // The settings of the other body are ignored without a word.
        let foreign = registration(1 - site, url, &["jira:issue_created"], filter);
        let made = call(&bench, DC, "ada", "POST", own, foreign).await.json(201);
        if kept {
            assert_eq!((&made["filters"], &made["isSigned"]), (&json!({}), &json!(false)));
        } else {
            assert_eq!(made["configuration"], json!({}));
        }
    }
    // All four are there for either path, in the body that is its own.
    let all = bench.ada(DC, new).await;
    let settings: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["configuration"])
        .collect();
    let bare = json!({"EXCLUDE_BODY": "false"});
    assert_eq!(settings, [&configured, &bare, &configured, &json!({})]);
    variant(true).await;
    let all = bench.ada(DC, old).await;
    let settings: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["filters"])
        .collect();
    assert_eq!(settings, [&filters, &json!({}), &filters, &json!({})]);
    let one = format!("{old}/3");
    let changed = registration(CLOUD, url, &["jira:issue_deleted"], Some("project = PAY"));
    call(&bench, DC, "ada", "PUT", &one, changed).await.json(200);
    variant(false).await;
    let shown = bench.ada(DC, &format!("{new}/3")).await;
    assert_eq!(
        shown["configuration"],
        json!({"EXCLUDE_BODY": "false", "FILTERS": "project = PAY"})
    );
}

#[tokio::test]
async fn releases_sprints_and_projects_are_told_for_the_whole_site() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (receiver, url) = Receiver::start().await;
        let events = [
            "jira:version_created",
            "jira:version_released",
            "jira:version_deleted",
            "sprint_created",
            "sprint_updated",
            "sprint_deleted",
            "project_updated",
            "issuelink_created",
        ];
        register(&bench, site, &url, &events, Some("project = TRIP")).await;
        let version = call(
            &bench,
            site,
            "ada",
            "POST",
            &api(site, "version"),
            json!({"name": "Next", "projectId": 10101}),
        )
        .await
        .json(201);
        let one = api(site, &format!("version/{}", version["id"].as_str().unwrap()));
        call(
            &bench,
            site,
            "ada",
            "PUT",
            &one,
            json!({"released": true, "releaseDate": "2026-11-20"}),
        )
        .await
        .json(200);
        call(
            &bench,
            site,
            "ada",
            "PUT",
            &format!("{one}/mergeto/10312"),
            Value::Null,
        )
        .await;
        let sprint = call(
            &bench,
            site,
            "ada",
            "POST",
            "/rest/agile/1.0/sprint",
            json!({"name": "S", "originBoardId": 85}),
        )
        .await
        .json(201);
        let sprint = format!("/rest/agile/1.0/sprint/{}", sprint["id"]);
        call(&bench, site, "ada", "POST", &sprint, json!({"goal": "g"}))
            .await
            .json(200);
        call(&bench, site, "ada", "DELETE", &sprint, Value::Null).await;
        call(
            &bench,
            site,
            "ada",
            "PUT",
            &api(site, "project/OPS"),
            json!({"name": "Ops"}),
        )
        .await
        .json(200);
        settle(&bench, site).await;
        assert_eq!(
            receiver.names(),
            [
                "jira:version_created",
                "jira:version_released",
                "jira:version_deleted",
                "sprint_created",
                "sprint_updated",
                "sprint_deleted",
                "project_updated",
            ]
        );
        let bodies = receiver.bodies();
        assert_eq!(
            (
                &bodies[1]["version"]["released"],
                &bodies[1]["version"]["projectId"]
            ),
            (&json!(true), &json!(10101))
        );
        assert_eq!(bodies[2]["mergedTo"]["id"], "10312");
        assert_eq!(
            (&bodies[4]["sprint"]["goal"], bodies[4].get("oldValue").is_some()),
            (&json!("g"), true)
        );
        assert_eq!(bodies[5]["sprint"].get("self"), None);
        assert_eq!(bodies[6]["project"]["id"], 10102);
    }
}

#[tokio::test]
async fn what_the_control_api_does_to_an_issue_is_told_and_remembered() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (receiver, url) = Receiver::start().await;
        let events = ["jira:issue_updated", "jira:issue_deleted"];
        register(&bench, site, &url, &events, None).await;
        let edit =
            json!({"key": "TRIP-30", "fields": {"summary": "Other", "description": "h2. New\n\ntext"}});
        control(&bench, site, "edit-issue", edit).await;
        control(&bench, site, "delete-issue", json!({"key": "TRIP-31"})).await;
        settle(&bench, site).await;
        assert_eq!(receiver.names(), events);
        let bodies = receiver.bodies();
        assert_eq!(bodies[0]["issue"]["fields"]["summary"], "Other");
        let changed: Vec<&str> = bodies[0]["changelog"]["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["field"].as_str().unwrap())
            .collect();
        assert_eq!(changed, ["description", "summary"]);
        assert_eq!(bodies[1]["issue"]["key"], "TRIP-31");
        let path = api(site, "issue/TRIP-30?expand=changelog");
        let issue = bench.ada(site, &path).await;
        let histories = issue["changelog"]["histories"].as_array().unwrap();
        assert!(
            histories
                .iter()
                .any(|history| history["items"][1]["toString"] == "Other")
        );
        assert_eq!(issue["fields"]["description"]["type"] == "doc", site == CLOUD);
    }
}
