//! The chain of the audit log: what makes a later change of it visible.
//!
//! Every entry has an authentication code (HMAC-SHA-256) over its fields, its number and the code of the entry
//! before it. The key is in the database only sealed with the server's secret key, so who can write to the
//! database but does not have that key cannot change, add, move or remove an entry unseen. Entries that are cut
//! off at the end leave an unbroken shorter chain: only a head that was written down elsewhere (the page and
//! the server's log show it) tells them. Whoever has the database and the secret key can forge the log.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::audit::{AuditEntry, AuditHead, AuditRow};

/// A key of the chain.
#[derive(Clone)]
pub struct ChainKey {
    id: String,
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ChainKey({})", self.id)
    }
}

/// The key that new entries get, once it is opened; all clones of a database share it.
pub type ChainSlot = Arc<OnceLock<ChainKey>>;

/// Entries that a transaction writes at its commit, and the key for them.
#[derive(Debug)]
pub struct Journal {
    pub(super) entries: Vec<AuditEntry>,
    pub(super) chain: ChainSlot,
}

impl Journal {
    pub(super) fn new(chain: &ChainSlot) -> Self {
        Self {
            entries: Vec::new(),
            chain: Arc::clone(chain),
        }
    }

    pub(super) fn push(&mut self, entry: AuditEntry) {
        self.entries.push(entry);
    }
}

impl ChainKey {
    /// From any secret bytes.
    ///
    /// # Panics
    /// Never: this kind of key takes any length.
    pub fn new(id: String, bytes: &[u8]) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(bytes).expect("a key of any length");
        Self { id, mac }
    }

    /// Id of its row.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gives an entry with number and predecessor its code.
    pub fn sign(&self, row: &mut AuditRow) {
        row.key_id.clone_from(&self.id);
        row.mac = hex::encode(self.code_of(row).finalize().into_bytes());
    }

    fn code_of(&self, row: &AuditRow) -> Hmac<Sha256> {
        let fields = (
            (&row.seq, &row.key_id, &row.previous, &row.id, row.at),
            (&row.person_id, &row.person_name, &row.address),
            (&row.action, &row.object, &row.object_id),
            (&row.connection_id, &row.detail),
        );
        let mut mac = self.mac.clone();
        // Texts are quoted there, so no two entries give the same bytes.
        mac.update(serde_json::to_string(&fields).unwrap_or_default().as_bytes());
        mac
    }

    fn has_signed(&self, row: &AuditRow) -> bool {
        hex::decode(&row.mac).is_ok_and(|code| self.code_of(row).verify_slice(&code).is_ok())
    }
}

/// Something in the log that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// Entries are missing, first and last number.
    Missing(i64, i64),
    /// An entry is not what was written under its number.
    Changed(i64, String),
    /// An entry does not follow the one before it.
    Unlinked(i64, String),
    /// An entry was written with a key that this server cannot open.
    UnknownKey(i64, String),
    /// An entry stands outside the chain: something else than Traceline wrote it.
    Unchained(String),
    /// The head that was noted is not in the log: entries were cut off, or the log is another one.
    HeadMissing(i64),
}

impl std::fmt::Display for Break {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(first, last) if first == last => write!(formatter, "entry {first} is missing"),
            Self::Missing(first, last) => write!(formatter, "entries {first} to {last} are missing"),
            Self::Changed(seq, id) => write!(formatter, "entry {seq} ({id}) was changed or moved"),
            Self::Unlinked(seq, id) => {
                write!(
                    formatter,
                    "entry {seq} ({id}) does not follow the entry before it"
                )
            }
            Self::UnknownKey(seq, id) => write!(
                formatter,
                "entry {seq} ({id}) cannot be verified: it was written with another secret key"
            ),
            Self::Unchained(id) => write!(
                formatter,
                "entry {id} stands outside the chain: Traceline did not write it"
            ),
            Self::HeadMissing(seq) => write!(
                formatter,
                "the noted end, entry {seq}, is not in the log: entries after it were cut off or exchanged"
            ),
        }
    }
}

/// Verifies entries in the order of their numbers, a batch at a time.
#[derive(Debug)]
pub struct Verifier {
    keys: HashMap<String, ChainKey>,
    head: AuditHead,
    noted: Option<AuditHead>,
    breaks: Vec<Break>,
}

impl Verifier {
    /// With all keys that open; `noted` is an end of the log that somebody wrote down.
    pub fn new(keys: impl IntoIterator<Item = ChainKey>, noted: Option<AuditHead>) -> Self {
        Self {
            keys: keys.into_iter().map(|key| (key.id.clone(), key)).collect(),
            head: AuditHead {
                seq: 0,
                mac: String::new(),
            },
            noted,
            breaks: Vec::new(),
        }
    }

    /// Number of the last entry that was looked at.
    pub fn last(&self) -> i64 {
        self.head.seq
    }

    /// Looks at the next entry.
    pub fn look(&mut self, row: &AuditRow) {
        let Some(seq) = row.seq else {
            self.breaks.push(Break::Unchained(row.id.clone()));
            return;
        };
        let follows = seq == self.head.seq + 1;
        if !follows {
            self.breaks.push(Break::Missing(self.head.seq + 1, seq - 1));
        }
        match self.keys.get(&row.key_id) {
            None => self.breaks.push(Break::UnknownKey(seq, row.id.clone())),
            Some(key) if !key.has_signed(row) => self.breaks.push(Break::Changed(seq, row.id.clone())),
            Some(_) if follows && row.previous != self.head.mac => {
                self.breaks.push(Break::Unlinked(seq, row.id.clone()));
            }
            Some(_) => {}
        }
        self.head = AuditHead {
            seq,
            mac: row.mac.clone(),
        };
        if self.noted.as_ref() == Some(&self.head) {
            self.noted = None;
        }
    }

    /// Names an entry outside the chain.
    pub fn name_unchained(&mut self, id: String) {
        self.breaks.push(Break::Unchained(id));
    }

    /// What was found, and the end of the log.
    pub fn finish(mut self) -> (Vec<Break>, AuditHead) {
        if let Some(noted) = self.noted {
            self.breaks.push(Break::HeadMissing(noted.seq));
        }
        (self.breaks, self.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ChainKey {
        ChainKey::new("k".to_owned(), &[7; 32])
    }

    fn chain(length: i64) -> Vec<AuditRow> {
        let mut previous = String::new();
        (1..=length)
            .map(|seq| {
                let mut row = AuditRow {
                    seq: Some(seq),
                    id: format!("e{seq}"),
                    at: seq * 1000,
                    person_id: (seq % 2 == 0).then(|| "p".to_owned()),
                    person_name: "Ada".to_owned(),
                    address: "127.0.0.1".to_owned(),
                    action: "session.began".to_owned(),
                    object: "person".to_owned(),
                    object_id: "p".to_owned(),
                    connection_id: String::new(),
                    detail: format!("\"{seq}\""),
                    key_id: String::new(),
                    previous: previous.clone(),
                    mac: String::new(),
                };
                key().sign(&mut row);
                previous.clone_from(&row.mac);
                row
            })
            .collect()
    }

    fn head(row: &AuditRow) -> AuditHead {
        AuditHead {
            seq: row.seq.expect("chained"),
            mac: row.mac.clone(),
        }
    }

    fn breaks(rows: &[AuditRow], noted: Option<AuditHead>) -> Vec<Break> {
        let mut verifier = Verifier::new([key()], noted);
        for row in rows {
            verifier.look(row);
        }
        verifier.finish().0
    }

    #[test]
    fn an_untouched_log_has_no_break_and_holds_every_noted_head() {
        let rows = chain(5);
        assert_eq!(breaks(&rows, None), []);
        for row in &rows {
            assert_eq!(breaks(&rows, Some(head(row))), []);
        }
        assert_eq!(breaks(&[], None), []);
    }

    #[test]
    fn each_field_that_is_changed_names_its_entry() {
        let change: [fn(&mut AuditRow); 10] = [
            |row| row.id.push('x'),
            |row| row.at += 1,
            |row| row.person_id = Some("q".to_owned()),
            |row| row.person_name = "Eve".to_owned(),
            |row| row.address.clear(),
            |row| row.action = "session.ended".to_owned(),
            |row| row.object = "project".to_owned(),
            |row| row.object_id.push('x'),
            |row| row.connection_id.push('x'),
            |row| row.detail.clear(),
        ];
        for change in change {
            let mut rows = chain(4);
            change(&mut rows[1]);
            let id = rows[1].id.clone();
            assert_eq!(breaks(&rows, None), [Break::Changed(2, id)]);
        }
        let mut rows = chain(4);
        // Text moved from one field into the next.
        rows[2].person_name.clear();
        rows[2].address = "Ada127.0.0.1".to_owned();
        assert_eq!(breaks(&rows, None), [Break::Changed(3, "e3".to_owned())]);
    }

    #[test]
    fn removing_moving_and_adding_entries_is_seen() {
        let mut rows = chain(6);
        rows.drain(2..4);
        assert_eq!(breaks(&rows, None), [Break::Missing(3, 4)]);

        let mut rows = chain(4);
        (rows[1].seq, rows[2].seq) = (rows[2].seq, rows[1].seq);
        rows.swap(1, 2);
        assert!(breaks(&rows, None).contains(&Break::Changed(2, "e3".to_owned())));
        assert!(breaks(&rows, None).contains(&Break::Changed(3, "e2".to_owned())));

        let mut rows = chain(3);
        let mut forged = rows[2].clone();
        forged.seq = Some(4);
        forged.id = "f".to_owned();
        rows.push(forged);
        assert_eq!(breaks(&rows, None), [Break::Changed(4, "f".to_owned())]);

        let mut rows = chain(2);
        let mut outside = rows[1].clone();
        outside.seq = None;
        rows.push(outside);
        assert_eq!(breaks(&rows, None), [Break::Unchained("e2".to_owned())]);
    }

    #[test]
    fn the_first_entry_cannot_be_cut_off() {
        let rows = chain(3);
        assert_eq!(breaks(&rows[1..], None), [Break::Missing(1, 1)]);
    }

    #[test]
    fn a_cut_end_is_seen_by_a_noted_head_alone() {
        let rows = chain(5);
        assert_eq!(breaks(&rows[..3], None), []);
        assert_eq!(breaks(&rows[..3], Some(head(&rows[4]))), [Break::HeadMissing(5)]);
    }

    #[test]
    fn entries_of_another_key_and_of_a_replaced_chain_are_named() {
        let mut rows = chain(3);
        rows[1].key_id = "other".to_owned();
        assert_eq!(breaks(&rows, None), [Break::UnknownKey(2, "e2".to_owned())]);

        // Signed with our key, but written after another entry.
        let mut rows = chain(3);
        rows[2].previous = "0".repeat(64);
        key().sign(&mut rows[2]);
        assert_eq!(breaks(&rows, None), [Break::Unlinked(3, "e3".to_owned())]);
    }
}
