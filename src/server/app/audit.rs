//! Entries of the audit log for what people do; all of `app` writes them through these two.

use crate::server::{
    auth::Viewer,
    error::Result,
    http::context::RequestContext,
    state::AppState,
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

/// Adds an entry about a person in their own name while they have no session yet: signing in, joining.
/// `person` is id and name.
///
/// # Errors
/// When the database does not answer.
pub async fn record_own(
    tx: &mut Tx,
    state: &AppState,
    request: &RequestContext,
    person: (&str, &str),
    action: &str,
    detail: &str,
) -> Result<()> {
    let entry = AuditEntry {
        at: state.clock().now_ms(),
        person_id: Some(person.0),
        person_name: person.1,
        address: &request.address,
        action,
        object: "person",
        object_id: person.0,
        detail,
    };
    Ok(audit::insert(tx, entry).await?)
}
