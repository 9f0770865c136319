//! Answers of searches that had to be sorted, kept until the world changes.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// Answers kept at once.
const KEPT: usize = 16;

/// An answer with the revision of the world and the name of the search it belongs to.
type Answer = (u64, String, Arc<Vec<i64>>);

/// Ids by search, the latest last. A copy starts empty.
#[derive(Debug, Default)]
pub struct Searches(Mutex<VecDeque<Answer>>);

impl Clone for Searches {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Searches {
    /// The kept answer for this revision and name, or a new one.
    pub fn find_or_make(&self, revision: u64, name: &str, make: impl FnOnce() -> Vec<i64>) -> Arc<Vec<i64>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = lock()
            .iter()
            .find(|(own, own_name, _)| *own == revision && own_name == name)
            .map(|(_, _, ids)| Arc::clone(ids));
        found.unwrap_or_else(|| {
            let made = Arc::new(make());
            let mut kept = lock();
            kept.retain(|(own, ..)| *own == revision);
            if kept.len() >= KEPT {
                kept.pop_front();
            }
            kept.push_back((revision, name.to_owned(), Arc::clone(&made)));
            made
        })
    }
}
