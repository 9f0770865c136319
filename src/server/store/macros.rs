//! Short macros that run one SQL text on whichever database the transaction belongs to.
//!
//! `$1`, `$2`, ... stand for the arguments in order. The arguments are written once and evaluated
//! once. All of them give `Result<_, StoreError>`.

/// All rows as `Vec<$row>`.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::server::store::Tx::Sqlite(tx) =>
                sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
            $crate::server::store::Tx::Postgres(tx) =>
                sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await,
        }
        .map_err($crate::server::store::StoreError::from)
    };
}

/// The first row, if there is one, as `Option<$row>`.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::server::store::Tx::Sqlite(tx) =>
                sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
            $crate::server::store::Tx::Postgres(tx) =>
                sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await,
        }
        .map_err($crate::server::store::StoreError::from)
    };
}

/// Exactly one row; none is an error. For counts and for `RETURNING`.
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::server::store::Tx::Sqlite(tx) =>
                sqlx::query_as::<sqlx::Sqlite, $row>($sql)$(.bind($bind))*.fetch_one(&mut **tx).await,
            $crate::server::store::Tx::Postgres(tx) =>
                sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.fetch_one(&mut **tx).await,
        }
        .map_err($crate::server::store::StoreError::from)
    };
}

/// Runs a statement; gives the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::server::store::Tx::Sqlite(tx) =>
                sqlx::query::<sqlx::Sqlite>($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::server::store::Tx::Postgres(tx) =>
                sqlx::query::<sqlx::Postgres>($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::server::store::StoreError::from)
    };
}
