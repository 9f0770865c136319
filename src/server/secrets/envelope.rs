//! The format of a sealed value, as bytes. Pure: keys and randomness come in.
//!
//! The present format, version 2, is an envelope. A data key of its own, drawn at random, seals the secret; the
//! server's key seals the data key. So a new server key means sealing 32 bytes anew, and the secret's own bytes
//! stay as they are:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, 2 |
//! | 4 | id of the server's key |
//! | 24 + 48 | nonce, and the data key sealed with the server's key |
//! | 24 + n + 16 | nonce, and the secret sealed with the data key |
//!
//! Both seals are bound to version, role and [`Place`]; the outer one to the key's id too. Version 1 was version,
//! key id, nonce, and the secret sealed with the server's key itself; it is opened and never made.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

use super::{
    key_ring::{KEY_ID_LENGTH, Key, KeyId},
    place::Place,
};

const VERSION: u8 = 2;
const VERSION_BEFORE: u8 = 1;
const NONCE_LENGTH: usize = 24;
const DATA_KEY_LENGTH: usize = 32;
const TAG_LENGTH: usize = 16;
const WRAPPED_LENGTH: usize = NONCE_LENGTH + DATA_KEY_LENGTH + TAG_LENGTH;

/// Random bytes for one sealing; never for two.
pub(super) struct Dice {
    pub(super) data_key: Zeroizing<[u8; DATA_KEY_LENGTH]>,
    pub(super) outer_nonce: [u8; NONCE_LENGTH],
    pub(super) inner_nonce: [u8; NONCE_LENGTH],
}

/// The parts of a sealed value, not opened yet.
#[derive(Clone, Copy)]
pub(super) struct Envelope<'a> {
    is_present: bool,
    pub(super) key_id: KeyId,
    rest: &'a [u8],
}

fn bound(role: &str, key_id: Option<KeyId>, place: &Place) -> Vec<u8> {
    let mut bytes = format!("traceline secret {VERSION} {role}\0").into_bytes();
    bytes.extend_from_slice(key_id.as_ref().map_or(&[], |id| &id.0));
    bytes.extend_from_slice(place.bytes());
    bytes
}

fn encrypt(cipher: &XChaCha20Poly1305, nonce: [u8; NONCE_LENGTH], aad: &[u8], msg: &[u8], out: &mut Vec<u8>) {
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg, aad })
        .expect("a text that fits in memory can be sealed");
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
}

/// A nonce and what was sealed with it.
fn decrypt(cipher: &XChaCha20Poly1305, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
    let payload = Payload { msg, aad };
    cipher
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
        .map(Zeroizing::new)
}

fn wrap(key: &Key, place: &Place, data_key: &[u8], nonce: [u8; NONCE_LENGTH]) -> Vec<u8> {
    let mut out = vec![VERSION];
    out.extend_from_slice(&key.id.0);
    encrypt(
        &key.cipher,
        nonce,
        &bound("key", Some(key.id), place),
        data_key,
        &mut out,
    );
    out
}

fn cipher_of(data_key: &[u8]) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(data_key).ok()
}

/// Seals a secret for one place.
pub(super) fn seal(key: &Key, place: &Place, secret: &SecretString, dice: &Dice) -> Vec<u8> {
    let mut out = wrap(key, place, dice.data_key.as_slice(), dice.outer_nonce);
    let cipher = cipher_of(dice.data_key.as_slice()).expect("a data key has the length of a key");
    let text = secret.expose_secret().as_bytes();
    encrypt(
        &cipher,
        dice.inner_nonce,
        &bound("text", None, place),
        text,
        &mut out,
    );
    out
}

impl<'a> Envelope<'a> {
    /// Takes a sealed value apart; nothing is opened.
    pub(super) fn parse(sealed: &'a [u8]) -> Option<Self> {
        let (version, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_first_chunk::<KEY_ID_LENGTH>()?;
        matches!(*version, VERSION | VERSION_BEFORE).then_some(Self {
            is_present: *version == VERSION,
            key_id: KeyId(*id),
            rest,
        })
    }

    /// Whether it has the present format.
    pub(super) fn is_present_format(&self) -> bool {
        self.is_present
    }

    /// The secret, with the key that the envelope names.
    pub(super) fn open(&self, key: &Key, place: &Place) -> Option<SecretString> {
        let text = if self.is_present {
            let data_key = self.data_key(key, place)?;
            let text = self.rest.get(WRAPPED_LENGTH..)?;
            decrypt(&cipher_of(&data_key)?, &bound("text", None, place), text)?
        } else {
            decrypt(&key.cipher, place.bytes_before(), self.rest)?
        };
        std::str::from_utf8(&text).ok().map(SecretString::from)
    }

    /// The same secret under another key: only the data key is sealed anew. Nothing for the first format.
    pub(super) fn rewrap(
        &self,
        key: &Key,
        to: &Key,
        place: &Place,
        nonce: [u8; NONCE_LENGTH],
    ) -> Option<Vec<u8>> {
        let mut out = wrap(to, place, &self.data_key(key, place)?, nonce);
        out.extend_from_slice(self.rest.get(WRAPPED_LENGTH..)?);
        Some(out)
    }

    fn data_key(&self, key: &Key, place: &Place) -> Option<Zeroizing<Vec<u8>>> {
        if !self.is_present {
            return None;
        }
        let wrapped = self.rest.get(..WRAPPED_LENGTH)?;
        decrypt(&key.cipher, &bound("key", Some(self.key_id), place), wrapped)
    }
}
