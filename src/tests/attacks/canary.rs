//! Secrets that are followed through everything that leaves the program: pages, answers of server functions, files,
//! the audit log, refusals, the output of commands, its own log, and the database as it lies on the disk.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use traceline::{
    domain::role::{AccountRole, ProjectRole},
    server::{auth::session::PLAIN_NAME, random, store::Database},
};

use super::fill;
use crate::{
    connection::Form,
    endpoint_roles::{TABLE, world},
    harness::{Place, TestApp, TestClient, TestResponse, TestSandbox},
    session::person_with_password,
};

/// Everything that was seen, with where.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    fn add(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.0.push((place.into(), text.into()));
    }

    fn answer(&mut self, place: impl Into<String>, answer: &TestResponse) {
        // A cookie is set by its own header alone, which no page and no log has.
        let headers: Vec<_> = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != "set-cookie")
            .collect();
        self.add(place, format!("{headers:?}\n{}", answer.body));
    }

    fn check(&self, what: &str, secret: &str) {
        assert!(
            secret.len() >= 8,
            "{what} is too short to be told from other text"
        );
        let digits: Vec<String> = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let hex = digits.concat();
        let forms = [
            secret.to_owned(),
            hex.to_uppercase(),
            hex,
            STANDARD.encode(secret),
        ];
        for (place, text) in &self.0 {
            for form in &forms {
                assert!(!text.contains(form.trim_end_matches('=')), "{what} is in {place}");
            }
        }
    }
}

/// The database as somebody finds it who has the disk or a dump.
async fn read_database(place: &Place, seen: &mut Seen) {
    for entry in std::fs::read_dir(place.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_file() && name != "secret.key" {
            let bytes = std::fs::read(&path).unwrap();
            let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            seen.add(format!("the file {name}"), text);
        }
    }
    let url = place.database_url.clone().unwrap();
    let database = Database::open(&url.into()).await.unwrap();
    for (table, rows) in super::dump_of(&database).await {
        seen.add(format!("the table {table}"), rows.join("\n"));
    }
    database.close().await;
}

async fn nothing_leaves(app: TestApp, sandbox: TestSandbox) {
    app.follow_the_machine();
    let world = world(app).await;
    let app = &world.app;
    let admin = person_with_password(app, "Carla", AccountRole::AccountAdmin).await;
    app.join(&world.project, &admin, ProjectRole::ProjectAdmin).await;
    let session = app.browser_of(&admin).await.cookie(PLAIN_NAME).unwrap();
    let fills: Vec<(&str, Vec<(String, String)>)> = TABLE
        .iter()
        .map(|row| {
            (
                row.endpoint,
                fill(row, &world)
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
            )
        })
        .collect();
    let pages = super::page_roles::list_pages(&world);
    let ca = sandbox.ca_pem_path().display().to_string();
    let cloud = sandbox.sites()[0].url.trim_start_matches("https://").to_owned();
    let place = world.app.hand_over().await;
    let settings = [
        ("TRACELINE_ALLOWED_NETWORKS", "127.0.0.0/8"),
        ("TRACELINE_EXTRA_CA_FILE", ca.as_str()),
        ("TRACELINE_CLOUD_HOSTS", cloud.as_str()),
        ("TRACELINE_LOG", "traceline=trace,debug"),
    ];
    let mut server = place.start(&["serve"], &settings);
    let client = TestClient::new(server.wait_for_address(), Some(format!("{PLAIN_NAME}={session}")));
    let stranger = client.without_cookies();
    let mut seen = Seen::default();

    // Tokens that are stored, tested, replaced, refused, typed into the wrong field or for the wrong place.
    let typed = |what: &str| format!("canary-{what}-{}", random::token());
    let (wrong, moved, unsaved) = (typed("wrong"), typed("moved"), typed("unsaved"));
    let (center, site) = (
        Form::data_center(&sandbox.sites()[1]),
        Form::cloud(&sandbox.sites()[0]),
    );
    let mut forms = Vec::new();
    for form in [&center, &site] {
        assert_eq!(form.save(&client, "token").await, (200, String::new()));
        forms.push(form.clone().with("token", &wrong));
        forms.push(form.clone().with("name", "").with("token", &unsaved));
        forms.push(
            form.clone()
                .with("url", "http://127.0.0.1:9")
                .with("token", &moved),
        );
        forms.push(form.clone().with("url", "javascript:x").with("token", &unsaved));
        forms.push(
            form.clone()
                .with("name", "Another")
                .with("description", &"x".repeat(300)),
        );
    }
    for form in &forms {
        for action in ["test", "save"] {
            let path = form.post(&client, "/admin/integrations/new", action).await;
            seen.answer(
                format!("the form after {action}: {path}"),
                &client.get(&path).await,
            );
            seen.add("the address of the form", path);
        }
    }
    let second = &sandbox.sites()[1].accounts[1].token;
    // Passwords, right and wrong.
    let (password, chosen) = ("mango kettle river", "canary lantern orchard 94");
    for given in [password, "canary-wrong-password"] {
        let fields = [("email", "carla@example.test"), ("password", given)];
        seen.answer("sign_in", &stranger.call("sign_in", &fields).await);
        let answer = client
            .without_cookies()
            .post_form("/sign-in", "sign_in", &fields)
            .await;
        seen.answer(
            "the form of sign_in",
            &client.without_cookies().get(answer.location()).await,
        );
        let change = [
            ("current_password", given),
            ("new_password", chosen),
            ("repeat_password", "another one that differs"),
        ];
        let answer = client.post_form("/profile", "change_password", &change).await;
        seen.answer("change_password", &client.get(answer.location()).await);
    }
    // Every function, every page, every refusal.
    for (endpoint, fields) in &fills {
        if matches!(*endpoint, "sign_out" | "end_other_sessions") {
            continue;
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        seen.answer(*endpoint, &client.call(endpoint, &fields).await);
        seen.answer(*endpoint, &stranger.call(endpoint, &fields).await);
        let answer = client.post_form("/", endpoint, &fields).await;
        seen.answer(format!("the form of {endpoint}"), &answer);
    }
    let list = client.call("list_connections", &[]).await.body;
    let mut ids = Vec::new();
    for row in serde_json::from_str::<serde_json::Value>(&list)
        .unwrap()
        .as_array()
        .unwrap()
    {
        ids.push(row["id"].as_str().unwrap().to_owned());
    }
    assert!(ids.len() >= 3, "{list}");
    for id in &ids {
        seen.answer(
            "load_connection_form",
            &client.call("load_connection_form", &[("id", id)]).await,
        );
        for path in [
            format!("/admin/integrations/{id}"),
            format!("/admin/integrations?confirm=disconnect&connection={id}"),
        ] {
            seen.answer(path.clone(), &client.get(&path).await);
        }
    }
    for page in pages.iter().map(String::as_str).chain([
        "/nothing",
        "/api/nothing",
        "/setup/x",
        "/livez",
        "/readyz",
        "/metrics",
    ]) {
        seen.answer(page, &client.get(page).await);
        seen.answer(page, &stranger.get(page).await);
    }
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", client.origin()),
    ];
    for format in ["csv", "json"] {
        let body = format!("format={format}&action=&person=&connection=&from=&to=");
        let file = client
            .send(Method::POST, "/admin/audit/export", &headers, Some(body))
            .await;
        assert!(file.body.contains("connection.created"), "{}", file.body);
        seen.answer(format!("the audit log as {format}"), &file);
    }
    server.terminate();
    server.wait_for_end(std::time::Duration::from_secs(30));
    let log = server.said();
    assert!(log.lines().count() > 50, "the log is read: {log}");
    seen.add("the log", log);
    for words in [
        &["audit", "verify"][..],
        &["secrets", "check"],
        &["secrets", "rotate"],
    ] {
        let output = place.run(words);
        seen.add(
            words.join(" "),
            String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
        );
    }
    read_database(&place, &mut seen).await;
    assert!(seen.0.len() > 200, "{}", seen.0.len());

    let key = std::fs::read_to_string(place.folder.path().join("secret.key")).unwrap();
    for (what, secret) in [
        (
            "the token of Data Center",
            sandbox.sites()[1].accounts[0].token.as_str(),
        ),
        ("the token of Cloud", &sandbox.sites()[0].accounts[0].token),
        ("a token of somebody else", second),
        ("a wrong token", &wrong),
        ("a token for elsewhere", &moved),
        ("a token that was not saved", &unsaved),
        ("the password", password),
        ("a new password", chosen),
        ("a wrong password", "canary-wrong-password"),
        ("the session", &session),
        ("the key", key.trim()),
    ] {
        seen.check(what, secret);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_sqlite() {
    nothing_leaves(TestApp::sqlite().await, TestSandbox::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_postgres() {
    if let Some(app) = TestApp::postgres().await {
        nothing_leaves(app, TestSandbox::start().await).await;
    }
}
