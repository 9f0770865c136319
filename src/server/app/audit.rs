//! Entries of the audit log for what a signed-in person does.

use crate::server::{
    auth::Viewer,
    error::Result,
    store::{
        Tx,
        audit::{self, AuditEntry},
    },
};

/// Adds an entry in the name of the viewer, in the transaction of the change. `action` is noun and
/// verb (`project.created`); `detail` never holds a secret.
///
/// # Errors
/// When the database does not answer.
pub async fn record(
    tx: &mut Tx,
    viewer: &Viewer,
    action: &str,
    object: &str,
    object_id: &str,
    detail: &str,
) -> Result<()> {
    let entry = AuditEntry {
        at: viewer.state().clock().now_ms(),
        person_id: Some(viewer.person_id().as_str()),
        person_name: viewer.name(),
        address: &viewer.request().address,
        action,
        object,
        object_id,
        detail,
    };
    Ok(audit::insert(tx, entry).await?)
}
