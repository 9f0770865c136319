//! The keys that seal: the first seals, all open. Their text, their ids, and the file they are kept in.
//!
//! A file holds one key a line, the present one first; empty lines and lines that begin with `#` are passed
//! over. A key has an id that is made from it by a hash: ids are shown and stored, keys never are.

use std::{
    io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use sha2::{Digest, Sha256};

use super::SecretError;
use crate::server::{private_file, random};

/// Length of a key's id in bytes.
pub(super) const KEY_ID_LENGTH: usize = 4;

/// The id of a key, shown as eight hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) [u8; KEY_ID_LENGTH]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// Where the keys come from.
#[derive(Debug, Clone, Default)]
pub enum KeySource {
    /// `secret.key` in the data folder, made at the first start.
    #[default]
    DataFolder,
    /// A file of the operator's.
    File(PathBuf),
    /// From the settings themselves, the present key first.
    Given(Vec<SecretString>),
}

impl KeySource {
    /// The file, where there is one.
    pub fn find_file(&self, data_dir: &Path) -> Option<PathBuf> {
        match self {
            Self::DataFolder => Some(data_dir.join("secret.key")),
            Self::File(path) => Some(path.clone()),
            Self::Given(_) => None,
        }
    }
}

/// Why a list of keys is none. It never says what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyMistake {
    /// The line (of a file) or item (of a list) with this number is no key.
    #[error(
        "number {0} is no key: a secret key must be 32 bytes in base64 (make one with: openssl rand -base64 32)"
    )]
    NotAKey(usize),
    /// The key with this number stands there already.
    #[error("number {0} is a key that stands there already: keep one")]
    Repeated(usize),
    /// There is no key at all.
    #[error("there is no key: 32 bytes in base64 are needed (make them with: openssl rand -base64 32)")]
    Nothing,
}

/// One key.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: KeyId,
    pub(super) cipher: XChaCha20Poly1305,
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).ok()?;
        let digest = Sha256::digest(bytes.as_slice());
        let mut id = [0; KEY_ID_LENGTH];
        id.copy_from_slice(&digest[..KEY_ID_LENGTH]);
        Some(Self {
            id: KeyId(id),
            cipher,
        })
    }
}

/// At least one key; the first one seals.
#[derive(Clone)]
pub struct KeyRing {
    present: Key,
    earlier: Vec<Key>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.ids()).finish()
    }
}

impl KeyRing {
    /// From the text of a file.
    ///
    /// # Errors
    /// The first line that is no key, by its number.
    pub fn parse_file(text: &str) -> Result<Self, KeyMistake> {
        let is_key = |line: &str| !line.is_empty() && !line.starts_with('#');
        let lines = text.lines().map(str::trim).enumerate();
        Self::parse(
            lines
                .filter(|(_, line)| is_key(line))
                .map(|(at, line)| (at + 1, line)),
        )
    }

    /// From keys one by one.
    ///
    /// # Errors
    /// The first that is no key, by its number.
    pub fn parse_keys(keys: &[SecretString]) -> Result<Self, KeyMistake> {
        Self::parse(
            keys.iter()
                .enumerate()
                .map(|(at, key)| (at + 1, key.expose_secret())),
        )
    }

    fn parse<'a>(texts: impl Iterator<Item = (usize, &'a str)>) -> Result<Self, KeyMistake> {
        let mut keys: Vec<Key> = Vec::new();
        for (number, text) in texts {
            let key = Key::parse(text).ok_or(KeyMistake::NotAKey(number))?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyMistake::Repeated(number));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        Ok(Self {
            present: keys.next().ok_or(KeyMistake::Nothing)?,
            earlier: keys.collect(),
        })
    }

    /// From a file; `quietly` says nothing in the log about its mode.
    pub(super) fn read(path: &Path, quietly: bool) -> Result<Self, SecretError> {
        let text = if quietly {
            std::fs::read_to_string(path)
        } else {
            private_file::read(path)
        };
        let text = Zeroizing::new(text.map_err(|source| file_error(path, source))?);
        Self::parse_file(&text).map_err(|mistake| SecretError::BadKeyFile {
            path: path.display().to_string(),
            mistake,
        })
    }

    /// The key that seals.
    pub(super) fn present(&self) -> &Key {
        &self.present
    }

    pub(super) fn find(&self, id: KeyId) -> Option<&Key> {
        std::iter::once(&self.present)
            .chain(&self.earlier)
            .find(|key| key.id == id)
    }

    /// Ids of all keys, the present one first.
    pub fn ids(&self) -> Vec<KeyId> {
        std::iter::once(&self.present)
            .chain(&self.earlier)
            .map(|key| key.id)
            .collect()
    }
}

pub(super) fn file_error(path: &Path, source: io::Error) -> SecretError {
    SecretError::KeyFile {
        path: path.display().to_string(),
        source,
    }
}

/// The text of a new key.
pub fn make_key() -> SecretString {
    let bytes = Zeroizing::new(random::bytes::<32>());
    SecretString::from(STANDARD.encode(bytes.as_slice()))
}

/// Puts a new key before those in a file and gives its id. The file is replaced as a whole and keeps its mode and
/// its owner; keys that were there stay.
///
/// # Errors
/// When the file is missing, holds no keys, or cannot be replaced.
pub fn add_key(path: &Path) -> Result<KeyId, SecretError> {
    // Where the name is a link, the file behind it is the one to replace.
    let path = path.canonicalize().map_err(|source| file_error(path, source))?;
    let key = make_key();
    let mut id = None;
    let replaced = private_file::change(&path, |text| {
        let text = Zeroizing::new(text);
        KeyRing::parse_file(&text).map_err(io::Error::other)?;
        let longer = format!("{}\n{}\n", key.expose_secret(), text.trim_end());
        id = KeyRing::parse_file(&longer)
            .map_err(io::Error::other)?
            .ids()
            .first()
            .copied();
        Ok(longer)
    });
    replaced.map_err(|source| file_error(&path, source))?;
    id.ok_or(SecretError::BadKeyFile {
        path: path.display().to_string(),
        mistake: KeyMistake::Nothing,
    })
}
