//! What stands in the audit log: the product writes it; so far only its tests read it.

use traceline::server::store::Tx;

use super::TestApp;

/// An entry.
#[derive(Debug, sqlx::FromRow)]
#[expect(dead_code, reason = "all of an entry is printed and searched for secrets")]
pub struct AuditRow {
    pub id: String,
    pub at: i64,
    pub person_id: Option<String>,
    pub person_name: String,
    pub address: String,
    pub action: String,
    pub object: String,
    pub object_id: String,
    pub detail: String,
}

/// All entries, newest first.
pub async fn audit_log(app: &TestApp) -> Vec<AuditRow> {
    let statement = "SELECT * FROM audit_entry ORDER BY id DESC";
    let mut tx = app.state.database().read().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => sqlx::query_as(statement).fetch_all(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_as(statement).fetch_all(&mut **tx).await.unwrap(),
    }
}

/// Person, action and detail of the newest entry.
pub async fn newest_entry(app: &TestApp) -> (String, String, String) {
    let entry = audit_log(app).await.remove(0);
    (entry.person_name, entry.action, entry.detail)
}
