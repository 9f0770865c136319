//! How many requirements each source of the release date supplies.
//!
//! Jira is asked how many are left without a date behind the first source, behind the first two and so
//! on: what a source supplies is what it takes off. Numbers of Jira Cloud are estimates made one after
//! the other, so one may be larger than the one before it; a source never takes away what was there.

/// What came of the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateSupply {
    /// What each source supplies that none before it does, in their order.
    pub supplied: Vec<u64>,
    /// Requirements that no source dates.
    pub undated: u64,
}

/// What the sources supply of `total` requirements; `left[k]` of them have no date of the sources 0 to k.
pub fn supply(total: u64, left: &[u64]) -> DateSupply {
    let mut undated = total;
    let supplied = left
        .iter()
        .map(|&left| {
            let before = undated;
            undated = undated.min(left);
            before - undated
        })
        .collect();
    DateSupply { supplied, undated }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_source_supplies_what_it_takes_off() {
        let found = supply(412, &[124, 45, 37]);
        assert_eq!((found.supplied, found.undated), (vec![288, 79, 8], 37));
        assert_eq!(supply(5, &[]).undated, 5);
        assert_eq!(
            supply(5, &[9, 2]).supplied,
            [0, 3],
            "an estimate above the one before it"
        );
    }

    proptest! {
        #[test]
        fn all_parts_are_the_whole(total in 0..10_000u64, left in prop::collection::vec(0..20_000u64, 0..4)) {
            let found = supply(total, &left);
            prop_assert_eq!(found.supplied.iter().sum::<u64>() + found.undated, total);
            prop_assert_eq!(found.supplied.len(), left.len());
        }
    }
}
