//! Connections against the sandbox: the form's rules, the test, saving, and where a token may go.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use traceline::{
    domain::role::AccountRole,
    sandbox::{FaultRule, Sandbox, SiteInfo},
    server::{
        app::connection::{open_client, record_failure, record_success},
        jira::JiraError,
        outbound::OutboundPolicy,
        random,
        store::{self, connection::ConnectionRow},
    },
    ui::paths,
};

use crate::harness::{TestApp, TestClient, TestResponse, TestSandbox, audit_log};

/// A server that may reach the sandbox, and the sandbox.
pub struct World {
    pub app: TestApp,
    pub sandbox: TestSandbox,
}

pub fn allow(policy: &mut OutboundPolicy, sandbox: &Sandbox) {
    let cloud = &sandbox.sites()[0].url;
    policy.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
    policy.cloud_hosts = vec![cloud.trim_start_matches("https://").to_owned()];
    policy.cloud_gateway = cloud.parse().unwrap();
    policy.extra_ca_pem = Some(std::fs::read(sandbox.ca_pem_path()).unwrap());
}

/// Makes a test for each database, with a sandbox.
macro_rules! with_jira {
    (async fn $name:ident($world:ident: World) $body:block) => {
        mod $name {
            use super::*;
            async fn check($world: World) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let sandbox = $crate::harness::TestSandbox::start().await;
                let app = $crate::harness::TestApp::sqlite_with(|policy| $crate::connection::allow(policy, &sandbox)).await;
                check(World { app, sandbox }).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let sandbox = $crate::harness::TestSandbox::start().await;
                if let Some(app) = $crate::harness::TestApp::postgres_with(|policy| $crate::connection::allow(policy, &sandbox)).await {
                    check(World { app, sandbox }).await;
                }
            }
        }
    };
}

impl World {
    pub fn cloud(&self) -> &SiteInfo {
        &self.sandbox.sites()[0]
    }

    pub fn data_center(&self) -> &SiteInfo {
        &self.sandbox.sites()[1]
    }

    pub async fn admin(&self) -> TestClient {
        self.app
            .browser_of(&self.app.person("Ada Admin", AccountRole::AccountAdmin).await)
            .await
    }

    pub async fn rows(&self) -> Vec<ConnectionRow> {
        let mut tx = self.app.state.database().read().await.unwrap();
        store::connection::list(&mut tx).await.unwrap()
    }
}

/// The fields of a form, as names and values.
#[derive(Clone)]
pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn new(name: &str, deployment: &str, url: &str, email: &str, token: &str) -> Self {
        let fields = [
            ("name", name),
            ("deployment", deployment),
            ("url", url),
            ("email", email),
            ("token", token),
        ];
        Self(
            fields
                .into_iter()
                .map(|(field, value)| (format!("form[{field}]"), value.to_owned()))
                .collect(),
        )
    }

    pub fn cloud(site: &SiteInfo) -> Self {
        let account = &site.accounts[0];
        Self::new("Halden Cloud", "cloud", &site.url, &account.email, &account.token)
    }

    pub fn data_center(site: &SiteInfo) -> Self {
        Self::new(
            "Terminal Jira",
            "data_center",
            &site.url,
            "",
            &site.accounts[0].token,
        )
    }

    pub fn with(mut self, field: &str, value: &str) -> Self {
        let name = format!("form[{field}]");
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.to_owned()));
        self
    }

    /// A field as it stands in the form.
    pub fn value(&self, field: &str) -> &str {
        let name = format!("form[{field}]");
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    /// The form as it edits a stored connection.
    pub fn edits(self, row: &ConnectionRow) -> Self {
        self.with("id", &row.id)
            .with("revision", &row.revision.to_string())
            .with("token", "")
    }

    /// Presses `test` or `save` as a script does.
    async fn press(&self, client: &TestClient, action: &str) -> TestResponse {
        let mut fields = vec![("do", action)];
        fields.extend(self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        client.call("save_connection", &fields).await
    }

    /// Presses Test and reads the form again that it leads to: what the test found.
    pub async fn test(&self, client: &TestClient) -> serde_json::Value {
        let path = self.post(client, "/admin/integrations/new", "test").await;
        let (page, id) = path
            .split_once("?test=")
            .unwrap_or_else(|| panic!("no test: {path}"));
        let mut fields = vec![("test", id)];
        let connection = page.rsplit('/').next().unwrap_or_default();
        if connection != "new" {
            fields.push(("id", connection));
        }
        client.call("load_connection_form", &fields).await.json()["tested"].clone()
    }

    async fn test_status(&self, client: &TestClient) -> u16 {
        self.press(client, "test").await.status.as_u16()
    }

    /// Saves as a script does; gives the status and the message of a field.
    pub async fn save(&self, client: &TestClient, field: &str) -> (u16, String) {
        let answer = self.press(client, "save").await;
        let status = answer.status.as_u16();
        (
            status,
            if status < 400 {
                String::new()
            } else {
                message(&answer.json(), field)
            },
        )
    }

    /// Posts as a browser without script does; gives the place it is sent to.
    pub async fn post(&self, client: &TestClient, page: &str, action: &str) -> String {
        let mut fields = vec![("do", action)];
        fields.extend(self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        client
            .post_form(page, "save_connection", &fields)
            .await
            .location()
            .to_owned()
    }
}

fn message(error: &serde_json::Value, field: &str) -> String {
    let found = error["fields"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["field"] == field).cloned());
    found.map_or_else(
        || error["message"].to_string(),
        |one| one["message"].as_str().unwrap_or_default().to_owned(),
    )
}

/// A server on loopback that notes each request's path and `Authorization`.
pub async fn listen() -> (SocketAddr, Arc<Mutex<Vec<Option<String>>>>) {
    let seen: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let noted = Arc::clone(&seen);
    let router = axum::Router::new().fallback(move |headers: axum::http::HeaderMap| {
        noted.lock().unwrap().push(
            headers
                .get("authorization")
                .map(|value| value.to_str().unwrap().to_owned()),
        );
        async { axum::Json(serde_json::json!({"hello": "world"})) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, seen)
}

with_jira! {
    async fn cloud_and_data_center_are_created_listed_and_opened(world: World) {
        let client = world.admin().await;
        assert!(client.get("/admin/integrations").await.body.contains("No Jira connection yet"));
        let chooser = client.get("/admin/integrations/available").await.body;
        assert!(chooser.contains("/admin/integrations/new?type=cloud"), "{chooser}");
        let page = client.get("/admin/integrations/new").await;
        assert!(page.body.contains("id.atlassian.com") && page.body.contains("Personal access tokens"));

        let cloud = Form::cloud(world.cloud()).with("description", "Owned by <b>platform</b></textarea><script>alert(1)</script>");
        assert_eq!(cloud.post(&client, "/admin/integrations/new", "save").await, "/admin/integrations?done=created");
        let center = Form::data_center(world.data_center());
        assert_eq!(center.post(&client, "/admin/integrations/new", "save").await, "/admin/integrations?done=created");

        let list = client.get("/admin/integrations?done=created").await.body;
        for text in ["Connection created.", "Halden Cloud", "Terminal Jira", "Active", "Ada Castellan", "http://"] {
            assert!(list.contains(text), "{text} is missing in {list}");
        }
        let rows = world.rows().await;
        assert_eq!(rows.len(), 2);
        for row in &rows {
            assert_eq!(row.status, "active");
            assert_eq!(row.revision, 1);
            let open = open_client(&world.app.state, &row.id).await.unwrap();
            assert!(open.client.myself().await.unwrap().active);
            let edit = client.get(&format!("/admin/integrations/{}", row.id)).await.body;
            assert!(edit.contains("by Ada Admin") && edit.contains("Replace"), "{edit}");
            assert!(!edit.contains("<script>alert(1)"), "{edit}");
        }
        // The token is nowhere in clear: not in pages, not in the database.
        let mut pages = vec![list, format!("{rows:?}")];
        pages.push(client.call("list_connections", &[]).await.body);
        pages.push(client.call("load_connection_form", &[("id", &rows[0].id)]).await.body);
        let audit = audit_log(&world.app).await;
        assert!(audit.iter().any(|row| row.action == "connection.created" && row.person_name == "Ada Admin"));
        pages.push(format!("{audit:?}"));
        for site in world.sandbox.sites() {
            let token = &site.accounts[0].token;
            assert!(pages.iter().all(|page| !page.contains(token.as_str())), "a token is shown");
            for row in &rows {
                let sealed = row.sealed_token.as_deref().unwrap();
                assert!(!sealed.windows(token.len()).any(|window| window == token.as_bytes()));
            }
        }
    }
}

with_jira! {
    async fn every_bad_input_has_its_own_message(world: World) {
        let client = world.admin().await;
        let cloud = Form::cloud(world.cloud());
        let center = Form::data_center(world.data_center());
        let long = "\u{1F600}".repeat(51);
        let (other, _) = listen().await;
        let cases = [
            (cloud.clone().with("name", ""), "name", "name"),
            (cloud.clone().with("name", &long), "name", "50"),
            (cloud.clone().with("description", &"\u{1F600}".repeat(256)), "description", "255"),
            (cloud.clone().with("url", "http://halden.atlassian.net"), "url", "https://"),
            (cloud.clone().with("url", "https://jira.example.test"), "url", "not a Jira Cloud site"),
            (cloud.clone().with("url", "javascript:alert(1)"), "url", "javascript"),
            (cloud.clone().with("email", ""), "email", "email"),
            (cloud.clone().with("token", ""), "token", "missing"),
            (cloud.clone().with("token", "wrong"), "token", "401"),
            (cloud.clone().with("token_expires", "2020-01-01"), "token_expires", "expired"),
            (cloud.clone().with("deployment", "server"), "deployment", "Choose"),
            (center.clone().with("token", "wrong"), "token", "401"),
            (center.clone().with("ca_pem", "no certificate"), "ca_pem", "PEM"),
            (
                center.clone().with("ca_pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
                "ca_pem",
                "cannot be read",
            ),
            (center.clone().with("url", &format!("http://{other}")), "url", "not as Jira"),
            (center.clone().with("url", "http://127.0.0.1:1"), "url", "refuses"),
            (center.clone().with("url", "http://10.1.2.3"), "url", "private"),
            (center.clone().with("deployment", "data_center").with("url", &world.cloud().url), "deployment", "Jira Cloud"),
        ];
        let mut said = std::collections::BTreeSet::new();
        for (form, field, part) in cases {
            // Each case is another person's: the limit of tests is not what is tested here.
            let client = world.app.browser_of(&world.app.person(&random::new_id(), AccountRole::SystemAdmin).await).await;
            let (status, text) = form.save(&client, field).await;
            assert_eq!(status, 422, "{field} {part}: {text}");
            assert!(text.to_lowercase().contains(&part.to_lowercase()), "{field}: {text} lacks {part}");
            said.insert(text);
        }
        assert!(said.len() >= 16, "{said:#?}");
        let site = world.sandbox.world();
        let site = site.data_center();
        let faults = [
            (FaultRule { html: Some("<html>Sign in</html>".into()), ..FaultRule::default() }, "url", "web page"),
            (FaultRule { redirect_to: Some("http://elsewhere.test/".into()), ..FaultRule::default() }, "url", "elsewhere.test"),
            (FaultRule { truncate_at: Some(20), ..FaultRule::default() }, "url", "stops in the middle"),
            (FaultRule { status: Some(503), ..FaultRule::default() }, "url", "503"),
        ];
        for (rule, field, part) in faults {
            site.add_fault(rule);
            let (status, text) = center.save(&client, field).await;
            site.clear_faults();
            assert_eq!(status, 422, "{text}");
            assert!(text.contains(part), "{text} lacks {part}");
        }
        site.set_version("10.5.9");
        let (_, text) = center.save(&client, "url").await;
        assert!(text.contains("10.5.9") && text.contains("10.6.1"), "{text}");
        assert!(world.rows().await.is_empty());
    }
}

with_jira! {
    async fn addresses_of_pages_are_trimmed_and_missing_rights_only_limit(world: World) {
        let client = world.admin().await;
        let reader = &world.data_center().accounts[2];
        let form = Form::data_center(world.data_center())
            .with("url", &format!("{}/browse/KEY-1?filter=2", world.data_center().url))
            .with("token", &reader.token);
        let found = form.test(&client).await;
        assert_eq!(found["report"]["verdict"], "passed_with_limits", "{found}");
        assert!(found["url_notices"].to_string().contains("/browse/KEY-1"), "{found}");
        // Plain http is a limit that the list of checks names, not a detail.
        assert_eq!(found["report"]["checks"][1]["state"], "warned", "{found}");
        assert_eq!(form.save(&client, "url").await.0, 200);
        let row = &world.rows().await[0];
        assert_eq!(row.site_url.trim_end_matches('/'), world.data_center().url);
        assert!(row.status_reason.contains("Administer Jira") && !row.status_next.is_empty(), "{row:?}");
        let scoped = world.cloud().accounts.iter().find(|account| account.note.contains("scoped")).unwrap();
        let form = Form::cloud(world.cloud()).with("email", &scoped.email).with("token", &scoped.token);
        assert_eq!(form.save(&client, "token").await, (200, String::new()));
        let row = world.rows().await.into_iter().find(|row| row.deployment == "cloud").unwrap();
        assert!(row.api_base.contains("/ex/jira/") && row.cloud_id.is_some(), "{}", row.api_base);
    }
}

with_jira! {
    async fn names_are_unique_and_a_second_admin_overwrites_nothing(world: World) {
        let client = world.admin().await;
        let form = Form::data_center(world.data_center());
        assert_eq!(form.save(&client, "name").await.0, 200);
        let (status, text) = form.clone().with("name", " terminal JIRA ").save(&client, "name").await;
        assert_eq!(status, 422);
        assert!(text.contains("Another connection is called"), "{text}");
        let row = world.rows().await.remove(0);
        let edit = form.clone().edits(&row);
        let other = world.app.browser_of(&world.app.person("Olga Other", AccountRole::SystemAdmin).await).await;
        assert_eq!(edit.clone().with("name", "Renamed").save(&other, "name").await.0, 200);
        let answer = edit.with("name", "Mine").press(&client, "save").await;
        assert_eq!(answer.status.as_u16(), 409);
        assert!(answer.body.contains("Olga Other"), "{}", answer.body);
        let row = world.rows().await.remove(0);
        assert_eq!((row.name.as_str(), row.revision), ("Renamed", 2));
    }
}

with_jira! {
    async fn a_stored_token_goes_to_its_address_alone(world: World) {
        let client = world.admin().await;
        let form = Form::data_center(world.data_center());
        assert_eq!(form.save(&client, "name").await.0, 200);
        let row = world.rows().await.remove(0);
        let url = world.data_center().url.clone();
        let port = url.rsplit(':').next().unwrap().to_owned();
        let (attacker, seen) = listen().await;
        let elsewhere = [
            format!("http://{attacker}"),
            format!("http://localhost:{port}"),
            format!("https://127.0.0.1:{port}"),
            format!("{url}/jira"),
            format!("http://user@127.0.0.1:{port}"),
            "http://127.0.0.1:1".to_owned(),
        ];
        world.sandbox.world().data_center().clear_requests();
        for address in &elsewhere {
            for action in ["test", "save"] {
                let answer = form.clone().edits(&row).with("url", address).press(&client, action).await;
                assert_eq!(answer.status.as_u16(), 422, "{address}: {}", answer.body);
                if !address.contains('@') {
                    let text = message(&answer.json(), "token");
                    assert!(text.contains("Enter the token again"), "{address}: {text}");
                }
            }
        }
        assert!(seen.lock().unwrap().is_empty(), "something was sent to another address");
        assert!(world.sandbox.world().data_center().list_requests().is_empty());
        // A slash or another case of the same host keeps it.
        for address in [format!("{url}/"), url.to_uppercase().replace("HTTP", "http")] {
            let found = form.clone().edits(&row).with("url", &address).test(&client).await;
            assert_eq!(found["report"]["identity"]["display_name"], "Ada Castellan", "{found}");
        }
        assert_eq!(world.rows().await[0].revision, 1);
    }
}

with_jira! {
    async fn a_test_without_script_keeps_the_token_for_its_owner_and_address(world: World) {
        let client = world.admin().await;
        let form = Form::cloud(world.cloud());
        let token = world.cloud().accounts[0].token.clone();
        let page = form.post(&client, "/admin/integrations/new", "test").await;
        let id = page.strip_prefix("/admin/integrations/new?test=").unwrap().to_owned();
        let shown = client.get(&page).await.body;
        assert!(shown.contains("Connected.") && shown.contains("Halden Cloud") && shown.contains("Save works"), "{shown}");
        assert!(!shown.contains(&token));
        let kept = form.with("token", "").with("kept", &id);
        let (attacker, seen) = listen().await;
        let moved = kept.clone().with("deployment", "data_center").with("url", &format!("http://{attacker}"));
        let (status, text) = moved.save(&client, "token").await;
        assert_eq!(status, 422);
        assert!(text.contains("Enter the token again"), "{text}");
        assert_eq!(kept.clone().with("email", "other@example.test").save(&client, "token").await.0, 422);
        assert!(seen.lock().unwrap().is_empty());
        let other = world.app.browser_of(&world.app.person("Olga Other", AccountRole::AccountAdmin).await).await;
        assert_eq!(kept.save(&other, "token").await.0, 422);
        assert_eq!(kept.post(&client, &page, "save").await, "/admin/integrations?done=created");
        assert_eq!(kept.clone().with("name", "Again").save(&client, "token").await.0, 422, "used up");

        let form = Form::cloud(world.cloud()).with("name", "Later");
        let page = form.post(&client, "/admin/integrations/new", "test").await;
        let id = page.split('=').nth(1).unwrap().to_owned();
        world.app.state.clock().advance(10 * 60 * 1000 + 1);
        assert_eq!(form.with("token", "").with("kept", &id).save(&client, "token").await.0, 422, "over");
    }
}

with_jira! {
    async fn tests_are_throttled_per_person(world: World) {
        let client = world.admin().await;
        let form = Form::data_center(world.data_center());
        for _ in 0..20 {
            assert_eq!(form.test_status(&client).await, 200);
        }
        assert_eq!(form.test_status(&client).await, 429);
        let other = world.app.browser_of(&world.app.person("Olga Other", AccountRole::SystemAdmin).await).await;
        assert_eq!(form.test_status(&other).await, 200);
        world.app.state.clock().advance(5 * 60 * 1000 + 1);
        assert_eq!(form.test_status(&client).await, 200);
    }
}

with_jira! {
    async fn the_status_follows_the_calls(world: World) {
        let client = world.admin().await;
        assert_eq!(Form::data_center(world.data_center()).save(&client, "name").await.0, 200);
        let state = &world.app.state;
        let id = world.rows().await.remove(0).id;
        let mut events = state.live().subscribe();
        let limited = JiraError::RateLimited { retry_after: None };
        let used = world.rows().await.remove(0);
        record_failure(state, &used, &limited).await.unwrap();
        assert_eq!(world.rows().await[0].status, "active");
        record_failure(state, &used, &JiraError::Unauthorized { login_reason: None }).await.unwrap();
        let row = world.rows().await.remove(0);
        assert_eq!((row.status.as_str(), row.status_next.as_str()), ("error", "Replace the token."));
        assert!(events.try_recv().is_ok());
        assert!(client.get("/admin/integrations").await.body.contains("Jira refuses the token."));
        let used = world.rows().await.remove(0);
        world.app.run("UPDATE connection SET revision = revision + 1 WHERE id = $1", &[&id]).await;
        record_success(state, &used).await.unwrap();
        assert_eq!(world.rows().await[0].status, "error", "an answer to a token that was replaced");
        record_success(state, &world.rows().await[0]).await.unwrap();
        assert_eq!(world.rows().await[0].status, "active");
        // A token sealed for another row does not open, and the status says so.
        world.app.run("UPDATE connection SET id = $1 WHERE id = $2", &["moved", &id]).await;
        assert!(open_client(state, "moved").await.is_err());
        assert_eq!(world.rows().await[0].status, "error");
        assert!(open_client(state, "unknown").await.is_err());
    }
}

on_both! {
    async fn nothing_is_sent_without_right_or_without_the_operators_word(app: TestApp) {
        let (address, seen) = listen().await;
        let form = Form::new("Loop", "data_center", &format!("http://{address}"), "", "canary");
        let admin = app.browser_of(&app.person("Ada Admin", AccountRole::AccountAdmin).await).await;
        let user = app.browser_of(&app.person("Uma User", AccountRole::User).await).await;
        assert_eq!(form.test_status(&user).await, 404);
        assert_eq!(form.test_status(&app.anonymous()).await, 401);
        for host in ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0"] {
            let form = form.clone().with("url", &format!("http://{host}:{}", address.port()));
            let answer = form.test(&admin).await;
            let checks = answer["report"]["checks"].to_string();
            assert!(checks.contains("private or reserved address"), "{host}: {answer}");
        }
        let (status, text) = form.save(&admin, "url").await;
        assert_eq!(status, 422);
        assert!(text.contains("Ask the operator"), "{text}");
        let get = admin.get("/api/save_connection").await;
        assert_eq!(get.status.as_u16(), 405);
        let forged = [("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded"), ("origin", "http://evil.test"), ("sec-fetch-site", "cross-site")];
        let answer = admin.send(reqwest::Method::POST, "/api/save_connection", &forged, Some("form[name]=x".into())).await;
        assert_eq!(answer.status.as_u16(), 403);
        assert!(seen.lock().unwrap().is_empty());
    }
}

with_jira! {
    async fn a_failed_form_keeps_everything_but_the_token_and_escapes_it(world: World) {
        let client = world.admin().await;
        let evil = "\"><script>alert(1)</script>";
        let form = Form::data_center(world.data_center())
            .with("name", evil)
            .with("description", "</textarea><script>alert(2)</script>")
            .with("token", "canary-token-wrong");
        let page = form.post(&client, "/admin/integrations/new", "save").await;
        assert!(page.starts_with("/admin/integrations/new?failed="), "{page}");
        let shown = client.get(&page).await.body;
        assert!(shown.contains("enter it again") && shown.contains("401"), "{shown}");
        assert!(!shown.contains("<script>alert") && shown.contains("&lt;script&gt;alert(2)"), "{shown}");
        assert!(!shown.contains("canary-token-wrong"));
        assert!(shown.contains(&world.data_center().url));
        assert_eq!(form.with("token", &world.data_center().accounts[0].token).save(&client, "name").await.0, 200);
        let list = client.get("/admin/integrations").await.body;
        assert!(!list.contains("<script>alert") && list.contains("&lt;script&gt;alert(1)"), "{list}");
        let edit = client.get(&format!("/admin/integrations/{}", world.rows().await[0].id)).await.body;
        assert!(!edit.contains("<script>alert"), "{edit}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jira_that_hangs_is_given_up_within_ten_seconds() {
    let sandbox = TestSandbox::start().await;
    let app = TestApp::sqlite_with(|policy| allow(policy, &sandbox)).await;
    let world = World { app, sandbox };
    let client = world.admin().await;
    world.sandbox.world().data_center().add_fault(FaultRule {
        hang: true,
        ..FaultRule::default()
    });
    let (status, text) = Form::data_center(world.data_center()).save(&client, "url").await;
    assert_eq!(status, 422);
    assert!(text.contains("no answer within"), "{text}");
}

with_jira! {
    async fn a_form_shows_the_tested_address_and_no_result_beside_a_later_error(world: World) {
        let client = world.admin().await;
        let pasted = format!("{}/browse/KEY-1?filter=2", world.cloud().url);
        let form = Form::cloud(world.cloud()).with("url", &pasted);
        let tested = form.post(&client, "/admin/integrations/new", "test").await;
        let page = client.get(&tested).await.body;
        let cut = format!(r#"value="{}""#, world.cloud().url);
        assert!(page.contains(&cut) && !page.contains(&pasted), "{page}");
        assert_eq!(page.matches("was removed: it belongs to a page, not to the site.").count(), 1, "{page}");
        assert!(page.contains("Connected.") && page.contains("data-dirty"), "tested and not saved: {page}");
        let failed = form.with("url", "").post(&client, &tested, "test").await;
        assert!(failed.contains("test=") && failed.contains("failed="), "{failed}");
        let page = client.get(&failed).await.body;
        assert!(page.contains("One thing needs a change") && !page.contains("Connected."), "{page}");
        assert!(!page.contains("Tested with the values shown"), "{page}");
        assert!(!client.get("/admin/integrations/new").await.body.contains("data-dirty"));
    }
}

with_jira! {
    async fn a_replaced_token_is_used_from_the_next_call_on_and_shown_nowhere(world: World) {
        let client = world.admin().await;
        let site = world.data_center();
        let state = &world.app.state;
        assert_eq!(Form::data_center(site).save(&client, "name").await.0, 200);
        let row = world.rows().await.remove(0);
        let running = open_client(state, &row.id).await.unwrap();
        let who = running.client.myself().await.unwrap().display_name;
        let (first, second) = (&site.accounts[0], &site.accounts[1]);
        assert_ne!(first.token, second.token);
        let replaced = Form::data_center(site).edits(&row).with("token", &second.token);
        assert_eq!(replaced.save(&client, "token").await, (200, String::new()));

        let next = open_client(state, &row.id).await.unwrap();
        assert_eq!(next.client.myself().await.unwrap().display_name, second.display_name);
        assert_eq!(running.client.myself().await.unwrap().display_name, who, "what runs goes on");
        // Another save keeps the token, sealed anew for what stands beside it.
        let row = world.rows().await.remove(0);
        assert_eq!(Form::data_center(site).edits(&row).with("description", "Moved").save(&client, "token").await.0, 200);
        let kept = world.rows().await.remove(0);
        assert_ne!(kept.sealed_token, row.sealed_token);
        assert_eq!(kept.token_set_at, row.token_set_at);
        let last = open_client(state, &row.id).await.unwrap();
        assert_eq!(last.client.myself().await.unwrap().display_name, second.display_name);

        let log = audit_log(&world.app).await;
        let told: Vec<_> = log.iter().filter(|row| row.action == "connection.token_replaced").collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].detail, "token changed");
        let changed: Vec<_> = log.iter().filter(|row| row.action == "connection.changed").collect();
        assert_eq!(changed.iter().filter(|row| row.detail.contains("token changed")).count(), 1, "{changed:?}");
        let mut shown = vec![format!("{log:?}")];
        for page in [paths::CONNECTIONS.to_owned(), format!("{}/{}", paths::CONNECTIONS, row.id)] {
            shown.push(client.get(&page).await.body);
        }
        shown.push(client.call("load_connection_form", &[("id", &row.id)]).await.body);
        shown.push(client.call("list_connections", &[]).await.body);
        for token in [&first.token, &second.token] {
            assert!(shown.iter().all(|text| !text.contains(token.as_str())), "a token is shown");
        }
    }
}
