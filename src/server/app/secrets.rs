//! Walking all sealed values beside a running server: how many there are of each key, which do not open, and
//! sealing them anew with the present key.
//!
//! Each value is sealed anew in a transaction of its own, and only while it is still the one that was read. So a
//! token that a person replaces meanwhile stays, and a walk that is killed can be made again: what is done is
//! done, and making it twice changes nothing.

use std::collections::BTreeMap;

use crate::{
    domain::audit::AuditAction,
    server::{
        app::audit as log,
        error::Result,
        secrets::{KeyId, Sealer},
        store::{
            Database, StoreError,
            audit::{self, AuditEntry},
            sealed::{self, SealedColumn, SealedRow},
        },
    },
};

/// Rows that are read at a time.
const BATCH: i64 = 100;
/// Walks after which what is replaced again and again is left.
const WALKS: usize = 5;
/// How often a database that is busy is asked.
const TRIES: usize = 5;

/// A value that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unopened {
    /// What it is.
    pub name: String,
    /// Why.
    pub why: String,
}

/// What stands in the database.
#[derive(Debug, Default)]
pub struct Counted {
    /// How many values name each key.
    pub keys: BTreeMap<KeyId, u64>,
    /// What does not open.
    pub unopened: Vec<Unopened>,
    /// Sealed with the present key in the present format.
    pub current: u64,
}

/// What sealing anew came to.
#[derive(Debug, Default)]
pub struct Rotated {
    /// Values that were sealed anew.
    pub resealed: u64,
    /// Values that somebody replaced meanwhile.
    pub replaced: u64,
    /// What stands now.
    pub now: Counted,
}

/// Counts all sealed values, and tries to open each. Nothing is written.
///
/// # Errors
/// When the database does not answer.
pub async fn count(database: &Database, sealer: &Sealer, now: i64) -> Result<Counted> {
    let mut counted = Counted::default();
    for column in SealedColumn::ALL {
        let mut after = String::new();
        loop {
            let mut tx = database.read().await?;
            let rows = sealed::list(&mut tx, column, &after, BATCH, now).await?;
            drop(tx);
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in rows {
                counted.look(sealer, row);
            }
        }
    }
    Ok(counted)
}

impl Counted {
    fn look(&mut self, sealer: &Sealer, row: SealedRow) {
        if let Some(id) = Sealer::find_key_id(&row.sealed) {
            *self.keys.entry(id).or_default() += 1;
        }
        match sealer.reseal(&row.place, &row.sealed) {
            Ok(None) => self.current += 1,
            Ok(Some(_)) => {}
            Err(error) => self.unopened.push(Unopened {
                name: row.name,
                why: error.to_string(),
            }),
        }
    }
}

/// Seals all values with the present key; `tell` hears how many are done after each. What does not open stays as
/// it is.
///
/// # Errors
/// When the database does not answer; what was done until then is done. When no key of the audit log opens:
/// nothing is done then, because it could not be told.
pub async fn rotate(
    database: &Database,
    sealer: &Sealer,
    now: i64,
    mut tell: impl FnMut(u64),
) -> Result<Rotated> {
    log::open_existing(database, sealer).await?;
    let mut rotated = Rotated::default();
    // What was written during a walk, behind its back, is met by the next one.
    for _ in 0..WALKS {
        let before = (rotated.resealed, rotated.replaced);
        for column in SealedColumn::ALL {
            rotate_column(database, sealer, column, now, &mut rotated, &mut tell).await?;
        }
        if before == (rotated.resealed, rotated.replaced) {
            break;
        }
    }
    rotated.now = count(database, sealer, now).await?;
    if rotated.resealed > 0 {
        write_entry(database, sealer, now, &rotated).await?;
    }
    Ok(rotated)
}

async fn rotate_column(
    database: &Database,
    sealer: &Sealer,
    column: SealedColumn,
    now: i64,
    rotated: &mut Rotated,
    tell: &mut impl FnMut(u64),
) -> Result<()> {
    let mut after = String::new();
    loop {
        let mut tx = database.read().await?;
        let rows = sealed::list(&mut tx, column, &after, BATCH, now).await?;
        drop(tx);
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after.clone_from(&last.id);
        for row in rows {
            // What does not open is counted at the end, when it may have been entered anew.
            let Ok(Some(new)) = sealer.reseal(&row.place, &row.sealed) else {
                continue;
            };
            if replace(database, column, &row, &new).await? {
                rotated.resealed += 1;
                tell(rotated.resealed);
            } else {
                rotated.replaced += 1;
            }
        }
    }
}

/// One short transaction. The server beside it may be writing for longer than one try waits.
async fn replace(database: &Database, column: SealedColumn, row: &SealedRow, new: &[u8]) -> Result<bool> {
    let mut tries = 1..TRIES;
    loop {
        let outcome = async {
            let mut tx = database.write().await?;
            let replaced = sealed::replace(&mut tx, column, row, new).await?;
            tx.commit().await?;
            Ok(replaced)
        };
        match outcome.await {
            Err(StoreError::Busy) if tries.next().is_some() => {}
            outcome => return Ok(outcome?),
        }
    }
}

async fn write_entry(database: &Database, sealer: &Sealer, now: i64, rotated: &Rotated) -> Result<()> {
    let present = sealer.ids().first().map(ToString::to_string).unwrap_or_default();
    let detail = format!(
        "{} sealed with the key {present}, {} were replaced meanwhile, {} do not open",
        rotated.resealed,
        rotated.replaced,
        rotated.now.unopened.len()
    );
    let entry = AuditEntry {
        at: now,
        person_id: None,
        person_name: "The operator".to_owned(),
        address: String::new(),
        action: AuditAction::SecretsResealed,
        object_id: String::new(),
        connection_id: String::new(),
        detail,
    };
    let mut tx = database.write().await?;
    audit::add(&mut tx, entry);
    Ok(tx.commit().await?)
}
