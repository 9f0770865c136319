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
        expired_on: None,
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
async fn each_answer_of_jira_has_its_outcome() {
    use CheckCode::{Boards, Clock, Deployment as Type, IsJira, Permissions, Token, Version};
    use Deployment::{Cloud, DataCenter};
    let changed = |kind: &str, path: &'static str, answer: Answer| {
        let mut script = healthy(kind);
        script.insert(0, (path, vec![answer]));
        script
    };
    let page = |text: &str| {
        Answer(
            200,
            vec![("content-type", "text/html".to_owned())],
            format!("<html>canary {text}"),
        )
    };
    let refused = |status: u16, name: &'static str, value: &str| {
        Answer(status, vec![(name, value.to_owned())], "canary".to_owned())
    };
    let captcha = || refused(403, "x-seraph-loginreason", "AUTHENTICATION_DENIED");
    let half = || Answer(200, vec![], "{\"a\":".to_owned());
    let bare = || {
        Answer(
            403,
            vec![],
            r#"{"error":"Failed to parse Connect Session Auth Token"}"#.to_owned(),
        )
    };
    let clock_off = |seconds: i64| {
        let now = crate::server::clock::Clock::System.now() + jiff::SignedDuration::from_secs(seconds);
        ok(json!({"deploymentType": "Server", "version": "11.0.0", "serverTime": now.to_string()}))
    };
    let read_only = || ok(json!({"enabled": true, "message": "canary", "endTime": "2026-06-30T18:00"}));
    let moved = || refused(302, "location", "https://sso.example.com/login?canary");
    let limited = || refused(429, "retry-after", "17");
    let dc = |path, answer| (DataCenter, changed("Server", path, answer));
    let cloud = |path, answer| (Cloud, changed("Cloud", path, answer));
    // What Jira answers, the check it belongs to, the outcome, and words that it must say.
    let table = [
        (
            dc("/serverInfo", server_info("Server", "9.17.5")),
            Version,
            "version_too_old",
            "9.17.5",
        ),
        (
            dc("/serverInfo", server_info("Cloud", "1001")),
            Type,
            "wrong_type",
            "belongs to Jira Cloud",
        ),
        (
            cloud("/serverInfo", server_info("Server", "10.7.4")),
            Type,
            "wrong_type",
            "belongs to Jira Data Center",
        ),
        (
            dc("/serverInfo", page("<form>Log in</form>")),
            IsJira,
            "login_page",
            "web page",
        ),
        (
            dc("/serverInfo", page("<h1>It works</h1>")),
            IsJira,
            "not_jira",
            "not as Jira",
        ),
        (
            dc("/serverInfo", moved()),
            IsJira,
            "redirected",
            "sso.example.com",
        ),
        (
            dc("/serverInfo", half()),
            IsJira,
            "half_answer",
            "stops in the middle",
        ),
        (
            dc("/serverInfo", ok(json!({"hello": 1}))),
            IsJira,
            "not_jira",
            "not as Jira",
        ),
        (dc("/serverInfo", status(503)), IsJira, "maintenance", "HTTP 503"),
        (dc("/serverInfo", limited()), IsJira, "rate_limited", "wait 17 s"),
        (
            dc("/serverInfo", clock_off(150)),
            Clock,
            "clock_differs",
            "ahead of",
        ),
        (
            dc("/serverInfo", clock_off(-150)),
            Clock,
            "clock_differs",
            "behind",
        ),
        (
            dc("/myself", status(401)),
            Token,
            "token_refused",
            "personal access token",
        ),
        (
            cloud("/myself", status(401)),
            Token,
            "token_refused",
            "email and API token",
        ),
        (cloud("/myself", bare()), Token, "bare_token", "on its own"),
        (dc("/myself", captcha()), Token, "captcha", "CAPTCHA"),
        (dc("/myself", me(false)), Token, "inactive_user", "deactivated"),
        (
            dc("/myself", status(403)),
            Token,
            "token_forbidden",
            "does not let the account in",
        ),
        (dc("/myself", page("Sign in")), Token, "login_page", "web page"),
        (dc("/myself", moved()), Token, "redirected", "sso.example.com"),
        (dc("/myself", limited()), Token, "rate_limited", "wait 17 s"),
        (dc("/myself", status(502)), Token, "maintenance", "HTTP 502"),
        (dc("/myself", half()), Token, "half_answer", "stops in the middle"),
        (
            dc("/board", status(403)),
            Boards,
            "no_boards",
            "boards and sprints",
        ),
        (
            dc("/mypermissions", permissions("CREATE_ISSUES")),
            Permissions,
            "permissions_missing",
            "Create Issues",
        ),
        (
            dc("/mypermissions", permissions("BROWSE_PROJECTS")),
            Permissions,
            "permissions_missing",
            "browse no project",
        ),
        (
            dc("/readonly-mode", read_only()),
            Permissions,
            "read_only",
            "until 30 Jun 2026, 18:00",
        ),
    ];
    for ((deployment, script), code, outcome, word) in table {
        let report = probe(deployment, script).await;
        let check = report.find_check(code).unwrap();
        assert_eq!(check.outcome, outcome, "{word}: {report:?}");
        assert!(
            check.detail.contains(word) && !check.next_step.is_empty(),
            "{word}: {check:?}"
        );
        // What only limits lets the rest go on; what fails is the reason of the whole.
        let stops = !matches!(code, Boards | Permissions | Clock);
        assert_eq!(report.verdict == Verdict::Failed, stops, "{word}");
        assert_eq!(
            report.find_failure().map(|check| check.code),
            stops.then_some(code),
            "{word}"
        );
        let other = (code == Type).then_some(if deployment == Cloud { DataCenter } else { Cloud });
        assert_eq!(report.other_type(), other, "{word}");
        assert_eq!(report.checks.len(), 9);
    }
}

#[test]
fn each_failed_connection_has_its_outcome() {
    use super::probe::{TEST_LIMIT, describe_outbound};
    use crate::domain::connection_report::describe;
    use crate::server::outbound::{OutboundError as Error, TlsProblem};
    use CheckCode::{IsJira, Reachable, Tls};
    let host = || "jira.example.com".to_owned();
    let tls = |problem| Error::Tls {
        host: host(),
        problem,
    };
    let after = Duration::from_secs(5);
    for (error, code, outcome) in [
        (Error::NameNotFound { host: host() }, Reachable, "name_not_found"),
        (
            Error::Refused {
                host: host(),
                port: 443,
            },
            Reachable,
            "connection_refused",
        ),
        (Error::TimedOut { host: host(), after }, Reachable, "timed_out"),
        (
            Error::AddressNotAllowed {
                host: host(),
                never: false,
            },
            Reachable,
            "address_not_allowed",
        ),
        (
            Error::AddressNotAllowed {
                host: host(),
                never: true,
            },
            Reachable,
            "address_never_allowed",
        ),
        (Error::Other { host: host() }, Reachable, "unreachable"),
        (tls(TlsProblem::UnknownAuthority), Tls, "tls_unknown_authority"),
        (tls(TlsProblem::WrongHost), Tls, "tls_wrong_host"),
        (tls(TlsProblem::Expired), Tls, "tls_expired"),
        (tls(TlsProblem::Other), Tls, "tls_failed"),
        (
            Error::Redirect {
                host: host(),
                to_host: None,
                status: 302,
            },
            IsJira,
            "redirected",
        ),
        (
            Error::TooLarge {
                host: host(),
                limit: 9,
            },
            IsJira,
            "not_jira",
        ),
        (Error::Truncated { host: host() }, IsJira, "half_answer"),
    ] {
        let site = Url::parse("https://jira.example.com").unwrap();
        let (found, finding) = describe_outbound(&error, &site, host(), TEST_LIMIT);
        assert_eq!((found, finding.code()), (code, outcome), "{error}");
        assert!(!describe(code, &finding).next_step.is_empty(), "{error}");
    }
}

#[tokio::test]
async fn a_date_that_is_over_tells_an_expired_token_from_a_wrong_one() {
    let over = jiff::civil::date(2026, 11, 1);
    for (deployment, kind) in [(Deployment::Cloud, "Cloud"), (Deployment::DataCenter, "Server")] {
        let mut script = healthy(kind);
        script.insert(0, ("/myself", vec![status(401)]));
        let (url, _) = serve(script).await;
        let input = ConnectionInput {
            deployment,
            site_url: url.clone(),
            email: Some("ada@example.com".to_owned()),
            token: "canary-token".to_owned().into(),
            expired_on: Some(over),
            known: None,
        };
        let report = test_connection(&outbound(Some(&url)), &input).await;
        let check = report.find_failure().unwrap();
        assert_eq!(
            (check.code, check.outcome.as_str()),
            (CheckCode::Token, "token_expired")
        );
        assert!(check.detail.contains("1 Nov 2026"), "{check:?}");
    }
}

#[tokio::test]
async fn data_center_tells_the_end_of_the_only_token() {
    let tokens = ok(json!([{"id": 1, "name": "Traceline", "expiringAt": "2027-09-19T08:00:00.000+0000"}]));
    let mut script = healthy("Server");
    script.insert(0, ("/rest/pat/latest/tokens", vec![tokens]));
    let report = probe(Deployment::DataCenter, script).await;
    assert_eq!(report.token_expires.as_deref(), Some("2027-09-19"));
    assert_eq!(
        probe(Deployment::DataCenter, healthy("Server"))
            .await
            .token_expires,
        None
    );
    // A list that hangs delays the test and fails nothing.
    let mut script = healthy("Server");
    script.insert(
        0,
        (
            "/rest/pat/latest/tokens",
            vec![Answer(0, Vec::new(), String::new())],
        ),
    );
    let report = probe(Deployment::DataCenter, script).await;
    assert_healthy(&report);
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
            expired_on: None,
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
        expired_on: None,
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
