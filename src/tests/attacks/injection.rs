//! SQL in every field and every query parameter, on both databases: text stays text.
//!
//! No time is measured. A statement that is run beside ours leaves a row in a table of the test, and on PostgreSQL a
//! function that is called inside one of ours moves a sequence that no rollback moves back, or fails where nothing may
//! be written: each is seen.

use std::collections::BTreeSet;

use traceline::domain::role::{AccountRole, ProjectRole};

use crate::{
    attacks::{fill, page_roles::list_pages},
    endpoint_roles::{TABLE, world},
    harness::{TestApp, TestResponse},
};

const PROBES: [&str; 22] = [
    "'",
    "\"",
    "\\",
    "')",
    "'))--",
    "'--",
    "'/*",
    "*/",
    "%' ESCAPE '",
    "' OR '1'='1",
    "1 OR 1=1",
    "x' UNION SELECT NULL,NULL,NULL--",
    "'; INSERT INTO probe VALUES (1); --",
    "1; INSERT INTO probe VALUES (1)",
    "\"; INSERT INTO probe VALUES (1); --",
    "'||(SELECT CAST(nextval('probe_called') AS text))||'",
    "x' AND nextval('probe_called')>0 AND '1'='1",
    "(SELECT nextval('probe_called'))",
    "\\'; SELECT nextval('probe_called'); --",
    "'||(SELECT load_extension('x'))||'",
    "$1 ? :a @b ${c} {{d}}",
    "ʼ OR ʼ1ʼ=ʼ1",
];

/// What databases and their drivers say; none stands in a probe, and none is so short that chance writes it.
const WORDS: [&str; 13] = [
    "syntax error",
    "sqlx::",
    "sqlstate",
    "unterminated",
    "unrecognized token",
    "no such column",
    "no such function",
    "datatype mismatch",
    "invalid input syntax",
    "does not exist (",
    "pg_catalog",
    "near \"",
    "incomplete input",
];

fn expect_text(what: &str, probe: &str, answer: &TestResponse) {
    let status = answer.status.as_u16();
    // 502: the Jira of this world does not answer.
    assert!(
        status < 500 || status == 502,
        "{what} with {probe:?}: {status} {}",
        answer.body
    );
    let body = answer.body.to_lowercase();
    for word in WORDS {
        assert!(
            !body.contains(word),
            "{what} with {probe:?} says {word:?}: {}",
            answer.body
        );
    }
}

/// Names of query parameters that any page reads.
fn list_parameters() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from("src/ui")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                let found = text
                    .split("get(\"")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next());
                names.extend(found.map(str::to_owned));
            }
        }
    }
    names
}

async fn make_probes(app: &TestApp) {
    app.run("CREATE TABLE probe (a INTEGER)", &[]).await;
    if !app.state.config().is_sqlite() {
        app.run("CREATE SEQUENCE probe_called", &[]).await;
    }
}

async fn expect_untouched(app: &TestApp) {
    assert_eq!(
        app.number("SELECT COUNT(*) FROM probe", &[]).await,
        0,
        "a statement of a probe was run"
    );
    if !app.state.config().is_sqlite() {
        let called = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM probe_called";
        assert_eq!(
            app.number(called, &[]).await,
            0,
            "a function of a probe was called"
        );
        // And it would be seen.
        app.run("SELECT nextval('probe_called')", &[]).await;
        assert_eq!(app.number(called, &[]).await, 1);
    }
}

on_both! {
    async fn sql_in_a_field_is_text(app: TestApp) {
        let world = world(app).await;
        make_probes(&world.app).await;
        let admin = world.app.person("Anew", AccountRole::AccountAdmin).await;
        world.app.join(&world.project, &admin, ProjectRole::ProjectAdmin).await;
        let (own, stranger) = (world.app.browser_of(&admin).await, world.app.anonymous());
        for row in TABLE {
            let fields = fill(row, &world);
            for at in 0..fields.len() {
                for probe in PROBES {
                    let mut fields = fields.clone();
                    fields[at].1 = probe;
                    expect_text(&format!("{} {}", row.endpoint, fields[at].0), probe, &own.call(row.endpoint, &fields).await);
                }
                // What is true and what is not are answered alike.
                let mut said = Vec::new();
                for probe in ["x' OR 'a'='a", "x' OR 'a'='b"] {
                    let mut fields = fields.clone();
                    fields[at].1 = probe;
                    let answer = own.call(row.endpoint, &fields).await;
                    said.push((answer.status, answer.body.len()));
                }
                let what = format!("{} {}", row.endpoint, fields[at].0);
                assert!(said[0].0 == said[1].0 && said[0].1.abs_diff(said[1].1) <= 2, "{what}: {said:?}");
            }
        }
        for probe in PROBES {
            // Cookies and headers reach the database as well.
            for (name, value) in [
                ("cookie", format!("traceline={probe}")),
                ("cookie", format!("traceline_form={probe}")),
                ("user-agent", probe.to_owned()),
                ("x-forwarded-for", probe.to_owned()),
            ] {
                if value.is_ascii() {
                    let headers = [(name, value.as_str()), ("accept", "text/html")];
                    let answer = stranger.send(reqwest::Method::GET, "/profile?failed=x", &headers, None).await;
                    expect_text(name, probe, &answer);
                }
            }
            let fields = [("email", probe), ("password", probe), ("next", probe)];
            world.app.state.clock().advance(60_000);
            expect_text("sign_in", probe, &stranger.call("sign_in", &fields).await);
        }
        expect_untouched(&world.app).await;
    }
}

on_both! {
    async fn sql_in_an_address_is_text(app: TestApp) {
        let world = world(app).await;
        make_probes(&world.app).await;
        let admin = world.app.person("Anew", AccountRole::AccountAdmin).await;
        world.app.join(&world.project, &admin, ProjectRole::ProjectAdmin).await;
        let own = world.app.browser_of(&admin).await;
        let mut names = list_parameters();
        names.insert("failed".to_owned());
        assert!(names.len() > 20 && names.contains("text"), "{names:?}");
        for page in list_pages(&world) {
            let mut lengths = Vec::new();
            for probe in PROBES.into_iter().chain(["x' OR 'a'='a", "x' OR 'a'='b"]) {
                // All at once, so that each page gets those that it reads.
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(names.iter().map(|name| (name.as_str(), probe)))
                    .finish();
                let answer = own.get(&format!("{page}?{query}")).await;
                expect_text(&page, probe, &answer);
                if probe.starts_with("x' OR") {
                    lengths.push((answer.status, answer.body.len()));
                }
            }
            assert_eq!(lengths[0], lengths[1], "{page}: what is true and what is not");
            // And each alone, where it is looked for.
            for name in ["text", "q", "page", "sort", "status", "person", "connection", "action", "before", "from", "to", "project"] {
                for probe in ["'", "%' ESCAPE '", "1; INSERT INTO probe VALUES (1)", "x' AND nextval('probe_called')>0 AND '1'='1"] {
                    let query: String = url::form_urlencoded::byte_serialize(probe.as_bytes()).collect();
                    expect_text(&format!("{page}?{name}"), probe, &own.get(&format!("{page}?{name}={query}")).await);
                }
            }
        }
        for probe in PROBES {
            let part: String = url::form_urlencoded::byte_serialize(probe.as_bytes()).collect::<String>().replace('+', "%20");
            for path in [
                format!("/projects/{part}/plans"),
                format!("/projects/{}/requirements/{part}/1", world.project),
                format!("/projects/{}/requirements/{}/{part}", world.project, world.configuration),
                format!("/admin/users/{part}"),
                format!("/admin/integrations/{part}"),
                format!("/setup/{part}"),
                format!("/invitation/{part}"),
            ] {
                expect_text(&path, probe, &own.get(&path).await);
            }
        }
        expect_untouched(&world.app).await;
    }
}
