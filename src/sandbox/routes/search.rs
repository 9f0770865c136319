//! Search: token pages on Cloud, offset pages on Data Center, and the removed Cloud resource.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Params},
        faults::PagingFault,
        jql::{self, Compiled, Cursor, Viewer},
        json::{self, Members},
    },
    Call, issues,
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

/// Runs a query: the search and what is wrong with it, or the messages to refuse it with.
fn with_search<T>(
    call: &Call<'_>,
    text: &str,
    strict: bool,
    then: impl FnOnce(&Compiled, &Viewer<'_>) -> T,
) -> Result<T, Vec<String>> {
    let query = jql::parse_query(text).map_err(|message| vec![message])?;
    let viewer = call.viewer();
    let compiled = jql::compile(&query, &viewer);
    if strict && !compiled.problems.is_empty() {
        return Err(compiled.problems);
    }
    Ok(then(&compiled, &viewer))
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
    let asked = find_fields(call).unwrap_or_else(|| vec!["id".to_owned()]);
    let ids_only = asked.iter().all(|name| name == "id" || name == "key");
    let max = find_number(call, "maxResults", 50).clamp(1, if ids_only { 5000 } else { 100 });
    let token = find_text(call, "nextPageToken");
    let stale = call.paging.is_some_and(|fault| fault.refuses(token.as_deref()));
    let cursor = match token {
        None => None,
        Some(token) => match read_token(&token, &text).filter(|_| !stale) {
            Some(cursor) => Some(cursor),
            None => return Answer::error(400, "The provided next page token is invalid or expired."),
        },
    };
    let find = |cursor| {
        with_search(call, &text, true, |compiled, viewer| {
            jql::find_page(compiled, viewer, cursor, max)
        })
    };
    let page = match find(cursor) {
        Ok(page) => page,
        Err(messages) => return Answer::errors(400, &messages),
    };
    let mut head = json!({"isLast": page.next.is_none()});
    if let Some(mut next) = page.next {
        if call.paging == Some(PagingFault::SkippingToken)
            && let Ok(skipped) = find(Some(next))
            && let Some(after) = skipped.next
        {
            next = after;
        }
        head["nextPageToken"] = Value::from(write_token(next, &text));
    }
    write_page(call, head, &page.ids, &asked)
}

/// A page: what it says of itself, and its issues as the caller wants them.
fn write_page(call: &Call<'_>, head: Value, ids: &[i64], asked: &[String]) -> Answer {
    let mut out = Vec::new();
    let mut body = Members::begin(&mut out);
    for (name, value) in head.as_object().into_iter().flatten() {
        body.put(name, value);
    }
    if call.world.is_cloud() && asked == ["id"] {
        json::push_list(body.name("issues"), ids, |id, out| {
            json::push(out, &json!({"id": id.to_string()}));
        });
    } else {
        issues::write_list(call, ids, asked, &mut body);
    }
    body.end();
    Answer::written(out)
}

/// A token holds where the page ended and a mark of the query it belongs to.
fn write_token(cursor: Cursor, jql: &str) -> String {
    hex::encode(format!(
        "{}:{}:{}:{:x}",
        cursor.at,
        cursor.key,
        cursor.id,
        mark(jql)
    ))
}

fn read_token(token: &str, jql: &str) -> Option<Cursor> {
    let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
    let mut parts = text.split(':');
    let mut number = || parts.next()?.parse::<i64>().ok();
    let (at, key, id) = (number()?, number()?, number()?);
    (parts.next() == Some(format!("{:x}", mark(jql)).as_str())).then_some(Cursor { at, key, id })
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
    match with_search(call, &text, true, jql::find_all) {
        Ok(found) => Answer::ok(json!({"count": found.ids().len()})),
        Err(messages) => Answer::errors(400, &messages),
    }
}

/// Most issues a search can be told to look at anew.
const MOST_RECONCILED: usize = 50;

/// Ids that a Cloud search shall know in their present state, whatever it believed.
pub(super) fn list_reconciled(path: &str, params: &Params, body: &Value) -> Vec<i64> {
    if !path.ends_with("/search/jql") {
        return Vec::new();
    }
    let asked = params.find_list("reconcileIssues").unwrap_or_default();
    let posted = body["reconcileIssues"].as_array().map_or(&[][..], Vec::as_slice);
    let asked = asked.iter().filter_map(|id| id.parse().ok());
    asked
        .chain(posted.iter().filter_map(Value::as_i64))
        .take(MOST_RECONCILED)
        .collect()
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
    page_by_offset(call, &text, strict)
}

/// Boards, sprints and epics list their issues as a search does.
pub(super) fn list_by_offset(call: &Call<'_>, text: &str) -> Answer {
    page_by_offset(call, text, true)
}

fn page_by_offset(call: &Call<'_>, text: &str, strict: bool) -> Answer {
    let (found, warnings) = match with_search(call, text, strict, |compiled, viewer| {
        (jql::find_all(compiled, viewer), compiled.problems.clone())
    }) {
        Ok(outcome) => outcome,
        Err(messages) => return Answer::errors(400, &messages),
    };
    let start = find_number(call, "startAt", 0);
    let window = call.max_result_window();
    let max = find_number(call, "maxResults", 50).min(call.world.search_cap);
    if window.is_some_and(|window| start + max > window) {
        return Answer::error(
            400,
            &format!(
                "The requested page lies beyond the result window: startAt + maxResults must be at most {}.",
                window.unwrap_or_default()
            ),
        );
    }
    let asked = find_fields(call).unwrap_or_else(|| vec!["*navigable".to_owned()]);
    let found = found.ids();
    let end = found.len().min(start.saturating_add(max));
    let mut head = json!({
        "expand": "schema,names", "startAt": start, "maxResults": max, "total": found.len(),
    });
    if let Some(window) = window {
        head["maxResultWindow"] = Value::from(window);
    }
    if !warnings.is_empty() {
        head["warningMessages"] = json!(warnings);
    }
    let page = found.get(start..end).unwrap_or_default();
    write_page(call, head, page, &asked)
}
