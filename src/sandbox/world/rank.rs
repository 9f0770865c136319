//! The order of a board. An issue that was never ranked stands where its id does.

use super::store::IssueStore;

/// Lower bits of a rank: room between two issues that were never ranked.
pub const RANK_BITS: u32 = 20;

impl IssueStore {
    /// The place of an issue; smaller comes first.
    #[must_use]
    pub fn rank(&self, id: i64) -> i64 {
        self.ranks.get(&id).copied().unwrap_or(id << RANK_BITS)
    }

    /// Whether any issue was ever ranked.
    #[must_use]
    pub fn has_ranks(&self) -> bool {
        !self.ranks.is_empty()
    }

    /// Puts an issue in a place.
    pub fn set_rank(&mut self, id: i64, rank: i64) {
        self.ranks.insert(id, rank);
    }

    /// Places for issues side by side, right before or right after another.
    #[must_use]
    pub fn spread_ranks(&self, anchor: i64, before: bool, moved: &[i64]) -> Vec<(i64, i64)> {
        let here = self.rank(anchor);
        let others = self
            .list()
            .filter(|facts| facts.id != anchor && !moved.contains(&facts.id));
        let others = others.map(|facts| self.rank(facts.id));
        let next = if before {
            others.filter(|rank| *rank < here).max()
        } else {
            others.filter(|rank| *rank > here).min()
        };
        let open = if before {
            here - (1 << RANK_BITS)
        } else {
            here + (1 << RANK_BITS)
        };
        let (low, high) = match next.unwrap_or(open) {
            next if before => (next, here),
            next => (here, next),
        };
        let count = i64::try_from(moved.len()).unwrap_or(i64::MAX).saturating_add(1);
        let place = |index: i64| low + (high - low) / count * index;
        (1..)
            .map(place)
            .zip(moved)
            .map(|(rank, id)| (*id, rank))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::world::{Content, Facts, Issue};

    #[test]
    fn issues_come_to_stand_where_they_are_put() {
        let mut store = IssueStore::default();
        for id in 1..=5 {
            let facts = Facts {
                id,
                ..Facts::default()
            };
            store.put(facts, Content::Stored(Box::<Issue>::default()));
        }
        let order = |store: &IssueStore| {
            let mut ids: Vec<i64> = (1..=5).collect();
            ids.sort_by_key(|id| store.rank(*id));
            ids
        };
        for (anchor, before, moved, wanted) in [
            (2, true, vec![5, 4], [1, 5, 4, 2, 3]),
            (3, false, vec![1], [5, 4, 2, 3, 1]),
            (5, true, vec![3], [3, 5, 4, 2, 1]),
            (4, false, vec![3, 5], [4, 3, 5, 2, 1]),
        ] {
            for (id, rank) in store.spread_ranks(anchor, before, &moved) {
                store.set_rank(id, rank);
            }
            assert_eq!(order(&store), wanted);
        }
    }
}
