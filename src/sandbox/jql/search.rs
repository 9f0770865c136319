//! Walking the issues in the order asked for.
//!
//! The orders of connectors (id, key, update and creation time) are walked along lists the store
//! keeps, from where the last page ended, so that a page costs what it holds. Every other order is
//! sorted once and kept until the world changes. A query that names few issues (by key, sprint,
//! version, parent) looks at those alone.

use std::{cmp::Reverse, collections::BinaryHeap, ops::Bound};

use super::{
    Compiled, Viewer,
    fields::TimeField,
    order::{self, By, Key},
    scope::{Scope, find_scope},
    test::Test,
};
use crate::sandbox::world::{Facts, ProjectIndex};

/// More projects than this are walked along the list of all issues.
const FEW_PROJECTS: usize = 8;

/// Rows that are looked at before a list is made to be kept.
const FEW_ROWS: usize = 2000;

/// Where a page ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Rows before.
    pub(crate) at: i64,
    /// What the last row was ordered by, for orders that are walked.
    pub(crate) key: i64,
    /// Id of the last row.
    pub(crate) id: i64,
}

/// A page of ids.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) ids: Vec<i64>,
    /// Where to go on; `None` on the last page.
    pub(crate) next: Option<Cursor>,
}

/// The order that a kept list already has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    Id,
    Key,
    Updated,
    Created,
}

/// The walk that gives an order, and whether backwards.
pub(super) fn find_walk(keys: &[Key]) -> Option<(Walk, bool)> {
    let Some(first) = keys.first() else {
        return Some((Walk::Id, true));
    };
    let walk = match first.by {
        By::Id => Walk::Id,
        By::Key(_) => Walk::Key,
        By::Time(TimeField::Updated) => Walk::Updated,
        By::Time(TimeField::Created) => Walk::Created,
        _ => return None,
    };
    let settled = matches!(walk, Walk::Id | Walk::Key);
    let rest_fits = match keys.get(1) {
        None => true,
        Some(next) => settled || (matches!(next.by, By::Id) && next.descending == first.descending),
    };
    rest_fits.then_some((walk, first.descending))
}

/// Rows ordered by a number and the id, from one list.
pub(super) type Rows<'a> = Box<dyn Iterator<Item = (i64, i64)> + 'a>;

/// Merges lists that each have the order already.
struct Merge<'a> {
    heap: BinaryHeap<Reverse<(i64, i64, usize)>>,
    lists: Vec<Rows<'a>>,
    backwards: bool,
}

impl<'a> Merge<'a> {
    fn new(lists: Vec<Rows<'a>>, backwards: bool) -> Self {
        let mut merge = Self {
            heap: BinaryHeap::with_capacity(lists.len()),
            lists,
            backwards,
        };
        for list in 0..merge.lists.len() {
            merge.pull(list);
        }
        merge
    }

    fn pull(&mut self, list: usize) {
        if let Some((key, id)) = self.lists[list].next() {
            let sign = if self.backwards { -1 } else { 1 };
            self.heap
                .push(Reverse((key.saturating_mul(sign), id.saturating_mul(sign), list)));
        }
    }
}

impl Iterator for Merge<'_> {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<(i64, i64)> {
        let Reverse((key, id, list)) = self.heap.pop()?;
        self.pull(list);
        let sign = if self.backwards { -1 } else { 1 };
        Some((key.saturating_mul(sign), id.saturating_mul(sign)))
    }
}

pub(super) struct Search<'a> {
    test: Option<&'a Test>,
    order: &'a [Key],
    viewer: &'a Viewer<'a>,
    pub(super) scope: Scope,
    /// The projects of the scope, sorted.
    visible: Vec<u32>,
    /// Security levels that hide their issues from the caller.
    closed: Vec<u32>,
}

impl<'a> Search<'a> {
    pub(super) fn new(compiled: &'a Compiled, viewer: &'a Viewer<'a>) -> Self {
        Self::with(compiled.test.as_ref(), &compiled.order, viewer)
    }

    pub(super) fn with(test: Option<&'a Test>, order: &'a [Key], viewer: &'a Viewer<'a>) -> Self {
        let scope = find_scope(test, viewer);
        let mut visible = scope.projects.clone();
        visible.sort_unstable();
        Self {
            test,
            order,
            viewer,
            scope,
            visible,
            closed: viewer.list_closed_levels(),
        }
    }

    fn fits(&self, facts: &Facts) -> bool {
        self.visible.binary_search(&facts.project).is_ok()
            && (facts.security == 0 || !self.closed.contains(&facts.security))
            && self.test.is_none_or(|test| test.fits(facts, self.viewer))
    }

    pub(super) fn find(&self, id: i64) -> Option<&'a Facts> {
        self.viewer
            .world
            .store
            .searchable(id)
            .filter(|facts| self.fits(facts))
    }

    /// All rows of a walk from after the cursor, filtered by nothing yet.
    pub(super) fn walk(&self, walk: Walk, backwards: bool, after: Option<Cursor>) -> Rows<'_> {
        match walk {
            Walk::Key => self.walk_keys(backwards, after),
            Walk::Id if self.scope.projects.len() > FEW_PROJECTS => self.walk_everything(backwards, after),
            Walk::Id => self.merge(backwards, after, self.scope.id, |lists, from, to| {
                let rows = lists.ids.range(bounds(from, to, |(key, _)| key)?);
                Some(if backwards {
                    Box::new(rows.rev().map(|id| (*id, *id)))
                } else {
                    Box::new(rows.map(|id| (*id, *id)))
                })
            }),
            Walk::Updated | Walk::Created => {
                let range = if walk == Walk::Updated {
                    self.scope.updated
                } else {
                    self.scope.created
                };
                self.merge(backwards, after, range, |lists, from, to| {
                    let list = if walk == Walk::Updated {
                        &lists.updated
                    } else {
                        &lists.created
                    };
                    let rows = list.range(bounds(from, to, |row| row)?);
                    Some(if backwards {
                        Box::new(rows.rev().copied())
                    } else {
                        Box::new(rows.copied())
                    })
                })
            }
        }
    }

    /// The lists of the projects, merged; `range` is what the filter allows as keys.
    fn merge<'s>(
        &'s self,
        backwards: bool,
        after: Option<Cursor>,
        range: (i64, i64),
        open: impl Fn(&'s ProjectIndex, Bound<(i64, i64)>, Bound<(i64, i64)>) -> Option<Rows<'s>>,
    ) -> Rows<'s> {
        let mut from = Bound::Included((range.0, i64::MIN));
        let mut to = Bound::Excluded((range.1, i64::MIN));
        if let Some(cursor) = after {
            let row = (cursor.key, cursor.id);
            if backwards && cursor.key < range.1 {
                to = Bound::Excluded(row);
            } else if !backwards && cursor.key >= range.0 {
                from = Bound::Excluded(row);
            }
        }
        let index = self.viewer.world.store.index();
        let projects = self.scope.projects.iter();
        let mut lists: Vec<Rows<'s>> = if self.scope.projects.len() > FEW_PROJECTS {
            open(index.everything(), from, to).into_iter().collect()
        } else {
            let own = projects.filter_map(|project| index.find_project(*project));
            own.filter_map(|lists| open(lists, from, to)).collect()
        };
        if lists.len() == 1 {
            return lists.remove(0);
        }
        Box::new(Merge::new(lists, backwards))
    }

    fn walk_everything(&self, backwards: bool, after: Option<Cursor>) -> Rows<'_> {
        let (mut from, mut to) = self.scope.id;
        if let Some(cursor) = after {
            if backwards {
                to = to.min(cursor.id);
            } else {
                from = from.max(cursor.id.saturating_add(1));
            }
        }
        let rows = self.viewer.world.store.list_searchable_between(from, to);
        if backwards {
            Box::new(rows.rev().map(|facts| (facts.id, facts.id)))
        } else {
            Box::new(rows.map(|facts| (facts.id, facts.id)))
        }
    }

    /// Projects by key, in each the issues by number.
    fn walk_keys(&self, backwards: bool, after: Option<Cursor>) -> Rows<'_> {
        let world = self.viewer.world;
        let mut projects: Vec<(&str, u32)> = self
            .viewer
            .projects
            .iter()
            .filter_map(|project| Some((project.key.as_str(), project.id.parse().ok()?)))
            .filter(|(_, id)| self.visible.binary_search(id).is_ok())
            .collect();
        projects.sort_unstable();
        if backwards {
            projects.reverse();
        }
        let mut start = None;
        if let Some(cursor) = after {
            let project = u32::try_from(cursor.key >> 32).unwrap_or_default();
            let number = u32::try_from(cursor.key & 0xffff_ffff).unwrap_or_default();
            if let Some(place) = projects.iter().position(|(_, id)| *id == project) {
                projects.drain(..place);
                start = Some((project, number));
            }
        }
        let lists = projects.into_iter().filter_map(move |(_, project)| {
            let numbers = world.store.find_numbers(project)?;
            let after = start.filter(|(own, _)| *own == project).map(|(_, number)| number);
            let key =
                move |(number, id): (&u32, &i64)| ((i64::from(project) << 32) + i64::from(*number), *id);
            let rows: Rows<'_> = match (backwards, after) {
                (false, None) => Box::new(numbers.iter().map(key)),
                (false, Some(number)) => Box::new(
                    numbers
                        .range((Bound::Excluded(number), Bound::Unbounded))
                        .map(key),
                ),
                (true, None) => Box::new(numbers.iter().rev().map(key)),
                (true, Some(number)) => Box::new(numbers.range(..number).rev().map(key)),
            };
            Some(rows)
        });
        Box::new(lists.flatten())
    }

    /// All matching issues, unless that takes a look at many.
    pub(super) fn list_few(&self) -> Option<Vec<i64>> {
        let short = self.scope.ids.as_ref().is_some_and(|ids| ids.len() <= FEW_ROWS);
        let short = short
            || find_walk(self.order)
                .is_some_and(|(walk, backwards)| self.walk(walk, backwards, None).nth(FEW_ROWS).is_none());
        short.then(|| self.list_all())
    }

    pub(super) fn list_all(&self) -> Vec<i64> {
        let keys = self.order;
        if let Some(ids) = &self.scope.ids {
            let found = ids.iter().filter_map(|id| self.find(*id)).collect();
            return order::sort(keys, found, self.viewer.world);
        }
        if let Some((walk, backwards)) = find_walk(keys) {
            let rows = self.walk(walk, backwards, None);
            return rows
                .filter_map(|(_, id)| self.find(id))
                .map(|facts| facts.id)
                .collect();
        }
        let walk = if self.scope.updated.0 > i64::MIN {
            Walk::Updated
        } else {
            Walk::Id
        };
        let rows = self.walk(walk, false, None);
        let found = rows.filter_map(|(_, id)| self.find(id)).collect();
        order::sort(keys, found, self.viewer.world)
    }
}

type Bounds<T> = (Bound<T>, Bound<T>);

/// The bounds in terms of a list's rows; `None` when nothing can lie between them, on which
/// `BTreeSet::range` panics.
fn bounds<T: Ord>(
    from: Bound<(i64, i64)>,
    to: Bound<(i64, i64)>,
    row: impl Fn((i64, i64)) -> T,
) -> Option<Bounds<T>> {
    let (from, to) = (from.map(&row), to.map(&row));
    match (&from, &to) {
        (Bound::Included(start) | Bound::Excluded(start), Bound::Excluded(end)) if start >= end => None,
        _ => Some((from, to)),
    }
}
