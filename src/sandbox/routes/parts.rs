//! What gathers around an issue: its history, comments, worklogs, watchers.
//!
//! Cloud pages the history oldest first as a resource of its own; Data Center has only the expansion,
//! which is oldest first and complete. Comments on Cloud are documents in version 3 and text in 2.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        json::{Copies, Members},
        markup, readers,
        world::{Extras, Issue},
        write::text,
    },
    Call, issues,
};

/// Histories that the expansion shows at most: in a search, in one issue.
const SHORT: usize = 40;
const LONG: usize = 100;

pub(super) fn extras<'a>(call: &'a Call<'_>, issue: &Issue) -> Cow<'a, Extras> {
    call.world.find_extras(issue.id).unwrap_or_default()
}

/// The expansion of an issue: newest first and short on Cloud, oldest first and complete on Data Center.
pub(super) fn expand_changelog(call: &Call<'_>, issue: &Issue, in_list: bool) -> Value {
    let extras = extras(call, issue);
    let mut histories = extras.changelog.clone();
    let total = histories.len();
    if call.world.is_cloud() {
        histories.reverse();
        histories.truncate(if in_list { SHORT } else { LONG });
    }
    json!({"startAt": 0, "maxResults": histories.len(), "total": total, "histories": histories})
}

/// The expansion of an issue of a list, written without being built.
pub(super) fn write_changelog(call: &Call<'_>, id: i64, copies: &mut Copies, body: &mut Members<'_>) {
    let most = if call.world.is_cloud() { Some(SHORT) } else { None };
    let mut list = Vec::new();
    let (total, shown) = call.world.write_changelog(id, most, copies, &mut list);
    let mut changelog = Members::begin(body.name("changelog"));
    for (name, number) in [("startAt", 0), ("maxResults", shown), ("total", total)] {
        changelog.put(name, &number);
    }
    changelog.name("histories").extend_from_slice(&list);
    changelog.end();
}

fn with_issue(call: &Call<'_>, key: &str, then: impl FnOnce(&Issue) -> Answer) -> Answer {
    match issues::find(call, key) {
        Some(issue) => then(&issue),
        None => issues::missing(),
    }
}

/// `/issue/{key}/changelog` (Cloud).
pub(super) fn changelog(call: &Call<'_>, key: &str) -> Answer {
    with_issue(call, key, |issue| {
        let all = extras(call, issue).changelog.clone();
        Window::cut(all, &call.params, 100, 100).into_page_bean(&call.own_url(), &call.params)
    })
}

/// Histories of one issue by id (Cloud).
pub(super) fn changelog_list(call: &Call<'_>, key: &str) -> Answer {
    let wanted: Vec<String> = call.body["changelogIds"]
        .as_array()
        .map(|ids| ids.iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    with_issue(call, key, |issue| {
        let mut found = extras(call, issue).changelog.clone();
        found.retain(|history| {
            history["id"]
                .as_str()
                .is_some_and(|id| wanted.iter().any(|own| own == id))
        });
        let count = found.len();
        Answer::ok(json!({
            "startAt": 0, "maxResults": count, "total": count, "isLast": true, "histories": found,
        }))
    })
}

/// Histories of many issues, by token (Cloud).
pub(super) fn changelog_bulk(call: &Call<'_>) -> Answer {
    let Some(keys) = call.body["issueIdsOrKeys"]
        .as_array()
        .filter(|keys| !keys.is_empty())
    else {
        return Answer::error(400, "issueIdsOrKeys must not be empty.");
    };
    let fields: Vec<&str> = call.body["fieldIds"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if keys.len() > 1000 || fields.len() > 10 {
        return Answer::error(400, "At most 1000 issues and 10 fields can be asked for at once.");
    }
    let most = call.body["maxResults"]
        .as_u64()
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(1000)
        .clamp(1, 10_000);
    let start = call.body["nextPageToken"]
        .as_str()
        .and_then(|token| token.parse::<usize>().ok())
        .unwrap_or(0);
    let mut rows: Vec<(String, Value)> = Vec::new();
    for key in keys {
        let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        let Some(issue) = issues::find(call, &key) else {
            continue;
        };
        for history in &extras(call, &issue).changelog {
            let mut history = history.clone();
            if let Some(items) = history["items"].as_array_mut() {
                items.retain(|item| {
                    let id = item["fieldId"].as_str().or_else(|| item["field"].as_str());
                    fields.is_empty() || id.is_some_and(|id| fields.contains(&id))
                });
                if items.is_empty() {
                    continue;
                }
            }
            rows.push((issue.id.to_string(), history));
        }
    }
    let total = rows.len();
    let mut logs: Vec<Value> = Vec::new();
    for (id, history) in rows.into_iter().skip(start).take(most) {
        match logs.last_mut().filter(|log| log["issueId"] == id.as_str()) {
            Some(log) => {
                if let Some(list) = log["changeHistories"].as_array_mut() {
                    list.push(history);
                }
            }
            None => logs.push(json!({"issueId": id, "changeHistories": [history]})),
        }
    }
    let mut body = json!({"issueChangeLogs": logs});
    if start + most < total {
        body["nextPageToken"] = Value::from((start + most).to_string());
    }
    Answer::ok(body)
}

/// A comment as this version of the platform shows it.
fn show_comment(call: &Call<'_>, comment: &Value) -> Value {
    let mut shown = comment.clone();
    let rendered = call
        .params
        .find_list("expand")
        .is_some_and(|names| names.iter().any(|name| name == "renderedBody"));
    if rendered {
        shown["renderedBody"] = Value::from(markup::to_html(&comment["body"]));
    }
    if call.api == 2 && comment["body"].is_object() {
        shown["body"] = Value::from(text::to_wiki(&comment["body"]));
    }
    shown
}

/// Where the comments of an issue are, in the version that is asked.
pub(super) fn comment_link(call: &Call<'_>, id: i64) -> String {
    format!("{}/rest/api/{}/issue/{id}/comment", call.world.base_url, call.api)
}

/// Comments as the issue's own field shows them.
pub(super) fn comment_field(call: &Call<'_>, id: i64) -> Value {
    let extras = call.world.find_extras(id).unwrap_or_default();
    let shown: Vec<Value> = extras
        .comments
        .iter()
        .filter(|one| is_open(call, one))
        .map(|one| show_comment(call, one))
        .collect();
    let mut field = json!({"comments": shown, "maxResults": shown.len(), "total": shown.len(), "startAt": 0});
    if call.world.is_cloud() {
        field["self"] = Value::from(comment_link(call, id));
    }
    field
}

pub(super) fn comments(call: &Call<'_>, key: &str) -> Answer {
    with_issue(call, key, |issue| {
        let mut all = extras(call, issue).comments.clone();
        all.retain(|one| is_open(call, one));
        if matches!(call.params.find("orderBy"), Some("-created")) {
            all.reverse();
        }
        let default = if call.world.is_cloud() { 100 } else { 1000 };
        let window = Window::cut(all, &call.params, default, 5000);
        let shown: Vec<Value> = window.items.iter().map(|one| show_comment(call, one)).collect();
        Answer::ok(json!({
            "startAt": window.start, "maxResults": window.max, "total": window.total, "comments": shown,
        }))
    })
}

pub(super) fn comment(call: &Call<'_>, key: &str, id: &str) -> Answer {
    with_issue(call, key, |issue| {
        let extras = extras(call, issue);
        let mut open = extras.comments.iter().filter(|one| is_open(call, one));
        match open.find(|comment| comment["id"] == id) {
            Some(comment) => Answer::ok(show_comment(call, comment)),
            None => Answer::error(404, &format!("Can not find a comment for the id: {id}.")),
        }
    })
}

/// Worklogs as the issue's own field shows them: the first twenty. Only kept issues have any.
pub(super) fn worklog_field(call: &Call<'_>, id: i64) -> Value {
    let worklogs = call.world.store.find_extras(id);
    let worklogs = worklogs.map_or(&[][..], |extras| &extras.worklogs);
    let open: Vec<&Value> = worklogs.iter().filter(|one| is_open(call, one)).collect();
    let shown: Vec<Value> = open.iter().take(20).map(|one| show_worklog(call, one)).collect();
    json!({"startAt": 0, "maxResults": 20, "total": open.len(), "worklogs": shown})
}

fn show_worklog(call: &Call<'_>, worklog: &Value) -> Value {
    let mut shown = worklog.clone();
    if call.api == 2 && shown["comment"].is_object() {
        shown["comment"] = Value::from(text::to_wiki(&worklog["comment"]));
    }
    shown
}

pub(super) fn worklogs(call: &Call<'_>, key: &str) -> Answer {
    with_issue(call, key, |issue| {
        let mut all = extras(call, issue).worklogs.clone();
        all.retain(|one| is_open(call, one));
        let window = Window::cut(all, &call.params, 5000, 5000);
        let shown: Vec<Value> = window.items.iter().map(|one| show_worklog(call, one)).collect();
        Answer::ok(json!({
            "startAt": window.start, "maxResults": window.max, "total": window.total, "worklogs": shown,
        }))
    })
}

pub(super) fn worklog(call: &Call<'_>, key: &str, id: &str) -> Answer {
    with_issue(call, key, |issue| {
        let extras = extras(call, issue);
        let mut open = extras.worklogs.iter().filter(|one| is_open(call, one));
        match open.find(|worklog| worklog["id"] == id) {
            Some(worklog) => Answer::ok(show_worklog(call, worklog)),
            None => Answer::error(404, &format!("Cannot find worklog with id: '{id}'.")),
        }
    })
}

/// Whether the caller may read a comment or a worklog: those for a group or a role are for its members.
fn is_open(call: &Call<'_>, entry: &Value) -> bool {
    readers::is_open(call.caller, entry)
}

/// Whether a person shown somewhere is the caller.
pub(super) fn is_caller(call: &Call<'_>, person: &Value) -> bool {
    call.caller.is_some_and(|account| {
        person["accountId"] == account.id.as_str()
            || !call.world.is_cloud() && person["name"] == account.name.as_str()
    })
}

pub(super) fn watchers(call: &Call<'_>, key: &str) -> Answer {
    with_issue(call, key, |issue| {
        let people = &extras(call, issue).watchers;
        let own = people.iter().any(|person| is_caller(call, person));
        Answer::ok(json!({
            "self": call.own_url(), "isWatching": own, "watchCount": people.len(), "watchers": people,
        }))
    })
}

pub(super) fn votes(call: &Call<'_>, key: &str) -> Answer {
    with_issue(call, key, |issue| {
        let people = &extras(call, issue).voters;
        let own = people.iter().any(|person| is_caller(call, person));
        Answer::ok(json!({
            "self": call.own_url(), "votes": people.len(), "hasVoted": own, "voters": people,
        }))
    })
}
