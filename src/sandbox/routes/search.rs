//! Search: token pages on Cloud, offset pages on Data Center, and the removed Cloud resource.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    super::{
        answer::Answer,
        clock,
        jql::{self, Viewer},
        world::Issue,
    },
    Call,
    issues::{self, Fields},
};

/// A search parameter from the query or the posted body.
fn find_text(call: &Call<'_>, name: &str) -> Option<String> {
    if call.method == "GET" {
        return call.params.find(name).map(str::to_owned);
    }
    match &call.body[name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn find_number(call: &Call<'_>, name: &str, default: usize) -> usize {
    find_text(call, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn find_fields(call: &Call<'_>) -> Option<Vec<String>> {
    if call.method == "GET" {
        return call.params.find_list("fields");
    }
    let list = call.body["fields"].as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Issues in the query's order, or the messages to refuse with.
fn find_issues<'a>(
    call: &'a Call<'_>,
    text: &str,
    strict: bool,
) -> Result<(Vec<Cow<'a, Issue>>, Vec<String>), Vec<String>> {
    let query = jql::parse_query(text).map_err(|message| vec![message])?;
    let viewer = Viewer {
        world: call.world,
        projects: call.list_projects(),
        account: call.caller,
        now_ms: clock::now().as_millisecond(),
    };
    let problems = jql::list_problems(&query, &viewer);
    if strict && !problems.is_empty() {
        return Err(problems);
    }
    Ok((jql::find_issues(&query, &viewer), problems))
}

fn unbounded(text: &str) -> bool {
    jql::parse_query(text).is_ok_and(|query| query.filter.is_none())
}

const UNBOUNDED: &str =
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";

/// `/search/jql`: no total, no offset; ids only unless fields are asked for.
pub(super) fn by_token(call: &Call<'_>) -> Answer {
    if call.method == "POST" && !call.body.is_object() {
        return Answer::error(
            400,
            "Invalid request payload. Refer to the REST API documentation and try again.",
        );
    }
    let text = find_text(call, "jql").unwrap_or_default();
    if unbounded(&text) {
        return Answer::error(400, UNBOUNDED);
    }
    let found = match find_issues(call, &text, true) {
        Ok((found, _)) => found,
        Err(messages) => return Answer::errors(400, &messages),
    };
    let asked = find_fields(call).unwrap_or_else(|| vec!["id".to_owned()]);
    let ids_only = asked.iter().all(|name| name == "id" || name == "key");
    let max = find_number(call, "maxResults", 50).clamp(1, if ids_only { 5000 } else { 100 });
    let start = match find_text(call, "nextPageToken") {
        None => 0,
        Some(token) => match read_token(&token, &text) {
            Some(start) => start,
            None => return Answer::error(400, "The provided next page token is invalid or expired."),
        },
    };
    let fields = Fields::new(&asked);
    let page: Vec<Value> = found
        .iter()
        .skip(start)
        .take(max)
        .map(|issue| {
            if asked == ["id"] {
                json!({"id": issue.id.to_string()})
            } else {
                issues::show(call, issue, &fields)
            }
        })
        .collect();
    let end = start + page.len();
    let last = end >= found.len();
    let mut body = json!({"issues": page, "isLast": last});
    if !last {
        body["nextPageToken"] = Value::from(write_token(end, &text));
    }
    Answer::ok(body)
}

/// A token holds the position and a mark of the query it belongs to.
fn write_token(position: usize, jql: &str) -> String {
    hex::encode(format!("{position}:{:x}", mark(jql)))
}

fn read_token(token: &str, jql: &str) -> Option<usize> {
    let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
    let (position, found) = text.split_once(':')?;
    (found == format!("{:x}", mark(jql))).then(|| position.parse().ok())?
}

fn mark(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

pub(super) fn count(call: &Call<'_>) -> Answer {
    let text = find_text(call, "jql").unwrap_or_default();
    if unbounded(&text) {
        return Answer::error(400, UNBOUNDED);
    }
    match find_issues(call, &text, true) {
        Ok((found, _)) => Answer::ok(json!({"count": found.len()})),
        Err(messages) => Answer::errors(400, &messages),
    }
}

/// What Cloud answers on the old search.
pub(super) fn removed() -> Answer {
    Answer::error(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration \
         guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )
}

/// `/search` of Data Center; the server may lower `maxResults` and says so.
pub(super) fn by_offset(call: &Call<'_>) -> Answer {
    let text = find_text(call, "jql").unwrap_or_default();
    let strict = find_text(call, "validateQuery").is_none_or(|value| value != "false" && value != "warn");
    let (found, warnings) = match find_issues(call, &text, strict) {
        Ok(outcome) => outcome,
        Err(messages) => return Answer::errors(400, &messages),
    };
    let start = find_number(call, "startAt", 0);
    let max = find_number(call, "maxResults", 50).min(call.world.search_cap);
    let fields = Fields::new(&find_fields(call).unwrap_or_else(|| vec!["*navigable".to_owned()]));
    let page: Vec<Value> = found
        .iter()
        .skip(start)
        .take(max)
        .map(|issue| issues::show(call, issue, &fields))
        .collect();
    let mut body = json!({
        "expand": "schema,names", "startAt": start, "maxResults": max, "total": found.len(), "issues": page,
    });
    if !warnings.is_empty() {
        body["warningMessages"] = json!(warnings);
    }
    Answer::ok(body)
}
