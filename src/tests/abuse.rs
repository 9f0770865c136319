//! What strangers and insiders may not do to everybody else: fill the memory or the database, take every
//! connection, redirect others, take over accounts through the settings.

use reqwest::{Method, StatusCode};
use traceline::{
    domain::{
        jira::Deployment,
        role::{AccountRole, ProjectRole},
    },
    server::{auth::session, store::setting},
};

use crate::{
    harness::{TestApp, TestClient},
    session::person_with_password,
    sync_bench::Bench,
};

const HOUR: i64 = 60 * 60 * 1000;

/// Signs in as a browser does that opened `origin`; gives status and cookies.
async fn sign_in_at(client: &TestClient, origin: &str, host: &str) -> (StatusCode, Vec<String>) {
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin),
        ("host", host),
    ];
    let body = "email=ada%40example.test&password=mango+kettle+river".to_owned();
    let answer = client
        .send(Method::POST, "/api/sign_in", &headers, Some(body))
        .await;
    let cookies = answer.headers.get_all("set-cookie").iter();
    (
        answer.status,
        cookies.map(|line| line.to_str().unwrap().to_owned()).collect(),
    )
}

on_both! {
    async fn the_address_of_the_settings_binds_cookies_to_https(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::AccountAdmin).await;
        let (status, cookies) = sign_in_at(&app.anonymous(), "http://trace.test", "trace.test").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(cookies[0].starts_with("traceline=") && !cookies[0].contains("Secure"), "{cookies:?}");

        let mut tx = app.state.database().write().await.unwrap();
        setting::save(&mut tx, setting::PUBLIC_URL, "https://trace.test").await.unwrap();
        tx.commit().await.unwrap();
        app.state.public_address().load(app.state.database()).await.unwrap();
        let (_, cookies) = sign_in_at(&app.anonymous(), "https://trace.test", "trace.test").await;
        assert!(cookies[0].starts_with("__Host-traceline=") && cookies[0].contains("; Secure"), "{cookies:?}");
        // By another name, without TLS, people still get in.
        let (_, cookies) = sign_in_at(&app.anonymous(), "http://10.0.0.7:3000", "10.0.0.7:3000").await;
        assert!(cookies[0].starts_with("traceline="), "{cookies:?}");
    }
}

on_both! {
    async fn whoever_saves_an_https_address_stays_signed_in(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::AccountAdmin).await;
        let client = app.anonymous();
        sign_in_at(&client, "http://trace.test", "trace.test").await;
        let save = async |origin: &str, address: &str| {
            let headers = [
                ("accept", "application/json"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", origin),
                ("host", "trace.test"),
            ];
            let fields = [("organisation", "Halden"), ("public_url", address), ("time_zone", "UTC")];
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            client.send(Method::POST, "/api/save_settings", &headers, Some(body)).await
        };
        let locked_out = save("http://trace.test", "https://trace.test").await;
        assert_eq!(locked_out.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", locked_out.body);
        assert!(locked_out.body.contains("Set up TLS"), "{}", locked_out.body);
        assert_eq!(save("https://trace.test", "https://trace.test").await.status, StatusCode::OK);
        assert_eq!(client.cookie(session::PLAIN_NAME), None);
        assert!(client.cookie(session::SECURE_NAME).is_some());
        assert_eq!(save("https://trace.test", "https://trace.test").await.status, StatusCode::OK);
    }
}

on_both! {
    async fn only_an_account_admin_moves_the_public_address(app: TestApp) {
        let system = app.person("Sys", AccountRole::SystemAdmin).await;
        let admin = app.person("Ada", AccountRole::AccountAdmin).await;
        let save = async |person: &str, address: &str| {
            let fields = [("organisation", "Halden"), ("public_url", address), ("time_zone", "UTC")];
            app.browser_of(person).await.call("save_settings", &fields).await
        };
        assert_eq!(save(&admin, "https://trace.example.test").await.status, StatusCode::OK);
        let refused = save(&system, "https://look-alike.test").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Only an Account Admin"), "{}", refused.body);
        assert_eq!(save(&system, "https://trace.example.test").await.status, StatusCode::OK);
        let page = app.browser_of(&system).await.get("/admin/settings").await;
        assert!(page.body.contains("readonly") && page.body.contains("Only an Account Admin"), "{}", page.body);
    }
}

on_both! {
    async fn odd_letters_in_a_target_are_no_error_of_ours(app: TestApp) {
        let id = person_with_password(&app, "Ada", AccountRole::User).await;
        for path in ["/projects/%C3%BC", "/projects/%0A", "/projects/x"] {
            let answer = app.browser_of(&id).await.get(path).await;
            assert!(answer.status.is_redirection(), "{path}: {}", answer.status);
            let page = app.browser_of(&id).await.get(answer.location()).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert!(app.anonymous().get(path).await.status.is_redirection(), "{path}");
        }
        let fields = [("email", "ada@example.test"), ("password", "mango kettle river"), ("next", "/ü")];
        let answer = app.anonymous().post_form("/sign-in", "sign_in", &fields).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
        let theme = [("theme", "dark"), ("back", "/ü")];
        let answer = app.browser_of(&id).await.post_form("/profile", "set_theme", &theme).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/profile"));
    }
}

on_both! {
    async fn a_person_has_twenty_sessions(app: TestApp) {
        let id = person_with_password(&app, "Ada", AccountRole::User).await;
        let fields = [("email", "ada@example.test"), ("password", "mango kettle river")];
        let mut browsers = Vec::new();
        for _ in 0..22 {
            app.state.clock().advance(1);
            let browser = app.anonymous();
            assert_eq!(browser.call("sign_in", &fields).await.status, StatusCode::OK);
            browsers.push(browser);
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE person_id = $1", &[&id]).await, 20);
        assert_eq!(browsers[1].call("load_profile", &[]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(browsers[2].call("load_profile", &[]).await.status, StatusCode::OK);
    }
}

on_both! {
    async fn strangers_send_little_and_seldom(app: TestApp) {
        let long = "x".repeat(100_000);
        let client = app.anonymous();
        let fields = [("email", long.as_str()), ("password", "")];
        let answer = client.post_form("/sign-in", "sign_in", &fields).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        // Whoever is signed in may: here the field is too long, which the form itself says.
        let id = app.person("Ada", AccountRole::User).await;
        let own = app.browser_of(&id).await;
        let answer = own.post_form("/profile", "save_profile", &[("name", &long), ("time_zone", "")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);

        let empty = [("email", ""), ("password", "")];
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(client.post_form("/sign-in", "sign_in", &empty).await.status);
        }
        assert_eq!(statuses.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count(), 10);
        // People who are signed in are not held up, from the same network.
        let answer = own.post_form("/profile", "save_profile", &[("name", ""), ("time_zone", "")]).await;
        assert!(answer.location().contains("failed="), "{}", answer.location());
        app.state.clock().advance(61_000);
        assert_eq!(client.post_form("/sign-in", "sign_in", &empty).await.status, StatusCode::SEE_OTHER);
    }
}

on_both! {
    async fn a_page_that_reads_itself_again_keeps_no_session(app: TestApp) {
        let id = app.person("Ada", AccountRole::User).await;
        let (forgotten, used) = (app.browser_of(&id).await, app.browser_of(&id).await);
        let read = async |client: &TestClient, unattended: bool| {
            let mut headers = vec![("accept", "text/html"), ("sec-fetch-site", "same-origin")];
            if unattended {
                headers.push(("x-traceline-unattended", "1"));
            }
            client.send(Method::GET, "/profile", &headers, None).await.status
        };
        for _ in 0..3 {
            app.state.clock().advance(3 * HOUR);
            read(&forgotten, true).await;
            assert_eq!(read(&used, false).await, StatusCode::OK);
        }
        assert_ne!(read(&forgotten, true).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn one_person_follows_ten_pages_at_once() {
    let bench = Bench::new(TestApp::sqlite().await, Deployment::DataCenter).await;
    let app = &bench.app;
    let tester = app.person("Tess", AccountRole::User).await;
    app.join(&bench.project, &tester, ProjectRole::Tester).await;
    let other = app.person("Tom", AccountRole::User).await;
    app.join(&bench.project, &other, ProjectRole::Tester).await;
    let open = async |person: &str| app.browser_of(person).await.follow("/live").await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        let stream = open(&tester).await;
        assert_eq!(stream.status(), StatusCode::OK);
        streams.push(stream);
    }
    assert_eq!(open(&tester).await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(open(&other).await.status(), StatusCode::OK);
}
