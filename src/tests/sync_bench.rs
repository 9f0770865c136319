//! A configuration of one Jira project in the sandbox, with a worker: what the tests of the sync work on.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::Value;
use traceline::{
    domain::{
        jira::{Board, BoardKind, Deployment, JiraProject},
        role::AccountRole,
        sync_plan::SyncCounts,
        sync_status::Trigger,
        wizard::Settings,
    },
    sandbox::{FaultRule, Sandbox, SiteHandle},
    server::{
        app::connection::OpenConnection,
        jira::{Credential, JiraClient, Site},
        outbound::{OutboundClient, OutboundPolicy},
        random,
        store::{self, sync_run::SyncRunRow},
        sync::{RequestedRun, Worker, queue::OpenJira, request_run},
    },
};

use crate::harness::{TestApp, TestSandbox};

pub const DEPLOYMENTS: [Deployment; 2] = [Deployment::Cloud, Deployment::DataCenter];

/// A configuration of one Jira project, and a worker for it.
pub struct Bench {
    pub app: TestApp,
    pub sandbox: TestSandbox,
    pub site: SiteHandle,
    pub worker: Worker,
    pub project: String,
    pub person: String,
    pub connection: String,
    pub configuration: String,
    pub version: String,
    pub settings: Settings,
}

/// How many of each kind the mirror holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mirrored {
    pub requirements: i64,
    pub bugs: i64,
    pub gone: i64,
}

pub fn client(sandbox: &Sandbox, site: &SiteHandle) -> JiraClient {
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

/// Opens any connection with this client. `saved_meanwhile`: somebody saves the connection anew between its
/// opening and the first call.
pub fn opening(client: JiraClient, saved_meanwhile: bool) -> OpenJira {
    Arc::new(move |state, connection_id| {
        let client = client.clone();
        Box::pin(async move {
            let mut tx = state.database().write().await?;
            let row = store::connection::find(&mut tx, &connection_id).await?.unwrap();
            if saved_meanwhile {
                assert!(store::connection::update(&mut tx, &row).await?);
                tx.commit().await?;
            }
            Ok(OpenConnection { client, row })
        })
    })
}

fn text(value: &Value, field: &str) -> String {
    value
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Everything of the project: bugs by name, the other types as requirements.
pub fn settings_of(site: &SiteHandle, project_key: &str) -> Settings {
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
        for kind in project.issue_types.iter() {
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
    pub async fn new(app: TestApp, deployment: Deployment) -> Self {
        let sandbox = TestSandbox::start_at("2026-03-11").await;
        let site = sandbox.world().get(deployment).clone();
        Self::with_site(app, sandbox, site, "PAY").await
    }

    pub async fn with_site(app: TestApp, sandbox: TestSandbox, site: SiteHandle, key: &str) -> Self {
        let client = client(&sandbox, &site);
        let worker = Worker::new(app.state.clone()).with_jira(opening(client, false));
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
    pub async fn save_version(&mut self, number: i64) {
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
        let proceeded = "UPDATE configuration SET proceeded_version_id = $1 WHERE id = $2";
        self.app
            .run(proceeded, &[&self.version, &self.configuration])
            .await;
    }

    /// As the Sync button does.
    pub async fn request(&self) -> RequestedRun {
        self.request_by(Trigger::Button).await
    }

    pub async fn request_by(&self, trigger: Trigger) -> RequestedRun {
        let mut tx = self.app.state.database().write().await.unwrap();
        let run = request_run(
            &mut tx,
            &self.configuration,
            &self.version,
            &self.connection,
            trigger,
            Some(&self.person),
            self.app.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        run
    }

    pub async fn work(&self) -> bool {
        self.worker.run_next().await.unwrap()
    }

    pub async fn run(&self, id: &str) -> SyncRunRow {
        let mut tx = self.app.state.database().read().await.unwrap();
        store::sync_run::find(&mut tx, id).await.unwrap().unwrap()
    }

    /// Asks for a run, works, and gives how it ended.
    pub async fn sync(&self) -> (SyncRunRow, SyncCounts) {
        let id = self.request().await.run_id().as_str().to_owned();
        assert!(self.work().await);
        let row = self.run(&id).await;
        let counts = serde_json::from_str(&row.counts).unwrap();
        (row, counts)
    }

    pub async fn sync_well(&self) -> SyncCounts {
        let (row, counts) = self.sync().await;
        assert_eq!((row.state.as_str(), row.error.as_deref()), ("done", None));
        counts
    }

    pub async fn row(&self) -> store::configuration::ConfigurationRow {
        let mut tx = self.app.state.database().read().await.unwrap();
        let row = store::configuration::find(&mut tx, &self.configuration)
            .await
            .unwrap();
        row.unwrap()
    }

    /// Status of the connection.
    pub async fn connection_status(&self) -> String {
        let mut tx = self.app.state.database().read().await.unwrap();
        let row = store::connection::find(&mut tx, &self.connection).await.unwrap();
        row.unwrap().status
    }

    pub async fn status(&self) -> (String, String) {
        let mut tx = self.app.state.database().read().await.unwrap();
        let target = store::sync_run::find_target(&mut tx, &self.configuration)
            .await
            .unwrap()
            .unwrap();
        (target.status, target.status_reason)
    }

    pub async fn mirrored(&self) -> Mirrored {
        let of = [self.configuration.as_str()];
        let there = async |statement| self.app.number(statement, &of).await;
        Mirrored {
            requirements: there("SELECT COUNT(*) FROM issue WHERE configuration_id = $1 AND gone_at IS NULL AND kind = 'requirement'").await,
            bugs: there("SELECT COUNT(*) FROM issue WHERE configuration_id = $1 AND gone_at IS NULL AND kind = 'bug'").await,
            gone: there("SELECT COUNT(*) FROM issue WHERE configuration_id = $1 AND gone_at IS NOT NULL").await,
        }
    }

    pub fn project_id(&self) -> String {
        self.settings.project.as_ref().unwrap().id.clone()
    }

    /// Issues that the world has in the project.
    pub fn expected(&self) -> u64 {
        let project = self.project_id();
        self.site
            .read(|world| world.issues().filter(|issue| issue.project_id == project).count()) as u64
    }

    /// Some keys of the project.
    pub fn keys(&self) -> Vec<String> {
        let project = self.project_id();
        self.site.read(|world| {
            world
                .issues()
                .filter(|issue| issue.project_id == project)
                .map(|issue| issue.key.clone())
                .collect()
        })
    }

    pub fn search_path(&self) -> String {
        match self.site.info.deployment {
            Deployment::Cloud => "/rest/api/3/search/jql".into(),
            Deployment::DataCenter => "/rest/api/2/search".into(),
        }
    }

    /// Searches that were asked so far.
    pub fn searches(&self) -> usize {
        let path = self.search_path();
        self.site
            .list_requests()
            .iter()
            .filter(|request| request.path.contains(&path))
            .count()
    }

    pub fn fault(&self, rule: FaultRule) {
        self.site.add_fault(rule);
    }
}

/// Runs the same check for both dialects; the second gets a project of the same database kind.
macro_rules! on_both_dialects {
    ($(async fn $name:ident($bench:ident) $body:block)*) => {$(
        mod $name {
            use super::*;
            use crate::{harness::TestApp, sync_bench::DEPLOYMENTS};
            async fn check($bench: Bench) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                for deployment in DEPLOYMENTS {
                    $crate::harness::to_its_end(check(Bench::new(TestApp::sqlite().await, deployment).await)).await;
                }
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                for deployment in DEPLOYMENTS {
                    if let Some(app) = TestApp::postgres().await {
                        $crate::harness::to_its_end(check(Bench::new(app, deployment).await)).await;
                    }
                }
            }
        }
    )*};
}
