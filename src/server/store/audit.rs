//! The audit log: who did what, when, from where. Rows are added and never changed, which triggers of the
//! database enforce, and each names the one before it ([`super::audit_chain`]).
//!
//! Entries are kept in the transaction of the change and written when it is committed, as its last statements:
//! neither exists without the other, numbers have no gaps, and the order of the log is the order of the commits.
//! On PostgreSQL writers of the log wait for each other from there to the end of their commit, and since nothing
//! is locked after it, never in a circle. `detail` is a short text for people; a secret appears there only as
//! "changed".

use crate::{
    domain::audit::AuditAction,
    server::{
        random,
        store::{StoreError, Tx, audit_chain::ChainKey, dialect},
    },
};

/// What happened.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// When, UTC milliseconds.
    pub at: i64,
    /// Who; nobody for what the server does by itself.
    pub person_id: Option<String>,
    /// Their name then; `Traceline` for the server.
    pub person_name: String,
    /// Network address the request came from; empty for the server.
    pub address: String,
    /// What.
    pub action: AuditAction,
    /// Id of what it was done to.
    pub object_id: String,
    /// The connection it concerns; empty for none.
    pub connection_id: String,
    /// What changed, in words, without secrets.
    pub detail: String,
}

/// An entry as stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// Place in the chain, from 1 without gaps; absent before the chain was begun.
    pub seq: Option<i64>,
    /// Id.
    pub id: String,
    /// When, UTC milliseconds.
    pub at: i64,
    /// Who.
    pub person_id: Option<String>,
    /// Their name then.
    pub person_name: String,
    /// Network address.
    pub address: String,
    /// Noun and verb.
    pub action: String,
    /// Kind of the thing.
    pub object: String,
    /// Its id.
    pub object_id: String,
    /// The connection it concerns; empty for none.
    pub connection_id: String,
    /// What changed.
    pub detail: String,
    /// Which key authenticates it.
    pub key_id: String,
    /// The authentication code of the entry before it.
    pub previous: String,
    /// Its own.
    pub mac: String,
}

/// The end of the log: number and authentication code of its newest entry.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditHead {
    /// Number.
    pub seq: i64,
    /// Authentication code, 64 hexadecimal digits.
    pub mac: String,
}

/// A sealed key of the chain.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AuditKeyRow {
    /// Id, part of its place for the sealer.
    pub id: String,
    /// The key, sealed.
    pub sealed: Vec<u8>,
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this person; empty for everybody.
    pub person_id: String,
    /// About this connection; empty for all.
    pub connection_id: String,
    /// Of this action; empty for all.
    pub action: String,
    /// At or after this moment, UTC milliseconds.
    pub from: Option<i64>,
    /// Before this moment, UTC milliseconds.
    pub until: Option<i64>,
}

/// Keeps an entry for the commit of the transaction.
pub fn add(tx: &mut Tx, entry: AuditEntry) {
    tx.journal_mut().push(entry);
}

/// Writes entries to the end of the chain; the commit does this.
///
/// # Errors
/// As every store function.
pub(super) async fn append(tx: &mut Tx, key: &ChainKey, entries: Vec<AuditEntry>) -> Result<(), StoreError> {
    let mut head = lock_head(tx).await?;
    for entry in entries {
        let mut row = AuditRow {
            seq: Some(head.seq + 1),
            id: random::new_id(),
            at: entry.at,
            person_id: entry.person_id,
            person_name: entry.person_name,
            address: entry.address,
            action: entry.action.code().to_owned(),
            object: entry.action.object().to_owned(),
            object_id: entry.object_id,
            connection_id: entry.connection_id,
            detail: entry.detail,
            key_id: String::new(),
            previous: head.mac,
            mac: String::new(),
        };
        key.sign(&mut row);
        head = AuditHead {
            seq: head.seq + 1,
            mac: row.mac.clone(),
        };
        execute!(
            &mut *tx,
            "INSERT INTO audit_entry (seq, id, at, person_id, person_name, address, action, object, object_id,
                 connection_id, detail, key_id, previous, mac)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            row.seq,
            row.id.as_str(),
            row.at,
            row.person_id.as_deref(),
            row.person_name.as_str(),
            row.address.as_str(),
            row.action.as_str(),
            row.object.as_str(),
            row.object_id.as_str(),
            row.connection_id.as_str(),
            row.detail.as_str(),
            row.key_id.as_str(),
            row.previous.as_str(),
            row.mac.as_str(),
        )?;
    }
    Ok(())
}

/// Puts the entries from before the chain into it, if no chain was begun; gives their number.
///
/// Later entries without a number stay outside: nothing of ours writes them, and verifying names them.
///
/// # Errors
/// As every store function.
pub async fn adopt_unchained(tx: &mut Tx, key: &ChainKey) -> Result<usize, StoreError> {
    let mut head = lock_head(tx).await?;
    if head.seq > 0 {
        return Ok(0);
    }
    let rows = fetch_all!(
        &mut *tx,
        AuditRow,
        "SELECT seq, id, at, person_id, person_name, address, action, object, object_id, connection_id, detail,
                key_id, previous, mac
         FROM audit_entry WHERE seq IS NULL ORDER BY at, id",
    )?;
    let count = rows.len();
    for mut row in rows {
        row.seq = Some(head.seq + 1);
        row.previous = head.mac;
        key.sign(&mut row);
        execute!(
            &mut *tx,
            "UPDATE audit_entry SET seq = $2, key_id = $3, previous = $4, mac = $5 WHERE id = $1",
            row.id.as_str(),
            row.seq,
            row.key_id.as_str(),
            row.previous.as_str(),
            row.mac.as_str(),
        )?;
        head = AuditHead {
            seq: head.seq + 1,
            mac: row.mac,
        };
    }
    Ok(count)
}

/// The end of the chain, taken for oneself until the transaction ends; number 0 and no code for an empty log.
async fn lock_head(tx: &mut Tx) -> Result<AuditHead, StoreError> {
    if let Some(statement) = dialect::lock_audit_log(tx) {
        execute!(&mut *tx, statement)?;
    }
    Ok(find_head(tx).await?.unwrap_or(AuditHead {
        seq: 0,
        mac: String::new(),
    }))
}

/// The end of the chain.
///
/// # Errors
/// As every store function.
pub async fn find_head(tx: &mut Tx) -> Result<Option<AuditHead>, StoreError> {
    fetch_optional!(
        tx,
        AuditHead,
        "SELECT seq, mac FROM audit_entry WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1",
    )
}

/// Entries that a filter lets through, newest first, older than `before` (a number of the chain; `i64::MAX` for
/// the newest).
///
/// # Errors
/// As every store function.
pub async fn list(
    tx: &mut Tx,
    filter: &AuditFilter,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    fetch_all!(
        tx,
        AuditRow,
        "SELECT seq, id, at, person_id, person_name, address, action, object, object_id, connection_id, detail,
                key_id, previous, mac
         FROM audit_entry
         WHERE seq < $1 AND ($2 = '' OR person_id = $2) AND ($3 = '' OR connection_id = $3)
           AND ($4 = '' OR action = $4) AND at >= $5 AND at < $6
         ORDER BY seq DESC LIMIT $7",
        before,
        filter.person_id.as_str(),
        filter.connection_id.as_str(),
        filter.action.as_str(),
        filter.from.unwrap_or(i64::MIN),
        filter.until.unwrap_or(i64::MAX),
        limit,
    )
}

/// Entries in the order of the chain after a number, to verify them.
///
/// # Errors
/// As every store function.
pub async fn list_from(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    fetch_all!(
        tx,
        AuditRow,
        "SELECT seq, id, at, person_id, person_name, address, action, object, object_id, connection_id, detail,
                key_id, previous, mac
         FROM audit_entry WHERE seq > $1 ORDER BY seq LIMIT $2",
        after,
        limit,
    )
}

/// Ids of entries that stand outside the chain.
///
/// # Errors
/// As every store function.
pub async fn list_unchained(tx: &mut Tx, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String,),
        "SELECT id FROM audit_entry WHERE seq IS NULL ORDER BY id LIMIT $1",
        limit,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// People who appear in the log, with the name they had last, by name.
///
/// # Errors
/// As every store function.
pub async fn list_people(tx: &mut Tx) -> Result<Vec<(String, String)>, StoreError> {
    fetch_all!(
        tx,
        (String, String),
        "SELECT entry.person_id, entry.person_name FROM audit_entry entry
         JOIN (SELECT person_id, MAX(seq) AS seq FROM audit_entry WHERE person_id IS NOT NULL GROUP BY person_id) last
           ON last.person_id = entry.person_id AND last.seq = entry.seq
         ORDER BY entry.person_name, entry.person_id",
    )
}

/// Ids and names of what entries are about, as they are called today.
///
/// # Errors
/// As every store function.
pub async fn list_object_names(tx: &mut Tx) -> Result<Vec<(String, String)>, StoreError> {
    fetch_all!(
        tx,
        (String, String),
        "SELECT id, name FROM person
         UNION ALL SELECT id, name FROM project
         UNION ALL SELECT id, name FROM connection
         UNION ALL SELECT id, COALESCE(jira_project_key, '') FROM configuration",
    )
}

/// The sealed keys of the chain, oldest first.
///
/// # Errors
/// As every store function.
pub async fn list_keys(tx: &mut Tx) -> Result<Vec<AuditKeyRow>, StoreError> {
    fetch_all!(
        tx,
        AuditKeyRow,
        "SELECT id, sealed FROM audit_key ORDER BY created_at, id"
    )
}

/// Adds a sealed key.
///
/// # Errors
/// As every store function.
pub async fn insert_key(tx: &mut Tx, key: &AuditKeyRow, now: i64) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO audit_key (id, sealed, created_at) VALUES ($1, $2, $3)",
        key.id.as_str(),
        key.sealed.as_slice(),
        now,
    )?;
    Ok(())
}
