//! Where bars stand on the axis of a timeline: what is cut, what lies outside, and which share a row.
//!
//! Whole thousandths of the window, as [`timeline`](super::timeline) says. A day is its whole day: what ends on a
//! day reaches to the begin of the next. Sprints that touch, one ending on the day on which the next begins, are
//! no overlap: the earlier one gives way.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::connection::days_between;

/// Width of the window in position units.
pub const FULL: u16 = 1000;
/// A bar from this width on is at least 24 px wide on the narrowest axis (36rem) and may be pressed.
const PRESSABLE: u16 = 42;
/// Width of a letter of a name on that axis.
const LETTER: u16 = 12;

/// A stretch on the axis, cut at the window's edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Begin, 0 to 1000.
    pub start: u16,
    /// End, not before begin.
    pub end: u16,
    /// Begins before the window.
    pub cut_start: bool,
    /// Ends behind the window.
    pub cut_end: bool,
}

impl Bar {
    fn width(self) -> u16 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it is wide enough for a finger on every axis.
    pub fn is_pressable(self) -> bool {
        self.width() >= PRESSABLE
    }

    /// Whether what is in sight of it is only a stub at the edge, with no room for a name or a finger.
    pub fn is_stub(self) -> bool {
        (self.cut_start || self.cut_end) && !self.is_pressable()
    }

    /// Whether a name of so many letters is written towards the start of the axis, from the bar's end: only where
    /// it has no room behind the bar's begin and more room before its end.
    pub fn writes_backwards(self, letters: usize) -> bool {
        let needed = u16::try_from(letters).unwrap_or(FULL).saturating_mul(LETTER);
        let room = FULL - self.start.min(FULL);
        room < needed && self.end > room
    }
}

/// Which side of the window something lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Before its first day.
    Before,
    /// Behind its last day.
    After,
}

/// The days that are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// First day.
    pub from: Date,
    /// First day behind it.
    pub to: Date,
}

impl Window {
    /// Place of the begin of a day, `None` outside.
    pub fn at(self, date: Date) -> Option<u16> {
        (self.from <= date && date < self.to).then(|| self.clamped(date))
    }

    /// Place of the begin of a day, of one outside that of the nearest edge.
    pub fn clamped(self, date: Date) -> u16 {
        let length = i64::from(days_between(self.from, self.to)).max(1);
        let days = i64::from(days_between(self.from, date)).clamp(0, length);
        u16::try_from(days * i64::from(FULL) / length).unwrap_or(FULL)
    }

    /// Place of the days from `start` to `end`, both included; `None` when wholly outside.
    pub fn bar(self, start: Date, end: Date) -> Option<Bar> {
        let (start, end) = (start.min(end), start.max(end));
        let after = end.tomorrow().unwrap_or(end);
        (start < self.to && after > self.from).then(|| Bar {
            start: self.clamped(start),
            end: self.clamped(after),
            cut_start: start < self.from,
            cut_end: after > self.to,
        })
    }

    /// On which side the days from `start` to `end` lie, when none of them is inside.
    pub fn side(self, start: Date, end: Date) -> Option<Side> {
        if start.min(end) >= self.to {
            Some(Side::After)
        } else if start.max(end) < self.from {
            Some(Side::Before)
        } else {
            None
        }
    }
}

/// Days of a bar (first and last) and its place.
pub(super) type Span = (Date, Date, Bar);

/// Rows for bars, earliest first, so that those of the same time do not cover each other, and how many rows that
/// makes. A bar that gives way to one that begins on its last day ends there; one with nothing left is lost.
pub(super) fn share_rows(spans: &[Span]) -> (Vec<(usize, Option<Bar>)>, usize) {
    // Of each row the day from which it is free, and who stands last in it.
    let mut rows: Vec<(Date, usize)> = Vec::new();
    let mut placed: Vec<(usize, Option<Bar>)> = Vec::with_capacity(spans.len());
    for (index, (start, end, bar)) in spans.iter().enumerate() {
        let free = (*end).max(start.tomorrow().unwrap_or(*start));
        let row = rows.iter().position(|(from, _)| from <= start);
        if let Some((_, last)) = row.and_then(|row| rows.get(row)).copied()
            && let Some((_, before)) = placed.get_mut(last)
        {
            *before = before
                .map(|before| Bar {
                    end: before.end.min(bar.start),
                    ..before
                })
                .filter(|before| before.end > before.start);
        }
        let row = row.unwrap_or(rows.len());
        match rows.get_mut(row) {
            Some(taken) => *taken = (free, index),
            None => rows.push((free, index)),
        }
        placed.push((row, Some(*bar)));
    }
    (placed, rows.len())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Window = Window {
        from: date(2026, 11, 1),
        to: date(2027, 1, 10),
    };

    fn bar(start: u16, end: u16) -> Bar {
        Bar {
            start,
            end,
            cut_start: false,
            cut_end: false,
        }
    }

    #[test]
    fn what_leaves_the_window_is_cut_or_lies_on_a_side() {
        let day = |text: &str| text.parse::<Date>().expect("day");
        for (start, end, expected, side) in [
            ("2026-11-01", "2026-11-07", Some((0, 100, false, false)), None),
            ("2026-10-01", "2026-11-07", Some((0, 100, true, false)), None),
            ("2027-01-03", "2027-01-09", Some((900, 1000, false, false)), None),
            ("2027-01-03", "2027-01-10", Some((900, 1000, false, true)), None),
            ("2026-10-01", "2027-02-01", Some((0, 1000, true, true)), None),
            ("2026-10-01", "2026-10-31", None, Some(Side::Before)),
            ("2027-01-10", "2027-01-11", None, Some(Side::After)),
            ("2027-01-11", "2026-12-31", Some((857, 1000, false, true)), None),
        ] {
            let (start, end) = (day(start), day(end));
            let found = WINDOW
                .bar(start, end)
                .map(|bar| (bar.start, bar.end, bar.cut_start, bar.cut_end));
            assert_eq!(
                (found, WINDOW.side(start, end)),
                (expected, side),
                "{start} to {end}"
            );
        }
    }

    #[test]
    fn sprints_that_touch_share_a_row() {
        let span = |start: Date, end: Date| (start, end, WINDOW.bar(start, end).expect("inside"));
        let (first, second, third) = (
            span(date(2026, 11, 2), date(2026, 11, 16)),
            span(date(2026, 11, 16), date(2026, 11, 30)),
            span(date(2026, 11, 30), date(2026, 12, 14)),
        );
        let (placed, rows) = share_rows(&[first, second, third]);
        assert_eq!(rows, 1);
        let ends: Vec<_> = placed
            .iter()
            .map(|(row, bar)| (*row, bar.expect("seen").end))
            .collect();
        assert_eq!(ends, [(0, second.2.start), (0, third.2.start), (0, third.2.end)]);
        // A day more is an overlap; days of one day alone stand below each other.
        let late = span(date(2026, 11, 15), date(2026, 11, 30));
        assert_eq!(share_rows(&[first, late]).1, 2);
        let short = span(date(2026, 11, 2), date(2026, 11, 2));
        assert_eq!(share_rows(&[short, short]).1, 2);
        // What had only the day in sight that the next one has too is not seen.
        let before = span(date(2026, 10, 18), date(2026, 11, 1));
        let next = span(date(2026, 11, 1), date(2026, 11, 15));
        assert_eq!(share_rows(&[before, next]).0[0], (0, None));
    }

    #[test]
    fn names_stay_inside() {
        assert!(!bar(0, 10).writes_backwards(22));
        assert!(bar(900, 950).writes_backwards(22));
        assert!(!bar(900, 950).writes_backwards(4));
        // A bar over the whole width has its name at the begin, however long it is.
        assert!(!bar(0, FULL).writes_backwards(500));
        assert!(bar(100, 142).is_pressable() && !bar(100, 141).is_pressable());
        // A short sprint inside is no stub; the end of a long one at the edge is.
        assert!(!bar(0, 20).is_stub());
        let cut = |start, end| Bar {
            cut_start: true,
            ..bar(start, end)
        };
        assert!(cut(0, 20).is_stub() && !cut(0, 60).is_stub());
    }

    proptest! {
        #[test]
        fn a_bar_is_inside_or_lies_on_a_side(start in -200i32..300, length in 0i32..300) {
            let at = |days: i32| WINDOW.from.checked_add(jiff::ToSpan::days(days)).expect("day");
            let (start, end) = (at(start), at(start + length));
            let found = WINDOW.bar(start, end);
            prop_assert_eq!(found.is_some(), WINDOW.side(start, end).is_none());
            if let Some(bar) = found {
                prop_assert!(bar.start < bar.end && bar.end <= FULL);
                // An end at the edge is the end unless it is said to be cut.
                prop_assert_eq!(bar.cut_end, end >= WINDOW.to);
                prop_assert_eq!(bar.cut_start, start < WINDOW.from);
                prop_assert!(!bar.cut_end || bar.end == FULL);
                prop_assert!(!bar.cut_start || bar.start == 0);
            }
        }

        #[test]
        fn nothing_in_a_row_covers_its_neighbour(spans in proptest::collection::vec((-20i32..90, 0i32..30), 0..12)) {
            let at = |days: i32| WINDOW.from.checked_add(jiff::ToSpan::days(days)).expect("day");
            let mut spans: Vec<Span> = spans
                .into_iter()
                .map(|(start, length)| (at(start), at(start + length)))
                .filter_map(|(start, end)| Some((start, end, WINDOW.bar(start, end)?)))
                .collect();
            spans.sort_by_key(|span| span.0);
            let (placed, rows) = share_rows(&spans);
            prop_assert_eq!(placed.len(), spans.len());
            for (index, (row, bar)) in placed.iter().enumerate() {
                prop_assert!(*row < rows);
                for (other, next) in &placed[index + 1..] {
                    if let (true, Some(bar), Some(next)) = (row == other, bar, next) {
                        prop_assert!(bar.end <= next.start, "{bar:?} {next:?}");
                    }
                }
            }
        }
    }
}
