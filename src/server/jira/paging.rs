//! How Jira cuts lists into pages, and when a list is over.
//!
//! Six shapes: a page object (`values` with `isLast`), a named list (`issues`, `issueTypes`, `fields`,
//! `comments`), a token, a plain array, a plain array with offsets, and `start`/`limit`. Pages may be
//! shorter than asked for, and the server may lower the page size; only the answer's own numbers
//! count. Can go wrong: a server that ignores the offset would be read for ever, so every walk must
//! advance and has an end.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::JiraError;

/// A list longer than this many pages is taken for a loop.
pub const MOST_PAGES: usize = 2_000;

/// Where the next page of a search starts. Opaque; may be stored and used again later.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub(super) String);

/// Refuses a walk that meets the same page token twice.
#[derive(Clone, Debug, Default)]
pub struct PageGuard {
    seen: HashSet<PageToken>,
}

impl PageGuard {
    /// Takes the token of the next page.
    ///
    /// # Errors
    /// [`JiraError::BadAnswer`] when it was taken before, or after too many pages.
    pub fn accept(&mut self, next: &PageToken) -> Result<(), JiraError> {
        if self.seen.len() >= MOST_PAGES * 10 || !self.seen.insert(next.clone()) {
            return Err(JiraError::BadAnswer {
                what: "paging does not advance",
            });
        }
        Ok(())
    }
}

/// One page of any shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The rows.
    pub items: Vec<Value>,
    /// Offset of the first row, where the server says it.
    pub start_at: Option<u64>,
    /// Rows in the whole list, where the server says it.
    pub total: Option<u64>,
    /// Whether the server says that this is the last page.
    pub is_last: Option<bool>,
    /// Token of the next page.
    pub next_token: Option<String>,
    /// The list came as a bare array, whole.
    pub bare: bool,
}

const LIST_KEYS: [&str; 9] = [
    "values",
    "issues",
    "issueTypes",
    "fields",
    "results",
    "comments",
    "worklogs",
    "histories",
    "webhooks",
];

/// Reads a page of any shape; `None` when there is no list in it.
pub fn read_page(value: Value) -> Option<Page> {
    let mut object = match value {
        Value::Array(items) => {
            return Some(Page {
                items,
                bare: true,
                ..Page::default()
            });
        }
        Value::Object(object) => object,
        _ => return None,
    };
    let items = LIST_KEYS.iter().find_map(|key| match object.get_mut(*key) {
        Some(Value::Array(items)) => Some(std::mem::take(items)),
        _ => None,
    })?;
    let number = |keys: [&str; 2]| {
        keys.iter().find_map(|key| match object.get(*key)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        })
    };
    Some(Page {
        start_at: number(["startAt", "start"]),
        total: number(["total", "size"]),
        is_last: ["isLast", "last"]
            .iter()
            .find_map(|key| object.get(*key)?.as_bool()),
        next_token: object
            .get("nextPageToken")
            .and_then(Value::as_str)
            .filter(|token| !token.is_empty())
            .map(str::to_owned),
        items,
        bare: false,
    })
}

/// Offset of the page after `page`, which was asked for at `asked`, or `None` when it was the last.
///
/// # Errors
/// [`JiraError::BadAnswer`] when the server did not go to the offset that was asked for.
pub fn plan_next_offset(asked: u64, page: &Page) -> Result<Option<u64>, JiraError> {
    if page.bare || page.items.is_empty() || page.is_last == Some(true) {
        return Ok(None);
    }
    if page.start_at.is_some_and(|start| start != asked) {
        return Err(JiraError::BadAnswer {
            what: "paging does not advance",
        });
    }
    let next = asked + u64::try_from(page.items.len()).unwrap_or(u64::MAX);
    // A total that contradicts an explicit "there is more" is an estimate.
    if page.is_last.is_none() && page.total.is_some_and(|total| next >= total) {
        return Ok(None);
    }
    Ok(Some(next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_shape_is_read() {
        for (value, items) in [
            (
                json!({"startAt": 0, "maxResults": 50, "total": 1, "isLast": true, "values": [1]}),
                1,
            ),
            (
                json!({"startAt": "0", "maxResults": "50", "total": 2, "issueTypes": [1, 2]}),
                2,
            ),
            (json!({"fields": [1]}), 1),
            (json!({"results": []}), 0),
            (json!({"issues": [1], "nextPageToken": "t"}), 1),
            (json!([1, 2, 3]), 3),
            (json!({"start": 0, "limit": 10, "size": 1, "webhooks": [1]}), 1),
        ] {
            assert_eq!(read_page(value.clone()).unwrap().items.len(), items, "{value}");
        }
        assert_eq!(read_page(json!({"errorMessages": "x"})), None);
        assert_eq!(read_page(Value::Null), None);
    }

    #[test]
    fn the_walk_ends_and_advances() {
        let page = |value| read_page(value).unwrap();
        let next = |asked, value| plan_next_offset(asked, &page(value));
        assert_eq!(
            next(0, json!({"startAt": 0, "total": 3, "values": [1, 2]})),
            Ok(Some(2))
        );
        assert_eq!(
            next(2, json!({"startAt": 2, "total": 3, "values": [3]})),
            Ok(None)
        );
        assert_eq!(next(0, json!({"isLast": false, "values": [1]})), Ok(Some(1)));
        assert_eq!(
            next(0, json!({"isLast": false, "total": 1, "values": [1]})),
            Ok(Some(1))
        );
        assert_eq!(next(5, json!({"isLast": false, "values": []})), Ok(None));
        assert_eq!(next(0, json!([1, 2])), Ok(None));
        assert!(next(50, json!({"startAt": 0, "isLast": false, "values": [1]})).is_err());
    }

    #[test]
    fn a_repeated_token_is_a_loop() {
        let mut guard = PageGuard::default();
        guard.accept(&PageToken("a".to_owned())).unwrap();
        guard.accept(&PageToken("b".to_owned())).unwrap();
        assert!(guard.accept(&PageToken("a".to_owned())).is_err());
    }
}
