//! Opening a database: pools, migrations and, for SQLite, the lock that keeps a second process out.
//!
//! SQLite gets one writing connection and a few reading ones over a write-ahead log; commits survive
//! a loss of power (`synchronous = FULL`). The lock file is held as long as this value lives, because
//! sqlx's own migration lock does nothing on SQLite and two processes would race.

use std::{
    fs::File,
    ops::{Deref, DerefMut},
    path::PathBuf,
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection,
    SqlitePool, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::sync::Mutex;

use crate::server::{
    private_file,
    store::{
        StoreError, audit,
        audit_chain::{ChainKey, ChainSlot, Journal},
    },
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a server that does not give a connection is waited for before it is said to be away.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// How long that holds for everybody else.
const ANSWER_LIFE: Duration = Duration::from_secs(1);

/// Why the database cannot be opened at start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the file.
    #[error(
        "another Traceline process is using {path}. Only one process may use a SQLite file: stop the other one, or give several nodes a PostgreSQL database (DATABASE_URL=postgres://...)"
    )]
    InUse {
        /// The database file.
        path: String,
    },
    /// Folder or file cannot be made.
    #[error("{path} cannot be opened: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The address cannot be read; it may hold a password, so it is not repeated.
    #[error("DATABASE_URL cannot be read")]
    Address,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Connect(#[source] sqlx::Error),
    /// The program beside the server has other migrations than the database.
    #[error(
        "the database was last brought up to date by another version of Traceline, or never: use the program that the server runs, after its first start"
    )]
    OtherVersion,
    /// A migration failed, or the database is newer than this program.
    #[error("the database cannot be brought up to date: {0}. Nothing was changed by the step that failed")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

/// The open database; cheap to clone.
#[derive(Clone, Debug)]
pub enum Database {
    /// One file.
    Sqlite {
        /// Any number of readers.
        read: SqlitePool,
        /// The one writer.
        write: SqlitePool,
        /// Held until the last clone is gone; absent for a reader beside a running server.
        lock: Option<Arc<File>>,
        /// The key for new entries of the audit log.
        chain: ChainSlot,
    },
    /// A server.
    Postgres(PgDatabase),
}

/// A transaction on either database.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(SqliteTx),
    /// On PostgreSQL.
    Postgres(PgTx),
}

/// A PostgreSQL server. The pool alone cannot tell a server that is away from one whose connections are all in use:
/// after refused connections it has waited just as long. So the server itself is asked then.
#[derive(Clone, Debug)]
pub struct PgDatabase {
    pool: PgPool,
    /// When the server was asked whether it is there, and what came out.
    asked: Arc<Mutex<Option<(Instant, bool)>>>,
    chain: ChainSlot,
}

/// A transaction of SQLite.
#[derive(Debug)]
pub struct SqliteTx {
    tx: Transaction<'static, Sqlite>,
    journal: Journal,
}

/// A transaction of PostgreSQL.
#[derive(Debug)]
pub struct PgTx {
    tx: Transaction<'static, Postgres>,
    journal: Journal,
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.tx
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }
}

impl Deref for PgTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.tx
    }
}

impl DerefMut for PgTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}

impl PgDatabase {
    /// Over a pool that nobody else uses.
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            asked: Arc::default(),
            chain: ChainSlot::default(),
        }
    }

    /// Begins on a task of its own. A request that goes away (a closed tab, a page that renders twice)
    /// while `BEGIN` is on its way would else give the connection back inside an open transaction, and
    /// the next one to write on it would find it read-only.
    async fn begin_uncancelled(&self, statement: &'static str) -> Result<Tx, StoreError> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(statement).await });
        match begun.await.map_err(|_| sqlx::Error::WorkerCrashed)? {
            Ok(tx) => Ok(Tx::Postgres(PgTx {
                tx,
                journal: Journal::new(&self.chain),
            })),
            Err(error @ sqlx::Error::PoolTimedOut) if !self.is_there().await => {
                Err(StoreError::Unavailable(error))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the server answers outside the pool, also if with the word that it has too much to do. Who asks
    /// together gets one answer.
    async fn is_there(&self) -> bool {
        let mut asked = self.asked.lock().await;
        if let Some((at, there)) = *asked
            && at.elapsed() < ANSWER_LIFE
        {
            return there;
        }
        let connect = self.pool.connect_options();
        let answer = tokio::time::timeout(ANSWER_WITHIN, connect.connect()).await;
        let there = match answer {
            Ok(Ok(connection)) => {
                drop(connection.close().await);
                true
            }
            Ok(Err(error)) => matches!(error, sqlx::Error::Database(_)),
            Err(_) => false,
        };
        *asked = Some((Instant::now(), there));
        there
    }
}

/// The file that an address of SQLite names.
fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

fn postgres_options(url: &str) -> Result<PgConnectOptions, OpenError> {
    Ok(PgConnectOptions::from_str(url)
        .map_err(|_| OpenError::Address)?
        .application_name("traceline"))
}

impl Database {
    /// Opens the database and brings it up to date.
    ///
    /// # Errors
    /// See [`OpenError`]; each says what to do.
    pub async fn open(url: &SecretString) -> Result<Self, OpenError> {
        let url = url.expose_secret();
        if let Some(path) = sqlite_path(url) {
            return Self::open_sqlite(path).await;
        }
        let options = postgres_options(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(OpenError::Connect)?;
        POSTGRES.run(&pool).await.map_err(OpenError::Migrate)?;
        Ok(Self::Postgres(PgDatabase::new(pool)))
    }

    async fn open_sqlite(path: PathBuf) -> Result<Self, OpenError> {
        let failed = |source| OpenError::File {
            path: path.display().to_string(),
            source,
        };
        if let Some(folder) = path.parent() {
            private_file::create_folder(folder).map_err(failed)?;
        }
        // Beside the whole name: two databases that differ in their ending alone are two.
        let mut lock_path = path.clone().into_os_string();
        lock_path.push(".lock");
        let lock_path = PathBuf::from(lock_path);
        let lock = private_file::open(&lock_path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(OpenError::InUse {
                    path: path.display().to_string(),
                });
            }
            Err(std::fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
        // The files that SQLite puts beside it get the mode of the database.
        private_file::open(&path).map_err(failed)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options.clone())
            .await
            .map_err(OpenError::Connect)?;
        SQLITE.run(&write).await.map_err(OpenError::Migrate)?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options.read_only(true))
            .await
            .map_err(OpenError::Connect)?;
        Ok(Self::Sqlite {
            read,
            write,
            lock: Some(Arc::new(lock)),
            chain: ChainSlot::default(),
        })
    }

    /// Opens a database to read from alone, beside a server that may be running on it: no lock is taken and no
    /// migration is made. [`Database::write`] fails on SQLite.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_to_read(url: &SecretString) -> Result<Self, OpenError> {
        let text = url.expose_secret();
        let Some(path) = sqlite_path(text) else {
            let options = postgres_options(text)?.options([("default_transaction_read_only", "on")]);
            let pool = PgPoolOptions::new()
                .max_connections(2)
                .acquire_timeout(BUSY_TIMEOUT)
                .connect_with(options)
                .await
                .map_err(OpenError::Connect)?;
            return Ok(Self::Postgres(PgDatabase::new(pool)));
        };
        if !path.is_file() {
            return Err(OpenError::File {
                path: path.display().to_string(),
                source: std::io::ErrorKind::NotFound.into(),
            });
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .busy_timeout(BUSY_TIMEOUT)
            .read_only(true);
        let read = SqlitePoolOptions::new()
            .max_connections(2)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(OpenError::Connect)?;
        Ok(Self::Sqlite {
            write: read.clone(),
            read,
            lock: None,
            chain: ChainSlot::default(),
        })
    }

    /// Opens a database to write to in short transactions, beside a server that may be running on it: no lock is
    /// taken and no migration is made.
    ///
    /// # Errors
    /// See [`OpenError`]; also when the database has other migrations than this program.
    pub async fn open_beside(url: &SecretString) -> Result<Self, OpenError> {
        let text = url.expose_secret();
        let Some(path) = sqlite_path(text) else {
            let pool = PgPoolOptions::new()
                .max_connections(2)
                .acquire_timeout(BUSY_TIMEOUT)
                .connect_with(postgres_options(text)?)
                .await
                .map_err(OpenError::Connect)?;
            let database = Self::Postgres(PgDatabase::new(pool));
            database.check_version(&POSTGRES).await?;
            return Ok(database);
        };
        if !path.is_file() {
            return Err(OpenError::File {
                path: path.display().to_string(),
                source: std::io::ErrorKind::NotFound.into(),
            });
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = |size, options| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(BUSY_TIMEOUT)
                .connect_with(options)
        };
        let database = Self::Sqlite {
            write: pool(1, options.clone()).await.map_err(OpenError::Connect)?,
            read: pool(2, options.read_only(true))
                .await
                .map_err(OpenError::Connect)?,
            lock: None,
            chain: ChainSlot::default(),
        };
        database.check_version(&SQLITE).await?;
        Ok(database)
    }

    async fn check_version(&self, migrator: &Migrator) -> Result<(), OpenError> {
        let read = async {
            let mut tx = self.read().await?;
            fetch_all!(
                &mut tx,
                (i64,),
                "SELECT version FROM _sqlx_migrations ORDER BY version"
            )
        };
        let made = read.await.map_err(|_| OpenError::OtherVersion)?;
        if made
            .into_iter()
            .map(|(version,)| version)
            .eq(migrator.iter().map(|one| one.version))
        {
            Ok(())
        } else {
            Err(OpenError::OtherVersion)
        }
    }

    /// Sets the key for new entries of the audit log; the first one stays. Entries cannot be written before.
    pub fn set_chain_key(&self, key: ChainKey) {
        let slot = match self {
            Self::Sqlite { chain, .. } => chain,
            Self::Postgres(server) => &server.chain,
        };
        // A second one has the same right to be there, and the first may have been used already.
        let _kept = slot.set(key);
    }

    /// Begins a snapshot to read from.
    ///
    /// # Errors
    /// Busy or not available.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { read, chain, .. } => Tx::Sqlite(SqliteTx {
                tx: read.begin().await?,
                journal: Journal::new(chain),
            }),
            Self::Postgres(server) => {
                server
                    .begin_uncancelled("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?
            }
        })
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// Busy or not available.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { write, chain, .. } => Tx::Sqlite(SqliteTx {
                tx: write.begin_with("BEGIN IMMEDIATE").await?,
                journal: Journal::new(chain),
            }),
            Self::Postgres(server) => server.begin_uncancelled("BEGIN").await?,
        })
    }

    /// Whether the database answers at all.
    ///
    /// # Errors
    /// Busy or not available.
    pub async fn check(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let (_one,): (i64,) = fetch_one!(&mut tx, (i64,), "SELECT CAST(1 AS BIGINT)")?;
        Ok(())
    }

    /// Closes the pools; waits for what is running.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(server) => server.pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything done in this transaction last, after its entries of the audit log are written.
    ///
    /// # Errors
    /// When the database refuses; nothing is kept then.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let entries = std::mem::take(&mut self.journal_mut().entries);
        if !entries.is_empty() {
            let key = self.journal_mut().chain.get().cloned();
            let key = key.ok_or(StoreError::LogNotOpen)?;
            audit::append(&mut self, &key, entries).await?;
        }
        match self {
            Self::Sqlite(open) => open.tx.commit().await?,
            Self::Postgres(open) => open.tx.commit().await?,
        }
        Ok(())
    }

    pub(super) fn journal_mut(&mut self) -> &mut Journal {
        match self {
            Self::Sqlite(open) => &mut open.journal,
            Self::Postgres(open) => &mut open.journal,
        }
    }

    /// Whether this is PostgreSQL, for the few statements of [`super::dialect`].
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_refuses_connections_is_away_and_not_busy() {
        let refused = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = refused.local_addr().expect("an address").port();
        drop(refused);
        let options = PgConnectOptions::new()
            .host("127.0.0.1")
            .port(port)
            .username("app");
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .acquire_timeout(Duration::from_millis(200))
            .connect_lazy_with(options);
        let database = Database::Postgres(PgDatabase::new(pool));
        let (read, write) = tokio::join!(database.read(), database.write());
        assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
        assert!(matches!(write, Err(StoreError::Unavailable(_))), "{write:?}");
    }
}
