//! A whole server for one test: fresh database, manual clock, real HTTP on loopback.
//!
//! `on_both! { async fn name(app: TestApp) { .. } }` makes a module `name` with the tests `sqlite` and
//! `postgres`. PostgreSQL is the server named by `TRACELINE_TEST_POSTGRES_URL` (`make test` starts
//! one); each test gets a database of its own there. Without it the tests are skipped with a printed
//! line, unless `CI=true`, where that is a failure.

mod audit;
mod client;
mod process;
mod sandbox;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

pub use audit::{audit_log, newest_entry};
pub use client::{TestClient, TestResponse};
use jiff::Timestamp;
pub use process::{Place, Process};
pub use sandbox::TestSandbox;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use tokio::net::TcpListener;
use traceline::{
    domain::role::{AccountRole, ProjectRole},
    server::{
        auth::session as cookie,
        clock::Clock,
        config::Config,
        http::{self, assets::Assets, serve},
        outbound::OutboundPolicy,
        random,
        secrets::Sealer,
        state::AppState,
        store::{Database, session::NewSession},
    },
};

/// Makes a test for each database.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block) => {
        mod $name {
            use super::*;
            async fn check($app: TestApp) $body
            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::harness::to_its_end(check($crate::harness::TestApp::sqlite().await)).await;
            }
            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(app) = $crate::harness::TestApp::postgres().await {
                    $crate::harness::to_its_end(check(app)).await;
                }
            }
        }
    };
}

/// A folder that goes when the test is over, whatever came of it.
pub fn temp_folder() -> TempDir {
    tempfile::Builder::new()
        .prefix("traceline-test-")
        .tempdir()
        .unwrap()
}

/// When every test begins: a Wednesday afternoon.
pub const START: &str = "2026-03-11T14:00:00Z";

/// A running server.
pub struct TestApp {
    pub state: AppState,
    pub address: SocketAddr,
    /// Deleted with the server.
    folder: Arc<TempDir>,
    serving: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.state.shutdown().cancel();
    }
}

fn configuration(folder: &std::path::Path, database_url: String) -> Config {
    let variables = [
        ("TRACELINE_DATA_DIR".to_owned(), folder.display().to_string()),
        ("DATABASE_URL".to_owned(), database_url),
    ];
    Config::parse("", &variables.into_iter().collect()).unwrap()
}

/// Longest that a test may take before it is said to hang; far more than any needs on a busy machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(8);

/// Runs a test; one that waits for something that never happens fails under its own name.
pub async fn to_its_end(test: impl Future<Output = ()>) {
    tokio::time::timeout(PATIENCE, test)
        .await
        .expect("the test waits for what never happens");
}

impl TestApp {
    pub async fn sqlite() -> Self {
        let folder = temp_folder();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::start(folder, url, |_| {}).await
    }

    pub async fn postgres() -> Option<Self> {
        Self::postgres_with(|_| {}).await
    }

    /// The same as [`TestApp::sqlite_with`] on PostgreSQL.
    pub async fn postgres_with(change: impl FnOnce(&mut OutboundPolicy)) -> Option<Self> {
        let base = postgres_url()?;
        let folder = temp_folder();
        let name = format!("t_{}", random::new_id().replace('-', ""));
        let pool = sqlx::PgPool::connect(&base).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
        let mut url = url::Url::parse(&base).unwrap();
        url.set_path(&name);
        Some(Self::start(folder, url.to_string(), change).await)
    }

    /// A server on SQLite whose outgoing calls follow a policy of the test's (for instance one that
    /// allows the sandbox's addresses).
    pub async fn sqlite_with(change: impl FnOnce(&mut OutboundPolicy)) -> Self {
        let folder = temp_folder();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::start(folder, url, change).await
    }

    async fn start(folder: TempDir, database_url: String, change: impl FnOnce(&mut OutboundPolicy)) -> Self {
        // One provider for the whole process; the second test finds it there.
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let config = configuration(folder.path(), database_url);
        let database = Database::open(&config.database_url).await.unwrap();
        let clock = Clock::manual(START.parse::<Timestamp>().unwrap());
        let sealer = Sealer::load(&config.secret_key, folder.path()).unwrap();
        let mut policy = OutboundPolicy::default();
        change(&mut policy);
        let state = AppState::new(config, database, clock, sealer, policy);
        traceline::server::app::audit::open(&state).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = http::router(state.clone(), Assets::default());
        let shutdown = state.shutdown().clone();
        let serving = tokio::spawn(async move {
            serve::serve(listener, router, &[], serve::Patience::default(), shutdown).await
        });
        Self {
            state,
            address,
            folder: Arc::new(folder),
            serving: Some(serving),
        }
    }

    /// Moves the clock to the machine's time, for what a process of its own is to find.
    pub fn follow_the_machine(&self) {
        self.state.clock().advance(Clock::System.now_ms() - self.now());
    }

    /// Ends this server and gives its data to a process.
    pub async fn hand_over(mut self) -> Place {
        self.state.shutdown().cancel();
        self.serving.take().unwrap().await.unwrap().unwrap();
        self.state.database().close().await;
        self.place()
    }

    /// Where a process beside this server finds its data.
    pub fn place(&self) -> Place {
        Place {
            folder: Arc::clone(&self.folder),
            database_url: Some(self.state.config().database_url.expose_secret().to_owned()),
        }
    }

    pub fn now(&self) -> i64 {
        self.state.clock().now_ms()
    }

    /// A browser nobody is signed in with.
    pub fn anonymous(&self) -> TestClient {
        TestClient::new(self.address, None)
    }

    /// Makes an active person; gives the id.
    pub async fn person(&self, name: &str, role: AccountRole) -> String {
        let id = random::new_id();
        let email = format!("{}@example.test", name.to_lowercase().replace(' ', "."));
        let mut tx = self.state.database().write().await.unwrap();
        let statement =
            "INSERT INTO person (id, email, email_key, name, account_role, state, created_at, updated_at)
             VALUES ($1, $2, $2, $3, $4, 'active', $5, $5)";
        let role = role.code();
        let now = self.now();
        match &mut tx {
            traceline::server::store::Tx::Sqlite(tx) => {
                sqlx::query(statement)
                    .bind(&id)
                    .bind(&email)
                    .bind(name)
                    .bind(role)
                    .bind(now)
                    .execute(&mut **tx)
                    .await
                    .unwrap();
            }
            traceline::server::store::Tx::Postgres(tx) => {
                sqlx::query(statement)
                    .bind(&id)
                    .bind(&email)
                    .bind(name)
                    .bind(role)
                    .bind(now)
                    .execute(&mut **tx)
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();
        id
    }

    /// Makes a project; gives the id.
    pub async fn project(&self, name: &str, creator: &str) -> String {
        let id = random::new_id();
        self.run(
            "INSERT INTO project (id, name, name_key, created_at, created_by) VALUES ($1, $2, $3, 0, $4)",
            &[&id, name, &name.to_lowercase(), creator],
        )
        .await;
        id
    }

    /// Gives a person a role in a project.
    pub async fn join(&self, project: &str, person: &str, role: ProjectRole) {
        self.run(
            "INSERT INTO project_member (project_id, person_id, role, added_at) VALUES ($1, $2, $3, 0)",
            &[project, person, role.code()],
        )
        .await;
    }

    /// Runs a statement whose arguments are all text.
    pub async fn run(&self, statement: &'static str, arguments: &[&str]) {
        let mut tx = self.state.database().write().await.unwrap();
        match &mut tx {
            traceline::server::store::Tx::Sqlite(tx) => {
                let mut query = sqlx::query(statement);
                for argument in arguments {
                    query = query.bind((*argument).to_owned());
                }
                query.execute(&mut **tx).await.unwrap();
            }
            traceline::server::store::Tx::Postgres(tx) => {
                let mut query = sqlx::query(statement);
                for argument in arguments {
                    query = query.bind((*argument).to_owned());
                }
                query.execute(&mut **tx).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    /// The number that a statement gives whose arguments are all text.
    pub async fn number(&self, statement: &'static str, arguments: &[&str]) -> i64 {
        let mut tx = self.state.database().read().await.unwrap();
        match &mut tx {
            traceline::server::store::Tx::Sqlite(tx) => {
                let mut query = sqlx::query_scalar(statement);
                for argument in arguments {
                    query = query.bind((*argument).to_owned());
                }
                query.fetch_one(&mut **tx).await.unwrap()
            }
            traceline::server::store::Tx::Postgres(tx) => {
                let mut query = sqlx::query_scalar(statement);
                for argument in arguments {
                    query = query.bind((*argument).to_owned());
                }
                query.fetch_one(&mut **tx).await.unwrap()
            }
        }
    }

    /// A browser signed in as a person.
    pub async fn browser_of(&self, person: &str) -> TestClient {
        let token = random::token();
        let mut tx = self.state.database().write().await.unwrap();
        let session = NewSession {
            token_hash: &random::hash_token(&token),
            id: &random::new_id(),
            person_id: person,
            address: "127.0.0.1",
            agent: "test",
            now: self.now(),
        };
        traceline::server::store::session::insert(&mut tx, &session)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        TestClient::new(self.address, Some(format!("{}={token}", cookie::PLAIN_NAME)))
    }
}

/// The PostgreSQL server for tests; `None` prints a skip, in CI its absence is a failure.
#[expect(clippy::disallowed_methods, reason = "tests are told their servers by the environment")]
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("TRACELINE_TEST_POSTGRES_URL").ok();
    if url.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TRACELINE_TEST_POSTGRES_URL is not set: run the tests with make test"
        );
        println!("skipped: no PostgreSQL (TRACELINE_TEST_POSTGRES_URL is not set)");
    }
    url
}

/// The folder of recorded Jira answers; `None` prints a skip, in CI its absence is a failure.
#[expect(clippy::disallowed_methods, reason = "tests are told their folders by the environment")]
pub fn recorded_dir() -> Option<PathBuf> {
    let folder = std::env::var("TRACELINE_RECORDED_DIR").ok().map(PathBuf::from);
    if folder.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "TRACELINE_RECORDED_DIR is not set: run the tests with .ci/run"
        );
        println!("skipped: no recorded answers (TRACELINE_RECORDED_DIR is not set)");
    }
    folder
}
