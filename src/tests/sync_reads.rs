//! What a sync makes of answers that are odd: issues that spoil their page, lists that say too little,
//! limits inside a call.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use serde_json::json;
use traceline::{
    domain::{jira::Deployment, sync_plan::SyncCounts, sync_status::Trigger},
    sandbox::FaultRule,
    server::{
        jira::retry::Pace,
        store::{mirror, sync_run},
        sync::{RequestedRun, cancel_run},
    },
};

use crate::sync_bench::{Bench, client, opening};

const SPOILS: &str = "\"Spoils its page\"";

/// An issue whose text no JSON reader takes.
fn spoil(bench: &Bench, key: &str, by: String) {
    let summary = json!({"summary": SPOILS.trim_matches('"')});
    bench.site.edit_issue(key, summary.as_object().unwrap());
    bench.fault(FaultRule {
        replace: Some(SPOILS.into()),
        replace_by: by,
        ..FaultRule::default()
    });
}

/// Waits for nothing.
struct NoWait;

impl Pace for NoWait {
    fn random_unit(&self) -> f64 {
        1.0
    }

    fn now(&self) -> jiff::Timestamp {
        "2026-03-11T12:00:00Z".parse().unwrap()
    }

    fn sleep(&self, _time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

on_both_dialects! {
    async fn an_issue_that_spoils_its_page_is_kept_aside_and_the_others_are_read(bench) {
        let (keys, expected) = (bench.keys(), bench.expected());
        for (at, by) in ["\"\\ud800\"".to_owned(), "1e999".to_owned(), "[".repeat(200) + &"]".repeat(200)].into_iter().enumerate() {
            spoil(&bench, &keys[7], by);
            let counts = bench.sync_well().await;
            let others = if at == 0 { (expected - 1, 0) } else { (0, expected - 1) };
            assert_eq!((counts.new, counts.unchanged, counts.quarantined, counts.gone), (others.0, others.1, 1, 0));
            let mut tx = bench.app.state.database().read().await.unwrap();
            let aside = mirror::list_quarantined(&mut tx, &bench.configuration, 9).await.unwrap();
            assert_eq!(aside.len(), 1);
            assert!(aside[0].reason.starts_with("Jira cannot give this work item: "), "{}", aside[0].reason);
            bench.site.clear_faults();
        }
        let counts = bench.sync_well().await;
        assert_eq!(counts, SyncCounts { new: 1, unchanged: expected - 1, ..SyncCounts::default() });
    }

    async fn an_issue_that_was_kept_aside_costs_the_next_sync_less(bench) {
        spoil(&bench, &bench.keys()[7], "[".repeat(200) + &"]".repeat(200));
        let mut asked = Vec::new();
        for _ in 0..2 {
            let before = bench.site.list_requests().len();
            assert_eq!(bench.sync_well().await.quarantined, 1);
            asked.push(bench.site.list_requests().len() - before);
        }
        assert!(asked[1] + 5 <= asked[0], "it is not looked for among the others again: {asked:?}");
    }

    async fn an_issue_that_spoils_its_answer_does_not_stop_the_search_for_missing_ones(bench) {
        bench.sync_well().await;
        let leaving = bench.mirrored().await.requirements as u64;
        let requirement = "SELECT COUNT(*) FROM issue WHERE key = $1 AND kind = 'requirement'";
        let mut spoiled = None;
        for key in bench.keys() {
            if bench.app.number(requirement, &[&key]).await == 1 {
                spoiled = Some(key);
                break;
            }
        }
        let spoiled = spoiled.unwrap();
        spoil(&bench, &spoiled, "\"\\ud800\"".into());
        let mut bench = bench;
        bench.settings.pull_requirements = false;
        bench.save_version(2).await;
        let counts = bench.sync_well().await;
        assert_eq!((counts.out_of_scope, counts.quarantined, counts.gone), (leaving - 1, 1, 0));
        // It is named by the key it was known by, so that the page can link to it.
        let mut tx = bench.app.state.database().read().await.unwrap();
        let aside = mirror::list_quarantined(&mut tx, &bench.configuration, 9).await.unwrap();
        assert_eq!(aside.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), [spoiled.as_str()]);
    }

    async fn a_jira_that_fails_over_every_issue_is_unwell_and_nothing_is_kept_aside(bench) {
        bench.fault(FaultRule { replace: Some("\"summary\"".into()), replace_by: "[".into(), ..FaultRule::default() });
        let (row, counts) = bench.sync().await;
        assert_eq!((row.state.as_str(), counts), ("running", SyncCounts::default()));
        assert!(row.note.unwrap().contains("tries again"));
        let asked = bench.site.list_requests().len();
        assert!(asked < 50, "not each of a hundred issues is asked for: {asked}");
        bench.site.clear_faults();
        bench.app.state.clock().advance(60_000);
        assert!(bench.work().await);
        assert_eq!(bench.run(&row.id).await.state, "done");
    }

    async fn an_empty_answer_passes_by_itself(bench) {
        bench.fault(FaultRule { path: bench.search_path(), json: Some(String::new()), skip: 1, times: 3, ..FaultRule::default() });
        let (row, _) = bench.sync().await;
        assert_eq!(row.state, "running", "{:?}", row.error);
        bench.app.state.clock().advance(60_000);
        assert!(bench.work().await);
        let row = bench.run(&row.id).await;
        assert_eq!((row.state.as_str(), row.done_count as u64), ("done", bench.expected()));
    }

    async fn a_count_that_fails_stops_nothing(bench) {
        let path = match bench.site.info.deployment {
            Deployment::Cloud => "/rest/api/3/search/approximate-count".to_owned(),
            Deployment::DataCenter => bench.search_path(),
        };
        bench.fault(FaultRule { path, status: Some(410), times: 1, ..FaultRule::default() });
        let counts = bench.sync_well().await;
        assert_eq!(counts, SyncCounts { new: bench.expected(), ..SyncCounts::default() });
    }

    async fn a_run_that_is_cancelled_while_jira_limits_it_does_not_wait(bench) {
        bench.fault(FaultRule { path: bench.search_path(), delay_ms: Some(300), retry_after: Some(3_600), skip: 2, times: 1, ..FaultRule::default() });
        let id = bench.request().await.run_id().as_str().to_owned();
        let worker = bench.worker.clone();
        let working = tokio::spawn(async move { worker.run_next().await });
        while bench.searches() < 3 {
            tokio::task::yield_now().await;
        }
        let row = bench.run(&id).await;
        let mut tx = bench.app.state.database().write().await.unwrap();
        cancel_run(&mut tx, &row, None, bench.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(working.await.unwrap().unwrap());
        let row = bench.run(&id).await;
        assert_eq!((row.state.as_str(), row.retry_at), ("cancelled", None));
        assert_eq!(bench.app.number("SELECT COUNT(*) FROM job", &[]).await, 0);
    }

    async fn a_run_that_is_cancelled_in_a_call_that_never_ends_is_over_at_once(bench) {
        let day = Duration::from_hours(24);
        bench.fault(FaultRule { path: bench.search_path(), delay_ms: Some(86_400_000), skip: 2, ..FaultRule::default() });
        let patient = client(&bench.sandbox, &bench.site).with_limits(1, day);
        let worker = bench.worker.clone().with_jira(opening(patient, false));
        let id = bench.request().await.run_id().as_str().to_owned();
        let working = tokio::spawn(async move { worker.run_next().await });
        while bench.searches() < 3 {
            tokio::task::yield_now().await;
        }
        let row = bench.run(&id).await;
        let mut tx = bench.app.state.database().write().await.unwrap();
        cancel_run(&mut tx, &row, None, bench.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(working.await.unwrap().unwrap());
        assert_eq!(bench.run(&id).await.state, "cancelled");
    }

    async fn waits_inside_calls_are_counted_and_a_limit_costs_no_attempt(bench) {
        let patient = client(&bench.sandbox, &bench.site).with_tries(4).with_pace(Arc::new(NoWait));
        let worker = bench.worker.clone().with_jira(opening(patient, false));
        bench.fault(FaultRule { path: bench.search_path(), retry_after: Some(5), skip: 2, times: 3, ..FaultRule::default() });
        let id = bench.request().await.run_id().as_str().to_owned();
        assert!(worker.run_next().await.unwrap());
        let row = bench.run(&id).await;
        assert_eq!((row.state.as_str(), row.throttled_ms), ("done", 15_000));

        // One that does not say how long.
        bench.fault(FaultRule { path: bench.search_path(), status: Some(429), skip: 2, times: 1, ..FaultRule::default() });
        let (row, _) = bench.sync().await;
        assert_eq!((row.state.as_str(), row.retry_at), ("running", Some(bench.app.now() + 30_000)));
        assert_eq!(bench.app.number("SELECT attempt FROM job", &[]).await, 0);
        bench.app.state.clock().advance(30_000);
        assert!(bench.work().await);
        assert_eq!(bench.run(&row.id).await.state, "done");
    }

    async fn a_jira_that_was_restored_from_a_backup_is_followed(bench) {
        let (keys, expected) = (bench.keys(), bench.expected());
        bench.sync_well().await;
        bench.site.edit(|world| {
            world.edit_issue(&keys[3], |issue| {
                issue.body["fields"]["summary"] = json!("As it was before");
                issue.body["fields"]["updated"] = json!("2020-01-01T00:00:00.000+0000");
            });
        });
        let counts = bench.sync_well().await;
        assert_eq!((counts.changed, counts.unchanged), (1, expected - 1));
        let restored = "SELECT COUNT(*) FROM issue WHERE key = $1 AND summary = 'As it was before'";
        assert_eq!(bench.app.number(restored, &[&keys[3]]).await, 1);
        assert!(bench.sync_well().await.is_quiet());
    }

    async fn a_sprint_that_a_listing_lost_is_still_there(bench) {
        let Some(board) = bench.settings.board.clone() else { return };
        bench.sync_well().await;
        let there = "SELECT COUNT(*) FROM sprint WHERE configuration_id = $1 AND gone_at IS NULL";
        let before = bench.app.number(there, &[&bench.configuration]).await;
        assert!(before > 1);
        let lost = json!({"startAt": 0, "maxResults": 50, "isLast": true, "values": []});
        let path = format!("/rest/agile/1.0/board/{}/sprint", board.id);
        bench.fault(FaultRule { path, json: Some(lost.to_string()), ..FaultRule::default() });
        bench.sync_well().await;
        assert_eq!(bench.app.number(there, &[&bench.configuration]).await, before);
        // One of them is gone for sure.
        let id = bench.app.number("SELECT MIN(jira_id) FROM sprint WHERE configuration_id = $1", &[&bench.configuration]).await;
        bench.site.edit(|world| world.sprints.retain(|sprint| sprint["id"] != id));
        bench.sync_well().await;
        assert_eq!(bench.app.number(there, &[&bench.configuration]).await, before - 1);
    }

    async fn an_endless_key_or_id_is_kept_aside(bench) {
        let (keys, expected) = (bench.keys(), bench.expected());
        // Too large for any index, however it is compressed.
        let endless: String = (0..30_000_u32).map(|n| char::from_u32(0x4e00 + n.wrapping_mul(7919) % 20_000).unwrap()).collect();
        bench.site.edit(|world| {
            world.edit_issue(&keys[4], |issue| issue.body["key"] = json!(endless));
        });
        let counts = bench.sync_well().await;
        assert_eq!((counts.new, counts.quarantined), (expected - 1, 1));
        let id = bench.app.number("SELECT MAX(CAST(jira_id AS BIGINT)) FROM issue WHERE configuration_id = $1", &[&bench.configuration]).await;
        let find = format!("\"id\":\"{id}\",");
        bench.fault(FaultRule { path: bench.search_path(), replace: Some(find), replace_by: format!("\"id\":\"{endless}\","), ..FaultRule::default() });
        let counts = bench.sync_well().await;
        assert_eq!((counts.unchanged, counts.quarantined, counts.gone), (expected - 1, 2, 0));
    }

    async fn who_presses_sync_keeps_no_run_from_what_was_proceeded(bench) {
        let mut bench = bench;
        let first = bench.version.clone();
        bench.save_version(2).await;
        let second = std::mem::replace(&mut bench.version, first.clone());
        // The press has read the version before the Proceed that came between.
        let id = bench.request().await.run_id().as_str().to_owned();
        assert_eq!(bench.run(&id).await.version_id, second);
        assert!(matches!(bench.request().await, RequestedRun::AlreadyRunning(_)));
        assert_eq!(bench.run(&id).await.version_id, second);

        // A run that ends between the statements of a Proceed tells it so, and there is room for another.
        let state = bench.app.state.clone();
        let mut settling = state.database().write().await.unwrap();
        let row = sync_run::find_to_settle(&mut settling, &id).await.unwrap().unwrap();
        let (run, version) = (id.clone(), first.clone());
        let proceeding = tokio::spawn(async move {
            loop {
                // SQLite has one writer, who is busy.
                let Ok(mut tx) = state.database().write().await else { continue };
                let changed = sync_run::change_version(&mut tx, &run, &version).await.unwrap();
                tx.commit().await.unwrap();
                break changed;
            }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(sync_run::finish(&mut settling, &row.id, "failed", None, 0).await.unwrap());
        settling.commit().await.unwrap();
        assert!(!proceeding.await.unwrap(), "it is over");
        assert!(matches!(bench.request_by(Trigger::Proceed).await, RequestedRun::Started(_)));
    }
}
