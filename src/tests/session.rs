//! Sign in and out, the life of a session, throttling, one's own profile.

use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use traceline::{
    domain::role::AccountRole,
    server::{
        app::housekeeping,
        auth::{guard, session::PLAIN_NAME},
        error::Error,
        request::RequestContext,
        store::person,
    },
};

use crate::harness::{TestApp, TestClient};

const PASSWORD: &str = "mango kettle river";
const HOUR: i64 = 60 * 60 * 1000;

/// An active person with a password; gives the id. The email is `<name>@example.test`.
pub async fn person_with_password(app: &TestApp, name: &str, role: AccountRole) -> String {
    let id = app.person(name, role).await;
    let hash = app
        .state
        .passwords()
        .hash(SecretString::from(PASSWORD))
        .await
        .unwrap();
    let mut tx = app.state.database().write().await.unwrap();
    assert!(
        person::save_password(&mut tx, &id, &hash, app.now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    id
}

async fn sign_in(client: &TestClient, email: &str, password: &str) -> StatusCode {
    client
        .call("sign_in", &[("email", email), ("password", password)])
        .await
        .status
}

async fn is_signed_in(client: &TestClient) -> bool {
    let answer = client.call("load_profile", &[]).await;
    assert!(matches!(answer.status.as_u16(), 200 | 401), "{}", answer.status);
    answer.status == StatusCode::OK
}

fn with_token(app: &TestApp, token: &str) -> TestClient {
    TestClient::new(app.address, Some(format!("{PLAIN_NAME}={token}")))
}

on_both! {
    async fn signing_in_leads_to_own_pages_only(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::User).await;
        let targets = [
            ("/profile?a=b", "/profile?a=b"),
            ("", "/"),
            ("//evil.test", "/"),
            ("/\\evil.test", "/"),
            ("https://evil.test/", "/"),
            ("/api/sign_out", "/"),
            ("/%2f%2fevil.test", "/%2f%2fevil.test"),
        ];
        for (next, leads) in targets {
            let client = app.anonymous();
            let fields = [("email", " ADA@Example.test "), ("password", PASSWORD), ("next", next)];
            let answer = client.post_form("/sign-in", "sign_in", &fields).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, leads), "{next}");
            assert!(is_signed_in(&client).await);
        }
        let guarded = app.anonymous().get("/profile").await;
        assert_eq!(guarded.location(), "/sign-in?next=%2Fprofile");
    }
}

on_both! {
    async fn wrong_and_unknown_look_the_same(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::User).await;
        let off = person_with_password(&app, "Off", AccountRole::User).await;
        app.run("UPDATE person SET state = 'deactivated' WHERE id = $1", &[&off]).await;
        app.person("Fresh", AccountRole::User).await;
        let mut seen = Vec::new();
        for (email, password) in [
            ("ada@example.test", "wrong-canary-1"),
            ("nobody@example.test", PASSWORD),
            ("off@example.test", PASSWORD),
            ("fresh@example.test", PASSWORD),
        ] {
            let client = app.anonymous();
            let answer = client.call("sign_in", &[("email", email), ("password", password)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            seen.push(answer.json()["fields"].clone());
            let answer = client.post_form("/sign-in?next=%2Fprofile", "sign_in", &[("email", email), ("password", password)]).await;
            assert!(answer.location().starts_with("/sign-in?next=%2Fprofile&failed="));
            let page = client.get(answer.location()).await;
            assert!(page.body.contains("Email and password do not match") && page.body.contains(email));
            assert!(!page.body.contains("canary") && !page.body.contains(PASSWORD));
            assert!(!is_signed_in(&client).await);
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
        let empty = app.anonymous().call("sign_in", &[("email", ""), ("password", "")]).await;
        assert_eq!(empty.json()["fields"].as_array().unwrap().len(), 2);
    }
}

on_both! {
    async fn a_planted_or_ended_session_is_worth_nothing(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::User).await;
        let planted = "p".repeat(43);
        let client = with_token(&app, &planted);
        assert_eq!(sign_in(&client, "ada@example.test", PASSWORD).await, StatusCode::OK);
        let first = client.cookie(PLAIN_NAME).unwrap();
        assert_ne!(first, planted);
        assert!(!is_signed_in(&with_token(&app, &planted)).await);
        // Signing in again replaces the session, in the same browser.
        assert_eq!(sign_in(&client, "ada@example.test", PASSWORD).await, StatusCode::OK);
        let second = client.cookie(PLAIN_NAME).unwrap();
        assert!(!is_signed_in(&with_token(&app, &first)).await);
        assert!(is_signed_in(&client).await);
        // Signed out is signed out, also for a copy of the cookie.
        let out = client.post_form("/", "sign_out", &[]).await;
        assert_eq!(out.location(), "/sign-in");
        assert!(client.cookie(PLAIN_NAME).is_none());
        assert!(!is_signed_in(&with_token(&app, &second)).await);
        let cookie = app.anonymous().call("sign_in", &[("email", "ada@example.test"), ("password", PASSWORD)]).await;
        let line = cookie.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
        assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/"), "{line}");
    }
}

on_both! {
    async fn sessions_end_when_idle_and_in_any_case(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::User).await;
        let idle = app.anonymous();
        assert_eq!(sign_in(&idle, "ada@example.test", PASSWORD).await, StatusCode::OK);
        app.state.clock().advance(8 * HOUR - 1);
        assert!(is_signed_in(&idle).await);
        app.state.clock().advance(8 * HOUR - 1);
        assert!(is_signed_in(&idle).await);
        app.state.clock().advance(8 * HOUR);
        assert!(!is_signed_in(&idle).await);
        let busy = app.anonymous();
        assert_eq!(sign_in(&busy, "ada@example.test", PASSWORD).await, StatusCode::OK);
        for _ in 0..(7 * 24 / 6 - 1) {
            app.state.clock().advance(6 * HOUR);
            assert!(is_signed_in(&busy).await);
        }
        app.state.clock().advance(6 * HOUR);
        assert!(!is_signed_in(&busy).await);
        let stored = "SELECT COUNT(*) FROM session";
        assert_eq!(app.number(stored, &[]).await, 2);
        housekeeping::clean(&app.state).await.unwrap();
        assert_eq!(app.number(stored, &[]).await, 0);
    }
}

on_both! {
    async fn tries_are_limited_by_account_and_address(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::User).await;
        person_with_password(&app, "Ben", AccountRole::User).await;
        let client = app.anonymous();
        // At once: no more than five get through to the password.
        let tries = (0..8).map(|_| sign_in(&client, "ada@example.test", "wrong"));
        let answers = futures::future::join_all(tries).await;
        let refused = answers.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
        assert_eq!(refused, 3, "{answers:?}");
        // The right password does not help now, and no forwarded address of the client's own does.
        for spoofed in ["203.0.113.1", "198.51.100.7", "::1"] {
            let headers = [
                ("accept", "application/json"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", client.origin()),
                ("x-forwarded-for", spoofed),
                ("x-real-ip", spoofed),
            ];
            let body = format!("email=ada%40example.test&password={}", PASSWORD.replace(' ', "+"));
            let answer = client.send(Method::POST, "/api/sign_in", &headers, Some(body)).await;
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{spoofed}");
            assert!(answer.body.contains("15 minutes"), "{}", answer.body);
        }
        // Others at the same address, and the person elsewhere, are not locked out.
        assert_eq!(sign_in(&client, "ben@example.test", PASSWORD).await, StatusCode::OK);
        let elsewhere = TestClient::from_address("127.0.0.2".parse().unwrap(), app.address);
        assert_eq!(sign_in(&elsewhere, "ada@example.test", PASSWORD).await, StatusCode::OK);
        // The address as a whole: five are counted, 25 more accounts may fail.
        let mut limited = 0;
        for number in 0..30 {
            let status = sign_in(&app.anonymous(), &format!("x{number}@example.test"), "wrong").await;
            limited += usize::from(status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(limited, 5);
        assert_eq!(sign_in(&client, "ben@example.test", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
        app.state.clock().advance(15 * 60 * 1000);
        assert_eq!(sign_in(&client, "ada@example.test", PASSWORD).await, StatusCode::OK);
    }
}

on_both! {
    async fn an_unknown_person_costs_the_same_work(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::User).await;
        let off = person_with_password(&app, "Off", AccountRole::User).await;
        app.run("UPDATE person SET state = 'deactivated' WHERE id = $1", &[&off]).await;
        app.person("Fresh", AccountRole::User).await;
        let passwords = app.state.passwords();
        let mut work = Vec::new();
        for email in ["ada@example.test", "off@example.test", "fresh@example.test", "nobody@example.test"] {
            let (hashes, kib) = (passwords.counts().0, passwords.walked_kib());
            assert_eq!(sign_in(&app.anonymous(), email, "wrong").await, StatusCode::UNPROCESSABLE_ENTITY);
            work.push((passwords.counts().0 - hashes, passwords.walked_kib() - kib));
        }
        assert!(work.iter().all(|done| *done == work[0] && done.0 == 1 && done.1 > 0), "{work:?}");
    }
}

on_both! {
    async fn forty_tries_at_once_make_thirty_hashes(app: TestApp) {
        let (before, _) = app.state.passwords().counts();
        let emails: Vec<String> = (0..40).map(|number| format!("x{number}@example.test")).collect();
        let client = app.anonymous();
        let answers = futures::future::join_all(emails.iter().map(|email| sign_in(&client, email, "wrong"))).await;
        let limited = answers.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
        assert_eq!(limited, 10, "{answers:?}");
        let (after, most) = app.state.passwords().counts();
        assert!(after - before <= 30 && most <= 2, "{} hashes, {most} at once", after - before);
    }
}

on_both! {
    async fn an_open_page_alone_does_not_keep_a_session(app: TestApp) {
        let id = app.person("Ada", AccountRole::AccountAdmin).await;
        let client = app.browser_of(&id).await;
        let mut headers = axum::http::HeaderMap::new();
        let cookie = format!("{PLAIN_NAME}={}", client.cookie(PLAIN_NAME).unwrap());
        headers.insert("cookie", cookie.parse().unwrap());
        let request = RequestContext {
            id: "r".into(),
            nonce: String::new(),
            address: "127.0.0.1".into(),
            https: false,
            forwarded_scheme: None,
            method: axum::http::Method::GET,
            uri: axum::http::Uri::from_static("/live"),
            headers,
        };
        let ask = || guard::signed_in_from_request(&app.state, &request);
        app.state.clock().advance(5 * HOUR);
        assert!(ask().await.is_ok());
        app.state.clock().advance(3 * HOUR);
        assert!(matches!(ask().await, Err(Error::NotSignedIn)));
    }
}

on_both! {
    async fn a_new_password_ends_all_other_sessions(app: TestApp) {
        person_with_password(&app, "Ada", AccountRole::User).await;
        let (here, there) = (app.anonymous(), app.anonymous());
        for client in [&here, &there] {
            assert_eq!(sign_in(client, "ada@example.test", PASSWORD).await, StatusCode::OK);
        }
        let before = here.cookie(PLAIN_NAME).unwrap();
        let change = |current: &'static str, new: &'static str, again: &'static str| {
            let here = here.clone();
            async move {
                let fields = [("current_password", current), ("new_password", new), ("repeat_password", again)];
                here.post_form("/profile", "change_password", &fields).await
            }
        };
        for (current, new, again, message) in [
            ("", "", "", "Enter the password you sign in with now"),
            ("wrong-canary", "lemon bottle cloud", "lemon bottle cloud", "This is not your password"),
            (PASSWORD, "short-canary", "other-canary", "The two passwords differ"),
            (PASSWORD, "password1234", "password1234", "among the first that are tried"),
        ] {
            let answer = change(current, new, again).await;
            let page = here.get(answer.location()).await;
            assert!(page.body.contains(message), "{message}");
            assert!(!page.body.contains("canary"));
        }
        assert!(is_signed_in(&there).await);
        let done = change(PASSWORD, "lemon bottle cloud", "lemon bottle cloud").await;
        assert_eq!(done.location(), "/profile?done=password");
        assert!(is_signed_in(&here).await && !is_signed_in(&there).await);
        assert!(!is_signed_in(&with_token(&app, &before)).await);
        assert_eq!(sign_in(&there, "ada@example.test", PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(sign_in(&there, "ada@example.test", "lemon bottle cloud").await, StatusCode::OK);
    }
}

on_both! {
    async fn own_sessions_theme_and_profile(app: TestApp) {
        let id = person_with_password(&app, "Ada", AccountRole::User).await;
        let stranger = app.browser_of(&app.person("Eve", AccountRole::User).await).await;
        let (here, there) = (app.browser_of(&id).await, app.browser_of(&id).await);
        let profile = here.call("load_profile", &[]).await.json();
        let sessions = profile["sessions"].as_array().unwrap().clone();
        assert_eq!(sessions.len(), 2);
        let other = sessions.iter().find(|session| session["is_current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(stranger.call("end_session", &[("session", &other)]).await.status, StatusCode::CONFLICT);
        assert!(is_signed_in(&there).await);
        assert_eq!(here.post_form("/profile", "end_session", &[("session", &other)]).await.location(), "/profile?done=session");
        assert!(is_signed_in(&here).await && !is_signed_in(&there).await);

        let dark = here.post_form("/profile", "set_theme", &[("theme", "dark"), ("back", "/profile")]).await;
        assert_eq!(dark.location(), "/profile");
        assert_eq!(here.cookie("traceline_theme").as_deref(), Some("dark"));
        assert!(here.get("/profile").await.body.contains("data-theme=\"dark\""));
        // Every other session of theirs follows, whatever its cookie says.
        let third = app.browser_of(&id).await;
        assert!(third.get("/profile").await.body.contains("data-theme=\"dark\""));
        here.post_form("/profile", "set_theme", &[("theme", "system"), ("back", "//evil.test")]).await;
        assert_eq!(here.cookie("traceline_theme"), None);
        assert_eq!(here.call("set_theme", &[("theme", "pink")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        let saved = here.post_form("/profile", "save_profile", &[("name", "Ada L."), ("time_zone", "Asia/Kolkata")]).await;
        let page = here.get(saved.location()).await;
        assert!(page.body.contains("The profile is saved") && page.body.contains("Ada L."));
        let wrong = here.post_form("/profile", "save_profile", &[("name", ""), ("time_zone", "Nowhere")]).await;
        let page = here.get(wrong.location()).await;
        assert!(page.body.contains("The name is empty") && page.body.contains("This time zone is not known"));
    }
}
