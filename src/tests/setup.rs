//! First start: the one-time address, its form, its end, and two people at once.

use reqwest::StatusCode;
use traceline::server::{
    app::setup,
    store::{audit, person, setting},
};

use crate::harness::{TestApp, TestClient};

const PASSWORD: &str = "mango kettle river";

async fn setup_path(app: &TestApp) -> String {
    let address = setup::prepare(&app.state, app.address).await.unwrap().unwrap();
    address
        .strip_prefix(&format!("http://{}", app.address))
        .unwrap()
        .to_owned()
}

fn fields(token: &str) -> Vec<(&str, &str)> {
    vec![
        ("token", token),
        ("name", "Ada Admin"),
        ("email", "ada@example.test"),
        ("password", PASSWORD),
        ("repeat_password", PASSWORD),
        ("organisation", "Halden \u{1F69A} Freight"),
        ("public_url", "https://trace.example.test/"),
        ("time_zone", "Europe/Oslo"),
    ]
}

async fn people(app: &TestApp) -> i64 {
    person::count(&mut app.state.database().read().await.unwrap())
        .await
        .unwrap()
}

on_both! {
    async fn the_first_admin_is_made_once(app: TestApp) {
        let path = setup_path(&app).await;
        let token = path.strip_prefix("/setup/").unwrap();
        let client = app.anonymous();
        let page = client.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        // The public address begins with the one this request came to.
        assert!(page.body.contains(&format!("value=\"{}\"", client.origin())));
        assert!(client.get("/sign-in").await.body.contains("Nobody has an account yet"));
        // A wrong address leads to the right one while there is one; restarting helps.
        let wrong = client.get("/setup/wrong").await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
        assert!(wrong.body.contains("restart the server") && !wrong.body.contains("Traceline is set up"));

        let done = client.post_form(&path, "set_up", &fields(token)).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/?done=setup"));
        let home = client.get("/?done=setup").await;
        assert_eq!(home.status, StatusCode::OK);
        assert!(home.body.contains("Traceline is set up") && home.body.contains("Create project"));
        assert!(home.body.contains("Halden \u{1F69A} Freight"));

        // Afterwards the page does not exist, for nobody.
        for browser in [&client, &app.anonymous()] {
            let over = browser.get(&path).await;
            assert_eq!(over.status, StatusCode::NOT_FOUND);
            // A restart makes no new one, so nobody is told to restart.
            assert!(over.body.contains("Traceline is set up") && over.body.contains("href=\"/sign-in\""));
            assert!(!over.body.contains("restart"));
            assert_eq!(browser.call("set_up", &fields(token)).await.status, StatusCode::NOT_FOUND);
        }
        assert!(setup::prepare(&app.state, app.address).await.unwrap().is_none());
        assert_eq!(people(&app).await, 1);
        let mut tx = app.state.database().read().await.unwrap();
        assert_eq!(setting::find(&mut tx, setting::PUBLIC_URL).await.unwrap().as_deref(), Some("https://trace.example.test"));
        assert_eq!(setting::find(&mut tx, setting::TIME_ZONE).await.unwrap().as_deref(), Some("Europe/Oslo"));
        let log = audit::list(&mut tx, &audit::AuditFilter::default(), i64::MAX, 10).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!((log[0].action.as_str(), log[0].person_name.as_str()), ("setup.done", "Ada Admin"));
        assert!(log.iter().all(|row| !row.detail.contains(PASSWORD)));
    }
}

on_both! {
    async fn a_link_ends_with_a_newer_one_and_after_a_day(app: TestApp) {
        let first = setup_path(&app).await;
        let second = setup_path(&app).await;
        let client = app.anonymous();
        assert_eq!(client.get(&first).await.status, StatusCode::NOT_FOUND);
        assert_eq!(client.get(&second).await.status, StatusCode::OK);
        app.state.clock().advance(24 * 60 * 60 * 1000);
        assert_eq!(client.get(&second).await.status, StatusCode::NOT_FOUND);
        let token = second.strip_prefix("/setup/").unwrap();
        assert_eq!(client.call("set_up", &fields(token)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(people(&app).await, 0);
    }
}

on_both! {
    async fn of_two_setups_at_once_one_wins(app: TestApp) {
        let path = setup_path(&app).await;
        let token = path.strip_prefix("/setup/").unwrap();
        let browsers: Vec<TestClient> = (0..4).map(|_| app.anonymous()).collect();
        let emails: Vec<String> = (0..4).map(|n| format!("ada{n}@example.test")).collect();
        let posts = browsers.iter().zip(&emails).map(|(browser, email)| {
            let mut fields = fields(token);
            fields[2] = ("email", email);
            async move { browser.call("set_up", &fields).await.status.as_u16() }
        });
        let mut answers = futures::future::join_all(posts).await;
        answers.sort_unstable();
        assert_eq!(answers, [200, 404, 404, 404]);
        assert_eq!(people(&app).await, 1);
    }
}

on_both! {
    async fn wrong_input_is_named_and_kept(app: TestApp) {
        let path = setup_path(&app).await;
        let token = path.strip_prefix("/setup/").unwrap();
        let client = app.anonymous();
        let long = "\u{1F680}".repeat(101);
        let wrong = [
            ("token", token),
            ("name", long.as_str()),
            ("email", "<b>nobody</b>"),
            ("password", "short-canary"),
            ("repeat_password", "other-canary"),
            ("organisation", " "),
            ("public_url", "trace.example.test/<script>alert(1)</script>"),
            ("time_zone", "Mars/Olympus"),
        ];
        let answer = client.post_form(&path, "set_up", &wrong).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(answer.location().starts_with(&format!("{path}?failed=")));
        let page = client.get(answer.location()).await;
        assert_eq!(page.status, StatusCode::OK);
        for text in [
            "has 101 characters. The limit is 100",
            "This is not an e-mail address",
            "The two passwords differ",
            "The organization name is empty",
            "This is not a web address",
            "This time zone is not known",
            &long,
            "value=\"Mars/Olympus\"",
            "things need a change",
        ] {
            assert!(page.body.contains(text), "{text} is missing");
        }
        assert!(!page.body.contains("canary"));
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<b>nobody"));
        // Another browser with the same address sees none of it.
        assert!(!app.anonymous().get(answer.location()).await.body.contains("Mars/Olympus"));
        assert_eq!(people(&app).await, 0);
    }
}
