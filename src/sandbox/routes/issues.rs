//! Issues one by one, the choice of fields that every issue answer obeys, and what can be expanded.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{
    super::{
        answer::Answer,
        json::{self, Copies, Members},
        markup,
        world::{Issue, Wish},
    },
    Call, createmeta, decor, parts, rendered,
};

/// Fields that only `*all` or their name shows, not `*navigable`.
const NOT_NAVIGABLE: [&str; 4] = ["comment", "worklog", "attachment", "timetracking"];

/// Which fields to show: `*all`, `*navigable`, names, and names to leave out with a minus.
pub(super) struct Fields {
    all: bool,
    navigable: bool,
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
            all: rest.is_empty() || rest.iter().any(|name| *name == "*all"),
            navigable: rest.iter().any(|name| *name == "*navigable"),
            unwanted: unwanted.iter().map(|name| name[1..].to_owned()).collect(),
            wanted,
        }
    }

    pub(super) fn keeps(&self, name: &str) -> bool {
        let listed = self.wanted.iter().any(|wanted| wanted == name);
        let navigable = self.navigable && !NOT_NAVIGABLE.contains(&name);
        (self.all || navigable || listed) && !self.unwanted.iter().any(|no| no == name)
    }

    /// Whether an answer with these fields has a `fields` part at all.
    fn shows_part(&self) -> bool {
        self.all || self.navigable || self.wanted.iter().any(|name| name != "id" && name != "key")
    }
}

/// What the caller wants expanded: a comma list in the query, in a posted body text or an array.
pub(super) fn list_expansions(call: &Call<'_>) -> Vec<String> {
    if let Some(list) = call.params.find_list("expand") {
        return list;
    }
    match &call.body["expand"] {
        Value::String(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The issue as this caller asked for it. Nothing but the choice of fields changes a recorded one.
pub(super) fn show(call: &Call<'_>, issue: &Issue, fields: &Fields, in_list: bool) -> Value {
    let expand = list_expansions(call);
    let wants = |name: &str| expand.iter().any(|asked| asked == name);
    let mut body = Map::new();
    for (name, value) in &issue.body {
        match (name.as_str(), value) {
            ("fields", Value::Object(all)) => {
                let shown = choose_fields(call, issue, all, fields);
                if !shown.is_empty() || fields.shows_part() {
                    body.insert("fields".to_owned(), Value::Object(shown));
                }
            }
            // A recording brings its own expansions.
            ("renderedFields" | "changelog" | "editmeta", _) => {
                if wants(name) {
                    body.insert(name.clone(), value.clone());
                }
            }
            _ => {
                body.insert(name.clone(), value.clone());
            }
        }
    }
    if call.world.recorded {
        return Value::Object(body);
    }
    if wants("changelog") {
        body.insert(
            "changelog".to_owned(),
            parts::expand_changelog(call, issue, in_list),
        );
    }
    if wants("renderedFields") {
        let rendered = rendered::render_fields(call, issue, body.get("fields"));
        body.insert("renderedFields".to_owned(), rendered);
    }
    if wants("editmeta") {
        body.insert("editmeta".to_owned(), json!({"fields": edit_fields(call, issue)}));
    }
    if wants("operations") {
        body.insert("operations".to_owned(), json!({"linkGroups": []}));
    }
    Value::Object(body)
}

/// Writes the issues of a list as the caller asked for them, and `names` and `schema` if those are asked
/// for. An unknown one is left out.
pub(super) fn write_list(call: &Call<'_>, ids: &[i64], asked: &[String], body: &mut Members<'_>) {
    let fields = Fields::new(asked);
    let keep = |name: &str| fields.keeps(name);
    let expand = list_expansions(call);
    let simple = expand.iter().all(|name| name == "changelog") && !call.path.starts_with("/rest/agile/");
    let mut copies = Copies::default();
    let mut shown = Vec::new();
    let known = ids.iter().filter(|id| call.world.facts(**id).is_some());
    json::push_list(body.name("issues"), known, |id, out| {
        if simple && !call.world.is_kept(*id) {
            return write_made(call, *id, &fields, !expand.is_empty(), &mut copies, out);
        }
        let part = call.world.issue_part(*id, &keep).unwrap_or_default();
        let value = show(call, &part, &fields, true);
        json::push(out, &value);
        if !simple {
            shown.push(value);
        }
    });
    let mut descriptions = Value::Object(Map::new());
    add_descriptions(call, &mut descriptions, &shown);
    for (name, value) in descriptions.as_object().into_iter().flatten() {
        body.put(name, value);
    }
}

/// An issue that nobody has touched, written without being built.
fn write_made(
    call: &Call<'_>,
    id: i64,
    fields: &Fields,
    history: bool,
    copies: &mut Copies,
    out: &mut Vec<u8>,
) {
    let mut body = Members::begin(out);
    call.world.write_head(id, &mut body);
    if fields.shows_part() {
        let wish = Wish {
            keep: &|name| fields.keeps(name),
            wiki: call.api == 2,
        };
        let key = call.world.facts(id).map(|facts| call.world.write_key(facts));
        let mut shown = Members::begin(body.name("fields"));
        call.world.write_issue_fields(id, &wish, copies, &mut shown);
        decor::write_system_fields(call, id, &key.unwrap_or_default(), &wish, copies, &mut shown);
        shown.end();
    }
    if history {
        parts::write_changelog(call, id, copies, &mut body);
    }
    body.end();
}

fn choose_fields(
    call: &Call<'_>,
    issue: &Issue,
    all: &Map<String, Value>,
    fields: &Fields,
) -> Map<String, Value> {
    let mut shown = Map::new();
    for (field, value) in all.iter().filter(|(field, _)| fields.keeps(field)) {
        let plain = if call.api == 2 {
            issue.wiki.get(field)
        } else {
            None
        };
        shown.insert(field.clone(), plain.unwrap_or(value).clone());
    }
    if call.world.recorded {
        return shown;
    }
    decor::add_system_fields(call, issue, fields, &mut shown);
    shown
}

/// The edit screen: the create screen without what no edit may change.
pub(super) fn edit_fields(call: &Call<'_>, issue: &Issue) -> Value {
    let kind = issue.find_field("issuetype").cloned().unwrap_or_default();
    let Some(project) = call.world.find_project(&issue.project_id) else {
        return json!({});
    };
    let kind = kind["id"].as_str().unwrap_or_default();
    let mut fields = createmeta::list_fields(call, project, kind).unwrap_or_default();
    createmeta::complete_for(call, issue, &mut fields);
    let fields = fields.into_iter().filter(|field| field["fieldId"] != "project");
    createmeta::by_id(call, fields)
}

/// `names` or `schema` of the fields that an answer shows.
pub(super) fn describe_fields(call: &Call<'_>, shown: &[Value], wanted: &str) -> Value {
    let mut found = Map::new();
    for name in shown
        .iter()
        .filter_map(|issue| issue["fields"].as_object())
        .flat_map(Map::keys)
    {
        if found.contains_key(name) {
            continue;
        }
        if let Some(field) = call
            .world
            .fields
            .iter()
            .find(|field| field["id"] == name.as_str())
        {
            let part = if wanted == "names" { "name" } else { "schema" };
            if !field[part].is_null() {
                found.insert(name.clone(), field[part].clone());
            }
        }
    }
    Value::Object(found)
}

/// Adds `names` and `schema` to a list or an issue that asks for them.
pub(super) fn add_descriptions(call: &Call<'_>, body: &mut Value, shown: &[Value]) {
    for wanted in ["names", "schema"] {
        if list_expansions(call).iter().any(|name| name == wanted) {
            body[wanted] = describe_fields(call, shown, wanted);
        }
    }
}

pub(super) fn find<'a>(call: &'a Call<'_>, key: &str) -> Option<Cow<'a, Issue>> {
    call.world
        .find_issue(key)
        .filter(|issue| call.sees_project_id(&issue.project_id))
        .filter(|issue| call.world.sees_level(call.caller, issue))
}

pub(super) fn missing() -> Answer {
    Answer::error(
        404,
        "Issue does not exist or you do not have permission to see it.",
    )
}

pub(super) fn get(call: &Call<'_>, key: &str) -> Answer {
    let fields = Fields::new(&call.params.find_list("fields").unwrap_or_default());
    let Some(issue) = find(call, key) else {
        return missing();
    };
    let mut shown = show(call, &issue, &fields, false);
    let alone = [shown.clone()];
    add_descriptions(call, &mut shown, &alone);
    if let Some(wanted) = call.params.find_list("properties") {
        let asked = |name: &str| wanted.iter().any(|wanted| wanted == name);
        let keeps = |name: &str| (asked(name) || asked("*all")) && !asked(&format!("-{name}"));
        let mut properties = parts::extras(call, &issue).properties.clone();
        properties.retain(|name, _| keeps(name));
        shown["properties"] = json!(properties);
    }
    Answer::ok(shown)
}

/// `/issue/{key}/editmeta`.
pub(super) fn edit_meta(call: &Call<'_>, key: &str) -> Answer {
    match find(call, key) {
        Some(issue) => Answer::ok(json!({"fields": edit_fields(call, &issue)})),
        None => missing(),
    }
}

/// Up to 100 issues by id or key; those that cannot be shown are named in `issueErrors`.
pub(super) fn bulk_fetch(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return crate::sandbox::auth::refuse();
    }
    let Some(asked) = call.body["issueIdsOrKeys"].as_array() else {
        return Answer::error(400, "issueIdsOrKeys must be provided.");
    };
    if asked.len() > 100 {
        return Answer::error(400, "The number of issues must not exceed 100.");
    }
    let names: Vec<String> = call.body["fields"].as_array().map_or_else(
        || vec!["*navigable".to_owned()],
        |list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    );
    let fields = Fields::new(&names);
    let (mut shown, mut errors) = (Vec::new(), Vec::new());
    for name in asked {
        let key = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
        match find(call, &key) {
            Some(issue) => shown.push(show(call, &issue, &fields, true)),
            None => errors.push(json!({
                "id": key,
                "errorMessage": "Issue does not exist or you do not have permission to see it.",
            })),
        }
    }
    Answer::ok(json!({"issues": shown, "issueErrors": errors}))
}

/// What an input field offers for the beginning of a key or a word of the summary.
pub(super) fn picker(call: &Call<'_>) -> Answer {
    let query = call.params.find("query").unwrap_or_default().to_lowercase();
    let fits = |issue: &Issue| {
        let summary = issue
            .find_field("summary")
            .and_then(Value::as_str)
            .unwrap_or_default();
        issue.key.to_lowercase().starts_with(&query) || summary.to_lowercase().contains(&query)
    };
    let issues = call
        .world
        .issues()
        .rev()
        .take(5000)
        .filter(|issue| call.sees_project_id(&issue.project_id) && fits(issue))
        .filter(|issue| call.world.sees_level(call.caller, issue))
        .take(20)
        .map(|issue| {
            let summary = issue.find_field("summary").and_then(Value::as_str).unwrap_or_default();
            let mut entry = json!({
                "key": issue.key, "keyHtml": markup::escape(&issue.key), "img": "/images/icons/issuetypes/task.svg",
                "summary": markup::escape(summary), "summaryText": summary,
            });
            if call.world.is_cloud() {
                entry["id"] = Value::from(issue.id);
            }
            entry
        })
        .collect::<Vec<_>>();
    Answer::ok(json!({"sections": [{
        "label": "Current Search", "id": "cs", "sub": format!("Showing {} matching issues", issues.len()),
        "issues": issues,
    }]}))
}
