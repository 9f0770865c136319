//! The formats of the documents, as strict as other `OpenAPI` judges take them.

/// RFC 3339, and an offset without colon, which is how Jira writes every timestamp.
pub fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return false;
    };
    let time = time
        .strip_suffix(['Z', 'z'])
        .or_else(|| time.rsplit_once(['+', '-']).map(|(time, _offset)| time))
        .unwrap_or_default();
    let whole = time.split('.').next().unwrap_or_default();
    is_date(date) && whole.split(':').count() == 3 && whole.split(':').all(|part| is_number(part, 2))
}

/// `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [year, month, day]
        if is_number(year, 4) && is_number(month, 2) && is_number(day, 2))
}

fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A scheme and a rest without blanks.
pub fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_jira_pass_and_others_do_not() {
        for good in [
            "2026-09-27T10:03:11.123+0200",
            "2026-09-27T10:03:11Z",
            "2016-04-11T07:29:03.294-07:00",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in ["2026-09-27", "27/Sep/26", "1732877091000", "2026-09-27T10:03Z"] {
            assert!(!is_date_time(bad), "{bad}");
        }
        assert!(is_date("2026-09-27") && !is_date("26-09-27"));
        assert!(is_uri("https://a.example/b") && !is_uri("no uri") && !is_uri("/rest/api"));
    }
}
