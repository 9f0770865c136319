//! Faults, edits and the request log, through the control API.

use serde_json::{Value, json};

use super::harness::{As, Bench, CLOUD, DC, build_client};

pub(super) async fn control(bench: &Bench, site: usize, method: &str, command: &str, body: Value) -> Value {
    Bench::send(
        bench
            .request(site, As::Nobody, method, &format!("/__sandbox/{command}"))
            .json(&body),
    )
    .await
    .json(200)
}

#[tokio::test]
async fn faults_spoil_only_what_they_name() {
    let bench = Bench::start().await;
    let myself = "/rest/api/2/myself";
    let fault = |rule: Value| control(&bench, DC, "POST", "faults", rule);
    fault(json!({"path": myself, "status": 503, "times": 1})).await;
    assert_eq!(bench.get(DC, "ada", myself).await.status, 503);
    assert_eq!(bench.get(DC, "ada", myself).await.status, 200, "used up");

    fault(json!({"path": myself, "html": "<h1>Sign in</h1>", "times": 1})).await;
    let html = bench.get(DC, "ada", myself).await;
    assert_eq!((html.status, html.text.as_str()), (200, "<h1>Sign in</h1>"));

    fault(json!({"path": myself, "redirect_to": "http://127.0.0.1:9/login", "times": 1})).await;
    let moved = bench.get(DC, "ada", myself).await;
    assert_eq!(
        (moved.status, moved.headers["location"].to_str().unwrap()),
        (302, "http://127.0.0.1:9/login")
    );

    fault(json!({"path": myself, "retry_after": 7, "rate_limit_reason": "jira-burst-based", "times": 1}))
        .await;
    let limited = bench.get(DC, "ada", myself).await;
    assert_eq!(
        (limited.status, limited.headers["retry-after"].to_str().unwrap()),
        (429, "7")
    );
    assert_eq!(limited.headers["ratelimit-reason"], "jira-burst-based");

    fault(json!({"path": "/rest/api/2/project", "truncate_at": 10, "skip": 1, "times": 1})).await;
    assert_eq!(
        bench.get(DC, "ada", "/jira/rest/api/2/project").await.status,
        200,
        "the first is skipped"
    );
    let response = bench
        .request(DC, As::Person("ada"), "GET", "/rest/api/2/project")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err(), "cut in the middle");

    fault(json!({"path": myself, "hang": true})).await;
    let hanging = bench.get(DC, "ada", myself);
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(50), hanging)
            .await
            .is_err()
    );
    control(&bench, DC, "DELETE", "faults", json!({})).await;
    assert_eq!(bench.get(DC, "ada", myself).await.status, 200);
    assert_eq!(
        bench.get(CLOUD, "ada", myself).await.status,
        200,
        "the other site is untouched"
    );
}

#[tokio::test]
async fn the_world_can_be_changed() {
    let bench = Bench::start().await;
    control(&bench, DC, "POST", "version", json!({"version": "10.5.9"})).await;
    assert_eq!(
        bench.ada(DC, "/rest/api/2/serverInfo").await["versionNumbers"],
        json!([10, 5, 9])
    );
    control(
        &bench,
        DC,
        "POST",
        "edit-issue",
        json!({"key": "PAY-2", "fields": {"summary": "Changed"}}),
    )
    .await;
    assert_eq!(
        bench.ada(DC, "/rest/api/2/issue/PAY-2").await["fields"]["summary"],
        "Changed"
    );
    control(&bench, DC, "POST", "delete-issue", json!({"key": "PAY-2"})).await;
    assert_eq!(bench.get(DC, "ada", "/rest/api/2/issue/PAY-2").await.status, 404);
    control(&bench, DC, "POST", "hide-project", json!({"key": "OPS"})).await;
    assert_eq!(bench.get(DC, "ada", "/rest/api/2/project/OPS").await.status, 404);
    control(&bench, DC, "POST", "delete-project", json!({"key": "TRIP"})).await;
    assert_eq!(
        bench
            .ada(DC, "/rest/api/2/project")
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(bench.get(DC, "ada", "/rest/agile/1.0/board/84").await.status, 404);
    control(&bench, CLOUD, "POST", "grow", json!({"issues": 30})).await;
    assert_eq!(
        control(&bench, CLOUD, "GET", "info", json!({})).await["issues"],
        630
    );
    control(
        &bench,
        CLOUD,
        "POST",
        "revoke-token",
        json!({"token": "sandbox-cloud-ada-token"}),
    )
    .await;
    assert_eq!(bench.get(CLOUD, "ada", "/rest/api/3/myself").await.status, 401);
    control(
        &bench,
        CLOUD,
        "POST",
        "restore-token",
        json!({"token": "sandbox-cloud-ada-token"}),
    )
    .await;
    assert_eq!(bench.get(CLOUD, "ada", "/rest/api/3/myself").await.status, 200);
}

#[tokio::test]
async fn the_log_never_holds_a_token() {
    let bench = Bench::start().await;
    bench.ada(CLOUD, "/rest/api/3/myself").await;
    Bench::send(bench.request(CLOUD, As::Nobody, "GET", "/rest/api/3/project/search?query=b")).await;
    let log = control(&bench, CLOUD, "GET", "requests", json!({})).await;
    assert_eq!(
        log,
        json!([
            {"method": "GET", "path": "/rest/api/3/myself", "authorized": true, "cookie": false},
            {"method": "GET", "path": "/rest/api/3/project/search?query=b", "authorized": false, "cookie": false},
        ])
    );
}

#[tokio::test]
async fn the_authority_is_kept_and_its_key_is_private() {
    let bench = Bench::start().await;
    let folder = bench.sandbox.ca_pem_path().parent().unwrap().to_path_buf();
    let before = std::fs::read(folder.join("ca.pem")).unwrap();
    let options = crate::sandbox::SandboxOptions {
        ca_dir: folder.clone(),
        ..crate::sandbox::SandboxOptions::default()
    };
    let second = crate::sandbox::Sandbox::start(options).await.unwrap();
    assert_eq!(std::fs::read(folder.join("ca.pem")).unwrap(), before);
    let ca = reqwest::Certificate::from_pem(&before).unwrap();
    let client = build_client(ca);
    let url = second.sites()[0].url.replace("127.0.0.1", "localhost");
    assert_eq!(
        client
            .get(format!("{url}/rest/api/3/serverInfo"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.join("ca-key.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    second.stop().await;
    assert!(
        client
            .get(format!("{url}/rest/api/3/serverInfo"))
            .send()
            .await
            .is_err()
    );
}
