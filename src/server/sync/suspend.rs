//! The one place where everything that runs by itself for a connection stops, and where it begins again.
//!
//! Disconnecting stops it, reconnecting begins it. Whatever else is to run by itself has to join here.

use crate::{
    domain::sync_status::Trigger,
    server::{
        error::Result,
        store::{self, Tx, connection_switch::list_linked},
        sync::request::{cancel_run, request_run},
    },
};

/// What a run says that ended with its connection.
pub const DISCONNECTED: &str =
    "The connection was disconnected. What was read so far is kept; reconnecting syncs again.";

/// Ends the runs on their way through a connection, those that wait at once and those that run as soon as they are
/// told; gives their configurations. In the transaction that disconnects.
///
/// # Errors
/// As the store.
pub async fn suspend(tx: &mut Tx, connection_id: &str, now: i64) -> Result<Vec<String>> {
    let mut linked = list_linked(tx, connection_id).await?;
    // Everybody who locks several takes them in this order.
    linked.sort_by(|one, other| one.configuration_id.cmp(&other.configuration_id));
    let mut ended = Vec::new();
    for row in linked {
        let id = row.configuration_id;
        // Before the run is looked at: one that begins to wait at this moment is seen waiting.
        store::configuration::lock(tx, &id).await?;
        if let Some(run) = store::sync_run::find_current(tx, &id).await? {
            cancel_run(tx, &run, Some(DISCONNECTED), now).await?;
            ended.push(id);
        }
    }
    Ok(ended)
}

/// Asks for a run of everything that is in force through a connection, to catch up on what was missed; gives the
/// configurations. In the transaction that reconnects.
///
/// # Errors
/// As the store.
pub async fn resume(
    tx: &mut Tx,
    connection_id: &str,
    person_id: Option<&str>,
    now: i64,
) -> Result<Vec<String>> {
    let mut linked = list_linked(tx, connection_id).await?;
    linked.sort_by(|one, other| one.configuration_id.cmp(&other.configuration_id));
    let mut begun = Vec::new();
    for row in linked {
        let (id, Some(version)) = (row.configuration_id, row.proceeded_version_id) else {
            continue;
        };
        request_run(
            tx,
            &id,
            &version,
            connection_id,
            Trigger::Reconnect,
            person_id,
            now,
        )
        .await?;
        begun.push(id);
    }
    Ok(begun)
}
