//! What is kept and for how long: sync runs, dead jobs, what the wizard remembers of Jira.

use traceline::{
    domain::role::AccountRole,
    server::{app::housekeeping, random},
};

use crate::harness::TestApp;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A run that was asked for at `at`; gives its id.
async fn run(app: &TestApp, configuration: &str, state: &str, at: i64) -> String {
    let id = random::new_id();
    app.run(
        "INSERT INTO sync_run (id, configuration_id, version_id, trigger_kind, state, phase, done_count, counts, checkpoint,
             cancel_requested, request_count, queued_at)
         SELECT $1, id, proceeded_version_id, 'button', $3, 'finish', 0, '{}', '', FALSE, 0, CAST($4 AS BIGINT)
         FROM configuration WHERE id = $2",
        &[&id, configuration, state, &at.to_string()],
    )
    .await;
    id
}

/// A job that could not be done.
async fn dead_job(app: &TestApp, key: &str, run_at: i64) {
    app.run(
        "INSERT INTO job (id, kind, payload, dedup_key, lane, priority, run_at, attempt, state, created_at)
         VALUES ($1, 'synchronise', '{}', $2, 'lane', 1, CAST($3 AS BIGINT), 12, 'dead', 0)",
        &[&random::new_id(), key, &run_at.to_string()],
    )
    .await;
}

async fn is_there(app: &TestApp, id: &str) -> bool {
    app.number("SELECT COUNT(*) FROM sync_run WHERE id = $1", &[id])
        .await
        == 1
}

on_both! {
    async fn the_last_fifty_runs_stay_and_those_that_are_needed(app: TestApp) {
        let person = app.person("Ada Admin", AccountRole::AccountAdmin).await;
        let project = app.project("Booking", &person).await;
        let configuration = app.configuration(&project, &person, "BOOK", "active", "").await;
        let other = app.configuration(&project, &person, "PAY", "active", "").await;
        let now = app.now();
        let lonely = run(&app, &other, "failed", 1).await;
        let running = run(&app, &configuration, "running", 2).await;
        let first = run(&app, &configuration, "done", 3).await;
        let wanted = run(&app, &configuration, "failed", 4).await;
        let named = run(&app, &configuration, "failed", 5).await;
        let good = run(&app, &configuration, "done", 6).await;
        let old = run(&app, &configuration, "cancelled", 7).await;
        let mut last = Vec::new();
        for at in 0..50 {
            last.push(run(&app, &configuration, "failed", 100 + at).await);
        }
        dead_job(&app, &format!("sync:{wanted}"), now).await;
        app.run(
            "INSERT INTO quarantine (configuration_id, jira_id, key, reason, raw_hash, seen_run_id, seen_at)
             VALUES ($1, '1', 'BOOK-1', '', '', $2, 0)",
            &[&configuration, &format!("{named}:2")],
        )
        .await;
        housekeeping::clean(&app.state).await.unwrap();
        for (id, what) in [(&lonely, "few runs"), (&running, "running"), (&wanted, "its job is there"),
            (&named, "a work item that was kept aside names it"), (&good, "the newest that ended well")] {
            assert!(is_there(&app, id).await, "{what}");
        }
        assert!(!is_there(&app, &first).await && !is_there(&app, &old).await);
        for id in &last {
            assert!(is_there(&app, id).await);
        }
        housekeeping::clean(&app.state).await.unwrap();
        assert_eq!(app.number("SELECT COUNT(*) FROM sync_run", &[]).await, 55);
    }
}

on_both! {
    async fn dead_jobs_and_old_lists_go_after_a_month(app: TestApp) {
        let person = app.person("Ada Admin", AccountRole::AccountAdmin).await;
        let project = app.project("Booking", &person).await;
        let configuration = app.configuration(&project, &person, "BOOK", "active", "").await;
        let now = app.now();
        for (name, age) in [("old", 31 * DAY_MS), ("new", 29 * DAY_MS)] {
            dead_job(&app, name, now - age).await;
            app.run(
                "INSERT INTO wizard_cache (configuration_id, kind, jira_project_id, body, fetched_at)
                 VALUES ($1, $2, '1', '[]', CAST($3 AS BIGINT))",
                &[&configuration, name, &(now - age).to_string()],
            )
            .await;
        }
        housekeeping::clean(&app.state).await.unwrap();
        for (statement, left) in [
            ("SELECT COUNT(*) FROM job WHERE dedup_key = $1", "jobs"),
            ("SELECT COUNT(*) FROM wizard_cache WHERE kind = $1", "lists"),
        ] {
            assert_eq!(app.number(statement, &["old"]).await, 0, "{left}");
            assert_eq!(app.number(statement, &["new"]).await, 1, "{left}");
        }
    }
}
