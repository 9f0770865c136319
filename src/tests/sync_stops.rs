//! What ends or delays a sync run: refused tokens, limits, outages, killed workers, people.

use std::sync::Arc;

use traceline::{
    domain::{jira::Deployment, sync_plan::SyncCounts},
    sandbox::FaultRule,
    server::{
        store::{self, job::NewJob},
        sync::{cancel_run, queue::OpenJira},
    },
};

use crate::{
    harness::TestApp,
    sync_bench::{Bench, client, opening},
};

on_both_dialects! {
    async fn a_refused_token_in_the_middle_is_an_error_and_keeps_the_rows(bench) {
        bench.fault(FaultRule { path: bench.search_path(), status: Some(401), skip: 2, ..FaultRule::default() });
        let (row, counts) = bench.sync().await;
        assert_eq!(row.state, "failed");
        assert!(row.error.unwrap().contains("token of Halden"));
        let (status, reason) = bench.status().await;
        assert_eq!(status, "error");
        assert!(reason.contains("press Sync"), "{reason}");
        let mirrored = bench.mirrored().await;
        assert!(mirrored.requirements + mirrored.bugs > 0 && mirrored.gone == 0);
        assert_eq!(counts.new as i64, mirrored.requirements + mirrored.bugs);
        bench.site.clear_faults();
        let before = counts.new;
        let counts = bench.sync_well().await;
        assert_eq!((counts.unchanged, counts.new), (before, bench.expected() - before));
        assert_eq!(bench.status().await.0, "active");
    }

    async fn a_refused_token_is_told_to_the_connection_that_was_opened_and_to_no_later_one(bench) {
        bench.fault(FaultRule { path: bench.search_path(), status: Some(401), ..FaultRule::default() });
        let late = bench.worker.clone().with_jira(opening(client(&bench.sandbox, &bench.site), true));
        let id = bench.request().await.run_id().as_str().to_owned();
        assert!(late.run_next().await.unwrap());
        assert_eq!(bench.run(&id).await.state, "failed");
        assert_eq!(bench.connection_status().await, "active", "it was saved anew meanwhile");
        bench.sync().await;
        assert_eq!(bench.connection_status().await, "error");
        bench.site.clear_faults();
        let id = bench.request().await.run_id().as_str().to_owned();
        assert!(late.run_next().await.unwrap());
        assert_eq!(bench.run(&id).await.state, "done");
        assert_eq!(bench.connection_status().await, "error", "an old token says nothing about the new one");
        bench.sync_well().await;
        assert_eq!(bench.connection_status().await, "active");
    }

    async fn a_token_that_is_replaced_in_the_middle_takes_the_run_over(bench) {
        bench.fault(FaultRule { path: bench.search_path(), status: Some(401), skip: 2, times: 1, ..FaultRule::default() });
        let open = opening(client(&bench.sandbox, &bench.site), false);
        let replaced: OpenJira = Arc::new(move |state, connection| {
            let opened = open(state.clone(), connection.clone());
            Box::pin(async move {
                let opened = opened.await?;
                let mut tx = state.database().write().await?;
                let mut row = opened.row.clone();
                if row.token_set_at.is_none() {
                    row.token_set_at = Some(state.clock().now_ms());
                    assert!(store::connection::update(&mut tx, &row).await?);
                    tx.commit().await?;
                }
                Ok(opened)
            })
        });
        let worker = bench.worker.clone().with_jira(replaced);
        let id = bench.request().await.run_id().as_str().to_owned();
        assert!(worker.run_next().await.unwrap());
        let row = bench.run(&id).await;
        assert!(row.state == "running" && row.done_count > 0, "{row:?}");
        assert!(row.note.unwrap().contains("goes on with the new one"));
        assert_eq!(bench.connection_status().await, "active", "the refusal is about the old token");
        let before = bench.searches();
        assert!(worker.run_next().await.unwrap());
        let row = bench.run(&id).await;
        assert_eq!((row.state.as_str(), row.done_count as u64), ("done", bench.expected()));
        let searches = (bench.searches() - before) as u64;
        assert!(searches < bench.expected().div_ceil(100) + 1, "pages that were written are not read again: {searches}");
    }

    async fn a_rate_limit_waits_as_long_as_jira_says_and_goes_on_where_it_was(bench) {
        bench.fault(FaultRule { path: bench.search_path(), retry_after: Some(90), skip: 2, times: 1, ..FaultRule::default() });
        let (row, _) = bench.sync().await;
        assert_eq!((row.state.as_str(), row.throttled_ms, row.retry_at), ("running", 90_000, Some(bench.app.now() + 90_000)));
        assert!(row.note.unwrap().contains("slow down") && row.done_count > 0);
        assert!(!bench.work().await, "not before the time");
        bench.app.state.clock().advance(90_000);
        let before = bench.site.list_requests().len();
        assert!(bench.work().await);
        let row = bench.run(&row.id).await;
        assert_eq!((row.state.as_str(), row.done_count as u64), ("done", bench.expected()));
        let searches = bench.site.list_requests()[before..].iter().filter(|request| request.path.contains("/search")).count() as u64;
        assert!(searches < bench.expected().div_ceil(100) + 1, "pages that were written are not read again: {searches}");
    }

    async fn a_wait_that_jira_asks_for_is_known_whatever_its_note_says(bench) {
        bench.fault(FaultRule { path: bench.search_path(), retry_after: Some(90), skip: 2, times: 1, ..FaultRule::default() });
        let (row, _) = bench.sync().await;
        bench.app.run("UPDATE sync_run SET note = 'In other words' WHERE id = $1", &[&row.id]).await;
        bench.request().await;
        let waiting = bench.run(&row.id).await;
        assert_eq!(waiting.retry_at, row.retry_at);
        assert!(waiting.note.unwrap().contains("cannot shorten this wait"));
        assert!(!bench.work().await, "not before the time");
        // A wait of ours is shortened, even if its note speaks of a limit.
        bench.fault(FaultRule { path: bench.search_path(), status: Some(502), ..FaultRule::default() });
        bench.app.state.clock().advance(90_000);
        assert!(bench.work().await);
        assert!(bench.run(&row.id).await.retry_at.is_some());
        let note = "UPDATE sync_run SET note = 'Jira asks to slow down (HTTP 429 or 503).' WHERE id = $1";
        bench.app.run(note, &[&row.id]).await;
        bench.request().await;
        assert_eq!(bench.run(&row.id).await.retry_at, None);
        bench.site.clear_faults();
        assert!(bench.work().await);
        assert_eq!(bench.run(&row.id).await.state, "done");
    }

    async fn a_jira_that_is_down_is_tried_again_and_then_given_up(bench) {
        bench.fault(FaultRule { status: Some(503), ..FaultRule::default() });
        let id = bench.request().await.run_id().as_str().to_owned();
        let mut tries = 0;
        while bench.run(&id).await.state != "failed" {
            assert!(bench.work().await);
            tries += 1;
            bench.app.state.clock().advance(3_600_000);
        }
        assert_eq!(tries, store::job::BACKOFF_MS.len() + 1);
        assert_eq!(bench.status().await.0, "error");
        bench.site.clear_faults();
        bench.sync_well().await;
    }

    async fn a_killed_worker_is_replaced_and_the_run_ends_as_if_nothing_was(bench) {
        bench.fault(FaultRule { path: bench.search_path(), hang: true, skip: 2, times: 1, ..FaultRule::default() });
        let id = bench.request().await.run_id().as_str().to_owned();
        let worker = bench.worker.clone();
        let killed = tokio::spawn(async move { worker.run_next().await });
        while bench.searches() < 3 {
            tokio::task::yield_now().await;
        }
        let before = bench.run(&id).await.done_count;
        killed.abort();
        assert!(killed.await.unwrap_err().is_cancelled());
        assert!(!bench.work().await, "the lease holds");
        bench.app.state.clock().advance(store::job::LEASE_MS);
        assert!(bench.work().await);
        let row = bench.run(&id).await;
        let counts: SyncCounts = serde_json::from_str(&row.counts).unwrap();
        assert_eq!((row.state.as_str(), counts), ("done", SyncCounts { new: bench.expected(), ..SyncCounts::default() }));
        assert!(before > 0 && before < row.done_count);
        assert!(bench.sync_well().await.is_quiet());
    }

    async fn a_forgotten_page_token_begins_the_listing_anew(bench) {
        bench.fault(FaultRule { path: bench.search_path(), retry_after: Some(90), skip: 2, times: 1, ..FaultRule::default() });
        let (row, _) = bench.sync().await;
        bench.fault(FaultRule { path: bench.search_path(), status: Some(400), times: 1, ..FaultRule::default() });
        bench.app.state.clock().advance(90_000);
        assert!(bench.work().await);
        let row = bench.run(&row.id).await;
        let counts: SyncCounts = serde_json::from_str(&row.counts).unwrap();
        assert_eq!((row.state.as_str(), counts.new), ("done", bench.expected()), "{:?}", row.error);
        assert_eq!(counts.seen(), bench.expected());
    }

    async fn lost_browse_permission_empties_nothing(bench) {
        bench.sync_well().await;
        let before = bench.mirrored().await;
        let key = bench.settings.project.clone().unwrap().key;
        bench.site.edit(|world| world.hide_project(&key, true));
        let (row, _) = bench.sync().await;
        assert_eq!(row.state, "failed");
        assert!(row.error.clone().unwrap().contains("Browse Projects"), "{:?}", row.error);
        assert_eq!(bench.mirrored().await, before);
        assert_eq!(bench.status().await.0, "error");
        bench.site.edit(|world| world.hide_project(&key, false));
        assert!(bench.sync_well().await.is_quiet());
    }

    async fn a_run_is_cancelled_at_once_or_at_its_next_page(bench) {
        let id = bench.request().await.run_id().as_str().to_owned();
        let row = bench.run(&id).await;
        let mut tx = bench.app.state.database().write().await.unwrap();
        cancel_run(&mut tx, &row, None, bench.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.run(&id).await.state, "cancelled");
        assert!(!bench.work().await);

        bench.fault(FaultRule { path: bench.search_path(), delay_ms: Some(300), skip: 2, times: 1, ..FaultRule::default() });
        let id = bench.request().await.run_id().as_str().to_owned();
        let worker = bench.worker.clone();
        let working = tokio::spawn(async move { worker.run_next().await });
        let row = loop {
            let row = bench.run(&id).await;
            if row.done_count > 0 {
                break row;
            }
            tokio::task::yield_now().await;
        };
        let mut tx = bench.app.state.database().write().await.unwrap();
        cancel_run(&mut tx, &row, None, bench.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(working.await.unwrap().unwrap());
        let row = bench.run(&id).await;
        assert_eq!((row.state.as_str(), bench.mirrored().await.gone), ("cancelled", 0));
        assert!((row.done_count as u64) < bench.expected());
        bench.sync_well().await;
    }
}

on_both! {
    async fn the_worker_works_until_the_server_stops(app: TestApp) {
        let bench = Bench::new(app, Deployment::DataCenter).await;
        let working = tokio::spawn(bench.worker.clone().run());
        let id = bench.request().await.run_id().as_str().to_owned();
        bench.app.state.jobs().notify_one();
        while bench.run(&id).await.finished_at.is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(bench.run(&id).await.state, "done");
        // A stop in the middle gives the job back at once, without counting the attempt.
        bench.fault(FaultRule { path: bench.search_path(), hang: true, skip: 2, times: 1, ..FaultRule::default() });
        let before = bench.searches();
        let id = bench.request().await.run_id().as_str().to_owned();
        while bench.searches() < before + 3 {
            tokio::task::yield_now().await;
        }
        bench.app.state.shutdown().cancel();
        working.await.unwrap();
        let row = bench.run(&id).await;
        assert_eq!((row.state.as_str(), row.note.is_some()), ("running", true));
        let mut tx = bench.app.state.database().write().await.unwrap();
        let job = store::job::claim(&mut tx, "token", bench.app.now()).await.unwrap().unwrap();
        assert_eq!(job.attempt, 1);
    }
}

on_both! {
    async fn a_run_of_a_process_that_is_gone_goes_on_at_the_start_or_after_its_lease(app: TestApp) {
        let bench = Bench::new(app, Deployment::DataCenter).await;
        bench.fault(FaultRule { path: bench.search_path(), hang: true, skip: 2, times: 1, ..FaultRule::default() });
        let id = bench.request().await.run_id().as_str().to_owned();
        let gone = bench.worker.clone();
        let gone = tokio::spawn(async move { gone.run_next().await });
        while bench.searches() < 3 {
            tokio::task::yield_now().await;
        }
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        let leases = "SELECT COUNT(*) FROM job WHERE kind = 'synchronise' AND state = 'leased'";
        assert_eq!(bench.app.number(leases, &[]).await, 1);
        let tx = bench.app.state.database().read().await.unwrap();
        let is_postgres = tx.is_postgres();
        drop(tx);

        // A job behind that one tells when the new process has looked at all that is due.
        let mut tx = bench.app.state.database().write().await.unwrap();
        let last = NewJob { kind: "unknown", payload: "{}", dedup_key: None, lane: "another", priority: 1_000, run_at: 0, now: bench.app.now() };
        store::job::enqueue(&mut tx, "last", &last).await.unwrap();
        tx.commit().await.unwrap();
        let started = tokio::spawn(bench.worker.clone().run());
        while bench.app.number("SELECT COUNT(*) FROM job WHERE id = 'last' AND state = 'dead'", &[]).await == 0 {
            tokio::task::yield_now().await;
        }
        if is_postgres {
            // Another process may be alive and work on it: its lease holds until it runs out.
            assert_eq!((bench.app.number(leases, &[]).await, bench.searches()), (1, 3));
            bench.app.state.clock().advance(store::job::LEASE_MS);
            bench.app.state.jobs().notify_one();
        } else {
            let token = "SELECT COUNT(*) FROM job WHERE kind = 'synchronise' AND state = 'leased' AND attempt < 2";
            let untouched = bench.app.number(token, &[]).await == 1 && bench.searches() == 3;
            assert!(!untouched, "one process alone has a SQLite file: nobody else works on it");
        }
        while bench.run(&id).await.finished_at.is_none() {
            tokio::task::yield_now().await;
        }
        let row = bench.run(&id).await;
        let counts: SyncCounts = serde_json::from_str(&row.counts).unwrap();
        assert_eq!((row.state.as_str(), counts), ("done", SyncCounts { new: bench.expected(), ..SyncCounts::default() }));
        bench.app.state.shutdown().cancel();
        started.await.unwrap();
    }
}
