//! The small page behind "Open in Jira". Everything from the issue is escaped.

use super::{
    super::{answer::Answer, markup::escape, world::Issue},
    Call,
};

/// A page for anybody: a browser has no token here, and the content is invented or public.
pub(super) fn page(call: &Call<'_>, key: &str) -> Answer {
    match call.world.find_issue(key) {
        Some(issue) => Answer::html(200, show(&issue)),
        None => Answer::html(
            404,
            format!(
                "<!doctype html><html lang=\"en\"><title>Not found</title><h1>{} does not exist</h1>",
                escape(key)
            ),
        ),
    }
}

fn show(issue: &Issue) -> String {
    let field = |name: &str, part: &str| {
        issue
            .find_field(name)
            .and_then(|value| value[part].as_str())
            .map(escape)
            .unwrap_or_default()
    };
    let summary = issue
        .find_field("summary")
        .and_then(|value| value.as_str())
        .map(escape)
        .unwrap_or_default();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{key} {summary}</title><body style=\"font:16px system-ui;max-width:44rem;margin:3rem auto;padding:0 1rem\">\
         <p>{project} / {key}</p><h1>{summary}</h1><p>{kind} &middot; {status} &middot; {priority}</p>\
         <p>This is the sandbox Jira.</p></body></html>",
        key = escape(&issue.key),
        project = field("project", "name"),
        kind = field("issuetype", "name"),
        status = field("status", "name"),
        priority = field("priority", "name"),
    )
}
