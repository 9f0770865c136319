//! Discarding a draft and removing an integration, on both databases: what goes, what stays, who may, and what the
//! second of two people is told.

use reqwest::StatusCode;
use traceline::{
    domain::{
        jira::Deployment,
        mapping::Severity,
        role::{AccountRole, ProjectRole},
    },
    sandbox::FaultRule,
    server::store::{configuration, configuration_delete},
    ui::paths,
};

use crate::{
    harness::{TestApp, TestClient, newest_entry},
    mirror_rows::{bug, requirement},
    sync_bench::Bench,
    wizard::Stage,
};

async fn end(
    browser: &TestClient,
    verb: &str,
    project: &str,
    id: &str,
    revision: &str,
) -> (StatusCode, String) {
    let question = match verb {
        "discard_draft" => paths::draft_discard(project, id),
        _ => paths::configuration_remove(project, id),
    };
    let fields = [
        ("project", project),
        ("configuration", id),
        ("draft_revision", revision),
    ];
    let answer = browser.post_form(&question, verb, &fields).await;
    let page = browser.get(answer.location()).await;
    (page.status, page.body)
}

async fn list(browser: &TestClient, project: &str) -> String {
    browser.get(&paths::integrations(project)).await.body
}

on_both! {
    async fn a_draft_that_never_ran_is_discarded_and_nobody_else_saw_it(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let tester = stage.app.person("Tia", AccountRole::User).await;
        stage.app.join(&stage.project, &tester, ProjectRole::Tester).await;
        let theirs = stage.app.browser_of(&tester).await;
        stage.post(2, "save", &[("shown", "1"), ("pull_requirements", "on")]).await;
        assert!(list(&stage.client, &stage.project).await.contains("BOOK"));
        let seen = list(&theirs, &stage.project).await;
        assert!(!seen.contains("BOOK") && seen.contains("No Jira project is linked yet"), "{seen}");
        let sync = paths::sync(&stage.project, &stage.configuration);
        assert_eq!(theirs.get(&sync).await.status, StatusCode::NOT_FOUND);

        let question = stage.client.get(&paths::draft_discard(&stage.project, &stage.configuration)).await.body;
        for words in ["Discard the draft of BOOK, Booking Web?", "It was never proceeded", "nothing is changed or deleted there"] {
            assert!(question.contains(words), "{words}: {question}");
        }
        // Somebody saves after the question was shown.
        stage.post(2, "save", &[("shown", "1"), ("pull_requirements", "on")]).await;
        let (_, page) = end(&stage.client, "discard_draft", &stage.project, &stage.configuration, "2").await;
        assert!(page.contains("Ana Lind changed this draft at") && page.contains("nothing was discarded"), "{page}");
        assert!(page.contains("name=\"draft_revision\" value=\"3\""), "{page}");

        let (status, page) = end(&stage.client, "discard_draft", &stage.project, &stage.configuration, "3").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("The draft is discarded.") && !page.contains("BOOK"), "{page}");
        assert_eq!(stage.app.number("SELECT COUNT(*) FROM configuration", &[]).await, 0);
        let detail = "BOOK, Booking Web on Halden Jira, never proceeded";
        assert_eq!(newest_entry(&stage.app).await, ("Ana Lind".into(), "configuration.draft_discarded".into(), detail.into()));

        // Who has the question or the wizard open is told; nothing is a fault of the program.
        for verb in ["discard_draft", "remove_configuration"] {
            let (status, page) = end(&stage.client, verb, &stage.project, &stage.configuration, "3").await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("This integration is gone already."), "{page}");
        }
        let fields = [
            ("project", stage.project.as_str()),
            ("configuration", stage.configuration.as_str()),
            ("step", "2"),
            ("draft_revision", "3"),
            ("do", "save"),
        ];
        let answer = stage.client.call("save_wizard_step", &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.body.contains("or discarded its draft"), "{}", answer.body);
    }
}

on_both! {
    async fn changes_of_what_runs_are_discarded_alone(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let settings = stage.row().await.draft;
        let mut tx = stage.app.state.database().write().await.unwrap();
        configuration::insert_version(&mut tx, "v1", &stage.configuration, &settings, "Ana Lind", 5).await.unwrap();
        tx.commit().await.unwrap();
        let question = paths::draft_discard(&stage.project, &stage.configuration);
        let shown = stage.client.get(&question).await.body;
        assert!(!shown.contains("Discard the draft"), "there is nothing to discard: {shown}");
        let (_, page) = end(&stage.client, "discard_draft", &stage.project, &stage.configuration, "1").await;
        assert!(page.contains("There is nothing to discard"), "{page}");

        stage.post(2, "save", &[("shown", "1"), ("pull_requirements", "on")]).await;
        assert_ne!(stage.row().await.draft, settings);
        let shown = list(&stage.client, &stage.project).await;
        assert!(shown.contains("Changes are saved, not proceeded.") && shown.contains("Discard draft"), "{shown}");
        let (_, page) = end(&stage.client, "discard_draft", &stage.project, &stage.configuration, "2").await;
        assert!(page.contains("The changes are discarded.") && page.contains("BOOK"), "{page}");
        let row = stage.row().await;
        assert_eq!((row.draft, row.draft_revision, row.proceeded_version_id.as_deref()), (settings, 3, Some("v1")));
        // Who had the draft open meanwhile writes nothing over it.
        let refused = stage.post_at(2, 2, "save", &[("shown", "1"), ("pull_requirements", "on")]).await;
        let page = stage.open(&refused).await;
        assert!(page.contains("Ana Lind changed this draft at"), "{page}");
    }
}

on_both! {
    async fn an_integration_is_removed_with_its_mirror_and_nothing_else(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let lea = app.person("Lea", AccountRole::User).await;
        let project = app.project("Booking", &ada).await;
        app.join(&project, &ada, ProjectRole::ProjectAdmin).await;
        app.join(&project, &lea, ProjectRole::TestLead).await;
        let kept = app.configuration(&project, &ada, "KEEP", "active", "5").await;
        app.release(&kept, "1", "1.0", ("", ""), false).await;
        app.issue(&kept, &requirement("1", "KEEP-1")).await;
        let id = app.configuration(&project, &ada, "BOOK", "active", "5").await;
        app.release(&id, "1", "1.0", ("", ""), false).await;
        app.sprint(&id, "1", "Sprint 1", "active", ("", "")).await;
        let mut issue = requirement("1", "BOOK-1");
        issue.release_ids = vec!["1".into()];
        issue.sprint_ids = vec![1];
        app.issue(&id, &issue).await;
        app.issue(&id, &bug("2", "BOOK-2", Severity::Major)).await;

        let mut tx = app.state.database().read().await.unwrap();
        let held = configuration_delete::load_holdings(&mut tx, &id).await.unwrap();
        assert_eq!((held.requirements, held.bugs, held.releases, held.sprints, held.runs, held.syncing), (1, 1, 1, 1, 0, 0));
        let pulled = configuration::list_pulled(&mut tx, &project, true).await.unwrap();
        assert_eq!(pulled.len(), 2);
        let named = configuration::list_named(&mut tx, &project).await.unwrap();
        assert_eq!(named.len(), 2);
        drop(tx);

        let (admin, lead) = (app.browser_of(&ada).await, app.browser_of(&lea).await);
        let question = admin.get(&paths::configuration_remove(&project, &id)).await.body;
        for words in ["Remove BOOK, BOOK name?", "1 requirement, 1 bug, 1 release and 1 sprint", "Jira keeps everything"] {
            assert!(question.contains(words), "{words}: {question}");
        }
        assert_eq!(lead.get(&paths::configuration_remove(&project, &id)).await.status, StatusCode::FORBIDDEN);
        let seen = list(&lead, &project).await;
        assert!(seen.contains("Sync BOOK") && !seen.contains("Remove BOOK") && !seen.contains("Edit BOOK"), "{seen}");
        let (status, page) = end(&admin, "remove_configuration", &project, &id, "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("The integration is removed.") && page.contains("KEEP") && !page.contains("BOOK"), "{page}");
        for (statement, left) in [
            ("SELECT COUNT(*) FROM configuration", 1),
            ("SELECT COUNT(*) FROM configuration_version", 1),
            ("SELECT COUNT(*) FROM issue", 1),
            ("SELECT COUNT(*) FROM issue_release", 0),
            ("SELECT COUNT(*) FROM issue_sprint", 0),
            ("SELECT COUNT(*) FROM release", 1),
            ("SELECT COUNT(*) FROM sprint", 0),
            ("SELECT COUNT(*) FROM connection", 2),
        ] {
            assert_eq!(app.number(statement, &[]).await, left, "{statement}");
        }
        let (who, action, detail) = newest_entry(&app).await;
        assert_eq!((who.as_str(), action.as_str()), ("Ada", "configuration.removed"));
        assert!(detail.starts_with("BOOK, BOOK name on ") && detail.ends_with("1 requirement, 1 bug, 1 release and 1 sprint"), "{detail}");
    }
}

on_both! {
    async fn an_integration_is_removed_while_its_sync_runs(app: TestApp) {
        let bench = Bench::new(app, Deployment::Cloud).await;
        bench.app.join(&bench.project, &bench.person, ProjectRole::ProjectAdmin).await;
        let admin = bench.app.browser_of(&bench.person).await;
        bench.request().await;
        bench.fault(FaultRule { path: bench.search_path(), delay_ms: Some(300), skip: 2, times: 1, ..FaultRule::default() });
        let worker = bench.worker.clone();
        let working = tokio::spawn(async move { worker.run_next().await });
        while bench.searches() < 3 {
            tokio::task::yield_now().await;
        }
        let fields = [("project", bench.project.as_str()), ("configuration", bench.configuration.as_str())];
        assert_eq!(admin.call("remove_configuration", &fields).await.status, StatusCode::OK);
        // The worker writes nothing more, and leaves the connection as it was.
        assert!(working.await.unwrap().unwrap());
        for statement in ["SELECT COUNT(*) FROM configuration", "SELECT COUNT(*) FROM sync_run", "SELECT COUNT(*) FROM job", "SELECT COUNT(*) FROM issue"] {
            assert_eq!(bench.app.number(statement, &[]).await, 0, "{statement}");
        }
        assert_eq!(bench.connection_status().await, "active");
        assert!(!bench.work().await);
    }
}

on_both! {
    async fn removing_discarding_and_pressing_sync_at_once_is_no_fault(app: TestApp) {
        let bench = Bench::new(app, Deployment::Cloud).await;
        bench.app.join(&bench.project, &bench.person, ProjectRole::ProjectAdmin).await;
        let admin = bench.app.browser_of(&bench.person).await;
        let fields = [("project", bench.project.as_str()), ("configuration", bench.configuration.as_str())];
        let (one, two, asked, worked) = futures::join!(
            admin.call("remove_configuration", &fields),
            admin.call("remove_configuration", &fields),
            admin.call("start_sync", &fields),
            bench.worker.run_next(),
        );
        assert!(worked.is_ok());
        for answer in [&one, &two, &asked] {
            assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.body);
        }
        assert!([&one, &two].iter().any(|answer| answer.status == StatusCode::OK), "{} {}", one.body, two.body);
        assert_eq!(bench.app.number("SELECT COUNT(*) FROM configuration", &[]).await, 0);
        assert!(!bench.work().await);
    }
}

on_both! {
    async fn two_integrations_of_one_key_are_told_apart_by_their_connection(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let project = app.project("Booking", &ada).await;
        app.join(&project, &ada, ProjectRole::ProjectAdmin).await;
        let first = app.configuration(&project, &ada, "BOOK", "active", "5").await;
        let admin = app.browser_of(&ada).await;
        let sync = paths::sync(&project, &first);
        assert!(admin.get(&sync).await.body.contains("Sync of BOOK, BOOK name</h1>"));
        app.configuration(&project, &ada, "BOOK", "active", "5").await;
        app.run("UPDATE connection SET name = 'Depot' WHERE id = (SELECT connection_id FROM configuration WHERE id = $1)", &[&first]).await;
        let page = admin.get(&sync).await.body;
        assert!(page.contains("Sync of BOOK, BOOK name (Depot)"), "{page}");
        assert!(list(&admin, &project).await.contains("Edit BOOK, BOOK name (Depot)"));
    }
}
