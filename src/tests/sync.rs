//! What the sync mirrors from the sandbox Jira, Cloud and Data Center, on both databases; and its page.

use std::time::Duration;

use serde_json::json;
use traceline::{
    domain::{
        jira::Deployment,
        role::{AccountRole, ProjectRole},
        sync_plan::SyncCounts,
        sync_status::Trigger,
    },
    sandbox::FaultRule,
    server::{
        live::LiveEvent,
        store::{self, mirror, plan},
        sync::RequestedRun,
    },
};

use crate::{
    harness::{TestApp, TestSandbox},
    sync_bench::Bench,
};

on_both_dialects! {
    async fn the_first_run_mirrors_the_project_and_the_second_changes_nothing(bench) {
        let expected = bench.expected();
        assert!(expected > 100, "more than one page");
        let (row, counts) = bench.sync().await;
        assert_eq!((row.state.as_str(), row.error.as_deref()), ("done", None));
        assert_eq!(counts, SyncCounts { new: expected, ..SyncCounts::default() });
        assert_eq!((row.done_count, row.total_count), (expected as i64, Some(expected as i64)));
        assert!(row.request_count > 4 && row.finished_at.is_some() && row.phases.contains("missing"), "{row:?}");
        let mirrored = bench.mirrored().await;
        assert_eq!((mirrored.requirements + mirrored.bugs) as u64, expected);
        assert!(mirrored.bugs > 0 && mirrored.requirements > 0);
        assert_eq!(bench.status().await, ("active".into(), String::new()));
        let project = bench.project_id();
        let versions = bench.site.read(|world| world.projects.iter().find(|found| found.id == project).unwrap().versions.len());
        let mut tx = bench.app.state.database().read().await.unwrap();
        assert_eq!(plan::list_releases(&mut tx, &bench.configuration).await.unwrap().len(), versions);
        let sprints = plan::list_sprints(&mut tx, &bench.configuration).await.unwrap();
        assert_eq!(sprints.is_empty(), bench.settings.board.is_none());
        drop(tx);
        assert_eq!(bench.sync_well().await, SyncCounts { unchanged: expected, ..SyncCounts::default() });
        assert!(!bench.work().await);
    }

    async fn an_edit_changes_one_and_a_deletion_takes_one(bench) {
        bench.sync_well().await;
        let (keys, expected) = (bench.keys(), bench.expected());
        bench.site.edit_issue(&keys[3], json!({"summary": "Changed <b>in</b> Jira"}).as_object().unwrap());
        let counts = bench.sync_well().await;
        assert_eq!((counts.changed, counts.unchanged, counts.gone), (1, expected - 1, 0));
        let id = bench.site.read(|world| world.find_issue(&keys[7]).unwrap().body.clone());
        let id = id.get("id").unwrap().as_str().unwrap().to_owned();
        bench.site.edit(|world| world.delete_issue(&keys[7]));
        let counts = bench.sync_well().await;
        assert_eq!((counts.changed, counts.unchanged, counts.gone), (0, expected - 1, 1));
        assert_eq!(bench.mirrored().await.gone, 1);
        let mut tx = bench.app.state.database().read().await.unwrap();
        assert!(mirror::list_known(&mut tx, &bench.configuration, std::slice::from_ref(&id)).await.unwrap()[0].known.gone);
        let kept = "SELECT COUNT(*) FROM issue WHERE configuration_id = $1 AND jira_id = $2 AND LENGTH(raw) > 0";
        assert_eq!(bench.app.number(kept, &[&bench.configuration, &id]).await, 1, "the row is kept");
        drop(tx);
        assert!(bench.sync_well().await.is_quiet());
    }

    async fn an_issue_that_moves_or_changes_its_type_leaves_with_the_reason(bench) {
        bench.sync_well().await;
        let keys = bench.keys();
        let project = bench.project_id();
        let other = bench.site.read(|world| world.projects.iter().find(|found| found.id != project).unwrap().id.clone());
        bench.site.edit(|world| {
            world.move_issue(&keys[2], &other).unwrap();
        });
        let counts = bench.sync_well().await;
        assert_eq!((counts.out_of_scope, counts.gone, bench.mirrored().await.gone), (1, 0, 1));
        bench.site.edit(|world| {
            world.move_issue(&keys[2], &project).unwrap();
        });
        assert_eq!(bench.sync_well().await.changed, 1);
        assert_eq!(bench.mirrored().await.gone, 0);
    }

    async fn one_broken_issue_does_not_stop_the_others(bench) {
        let (keys, expected) = (bench.keys(), bench.expected());
        let status = bench.site.edit(|world| {
            let mut removed = None;
            world.edit_issue(&keys[5], |issue| removed = issue.fields_mut().unwrap().remove("created"));
            removed
        });
        let counts = bench.sync_well().await;
        assert_eq!(counts, SyncCounts { new: expected - 1, quarantined: 1, ..SyncCounts::default() });
        let mut tx = bench.app.state.database().read().await.unwrap();
        let aside = mirror::list_quarantined(&mut tx, &bench.configuration, 9).await.unwrap();
        assert_eq!((aside.len(), aside[0].key.as_str()), (1, keys[5].as_str()));
        assert!(aside[0].reason.contains("created"), "{}", aside[0].reason);
        drop(tx);
        bench.site.edit(|world| {
            world.edit_issue(&keys[5], |issue| issue.body["fields"]["created"] = status.unwrap());
        });
        let counts = bench.sync_well().await;
        assert_eq!(counts, SyncCounts { new: 1, unchanged: expected - 1, ..SyncCounts::default() });
        let mut tx = bench.app.state.database().read().await.unwrap();
        assert_eq!(mirror::list_quarantined(&mut tx, &bench.configuration, 9).await.unwrap(), []);
    }

    async fn types_that_are_chosen_no_longer_are_confirmed_a_hundred_at_a_time(bench) {
        bench.sync_well().await;
        let before = bench.mirrored().await;
        let mut bench = bench;
        bench.settings.pull_requirements = false;
        bench.save_version(2).await;
        let (row, counts) = bench.sync().await;
        let leaving = before.requirements as u64;
        assert!(leaving > 100, "{leaving}");
        assert_eq!((row.state.as_str(), counts.out_of_scope, counts.gone), ("done", leaving, 0), "{:?}", row.error);
        let listing = (before.bugs as u64).div_ceil(100);
        let census = leaving.div_ceil(100);
        assert!((row.request_count as u64) < listing + census + 10, "{} requests", row.request_count);
        assert_eq!((bench.mirrored().await.bugs, bench.mirrored().await.requirements), (before.bugs, 0));
        assert!(bench.sync_well().await.is_quiet());
    }

    async fn only_what_does_not_come_back_with_the_others_is_asked_for_alone(bench) {
        bench.sync_well().await;
        let quiet = bench.searches();
        bench.sync_well().await;
        let listing = bench.searches() - quiet;
        let delete = |key: &str| bench.site.edit(|world| world.delete_issue(key));
        let keys = bench.keys();
        // A site that refuses every question for several ids.
        let refused = match bench.site.info.deployment {
            Deployment::Cloud => FaultRule { path: "/rest/api/3/issue/bulkfetch".into(), status: Some(400), ..FaultRule::default() },
            Deployment::DataCenter => {
                FaultRule { path: bench.search_path(), status: Some(400), skip: u32::try_from(listing).unwrap(), ..FaultRule::default() }
            }
        };
        delete(&keys[7]);
        delete(&keys[9]);
        bench.fault(refused);
        let counts = bench.sync_well().await;
        assert_eq!((counts.gone, bench.mirrored().await.gone), (2, 2));
        bench.site.clear_faults();
        delete(&keys[11]);
        let alone = |from: usize| {
            let requests = bench.site.list_requests();
            requests[from..].iter().filter(|request| request.method == "GET" && request.path.contains("/issue/")).count()
        };
        let from = bench.site.list_requests().len();
        assert_eq!(bench.sync_well().await.gone, 1);
        assert_eq!(alone(from), 1);
    }

    async fn asking_twice_makes_one_run_and_new_settings_begin_it_anew(bench) {
        let first = bench.request().await;
        let second = bench.request().await;
        assert!(matches!((&first, &second), (RequestedRun::Started(one), RequestedRun::AlreadyRunning(two)) if one == two));
        assert!(bench.work().await);
        assert!(!bench.work().await);
        let requirements = bench.mirrored().await.requirements;

        // Settings that are changed while a run waits in its middle.
        bench.fault(FaultRule { path: bench.search_path(), retry_after: Some(90), skip: 2, times: 1, ..FaultRule::default() });
        let (row, _) = bench.sync().await;
        let mut bench = bench;
        bench.settings.bug_mapping = false;
        bench.save_version(2).await;
        assert!(matches!(bench.request_by(Trigger::Proceed).await, RequestedRun::AlreadyRunning(id) if id.as_str() == row.id));
        let seen = "SELECT COUNT(*) FROM issue WHERE seen_run_id = $1";
        let before = bench.app.number(seen, &[&row.id]).await;
        assert!(before > 0);
        bench.app.state.clock().advance(90_000);
        assert!(bench.work().await);
        let row = bench.run(&row.id).await;
        assert_eq!((row.state.as_str(), row.version_id.as_str()), ("done", bench.version.as_str()));
        assert_eq!((row.pass, row.mark()), (1, format!("{}:1", row.id)));
        assert!(bench.app.number(seen, &[&row.mark()]).await > 0, "what the first pass saw was unseen in the second");
        let mirrored = bench.mirrored().await;
        assert_eq!((mirrored.requirements, mirrored.bugs), (requirements, 0));
        let mut tx = bench.app.state.database().read().await.unwrap();
        let row = store::configuration::find(&mut tx, &bench.configuration).await.unwrap().unwrap();
        assert_eq!(row.running_version_id.as_deref(), Some(bench.version.as_str()));
    }

    async fn the_version_in_force_is_the_one_that_was_synced_last(bench) {
        let mut bench = bench;
        let first = bench.version.clone();
        assert_eq!(bench.row().await.running_version_id, None, "proceeded, not synced");
        bench.sync_well().await;
        assert_eq!(bench.row().await.running_version_id, Some(first.clone()));
        // Jira renamed the project; whoever proceeds again brings its new names along.
        let project = bench.settings.project.as_mut().unwrap();
        (project.key, project.name) = ("NEW".into(), "New name".into());
        bench.save_version(2).await;
        bench.fault(FaultRule { path: bench.search_path(), status: Some(400), ..FaultRule::default() });
        assert_eq!(bench.sync().await.0.state, "failed");
        let row = bench.row().await;
        assert_eq!((row.running_version_id, row.jira_project_key.as_deref()), (Some(first), Some("PAY")));
        bench.site.clear_faults();
        bench.sync_well().await;
        let row = bench.row().await;
        assert_eq!((row.running_version_id.as_deref(), row.jira_project_name.as_deref()), (Some(bench.version.as_str()), Some("New name")));
    }

    async fn a_zero_character_in_what_jira_sends_stops_nothing(bench) {
        let (keys, expected) = (bench.keys(), bench.expected());
        bench.site.edit(|world| {
            world.edit_issue(&keys[4], |issue| {
                let fields = issue.fields_mut().unwrap();
                fields.insert("summary".into(), json!("Sum\0mary"));
                fields.insert("labels".into(), json!(["la\0bel"]));
                fields.insert("customfield\0".into(), json!("te\0xt"));
                fields["status"]["name"] = json!("\0To do");
            });
            // One that cannot be read either.
            world.edit_issue(&keys[5], |issue| {
                issue.fields_mut().unwrap().remove("created");
                issue.body["key"] = json!("PAY\0-6");
            });
        });
        let counts = bench.sync_well().await;
        assert_eq!(counts, SyncCounts { new: expected - 1, quarantined: 1, ..SyncCounts::default() });
        let stored = "SELECT COUNT(*) FROM issue WHERE key = $1 AND summary = 'Summary' AND status_name = 'To do'";
        assert_eq!(bench.app.number(stored, &[&keys[4]]).await, 1);
    }

    async fn a_new_mapping_maps_unchanged_issues_again(bench) {
        bench.sync_well().await;
        let mut bench = bench;
        bench.settings.requirement.date_sources.clear();
        bench.save_version(2).await;
        let counts = bench.sync_well().await;
        assert!(counts.changed > 0 && counts.unchanged > 0 && counts.new == 0, "{counts:?}");
        assert!(bench.sync_well().await.is_quiet());
    }
}

mod recorded {
    use super::*;

    async fn check(app: TestApp, deployment: Deployment) {
        let Some(recorded) = crate::harness::recorded_dir() else {
            return;
        };
        let sandbox = TestSandbox::start_recorded(recorded, "2026-03-11").await;
        let site = sandbox.world().find_recorded(deployment).unwrap().clone();
        // The project with most issues.
        let key = site.read(|world| {
            let count = |id: &str| world.issues().filter(|issue| issue.project_id == id).count();
            world
                .projects
                .iter()
                .max_by_key(|project| count(&project.id))
                .unwrap()
                .key
                .clone()
        });
        let bench = Bench::with_site(app, sandbox, site, &key).await;
        let (row, counts) = bench.sync().await;
        assert_eq!((row.state.as_str(), row.error.as_deref()), ("done", None));
        assert!(counts.new > 0 && counts.quarantined == 0, "{counts:?}");
        assert!(bench.sync_well().await.is_quiet());
        assert!(!bench.project.is_empty() && !bench.sandbox.sites().is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn cloud() {
        check(TestApp::sqlite().await, Deployment::Cloud).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn data_center() {
        check(TestApp::sqlite().await, Deployment::DataCenter).await;
    }
}

on_both! {
    async fn the_page_and_its_endpoints_follow_the_run(app: TestApp) {
        let bench = Bench::new(app, Deployment::DataCenter).await;
        let tester = bench.app.person("Tess Tester", AccountRole::User).await;
        let member = bench.app.person("Max Member", AccountRole::User).await;
        let stranger = bench.app.person("Sam Stranger", AccountRole::User).await;
        bench.app.join(&bench.project, &tester, ProjectRole::Tester).await;
        bench.app.join(&bench.project, &member, ProjectRole::Member).await;
        let fields = [("project", bench.project.as_str()), ("configuration", bench.configuration.as_str())];
        let page = format!("/projects/{}/integrations/{}/sync", bench.project, bench.configuration);
        let live = "/live";
        for (person, refused) in [(&member, 403), (&stranger, 404)] {
            let browser = bench.app.browser_of(person).await;
            for endpoint in ["load_sync", "start_sync", "cancel_sync"] {
                assert_eq!(browser.call(endpoint, &fields).await.status, refused, "{endpoint}");
            }
        }
        assert_eq!(bench.app.anonymous().get(live).await.status, 401);

        let browser = bench.app.browser_of(&tester).await;
        let other = [("project", bench.project.as_str()), ("configuration", "x")];
        assert_eq!(browser.call("load_sync", &other).await.status, 404);
        assert_eq!(browser.call("cancel_sync", &fields).await.status, 409);
        let answer = browser.get(&page).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("No sync yet"), "{}", answer.body);

        let answer = browser.post_form(&page, "start_sync", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, page.as_str()), "{}", answer.body);
        assert_eq!(browser.call("start_sync", &fields).await.status, 200);
        assert!(browser.get(&page).await.body.contains("Queued"));
        let again = browser.post_form(&page, "start_sync", &fields).await;
        assert_eq!(again.location(), format!("{page}?done=running"));
        let note = "A sync was on its way already, so no second one was started.";
        assert!(browser.get(again.location()).await.body.contains(note));
        assert!(!browser.get(&page).await.body.contains(note));
        assert!(browser.get(&format!("{page}?confirm=cancel")).await.body.contains("Cancel the sync of PAY?"));
        assert!(bench.work().await);
        assert!(!bench.work().await, "the second press found the first run");
        let view = browser.call("load_sync", &fields).await.json();
        assert_eq!((&view["current"]["state"], &view["current"]["percent"]), (&json!("done"), &json!(100)));
        assert_eq!(view["current"]["requested_by"], "Tess Tester");
        assert_eq!(view["status"], "active");
        let body = browser.get(&page).await.body;
        assert!(!browser.get(again.location()).await.body.contains(note), "it is over");
        assert!(body.contains("Done") && body.contains("Reload") && body.contains("Sync button, Tess Tester"), "{body}");

        bench.request().await;
        assert_eq!(browser.call("cancel_sync", &fields).await.status, 200);
        let view = browser.call("load_sync", &fields).await.json();
        assert_eq!((&view["current"]["state"], view["past"].as_array().unwrap().len()), (&json!("cancelled"), 1));

        // The stream tells of changes those who may see them, and ends with the server.
        let (state, configuration) = (bench.app.state.clone(), bench.configuration.clone());
        let not_theirs = [bench.app.browser_of(&member).await, bench.app.browser_of(&stranger).await];
        let others = not_theirs.map(|other| tokio::spawn(async move { other.get(live).await.body }));
        let stream = tokio::spawn(async move { browser.get(live).await });
        let id = bench.request().await.run_id().as_str().to_owned();
        while !stream.is_finished() {
            state.live().send(LiveEvent::ConfigurationChanged(configuration.clone()));
            tokio::time::sleep(Duration::from_millis(50)).await;
            if bench.run(&id).await.state == "queued" {
                bench.work().await;
            } else {
                tokio::time::sleep(Duration::from_millis(600)).await;
                state.shutdown().cancel();
            }
        }
        let answer = stream.await.unwrap();
        assert_eq!(answer.headers["content-type"], "text/event-stream");
        let topic = format!(" configuration/{}", bench.configuration);
        let data: Vec<&str> = answer.body.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
        let stamps: Vec<i64> = data.iter().map(|words| words.split(' ').next().unwrap().parse().unwrap()).collect();
        assert!(stamps.is_sorted() && data[0].ends_with(" *"), "{}", answer.body);
        assert!(data[1..].iter().any(|words| words.contains(&topic)), "{}", answer.body);
        assert!(answer.body.contains("retry: ") && answer.body.contains("event: live"));
        for other in others {
            assert!(!other.await.unwrap().contains(&bench.configuration), "told to somebody who may not see it");
        }
    }
}
