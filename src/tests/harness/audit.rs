//! What stands in the audit log.

use traceline::server::store::audit::{self, AuditFilter, AuditRow};

use super::TestApp;

/// All entries, newest first.
pub async fn audit_log(app: &TestApp) -> Vec<AuditRow> {
    let mut tx = app.state.database().read().await.unwrap();
    audit::list(&mut tx, &AuditFilter::default(), i64::MAX, i64::MAX)
        .await
        .unwrap()
}

/// Person, action and detail of the newest entry.
pub async fn newest_entry(app: &TestApp) -> (String, String, String) {
    let entry = audit_log(app).await.remove(0);
    (entry.person_name, entry.action, entry.detail)
}
