//! Versions of a configuration, on both databases: listed, compared, brought back into the draft; who may, and what
//! the second of two people is told.

use reqwest::StatusCode;
use traceline::{
    domain::role::{AccountRole, ProjectRole},
    server::store::configuration,
    ui::paths,
};

use crate::{
    harness::{TestApp, newest_entry},
    wizard::{Stage, linked},
};

/// Puts the draft into force, as a Proceed whose sync has ended.
async fn keep(stage: &Stage, id: &str) {
    let draft = stage.row().await.draft;
    let mut tx = stage.app.state.database().write().await.unwrap();
    configuration::insert_version(&mut tx, id, &stage.configuration, &draft, "Ana Lind", 5)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn versions_are_compared_and_brought_back(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let page = paths::versions(&stage.project, &stage.configuration);
        assert!(stage.open(&page).await.contains("No version yet"));
        keep(&stage, "v1").await;
        let shown = stage.open(&page).await;
        assert!(shown.contains("Version 1") && shown.contains("Waits for its sync"), "{shown}");
        assert!(!shown.contains("What differs") && !shown.contains("Bring back"), "there is nothing to compare: {shown}");

        stage.post(5, "next", &[("shown", "1"), ("type.1", "on")]).await;
        let shown = stage.open(&page).await;
        for words in ["Not proceeded", "What differs", "1 answer differs", "Work item types of requirements", "Bring back"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        stage.app.run("UPDATE configuration SET running_version_id = 'v1'", &[]).await;
        keep(&stage, "v2").await;
        let shown = stage.open(&page).await;
        assert!(shown.contains("In force") && shown.contains("Waits for its sync"), "{shown}");
        assert!(!shown.contains("Not proceeded"), "{shown}");
        let same = stage.open(&format!("{page}?older=2&newer=2")).await;
        assert!(same.contains("Version 2 and Version 2 have the same answers."), "{same}");
        for wrong in ["older=2&newer=3", "older=x&newer=1", "older=-1&newer=draft"] {
            let answer = stage.client.get(&format!("{page}?{wrong}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
        }

        // Somebody saves after the question was shown.
        let question = stage.open(&paths::version_restore(&stage.project, &stage.configuration, 1)).await;
        assert!(question.contains("Bring version 1 of BOOK, Booking Web back?"), "{question}");
        let before = stage.row().await.draft_revision;
        let restore = async |number: &str, revision: i64| {
            let revision = revision.to_string();
            let fields = [
                ("project", stage.project.as_str()),
                ("configuration", stage.configuration.as_str()),
                ("number", number),
                ("draft_revision", &revision),
            ];
            let answer = stage.client.post_form(&page, "restore_version", &fields).await;
            stage.client.get(answer.location()).await.body
        };
        stage.post(2, "save", &[("shown", "1"), ("pull_requirements", "on")]).await;
        let refused = restore("1", before).await;
        assert!(refused.contains("Nothing was changed.") && refused.contains("Ana Lind changed this draft at"), "{refused}");
        assert!(restore("9", before + 1).await.contains("Nothing was changed."));
        let done = restore("1", before + 1).await;
        assert!(done.contains("The draft holds the answers of that version."), "{done}");
        let row = stage.row().await;
        let mut tx = stage.app.state.database().read().await.unwrap();
        let first = configuration::find_version(&mut tx, "v1").await.unwrap().unwrap();
        drop(tx);
        assert_eq!((row.draft, row.draft_revision), (first.settings, before + 2));
        assert_eq!((row.running_version_id.as_deref(), row.proceeded_version_id.as_deref()), (Some("v1"), Some("v2")));
        let entry = ("Ana Lind".into(), "configuration.version_restored".into(), "Version 1 of BOOK, Booking Web on Halden Jira into the draft".into());
        assert_eq!(newest_entry(&stage.app).await, entry);

        // Archived, it takes no changes.
        stage.app.run("UPDATE configuration SET status = 'archived'", &[]).await;
        assert!(!stage.open(&page).await.contains("Bring back"));
        assert!(restore("1", before + 2).await.contains("This configuration is archived"));
    }
}

on_both! {
    async fn versions_are_for_those_who_configure_the_project(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        keep(&stage, "v1").await;
        let lead = stage.app.person("Lea", AccountRole::User).await;
        stage.app.join(&stage.project, &lead, ProjectRole::TestLead).await;
        let theirs = stage.app.browser_of(&lead).await;
        let page = paths::versions(&stage.project, &stage.configuration);
        assert_eq!(theirs.get(&page).await.status, StatusCode::FORBIDDEN);
        // A configuration of another project does not exist here, nor do its versions.
        let other = stage.app.project("Other", &lead).await;
        stage.app.join(&other, &lead, ProjectRole::ProjectAdmin).await;
        assert_eq!(theirs.get(&paths::versions(&other, &stage.configuration)).await.status, StatusCode::NOT_FOUND);
        stage.app.run("UPDATE connection SET name = 'Other Jira', name_key = 'other jira'", &[]).await;
        let (_, foreign) = linked(&stage.app, &other).await;
        let shown = theirs.get(&paths::versions(&other, &foreign)).await;
        assert!(shown.status == StatusCode::OK && shown.body.contains("No version yet"), "{}", shown.body);
    }
}
