//! How issues that break an answer are found: by halves, with an end to the patience. Decides only; asking is
//! `gather`'s.
//!
//! While there is time a part that fails is split, so one broken issue of a hundred costs eight questions. After
//! that every part that is left is still asked for once, and what fails then is left for the next sync: nothing is
//! kept aside that was not asked for. Can go wrong: broken issues without number; while nothing was read at all
//! it is Jira that is unwell, which a number of failures tells and the time does not.

/// Questions that may fail before an issue was read: one broken issue of a hundred fails eight.
const MOST_FAILED_AT_FIRST: usize = 16;
/// Longest look for what breaks a page, in milliseconds.
const LONGEST_MS: i64 = 3 * 60 * 1000;

/// How long a page may take, and what it has come to.
#[derive(Debug)]
pub struct Patience {
    until: i64,
    failed: usize,
    read: usize,
}

impl Patience {
    /// One that begins now, in UTC milliseconds.
    pub fn new(now: i64) -> Self {
        Self {
            until: now + LONGEST_MS,
            failed: 0,
            read: 0,
        }
    }

    /// Issues came.
    pub fn note_read(&mut self, count: usize) {
        self.read += count;
    }

    /// A question failed. Gives whether to go on.
    #[must_use]
    pub fn note_failure(&mut self) -> bool {
        self.failed += 1;
        self.read > 0 || self.failed < MOST_FAILED_AT_FIRST
    }

    /// Whether something failed already.
    pub fn met_failure(&self) -> bool {
        self.failed > 0
    }

    /// Whether any issue came.
    pub fn has_read(&self) -> bool {
        self.read > 0
    }

    /// Whether it is time to come to an end; only a look that meets failures can be late.
    pub fn is_late(&self, now: i64) -> bool {
        self.met_failure() && now > self.until
    }

    /// Whether even single questions take too long.
    pub fn is_over(&self, now: i64) -> bool {
        self.met_failure() && now > self.until + LONGEST_MS
    }
}

/// What is still to be asked for, and what became of the rest.
#[derive(Debug, Default)]
pub struct Halving {
    parts: Vec<Vec<String>>,
    /// Did not come back although the answer was good, or fail alone: to be asked for once more, alone.
    pub absent: Vec<String>,
    /// Could not be read in time.
    pub left: Vec<String>,
}

impl Halving {
    /// All of these, in their order.
    pub fn of(ids: &[String]) -> Self {
        let mut halving = Self::default();
        if !ids.is_empty() {
            halving.parts.push(ids.to_vec());
        }
        halving
    }

    /// The next part to ask for.
    pub fn next(&mut self) -> Option<Vec<String>> {
        self.parts.pop()
    }

    /// A part was answered; `came` tells which ids are in the answer.
    pub fn answered(&mut self, part: Vec<String>, came: impl Fn(&str) -> bool) {
        self.absent.extend(part.into_iter().filter(|id| !came(id)));
    }

    /// A part failed.
    pub fn failed(&mut self, mut part: Vec<String>, late: bool) {
        if late {
            self.left.extend(part);
        } else if part.len() == 1 {
            self.absent.extend(part);
        } else {
            let second = part.split_off(part.len() / 2);
            self.parts.extend([second, part]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// What a failing question costs in the simulation: the deadline of a search.
    const COST_MS: i64 = 10_000;

    struct Outcome {
        read: BTreeSet<String>,
        absent: Vec<String>,
        left: Vec<String>,
        asked: usize,
        took_ms: i64,
        gave_up: bool,
    }

    /// A Jira that hangs over some of the ids.
    fn look(count: usize, broken: &BTreeSet<usize>) -> Outcome {
        let ids: Vec<String> = (0..count).map(|id| id.to_string()).collect();
        let hangs = |id: &String| broken.contains(&id.parse().expect("a number"));
        let (mut patience, mut halving) = (Patience::new(0), Halving::of(&ids));
        let (mut now, mut asked, mut read, mut gave_up) = (0, 0, BTreeSet::new(), false);
        while let Some(part) = halving.next() {
            asked += 1;
            if part.iter().any(hangs) {
                now += COST_MS;
                if !patience.note_failure() {
                    gave_up = true;
                    break;
                }
                halving.failed(part, patience.is_late(now));
            } else {
                now += 500;
                patience.note_read(part.len());
                read.extend(part.iter().cloned());
                halving.answered(part, |_| true);
            }
        }
        Outcome {
            read,
            absent: halving.absent,
            left: halving.left,
            asked,
            took_ms: now,
            gave_up,
        }
    }

    #[test]
    fn one_hanging_issue_anywhere_is_found_alone_and_all_others_are_read() {
        for at in 0..100 {
            let outcome = look(100, &BTreeSet::from([at]));
            assert!(!outcome.gave_up);
            assert_eq!(outcome.absent, [at.to_string()]);
            assert_eq!(
                (outcome.read.len(), outcome.left.len()),
                (99, 0),
                "the hanging one is {at}"
            );
            assert!(outcome.took_ms < LONGEST_MS, "{}", outcome.took_ms);
        }
    }

    #[test]
    fn a_jira_that_fails_over_everything_is_given_up_soon() {
        let outcome = look(100, &(0..100).collect());
        assert!(outcome.gave_up);
        assert_eq!(outcome.asked, MOST_FAILED_AT_FIRST);
    }

    #[test]
    fn after_the_time_every_part_is_asked_for_once_more() {
        // One in each eighth: there is no time to find them all.
        let broken: BTreeSet<usize> = (0..8).map(|eighth| eighth * 12 + 3).collect();
        let outcome = look(100, &broken);
        assert!(!outcome.gave_up && !outcome.left.is_empty());
        let last_parts = 8 * COST_MS;
        assert!(
            outcome.took_ms <= LONGEST_MS + last_parts + 10_000,
            "{}",
            outcome.took_ms
        );
    }

    #[test]
    fn what_a_good_answer_lacks_is_absent() {
        let mut halving = Halving::of(&["1".to_owned(), "2".to_owned()]);
        let part = halving.next().expect("a part");
        halving.answered(part, |id| id == "1");
        assert_eq!(halving.absent, ["2"]);
        assert!(halving.next().is_none() && Halving::of(&[]).next().is_none());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_kept_aside_unasked(
            count in 1_usize..120,
            broken in proptest::collection::btree_set(0_usize..120, 0..12),
        ) {
            let broken: BTreeSet<usize> = broken.into_iter().filter(|id| *id < count).collect();
            let outcome = look(count, &broken);
            prop_assume!(!outcome.gave_up);
            let mut all: Vec<String> = outcome.read.iter().cloned().collect();
            all.extend(outcome.absent.iter().chain(&outcome.left).cloned());
            prop_assert_eq!(all.len(), count);
            prop_assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), count);
            for id in &outcome.absent {
                prop_assert!(broken.contains(&id.parse().expect("a number")));
            }
        }
    }
}
