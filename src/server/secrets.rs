//! Sealing of secrets at rest: XChaCha20-Poly1305 with a key from outside the database.
//!
//! A sealed value carries a version and the id of its key, and is bound to its place by associated
//! data (table, column, row): moved to another row it does not open. The key comes from
//! configuration, else from `secret.key` in the data folder, made at first start with mode 0600.
//! Losing the key loses the sealed tokens and nothing else; they can be typed again.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::server::{private_file, random};

const VERSION: u8 = 1;
const KEY_ID_LENGTH: usize = 4;
const NONCE_LENGTH: usize = 24;

/// Why a key or a sealed value cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The configured key has another shape.
    #[error("the secret key must be 32 bytes in base64 (make one with: openssl rand -base64 32)")]
    BadKey,
    /// The key file holds something else, or nothing.
    #[error(
        "the key file {path} does not hold a key (32 bytes in base64): put the key back from its copy. Without a copy, remove the file and start again: a new key is made, and tokens that were stored must be typed again"
    )]
    BadKeyFile {
        /// The file.
        path: String,
    },
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    KeyFile {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Sealed with another key, damaged, or moved from another row.
    #[error("a sealed value does not open with this server's key")]
    DoesNotOpen,
}

fn key_file(data_dir: &Path) -> PathBuf {
    data_dir.join("secret.key")
}

/// Seals and opens secrets with one key.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    key_id: [u8; KEY_ID_LENGTH],
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sealer(key {})", hex::encode(self.key_id))
    }
}

impl Sealer {
    /// From a key in base64.
    ///
    /// # Errors
    /// [`SecretError::BadKey`] when it is not 32 bytes.
    pub fn from_base64(key: &SecretString) -> Result<Self, SecretError> {
        let bytes = STANDARD
            .decode(key.expose_secret().trim())
            .map_err(|_| SecretError::BadKey)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| SecretError::BadKey)?;
        let digest = Sha256::digest(&bytes);
        let mut key_id = [0; KEY_ID_LENGTH];
        key_id.copy_from_slice(&digest[..KEY_ID_LENGTH]);
        Ok(Self { cipher, key_id })
    }

    /// From configuration, else from `secret.key` in the data folder, which is made when missing.
    ///
    /// # Errors
    /// When the key has another shape or the file cannot be used.
    pub fn load(configured: Option<&SecretString>, data_dir: &Path) -> Result<Self, SecretError> {
        if let Some(key) = configured {
            return Self::from_base64(key);
        }
        let path = key_file(data_dir);
        let failed = |source| SecretError::KeyFile {
            path: path.display().to_string(),
            source,
        };
        let text = match private_file::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = STANDARD.encode(random::bytes::<32>());
                match private_file::create(&path, &text) {
                    Ok(()) => {
                        tracing::info!(file = %path.display(), "made a new key for secrets at rest: keep a copy of it apart from backups of the database");
                    }
                    // Another process made one at this moment: that is the key.
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(failed(error)),
                }
                private_file::read(&path)
            }
            read => read,
        };
        Self::from_file(&path, text.map_err(failed)?)
    }

    /// As [`Sealer::load`], for a command beside the server: a missing key file is an error.
    ///
    /// # Errors
    /// When the key has another shape, or the file is missing or cannot be read.
    pub fn load_existing(configured: Option<&SecretString>, data_dir: &Path) -> Result<Self, SecretError> {
        if let Some(key) = configured {
            return Self::from_base64(key);
        }
        let path = key_file(data_dir);
        let text = private_file::read(&path).map_err(|source| SecretError::KeyFile {
            path: path.display().to_string(),
            source,
        })?;
        Self::from_file(&path, text)
    }

    fn from_file(path: &Path, text: String) -> Result<Self, SecretError> {
        Self::from_base64(&SecretString::from(text)).map_err(|_| SecretError::BadKeyFile {
            path: path.display().to_string(),
        })
    }

    /// Seals a secret for one place; `place` is `table.column:row id`.
    ///
    /// # Panics
    /// Never in practice: the cipher takes any text that fits in memory.
    pub fn seal(&self, place: &str, secret: &SecretString) -> Vec<u8> {
        let nonce = random::bytes::<NONCE_LENGTH>();
        let payload = Payload {
            msg: secret.expose_secret().as_bytes(),
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a short text can be sealed");
        let mut out = Vec::with_capacity(1 + KEY_ID_LENGTH + NONCE_LENGTH + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&self.key_id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens what [`Sealer::seal`] made for the same place.
    ///
    /// # Errors
    /// [`SecretError::DoesNotOpen`] for another key, another place or damaged bytes.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<SecretString, SecretError> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(SecretError::DoesNotOpen)?;
        let rest = rest.strip_prefix(&self.key_id).ok_or(SecretError::DoesNotOpen)?;
        let (nonce, body) = rest
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or(SecretError::DoesNotOpen)?;
        let payload = Payload {
            msg: body,
            aad: place.as_bytes(),
        };
        let opened = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| SecretError::DoesNotOpen)?;
        String::from_utf8(opened)
            .map(SecretString::from)
            .map_err(|_| SecretError::DoesNotOpen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::from_base64(&SecretString::from(STANDARD.encode([byte; 32]))).expect("32 bytes")
    }

    #[test]
    fn opens_only_in_its_place_with_its_key_unharmed() {
        let sealed = sealer(1).seal("connection.token:a", &SecretString::from("canary"));
        assert_eq!(
            sealer(1)
                .open("connection.token:a", &sealed)
                .expect("opens")
                .expose_secret(),
            "canary"
        );
        assert!(sealer(1).open("connection.token:b", &sealed).is_err());
        assert!(sealer(2).open("connection.token:a", &sealed).is_err());
        for index in 0..sealed.len() {
            let mut harmed = sealed.clone();
            harmed[index] ^= 1;
            assert!(
                sealer(1).open("connection.token:a", &harmed).is_err(),
                "bit flip at {index}"
            );
            assert!(
                sealer(1).open("connection.token:a", &sealed[..index]).is_err(),
                "cut at {index}"
            );
        }
        assert!(!format!("{:?}", sealer(1)).contains(&STANDARD.encode([1; 32])));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        for bad in [
            "",
            "short",
            "AAAA",
            &STANDARD.encode([0; 31]),
            &STANDARD.encode([0; 33]),
        ] {
            assert!(Sealer::from_base64(&SecretString::from(bad.to_owned())).is_err());
        }
    }

    #[test]
    fn the_generated_key_is_kept_and_private() {
        let folder = std::env::temp_dir().join(random::new_id());
        std::fs::create_dir_all(&folder).expect("a folder");
        let first = Sealer::load(None, &folder).expect("made");
        let second = Sealer::load(None, &folder).expect("read");
        assert_eq!(first.key_id, second.key_id);
        let mode = std::os::unix::fs::MetadataExt::mode(
            &std::fs::metadata(folder.join("secret.key")).expect("file"),
        );
        assert_eq!(mode & 0o777, 0o600);
        // What an older program left when it was stopped in the middle.
        std::fs::write(folder.join("secret.key"), "").expect("emptied");
        let error = Sealer::load(None, &folder).expect_err("no key").to_string();
        assert!(
            error.contains("secret.key does not hold a key") && error.contains("remove the file"),
            "{error}"
        );
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
