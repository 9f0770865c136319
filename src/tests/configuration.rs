//! The store of configurations and of the wizard's lists, on both databases.

use traceline::{
    domain::{jira::JiraProject, role::AccountRole, wizard::Settings},
    server::{
        random,
        store::{StoreError, Tx, configuration, configuration::DraftSave, sync_run, wizard_cache},
    },
};

use crate::harness::TestApp;

/// A person, a project, a connection; gives the ids of project and connection.
async fn ground(app: &TestApp) -> (String, String) {
    let person = app.person("Ana Lind", AccountRole::AccountAdmin).await;
    let project = app.project("Booking", &person).await;
    let connection = random::new_id();
    app.run(
        "INSERT INTO connection (id, name, name_key, deployment, site_url, api_base, status, status_since, revision,
             created_at, created_by, updated_at, updated_by)
         VALUES ($1, 'Halden', 'halden', 'cloud', 'https://halden.test', 'https://halden.test', 'active', 0, 1, 0, 'Ana', 0, 'Ana')",
        &[&connection],
    )
    .await;
    (project, connection)
}

on_both! {
    async fn a_draft_is_saved_over_the_revision_it_was_read_at(app: TestApp) {
        let (project, connection) = ground(&app).await;
        let id = random::new_id();
        let mut tx = app.state.database().write().await.unwrap();
        configuration::insert(&mut tx, &id, &project, &connection, "{}", "Ana Lind", 5).await.unwrap();
        let fresh = configuration::find(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!((fresh.status.as_str(), fresh.draft_revision, fresh.draft_step), ("inactive", 1, 0));
        assert_eq!(fresh.running_version_id, None);
        let save = DraftSave {
            id: &id,
            revision: 1,
            draft: r#"{"a":1}"#,
            step: 4,
            project: Some(("10000", "BOOK", "Booking Web")),
            saved_by: "Ben",
            now: 7,
        };
        assert_eq!(configuration::save_draft(&mut tx, &save).await.unwrap(), Some(2));
        assert_eq!(configuration::save_draft(&mut tx, &save).await.unwrap(), None, "an older revision");
        let second = DraftSave { revision: 2, step: 2, ..save };
        assert_eq!(configuration::save_draft(&mut tx, &second).await.unwrap(), Some(3));
        let saved = configuration::find(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!((saved.draft_step, saved.draft_saved_by.as_str(), saved.draft_saved_at), (4, "Ben", 7));
        assert_eq!(saved.jira_project_key.as_deref(), Some("BOOK"));
        assert_eq!(configuration::list_of_project(&mut tx, &project).await.unwrap(), [saved]);
        assert!(configuration::list_of_project(&mut tx, &random::new_id()).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn versions_count_up_and_one_is_in_force_once_it_was_synced(app: TestApp) {
        let (project, connection) = ground(&app).await;
        let id = random::new_id();
        let mut tx = app.state.database().write().await.unwrap();
        configuration::insert(&mut tx, &id, &project, &connection, "{}", "Ana Lind", 5).await.unwrap();
        let (one, two) = (random::new_id(), random::new_id());
        assert_eq!(configuration::insert_version(&mut tx, &one, &id, "{}", "Ana", 6).await.unwrap().number, 1);
        let second = configuration::insert_version(&mut tx, &two, &id, "{}", "Ana", 7).await.unwrap();
        assert_eq!(second.number, 2);
        assert_eq!(configuration::find_version(&mut tx, &two).await.unwrap(), Some(second.clone()));
        let row = configuration::find(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!((row.proceeded_version_id.as_deref(), row.running_version_id), (Some(two.as_str()), None));
        let project = |key: &str| JiraProject { id: "10000".into(), key: key.into(), name: "Booking".into() };
        sync_run::set_synced(&mut tx, &id, &one, &project("BOOK"), 11).await.unwrap();
        sync_run::set_synced(&mut tx, &id, &one, &project("BOOK"), 12).await.unwrap();
        let row = configuration::find(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!((row.status.as_str(), row.status_since, row.last_synced_at), ("active", 11, Some(12)));
        assert_eq!((row.running_version_id, row.jira_project_key.as_deref()), (Some(one), Some("BOOK")));
        // A draft of another name is not what is shown as long as the version is in force.
        let save = DraftSave {
            id: &id,
            revision: 1,
            draft: "{}",
            step: 1,
            project: Some(("10000", "NEW", "New")),
            saved_by: "Ben",
            now: 13,
        };
        assert_eq!(configuration::save_draft(&mut tx, &save).await.unwrap(), Some(2));
        let row = configuration::find(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!(row.jira_project_key.as_deref(), Some("BOOK"));
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn lists_of_jira_are_kept_and_forgotten(app: TestApp) {
        let (project, connection) = ground(&app).await;
        let id = random::new_id();
        let mut tx = app.state.database().write().await.unwrap();
        configuration::insert(&mut tx, &id, &project, &connection, "{}", "Ana Lind", 5).await.unwrap();
        wizard_cache::save(&mut tx, &id, "facts", "10000", "[1]", 6).await.unwrap();
        wizard_cache::save(&mut tx, &id, "facts", "10000", "[2]", 7).await.unwrap();
        let row = wizard_cache::find(&mut tx, &id, "facts", "10000").await.unwrap().unwrap();
        assert_eq!((row.body.as_str(), row.fetched_at), ("[2]", 7));
        assert_eq!(wizard_cache::find(&mut tx, &id, "facts", "10001").await.unwrap(), None);
        wizard_cache::save(&mut tx, &id, "counts", "10000", "{}", 7).await.unwrap();
        wizard_cache::delete_numbers(&mut tx, &id).await.unwrap();
        assert_eq!(wizard_cache::find(&mut tx, &id, "counts", "10000").await.unwrap(), None);
        assert!(wizard_cache::find(&mut tx, &id, "facts", "10000").await.unwrap().is_some());
        tx.commit().await.unwrap();
    }
}

/// A configuration that links a Jira project; `proceeded` and `running` name its version or nothing.
async fn link(
    app: &TestApp,
    place: (&str, &str),
    jira: &str,
    status: &str,
    at: i64,
    reached: (&str, &str),
) -> String {
    let id = random::new_id();
    let project = JiraProject {
        id: jira.into(),
        key: format!("P{jira}"),
        name: "Name".into(),
    };
    let draft = serde_json::to_string(&Settings {
        project: Some(project),
        ..Settings::default()
    })
    .unwrap();
    app.run(
        "INSERT INTO configuration (id, project_id, connection_id, status, status_since, draft, draft_step, draft_revision,
             draft_saved_at, draft_saved_by, proceeded_version_id, running_version_id, jira_project_id, jira_project_key,
             jira_project_name, created_at, created_by)
         VALUES ($1, $2, $3, $4, 0, $5, 6, 1, 0, '', NULLIF($6, ''), NULLIF($7, ''), $8, 'P', 'Name', CAST($9 AS BIGINT), '')",
        &[&id, place.0, place.1, status, &draft, reached.0, reached.1, jira, &at.to_string()],
    )
    .await;
    id
}

on_both! {
    async fn jira_projects_that_were_linked_twice_are_told_apart_when_the_database_is_brought_up_to_date(app: TestApp) {
        let (project, connection) = ground(&app).await;
        let place = (project.as_str(), connection.as_str());
        app.run("DROP INDEX configuration_linked_once", &[]).await;
        let draft = link(&app, place, "1", "inactive", 1, ("", "")).await;
        let waits = link(&app, place, "1", "inactive", 2, ("v", "")).await;
        let runs = link(&app, place, "1", "active", 3, ("v", "v")).await;
        let archived = link(&app, place, "1", "archived", 0, ("v", "v")).await;
        let first = link(&app, place, "2", "inactive", 4, ("", "")).await;
        let second = link(&app, place, "2", "inactive", 5, ("", "")).await;
        let alone = link(&app, place, "3", "inactive", 6, ("", "")).await;
        let mut tx = app.state.database().write().await.unwrap();
        match &mut tx {
            Tx::Sqlite(tx) => {
                let text = include_str!("../../migrations/sqlite/0009_linked_once.sql");
                sqlx::raw_sql(text).execute(&mut **tx).await.unwrap();
            }
            Tx::Postgres(tx) => {
                let text = include_str!("../../migrations/postgres/0009_linked_once.sql");
                sqlx::raw_sql(text).execute(&mut **tx).await.unwrap();
            }
        }
        let mut found = Vec::new();
        for id in [&draft, &waits, &runs, &archived, &first, &second, &alone] {
            let row = configuration::find(&mut tx, id).await.unwrap().unwrap();
            let settings: Settings = serde_json::from_str(&row.draft).unwrap();
            assert_eq!(settings.project.is_some(), row.jira_project_id.is_some());
            found.push((row.status, row.jira_project_id, row.status_reason.is_empty()));
        }
        let expected = [
            ("inactive", "", true),
            ("archived", "1", false),
            ("active", "1", true),
            ("archived", "1", true),
            ("inactive", "2", true),
            ("inactive", "", true),
            ("inactive", "3", true),
        ];
        let expected = expected.map(|(status, jira, quiet)| {
            (status.to_owned(), Some(jira.to_owned()).filter(|jira| !jira.is_empty()), quiet)
        });
        assert_eq!(found, expected);
        // From now on the database refuses a second one, whatever the program does.
        let twin = Some(("2", "P", "Name"));
        let save = DraftSave { id: &second, revision: 1, draft: "{}", step: 1, project: twin, saved_by: "Ben", now: 7 };
        assert!(matches!(configuration::save_draft(&mut tx, &save).await, Err(StoreError::AlreadyExists)));
    }
}
