//! Jira's ways to write a date.
//!
//! Issues write `2026-09-27T10:03:11.123+0200` (no colon in the offset), sprints `Z` or an offset with
//! a colon, releases and due dates a plain day. Localised forms (`userReleaseDate`) are never read.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// A moment from text with an offset, or from epoch milliseconds.
pub fn parse_timestamp(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => parse_timestamp_text(text),
        Value::Number(number) => Timestamp::from_millisecond(number.as_i64()?).ok(),
        _ => None,
    }
}

/// A moment from text; a moment without an offset is none.
pub fn parse_timestamp_text(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let bytes = text.as_bytes();
    let without_colon = bytes.len() > 19
        && matches!(bytes[bytes.len() - 5], b'+' | b'-')
        && bytes[bytes.len() - 4..].iter().all(u8::is_ascii_digit);
    if without_colon {
        let (head, minutes) = text.split_at(text.len() - 2);
        return format!("{head}:{minutes}").parse().ok();
    }
    text.parse().ok()
}

/// A day. Of a moment, the day in its own offset is taken: that is what Jira shows.
pub fn parse_date(value: &Value) -> Option<Date> {
    let text = value.as_str()?.trim();
    let day = text.get(..10)?;
    match text.as_bytes().get(10) {
        None | Some(b'T' | b' ') => day.parse().ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_every_form() {
        let want: Timestamp = "2026-09-27T08:03:11.123Z".parse().unwrap();
        for text in [
            "2026-09-27T10:03:11.123+0200",
            "2026-09-27T10:03:11.123+02:00",
            "2026-09-27T08:03:11.123Z",
            "2026-09-27T04:33:11.123-0330",
            " 2026-09-27T08:03:11.123+0000 ",
        ] {
            assert_eq!(parse_timestamp_text(text), Some(want), "{text}");
        }
        assert_eq!(parse_timestamp(&Value::from(want.as_millisecond())), Some(want));
        for text in [
            "",
            "<null>",
            "2026-09-27",
            "27/Sep/26 10:03 AM",
            "2026-13-27T10:03:11.123+0200",
            "é-0200",
        ] {
            assert_eq!(parse_timestamp_text(text), None, "{text}");
        }
    }

    #[test]
    fn days_in_every_form() {
        let want: Date = "2026-09-27".parse().unwrap();
        for text in ["2026-09-27", "2026-09-27T23:30:00.000-0700"] {
            assert_eq!(parse_date(&Value::from(text)), Some(want), "{text}");
        }
        for text in ["", "2026-9-27", "27/Sep/26", "2026-02-30", "2026-09-271"] {
            assert_eq!(parse_date(&Value::from(text)), None, "{text}");
        }
    }
}
