//! What can go wrong in the store, told apart by what the caller can do about it.

/// An error of the store. Absence is never one: lookups give `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique rule refused the row; the caller knows which field that is.
    #[error("a row with the same value exists")]
    AlreadyExists,
    /// What the row belongs to is gone: somebody deleted it at this moment.
    #[error("what the row belongs to is gone")]
    OwnerGone,
    /// The database is busy with another writer; trying again helps.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached or has no room.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A stored value has a shape this program never writes.
    #[error("{table}.{column} holds a value that cannot be read: {problem}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// An entry of the audit log was to be written before its key was opened: a mistake in this program.
    #[error("the audit log is not open")]
    LogNotOpen,
    /// Anything else: a mistake in this program.
    #[error("a statement failed")]
    Failed(#[source] sqlx::Error),
}

impl StoreError {
    /// For values that are parsed after reading.
    pub fn inconsistent(table: &'static str, column: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Inconsistent {
            table,
            column,
            problem: problem.to_string(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                if database.is_unique_violation() {
                    return Self::AlreadyExists;
                }
                if database.is_foreign_key_violation() {
                    return Self::OwnerGone;
                }
                // SQLite: 5 busy, 6 locked, 13 full (extended codes keep the low byte). PostgreSQL:
                // 40001/40P01 serialisation and deadlock, 53xxx resources, 57P0x shutting down.
                let code = database.code().unwrap_or_default().into_owned();
                if let Ok(number) = code.parse::<u32>()
                    && code.len() < 5
                {
                    match number & 0xff {
                        5 | 6 => return Self::Busy,
                        10 | 13 | 14 => return Self::Unavailable(error),
                        _ => {}
                    }
                }
                match code.as_str() {
                    "40001" | "40P01" | "55P03" => Self::Busy,
                    code if code.starts_with("53") || code.starts_with("57P") || code.starts_with("08") => {
                        Self::Unavailable(error)
                    }
                    _ => Self::Failed(error),
                }
            }
            // Where no connection could be opened at all, `database` knows better.
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Io(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Failed(error),
        }
    }
}
