//! Paths as they are matched, and links as the caller reached the site.

use serde_json::Value;

use crate::sandbox::{
    answer::{Answer, AnswerBody},
    json,
    world::World,
};

/// A path as decoded segments.
pub(super) fn split(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            url::form_urlencoded::parse(part.replace('+', "%2B").as_bytes())
                .next()
                .map_or_else(String::new, |(name, _)| name.into_owned())
        })
        .collect()
}

/// Path and the prefix that was before it.
pub(super) fn strip_prefix(world: &World, full: &str) -> (String, String) {
    let prefix = if world.is_cloud() {
        format!("/ex/jira/{}", world.cloud_id)
    } else {
        "/jira".to_owned()
    };
    match full.strip_prefix(&prefix) {
        Some(rest) if rest.starts_with('/') => (rest.to_owned(), prefix),
        _ => (full.to_owned(), String::new()),
    }
}

/// Links of an answer lead where the request came from: through its prefix, and on Cloud to version 2 when
/// version 2 was asked. Recorded links stay as they are.
pub(super) fn lead_back(mut answer: Answer, world: &World, path: &str, prefix: &str) -> Answer {
    let base = &world.base_url;
    if world.is_cloud() && !world.recorded && path.starts_with("/rest/api/2/") {
        let (from, to) = (format!("{base}/rest/api/3/"), format!("{base}/rest/api/2/"));
        match &mut answer.body {
            AnswerBody::Json(value) => replace_start(value, &from, &to),
            AnswerBody::Written(bytes) => json::replace_start(bytes, &from, &to),
            _ => {}
        }
    }
    if !prefix.is_empty() {
        match &mut answer.body {
            AnswerBody::Json(value) => rebase_value(value, base, &format!("{base}{prefix}")),
            AnswerBody::Written(bytes) => *bytes = json::rebase(bytes, base, prefix),
            _ => {}
        }
    }
    answer
}

fn replace_start(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix(from) {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace_start(item, from, to)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| replace_start(field, from, to)),
        _ => {}
    }
}

fn rebase_value(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix(from)
                && (rest.is_empty() || rest.starts_with("/rest/"))
            {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rebase_value(item, from, to)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| rebase_value(field, from, to)),
        _ => {}
    }
}
