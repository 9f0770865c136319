//! People of the account: adding, one-time links, roles, the last Account Admin, hostile names.

use reqwest::StatusCode;
use traceline::{
    domain::role::{AccountRole, ProjectRole},
    server::{app::target, store::person},
    ui::paths,
};

use crate::harness::{TestApp, TestClient, audit_log};

const DAY: i64 = 24 * 60 * 60 * 1000;
const PASSWORD: &str = "mango kettle river";

/// The value of the copy field of a page, and its path on this server.
fn shown_link(body: &str) -> Option<String> {
    let at = body.find("/invitation/")?;
    let rest = &body[at..];
    Some(rest[..rest.find('"')?].to_owned())
}

async fn add(admin: &TestClient, name: &str, email: &str) -> (String, String) {
    let fields = [("name", name), ("email", email), ("account_role", "user")];
    let answer = admin.post_form("/admin/users/new", "create_user", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = answer.location().to_owned();
    assert!(page.contains("?done=added&link="), "{page}");
    let id = page
        .strip_prefix("/admin/users/")
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    (id, page)
}

async fn accept(client: &TestClient, path: &str, password: &str) -> StatusCode {
    let token = path.strip_prefix("/invitation/").unwrap();
    client
        .call(
            "accept_invitation",
            &[
                ("token", token),
                ("password", password),
                ("repeat_password", password),
            ],
        )
        .await
        .status
}

on_both! {
    async fn an_invitation_is_shown_once_and_works_once(app: TestApp) {
        let admin = app.browser_of(&app.person("Ada", AccountRole::AccountAdmin).await).await;
        let second = app.browser_of(&app.person("Ann", AccountRole::AccountAdmin).await).await;
        let (_, page) = add(&admin, "Ben", "ben@example.test").await;
        // Another admin with the same address gets nothing, and does not use it up.
        assert!(shown_link(&second.get(&page).await.body).is_none());
        let link = shown_link(&admin.get(&page).await.body).unwrap();
        let again = admin.get(&page).await;
        assert!(shown_link(&again.body).is_none() && again.body.contains("was shown already"));

        let client = app.anonymous();
        assert!(client.get(&link).await.body.contains("ben@example.test"));
        let token = link.strip_prefix("/invitation/").unwrap();
        let short = [("token", token), ("password", "canary"), ("repeat_password", "")];
        let wrong = client.post_form(&link, "accept_invitation", &short).await;
        let page = client.get(wrong.location()).await;
        assert!(page.body.contains("The password has 6 characters") && !page.body.contains("canary"));

        // Two at once: one wins.
        let (left, right) = (app.anonymous(), app.anonymous());
        let (a, b) = futures::join!(accept(&left, &link, PASSWORD), accept(&right, &link, "lemon bottle cloud"));
        let mut answers = [a.as_u16(), b.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [200, 404]);
        let used = client.get(&link).await;
        assert_eq!(used.status, StatusCode::NOT_FOUND);
        assert!(used.body.contains("This link does not work any more"));
        assert_eq!(accept(&client, &link, PASSWORD).await, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn links_end_with_time_and_with_newer_ones(app: TestApp) {
        let admin = app.browser_of(&app.person("Ada", AccountRole::AccountAdmin).await).await;
        let client = app.anonymous();
        let (id, page) = add(&admin, "Ben", "ben@example.test").await;
        let first = shown_link(&admin.get(&page).await.body).unwrap();
        let renewed = admin.post_form(&paths::user(&id), "create_link", &[("person", &id)]).await;
        let second = shown_link(&admin.get(renewed.location()).await.body).unwrap();
        assert_eq!(client.get(&first).await.status, StatusCode::NOT_FOUND);
        assert_eq!(client.get(&second).await.status, StatusCode::OK);
        // Not looked at for ten minutes: gone.
        let third = admin.post_form(&paths::user(&id), "create_link", &[("person", &id)]).await;
        app.state.clock().advance(10 * 60 * 1000);
        assert!(shown_link(&admin.get(third.location()).await.body).is_none());
        let fourth = admin.post_form(&paths::user(&id), "create_link", &[("person", &id)]).await;
        let link = shown_link(&admin.get(fourth.location()).await.body).unwrap();
        app.state.clock().advance(7 * DAY);
        assert_eq!(accept(&client, &link, PASSWORD).await, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn a_reset_ends_sessions_and_deactivation_ends_all(app: TestApp) {
        let admin = app.browser_of(&app.person("Ada", AccountRole::AccountAdmin).await).await;
        let (id, page) = add(&admin, "Ben", "ben@example.test").await;
        let link = shown_link(&admin.get(&page).await.body).unwrap();
        let ben = app.anonymous();
        assert_eq!(accept(&ben, &link, PASSWORD).await, StatusCode::OK);
        assert_eq!(ben.call("load_home", &[]).await.status, StatusCode::OK);

        let reset = admin.post_form(&paths::user(&id), "create_link", &[("person", &id)]).await;
        let link = shown_link(&admin.get(reset.location()).await.body).unwrap();
        let other = app.anonymous();
        assert_eq!(accept(&other, &link, "lemon bottle cloud").await, StatusCode::OK);
        assert_eq!(ben.call("load_home", &[]).await.status, StatusCode::UNAUTHORIZED);
        // A changed role ends sessions as well.
        let role = [("person", id.as_str()), ("account_role", "system_admin")];
        assert_eq!(admin.call("save_user_role", &role).await.status, StatusCode::OK);
        assert_eq!(other.call("load_home", &[]).await.status, StatusCode::UNAUTHORIZED);

        let open = app.browser_of(&id).await;
        let pending = admin.post_form(&paths::user(&id), "create_link", &[("person", &id)]).await;
        let link = shown_link(&admin.get(pending.location()).await.body).unwrap();
        let asks = admin.get(&paths::user_deactivate(&id)).await.body;
        assert!(asks.contains("Deactivate") && asks.contains("All sessions and one-time links end"), "{asks}");
        assert!(asks.contains(&format!("href=\"{}\"", paths::user(&id))), "Cancel leads back: {asks}");
        assert!(!admin.get(&paths::user(&id)).await.body.contains("api/deactivate_user"), "the page only leads to the question");
        assert_eq!(admin.call("deactivate_user", &[("person", &id)]).await.status, StatusCode::OK);
        assert!(admin.get(&paths::user_deactivate(&id)).await.body.contains("Reactivate"), "no question about what is done");
        assert_eq!(open.call("load_home", &[]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(accept(&other, &link, PASSWORD).await, StatusCode::NOT_FOUND);
        let sign_in = [("email", "ben@example.test"), ("password", "lemon bottle cloud")];
        assert_eq!(other.call("sign_in", &sign_in).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(admin.call("create_link", &[("person", &id)]).await.status, StatusCode::CONFLICT);
        assert_eq!(admin.call("reactivate_user", &[("person", &id)]).await.status, StatusCode::OK);
        assert_eq!(other.call("sign_in", &sign_in).await.status, StatusCode::OK);

        let log = audit_log(&app).await;
        let actions: Vec<&str> = log.iter().rev().map(|row| row.action.as_str()).collect();
        assert_eq!(actions, [
            "person.invited", "person.joined", "person.reset_link_made", "person.password_reset", "person.role_changed",
            "person.reset_link_made", "person.deactivated", "session.refused", "person.reactivated", "session.began",
        ]);
        assert!(log.iter().all(|row| row.address == "127.0.0.1" && !row.detail.contains("/invitation/")));
    }
}

on_both! {
    async fn the_last_admin_stays_even_when_two_try_at_once(app: TestApp) {
        let a = app.person("Ada", AccountRole::AccountAdmin).await;
        let admin = app.browser_of(&a).await;
        let demote = [("person", a.as_str()), ("account_role", "user")];
        let refused = admin.call("save_user_role", &demote).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.body.contains("last active Account Admin"));
        assert_eq!(admin.call("deactivate_user", &[("person", &a)]).await.status, StatusCode::CONFLICT);
        for round in 0..4 {
            let b = app.person(&format!("Ben {round}"), AccountRole::AccountAdmin).await;
            let (left, right) = (app.browser_of(&a).await, app.browser_of(&b).await);
            let endpoint = if round % 2 == 0 { "save_user_role" } else { "deactivate_user" };
            let fields_a = [("person", a.as_str()), ("account_role", "user")];
            let fields_b = [("person", b.as_str()), ("account_role", "user")];
            let (first, second) = futures::join!(left.call(endpoint, &fields_b), right.call(endpoint, &fields_a));
            let done = [first.status, second.status].iter().filter(|status| **status == StatusCode::OK).count();
            let mut tx = app.state.database().read().await.unwrap();
            assert_eq!(person::list_admin_names(&mut tx).await.unwrap().len(), 1, "round {round}");
            assert_eq!(done, 1, "{} {}", first.status, second.status);
            drop(tx);
            app.run("UPDATE person SET account_role = 'user' WHERE id = $1", &[&b]).await;
            app.run("UPDATE person SET account_role = 'account_admin', state = 'active' WHERE id = $1", &[&a]).await;
        }
    }
}

on_both! {
    async fn a_project_keeps_a_project_admin_who_may_sign_in(app: TestApp) {
        let admin = app.browser_of(&app.person("Ada", AccountRole::AccountAdmin).await).await;
        let (ben, cleo) = (app.person("Ben", AccountRole::User).await, app.person("Cleo", AccountRole::User).await);
        let mut projects = Vec::new();
        for name in ["Webshop", "Billing", "Cargo"] {
            let project = app.project(name, &ben).await;
            app.join(&project, &ben, ProjectRole::ProjectAdmin).await;
            projects.push(project);
        }
        app.join(&projects[0], &cleo, ProjectRole::Tester).await;
        app.join(&projects[2], &cleo, ProjectRole::ProjectAdmin).await;
        let fields = [("person", ben.as_str())];
        let refused = admin.call("deactivate_user", &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        for part in ["Ben", "last Project Admin of Billing, Webshop,", "you may add yourself"] {
            assert!(refused.body.contains(part), "{part} is missing in {}", refused.body);
        }
        // A deactivated Project Admin is none.
        app.join(&projects[0], &cleo, ProjectRole::ProjectAdmin).await;
        app.join(&projects[1], &cleo, ProjectRole::ProjectAdmin).await;
        app.run("UPDATE person SET state = 'deactivated' WHERE id = $1", &[&cleo]).await;
        assert_eq!(admin.call("deactivate_user", &fields).await.status, StatusCode::CONFLICT);
        app.run("UPDATE person SET state = 'active' WHERE id = $1", &[&cleo]).await;
        // Of two at once one stays.
        let fields_of_cleo = [("person", cleo.as_str())];
        let (first, second) =
            futures::join!(admin.call("deactivate_user", &fields), admin.call("deactivate_user", &fields_of_cleo));
        let mut answers = [first.status, second.status];
        answers.sort_unstable();
        assert_eq!(answers, [StatusCode::OK, StatusCode::CONFLICT]);
    }
}

on_both! {
    async fn wrong_people_are_named_and_kept(app: TestApp) {
        let admin = app.browser_of(&app.person("Ada", AccountRole::AccountAdmin).await).await;
        let rocket = "\u{1F680}".repeat(101);
        for (name, email, role, message) in [
            ("", "ben@example.test", "user", "The name is empty"),
            (rocket.as_str(), "ben@example.test", "user", "has 101 characters. The limit is 100; shorten it by 1."),
            ("Ben", "ben", "user", "This is not an email"),
            ("Ben", "ADA@example.test", "user", "Somebody with this email is here already"),
            ("Ben", "ben@example.test", "emperor", "Choose one of the account roles"),
        ] {
            let fields = [("name", name), ("email", email), ("account_role", role)];
            let answer = admin.post_form("/admin/users/new", "create_user", &fields).await;
            assert!(answer.location().starts_with("/admin/users/new?failed="), "{}", answer.location());
            let page = admin.get(answer.location()).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains(message), "{message}");
            assert!(page.body.contains(&format!("value=\"{email}\"")) && page.body.contains(name));
        }
        let (_, page) = add(&admin, &"\u{1F680}".repeat(100), "ben@example.test").await;
        assert_eq!(admin.get(&page).await.status, StatusCode::OK);
        for missing in ["x", "0190b1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"] {
            assert_eq!(admin.get(&paths::user(missing)).await.status, StatusCode::NOT_FOUND);
        }
    }
}

on_both! {
    async fn hostile_names_are_text_on_every_page(app: TestApp) {
        let payloads = [
            "</title><script>alert(1)</script>",
            "</textarea><script>alert(2)</script>",
            "\"><img src=x onerror=alert(3)>",
            "'><svg/onload=alert(4)>",
        ];
        for payload in payloads {
            let admin_id = app.person("Ada", AccountRole::AccountAdmin).await;
            app.run("UPDATE person SET name = $1, email_key = id WHERE id = $2", &[payload, &admin_id]).await;
            let admin = app.browser_of(&admin_id).await;
            let name = payload.chars().take(50).collect::<String>();
            let description = format!("{payload} {payload}");
            let made = admin.post_form("/projects/new", "create_project", &[("name", &name), ("description", &description)]).await;
            let members = made.location().to_owned();
            assert!(members.ends_with("/members?done=created"), "{members}");
            let twice = admin.post_form("/projects/new", "create_project", &[("name", &name), ("description", &description)]).await;
            let settings = [("organisation", payload), ("public_url", "https://a.test"), ("time_zone", "UTC")];
            assert_eq!(admin.post_form("/admin/settings", "save_settings", &settings).await.location(), "/admin/settings?done=saved");
            let user = paths::user(&admin_id);
            let pages = ["/", "/profile", "/admin/users", &user, &members, "/admin/settings", twice.location(), "/sign-in"];
            for page in pages {
                let browser = if page == "/sign-in" { app.anonymous() } else { admin.clone() };
                let answer = browser.get(page).await;
                assert_eq!(answer.status, StatusCode::OK, "{page}");
                assert!(answer.body.contains("&lt;") || answer.body.contains("&quot;") || answer.body.contains("&#x27;"), "{page}");
                for bad in ["<script>alert", "<img src=x", "<svg/onload"] {
                    assert!(!answer.body.contains(bad), "{page} holds {bad}");
                }
            }
            app.run("UPDATE person SET email = id WHERE id = $1", &[&admin_id]).await;
        }
    }
}

on_both! {
    async fn admin_pages_exist_for_admins_alone(app: TestApp) {
        let admin = app.person("Ada", AccountRole::AccountAdmin).await;
        let project = app.project("Booking", &admin).await;
        let user = app.person("Ben", AccountRole::User).await;
        app.join(&project, &user, ProjectRole::Tester).await;
        let user = app.browser_of(&user).await;
        for page in ["/admin/users", "/admin/users/new", "/admin/settings", "/projects/new", &paths::user(&admin)] {
            assert_eq!(user.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
        }
        assert_eq!(user.get(&paths::members(&project)).await.status, StatusCode::FORBIDDEN);
        let stranger = app.browser_of(&app.person("Eve", AccountRole::User).await).await;
        assert_eq!(stranger.get(&paths::members(&project)).await.status, StatusCode::NOT_FOUND);
        let home = stranger.get("/").await;
        assert!(home.body.contains("Ask Ada to add you") && !home.body.contains("Booking"));
    }
}

#[test]
fn the_server_and_the_pages_mean_the_same_addresses() {
    assert_eq!(target::HOME, paths::HOME);
    assert_eq!(target::SIGN_IN, paths::SIGN_IN);
    assert_eq!(target::PROFILE, paths::PROFILE);
    assert_eq!(target::SETTINGS, paths::SETTINGS);
    assert_eq!(target::NOTICES, paths::NOTICES);
    assert_eq!(target::versions("p", "c"), paths::versions("p", "c"));
    assert_eq!(target::user("x"), paths::user("x"));
    assert_eq!(target::members("x"), paths::members("x"));
    assert_eq!(target::integrations("x"), paths::integrations("x"));
    assert_eq!(target::project_settings("x"), paths::project_settings("x"));
    assert_eq!(target::wizard("x", "y", 3), paths::wizard("x", "y", 3));
    assert_eq!(target::sync("x", "y"), paths::sync("x", "y"));
}
