//! A project's settings and its end: what goes with it, what stays, also while a sync runs.

use reqwest::StatusCode;
use traceline::{
    domain::{
        jira::Deployment,
        role::{AccountRole, ProjectRole},
        sync_status::Trigger,
    },
    sandbox::FaultRule,
    server::{error::Error, store::audit, sync::request_run},
    ui::paths,
};

use crate::{
    harness::{TestApp, TestClient},
    mirror_rows::requirement,
    sync_bench::Bench,
};

/// Rows of everything that belongs to projects.
async fn rows(app: &TestApp) -> Vec<i64> {
    let mut found = Vec::new();
    for statement in [
        "SELECT COUNT(*) FROM project",
        "SELECT COUNT(*) FROM project_member",
        "SELECT COUNT(*) FROM configuration",
        "SELECT COUNT(*) FROM configuration_version",
        "SELECT COUNT(*) FROM wizard_cache",
        "SELECT COUNT(*) FROM sync_run",
        "SELECT COUNT(*) FROM job",
        "SELECT COUNT(*) FROM issue",
        "SELECT COUNT(*) FROM issue_release",
        "SELECT COUNT(*) FROM issue_sprint",
        "SELECT COUNT(*) FROM release",
        "SELECT COUNT(*) FROM sprint",
        "SELECT COUNT(*) FROM quarantine",
    ] {
        found.push(app.number(statement, &[]).await);
    }
    found
}

async fn newest_entry(app: &TestApp) -> (String, String, String) {
    let mut tx = app.state.database().read().await.unwrap();
    let entry = audit::list(&mut tx, &audit::AuditFilter::default(), i64::MAX, 1)
        .await
        .unwrap()
        .pop()
        .unwrap();
    (entry.person_name, entry.action, entry.detail)
}

async fn delete(browser: &TestClient, project: &str) -> StatusCode {
    browser
        .call(
            "delete_project",
            &[("project", project), ("typed_name", "Booking")],
        )
        .await
        .status
}

on_both! {
    async fn a_project_is_renamed_and_described(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let pia = app.person("Pia", AccountRole::User).await;
        let (project, other) = (app.project("Booking", &ada).await, app.project("Other", &ada).await);
        app.join(&project, &pia, ProjectRole::ProjectAdmin).await;
        app.join(&other, &pia, ProjectRole::Tester).await;
        let (browser, page) = (app.browser_of(&pia).await, paths::project_settings(&project));
        assert!(browser.get(&page).await.body.contains("value=\"Booking\""));
        for (name, description, message) in [
            ("", "", "The project name is empty"),
            (&"x".repeat(51), "", "has 51 characters"),
            ("OTHER", "", "A project with this name exists"),
            ("Booking", &"x".repeat(256), "The limit is 255"),
        ] {
            let fields = [("project", project.as_str()), ("name", name), ("description", description)];
            let answer = browser.post_form(&page, "save_project", &fields).await;
            let shown = browser.get(answer.location()).await.body;
            assert!(shown.contains(message) && shown.contains(&format!("value=\"{name}\"")), "{message}");
        }
        // Another case of its own name is free to it.
        let fields = [("project", project.as_str()), ("name", "BOOKING <b>"), ("description", "Trips & rooms")];
        let answer = browser.post_form(&page, "save_project", &fields).await;
        assert_eq!(answer.location(), format!("{page}?done=saved"));
        let saved = browser.get(answer.location()).await.body;
        assert!(saved.contains("The project is saved.") && saved.contains("BOOKING &lt;b&gt;") && saved.contains("Trips &amp; rooms"), "{saved}");
        assert_eq!(newest_entry(&app).await, ("Pia".into(), "project.changed".into(), "Booking is now BOOKING <b>".into()));
        // Who may not is offered nothing: a Tester of the other project.
        let others = browser.get(&paths::plans(&other)).await.body;
        assert!(!others.contains(&paths::project_settings(&other)));
        assert_eq!(browser.get(&paths::project_settings(&other)).await.status, StatusCode::FORBIDDEN);
    }
}

on_both! {
    async fn a_project_goes_with_everything_under_it_and_nothing_else(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let mia = app.person("Mia", AccountRole::User).await;
        let other = app.project("Other", &ada).await;
        let kept = app.configuration(&other, &ada, "KEEP", "active", "5").await;
        app.release(&kept, "1", "1.0", ("", ""), false).await;
        app.issue(&kept, &requirement("1", "KEEP-1")).await;
        let before = rows(&app).await;
        let project = app.project("Booking", &ada).await;
        app.join(&project, &mia, ProjectRole::Member).await;
        for key in ["BOOK", "TRIP"] {
            let id = app.configuration(&project, &ada, key, "active", "5").await;
            app.release(&id, "1", "1.0", ("", ""), false).await;
            app.sprint(&id, "1", "Sprint 1", "active", ("", "")).await;
            let mut issue = requirement("1", &format!("{key}-1"));
            issue.release_ids = vec!["1".into()];
            issue.sprint_ids = vec![1];
            app.issue(&id, &issue).await;
        }
        let full = rows(&app).await;
        assert!(before.iter().zip(&full).all(|(before, full)| before <= full) && before != full);

        // It asks first, in numbers, and leads back.
        let (admin, member) = (app.browser_of(&ada).await, app.browser_of(&mia).await);
        let question = admin.get(&paths::project_delete(&project)).await.body;
        for words in ["Delete Booking?", "2 linked Jira projects with 2 requirements and 0 bugs", "1 member no longer sees it"] {
            assert!(question.contains(words), "{words}: {question}");
        }
        assert!(question.contains(&format!("href=\"{}\"", paths::project_settings(&project))));
        for name in ["", "booking", "Booking 2"] {
            let fields = [("project", project.as_str()), ("typed_name", name)];
            let answer = admin.post_form(&paths::project_delete(&project), "delete_project", &fields).await;
            let page = admin.get(answer.location()).await.body;
            assert!(page.contains("This is not the name of the project, so nothing was deleted."), "{page}");
            assert!(page.contains("Delete Booking?"));
        }
        assert_eq!(rows(&app).await, full);

        let fields = [("project", project.as_str()), ("typed_name", " Booking ")];
        let answer = admin.post_form(&paths::project_delete(&project), "delete_project", &fields).await;
        assert_eq!(answer.location(), "/?done=project_deleted");
        assert!(admin.get(answer.location()).await.body.contains("The project is deleted."));
        assert_eq!(rows(&app).await, before);
        let detail = "Booking, with 2 linked Jira projects, 2 requirements, 0 bugs";
        assert_eq!(newest_entry(&app).await, ("Ada".into(), "project.deleted".into(), detail.into()));
        for browser in [&admin, &member] {
            assert_eq!(browser.get(&paths::plans(&project)).await.status, StatusCode::NOT_FOUND);
            assert_eq!(delete(browser, &project).await, StatusCode::NOT_FOUND);
        }
        // Its name is free again.
        assert_eq!(admin.call("create_project", &[("name", "Booking")]).await.status, StatusCode::OK);
    }
}

on_both! {
    async fn a_project_is_deleted_while_its_sync_waits_or_runs(app: TestApp) {
        let bench = Bench::new(app, Deployment::Cloud).await;
        let admin = bench.app.browser_of(&bench.person).await;
        bench.request().await;
        bench.fault(FaultRule { path: bench.search_path(), delay_ms: Some(300), skip: 2, times: 1, ..FaultRule::default() });
        let worker = bench.worker.clone();
        let working = tokio::spawn(async move { worker.run_next().await });
        while bench.searches() < 3 {
            tokio::task::yield_now().await;
        }
        assert!(bench.mirrored().await.requirements > 0);
        let question = admin.get(&paths::project_delete(&bench.project)).await.body;
        assert!(question.contains("The running sync is cancelled."), "{question}");
        assert_eq!(delete(&admin, &bench.project).await, StatusCode::OK);
        assert_eq!(rows(&bench.app).await, [0; 13]);
        // The worker writes nothing more, and leaves the connection as it was.
        assert!(working.await.unwrap().unwrap());
        assert_eq!(rows(&bench.app).await, [0; 13]);
        assert_eq!(bench.connection_status().await, "active");
        assert!(!bench.work().await);
        // Who asks for a run at this moment is told so; it is no fault of the program.
        let mut tx = bench.app.state.database().write().await.unwrap();
        let (configuration, version, connection) = (&bench.configuration, &bench.version, &bench.connection);
        let late = request_run(&mut tx, configuration, version, connection, Trigger::Button, None, bench.app.now()).await;
        assert!(matches!(&late, Err(Error::Conflict(text)) if text.contains("deleted at this moment")), "{late:?}");
    }
}

on_both! {
    async fn deleting_and_pressing_sync_at_once_leaves_nothing_behind(app: TestApp) {
        let bench = Bench::new(app, Deployment::Cloud).await;
        let admin = bench.app.browser_of(&bench.person).await;
        bench.app.join(&bench.project, &bench.person, ProjectRole::Tester).await;
        let fields = [("project", bench.project.as_str()), ("configuration", bench.configuration.as_str())];
        let (deleted, asked, worked) =
            futures::join!(delete(&admin, &bench.project), admin.call("start_sync", &fields), bench.worker.run_next());
        assert!(worked.is_ok());
        assert_ne!(asked.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_ne!(deleted, StatusCode::INTERNAL_SERVER_ERROR);
        // Of two that wait for each other the database ends one; who is told to try again, can.
        if deleted != StatusCode::OK {
            assert_eq!(delete(&admin, &bench.project).await, StatusCode::OK);
        }
        assert_eq!(rows(&bench.app).await, [0; 13]);
        assert!(!bench.work().await);
    }
}
