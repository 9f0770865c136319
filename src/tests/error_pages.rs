//! Pages of errors: styled, with the reference that the log has too, and nothing of the inside.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, routing::get};
use http_body_util::BodyExt as _;
use reqwest::{Method, StatusCode};
use tower::ServiceExt as _;
use traceline::{domain::role::AccountRole, server::http};
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{TestApp, TestResponse};

/// A page of ours with the reference of its answer, and nothing that only the log may have.
fn assert_is_page(what: &str, answer: &TestResponse) {
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(id.len(), 36, "{what}");
    assert_eq!(
        answer.headers["content-type"], "text/html; charset=utf-8",
        "{what}"
    );
    let body = &answer.body;
    assert!(
        body.contains("stylesheet") && body.contains("<h1"),
        "{what}: {body}"
    );
    assert!(
        body.contains(&format!("<code>{id}</code>")),
        "{what} {id}: {body}"
    );
    for inside in ["sqlx", ".rs", "panicked", "PoolClosed", "SELECT"] {
        assert!(!body.contains(inside), "{what} shows {inside}: {body}");
    }
}

on_both! {
    async fn refusals_are_pages_with_their_reference(app: TestApp) {
        let client = app.anonymous();
        let own = client.origin().to_owned();
        let elsewhere = [("origin", "https://evil.test"), ("accept", "text/html")];
        let here = [("origin", own.as_str()), ("accept", "text/html")];
        let too_much = "x".repeat(2 * 1024 * 1024);
        for (status, method, path, headers, body) in [
            (400, Method::GET, "/projects/a%00b", &here[1..], None),
            (403, Method::POST, "/api/sign_in", &elsewhere[..], Some(String::new())),
            (404, Method::GET, "/nothing/here", &here[1..], None),
            (404, Method::POST, "/api/nothing", &here[..], Some(String::new())),
            (405, Method::GET, "/api/sign_in", &here[1..], None),
            (405, Method::DELETE, "/sign-in", &here[..], None),
            (413, Method::POST, "/api/sign_in", &here[..], Some(too_much.clone())),
            (413, Method::POST, "/sign-in", &here[..], Some(too_much)),
        ] {
            let what = format!("{method} {path}");
            let answer = client.send(method, path, headers, body).await;
            assert_eq!(answer.status.as_u16(), status, "{what}");
            assert_is_page(&what, &answer);
        }
    }
}

on_both! {
    async fn without_a_database_every_answer_is_a_page_with_its_reference(app: TestApp) {
        let person = app.person("Ada", AccountRole::AccountAdmin).await;
        let own = app.browser_of(&person).await;
        let stranger = app.anonymous();
        app.state.database().close().await;
        let fields = [("email", "ada@example.test"), ("password", "mango kettle river")];
        for (what, answer) in [
            ("home", own.get("/").await),
            ("sign-in, signed in", own.get("/sign-in").await),
            ("sign-in", stranger.get("/sign-in").await),
            ("a form", own.post_form("/profile", "save_profile", &[("name", "Ada"), ("time_zone", "UTC")]).await),
            ("the sign-in form", stranger.post_form("/sign-in", "sign_in", &fields).await),
        ] {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
            assert_is_page(what, &answer);
        }
    }
}

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

async fn fall() -> &'static str {
    panic!("canary of the inside")
}

#[tokio::test]
async fn a_panic_is_a_page_and_a_log_line_with_the_same_reference() {
    let app = TestApp::sqlite().await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone()).finish();
    let _until_the_end = tracing::subscriber::set_default(subscriber);
    let router = http::surround(Router::new().route("/fall", get(fall)), app.state.clone());
    let request = axum::http::Request::get("/fall").body(Body::empty()).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let answer = TestResponse {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_is_page("a panic", &answer);
    assert!(!answer.body.contains("canary"));
    let id = answer.headers["x-request-id"].to_str().unwrap();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let line = log
        .lines()
        .find(|line| line.contains("a request panicked"))
        .unwrap();
    assert!(
        line.contains("canary of the inside") && line.contains(id),
        "{line}"
    );
}
