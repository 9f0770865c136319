//! The issues of a world: facts in one sorted list, bodies beside them or made on demand.
//!
//! An issue is found by id in a step or two, by key in two maps. Search looks through
//! [`IssueStore::searchable`], which lags behind the store while the world is told to be eventually
//! consistent; everything else sees the truth at once. Ids ascend in the order of creation, so that
//! a new issue goes to the end of the list.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    fmt,
    sync::Arc,
};

use super::{
    World,
    facts::Facts,
    index::Index,
    issue::{Extras, Issue},
    shown::Wish,
};
use crate::sandbox::json::{Copies, Members};

/// Writes what belongs to an issue that nobody has touched, always the same for the same facts.
pub trait Maker: fmt::Debug + Send + Sync {
    /// The fields that are wanted.
    fn write_fields(
        &self,
        world: &World,
        facts: &Facts,
        wish: &Wish<'_>,
        copies: &mut Copies,
        fields: &mut Members<'_>,
    );
    /// The comments as a list; gives their number.
    fn write_comments(
        &self,
        world: &World,
        facts: &Facts,
        wiki: bool,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) -> usize;
    /// The history as a list, as [`World::write_changelog`] says.
    fn write_changelog(
        &self,
        world: &World,
        facts: &Facts,
        most: Option<usize>,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) -> (usize, usize);
    /// The texts of its comments.
    fn list_comment_texts(&self, facts: &Facts) -> Vec<String>;
    /// Its history and comments.
    fn make_extras(&self, world: &World, facts: &Facts) -> Extras;
    /// Its plain text, cheaper than the whole issue.
    fn make_texts(&self, world: &World, facts: &Facts) -> Texts;
}

/// The plain text of an issue, for text search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Summary.
    pub summary: String,
    /// Description without its markup, or as wiki text.
    pub description: String,
    /// Environment, as the description.
    pub environment: String,
    /// Text custom fields by number.
    pub custom: Vec<(u32, String)>,
}

/// Where a body comes from.
#[derive(Clone, Debug)]
pub enum Content {
    /// Kept: recorded, written by somebody, or part of a small world.
    Stored(Box<Issue>),
    /// Made by the world's [`Maker`] when asked for.
    Made,
}

#[derive(Clone, Debug)]
struct Entry {
    facts: Facts,
    content: Content,
    /// What search still believes: earlier facts, or that there is no such issue.
    stale: Option<Box<Option<Facts>>>,
}

/// All issues.
#[derive(Clone, Debug, Default)]
pub struct IssueStore {
    entries: Vec<Entry>,
    keys: HashMap<u32, BTreeMap<u32, i64>>,
    former_keys: HashMap<String, i64>,
    last_numbers: HashMap<u32, u32>,
    /// Places of issues that were ranked, see `rank`.
    pub(super) ranks: HashMap<i64, i64>,
    extras: HashMap<i64, Extras>,
    index: Index,
    waiting: VecDeque<(i64, i64)>,
    delay: Option<i64>,
    revision: u64,
    /// The present time, epoch milliseconds: told before an edit, needed while search lags behind.
    pub now_ms: i64,
    /// Makes the bodies that are not kept.
    pub maker: Option<Arc<dyn Maker>>,
}

impl IssueStore {
    /// Number of issues.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Grows with every change that search can see.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The lists that search walks.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    fn find_place(&self, id: i64) -> Result<usize, usize> {
        // Ids are dense in most worlds: try the place they would have without gaps.
        let first = self.entries.first().map_or(0, |entry| entry.facts.id);
        if let Ok(guess) = usize::try_from(id - first)
            && self.entries.get(guess).is_some_and(|entry| entry.facts.id == id)
        {
            return Ok(guess);
        }
        self.entries.binary_search_by_key(&id, |entry| entry.facts.id)
    }

    fn find_entry(&self, id: i64) -> Option<&Entry> {
        self.entries.get(self.find_place(id).ok()?)
    }

    /// The facts as they are.
    #[must_use]
    pub fn find(&self, id: i64) -> Option<&Facts> {
        self.find_entry(id).map(|entry| &entry.facts)
    }

    /// Where the body comes from.
    #[must_use]
    pub fn find_content(&self, id: i64) -> Option<&Content> {
        self.find_entry(id).map(|entry| &entry.content)
    }

    /// The facts as search knows them; `None` also for an issue that it has not noticed yet.
    #[must_use]
    pub fn searchable(&self, id: i64) -> Option<&Facts> {
        let entry = self.find_entry(id)?;
        match &entry.stale {
            None => Some(&entry.facts),
            Some(stale) => stale.as_ref().as_ref(),
        }
    }

    /// Issues as search knows them by ascending id, from an id up to another, which is left out.
    pub fn list_searchable_between(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = &Facts> {
        let start = self.entries.partition_point(|entry| entry.facts.id < from);
        let end = self.entries.partition_point(|entry| entry.facts.id < to);
        let part = self.entries.get(start..end).unwrap_or_default();
        part.iter().filter_map(|entry| match &entry.stale {
            None => Some(&entry.facts),
            Some(stale) => stale.as_ref().as_ref(),
        })
    }

    /// Makes room for so many more issues.
    pub fn reserve(&mut self, count: usize) {
        self.entries.reserve_exact(count);
    }

    /// All issues by ascending id.
    pub fn list(&self) -> impl DoubleEndedIterator<Item = &Facts> {
        self.entries.iter().map(|entry| &entry.facts)
    }

    /// Ids by number of a project.
    #[must_use]
    pub fn find_numbers(&self, project: u32) -> Option<&BTreeMap<u32, i64>> {
        self.keys.get(&project)
    }

    /// The issue that has this number in the project.
    #[must_use]
    pub fn find_number(&self, project: u32, number: u32) -> Option<i64> {
        self.keys.get(&project)?.get(&number).copied()
    }

    /// The issue that had this key (upper case) before it moved.
    #[must_use]
    pub fn find_former(&self, key: &str) -> Option<i64> {
        self.former_keys.get(key).copied()
    }

    /// An id that no issue had before.
    #[must_use]
    pub fn next_id(&self) -> i64 {
        self.entries.last().map_or(20_000, |entry| entry.facts.id) + 1
    }

    /// A number that no issue of the project had before.
    #[must_use]
    pub fn next_number(&self, project: u32) -> u32 {
        self.last_numbers.get(&project).copied().unwrap_or_default() + 1
    }

    /// Stores an issue, new or changed.
    pub fn put(&mut self, facts: Facts, content: Content) {
        self.revision += 1;
        let last = self.last_numbers.entry(facts.project).or_default();
        *last = facts.number.max(*last);
        self.keys
            .entry(facts.project)
            .or_default()
            .insert(facts.number, facts.id);
        match self.find_place(facts.id) {
            Ok(place) => self.replace(place, facts, content),
            Err(place) => {
                let id = facts.id;
                let stale = self.delay.map(|_| Box::new(None));
                if stale.is_none() {
                    self.index.add(&facts);
                }
                self.entries.insert(
                    place,
                    Entry {
                        facts,
                        content,
                        stale,
                    },
                );
                self.wait(id);
            }
        }
    }

    fn replace(&mut self, place: usize, facts: Facts, content: Content) {
        let entry = &mut self.entries[place];
        let id = facts.id;
        if (entry.facts.project, entry.facts.number) != (facts.project, facts.number)
            && let Some(numbers) = self.keys.get_mut(&entry.facts.project)
        {
            numbers.remove(&entry.facts.number);
        }
        let before = std::mem::replace(&mut entry.facts, facts);
        entry.content = content;
        if entry.stale.is_some() {
            return;
        }
        if self.delay.is_some() {
            entry.stale = Some(Box::new(Some(before)));
            self.wait(id);
        } else {
            self.index.remove(&before);
            self.index.add(&entry.facts);
        }
    }

    /// Removes an issue; search forgets it at once, since there is nothing left to show.
    pub fn remove(&mut self, id: i64) -> bool {
        let Ok(place) = self.find_place(id) else {
            return false;
        };
        self.revision += 1;
        let entry = self.entries.remove(place);
        match &entry.stale {
            None => self.index.remove(&entry.facts),
            Some(stale) => {
                if let Some(facts) = stale.as_ref() {
                    self.index.remove(facts);
                }
            }
        }
        if let Some(numbers) = self.keys.get_mut(&entry.facts.project) {
            numbers.remove(&entry.facts.number);
        }
        self.former_keys.retain(|_, owner| *owner != id);
        self.extras.remove(&id);
        true
    }

    /// Lets a former key (upper case) lead to the issue.
    pub fn add_former_key(&mut self, key: String, id: i64) {
        self.former_keys.insert(key, id);
    }

    /// What was kept around an issue.
    #[must_use]
    pub fn find_extras(&self, id: i64) -> Option<&Extras> {
        self.extras.get(&id)
    }

    /// What is kept around an issue, to change it; `made` gives it when nothing is kept yet.
    pub fn extras_mut(&mut self, id: i64, made: impl FnOnce() -> Extras) -> &mut Extras {
        self.revision += 1;
        self.extras.entry(id).or_insert_with(made)
    }

    /// From now on search notices a change so many milliseconds late; `None` ends it and catches up.
    pub fn set_delay(&mut self, delay_ms: Option<i64>) {
        self.delay = delay_ms;
        if self.delay.is_none() {
            self.catch_up(i64::MAX);
        }
    }

    /// Whether [`IssueStore::catch_up`] has something to do.
    #[must_use]
    pub fn is_behind(&self, now: i64) -> bool {
        self.waiting.front().is_some_and(|(due, _)| *due <= now)
    }

    /// Lets search see what is due by now, epoch milliseconds.
    pub fn catch_up(&mut self, now: i64) {
        while self.waiting.front().is_some_and(|(due, _)| *due <= now) {
            if let Some((_, id)) = self.waiting.pop_front() {
                self.reconcile(id);
            }
        }
    }

    /// Lets search see the present state of one issue.
    pub fn reconcile(&mut self, id: i64) {
        let Ok(place) = self.find_place(id) else { return };
        let entry = &mut self.entries[place];
        if let Some(stale) = entry.stale.take() {
            if let Some(facts) = stale.as_ref() {
                self.index.remove(facts);
            }
            self.index.add(&entry.facts);
            self.revision += 1;
        }
    }

    /// Lets the issue wait until search may notice it, counted from the world's present time.
    fn wait(&mut self, id: i64) {
        if let Some(delay) = self.delay {
            self.waiting.push_back((self.now_ms.saturating_add(delay), id));
        }
    }
}
