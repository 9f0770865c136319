//! Durations as Jira reads and writes them, and what an issue shows of the time spent on it.
//!
//! The units are Jira's default ones: a week has five days, a day eight hours.

use serde_json::{Value, json};

const UNITS: [(char, i64); 4] = [('w', 144_000), ('d', 28_800), ('h', 3600), ('m', 60)];

/// Seconds of a duration such as `1d 4h`; digits alone are minutes, and nothing at all is none.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    if text.trim().is_empty() {
        return None;
    }
    for part in text.split_whitespace() {
        let (digits, unit) = match part.char_indices().last()? {
            (_, last) if last.is_ascii_digit() => (part, 60),
            (at, last) => {
                let unit = UNITS.iter().find(|(letter, _)| *letter == last)?.1;
                (&part[..at], unit)
            }
        };
        // A sign is no digit.
        if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(unit)?)?;
    }
    Some(total)
}

/// A duration as Jira writes it.
pub(crate) fn write_duration(seconds: i64) -> String {
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (letter, unit) in UNITS {
        if rest >= unit {
            parts.push(format!("{}{letter}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() {
        "0m".to_owned()
    } else {
        parts.join(" ")
    }
}

/// The fields of an issue on which work was logged.
pub(crate) fn list_time_fields(
    spent: i64,
    remaining: i64,
    original: Option<i64>,
) -> Vec<(&'static str, Value)> {
    let total = spent.saturating_add(remaining);
    let percent = i128::from(spent) * 100 / i128::from(total.max(1));
    let progress = json!({
        "progress": spent, "total": total, "percent": i64::try_from(percent).unwrap_or(100),
    });
    let mut tracking = json!({
        "remainingEstimate": write_duration(remaining), "timeSpent": write_duration(spent),
        "remainingEstimateSeconds": remaining, "timeSpentSeconds": spent,
    });
    if let Some(original) = original {
        tracking["originalEstimate"] = Value::from(write_duration(original));
        tracking["originalEstimateSeconds"] = Value::from(original);
    }
    vec![
        ("timespent", json!(spent)),
        ("timeestimate", json!(remaining)),
        ("timeoriginalestimate", json!(original)),
        ("aggregatetimespent", json!(spent)),
        ("aggregatetimeestimate", json!(remaining)),
        ("aggregatetimeoriginalestimate", json!(original)),
        ("progress", progress.clone()),
        ("aggregateprogress", progress),
        ("timetracking", tracking),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds, written) in [
            ("3h 20m", 12_000, "3h 20m"),
            ("1w 2d", 201_600, "1w 2d"),
            ("90", 5400, "1h 30m"),
            ("8h", 28_800, "1d"),
            ("2h 30m", 9000, "2h 30m"),
            ("5", 300, "5m"),
        ] {
            assert_eq!(parse_duration(text), Some(seconds), "{text}");
            assert_eq!(write_duration(seconds), written);
        }
        for wrong in [
            "",
            " ",
            "soon",
            "4x",
            "h",
            "3hh",
            "-",
            "-5h",
            "+5",
            "99999999999999999999w",
        ] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
        assert_eq!(write_duration(0), "0m");
        for (spent, remaining, percent) in [(0, 0, 0), (1, 3, 25), (i64::MAX, i64::MAX, 100)] {
            let fields = list_time_fields(spent, remaining, None);
            let progress = &fields.iter().find(|(name, _)| *name == "progress").unwrap().1;
            assert_eq!(progress["percent"], percent, "{spent} {remaining}");
        }
    }
}
