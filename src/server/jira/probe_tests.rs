//! The connection test against scripted servers: each trouble is named at its check.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::scripted_tests::{Answer, ok, outbound, serve, status};
use super::*;
use crate::domain::connection_report::{CheckCode, CheckState, ConnectionReport, Verdict};
use crate::domain::jira::Deployment;

fn server_info(kind: &str, version: &str) -> Answer {
    let now = crate::server::clock::Clock::System.now();
    ok(
        json!({"deploymentType": kind, "version": version, "serverTime": now.to_string(), "serverTitle": "Jira"}),
    )
}

fn me(active: bool) -> Answer {
    ok(json!({"key": "JIRAUSER1", "accountId": "a1", "displayName": "Ada", "active": active}))
}

fn permissions(without: &str) -> Answer {
    let all: serde_json::Map<String, Value> = crate::domain::connection_report::PERMISSIONS
        .iter()
        .map(|(key, _)| {
            (
                (*key).to_owned(),
                json!({"key": key, "havePermission": *key != without}),
            )
        })
        .collect();
    ok(json!({ "permissions": all }))
}

async fn probe(
    deployment: Deployment,
    script: Vec<(&'static str, Vec<Answer>)>,
) -> crate::domain::connection_report::ConnectionReport {
    let (url, _) = serve(script).await;
    let email = Some("ada@example.com".to_owned());
    let input = ConnectionInput {
        deployment,
        site_url: url.clone(),
        email,
        token: "canary-token".to_owned().into(),
        known: None,
    };
    let report = probe::test_connection_within(&outbound(Some(&url)), &input, Duration::from_secs(5)).await;
    assert!(!format!("{report:?}").contains("canary"));
    report
}

fn healthy(kind: &str) -> Vec<(&'static str, Vec<Answer>)> {
    vec![
        ("/serverInfo", vec![server_info(kind, "10.7.4")]),
        ("/myself", vec![me(true)]),
        ("/board", vec![ok(json!({"values": []}))]),
        ("/mypermissions", vec![permissions("")]),
    ]
}

/// Nothing but the missing encryption of the test's own server is a limit.
fn assert_healthy(report: &ConnectionReport) {
    assert_eq!(report.verdict, Verdict::PassedWithLimits, "{report:?}");
    for check in report
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Warned)
    {
        assert_eq!(check.code, CheckCode::Tls, "{report:?}");
    }
}

#[tokio::test]
async fn a_healthy_jira_passes() {
    for (deployment, kind) in [(Deployment::Cloud, "Cloud"), (Deployment::DataCenter, "Server")] {
        let report = probe(deployment, healthy(kind)).await;
        assert_healthy(&report);
        assert_eq!(report.identity.unwrap().display_name, "Ada");
        assert!(report.api_base.is_some() && report.features.iter().all(|feature| feature.works));
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
async fn each_trouble_is_named_at_its_check() {
    use Deployment::{Cloud, DataCenter};
    let changed = |kind: &str, path: &'static str, answer: Answer| {
        let mut script = healthy(kind);
        script.insert(0, (path, vec![answer]));
        script
    };
    let html = || {
        Answer(
            200,
            vec![("content-type", "text/html".to_owned())],
            "<html><form>Log in</form>".to_owned(),
        )
    };
    let moved = || {
        Answer(
            302,
            vec![("location", "https://sso.example.com/login".to_owned())],
            String::new(),
        )
    };
    let captcha = || {
        Answer(
            403,
            vec![("x-seraph-loginreason", "AUTHENTICATION_DENIED".to_owned())],
            String::new(),
        )
    };
    let half = || Answer(200, vec![], "{\"a\":".to_owned());
    let bare = || {
        Answer(
            403,
            vec![],
            r#"{"error":"Failed to parse Connect Session Auth Token"}"#.to_owned(),
        )
    };
    for (deployment, script, code, word) in [
        (
            DataCenter,
            changed("Server", "/serverInfo", server_info("Server", "9.17.5")),
            CheckCode::Version,
            "9.17.5",
        ),
        (
            DataCenter,
            changed("Server", "/serverInfo", server_info("Cloud", "1001")),
            CheckCode::Deployment,
            "belongs to Jira Cloud",
        ),
        (
            Cloud,
            changed("Cloud", "/serverInfo", server_info("Server", "10.7.4")),
            CheckCode::Deployment,
            "belongs to Jira Data Center",
        ),
        (
            DataCenter,
            changed("Server", "/serverInfo", html()),
            CheckCode::IsJira,
            "web page",
        ),
        (
            DataCenter,
            changed("Server", "/serverInfo", moved()),
            CheckCode::IsJira,
            "sso.example.com",
        ),
        (
            DataCenter,
            changed("Server", "/serverInfo", half()),
            CheckCode::IsJira,
            "stops in the middle",
        ),
        (
            DataCenter,
            changed("Server", "/serverInfo", ok(json!({"hello": 1}))),
            CheckCode::IsJira,
            "not as Jira",
        ),
        (
            DataCenter,
            changed("Server", "/serverInfo", status(503)),
            CheckCode::IsJira,
            "HTTP 503",
        ),
        (
            DataCenter,
            changed("Server", "/myself", status(401)),
            CheckCode::Token,
            "personal access token",
        ),
        (
            Cloud,
            changed("Cloud", "/myself", status(401)),
            CheckCode::Token,
            "email and API token",
        ),
        (
            Cloud,
            changed("Cloud", "/myself", bare()),
            CheckCode::Token,
            "on its own",
        ),
        (
            DataCenter,
            changed("Server", "/myself", captcha()),
            CheckCode::Token,
            "CAPTCHA",
        ),
        (
            DataCenter,
            changed("Server", "/myself", me(false)),
            CheckCode::Token,
            "deactivated",
        ),
        (
            DataCenter,
            changed("Server", "/myself", html()),
            CheckCode::Token,
            "web page",
        ),
        (
            DataCenter,
            changed("Server", "/myself", status(429)),
            CheckCode::Token,
            "HTTP 429",
        ),
        (
            DataCenter,
            changed("Server", "/myself", half()),
            CheckCode::Token,
            "stops in the middle",
        ),
    ] {
        let report = probe(deployment, script).await;
        let failure = report
            .find_failure()
            .unwrap_or_else(|| panic!("{word}: {report:?}"));
        assert_eq!((failure.code, report.verdict), (code, Verdict::Failed), "{word}");
        assert!(failure.detail.contains(word), "{word}: {failure:?}");
        assert_eq!(report.checks.len(), 9);
    }
}

#[tokio::test]
async fn limits_leave_the_rest_working() {
    let mut script = healthy("Server");
    script.insert(0, ("/board", vec![status(403)]));
    script.insert(0, ("/mypermissions", vec![permissions("CREATE_ISSUES")]));
    let old = crate::server::clock::Clock::System.now() - jiff::SignedDuration::from_mins(10);
    script.insert(
        0,
        (
            "/serverInfo",
            vec![ok(
                json!({"deploymentType": "Server", "version": "11.0.0", "serverTime": old.to_string()}),
            )],
        ),
    );
    let report = probe(Deployment::DataCenter, script).await;
    assert_eq!(report.verdict, Verdict::PassedWithLimits);
    for code in [CheckCode::Boards, CheckCode::Permissions, CheckCode::Clock] {
        assert_eq!(
            report.find_check(code).unwrap().state,
            CheckState::Warned,
            "{code:?}"
        );
    }
    assert!(
        report
            .features
            .iter()
            .any(|feature| !feature.works && feature.blocked_by == ["Create Issues"])
    );
}

#[tokio::test]
async fn a_scoped_token_is_found_at_the_gateway() {
    let mut script = healthy("Cloud");
    script.insert(0, ("/ex/jira/c-1/rest/api/3/myself", vec![me(true)]));
    script.insert(1, ("/myself", vec![status(401)]));
    script.insert(0, ("/tenant_info", vec![ok(json!({"cloudId": "c-1"}))]));
    let report = probe(Deployment::Cloud, script).await;
    assert_healthy(&report);
    assert_eq!(report.cloud_id.as_deref(), Some("c-1"));
    assert!(report.api_base.unwrap().ends_with("/ex/jira/c-1"));
}

#[tokio::test]
async fn a_jira_that_hangs_ends_the_test_in_time() {
    let hang = || Answer(0, Vec::new(), String::new());
    for (path, code) in [
        ("/serverInfo", CheckCode::Reachable),
        ("/myself", CheckCode::Token),
    ] {
        let mut script = healthy("Server");
        script.insert(0, (path, vec![hang()]));
        let (url, _) = serve(script).await;
        let input = ConnectionInput {
            deployment: Deployment::DataCenter,
            site_url: url,
            email: None,
            token: "t".to_owned().into(),
            known: None,
        };
        let report = probe::test_connection_within(&outbound(None), &input, Duration::from_millis(400)).await;
        let failure = report.find_failure().unwrap();
        assert_eq!(failure.code, code, "{report:?}");
        assert!(failure.detail.contains("no answer within"), "{failure:?}");
    }
}

#[tokio::test]
async fn addresses_that_are_closed_or_forbidden_are_named() {
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let input = |url: &str| ConnectionInput {
        deployment: Deployment::DataCenter,
        site_url: Url::parse(url).unwrap(),
        email: None,
        token: "t".to_owned().into(),
        known: None,
    };
    for (url, word) in [
        (format!("http://127.0.0.1:{unused}/"), "refuses connections"),
        (
            "http://10.0.0.1/".to_owned(),
            "10.0.0.1:80 in TRACELINE_ALLOWED_HOSTS",
        ),
        (
            "https://10.0.0.1:8443/jira".to_owned(),
            "10.0.0.1:8443 in TRACELINE_ALLOWED_HOSTS",
        ),
        ("http://name.invalid/".to_owned(), "is not known"),
    ] {
        let report = test_connection(&outbound(None), &input(&url)).await;
        let check = report.find_check(CheckCode::Reachable).unwrap();
        assert!(
            check.detail.contains(word) && report.verdict == Verdict::Failed,
            "{url}: {check:?}"
        );
        assert!(
            report.checks[1..]
                .iter()
                .all(|check| check.state == CheckState::NotReached)
        );
    }
}
