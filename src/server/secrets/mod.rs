//! Sealing of secrets at rest: envelopes of XChaCha20-Poly1305 with keys from outside the database.
//!
//! A sealed value names its key and is bound to its [`Place`] (`envelope`): moved to another row, or with another
//! address beside it, it does not open. The keys come from configuration, else from `secret.key` in the data
//! folder, made at first start with mode 0600 (`key_ring`). The first key seals, all of them open; the file is
//! read again before each sealing and where a value names a key that is not known, so that a new key needs no
//! restart. Losing the keys loses the sealed tokens and nothing else; they can be typed again.

mod envelope;
mod key_ring;
mod place;

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

use self::envelope::{Dice, Envelope};
pub use self::{
    key_ring::{KeyId, KeyMistake, KeyRing, KeySource, add_key, make_key},
    place::Place,
};
use crate::server::{private_file, random};

/// Why a key or a sealed value cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The configured keys have another shape.
    #[error("the secret keys of the settings cannot be used: {0}")]
    BadKeys(#[from] KeyMistake),
    /// The key file holds something else, or nothing.
    #[error(
        "the key file {path} does not hold keys, one a line; by its lines, {mistake}. Put the file back from its copy. Without a copy, remove the file and start again: a new key is made, and tokens that were stored must be typed again"
    )]
    BadKeyFile {
        /// The file.
        path: String,
        /// What is wrong.
        mistake: KeyMistake,
    },
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    KeyFile {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Sealed with a key that is not there.
    #[error("sealed with a key that this server does not have: {0}")]
    UnknownKey(KeyId),
    /// Damaged, moved from another row, or with another address beside it than it was sealed for.
    #[error("a sealed value does not open here: it, or what it belongs to, was changed in the database")]
    DoesNotOpen,
}

impl SecretError {
    /// What happened to a stored token, and what to do, for people.
    pub fn words(&self) -> (String, &'static str) {
        match self {
            Self::UnknownKey(id) => (
                format!("The stored token is sealed with a key that this server does not have: {id}."),
                "Enter the token again, or bring the key back.",
            ),
            Self::DoesNotOpen => (
                "The stored token does not open for this connection: the token, or the address it was entered for, was changed in the database.".to_owned(),
                "Enter the token again.",
            ),
            _ => (
                "The stored token cannot be opened: this server's secret keys cannot be used.".to_owned(),
                "Ask the operator of Traceline to look into its log.",
            ),
        }
    }
}

/// Seals and opens secrets; cheap to clone.
#[derive(Clone)]
pub struct Sealer {
    inner: Arc<Inner>,
}

struct Inner {
    /// Read again when another key may have come.
    file: Option<PathBuf>,
    ring: RwLock<Arc<KeyRing>>,
    /// Keys that were missed; each is told in the log once.
    missed: Mutex<HashSet<KeyId>>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sealer({:?})", self.ring())
    }
}

impl Sealer {
    /// With these keys and no others.
    pub fn new(ring: KeyRing) -> Self {
        Self::with(ring, None)
    }

    fn with(ring: KeyRing, file: Option<PathBuf>) -> Self {
        let inner = Inner {
            file,
            ring: RwLock::new(Arc::new(ring)),
            missed: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// From configuration, else from `secret.key` in the data folder, which is made when missing.
    ///
    /// # Errors
    /// When a key has another shape or the file cannot be used.
    pub fn load(source: &KeySource, data_dir: &Path) -> Result<Self, SecretError> {
        if let (KeySource::DataFolder, Some(path)) = (source, source.find_file(data_dir))
            && !path.exists()
        {
            match private_file::create(&path, make_key().expose_secret()) {
                Ok(()) => {
                    tracing::info!(file = %path.display(), "made a new key for secrets at rest: keep a copy of it apart from backups of the database");
                }
                // Another process made one at this moment: that is the key.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(key_ring::file_error(&path, error)),
            }
        }
        Self::load_existing(source, data_dir)
    }

    /// As [`Sealer::load`], for a command beside the server: a missing key file is an error.
    ///
    /// # Errors
    /// When a key has another shape, or the file is missing or cannot be read.
    pub fn load_existing(source: &KeySource, data_dir: &Path) -> Result<Self, SecretError> {
        match (source, source.find_file(data_dir)) {
            (_, Some(path)) => Ok(Self::with(KeyRing::read(&path, false)?, Some(path))),
            (KeySource::Given(keys), None) => Ok(Self::new(KeyRing::parse_keys(keys)?)),
            (_, None) => Err(KeyMistake::Nothing.into()),
        }
    }

    /// Ids of the keys, the one that seals first.
    pub fn ids(&self) -> Vec<KeyId> {
        self.ring().ids()
    }

    fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.inner.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys as the file has them now. One that cannot be used changes nothing: who is at it may not be done.
    fn read_again(&self) -> Arc<KeyRing> {
        let Some(path) = &self.inner.file else {
            return self.ring();
        };
        match KeyRing::read(path, true) {
            Ok(ring) => {
                let ring = Arc::new(ring);
                let mut known = self.inner.ring.write().unwrap_or_else(PoisonError::into_inner);
                if known.ids() != ring.ids() {
                    tracing::info!(keys = ?ring, "the key file has changed: other keys from now on, the first one seals");
                    *known = Arc::clone(&ring);
                }
                ring
            }
            Err(error) => {
                tracing::warn!(error = %error, "the key file cannot be read again: the keys from before stay in use");
                self.ring()
            }
        }
    }

    /// Seals a secret for one place.
    ///
    /// # Panics
    /// Never in practice: the cipher takes any text that fits in memory.
    pub fn seal(&self, place: &Place, secret: &SecretString) -> Vec<u8> {
        let dice = Dice {
            data_key: Zeroizing::new(random::bytes()),
            outer_nonce: random::bytes(),
            inner_nonce: random::bytes(),
        };
        envelope::seal(self.read_again().present(), place, secret, &dice)
    }

    /// Opens what [`Sealer::seal`] made for the same place.
    ///
    /// # Errors
    /// [`SecretError::UnknownKey`]; [`SecretError::DoesNotOpen`] for another place or damaged bytes.
    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<SecretString, SecretError> {
        let envelope = Envelope::parse(sealed).ok_or(SecretError::DoesNotOpen)?;
        let ring = self.ring_with(envelope.key_id)?;
        let key = ring
            .find(envelope.key_id)
            .ok_or(SecretError::UnknownKey(envelope.key_id))?;
        envelope.open(key, place).ok_or(SecretError::DoesNotOpen)
    }

    /// The same secret sealed with the present key; nothing where that is so already.
    ///
    /// # Errors
    /// As [`Sealer::open`]: what does not open is not sealed anew.
    pub fn reseal(&self, place: &Place, sealed: &[u8]) -> Result<Option<Vec<u8>>, SecretError> {
        let secret = self.open(place, sealed)?;
        let envelope = Envelope::parse(sealed).ok_or(SecretError::DoesNotOpen)?;
        let ring = self.ring();
        let present = ring.present();
        if !envelope.is_present_format() {
            return Ok(Some(self.seal(place, &secret)));
        }
        if envelope.key_id == present.id {
            return Ok(None);
        }
        let key = ring
            .find(envelope.key_id)
            .ok_or(SecretError::UnknownKey(envelope.key_id))?;
        envelope
            .rewrap(key, present, place, random::bytes())
            .map(Some)
            .ok_or(SecretError::DoesNotOpen)
    }

    /// The id of the key that a value says it is sealed with; nothing for bytes that are no sealed value.
    pub fn find_key_id(sealed: &[u8]) -> Option<KeyId> {
        Envelope::parse(sealed).map(|envelope| envelope.key_id)
    }

    /// The keys, read again where this one is not among them.
    fn ring_with(&self, id: KeyId) -> Result<Arc<KeyRing>, SecretError> {
        let mut ring = self.ring();
        if ring.find(id).is_none() {
            ring = self.read_again();
        }
        if ring.find(id).is_some() {
            return Ok(ring);
        }
        let mut missed = self.inner.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.insert(id) {
            tracing::warn!(key = %id, "something is sealed with a key that this server does not have; `traceline secrets check` names it");
        }
        Err(SecretError::UnknownKey(id))
    }
}

#[cfg(test)]
mod tests;
