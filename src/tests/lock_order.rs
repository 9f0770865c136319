//! What happens to one configuration at the same moment: two people link it, begin it, proceed and cancel
//! while a run ends. PostgreSQL shows a wrong order of locks as a deadlock; SQLite has one writer.

use std::time::Duration;

use futures::future::join_all;
use traceline::{
    domain::{jira::Deployment, sync_status::Trigger, wizard::Settings},
    sandbox::FaultRule,
    server::{
        outbound::OutboundPolicy,
        random,
        store::{StoreError, configuration, configuration::DraftSave, job, sync_run},
        sync::{RequestedRun, request_run},
    },
};

use crate::{
    harness::{TestApp, TestSandbox},
    sync_bench::Bench,
    wizard::{Stage, lead_to},
};

fn allow(policy: &mut OutboundPolicy) {
    policy.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
}

/// Two drafts choose the same Jira project while Jira takes its time to answer both.
async fn check_link_once(app: TestApp) {
    let sandbox = TestSandbox::start().await;
    let site = sandbox.sites()[1].clone();
    let world = sandbox.world();
    let center = world.data_center();
    let id = center.read(|world| world.find_project("PAY").unwrap().id.clone());
    center.add_fault(FaultRule {
        path: format!("/rest/api/2/project/{id}"),
        delay_ms: Some(700),
        ..FaultRule::default()
    });
    let stage = Stage::new(app).await;
    lead_to(&stage, &site.url, &site.accounts[0].token).await;
    let (one, two) = (random::new_id(), random::new_id());
    for id in [&one, &two] {
        let draft = serde_json::to_string(&Settings::default()).unwrap();
        let mut tx = stage.app.state.database().write().await.unwrap();
        let connection = stage.row().await.connection_id;
        configuration::insert(&mut tx, id, &stage.project, &connection, &draft, "Ana Lind", 5)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let page = |id: &str| format!("/projects/{}/integrations/{id}/step/1", stage.project);
    let choose = async |configuration: &str| {
        let fields = [
            ("project", stage.project.as_str()),
            ("configuration", configuration),
            ("step", "1"),
            ("draft_revision", "1"),
            ("do", "next"),
            ("answers[project]", &id),
            ("answers[description]", "What was typed"),
        ];
        let answer = stage
            .client
            .post_form(&page(configuration), "save_wizard_step", &fields)
            .await;
        answer.location().to_owned()
    };
    let (first, second) = futures::join!(choose(&one), choose(&two));
    let linked = "SELECT COUNT(*) FROM configuration WHERE jira_project_id = $1";
    assert_eq!(stage.app.number(linked, &[&id]).await, 1);
    let refused = if first.contains("done=") { second } else { first };
    let page = stage.open(&refused).await;
    assert!(
        page.contains("PAY is linked to this project already. Choose another one"),
        "{page}"
    );
    assert!(page.contains("What was typed"), "{page}");
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_drafts_never_link_the_same_jira_project_sqlite() {
    check_link_once(TestApp::sqlite_with(allow).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_drafts_never_link_the_same_jira_project_postgres() {
    if let Some(app) = TestApp::postgres_with(allow).await {
        check_link_once(app).await;
    }
}

on_both! {
    async fn pressing_new_configuration_often_at_once_begins_one(app: TestApp) {
        let stage = Stage::new(app).await;
        let connection = stage.row().await.connection_id;
        let address = format!("/projects/{}/integrations", stage.project);
        let fields = [("project", stage.project.as_str()), ("connection", connection.as_str())];
        let pressed = (0..8).map(|_| stage.client.post_form(&address, "create_configuration", &fields));
        let places: Vec<String> = join_all(pressed).await.iter().map(|answer| answer.location().to_owned()).collect();
        assert!(places.iter().all(|place| *place == places[0] && place.ends_with("/step/1")), "{places:?}");
        let begun = "SELECT COUNT(*) FROM configuration WHERE project_id = $1 AND draft_step = 0 AND id <> $2";
        assert_eq!(stage.app.number(begun, &[&stage.project, &stage.configuration]).await, 1);
    }
}

/// Waits until a transaction of this database waits for another one's lock.
async fn until_one_waits(app: &TestApp) {
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let seen = async {
        while app.number(waiting, &[]).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    let seen = tokio::time::timeout(Duration::from_secs(30), seen).await;
    assert!(seen.is_ok(), "nobody waits");
}

/// A Proceed has written its draft when the run on its way wants to end; `fault` lets it end badly.
async fn check_proceed_meets_end(app: TestApp, fault: bool) {
    let bench = Bench::new(app, Deployment::Cloud).await;
    if fault {
        let refused = FaultRule {
            path: bench.search_path(),
            status: Some(401),
            ..FaultRule::default()
        };
        bench.fault(refused);
    }
    let id = bench.request().await.run_id().as_str().to_owned();
    let (state, now) = (&bench.app.state, bench.app.now());
    let settings = serde_json::to_string(&bench.settings).unwrap();
    let version = random::new_id();
    let mut tx = state.database().write().await.unwrap();
    let save = DraftSave {
        id: &bench.configuration,
        revision: 1,
        draft: "{}",
        step: 6,
        project: None,
        saved_by: "Ana",
        now,
    };
    assert_eq!(configuration::save_draft(&mut tx, &save).await.unwrap(), Some(2));
    configuration::insert_version(&mut tx, &version, &bench.configuration, &settings, "Ana", now)
        .await
        .unwrap();
    let worker = bench.worker.clone();
    let working = tokio::spawn(async move { worker.run_next().await });
    until_one_waits(&bench.app).await;
    let run = request_run(
        &mut tx,
        &bench.configuration,
        &version,
        &bench.connection,
        Trigger::Proceed,
        None,
        now,
    )
    .await;
    let run = run.unwrap().run_id().as_str().to_owned();
    tx.commit().await.unwrap();
    assert!(working.await.unwrap().unwrap());
    bench.site.clear_faults();
    while bench.work().await {}
    let row = bench.run(&run).await;
    assert_eq!(
        (row.state.as_str(), row.version_id.as_str()),
        ("done", version.as_str()),
        "{:?}",
        row.error
    );
    assert_eq!((run, bench.status().await.0.as_str()), (id, "active"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proceed_meets_a_run_that_ends_well() {
    if let Some(app) = TestApp::postgres().await {
        check_proceed_meets_end(app, false).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proceed_meets_a_run_that_fails() {
    if let Some(app) = TestApp::postgres().await {
        check_proceed_meets_end(app, true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proceed_meets_a_cancel_of_a_waiting_run() {
    let Some(app) = TestApp::postgres().await else {
        return;
    };
    let mut bench = Bench::new(app, Deployment::Cloud).await;
    bench.fault(FaultRule {
        status: Some(503),
        ..FaultRule::default()
    });
    let (row, _) = bench.sync().await;
    assert!(row.retry_at.is_some(), "it waits");
    bench.save_version(2).await;
    let (state, now) = (bench.app.state.clone(), bench.app.now());
    // The cancel has taken the job; the run is next.
    let mut cancel = state.database().write().await.unwrap();
    assert!(
        job::delete_waiting(&mut cancel, &format!("sync:{}", row.id))
            .await
            .unwrap()
    );
    let (configuration, version, connection) = (
        bench.configuration.clone(),
        bench.version.clone(),
        bench.connection.clone(),
    );
    let proceed = tokio::spawn(async move {
        let mut tx = state.database().write().await?;
        let run = request_run(
            &mut tx,
            &configuration,
            &version,
            &connection,
            Trigger::Proceed,
            None,
            now,
        )
        .await?;
        tx.commit().await?;
        Ok::<_, traceline::server::error::Error>(run)
    });
    until_one_waits(&bench.app).await;
    assert!(
        sync_run::finish(&mut cancel, &row.id, "cancelled", None, now)
            .await
            .unwrap()
    );
    cancel.commit().await.unwrap();
    let run = proceed.await.unwrap().unwrap();
    assert!(
        matches!(&run, RequestedRun::Started(id) if id.as_str() != row.id),
        "{run:?}"
    );
}

/// Every connection is taken: that is busy, and it passes. A server that is away is told apart in the store's own
/// test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_connections_are_all_taken_is_busy() {
    let Some(app) = TestApp::postgres().await else {
        return;
    };
    let database = app.state.database();
    let mut taken = Vec::new();
    for _ in 0..16 {
        taken.push(database.read().await.unwrap());
    }
    assert!(matches!(database.read().await, Err(StoreError::Busy)));
    drop(taken);
    database.check().await.unwrap();
}

on_both! {
    async fn a_draft_whose_jira_project_was_linked_meanwhile_is_told_so_at_every_step(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let connection = stage.row().await.connection_id;
        stage.app.run(
            "INSERT INTO configuration (id, project_id, connection_id, status, status_since, draft, draft_step, draft_revision,
                 draft_saved_at, draft_saved_by, jira_project_id, jira_project_key, created_at, created_by)
             VALUES ($1, $2, $3, 'active', 0, '{}', 6, 1, 0, '', '10000', 'BOOK', 0, '')",
            &[&random::new_id(), &stage.project, &connection],
        )
        .await;
        let answers = [("shown", "1"), ("pull_requirements", "on")];
        for (step, pressed, answers) in [(1, "save", &[("description", "What was typed")][..]), (2, "save", &answers), (6, "proceed", &[])] {
            let before = stage.row().await;
            let back = stage.post(step, pressed, answers).await;
            let page = stage.open(&back).await;
            assert!(page.contains("linked to this project already"), "step {step}: {back} {page}");
            assert_eq!(stage.row().await.proceeded_version_id, None);
            if step != 6 {
                assert_eq!(stage.row().await, before);
            }
        }
    }
}
