//! The queue on both databases: who gets a job, who may write for it, and when it is tried again.

use traceline::domain::jira::JiraProject;
use traceline::server::random;
use traceline::server::store::{
    job::{self, JobRow, LEASE_MS, NewJob},
    sync_run,
};

use crate::harness::TestApp;

async fn put(app: &TestApp, lane: &str, key: Option<&str>, priority: i64, run_at: i64) -> String {
    let mut tx = app.state.database().write().await.unwrap();
    let new = NewJob {
        kind: "synchronise",
        payload: "{}",
        dedup_key: key,
        lane,
        priority,
        run_at,
        now: app.now(),
    };
    let id = job::enqueue(&mut tx, &random::new_id(), &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn claim(app: &TestApp) -> Option<JobRow> {
    let mut tx = app.state.database().write().await.unwrap();
    let job = job::claim(&mut tx, &random::token(), app.now()).await.unwrap();
    if job.is_some() {
        tx.commit().await.unwrap();
    }
    job
}

fn token(job: &JobRow) -> &str {
    job.lease_token.as_deref().unwrap()
}

on_both! {
    async fn a_job_is_claimed_once_by_the_first_due_and_most_urgent(app: TestApp) {
        let now = app.now();
        let later = put(&app, "a", None, 1, now + 1_000).await;
        let bulk = put(&app, "b", None, 100, now - 5).await;
        let urgent = put(&app, "c", None, 10, now).await;
        assert_eq!(claim(&app).await.unwrap().id, urgent);
        assert_eq!(claim(&app).await.unwrap().id, bulk);
        assert_eq!(claim(&app).await, None);
        app.state.clock().advance(1_000);
        assert_eq!(claim(&app).await.unwrap().id, later);
    }
}

on_both! {
    async fn a_lane_runs_one_job_at_a_time(app: TestApp) {
        let first = put(&app, "lane", None, 1, app.now()).await;
        let second = put(&app, "lane", None, 2, app.now()).await;
        let other = put(&app, "other", None, 3, app.now()).await;
        let held = claim(&app).await.unwrap();
        assert_eq!(held.id, first);
        assert_eq!(claim(&app).await.unwrap().id, other);
        assert_eq!(claim(&app).await, None);
        let mut tx = app.state.database().write().await.unwrap();
        assert!(job::complete(&mut tx, &held.id, token(&held)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim(&app).await.unwrap().id, second);
    }
}

on_both! {
    async fn many_workers_never_share_a_job_or_a_lane(app: TestApp) {
        for at in 0..12 {
            put(&app, &format!("lane {}", at % 4), None, 1, app.now()).await;
        }
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let state = app.state.clone();
            workers.spawn(async move {
                let mut mine = Vec::new();
                for _ in 0..4 {
                    let mut tx = state.database().write().await.unwrap();
                    if let Some(job) = job::claim(&mut tx, &random::token(), state.clock().now_ms()).await.unwrap() {
                        tx.commit().await.unwrap();
                        mine.push(job.lane);
                    }
                }
                mine
            });
        }
        let mut lanes: Vec<String> = workers.join_all().await.into_iter().flatten().collect();
        lanes.sort();
        assert_eq!(lanes, ["lane 0", "lane 1", "lane 2", "lane 3"]);
    }
}

on_both! {
    async fn an_expired_lease_is_taken_over_and_the_zombie_can_write_nothing(app: TestApp) {
        put(&app, "lane", None, 1, app.now()).await;
        let zombie = claim(&app).await.unwrap();
        app.state.clock().advance(LEASE_MS - 1);
        assert_eq!(claim(&app).await, None);
        app.state.clock().advance(1);
        let heir = claim(&app).await.unwrap();
        assert_eq!((heir.id.as_str(), heir.attempt), (zombie.id.as_str(), 2));
        let now = app.now();
        let mut tx = app.state.database().write().await.unwrap();
        assert!(!job::fence(&mut tx, &zombie.id, token(&zombie), now).await.unwrap());
        assert!(!job::retry(&mut tx, &zombie.id, token(&zombie), now, "x").await.unwrap());
        assert!(!job::bury(&mut tx, &zombie.id, token(&zombie), "x").await.unwrap());
        assert!(!job::complete(&mut tx, &zombie.id, token(&zombie)).await.unwrap());
        assert!(job::fence(&mut tx, &heir.id, token(&heir), now).await.unwrap());
        job::reset_attempts(&mut tx, &heir.id, token(&zombie)).await.unwrap();
        assert_eq!(job::find_attempt(&mut tx, &heir.id).await.unwrap(), Some(2));
        job::reset_attempts(&mut tx, &heir.id, token(&heir)).await.unwrap();
        assert_eq!(job::find_attempt(&mut tx, &heir.id).await.unwrap(), Some(1));
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn a_sign_of_life_keeps_the_lease(app: TestApp) {
        put(&app, "lane", None, 1, app.now()).await;
        let held = claim(&app).await.unwrap();
        for _ in 0..3 {
            app.state.clock().advance(LEASE_MS - 1);
            let mut tx = app.state.database().write().await.unwrap();
            assert!(job::fence(&mut tx, &held.id, token(&held), app.now()).await.unwrap());
            tx.commit().await.unwrap();
            assert_eq!(claim(&app).await, None);
        }
    }
}

on_both! {
    async fn a_waiting_job_does_the_work_of_its_twins(app: TestApp) {
        let now = app.now();
        let first = put(&app, "lane", Some("key"), 1, now + 60_000).await;
        assert_eq!(put(&app, "lane", Some("key"), 1, now + 90_000).await, first);
        assert_eq!(claim(&app).await, None);
        assert_eq!(put(&app, "lane", Some("key"), 1, now).await, first);
        let held = claim(&app).await.unwrap();
        // What comes while it is worked on is a job of its own, and takes the retry over.
        let second = put(&app, "lane", Some("key"), 1, now).await;
        assert_ne!(second, first);
        let mut tx = app.state.database().write().await.unwrap();
        assert!(job::retry(&mut tx, &held.id, token(&held), now, "x").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim(&app).await.unwrap().id, second);
        assert_eq!(claim(&app).await, None);
        let mut tx = app.state.database().write().await.unwrap();
        assert!(!job::delete_waiting(&mut tx, "key").await.unwrap());
        assert_eq!(job::release_leases(&mut tx).await.unwrap(), 1);
        assert!(job::delete_waiting(&mut tx, "key").await.unwrap());
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn attempts_wait_longer_and_end_dead_while_waiting_costs_none(app: TestApp) {
        let id = put(&app, "lane", None, 1, app.now()).await;
        let mut waits = Vec::new();
        loop {
            let held = claim(&app).await.unwrap();
            let mut tx = app.state.database().write().await.unwrap();
            match job::backoff_ms(held.attempt) {
                Some(wait) => {
                    waits.push(wait / 1_000);
                    assert!(job::retry(&mut tx, &id, token(&held), app.now() + wait, "down").await.unwrap());
                    tx.commit().await.unwrap();
                    app.state.clock().advance(wait);
                }
                None => {
                    assert!(job::bury(&mut tx, &id, token(&held), "down").await.unwrap());
                    tx.commit().await.unwrap();
                    break;
                }
            }
        }
        assert_eq!(waits[..7], [10, 30, 120, 300, 900, 1_800, 3_600]);
        app.state.clock().advance(1_000_000_000);
        assert_eq!(claim(&app).await, None);

        put(&app, "lane", None, 1, app.now()).await;
        for _ in 0..30 {
            let held = claim(&app).await.unwrap();
            assert_eq!(held.attempt, 1);
            let mut tx = app.state.database().write().await.unwrap();
            assert!(job::snooze(&mut tx, &held.id, token(&held), app.now(), "limited").await.unwrap());
            tx.commit().await.unwrap();
        }
    }
}

on_both! {
    async fn runs_of_nothing_are_nothing(app: TestApp) {
        let mut tx = app.state.database().write().await.unwrap();
        assert_eq!(sync_run::find(&mut tx, "x").await.unwrap(), None);
        assert_eq!(sync_run::find_current(&mut tx, "x").await.unwrap(), None);
        assert_eq!(sync_run::list_of_configuration(&mut tx, "x", 5).await.unwrap(), []);
        assert!(sync_run::find_target(&mut tx, "x").await.unwrap().is_none());
        assert_eq!(sync_run::find_settings(&mut tx, "x").await.unwrap(), None);
        assert!(!sync_run::start(&mut tx, "x", 0).await.unwrap());
        assert!(!sync_run::finish(&mut tx, "x", "done", None, 0).await.unwrap());
        assert!(!sync_run::request_cancel(&mut tx, "x").await.unwrap());
        let project = JiraProject { id: "1".into(), key: "X".into(), name: "X".into() };
        sync_run::set_synced(&mut tx, "x", "x", &project, 0).await.unwrap();
        sync_run::set_failed(&mut tx, "x", "x", 0).await.unwrap();
        let wait = sync_run::Wait { note: "x", retry_at: 0, waits_for: "", throttled_ms: 0 };
        sync_run::hold(&mut tx, "x", &wait).await.unwrap();
        assert!(!sync_run::change_version(&mut tx, "x", "x").await.unwrap());
    }
}
