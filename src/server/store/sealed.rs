//! All columns that hold sealed values, for whoever walks them: counting, checking, sealing anew.
//!
//! A walk goes in the order of ids, a batch at a time. A sealed value is replaced only while it is still the one
//! that was read: what a person changed meanwhile stays. What is over within minutes and not removed yet is passed
//! over.

use crate::server::{
    secrets::Place,
    store::{StoreError, Tx},
};

/// A column that holds sealed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedColumn {
    /// Tokens of connections.
    Token,
    /// Tokens of tests that are kept for a few minutes.
    TestedToken,
    /// One-time links, shown once.
    ShownLink,
    /// The address that messages about notices are sent to.
    NoticeHook,
    /// Keys of the audit log.
    AuditKey,
}

impl SealedColumn {
    /// All of them. The keys of the audit log are last: they sign what is told of the walk.
    pub const ALL: [Self; 5] = [
        Self::Token,
        Self::TestedToken,
        Self::ShownLink,
        Self::NoticeHook,
        Self::AuditKey,
    ];
}

/// A row with a sealed value.
#[derive(Debug, Clone)]
pub struct SealedRow {
    /// Id in its table.
    pub id: String,
    /// What it is, for people.
    pub name: String,
    /// The sealed value.
    pub sealed: Vec<u8>,
    /// What it is bound to.
    pub place: Place,
}

type Read = (String, String, Vec<u8>, String, String, String, String);

/// The next rows of a column after this id.
///
/// # Errors
/// As every store function.
pub async fn list(
    tx: &mut Tx,
    column: SealedColumn,
    after: &str,
    limit: i64,
    now: i64,
) -> Result<Vec<SealedRow>, StoreError> {
    let rows = match column {
        SealedColumn::Token => fetch_all!(
            tx,
            Read,
            "SELECT id, name, sealed_token, deployment, site_url, api_base, COALESCE(ca_pem, '') FROM connection
             WHERE id > $1 AND sealed_token IS NOT NULL AND $3 = $3 ORDER BY id LIMIT $2",
            after,
            limit,
            now,
        )?,
        SealedColumn::TestedToken => fetch_all!(
            tx,
            Read,
            "SELECT id_hash, site_url, sealed_token, deployment, site_url, email, person_id FROM connection_test
             WHERE id_hash > $1 AND sealed_token IS NOT NULL AND expires_at > $3 ORDER BY id_hash LIMIT $2",
            after,
            limit,
            now,
        )?,
        SealedColumn::ShownLink => fetch_all!(
            tx,
            Read,
            "SELECT id_hash, '', sealed, session_id, person_id, '', '' FROM shown_link
             WHERE id_hash > $1 AND expires_at > $3 ORDER BY id_hash LIMIT $2",
            after,
            limit,
            now,
        )?,
        SealedColumn::NoticeHook => fetch_all!(
            tx,
            Read,
            "SELECT id, host, sealed, host, '', '', '' FROM notice_hook
             WHERE id > $1 AND $3 = $3 ORDER BY id LIMIT $2",
            after,
            limit,
            now,
        )?,
        SealedColumn::AuditKey => fetch_all!(
            tx,
            Read,
            "SELECT id, id, sealed, '', '', '', '' FROM audit_key
             WHERE id > $1 AND $3 = $3 ORDER BY id LIMIT $2",
            after,
            limit,
            now,
        )?,
    };
    Ok(rows.into_iter().map(|row| read(column, row)).collect())
}

fn read(column: SealedColumn, row: Read) -> SealedRow {
    let (id, name, sealed, first, second, third, fourth) = row;
    let (name, place) = match column {
        SealedColumn::Token => {
            let ca_pem = (!fourth.is_empty()).then_some(fourth.as_str());
            (
                format!("the token of the connection {name}"),
                Place::of_token(&id, &first, &second, &third, ca_pem),
            )
        }
        SealedColumn::TestedToken => (
            format!("the token of a test of {name}, kept for ten minutes"),
            Place::of_tested_token(&id, &first, &second, &third, &fourth),
        ),
        SealedColumn::ShownLink => (
            "a one-time link that was not shown yet".to_owned(),
            Place::of_shown_link(&id, &first, &second),
        ),
        SealedColumn::NoticeHook => (
            format!("the address at {name} that notices are sent to"),
            Place::of_notice_hook(&id, &first),
        ),
        SealedColumn::AuditKey => (
            format!("the key {name} of the audit log"),
            Place::of_audit_key(&id),
        ),
    };
    SealedRow {
        id,
        name,
        sealed,
        place,
    }
}

/// Puts a sealed value in the place of the one that was read; gives whether that was still there.
///
/// # Errors
/// As every store function.
pub async fn replace(
    tx: &mut Tx,
    column: SealedColumn,
    row: &SealedRow,
    new: &[u8],
) -> Result<bool, StoreError> {
    let statement = match column {
        SealedColumn::Token => "UPDATE connection SET sealed_token = $3 WHERE id = $1 AND sealed_token = $2",
        SealedColumn::TestedToken => {
            "UPDATE connection_test SET sealed_token = $3 WHERE id_hash = $1 AND sealed_token = $2"
        }
        SealedColumn::ShownLink => "UPDATE shown_link SET sealed = $3 WHERE id_hash = $1 AND sealed = $2",
        SealedColumn::NoticeHook => "UPDATE notice_hook SET sealed = $3 WHERE id = $1 AND sealed = $2",
        SealedColumn::AuditKey => "UPDATE audit_key SET sealed = $3 WHERE id = $1 AND sealed = $2",
    };
    let touched = execute!(tx, statement, &row.id, row.sealed.as_slice(), new)?;
    Ok(touched > 0)
}
