//! Messages about notices to another system: the address they go to, what they say, and when one is tried again.

use serde_json::{Value, json};
use url::Url;

use crate::domain::{
    field_error::{FieldErrors, Validated},
    notice::{News, Notice, mended_words, over_words},
};

/// Names of the form's fields.
pub mod fields {
    /// The address.
    pub const URL: &str = "hook_url";
    /// What signs messages.
    pub const SECRET: &str = "hook_secret";
}

/// Longest address, in characters.
pub const MAX_URL: usize = 2_000;
/// Longest secret, in bytes.
const MAX_SECRET: usize = 256;
/// Shortest secret that is worth its name.
const MIN_SECRET: usize = 16;
const MINUTE_MS: i64 = 60 * 1000;
/// A message that did not arrive for so long is given up.
const GIVE_UP_MS: i64 = 24 * 60 * MINUTE_MS;

/// Checks the address.
///
/// # Errors
/// Empty, too long, not a web address, with a user name.
pub fn parse_hook_url(text: &str) -> Validated<Url> {
    let wrong = |message: &str| Err(FieldErrors::one(fields::URL, message));
    let text = text.trim();
    if text.is_empty() {
        return wrong("The address is empty. Paste the one that the other system gives you.");
    }
    if text.chars().count() > MAX_URL {
        return wrong("The address is too long. The limit is 2,000 characters.");
    }
    let Ok(url) = Url::parse(text) else {
        return wrong("This is not a web address. It begins with https://.");
    };
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        return wrong("The address must begin with https:// or http:// and name a host.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("The address must not hold a user name or password. Remove what stands before the @.");
    }
    Ok(url)
}

/// Checks the secret; empty means that messages are not signed.
///
/// # Errors
/// Too short or too long.
pub fn check_secret(secret: &str) -> Validated<()> {
    match secret.len() {
        0 | MIN_SECRET..=MAX_SECRET => Ok(()),
        1..MIN_SECRET => Err(FieldErrors::one(
            fields::SECRET,
            "The secret is too short to protect anything. Enter at least 16 characters, or none for unsigned messages.",
        )),
        _ => Err(FieldErrors::one(
            fields::SECRET,
            "The secret is too long. The limit is 256 bytes.",
        )),
    }
}

/// A message as it is sent. `text` alone is what chat systems show.
pub fn message(id: &str, at: &str, what: Option<(News, &Notice)>) -> Value {
    let Some((news, notice)) = what else {
        return json!({
            "id": id,
            "at": at,
            "event": "test",
            "text": "Traceline sends its notices here. This one is a test.",
        });
    };
    let (event, text) = match news {
        News::Mended => ("closed", mended_words(notice)),
        News::Over => ("closed", over_words(notice)),
        News::Open | News::Words => (
            "opened",
            format!("{} {}", notice.title, notice.detail).trim().to_owned(),
        ),
    };
    json!({
        "id": id,
        "at": at,
        "event": event,
        "kind": notice.kind.code(),
        "subject": notice.subject_id,
        "project": notice.project_id,
        "text": harmless(&text),
    })
}

/// Names and reasons come from Jira and from people: in a chat they call nobody and hide no link.
fn harmless(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => kept.push('\u{2039}'),
            '>' => kept.push('\u{203a}'),
            // Mattermost takes the word behind it for a name unless something stands between them.
            '@' => kept.push_str("@\u{200b}"),
            letter => kept.push(letter),
        }
    }
    kept
}

/// What an answer says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Arrived,
    /// Not now; why, as the end of a sentence that begins with the status code.
    Later(&'static str),
    /// Never: sent again it fares no better.
    Never(&'static str),
}

/// Reads a status code.
pub fn read_status(status: u16) -> Fate {
    match status {
        200..300 => Fate::Arrived,
        400 | 413 | 415 | 422 => Fate::Never("it does not understand the message"),
        410 => Fate::Never("nobody receives at this address any more. Make a new one there and save it here"),
        401 | 403 => Fate::Later("it does not accept the address or the signature"),
        // A proxy that starts anew says so too.
        404 => Fate::Later("nobody receives at this address"),
        429 => Fate::Later("too many messages for now"),
        _ => Fate::Later("it cannot take messages now"),
    }
}

/// When a message that did not arrive is tried again, in milliseconds from now; `None` to give it up. `tries` were
/// made, `age_ms` is how long ago its cause was found, `wish_ms` how long the other system asked to wait.
pub fn plan_retry(tries: i64, age_ms: i64, wish_ms: Option<i64>) -> Option<i64> {
    let wait = (MINUTE_MS << (tries - 1).clamp(0, 16)).min(60 * MINUTE_MS);
    let wait = wait.max(wish_ms.unwrap_or_default());
    (age_ms.saturating_add(wait) <= GIVE_UP_MS).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::notice::of_failed_connection;

    #[test]
    fn addresses() {
        for good in [
            "https://chat.example.com/hooks/abc?x=1",
            " http://10.0.0.5:8065/hooks/a ",
        ] {
            assert!(parse_hook_url(good).is_ok(), "{good}");
        }
        let long = format!("https://a.test/{}", "a".repeat(MAX_URL));
        for bad in [
            "",
            "chat.example.com",
            "ftp://a.test",
            "https://u:p@a.test/",
            "javascript:alert(1)",
            &long,
        ] {
            assert!(parse_hook_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets() {
        for (length, good) in [
            (0, true),
            (1, false),
            (15, false),
            (16, true),
            (256, true),
            (257, false),
        ] {
            assert_eq!(check_secret(&"x".repeat(length)).is_ok(), good, "{length}");
        }
    }

    #[test]
    fn messages_say_what_happened() {
        let notice = of_failed_connection("n1", "Halden", "Jira refuses the token.", "Replace it.");
        let opened = message("m1", "2026-11-23T09:00:00Z", Some((News::Open, &notice)));
        assert_eq!(
            opened,
            json!({
                "id": "m1", "at": "2026-11-23T09:00:00Z", "event": "opened", "kind": "connection_error",
                "subject": "n1", "project": null,
                "text": "The connection Halden is in Error. Jira refuses the token. Replace it.",
            })
        );
        let closed = message("m2", "", Some((News::Mended, &notice)));
        assert_eq!(closed["text"], "The connection Halden works again.");
        let over = message("m2", "", Some((News::Over, &notice)));
        assert_eq!(over["text"], "No longer so: The connection Halden is in Error.");
        assert_eq!(
            (&closed["event"], &over["event"]),
            (&json!("closed"), &json!("closed"))
        );
        let loud = of_failed_connection("n1", "<!channel> @all", "", "");
        let text = message("m4", "", Some((News::Open, &loud)))["text"].to_string();
        assert!(!text.contains('<') && !text.contains("@all"), "{text}");
        assert_eq!(message("m3", "", None)["event"], "test");
    }

    #[test]
    fn a_message_is_tried_for_a_day() {
        let minutes = |tries, age: i64| plan_retry(tries, age * MINUTE_MS, None).map(|wait| wait / MINUTE_MS);
        assert_eq!(
            [1, 2, 3, 6, 7, 40].map(|tries| minutes(tries, 0)),
            [1, 2, 4, 32, 60, 60].map(Some)
        );
        assert_eq!(minutes(20, 23 * 60), Some(60));
        assert_eq!(minutes(20, 23 * 60 + 1), None);
        let wished = |wish: i64| plan_retry(2, 0, Some(wish * MINUTE_MS)).map(|wait| wait / MINUTE_MS);
        assert_eq!(
            [0, 1, 90, 24 * 60, 24 * 60 + 1, i64::MAX / MINUTE_MS].map(wished),
            [Some(2), Some(2), Some(90), Some(24 * 60), None, None]
        );
    }

    #[test]
    fn a_status_tells_whether_to_try_again() {
        for (status, fate) in [
            (200, "arrived"),
            (204, "arrived"),
            (302, "later"),
            (400, "never"),
            (401, "later"),
            (404, "later"),
            (410, "never"),
            (413, "never"),
            (422, "never"),
            (429, "later"),
            (500, "later"),
            (503, "later"),
        ] {
            let read = match read_status(status) {
                Fate::Arrived => "arrived",
                Fate::Later(_) => "later",
                Fate::Never(_) => "never",
            };
            assert_eq!(read, fate, "{status}");
        }
    }
}
