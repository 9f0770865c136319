//! The sync against the sandbox Jira, Cloud and Data Center, on both databases.

use std::{path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::{Value, json};
use traceline::{
    domain::{
        jira::{Board, BoardKind, Deployment, JiraProject},
        role::{AccountRole, ProjectRole},
        sync_plan::SyncCounts,
        sync_status::Trigger,
        wizard::Settings,
    },
    sandbox::{FaultRule, Sandbox, SandboxOptions, SiteHandle},
    server::{
        jira::{Credential, JiraClient, Site},
        live::LiveEvent,
        outbound::{OutboundClient, OutboundPolicy},
        random,
        store::{self, mirror, mirror_plan, sync_run::SyncRunRow},
        sync::{RequestedRun, Worker, cancel_run, request_run},
    },
};

use crate::harness::TestApp;

const DEPLOYMENTS: [Deployment; 2] = [Deployment::Cloud, Deployment::DataCenter];

/// A configuration of one Jira project, and a worker for it.
struct Bench {
    app: TestApp,
    sandbox: Sandbox,
    site: SiteHandle,
    worker: Worker,
    folder: PathBuf,
    project: String,
    person: String,
    connection: String,
    configuration: String,
    version: String,
    settings: Settings,
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn client(sandbox: &Sandbox, site: &SiteHandle) -> JiraClient {
    let policy = OutboundPolicy {
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
        extra_ca_pem: Some(std::fs::read(sandbox.ca_pem_path()).unwrap()),
        ..OutboundPolicy::default()
    };
    let account = &site.info.accounts[0];
    let token = SecretString::from(account.token.clone());
    let url: url::Url = site.info.url.parse().unwrap();
    let credential = match site.info.deployment {
        Deployment::Cloud => Credential::Cloud {
            email: account.email.clone(),
            token,
        },
        Deployment::DataCenter => Credential::DataCenter { token },
    };
    let site = Site {
        deployment: site.info.deployment,
        site_url: url.clone(),
        api_base: url,
        credential,
    };
    JiraClient::new(OutboundClient::new(policy, None).unwrap(), site).with_limits(1, Duration::from_secs(20))
}

fn text(value: &Value, field: &str) -> String {
    value
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Everything of the project: bugs by name, the other types as requirements.
fn settings_of(site: &SiteHandle, project_key: &str) -> Settings {
    site.read(|world| {
        let project = world.find_project(project_key).unwrap();
        let board = world
            .boards
            .iter()
            .find(|board| board.project_id.as_ref() == Some(&project.id) && board.kind == "scrum");
        let mut settings = Settings {
            project: Some(JiraProject {
                id: project.id.clone(),
                key: project.key.clone(),
                name: project.name.clone(),
            }),
            board: board.map(|board| Board {
                id: board.id,
                name: board.name.clone(),
                kind: BoardKind::Scrum,
            }),
            pull_requirements: true,
            bug_mapping: true,
            ..Settings::default()
        };
        for kind in &project.issue_types {
            let into = if text(kind, "name") == "Bug" {
                &mut settings.bugs.type_ids
            } else {
                &mut settings.requirement.type_ids
            };
            into.insert(text(kind, "id"));
        }
        settings
    })
}

impl Bench {
    async fn new(app: TestApp, deployment: Deployment) -> Self {
        let folder = std::env::temp_dir().join(format!("traceline-sync-{}", random::new_id()));
        let options = SandboxOptions {
            ca_dir: folder.clone(),
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start_at(options, "2026-03-11".parse().unwrap())
            .await
            .unwrap();
        let site = sandbox.world().get(deployment).clone();
        Self::with_site(app, sandbox, site, folder, "PAY").await
    }

    async fn with_site(app: TestApp, sandbox: Sandbox, site: SiteHandle, folder: PathBuf, key: &str) -> Self {
        let client = client(&sandbox, &site);
        let worker = Worker::new(app.state.clone()).with_jira(Arc::new(move |_, _| {
            let client = client.clone();
            Box::pin(async move { Ok(client) })
        }));
        let person = app.person("Ada Admin", AccountRole::AccountAdmin).await;
        let project = app.project("Booking", &person).await;
        let (connection, configuration) = (random::new_id(), random::new_id());
        app.run(
            "INSERT INTO connection (id, name, name_key, deployment, site_url, api_base, status, status_since, revision,
                 created_at, created_by, updated_at, updated_by)
             VALUES ($1, 'Halden', 'halden', 'cloud', 'http://127.0.0.1', 'http://127.0.0.1', 'active', 0, 1, 0, '', 0, '')",
            &[&connection],
        )
        .await;
        app.run(
            "INSERT INTO configuration (id, project_id, connection_id, status, status_since, draft, draft_step, draft_revision,
                 draft_saved_at, draft_saved_by, jira_project_key, created_at, created_by)
             VALUES ($1, $2, $3, 'inactive', 0, '', 6, 1, 0, '', $4, 0, '')",
            &[&configuration, &project, &connection, key],
        )
        .await;
        let settings = settings_of(&site, key);
        let mut bench = Self {
            app,
            sandbox,
            site,
            worker,
            folder,
            project,
            person,
            connection,
            configuration,
            version: String::new(),
            settings,
        };
        bench.save_version(1).await;
        bench
    }

    /// Stores the settings as the version with this number (1 or 2).
    async fn save_version(&mut self, number: i64) {
        self.version = random::new_id();
        let settings = serde_json::to_string(&self.settings).unwrap();
        let statement = if number == 1 {
            "INSERT INTO configuration_version (id, configuration_id, number, settings, created_at, created_by) VALUES ($1, $2, 1, $3, 0, '')"
        } else {
            "INSERT INTO configuration_version (id, configuration_id, number, settings, created_at, created_by) VALUES ($1, $2, 2, $3, 0, '')"
        };
        self.app
            .run(statement, &[&self.version, &self.configuration, &settings])
            .await;
    }

    async fn request(&self) -> RequestedRun {
        let mut tx = self.app.state.database().write().await.unwrap();
        let run = request_run(
            &mut tx,
            &self.configuration,
            &self.version,
            &self.connection,
            Trigger::Button,
            Some(&self.person),
            self.app.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        run
    }

    async fn work(&self) -> bool {
        self.worker.run_next().await.unwrap()
    }

    async fn run(&self, id: &str) -> SyncRunRow {
        let mut tx = self.app.state.database().read().await.unwrap();
        store::sync_run::find(&mut tx, id).await.unwrap().unwrap()
    }

    /// Asks for a run, works, and gives how it ended.
    async fn sync(&self) -> (SyncRunRow, SyncCounts) {
        let id = self.request().await.run_id().as_str().to_owned();
        assert!(self.work().await);
        let row = self.run(&id).await;
        let counts = serde_json::from_str(&row.counts).unwrap();
        (row, counts)
    }

    async fn sync_well(&self) -> SyncCounts {
        let (row, counts) = self.sync().await;
        assert_eq!((row.state.as_str(), row.error.as_deref()), ("done", None));
        counts
    }

    async fn status(&self) -> (String, String) {
        let mut tx = self.app.state.database().read().await.unwrap();
        let target = store::sync_run::find_target(&mut tx, &self.configuration)
            .await
            .unwrap()
            .unwrap();
        (target.status, target.status_reason)
    }

    async fn mirrored(&self) -> mirror::MirrorCounts {
        let mut tx = self.app.state.database().read().await.unwrap();
        mirror::count(&mut tx, &self.configuration).await.unwrap()
    }

    fn project_id(&self) -> String {
        self.settings.project.as_ref().unwrap().id.clone()
    }

    /// Issues that the world has in the project.
    fn expected(&self) -> u64 {
        let project = self.project_id();
        self.site.read(|world| {
            world
                .issues
                .iter()
                .filter(|issue| issue.project_id == project)
                .count()
        }) as u64
    }

    /// Some keys of the project.
    fn keys(&self) -> Vec<String> {
        let project = self.project_id();
        self.site.read(|world| {
            world
                .issues
                .iter()
                .filter(|issue| issue.project_id == project)
                .map(|issue| issue.key.clone())
                .collect()
        })
    }

    fn search_path(&self) -> String {
        match self.site.info.deployment {
            Deployment::Cloud => "/rest/api/3/search/jql".into(),
            Deployment::DataCenter => "/rest/api/2/search".into(),
        }
    }

    /// Searches that were asked so far.
    fn searches(&self) -> usize {
        let path = self.search_path();
        self.site
            .list_requests()
            .iter()
            .filter(|request| request.path.contains(&path))
            .count()
    }

    fn fault(&self, rule: FaultRule) {
        self.site.add_fault(rule);
    }
}

/// Runs the same check for both dialects; the second gets a project of the same database kind.
macro_rules! on_both_dialects {
    ($(async fn $name:ident($bench:ident) $body:block)*) => {$(
        mod $name {
            use super::*;
            async fn check($bench: Bench) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                for deployment in DEPLOYMENTS {
                    check(Bench::new(TestApp::sqlite().await, deployment).await).await;
                }
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                for deployment in DEPLOYMENTS {
                    if let Some(app) = TestApp::postgres().await {
                        check(Bench::new(app, deployment).await).await;
                    }
                }
            }
        }
    )*};
}

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
        assert_eq!(mirror_plan::list_releases(&mut tx, &bench.configuration).await.unwrap().len(), versions);
        let sprints = mirror_plan::list_sprints(&mut tx, &bench.configuration).await.unwrap();
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
        assert!(mirror::find_raw(&mut tx, &bench.configuration, &id).await.unwrap().is_some(), "the row is kept");
        drop(tx);
        assert!(bench.sync_well().await.is_quiet());
    }

    async fn an_issue_that_moves_or_changes_its_type_leaves_with_the_reason(bench) {
        bench.sync_well().await;
        let keys = bench.keys();
        let project = bench.project_id();
        let other = bench.site.read(|world| world.projects.iter().find(|found| found.id != project).unwrap().id.clone());
        bench.site.edit(|world| {
            let issue = world.issues.iter_mut().find(|issue| issue.key == keys[2]).unwrap();
            issue.project_id.clone_from(&other);
            issue.body["fields"]["project"]["id"] = json!(other);
        });
        let counts = bench.sync_well().await;
        assert_eq!((counts.out_of_scope, counts.gone, bench.mirrored().await.gone), (1, 0, 1));
        bench.site.edit(|world| {
            let issue = world.issues.iter_mut().find(|issue| issue.key == keys[2]).unwrap();
            issue.project_id.clone_from(&project);
            issue.body["fields"]["project"]["id"] = json!(project);
        });
        assert_eq!(bench.sync_well().await.changed, 1);
        assert_eq!(bench.mirrored().await.gone, 0);
    }

    async fn one_broken_issue_does_not_stop_the_others(bench) {
        let (keys, expected) = (bench.keys(), bench.expected());
        let status = bench.site.edit(|world| {
            let issue = world.issues.iter_mut().find(|issue| issue.key == keys[5]).unwrap();
            issue.body["fields"].as_object_mut().unwrap().remove("created")
        });
        let counts = bench.sync_well().await;
        assert_eq!(counts, SyncCounts { new: expected - 1, quarantined: 1, ..SyncCounts::default() });
        let mut tx = bench.app.state.database().read().await.unwrap();
        let aside = mirror::list_quarantined(&mut tx, &bench.configuration, 9).await.unwrap();
        assert_eq!((aside.len(), aside[0].key.as_str()), (1, keys[5].as_str()));
        assert!(aside[0].reason.contains("created"), "{}", aside[0].reason);
        drop(tx);
        bench.site.edit(|world| {
            let issue = world.issues.iter_mut().find(|issue| issue.key == keys[5]).unwrap();
            issue.body["fields"]["created"] = status.unwrap();
        });
        let counts = bench.sync_well().await;
        assert_eq!(counts, SyncCounts { new: 1, unchanged: expected - 1, ..SyncCounts::default() });
        let mut tx = bench.app.state.database().read().await.unwrap();
        assert_eq!(mirror::list_quarantined(&mut tx, &bench.configuration, 9).await.unwrap(), []);
    }

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
        assert!(counts.adds_up(bench.expected()));
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
        assert!(matches!(bench.request().await, RequestedRun::AlreadyRunning(id) if id.as_str() == row.id));
        bench.app.state.clock().advance(90_000);
        assert!(bench.work().await);
        let row = bench.run(&row.id).await;
        assert_eq!((row.state.as_str(), row.version_id.as_str()), ("done", bench.version.as_str()));
        let mirrored = bench.mirrored().await;
        assert_eq!((mirrored.requirements, mirrored.bugs), (requirements, 0));
        let mut tx = bench.app.state.database().read().await.unwrap();
        let target = store::sync_run::find_target(&mut tx, &bench.configuration).await.unwrap().unwrap();
        assert_eq!(target.running_version_id.as_deref(), Some(bench.version.as_str()));
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

    async fn a_run_is_cancelled_at_once_or_at_its_next_page(bench) {
        let id = bench.request().await.run_id().as_str().to_owned();
        let row = bench.run(&id).await;
        let mut tx = bench.app.state.database().write().await.unwrap();
        cancel_run(&mut tx, &row, bench.app.now()).await.unwrap();
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
        cancel_run(&mut tx, &row, bench.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(working.await.unwrap().unwrap());
        let row = bench.run(&id).await;
        assert_eq!((row.state.as_str(), bench.mirrored().await.gone), ("cancelled", 0));
        assert!((row.done_count as u64) < bench.expected());
        bench.sync_well().await;
    }
}

mod recorded {
    use super::*;

    async fn check(app: TestApp, deployment: Deployment) {
        let Some(recorded) = crate::harness::recorded_dir() else {
            return;
        };
        let folder = std::env::temp_dir().join(format!("traceline-sync-{}", random::new_id()));
        let options = SandboxOptions {
            ca_dir: folder.clone(),
            recorded_dir: Some(recorded),
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start_at(options, "2026-03-11".parse().unwrap())
            .await
            .unwrap();
        let site = sandbox.world().find_recorded(deployment).unwrap().clone();
        // The project with most issues.
        let key = site.read(|world| {
            let count = |id: &str| world.issues.iter().filter(|issue| issue.project_id == id).count();
            world
                .projects
                .iter()
                .max_by_key(|project| count(&project.id))
                .unwrap()
                .key
                .clone()
        });
        let bench = Bench::with_site(app, sandbox, site, folder, &key).await;
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
        let live = format!("/live/configurations/{}/{}", bench.project, bench.configuration);
        for (person, refused) in [(&member, 403), (&stranger, 404)] {
            let browser = bench.app.browser_of(person).await;
            for endpoint in ["load_sync", "start_sync", "cancel_sync"] {
                assert_eq!(browser.call(endpoint, &fields).await.status, refused, "{endpoint}");
            }
            assert_eq!(browser.get(&live).await.status, refused);
        }
        assert_eq!(bench.app.anonymous().get(&live).await.status, 401);

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

        // The stream says at once how things stand, again when they change, and ends with the server.
        let (state, configuration) = (bench.app.state.clone(), bench.configuration.clone());
        let stream = tokio::spawn(async move { browser.get(&live).await });
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
        let last = answer.body.trim_end().rsplit("data: ").next().unwrap().to_owned();
        let last: Value = serde_json::from_str(last.lines().next().unwrap()).unwrap();
        assert_eq!((&last["state"], &last["percent"]), (&json!("done"), &json!(100)), "{}", answer.body);
        assert!(answer.body.contains("retry: 5000") && answer.body.contains("event: changed"));
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
