//! The store of configurations and of the wizard's lists, on both databases.

use traceline::{
    domain::{jira::JiraProject, role::AccountRole},
    server::{
        random,
        store::{configuration, configuration::DraftSave, sync_run, wizard_cache},
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
