//! Cutting pages out of the issues that a search finds, and keeping long lists until the world changes.

use std::{ops::Range, sync::Arc};

use super::{
    Compiled, Viewer,
    fields::TimeField,
    search::{Cursor, Page, Search, Walk, find_walk},
    test::Test,
};

/// The matching issues of a search in order: a part of a list that may be kept.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    ids: Arc<Vec<i64>>,
    part: Range<usize>,
}

impl Found {
    /// All of them.
    pub(crate) fn ids(&self) -> &[i64] {
        self.ids.get(self.part.clone()).unwrap_or_default()
    }
}

impl From<Vec<i64>> for Found {
    fn from(ids: Vec<i64>) -> Self {
        let part = 0..ids.len();
        Self {
            ids: Arc::new(ids),
            part,
        }
    }
}

/// All matching issues in order.
///
/// A long list is kept until the world changes, without the bound on what it is ordered by: a
/// client that goes on with `id > last` gets the next part of the same list.
pub(crate) fn find_all(compiled: &Compiled, viewer: &Viewer<'_>) -> Found {
    let search = Search::new(compiled, viewer);
    if let Some(few) = search.list_few() {
        return few.into();
    }
    let walk = find_walk(&compiled.order).filter(|_| search.scope.ids.is_none());
    let bounds = match walk {
        Some((Walk::Id, _)) => search.scope.id,
        Some((Walk::Updated, _)) => search.scope.updated,
        Some((Walk::Created, _)) => search.scope.created,
        Some((Walk::Key, _)) | None => (i64::MIN, i64::MAX),
    };
    let mut test = compiled.test.clone();
    if let (Some((walk, _)), Some(test)) = (walk, &mut test) {
        drop_bounds(test, walk);
    }
    let account = viewer.account.map_or("", |account| account.token.as_str());
    let name = format!("{account} {test:?} {}", compiled.order_text);
    let world = viewer.world;
    let revision = world.revision.wrapping_add(world.store.revision());
    let ids = world.searches.find_or_make(revision, &name, || {
        Search::with(test.as_ref(), &compiled.order, viewer).list_all()
    });
    let Some((walk, backwards)) = walk else {
        let part = 0..ids.len();
        return Found { ids, part };
    };
    let key = |id: i64| match (walk, world.store.searchable(id)) {
        (Walk::Updated, Some(facts)) => facts.updated,
        (Walk::Created, Some(facts)) => facts.created,
        _ => id,
    };
    let (from, to) = bounds;
    let part = if backwards {
        ids.partition_point(|id| key(*id) >= to)..ids.partition_point(|id| key(*id) >= from)
    } else {
        ids.partition_point(|id| key(*id) < from)..ids.partition_point(|id| key(*id) < to)
    };
    Found { ids, part }
}

/// Takes the bounds on the order out of a filter that all must fit.
fn drop_bounds(test: &mut Test, walk: Walk) {
    let is_bound = |part: &Test| match (part, walk) {
        (Test::Ids(..), Walk::Id) => true,
        (Test::Time(TimeField::Updated, wanted), Walk::Updated)
        | (Test::Time(TimeField::Created, wanted), Walk::Created) => {
            !wanted.not && !wanted.empty && wanted.ranges.len() == 1
        }
        _ => false,
    };
    if is_bound(test) {
        *test = Test::Constant(true);
    } else if let Test::And(parts) = test {
        for part in parts.iter_mut() {
            drop_bounds(part, walk);
        }
    }
}

/// At most `max` matching issues from after the cursor.
pub(crate) fn find_page(compiled: &Compiled, viewer: &Viewer<'_>, after: Option<Cursor>, max: usize) -> Page {
    let search = Search::new(compiled, viewer);
    let walk = find_walk(&compiled.order).filter(|_| search.scope.ids.is_none());
    let rows_before = after.map_or(0, |cursor| cursor.at);
    let count = |ids: &[i64]| i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let Some((walk, backwards)) = walk else {
        let found = find_all(compiled, viewer);
        let all = found.ids();
        let start = after.map_or(0, |cursor| resume(all, cursor));
        let ids: Vec<i64> = all.iter().skip(start).take(max).copied().collect();
        let more = start + ids.len() < all.len();
        let next = ids.last().filter(|_| more).map(|id| Cursor {
            at: i64::try_from(start).unwrap_or_default() + count(&ids),
            key: 0,
            id: *id,
        });
        return Page { ids, next };
    };
    let mut ids = Vec::with_capacity(max.min(1000));
    let mut last = None;
    for (key, id) in search.walk(walk, backwards, after) {
        if search.find(id).is_none() {
            continue;
        }
        if ids.len() == max {
            let at = rows_before + count(&ids);
            return Page {
                ids,
                next: last.map(|(key, id)| Cursor { at, key, id }),
            };
        }
        ids.push(id);
        last = Some((key, id));
    }
    Page { ids, next: None }
}

/// The place after the last row, even when rows came or went before it.
fn resume(all: &[i64], cursor: Cursor) -> usize {
    let at = usize::try_from(cursor.at).unwrap_or_default();
    if at > 0 && all.get(at - 1) == Some(&cursor.id) {
        return at;
    }
    all.iter()
        .position(|id| *id == cursor.id)
        .map_or(at.min(all.len()), |place| place + 1)
}
