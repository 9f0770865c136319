//! The audit log: that it stays as it was written, that tampering is named, who may read it, and its files.

use std::collections::HashSet;

use reqwest::{Method, StatusCode};
use traceline::{
    domain::{
        audit::{AuditAction, read_cell},
        role::AccountRole,
    },
    server::{
        app,
        secrets::{KeySource, Sealer},
        store::{
            StoreError,
            audit::{self, AuditEntry, AuditFilter, AuditHead, AuditRow},
            audit_chain::Break,
        },
    },
    ui::paths,
};

use crate::harness::TestApp;

fn entry(at: i64, person: &str, name: &str, detail: &str) -> AuditEntry {
    AuditEntry {
        at,
        person_id: Some(person.to_owned()),
        person_name: name.to_owned(),
        address: "127.0.0.1".to_owned(),
        action: AuditAction::ProfileChanged,
        object_id: person.to_owned(),
        connection_id: String::new(),
        detail: detail.to_owned(),
    }
}

async fn write(app: &TestApp, details: &[&str]) {
    let mut tx = app.state.database().write().await.unwrap();
    for detail in details {
        audit::add(&mut tx, entry(app.now(), "p", "Ada", detail));
    }
    tx.commit().await.unwrap();
}

async fn list(app: &TestApp, filter: &AuditFilter) -> Vec<AuditRow> {
    let mut tx = app.state.database().read().await.unwrap();
    audit::list(&mut tx, filter, i64::MAX, 10_000).await.unwrap()
}

async fn verify(app: &TestApp, noted: Option<AuditHead>) -> (Vec<Break>, AuditHead) {
    let verified = app::audit::verify(app.state.database(), app.state.sealer(), noted)
        .await
        .unwrap();
    (verified.breaks, verified.head)
}

/// What somebody does who has the database and wants to change the log.
async fn drop_triggers(app: &TestApp) {
    for name in ["audit_entry_stays", "audit_entry_remains"] {
        let statement = match (name, app.state.config().is_sqlite()) {
            ("audit_entry_stays", true) => "DROP TRIGGER audit_entry_stays",
            ("audit_entry_stays", false) => "DROP TRIGGER audit_entry_stays ON audit_entry",
            (_, true) => "DROP TRIGGER audit_entry_remains",
            (_, false) => "DROP TRIGGER audit_entry_remains ON audit_entry",
        };
        app.run(statement, &[]).await;
    }
}

async fn id_of(app: &TestApp, seq: i64) -> String {
    let rows = list(app, &AuditFilter::default()).await;
    rows.into_iter().find(|row| row.seq == Some(seq)).unwrap().id
}

async fn refused(app: &TestApp, statement: &'static str) -> bool {
    let mut tx = app.state.database().write().await.unwrap();
    let outcome = match &mut tx {
        traceline::server::store::Tx::Sqlite(tx) => {
            sqlx::query(statement).execute(&mut **tx).await.map(|_| ())
        }
        traceline::server::store::Tx::Postgres(tx) => {
            sqlx::query(statement).execute(&mut **tx).await.map(|_| ())
        }
    };
    outcome.is_err()
}

on_both! {
    async fn the_database_refuses_to_change_or_remove_entries(app: TestApp) {
        write(&app, &["one", "two"]).await;
        for statement in [
            "UPDATE audit_entry SET detail = 'x'",
            "UPDATE audit_entry SET seq = NULL",
            "DELETE FROM audit_entry",
        ] {
            assert!(refused(&app, statement).await, "{statement}");
        }
        if !app.state.config().is_sqlite() {
            assert!(refused(&app, "TRUNCATE audit_entry").await);
        }
        assert_eq!(list(&app, &AuditFilter::default()).await.len(), 2);
    }
}

on_both! {
    async fn an_entry_lives_and_dies_with_its_change(app: TestApp) {
        let mut tx = app.state.database().write().await.unwrap();
        audit::add(&mut tx, entry(1, "p", "Ada", "never"));
        drop(tx);
        assert_eq!(verify(&app, None).await.1.seq, 0);
        write(&app, &["kept"]).await;
        let (breaks, head) = verify(&app, None).await;
        assert_eq!((breaks, head.seq), (vec![], 1), "no number is lost");
    }
}

on_both! {
    async fn writers_at_once_make_one_chain(app: TestApp) {
        let mut writers = Vec::new();
        for writer in 0..8 {
            let database = app.state.database().clone();
            writers.push(tokio::spawn(async move {
                for turn in 0..10 {
                    loop {
                        let mut tx = match database.write().await {
                            Ok(tx) => tx,
                            Err(StoreError::Busy) => continue,
                            Err(error) => panic!("{error:?}"),
                        };
                        audit::add(&mut tx, entry(turn, "p", "Ada", &format!("{writer}.{turn}")));
                        match tx.commit().await {
                            Ok(()) => break,
                            Err(StoreError::Busy) => {}
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let (breaks, head) = verify(&app, None).await;
        assert_eq!((breaks, head.seq), (vec![], 80));
        let details: HashSet<String> =
            list(&app, &AuditFilter::default()).await.into_iter().map(|row| row.detail).collect();
        assert_eq!(details.len(), 80);
    }
}

on_both! {
    async fn every_way_to_tamper_is_named(app: TestApp) {
        write(&app, &["1", "2", "3", "4", "5", "6", "7", "8"]).await;
        let noted = verify(&app, None).await.1;
        assert_eq!(verify(&app, Some(noted.clone())).await.0, []);
        drop_triggers(&app).await;

        let (second, fifth, sixth) = (id_of(&app, 2).await, id_of(&app, 5).await, id_of(&app, 6).await);
        let seventh = id_of(&app, 7).await;
        app.run("UPDATE audit_entry SET person_name = 'Eve' WHERE id = $1", &[&second]).await;
        app.run("DELETE FROM audit_entry WHERE id = $1", &[&id_of(&app, 4).await]).await;
        app.run("UPDATE audit_entry SET seq = 100 WHERE id = $1", &[&fifth]).await;
        app.run("UPDATE audit_entry SET seq = 5 WHERE id = $1", &[&sixth]).await;
        app.run("UPDATE audit_entry SET seq = 6 WHERE id = $1", &[&fifth]).await;
        app.run(
            "INSERT INTO audit_entry (id, at, person_name, address, action, object, object_id, detail)
             VALUES ('forged', 1, 'Ada', '', 'session.began', 'person', 'p', '')",
            &[],
        )
        .await;
        let breaks = verify(&app, Some(noted.clone())).await.0;
        assert!(breaks.contains(&Break::Changed(2, second)), "{breaks:?}");
        assert!(breaks.contains(&Break::Missing(4, 4)), "{breaks:?}");
        assert!(breaks.contains(&Break::Changed(5, sixth)), "{breaks:?}");
        assert!(breaks.contains(&Break::Changed(6, fifth)), "{breaks:?}");
        assert!(breaks.contains(&Break::Unchained("forged".to_owned())), "{breaks:?}");
        assert!(breaks.contains(&Break::Unlinked(7, seventh)), "{breaks:?}");
        assert_eq!(breaks.len(), 6, "and nothing else: {breaks:?}");

        app.run("DELETE FROM audit_entry WHERE seq > 6", &[]).await;
        assert!(verify(&app, Some(noted)).await.0.contains(&Break::HeadMissing(8)));
    }
}

on_both! {
    async fn what_is_written_around_traceline_never_joins_the_chain(app: TestApp) {
        write(&app, &["1"]).await;
        app.run(
            "INSERT INTO audit_entry (id, at, person_name, address, action, object, object_id, detail)
             VALUES ('forged', 1, 'Ada', '', 'session.began', 'person', 'p', '')",
            &[],
        )
        .await;
        app::audit::open(&app.state).await.unwrap();
        write(&app, &["2"]).await;
        assert_eq!(verify(&app, None).await.0, [Break::Unchained("forged".to_owned())]);
    }
}

on_both! {
    async fn entries_from_before_the_chain_are_put_into_it_once(app: TestApp) {
        for (id, at) in [("b", "20"), ("a", "10"), ("c", "20")] {
            app.run(
                "INSERT INTO audit_entry (id, at, person_name, address, action, object, object_id, detail)
                 VALUES ($1, CAST($2 AS BIGINT), 'Ada', '', 'session.began', 'person', 'p', '')",
                &[id, at],
            )
            .await;
        }
        app::audit::open(&app.state).await.unwrap();
        write(&app, &["new"]).await;
        let (breaks, head) = verify(&app, None).await;
        assert_eq!((breaks, head.seq), (vec![], 4));
        let ids: Vec<String> = list(&app, &AuditFilter::default()).await.into_iter().map(|row| row.id).collect();
        assert_eq!(ids[1..], ["c", "b", "a"]);
    }
}

on_both! {
    async fn a_lost_secret_key_leaves_old_entries_unverified_and_new_ones_whole(app: TestApp) {
        write(&app, &["old"]).await;
        let other = tempfile::tempdir().unwrap();
        let sealer = Sealer::load(&KeySource::DataFolder, other.path()).unwrap();
        let verified = app::audit::verify(app.state.database(), &sealer, None).await.unwrap();
        assert!(matches!(verified.breaks.as_slice(), [Break::UnknownKey(1, _)]), "{:?}", verified.breaks);
    }
}

on_both! {
    async fn the_command_verifies_beside_a_running_server(app: TestApp) {
        let place = app.place();
        let said = |words: &[&str]| {
            let output = place.run(words);
            (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
        };
        assert_eq!(said(&["audit", "verify"]).1, "The audit log is empty.\n");
        write(&app, &["1", "2"]).await;
        let head = verify(&app, None).await.1;
        let noted = format!("{}:{}", head.seq, head.mac);
        let (code, out, _) = said(&["audit", "verify", "--head", &noted]);
        assert_eq!(code, Some(0));
        assert!(out.contains("2 entries") && out.contains(&noted), "{out}");
        drop_triggers(&app).await;
        app.run("UPDATE audit_entry SET detail = 'x' WHERE seq = 2", &[]).await;
        let (code, out, error) = said(&["audit", "verify"]);
        assert_eq!(code, Some(1));
        assert!(out.starts_with("entry 2 (") && error.contains("1 lines above"), "{out} {error}");
    }
}

on_both! {
    async fn the_page_filters_and_goes_on(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let sam = app.person("Sam", AccountRole::SystemAdmin).await;
        let mut tx = app.state.database().write().await.unwrap();
        for number in 0..130 {
            audit::add(&mut tx, entry(app.now(), &ada, "Ada", &format!("change-{number}.")));
        }
        audit::add(&mut tx, entry(app.now() - 3 * 86_400_000, &sam, "Sam <b>", "long ago"));
        tx.commit().await.unwrap();
        let browser = app.browser_of(&sam).await;
        let first = browser.get(paths::AUDIT).await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.body.contains("change-129.") && !first.body.contains("change-30."), "a page has 100");
        assert!(first.body.contains("Sam &lt;b&gt;"), "names are text");
        let next = first.body.split("before=").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let second = browser.get(&format!("{}?before={next}", paths::AUDIT)).await.body;
        assert!(second.contains("change-0.") && !second.contains("change-129."));
        let of_sam = browser.get(&format!("{}?person={sam}", paths::AUDIT)).await.body;
        assert!(of_sam.contains("long ago") && !of_sam.contains("change-129."));
        let day = browser.get(&format!("{}?to=2000-01-01", paths::AUDIT)).await.body;
        assert!(day.contains("No entry matches"));
        let bad = browser.get(&format!("{}?from=yesterday", paths::AUDIT)).await.body;
        assert!(bad.contains("yesterday\u{201d} is not a day. Enter year, month and day"));
        let none = browser.get(&format!("{}?action=connection.created", paths::AUDIT)).await.body;
        assert!(none.contains("No entry matches"));
    }
}

on_both! {
    async fn files_are_for_those_who_may_read_and_are_told_themselves(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let ulla = app.person("Ulla", AccountRole::User).await;
        let mut tx = app.state.database().write().await.unwrap();
        for number in 0..1_500 {
            audit::add(&mut tx, entry(app.now(), &ada, "=1+1", &format!("\"{number}\",\n@x")));
        }
        tx.commit().await.unwrap();
        let form = |format: &str, action: &str| format!("format={format}&action={action}&person=&connection=&from=&to=");
        let admin = app.browser_of(&ada).await;
        let send = async |who: &crate::harness::TestClient, body: String| {
            let origin = who.origin().to_owned();
            let headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", origin.as_str()),
                ("sec-fetch-site", "same-origin"),
            ];
            who.send(Method::POST, paths::AUDIT_EXPORT, &headers, Some(body)).await
        };
        for (who, status) in [
            (app.anonymous(), StatusCode::UNAUTHORIZED),
            (app.browser_of(&ulla).await, StatusCode::NOT_FOUND),
        ] {
            assert_eq!(send(&who, form("csv", "")).await.status, status);
        }
        assert_eq!(send(&admin, form("xml", "")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(send(&admin, form("csv", "&from=x")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(admin.get(paths::AUDIT_EXPORT).await.status, StatusCode::METHOD_NOT_ALLOWED);

        let file = send(&admin, form("csv", "")).await;
        assert_eq!(file.status, StatusCode::OK);
        let mut read = csv::Reader::from_reader(file.body.as_bytes());
        let records: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), 1_501, "all of them, and its own entry");
        assert_eq!(&records[0][5], "audit.exported");
        assert_eq!(&records[1][2], "'=1+1");
        assert_eq!(read_cell(&records[1][9]), "\"1499\",\n@x");
        assert_eq!(&records[1_500][0], "1");

        let file = send(&admin, form("json", "audit.exported")).await;
        let entries: Vec<serde_json::Value> = serde_json::from_str(&file.body).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0]["detail"], "As JSON, filtered");
        assert_eq!(entries[1]["detail"], "As CSV, whole");
        assert_eq!(verify(&app, None).await.0, []);
    }
}

on_both! {
    async fn refused_sign_ins_are_told_without_what_was_typed(app: TestApp) {
        let _ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let stranger = app.anonymous();
        for email in ["ada@example.test", "hunter2-typed-in-the-wrong-field"] {
            stranger.call("sign_in", &[("email", email), ("password", "canary-password")]).await;
        }
        let rows = list(&app, &AuditFilter { action: "session.refused".to_owned(), ..AuditFilter::default() }).await;
        let told: Vec<(&str, &str)> = rows.iter().map(|row| (row.person_name.as_str(), row.detail.as_str())).collect();
        assert_eq!(told, [("Somebody", "No person has this email"), ("Ada", "Wrong password")]);
        assert!(!format!("{rows:?}").contains("hunter2") && !format!("{rows:?}").contains("canary"));
    }
}
