//! Issues one by one, and the choice of fields that every issue answer obeys.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{
    super::{answer::Answer, world::Issue},
    Call,
};

/// Which fields to show: `*all`, `*navigable`, names, and names to leave out with a minus.
pub(super) struct Fields {
    all: bool,
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Fields {
    pub(super) fn new(asked: &[String]) -> Self {
        let (unwanted, rest): (Vec<&String>, Vec<&String>) =
            asked.iter().partition(|name| name.starts_with('-'));
        let wanted: Vec<String> = rest
            .iter()
            .filter(|name| !name.starts_with('*'))
            .map(|name| (*name).clone())
            .collect();
        Self {
            all: rest.is_empty() || rest.iter().any(|name| name.starts_with('*')),
            unwanted: unwanted.iter().map(|name| name[1..].to_owned()).collect(),
            wanted,
        }
    }

    pub(super) fn keeps(&self, name: &str) -> bool {
        (self.all || self.wanted.iter().any(|wanted| wanted == name))
            && !self.unwanted.iter().any(|no| no == name)
    }
}

/// The issue as this caller asked for it. Nothing but the choice of fields changes a recorded one.
pub(super) fn show(call: &Call<'_>, issue: &Issue, fields: &Fields) -> Value {
    let mut body = Map::new();
    for (name, value) in &issue.body {
        match (name.as_str(), value) {
            ("fields", Value::Object(all)) => {
                let mut shown = Map::new();
                for (field, value) in all.iter().filter(|(field, _)| fields.keeps(field)) {
                    let plain = if call.api == 2 {
                        issue.wiki.get(field)
                    } else {
                        None
                    };
                    shown.insert(field.clone(), plain.unwrap_or(value).clone());
                }
                if fields.all
                    || !shown.is_empty()
                    || fields.wanted.iter().any(|name| name != "id" && name != "key")
                {
                    body.insert("fields".to_owned(), Value::Object(shown));
                }
            }
            ("renderedFields" | "changelog" | "editmeta", _) => {
                let asked = call
                    .params
                    .find("expand")
                    .or_else(|| call.body["expand"].as_str())
                    .unwrap_or_default();
                if asked.split(',').any(|part| part.trim() == name) {
                    body.insert(name.clone(), value.clone());
                }
            }
            _ => {
                body.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(body)
}

fn find<'a>(call: &'a Call<'_>, key: &str) -> Option<Cow<'a, Issue>> {
    call.world
        .find_issue(key)
        .filter(|issue| call.sees_project_id(&issue.project_id))
        .filter(|issue| call.world.sees_level(call.caller, issue))
}

pub(super) fn get(call: &Call<'_>, key: &str) -> Answer {
    let fields = Fields::new(&call.params.find_list("fields").unwrap_or_default());
    match find(call, key) {
        Some(issue) => Answer::ok(show(call, &issue, &fields)),
        None => Answer::error(
            404,
            "Issue does not exist or you do not have permission to see it.",
        ),
    }
}

/// Up to 100 issues by id or key; those that cannot be shown are named in `issueErrors`.
pub(super) fn bulk_fetch(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return super::auth::refuse();
    }
    let Some(asked) = call.body["issueIdsOrKeys"].as_array() else {
        return Answer::error(400, "issueIdsOrKeys must be provided.");
    };
    if asked.len() > 100 {
        return Answer::error(400, "The number of issues must not exceed 100.");
    }
    let names: Vec<String> = call.body["fields"]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let fields = Fields::new(&names);
    let (mut shown, mut errors) = (Vec::new(), Vec::new());
    for name in asked {
        let key = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
        match find(call, &key) {
            Some(issue) => shown.push(show(call, &issue, &fields)),
            None => errors.push(json!({
                "id": key,
                "errorMessage": "Issue does not exist or you do not have permission to see it.",
            })),
        }
    }
    Answer::ok(json!({"issues": shown, "issueErrors": errors, "expand": "schema,names"}))
}
