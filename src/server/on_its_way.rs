//! Work that several requests may want at once, and that is done once.
//!
//! Who comes second waits for the first. Nothing is kept of the outcome: it is in the database, or
//! whoever waited begins anew. Can go wrong: work that panics; its place is freed all the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::{CancellationToken, DropGuard};

/// What is on its way, by name.
#[derive(Clone, Debug, Default)]
pub struct OnItsWay {
    places: Arc<Mutex<HashMap<String, CancellationToken>>>,
}

/// Who asked for work.
#[derive(Debug)]
pub enum Turn {
    /// The first: does it, and keeps this until it is done.
    Mine(Work),
    /// A later one: the token is cancelled when it is done.
    Wait(CancellationToken),
}

/// Work on its way; ends when it is dropped.
#[derive(Debug)]
pub struct Work {
    name: String,
    all: OnItsWay,
    _done: DropGuard,
}

impl OnItsWay {
    /// Takes the work, or finds who has it.
    pub fn begin(&self, name: &str) -> Turn {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(done) = places.get(name) {
            return Turn::Wait(done.clone());
        }
        let done = CancellationToken::new();
        places.insert(name.to_owned(), done.clone());
        Turn::Mine(Work {
            name: name.to_owned(),
            all: self.clone(),
            _done: done.drop_guard(),
        })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let mut places = self.all.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_waits_for_the_first_and_then_has_its_turn() {
        let all = OnItsWay::default();
        let Turn::Mine(work) = all.begin("a") else {
            panic!("taken")
        };
        assert!(matches!(all.begin("b"), Turn::Mine(_)));
        let Turn::Wait(done) = all.begin("a") else {
            panic!("free")
        };
        assert!(!done.is_cancelled());
        drop(work);
        done.cancelled().await;
        assert!(matches!(all.begin("a"), Turn::Mine(_)));
    }
}
