//! Lists that lie while they are paged: tokens that loop or expire, rows twice or not at all, totals
//! that move, empty pages that promise more.
//!
//! Works on the finished answer, so that it fits every list there is. An answer that holds no list
//! stays as it is.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::answer::Params;

/// How a list goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagingFault {
    /// Every page token is refused as expired.
    StaleToken,
    /// The token of the page is given out again, or the offset is ignored: the list never ends.
    LoopingToken,
    /// The next page's token leads one page too far.
    SkippingToken,
    /// No rows, but more to come.
    EmptyPage,
    /// Every page begins with the last row of the page before.
    DuplicateRows,
    /// Every page lacks its last row.
    MissingRows,
    /// The total is smaller on every further page.
    ShrinkingTotal,
    /// The total is larger on every further page.
    GrowingTotal,
}

/// Names of the arrays that lists come in.
const LISTS: [&str; 9] = [
    "issues",
    "values",
    "issueTypes",
    "fields",
    "comments",
    "worklogs",
    "histories",
    "issueChangeLogs",
    "groups",
];

impl PagingFault {
    /// The query as the site is to understand it.
    pub(in crate::sandbox) fn change_params(self, params: Params) -> Params {
        match self {
            Self::LoopingToken => params.without("startAt"),
            _ => params,
        }
    }

    /// The posted body as the site is to understand it.
    pub(in crate::sandbox) fn change_body(self, mut body: Value) -> Value {
        if self == Self::LoopingToken
            && let Some(fields) = body.as_object_mut()
        {
            fields.remove("startAt");
        }
        body
    }

    /// Whether a request with this page token is refused.
    pub(in crate::sandbox) fn refuses(self, token: Option<&str>) -> bool {
        self == Self::StaleToken && token.is_some()
    }

    pub(super) fn spoil_page(self, whole: Bytes, carried: &Mutex<Vec<Value>>) -> Bytes {
        let Ok(mut body) = serde_json::from_slice::<Value>(&whole) else {
            return whole;
        };
        let mut carried = carried.lock().unwrap_or_else(PoisonError::into_inner);
        self.spoil_body(&mut body, &mut carried);
        Bytes::from(body.to_string())
    }

    fn spoil_body(self, body: &mut Value, carried: &mut Vec<Value>) {
        let Some(name) = LISTS.iter().find(|name| body[**name].is_array()) else {
            return;
        };
        match self {
            Self::StaleToken | Self::SkippingToken => {}
            Self::LoopingToken => {
                if let Some(token) = carried.first() {
                    body["nextPageToken"] = token.clone();
                    body["isLast"] = Value::Bool(false);
                } else if body["nextPageToken"].is_string() {
                    carried.push(body["nextPageToken"].clone());
                }
            }
            Self::EmptyPage => {
                body[*name] = json!([]);
                body["isLast"] = Value::Bool(false);
            }
            Self::DuplicateRows => {
                let last = body[*name].as_array().and_then(|rows| rows.last().cloned());
                let before = std::mem::take(carried);
                if let Value::Array(rows) = &mut body[*name] {
                    rows.splice(0..0, before);
                }
                carried.extend(last);
            }
            Self::MissingRows => {
                if let Value::Array(rows) = &mut body[*name] {
                    rows.pop();
                }
            }
            Self::ShrinkingTotal | Self::GrowingTotal => {
                let Some(total) = body["total"].as_i64() else {
                    return;
                };
                carried.push(Value::Null);
                let moved = i64::try_from(carried.len()).unwrap_or_default() - 1;
                body["total"] = if self == Self::GrowingTotal {
                    Value::from(total + moved)
                } else {
                    Value::from((total - moved).max(0))
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(fault: PagingFault, pages: &[Value]) -> Vec<Value> {
        let carried = Mutex::default();
        pages
            .iter()
            .map(|page| {
                let spoilt = fault.spoil_page(Bytes::from(page.to_string()), &carried);
                serde_json::from_slice(&spoilt).unwrap()
            })
            .collect()
    }

    #[test]
    fn rows_come_twice_or_not_at_all() {
        let pages = [
            json!({"values": [1, 2], "total": 4}),
            json!({"values": [3, 4], "total": 4}),
        ];
        let twice = play(PagingFault::DuplicateRows, &pages);
        assert_eq!(
            (&twice[0]["values"], &twice[1]["values"]),
            (&json!([1, 2]), &json!([2, 3, 4]))
        );
        let less = play(PagingFault::MissingRows, &pages);
        assert_eq!(
            (&less[0]["values"], &less[1]["values"]),
            (&json!([1]), &json!([3]))
        );
    }

    #[test]
    fn totals_move_and_tokens_loop() {
        let pages = [
            json!({"issues": [1], "total": 9}),
            json!({"issues": [2], "total": 9}),
        ];
        assert_eq!(play(PagingFault::ShrinkingTotal, &pages)[1]["total"], 8);
        assert_eq!(play(PagingFault::GrowingTotal, &pages)[1]["total"], 10);
        let pages = [
            json!({"issues": [1], "isLast": false, "nextPageToken": "a"}),
            json!({"issues": [2], "isLast": true}),
        ];
        let looped = play(PagingFault::LoopingToken, &pages);
        assert_eq!(
            (&looped[1]["nextPageToken"], &looped[1]["isLast"]),
            (&json!("a"), &json!(false))
        );
        let empty = play(PagingFault::EmptyPage, &pages);
        assert_eq!(
            (&empty[1]["issues"], &empty[1]["isLast"]),
            (&json!([]), &json!(false))
        );
    }

    #[test]
    fn what_is_no_list_stays() {
        assert_eq!(
            play(PagingFault::MissingRows, &[json!({"key": "PAY"})]),
            [json!({"key": "PAY"})]
        );
    }
}
