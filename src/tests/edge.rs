//! The HTTP edge: headers, cross-site writes, paths, forms without JavaScript, health.

use reqwest::{Method, StatusCode};
use traceline::{domain::role::AccountRole, server::store::form_failure};

use crate::harness::TestApp;

on_both! {
    async fn health_answers(app: TestApp) {
        let person = app.person("Ada", AccountRole::User).await;
        let client = app.browser_of(&person).await;
        assert_eq!(client.get("/livez").await.body, "ok\n");
        assert_eq!(client.get("/readyz").await.status, StatusCode::OK);
        app.state.database().close().await;
        assert_eq!(client.get("/livez").await.status, StatusCode::OK);
        assert_eq!(client.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        let broken = client.get("/").await;
        assert!(broken.status.is_server_error(), "{}", broken.status);
        let missing = client.get("/nothing/here").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(missing.body.contains("This page does not exist"));
    }
}

on_both! {
    async fn pages_are_pages_whatever_the_client_accepts(app: TestApp) {
        let person = app.person("Ada", AccountRole::AccountAdmin).await;
        let project = app.project("Booking", &person).await;
        let (own, stranger) = (app.browser_of(&person).await, app.anonymous());
        for accept in [&[][..], &[("accept", "*/*")], &[("accept", "application/json")], &[("accept", "text/html")]] {
            let answer = own.send(Method::GET, &format!("/projects/{project}"), accept, None).await;
            assert_eq!(answer.status, StatusCode::FOUND, "{accept:?}");
            assert_eq!(answer.location(), format!("/projects/{project}/plans"));
            let answer = stranger.send(Method::GET, "/profile", accept, None).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, "/sign-in?next=%2Fprofile"), "{accept:?}");
        }
    }
}

on_both! {
    async fn an_unknown_path_keeps_the_navigation_of_who_is_signed_in(app: TestApp) {
        let person = app.person("Ada", AccountRole::AccountAdmin).await;
        let (own, stranger) = (app.browser_of(&person).await, app.anonymous());
        let seen = own.get("/nothing/here").await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
        assert!(seen.body.contains("Sign out") && seen.body.contains("Go to my projects"), "{}", seen.body);
        assert_eq!(seen.body.matches("This page does not exist</h1>").count(), 1, "{}", seen.body);
        let bare = stranger.get("/nothing/here").await;
        assert_eq!(bare.status, StatusCode::NOT_FOUND);
        assert!(bare.body.contains("This page does not exist") && !bare.body.contains("Sign out"));
        assert_eq!(own.send(Method::POST, "/nothing/here", &[("origin", own.origin())], None).await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn every_answer_has_the_security_headers(app: TestApp) {
        let client = app.anonymous();
        let mut nonces = std::collections::BTreeSet::new();
        for path in ["/", "/sign-in", "/livez", "/readyz", "/nothing", "/error.css", "/api/none", "/projects/x"] {
            let answer = client.get(path).await;
            let header = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
            let policy = header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-"), "{path}: {policy}");
            assert!(!policy.replace("'wasm-unsafe-eval'", "").contains("unsafe-"), "{path}: {policy}");
            assert!(nonces.insert(policy), "{path} repeats a nonce");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("x-frame-options"), "DENY", "{path}");
            assert_eq!(header("referrer-policy"), "same-origin", "{path}");
            assert!(!header("cache-control").is_empty(), "{path}");
            assert!(!header("content-type").is_empty(), "{path}");
            assert_eq!(header("server"), "", "{path}");
            assert_eq!(header("x-request-id").len(), 36, "{path}");
        }
    }
}

on_both! {
    async fn writes_from_elsewhere_change_nothing(app: TestApp) {
        let person = app.person("Ada", AccountRole::AccountAdmin).await;
        let client = app.browser_of(&person).await;
        let origin = client.origin().to_owned();
        let attempts: &[&[(&str, &str)]] = &[
            &[("origin", "https://evil.test"), ("content-type", "application/x-www-form-urlencoded")],
            &[("origin", "https://evil.test"), ("content-type", "text/plain")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", &origin)],
            // A cookie without any sign of origin: no browser does that.
            &[("content-type", "application/x-www-form-urlencoded")],
        ];
        for headers in attempts {
            let answer = client.send(Method::POST, "/api/find_viewer", headers, Some(String::new())).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
            assert!(answer.body.contains("did not come from a page of this server"));
        }
        let own = client.call("find_viewer", &[]).await;
        assert_eq!(own.status, StatusCode::OK);
        let by_get = client.get("/api/find_viewer").await;
        assert_eq!(by_get.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

on_both! {
    async fn a_failed_form_leads_back_and_never_elsewhere(app: TestApp) {
        let client = app.anonymous();
        let answer = client.post_form("/sign-in?next=%2Fa", "find_form_failure", &[("wrong", "a")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(answer.location().starts_with("/sign-in?next=%2Fa&failed="), "{}", answer.location());
        assert!(client.cookie("traceline_form").is_some());
        for referer in ["https://evil.test/x", "//evil.test", "", "javascript:alert(1)"] {
            let headers = [
                ("accept", "text/html"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", client.origin()),
                ("referer", referer),
            ];
            for body in ["form=x", "wrong=x"] {
                let answer = client.send(Method::POST, "/api/find_form_failure", &headers, Some(body.into())).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER);
                assert!(answer.location() == "/" || answer.location().starts_with("/?failed="), "{}", answer.location());
                assert!(!answer.location().contains("__err"));
            }
        }
    }
}

on_both! {
    async fn path_tricks_reach_nothing_else(app: TestApp) {
        let person = app.person("Ada", AccountRole::User).await;
        let client = app.browser_of(&person).await;
        for path in ["//admin/users", "/admin//users", "/./admin/users", "/%61dmin/users", "/ADMIN/users", "/admin/users/",
                     "/pkg/../secret.key", "/pkg/%2e%2e/secret.key", "/..%2fsecret.key", "/api//find_viewer"] {
            let answer = client.get(path).await;
            assert!(matches!(answer.status.as_u16(), 404 | 405), "{path} answered {}", answer.status);
        }
    }
}

on_both! {
    async fn a_large_body_is_refused(app: TestApp) {
        let client = app.anonymous();
        let headers = [("origin", client.origin()), ("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
        let body = format!("form={}", "x".repeat(1024 * 1024 + 1));
        let answer = client.send(Method::POST, "/api/find_form_failure", &headers, Some(body)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        // A script is told in its own words; strangers may send less.
        let body = format!("form={}", "x".repeat(64 * 1024 + 1));
        let headers = [headers[0], headers[1], ("accept", "application/json")];
        let answer = client.send(Method::POST, "/api/find_form_failure", &headers, Some(body)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.json()["message"].as_str().unwrap().contains("larger than the server takes"), "{}", answer.body);
    }
}

on_both! {
    async fn the_character_nul_is_refused_before_it_reaches_a_database(app: TestApp) {
        let id = app.person("Ada", AccountRole::AccountAdmin).await;
        let client = app.browser_of(&id).await;
        for path in ["/projects/a%00b", "/admin/users?search=%00", "/setup/%00"] {
            let answer = client.get(path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
            assert!(answer.body.contains("This request cannot be read"));
        }
        let fields = [("email", "a\0@example.test"), ("password", "x")];
        let call = app.anonymous().call("sign_in", &fields).await;
        assert_eq!((call.status, call.json()["kind"].as_str()), (StatusCode::BAD_REQUEST, Some("transport")));
        assert_eq!(app.anonymous().post_form("/sign-in", "sign_in", &fields).await.status, StatusCode::BAD_REQUEST);
    }
}

on_both! {
    async fn strangers_keep_little(app: TestApp) {
        let client = app.anonymous();
        let long = "x".repeat(5000);
        let answer = client.post_form("/sign-in", "sign_in", &[("email", &long), ("password", ""), ("next", "/a")]).await;
        let page = client.get(answer.location()).await;
        assert!(!page.body.contains(&long) && page.body.contains("Enter"), "{}", page.body);
        let first = client.post_form("/sign-in", "sign_in", &[("email", ""), ("password", "")]).await;
        assert!(client.get(first.location()).await.body.contains("things need a change"));
        for _ in 0..25 {
            app.state.clock().advance(1);
            client.post_form("/sign-in", "sign_in", &[("email", ""), ("password", "")]).await;
        }
        // The oldest of more than twenty are gone.
        assert!(!client.get(first.location()).await.body.contains("things need a change"));
        let newest = client.post_form("/sign-in", "sign_in", &[("email", ""), ("password", "")]).await;
        assert!(client.get(newest.location()).await.body.contains("things need a change"));
    }
}

on_both! {
    async fn who_drops_cookies_keeps_no_more(app: TestApp) {
        let empty = [("email", ""), ("password", "")];
        let first = app.anonymous();
        let kept = first.post_form("/sign-in", "sign_in", &empty).await;
        let is_shown = async || first.get(kept.location()).await.body.contains("things need a change");
        let person = app.person("Ada", AccountRole::AccountAdmin).await;
        let own = app.browser_of(&person).await;
        let owned = own.post_form("/profile", "save_profile", &[("name", ""), ("time_zone", "")]).await;
        assert!(owned.location().contains("failed="), "{}", owned.location());
        for _ in 1..form_failure::PER_SENDER {
            app.state.clock().advance(3_000);
            app.anonymous().post_form("/sign-in", "sign_in", &empty).await;
        }
        assert!(is_shown().await);
        app.state.clock().advance(3_000);
        app.anonymous().post_form("/sign-in", "sign_in", &empty).await;
        assert!(!is_shown().await, "the oldest of this address goes first");

        let row = form_failure::FormFailureRow { form: "f".into(), fields: "{}".into(), error: "{}".into() };
        let now = app.now();
        app.run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2100)
             INSERT INTO form_failure (id_hash, owner_hash, sender, form, fields, error, expires_at)
             SELECT 'h' || i, 'o' || i, 'address:' || i, 'f', '{}', '{}', CAST($1 AS BIGINT) + i FROM n",
            &[&now.to_string()],
        )
        .await;
        let mut tx = app.state.database().write().await.unwrap();
        form_failure::insert(&mut tx, "new", "o", &form_failure::stranger("203.0.113.9"), &row, now).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.state.database().read().await.unwrap();
        assert!(form_failure::find(&mut tx, "new", "o", now).await.unwrap().is_some());
        assert!(form_failure::find(&mut tx, "h2100", "o2100", now).await.unwrap().is_some());
        assert!(form_failure::find(&mut tx, "h50", "o50", now).await.unwrap().is_none(), "strangers have a limit in all");
        drop(tx);
        // People who are signed in lose nothing to strangers.
        let page = own.get(owned.location()).await.body;
        assert!(page.contains("needs a change"), "{page}");
    }
}
