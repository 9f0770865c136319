//! Attacks, each as a test against a whole server: what strangers and insiders try to read, to change, to reach
//! or to break. `docs/attacks.md` says which attack is held by which test, here and elsewhere.

mod canary;
mod fields;
mod ids;
mod injection;
mod log_lines;
mod outgoing;
mod page_roles;
mod protocol;
mod targets;

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;
use traceline::server::store::{Database, Tx};

use crate::{
    endpoint_roles::{Row, World},
    harness::TestApp,
};

/// All rows of all tables as text, by table.
pub async fn dump(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    dump_of(app.state.database()).await
}

async fn dump_of(database: &Database) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    let mut tx = database.read().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => {
            let tables: Vec<String> =
                sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
                    .fetch_all(&mut **tx)
                    .await
                    .unwrap();
            for table in tables {
                let columns: Vec<String> =
                    sqlx::query_scalar("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info($1)")
                        .bind(&table)
                        .fetch_all(&mut **tx)
                        .await
                        .unwrap();
                let text = format!("SELECT {} FROM \"{table}\"", columns.join(" || ',' || "));
                let rows = sqlx::query_scalar(AssertSqlSafe(text))
                    .fetch_all(&mut **tx)
                    .await
                    .unwrap();
                all.insert(table, rows);
            }
        }
        Tx::Postgres(tx) => {
            let tables: Vec<String> =
                sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
                    .fetch_all(&mut **tx)
                    .await
                    .unwrap();
            for table in tables {
                let text = format!("SELECT t::text FROM \"{table}\" t");
                let rows = sqlx::query_scalar(AssertSqlSafe(text))
                    .fetch_all(&mut **tx)
                    .await
                    .unwrap();
                all.insert(table, rows);
            }
        }
    }
    assert!(all.len() > 15, "the tables are found: {:?}", all.keys());
    for rows in all.values_mut() {
        rows.sort();
    }
    all
}

/// What an attack must not change: everything but when sessions were used, refused forms that are shown again, and
/// what is told about it all.
pub async fn substance(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut all = dump(app).await;
    all.retain(|table, _| {
        !["session", "form_failure"].contains(&table.as_str()) && !table.starts_with("audit")
    });
    all
}

/// The fields of a row with the ids of its world.
fn fill<'a>(row: &'a Row, world: &'a World) -> Vec<(&'a str, &'a str)> {
    row.fields
        .iter()
        .map(|(name, value)| (*name, world.id_of(value)))
        .collect()
}
