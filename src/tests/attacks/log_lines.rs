//! Text of strangers and of Jira in the log of the program itself: a line is an event, whatever stands in it.

use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use traceline::{domain::role::AccountRole, server::auth::session::PLAIN_NAME};

use crate::{
    connection::Form,
    harness::{TestApp, TestClient},
};

/// Ends a line, begins what looks like another event, and colours it.
const FORGED: &str = "a\r\n2026-03-11T14:00:00.000000Z ERROR forged\n{\"level\":\"ERROR\",\"forged\":1}\u{1b}[31mred\u{8}\u{9b}31m\u{2028}forged";

/// A Jira that says this whatever it is asked.
async fn answer_with(status: &'static str) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 8192];
            let _asked = stream.read(&mut head).await;
            let body =
                serde_json::json!({"errorMessages": [FORGED], "version": FORGED, "deploymentType": FORGED})
                    .to_string();
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let _gone = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

async fn log_of(app: TestApp, format: &str) -> String {
    app.follow_the_machine();
    let person = app.person("Ada", AccountRole::AccountAdmin).await;
    let cookie = app.browser_of(&person).await.cookie(PLAIN_NAME).unwrap();
    let settings = [
        ("TRACELINE_ALLOWED_NETWORKS", "127.0.0.0/8"),
        ("TRACELINE_TRUSTED_PROXIES", "127.0.0.0/8"),
        ("TRACELINE_LOG", "debug"),
        ("TRACELINE_LOG_FORMAT", format),
    ];
    let mut server = app.hand_over().await.start(&["serve"], &settings);
    let client = TestClient::new(server.wait_for_address(), Some(format!("{PLAIN_NAME}={cookie}")));
    let encoded: String = url::form_urlencoded::byte_serialize(FORGED.as_bytes())
        .collect::<String>()
        .replace('+', "%20");
    for path in [
        format!("/{encoded}"),
        format!("/projects/{encoded}/plans?text={encoded}"),
        format!("/api/{encoded}"),
    ] {
        client.get(&path).await;
        client
            .send(Method::POST, &path, &[("origin", client.origin())], None)
            .await;
    }
    let odd = "a\tb\u{e9} ERROR forged";
    let headers = [
        ("user-agent", odd),
        ("x-forwarded-for", odd),
        ("x-forwarded-proto", odd),
        ("referer", odd),
        ("accept", "text/html"),
    ];
    client.send(Method::GET, "/nothing", &headers, None).await;
    for (endpoint, field) in [
        ("create_project", "name"),
        ("sign_in", "email"),
        ("save_profile", "time_zone"),
        ("load_user", "person"),
    ] {
        client.call(endpoint, &[(field, FORGED), (FORGED, FORGED)]).await;
        client.post_form("/", endpoint, &[(field, FORGED)]).await;
    }
    for status in ["200 OK", "400 X", "403 X", "404 X", "500 X"] {
        let jira = answer_with(status).await;
        let form = Form::new("Jira", "data_center", &format!("http://{jira}"), "", "canary");
        form.test(&client).await;
        form.with("name", FORGED).save(&client, "url").await;
    }
    server.terminate();
    server.wait_for_end(std::time::Duration::from_secs(30));
    server.said()
}

on_both! {
    async fn nobody_forges_a_line_for_people(app: TestApp) {
        let log = log_of(app, "text").await;
        assert!(log.lines().count() > 20, "{log}");
        assert!(!log.chars().any(|letter| letter.is_control() && letter != '\n'), "{log:?}");
        for line in log.lines() {
            // Each begins as ours do, with the moment and how grave it is.
            let mut words = line.split_whitespace();
            let moment = words.next().unwrap_or_default();
            assert!(moment.parse::<jiff::Timestamp>().is_ok(), "{line:?}");
            let level = words.next().unwrap_or_default();
            assert!(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level), "{line:?}");
            assert!(!words.next().unwrap_or_default().starts_with("forged"), "{line:?}");
        }
    }
}

on_both! {
    async fn nobody_forges_a_line_for_programs(app: TestApp) {
        let log = log_of(app, "json").await;
        assert!(log.lines().count() > 20, "{log}");
        for line in log.lines() {
            let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
            assert!(event["timestamp"].is_string() && event["forged"].is_null(), "{line}");
        }
    }
}
