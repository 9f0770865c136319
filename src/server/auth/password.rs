//! Passwords: argon2id on a small bounded pool.
//!
//! Two hashes run at once and 32 may wait; beyond that the caller hears "busy" at once, so that a
//! flood of sign-ins cannot eat memory (each hash takes 19 MiB) or starve pages. That memory is kept for the
//! next hash: given back it would stay with whichever thread had it, and threads are many. Somebody who has no
//! password is checked against a decoy by the same code, so that neither work nor time tells who has an account.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::server::{
    error::{Error, Result},
    random,
};

const RUNNING: usize = 2;
const WAITING: usize = 32;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct PasswordPool {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    work: Arc<Work>,
}

/// The memory that hashes walk through, and how much was hashed: what the log tells of a flood, and what the tests
/// hold the limits against.
#[derive(Default)]
struct Work {
    /// As many as ever ran at once.
    memory: Mutex<Vec<Vec<Block>>>,
    now: AtomicUsize,
    most: AtomicUsize,
    hashes: AtomicUsize,
    kib: AtomicUsize,
}

impl fmt::Debug for Work {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Work").finish_non_exhaustive()
    }
}

impl Work {
    /// What argon2id makes of a password.
    fn hash(&self, password: &SecretString, salt: &[u8], params: Params) -> Result<Output> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.hashes.fetch_add(1, Ordering::SeqCst);
        let kib = params.m_cost() as usize * params.t_cost() as usize * params.p_cost() as usize;
        self.kib.fetch_add(kib, Ordering::SeqCst);
        let kept = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = kept.unwrap_or_default();
        memory.resize(params.block_count(), Block::default());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
            password.expose_secret().as_bytes(),
            salt,
            &mut output,
            &mut memory,
        );
        self.memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(memory);
        self.now.fetch_sub(1, Ordering::SeqCst);
        done.map_err(failed)?;
        Output::new(&output).map_err(failed)
    }
}

impl Default for PasswordPool {
    fn default() -> Self {
        Self::new()
    }
}

fn params() -> Params {
    Params::new(MEMORY_KIB, PASSES, 1, None).expect("fixed parameters within argon2's limits")
}

fn failed(error: impl fmt::Display) -> Error {
    Error::Internal(format!("hashing a password: {error}"))
}

/// Whether a password fits a hash in PHC form.
fn fits(work: &Work, password: &SecretString, stored: &str) -> Result<bool> {
    let unreadable = |why: &dyn fmt::Display| Error::Internal(format!("a stored password hash: {why}"));
    let stored = PasswordHash::new(stored).map_err(|error| unreadable(&error))?;
    let params = Params::try_from(&stored).map_err(|error| unreadable(&error))?;
    let (Some(salt), Some(hash)) = (&stored.salt, &stored.hash) else {
        return Err(unreadable(&"it has no salt or no hash"));
    };
    if stored.algorithm != ARGON2ID_IDENT || stored.version != Some(Version::V0x13.into()) {
        return Err(unreadable(&"another algorithm"));
    }
    // Two outputs are compared in a time that tells nothing of them.
    Ok(work.hash(password, salt, params)? == *hash)
}

/// A hash like those that are stored; hardly any password fits it, and one that did would help nobody.
fn decoy() -> String {
    let (salt, hash) = ("BwcHBwcHBwcHBwcHBwcHBw", "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${hash}")
}

impl PasswordPool {
    /// An idle pool.
    pub fn new() -> Self {
        Self {
            running: Arc::new(Semaphore::new(RUNNING)),
            admitted: Arc::new(Semaphore::new(RUNNING + WAITING)),
            work: Arc::default(),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce(&Work) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| {
            let ((hashes, most), kib) = (self.counts(), self.walked_kib());
            tracing::warn!(
                password.hashes = hashes,
                password.at_once = most,
                password.walked_kib = kib,
                "more passwords are to be checked than can wait, somebody was told to try again"
            );
            Error::Busy
        })?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| Error::Busy)?;
        let work = Arc::clone(&self.work);
        let done = tokio::task::spawn_blocking(move || {
            let _held = (admitted, running);
            task(&work)
        });
        done.await.map_err(failed)?
    }

    /// Hashes made since the start, and how many ran at once at most.
    pub fn counts(&self) -> (usize, usize) {
        (
            self.work.hashes.load(Ordering::SeqCst),
            self.work.most.load(Ordering::SeqCst),
        )
    }

    /// KiB that all hashes since the start walked through, each as often as it passes.
    pub fn walked_kib(&self) -> usize {
        self.work.kib.load(Ordering::SeqCst)
    }

    /// Hash of a new password, as a PHC string.
    ///
    /// # Errors
    /// Busy.
    pub async fn hash(&self, password: SecretString) -> Result<String> {
        self.run(move |work| {
            let salt = random::bytes::<16>();
            let hash = work.hash(&password, &salt, params())?;
            let hash = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params()).map_err(failed)?,
                salt: Some(Salt::new(&salt).map_err(failed)?),
                hash: Some(hash),
            };
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password fits. Without a stored hash (unknown or invited person) it is checked against a
    /// decoy and does not fit: the same code, the same parameters, the same time.
    ///
    /// # Errors
    /// Busy, or a stored hash that cannot be read.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool> {
        self.run(move |work| {
            let is_known = stored.is_some();
            Ok(fits(work, &password, &stored.unwrap_or_else(decoy))? && is_known)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_alone_and_is_salted() {
        let pool = PasswordPool::new();
        let secret = || SecretString::from("correct horse battery");
        let first = pool.hash(secret()).await.expect("hashed");
        let second = pool.hash(secret()).await.expect("hashed");
        assert_ne!(first, second);
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(pool.verify(secret(), Some(first.clone())).await.expect("checked"));
        assert!(
            !pool
                .verify(SecretString::from("wrong"), Some(first))
                .await
                .expect("checked")
        );
        assert!(!pool.verify(secret(), None).await.expect("checked"));
    }

    #[tokio::test]
    async fn hashes_of_earlier_releases_still_fit() {
        // Made by the argon2 library itself.
        let salted = argon2::PasswordHasher::hash_password_with_salt(
            &Argon2::new(Algorithm::Argon2id, Version::V0x13, params()),
            b"correct horse battery",
            &[3; 16],
        );
        let stored = salted.expect("hashed").to_string();
        let pool = PasswordPool::new();
        for (password, expected) in [("correct horse battery", true), ("wrong", false)] {
            let fits = pool
                .verify(SecretString::from(password), Some(stored.clone()))
                .await;
            assert_eq!(fits.expect("checked"), expected, "{password}");
        }
        for odd in [
            "",
            "plain",
            "$argon2i$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAA",
        ] {
            assert!(
                pool.verify(SecretString::from("x"), Some(odd.into()))
                    .await
                    .is_err(),
                "{odd}"
            );
        }
    }

    #[tokio::test]
    async fn a_decoy_is_as_much_work_as_a_stored_hash_and_fits_nothing() {
        let pool = PasswordPool::new();
        let stored = pool
            .hash(SecretString::from("correct horse battery"))
            .await
            .expect("hashed");
        let shape = |hash: &str| -> Vec<usize> { hash.split('$').map(str::len).collect() };
        assert_eq!(shape(&stored), shape(&decoy()));
        let mut walked = Vec::new();
        for stored in [Some(stored), None] {
            let (hashes, kib) = (pool.counts().0, pool.walked_kib());
            assert!(
                !pool
                    .verify(SecretString::from("wrong"), stored)
                    .await
                    .expect("checked")
            );
            walked.push((pool.counts().0 - hashes, pool.walked_kib() - kib));
        }
        assert_eq!(walked, [(1, (MEMORY_KIB * PASSES) as usize); 2]);
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_instead_of_piling_up() {
        let pool = PasswordPool::new();
        let tries = (0..200).map(|_| pool.verify(SecretString::from("x"), None));
        let answers = futures::future::join_all(tries).await;
        let busy = answers
            .iter()
            .filter(|answer| matches!(answer, Err(Error::Busy)))
            .count();
        assert_eq!(busy, 200 - RUNNING - WAITING);
        let (hashes, most) = pool.counts();
        assert_eq!(hashes, RUNNING + WAITING);
        assert!(most <= RUNNING, "{most} at once");
        let kept = pool.work.memory.lock().expect("memory").len();
        assert!(kept <= RUNNING, "memory for {kept} hashes is kept");
    }
}
