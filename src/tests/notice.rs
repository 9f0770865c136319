//! Notices on both databases: who is told what, that it goes when its cause does, and the messages about it.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use traceline::{
    domain::{
        jira::Deployment,
        role::{AccountRole, ProjectRole},
    },
    server::app::{health::write_calls, notice::look, notice_hook::send_due},
};

use crate::{connection::World, harness::TestApp, sync_bench::Bench};

const DAY: i64 = 24 * 60 * 60 * 1000;
const SECRET: &str = "a-secret-of-the-receiver";

on_both! {
    async fn what_does_not_work_is_told_to_those_who_can_act(app: TestApp) {
        let bench = Bench::new(app, Deployment::Cloud).await;
        let app = &bench.app;
        let member = app.person("Max Member", AccountRole::User).await;
        app.join(&bench.project, &member, ProjectRole::Member).await;
        let (admin, member) = (app.browser_of(&bench.person).await, app.browser_of(&member).await);
        app.run("UPDATE connection SET status = 'error', status_reason = 'Jira refuses the <b>token</b>.', status_next = 'Replace it.'", &[]).await;
        look(&app.state).await.unwrap();
        let requirements = format!("/projects/{}/requirements", bench.project);

        let page = admin.get("/").await.body;
        assert!(page.contains("1 notice") && page.contains("The connection Halden is in Error."), "{page}");
        assert!(page.contains(&format!("/admin/integrations/{}", bench.connection)));
        assert!(page.contains("Jira refuses the &lt;b&gt;token") && !page.contains("<b>token"), "{page}");
        let page = admin.get("/admin/notices").await.body;
        assert!(page.contains("The connection Halden is in Error.") && page.contains("Replace it."), "{page}");
        // A member cannot mend it, but sees on the pages of the project that what they show is old.
        let page = member.get("/").await.body;
        assert!(!page.contains("notice-list") && !page.contains("in Error"), "{page}");
        assert_eq!(member.get("/admin/notices").await.status, 404);
        let page = member.get(&requirements).await.body;
        assert!(page.contains("The connection Halden is in Error.") && page.contains("from the last sync"), "{page}");

        app.run("UPDATE connection SET status = 'active', status_reason = '', status_next = ''", &[]).await;
        look(&app.state).await.unwrap();
        assert!(!admin.get("/").await.body.contains("notice-list"));
        assert!(!member.get(&requirements).await.body.contains("in Error"));
    }
}

on_both! {
    async fn values_that_are_not_mapped_are_told_to_project_admins_and_lead_to_their_step(app: TestApp) {
        let bench = Bench::new(app, Deployment::DataCenter).await;
        let app = &bench.app;
        bench.sync_well().await;
        look(&app.state).await.unwrap();
        let own = app.person("Pia Project", AccountRole::User).await;
        let tester = app.person("Tess Tester", AccountRole::User).await;
        app.join(&bench.project, &own, ProjectRole::ProjectAdmin).await;
        app.join(&bench.project, &tester, ProjectRole::Tester).await;
        let (own, tester) = (app.browser_of(&own).await, app.browser_of(&tester).await);
        app.run("UPDATE issue SET status_rule = 'own', priority_rule = 'own', severity_rule = 'own'", &[]).await;
        look(&app.state).await.unwrap();
        assert!(!own.get("/").await.body.contains("notice-list"));
        app.run("UPDATE issue SET priority_rule = 'default' WHERE kind = 'requirement'", &[]).await;
        look(&app.state).await.unwrap();
        let page = own.get("/").await.body;
        assert!(page.contains("PAY in Booking has values that are not mapped."), "{page}");
        let step = format!("/projects/{}/integrations/{}/step/4", bench.project, bench.configuration);
        assert!(page.contains(&step), "{page}");
        assert!(!tester.get("/").await.body.contains("notice-list"));
        // An account admin who is no Project Admin cannot map.
        assert!(!app.browser_of(&bench.person).await.get("/").await.body.contains("not mapped"));
    }
}

/// Takes messages; answers with what it is told to.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    fails: Arc<Mutex<bool>>,
    /// Seconds that it asks to wait when it fails.
    wish: Arc<Mutex<Option<u64>>>,
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let router = Router::new()
            .route("/hooks/canary-path", post(take))
            .with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, format!("http://{address}/hooks/canary-path"))
    }

    fn take(&self) -> Vec<Value> {
        let got = std::mem::take(&mut *self.got.lock().unwrap());
        got.into_iter()
            .map(|(headers, body)| {
                let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
                mac.update(&body);
                let signature = headers["x-traceline-signature"].to_str().unwrap();
                let code = hex::decode(signature.strip_prefix("sha256=").unwrap()).unwrap();
                mac.verify_slice(&code)
                    .expect("signed with the secret, over the bytes that came");
                serde_json::from_slice(&body).unwrap()
            })
            .collect()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
    receiver.got.lock().unwrap().push((headers, body));
    if !*receiver.fails.lock().unwrap() {
        return (StatusCode::NO_CONTENT, HeaderMap::new());
    }
    let wish = *receiver.wish.lock().unwrap();
    let wish = wish.map(|wish| (RETRY_AFTER, HeaderValue::from(wish)));
    (StatusCode::BAD_GATEWAY, wish.into_iter().collect())
}

with_jira! {
    async fn another_system_hears_once_of_what_begins_and_ends(world: World) {
        let state = &world.app.state;
        let admin = world.admin().await;
        let form = crate::connection::Form::data_center(world.data_center());
        form.post(&admin, "/admin/integrations/new", "save").await;
        let (receiver, url) = Receiver::start().await;
        let fields = [("hook_url", url.as_str()), ("hook_secret", SECRET)];
        let saved = admin.post_form("/admin/notices", "save_notice_hook", &fields).await;
        assert_eq!(saved.location(), "/admin/notices?done=saved", "{}", saved.body);
        let tested = admin.post_form("/admin/notices", "test_notice_hook", &[]).await;
        assert_eq!(tested.location(), "/admin/notices?done=tested", "{}", tested.body);
        assert_eq!(receiver.take()[0]["event"], "test");

        // The end of a token, in stages, and once for each.
        let today = state.clock().now();
        let day = |days: i64| {
            let at = jiff::Timestamp::from_millisecond(today.as_millisecond() + days * DAY).unwrap();
            at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
        };
        let mut told = Vec::new();
        for days in [20, 14, 13, 7, 1, 0, -1, -2] {
            world.app.run("UPDATE connection SET token_expires_on = $1", &[&day(days)]).await;
            look(state).await.unwrap();
            look(state).await.unwrap();
            send_due(state).await.unwrap();
            told.extend(receiver.take().into_iter().map(|message| (days, message["event"].as_str().unwrap().to_owned())));
        }
        let opened = |days| (days, "opened".to_owned());
        assert_eq!(told, [14, 7, 1, -1].map(opened));
        assert!(admin.get("/").await.body.contains("expired on"));
        world.app.run("UPDATE connection SET token_expires_on = NULL", &[]).await;
        look(state).await.unwrap();
        send_due(state).await.unwrap();
        assert_eq!(receiver.take()[0]["event"], "closed");

        // What does not arrive is tried again.
        *receiver.fails.lock().unwrap() = true;
        world.app.run("UPDATE connection SET status = 'error', status_reason = 'Jira refuses the token.'", &[]).await;
        look(state).await.unwrap();
        assert_eq!(send_due(state).await.unwrap(), 1);
        assert_eq!(send_due(state).await.unwrap(), 0, "not at once");
        let page = admin.get("/admin/notices").await.body;
        assert!(page.contains("HTTP 502") && page.contains("1 message is on the way"), "{page}");
        // As long as the other system wishes.
        *receiver.wish.lock().unwrap() = Some(1200);
        state.clock().advance(61_000);
        assert_eq!(send_due(state).await.unwrap(), 1);
        *receiver.fails.lock().unwrap() = false;
        state.clock().advance(19 * 60_000);
        assert_eq!(send_due(state).await.unwrap(), 0);
        state.clock().advance(61_000);
        assert_eq!(send_due(state).await.unwrap(), 1);
        let got = receiver.take();
        let ids: Vec<&Value> = got.iter().map(|message| &message["id"]).collect();
        assert_eq!(ids, [&got[0]["id"]; 3], "one message, by its id");
        assert_eq!(got[2]["kind"], "connection_error");

        // Neither address nor secret is shown or logged in the audit.
        for path in ["/admin/notices", "/admin/audit"] {
            let page = admin.get(path).await.body;
            assert!(!page.contains("canary-path") && !page.contains(SECRET), "{path}");
        }
        let removed = admin.post_form("/admin/notices", "delete_notice_hook", &[]).await;
        assert_eq!(removed.location(), "/admin/notices?done=removed");
        world.app.run("UPDATE connection SET status = 'active'", &[]).await;
        look(state).await.unwrap();
        assert_eq!(send_due(state).await.unwrap(), 0);
        assert!(receiver.take().is_empty());
    }
}

on_both! {
    async fn a_wrong_address_is_refused_and_a_private_one_is_never_called(app: TestApp) {
        let ada = app.person("Ada Admin", AccountRole::AccountAdmin).await;
        let admin = app.browser_of(&ada).await;
        for (url, secret, words) in [
            ("", "", "The address is empty"),
            ("chat", "", "not a web address"),
            ("https://u:p@a.test/", "", "must not hold a user name"),
            ("https://a.test/", "short", "too short"),
        ] {
            let fields = [("hook_url", url), ("hook_secret", secret)];
            let answer = admin.post_form("/admin/notices", "save_notice_hook", &fields).await;
            let page = admin.get(answer.location()).await.body;
            assert!(page.contains(words), "{url}: {page}");
        }
        let nothing = admin.call("test_notice_hook", &[]).await;
        assert_eq!(nothing.status, 409);

        let (receiver, url) = Receiver::start().await;
        let fields = [("hook_url", url.as_str()), ("hook_secret", SECRET)];
        admin.post_form("/admin/notices", "save_notice_hook", &fields).await;
        let tested = admin.post_form("/admin/notices", "test_notice_hook", &[]).await;
        assert_eq!(tested.location(), "/admin/notices?done=not-arrived");
        let page = admin.get(tested.location()).await.body;
        assert!(page.contains("is not allowed") && page.contains("operator"), "{page}");
        assert!(receiver.take().is_empty());
    }
}

with_jira! {
    async fn calls_to_jira_are_counted_by_the_hour(world: World) {
        let admin = world.admin().await;
        let form = crate::connection::Form::data_center(world.data_center());
        form.post(&admin, "/admin/integrations/new", "save").await;
        let state = &world.app.state;
        traceline::server::app::health::look_at_due(state).await.unwrap();
        write_calls(state).await.unwrap();
        assert!(admin.get("/admin/integrations").await.body.contains("1 call"));
        let site = world.sandbox.world().data_center().clone();
        site.add_fault(traceline::sandbox::FaultRule { retry_after: Some(30), ..Default::default() });
        state.clock().advance(6 * 60_000);
        traceline::server::app::health::look_at_due(state).await.unwrap();
        write_calls(state).await.unwrap();
        let page = admin.get("/admin/integrations").await.body;
        assert!(page.contains("2 calls, 1 put off by limits"), "{page}");
    }
}
