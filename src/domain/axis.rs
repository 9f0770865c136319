//! The axis of a timeline: weeks, months or quarters, where each begins and what is written at it.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::domain::dates::{format_day, month_name};

/// How much time one tick is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zoom {
    /// A tick a week.
    Week,
    /// A tick a month.
    #[default]
    Month,
    /// A tick a quarter.
    Quarter,
}

impl Zoom {
    /// All zooms.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Quarter];

    /// Text for the address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// Words for pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Week => "Week",
            Self::Month => "Month",
            Self::Quarter => "Quarter",
        }
    }

    /// The zoom of an address text.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|zoom| zoom.code() == code)
    }

    /// How many ticks a window of [`plan_timeline_within`] shows.
    pub fn window_ticks(self) -> i32 {
        match self {
            Self::Week => 12,
            Self::Month | Self::Quarter => 8,
        }
    }

    /// How many ticks before today a window begins by itself.
    pub(super) fn before_today(self) -> i32 {
        match self {
            Self::Week => 3,
            Self::Month | Self::Quarter => 2,
        }
    }
}

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Where, 0 to 1000.
    pub at: u16,
    /// First day.
    pub date: Date,
    /// Words: `23 Nov`; `Nov 2026` and then `Dec`, until the year changes; quarters alike.
    pub label: String,
}

/// The begin of the tick that lies `ticks` after (or before) the one of `from`.
pub fn shift_window(from: Date, zoom: Zoom, ticks: i32) -> Date {
    let step = match zoom {
        Zoom::Week => ticks.weeks(),
        Zoom::Month => ticks.months(),
        Zoom::Quarter => (ticks * 3).months(),
    };
    let begin = tick_begin(from, zoom);
    begin.checked_add(step).unwrap_or(begin)
}

/// First day of the week (Monday), month or quarter.
pub(super) fn tick_begin(date: Date, zoom: Zoom) -> Date {
    let back = match zoom {
        Zoom::Week => i32::from(date.weekday().to_monday_zero_offset()),
        Zoom::Month | Zoom::Quarter => i32::from(date.day()) - 1,
    };
    let begin = date.checked_sub(back.days()).unwrap_or(date);
    match zoom {
        Zoom::Quarter => begin
            .checked_sub(((begin.month() - 1) % 3).months())
            .unwrap_or(begin),
        Zoom::Week | Zoom::Month => begin,
    }
}

/// First day of the tick behind the one that begins here.
pub(super) fn next_tick(begin: Date, zoom: Zoom) -> Date {
    let step = match zoom {
        Zoom::Week => 1.week(),
        Zoom::Month => 1.month(),
        Zoom::Quarter => 3.months(),
    };
    begin.checked_add(step).unwrap_or(Date::MAX)
}

fn quarter(date: Date) -> i8 {
    (date.month() - 1) / 3 + 1
}

fn same_year(before: &[Tick], date: Date) -> bool {
    before.last().is_some_and(|tick| tick.date.year() == date.year())
}

/// The marks between two days; `place` tells where a day stands.
pub(super) fn ticks(from: Date, to: Date, zoom: Zoom, place: impl Fn(Date) -> u16) -> Vec<Tick> {
    let mut ticks = Vec::new();
    let mut date = from;
    while date < to {
        let label = match zoom {
            Zoom::Week => format_day(date),
            // The year stands where it begins.
            Zoom::Month if same_year(&ticks, date) => month_name(date.month()).to_owned(),
            Zoom::Month => format!("{} {}", month_name(date.month()), date.year()),
            Zoom::Quarter if same_year(&ticks, date) => format!("Q{}", quarter(date)),
            Zoom::Quarter => format!("Q{} {}", quarter(date), date.year()),
        };
        ticks.push(Tick {
            at: place(date),
            date,
            label,
        });
        let next = next_tick(date, zoom);
        if next <= date {
            break;
        }
        date = next;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_year_stands_where_it_begins() {
        let labels = |zoom, from, to| -> Vec<String> {
            ticks(from, to, zoom, |_| 0)
                .into_iter()
                .map(|tick| tick.label)
                .collect()
        };
        assert_eq!(
            labels(Zoom::Month, date(2026, 11, 1), date(2027, 3, 1)),
            ["Nov 2026", "Dec", "Jan 2027", "Feb"]
        );
        assert_eq!(
            labels(Zoom::Quarter, date(2026, 7, 1), date(2027, 7, 1)),
            ["Q3 2026", "Q4", "Q1 2027", "Q2"]
        );
        assert_eq!(
            labels(Zoom::Week, date(2026, 12, 28), date(2027, 1, 11)),
            ["28 Dec", "4 Jan"]
        );
    }
}
