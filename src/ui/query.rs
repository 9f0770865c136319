//! The words behind the question mark of the page's address.
//!
//! The framework's own map of them takes the escapes away twice (`leptos_router` 0.8.17, `ParamsMap::insert`), so
//! that a search for `%41` would look for `A`. This reads the address itself, once. A name that stands twice
//! gives its last value; broken UTF-8 becomes the replacement character.

use leptos::prelude::GetUntracked;
use leptos_router::hooks::use_url;

/// Names and values in the order of the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The query of the page that is drawn.
    pub fn here() -> Self {
        Self::parse(use_url().get_untracked().search())
    }

    /// Reads `name=value&...`, with or without the question mark.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('?').unwrap_or(text);
        Self(
            url::form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<String> {
        let found = self.0.iter().rev().find(|(own, _)| own == name);
        found.map(|(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn escapes_are_taken_away_once() {
        for (search, value) in [
            ("text=a+b%20c", Some("a b c")),
            ("?text=%2541", Some("%41")),
            ("text=%253Cb%253E", Some("%3Cb%3E")),
            ("text=100%25", Some("100%")),
            ("text=%", Some("%")),
            ("text=%FF", Some("\u{fffd}")),
            ("text=first&text=last", Some("last")),
            ("text=", Some("")),
            ("text", Some("")),
            ("other=1", None),
            ("", None),
        ] {
            assert_eq!(Query::parse(search).get("text").as_deref(), value, "{search}");
        }
    }
}
