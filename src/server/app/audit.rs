//! The audit log: entries for what people do, written by all of `app`; opening the chain at start; the page and
//! its export for those who may read it.

use crate::{
    domain::audit::AuditAction,
    server::{
        auth::Viewer,
        error::Result,
        random,
        request::RequestContext,
        secrets::{Place, Sealer, SecretError},
        state::AppState,
        store::{
            Database, Tx,
            audit::{self, AuditEntry, AuditHead, AuditKeyRow},
            audit_chain::{Break, ChainKey, Verifier},
        },
    },
};

/// Entries that are verified at a time.
const BATCH: i64 = 2_000;
/// Entries outside the chain that are named.
const UNCHAINED: i64 = 1_000;

/// Adds an entry in the name of the viewer; it is written when the transaction is committed. `detail` never
/// holds a secret.
pub fn record(tx: &mut Tx, viewer: &Viewer, action: AuditAction, object_id: &str, detail: &str) {
    record_about(tx, viewer, "", action, object_id, detail);
}

/// The same about something that belongs to a connection.
pub fn record_about(
    tx: &mut Tx,
    viewer: &Viewer,
    connection_id: &str,
    action: AuditAction,
    object_id: &str,
    detail: &str,
) {
    let entry = AuditEntry {
        at: viewer.state().clock().now_ms(),
        person_id: Some(viewer.person_id().as_str().to_owned()),
        person_name: viewer.name().to_owned(),
        address: viewer.request().address.clone(),
        action,
        object_id: object_id.to_owned(),
        connection_id: connection_id.to_owned(),
        detail: detail.to_owned(),
    };
    audit::add(tx, entry);
}

/// Adds an entry about a person in their own name while they have no session: signing in, joining. `person` is
/// id and name; absent for a stranger.
pub fn record_own(
    tx: &mut Tx,
    state: &AppState,
    request: &RequestContext,
    person: Option<(&str, &str)>,
    action: AuditAction,
    detail: &str,
) {
    let entry = AuditEntry {
        at: state.clock().now_ms(),
        person_id: person.map(|(id, _)| id.to_owned()),
        person_name: person.map_or("Somebody", |(_, name)| name).to_owned(),
        address: request.address.clone(),
        action,
        object_id: person.map_or("", |(id, _)| id).to_owned(),
        connection_id: String::new(),
        detail: detail.to_owned(),
    };
    audit::add(tx, entry);
}

fn open_key(sealer: &Sealer, row: &AuditKeyRow) -> std::result::Result<ChainKey, SecretError> {
    use secrecy::ExposeSecret;
    let secret = sealer.open(&Place::of_audit_key(&row.id), &row.sealed)?;
    Ok(ChainKey::new(row.id.clone(), secret.expose_secret().as_bytes()))
}

/// Opens the log for writing: with the newest key that opens, else with a new one. Entries from before the chain
/// are put into it once.
///
/// # Errors
/// When the database does not answer.
pub async fn open(state: &AppState) -> Result<()> {
    let (database, sealer) = (state.database(), state.sealer());
    let mut tx = database.write().await?;
    let rows = audit::list_keys(&mut tx).await?;
    let opened = rows.iter().rev().find_map(|row| open_key(sealer, row).ok());
    let key = match opened {
        Some(key) => key,
        None => {
            if !rows.is_empty() {
                tracing::warn!(
                    "the key of the audit log does not open with this server's secret key: a new one is made, and entries from before cannot be verified without the old secret key"
                );
            }
            let row = new_key(sealer);
            audit::insert_key(&mut tx, &row, state.clock().now_ms()).await?;
            open_key(sealer, &row)?
        }
    };
    let adopted = audit::adopt_unchained(&mut tx, &key).await?;
    tx.commit().await?;
    if adopted > 0 {
        tracing::info!(entries = adopted, "the audit log is a chain from now on");
    }
    database.set_chain_key(key);
    Ok(())
}

/// Opens the log for writing beside a running server: no key is made.
///
/// # Errors
/// When no key of the log opens, or the database does not answer.
pub async fn open_existing(database: &Database, sealer: &Sealer) -> Result<()> {
    let mut tx = database.read().await?;
    let rows = audit::list_keys(&mut tx).await?;
    drop(tx);
    let opened = rows.iter().rev().map(|row| open_key(sealer, row));
    match opened.reduce(std::result::Result::or) {
        Some(key) => database.set_chain_key(key?),
        None => return Err(SecretError::DoesNotOpen.into()),
    }
    Ok(())
}

fn new_key(sealer: &Sealer) -> AuditKeyRow {
    let id = random::new_id();
    let sealed = sealer.seal(
        &Place::of_audit_key(&id),
        &secrecy::SecretString::from(random::token()),
    );
    AuditKeyRow { id, sealed }
}

/// What verifying the log found.
#[derive(Debug)]
pub struct Verified {
    /// What is not as it was written; empty for an unbroken log.
    pub breaks: Vec<Break>,
    /// The end of the log; number 0 for an empty one.
    pub head: AuditHead,
}

/// Verifies the whole log, a batch at a time in one snapshot. `noted` is an end of the log that was written down
/// earlier.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(database: &Database, sealer: &Sealer, noted: Option<AuditHead>) -> Result<Verified> {
    let mut tx = database.read().await?;
    let keys = audit::list_keys(&mut tx).await?;
    let mut verifier = Verifier::new(keys.iter().filter_map(|row| open_key(sealer, row).ok()), noted);
    loop {
        let rows = audit::list_from(&mut tx, verifier.last(), BATCH).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            verifier.look(row);
        }
    }
    for id in audit::list_unchained(&mut tx, UNCHAINED).await? {
        verifier.name_unchained(id);
    }
    let (breaks, head) = verifier.finish();
    Ok(Verified { breaks, head })
}
