//! Dates and times as words, without clock and without time zones.
//!
//! "Now" and the offset from UTC (in seconds, east positive) are arguments; the server knows the
//! organisation's zone and asks it for the offset of the very moment that is shown. English only.

use jiff::{Timestamp, civil::Date, civil::DateTime, tz::Offset};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Short English name of a month, 1 to 12.
pub fn month_name(month: i8) -> &'static str {
    usize::try_from(month)
        .ok()
        .and_then(|month| MONTHS.get(month.wrapping_sub(1)))
        .copied()
        .unwrap_or("")
}

/// `27 Nov 2026`.
pub fn format_date(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}

/// `27 Nov`, for axes where the year is elsewhere.
pub fn format_day(date: Date) -> String {
    format!("{} {}", date.day(), month_name(date.month()))
}

/// Wall-clock time of a moment at an offset in seconds. An impossible offset counts as UTC.
pub fn local(at: Timestamp, offset_seconds: i32) -> DateTime {
    Offset::from_seconds(offset_seconds)
        .unwrap_or(Offset::UTC)
        .to_datetime(at)
}

/// Calendar day of a moment at an offset in seconds.
pub fn local_date(at: Timestamp, offset_seconds: i32) -> Date {
    local(at, offset_seconds).date()
}

/// `14 Nov, 02:10`, with the year when it is not the year of `now`.
pub fn format_moment(at: Timestamp, now: Timestamp, offset_seconds: i32) -> String {
    let (then, today) = (local(at, offset_seconds), local(now, offset_seconds));
    let day = if then.year() == today.year() {
        format_day(then.date())
    } else {
        format_date(then.date())
    };
    format!("{day}, {:02}:{:02}", then.hour(), then.minute())
}

/// `2 min ago`, `in 5 h`; beyond 24 hours [`format_moment`].
pub fn format_relative(at: Timestamp, now: Timestamp, offset_seconds: i32) -> String {
    let seconds = now.as_second() - at.as_second();
    let distance = seconds.abs();
    if distance >= DAY_SECONDS {
        return format_moment(at, now, offset_seconds);
    }
    let words = match distance {
        0..10 => return "just now".to_owned(),
        10..60 => format!("{distance} s"),
        60..3600 => format!("{} min", distance / 60),
        _ => format!("{} h", distance / 3600),
    };
    if seconds >= 0 {
        format!("{words} ago")
    } else {
        format!("in {words}")
    }
}

/// `3 s`, `2 min 5 s`, `1 h 20 min`: how long something took. Negative counts as nothing.
pub fn format_duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ if seconds % 3600 < 60 => format!("{} h", seconds / 3600),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `0.8 s`, `6.2 s`, then as [`format_duration`]: how long something took, from milliseconds.
pub fn format_duration_ms(ms: i64) -> String {
    match ms {
        ..100 => "under 0.1 s".to_owned(),
        100..10_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format_duration(ms / 1000),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("timestamp")
    }

    #[test]
    fn dates_and_moments() {
        assert_eq!(format_date(date(2026, 11, 27)), "27 Nov 2026");
        let now = at("2026-11-22T12:00:00Z");
        assert_eq!(
            format_moment(at("2026-11-14T01:10:00Z"), now, 3600),
            "14 Nov, 02:10"
        );
        assert_eq!(
            format_moment(at("2025-12-31T23:30:00Z"), now, 0),
            "31 Dec 2025, 23:30"
        );
        assert_eq!(
            format_moment(at("2025-12-31T23:30:00Z"), now, 3600),
            "1 Jan, 00:30"
        );
        assert_eq!(local_date(at("2026-03-01T23:30:00Z"), 3600), date(2026, 3, 2));
    }

    #[test]
    fn relative_up_to_a_day() {
        let now = at("2026-11-22T12:00:00Z");
        for (then, words) in [
            ("2026-11-22T11:59:55Z", "just now"),
            ("2026-11-22T11:59:18Z", "42 s ago"),
            ("2026-11-22T11:57:10Z", "2 min ago"),
            ("2026-11-21T12:00:01Z", "23 h ago"),
            ("2026-11-21T12:00:00Z", "21 Nov, 12:00"),
            ("2026-11-22T17:00:00Z", "in 5 h"),
        ] {
            assert_eq!(format_relative(at(then), now, 0), words);
        }
    }

    #[test]
    fn durations() {
        for (seconds, words) in [
            (-1, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (125, "2 min 5 s"),
            (4800, "1 h 20 min"),
            (7200, "2 h"),
        ] {
            assert_eq!(format_duration(seconds), words);
        }
    }

    #[test]
    fn short_durations_have_tenths() {
        for (ms, words) in [
            (-5, "under 0.1 s"),
            (99, "under 0.1 s"),
            (100, "0.1 s"),
            (899, "0.8 s"),
            (6_250, "6.2 s"),
            (9_999, "9.9 s"),
            (10_999, "10 s"),
            (125_000, "2 min 5 s"),
        ] {
            assert_eq!(format_duration_ms(ms), words);
        }
    }

    proptest! {
        #[test]
        fn never_panics(a in -2_000_000_000i64..4_000_000_000, b in -2_000_000_000i64..4_000_000_000, offset in -200_000i32..200_000) {
            let (a, b) = (Timestamp::from_second(a).expect("in range"), Timestamp::from_second(b).expect("in range"));
            prop_assert!(!format_relative(a, b, offset).is_empty());
            prop_assert!(!format_duration_ms(a.as_millisecond()).is_empty());
        }
    }
}
