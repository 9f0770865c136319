//! Randomness and new ids, in one place.
//!
//! Tokens are 256 random bits in URL-safe base64; the database keeps their SHA-256 only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Fills a new array with random bytes from the operating system.
///
/// # Panics
/// When the operating system has no randomness; nothing safe can be done then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut buffer = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
    getrandom::fill(&mut buffer).expect("the operating system gives randomness");
    buffer
}

/// A new secret token, 43 characters.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// What the database stores of a token: its SHA-256 in hexadecimal.
pub fn hash_token(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// A new id: UUID version 7, so that rows of one table sort by age.
pub fn new_id() -> String {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    uuid::Uuid::now_v7().to_string()
}
