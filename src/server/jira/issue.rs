//! One issue from its JSON, in either dialect and of any age.
//!
//! Pure: what was stored years ago is read by the same function as today's answer. Text may be ADF or
//! wiki text, sprints objects or printed text, users by account or by key. Only what makes an issue an
//! issue is required; everything else may be missing or odd and is then absent. It must never panic on
//! what Jira, or someone who pretends to be Jira, sends.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::dates::{parse_date, parse_timestamp};
use super::sprint_text::{is_sprint_value, parse_sprint_ids};
use super::wire::{MOST_ID_BYTES, category, id_text};
use super::{adf, wiki};
use crate::domain::jira::{Field, FieldKind, FieldValue, Issue, JiraUser, NamedValue};
use crate::domain::rich_text::RichText;

/// Which kind of value each field holds.
#[derive(Clone, Debug, Default)]
pub struct FieldIndex {
    kinds: HashMap<String, FieldKind>,
}

impl FieldIndex {
    /// From the site's list of fields.
    pub fn new(fields: &[Field]) -> Self {
        Self {
            kinds: fields
                .iter()
                .map(|field| (field.id.clone(), field.kind))
                .collect(),
        }
    }

    /// Id of the sprint field, to be requested with the issues.
    pub fn find_sprint_field(&self) -> Option<&str> {
        self.kinds
            .iter()
            .filter(|(_, kind)| **kind == FieldKind::Sprint)
            .map(|(id, _)| id.as_str())
            .min()
    }

    /// Id of the epic link field (Data Center).
    pub fn find_epic_field(&self) -> Option<&str> {
        self.kinds
            .iter()
            .filter(|(_, kind)| **kind == FieldKind::EpicLink)
            .map(|(id, _)| id.as_str())
            .min()
    }

    /// Kind of a field.
    pub fn find_kind(&self, field_id: &str) -> Option<FieldKind> {
        self.kinds.get(field_id).copied()
    }
}

/// Why an issue cannot be read. The names are Jira's keys, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoisonReason {
    /// It is no object with fields.
    #[error("not an issue")]
    NotAnIssue,
    /// Something required is missing, or not of its kind.
    #[error("{0} is missing or unreadable")]
    Missing(&'static str),
}

/// Reads an issue.
///
/// # Errors
/// [`PoisonReason`] when id, key, project, type, status or the times are missing.
pub fn parse_issue(index: &FieldIndex, raw: &Value) -> Result<Issue, PoisonReason> {
    let fields = raw
        .get("fields")
        .and_then(Value::as_object)
        .ok_or(PoisonReason::NotAnIssue)?;
    let text = |value: Option<&Value>| {
        value
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let id = raw
        .get("id")
        .and_then(id_text)
        .ok_or(PoisonReason::Missing("id"))?;
    let key = text(raw.get("key"))
        .filter(|key| key.len() <= MOST_ID_BYTES)
        .ok_or(PoisonReason::Missing("key"))?;
    let project = fields.get("project").ok_or(PoisonReason::Missing("project"))?;
    let status = fields.get("status").ok_or(PoisonReason::Missing("status"))?;
    let created_at = fields
        .get("created")
        .and_then(parse_timestamp)
        .ok_or(PoisonReason::Missing("created"))?;
    let sprint_ids = match index.find_sprint_field().and_then(|id| fields.get(id)) {
        Some(value) => parse_sprint_ids(value),
        None => fields
            .values()
            .find(|value| is_sprint_value(value))
            .map(parse_sprint_ids)
            .unwrap_or_default(),
    };
    let epic_key = || text(fields.get(index.find_epic_field()?));
    Ok(Issue {
        project_id: project
            .get("id")
            .and_then(id_text)
            .ok_or(PoisonReason::Missing("project"))?,
        issue_type: fields
            .get("issuetype")
            .and_then(named)
            .ok_or(PoisonReason::Missing("issuetype"))?,
        status: named(status).ok_or(PoisonReason::Missing("status"))?,
        status_category: category(status.get("statusCategory").unwrap_or(&Value::Null)),
        summary: one_line(text(fields.get("summary")).as_deref().unwrap_or_default()),
        description: fields.get("description").map(rich_text).unwrap_or_default(),
        priority: fields.get("priority").and_then(named),
        resolution: fields.get("resolution").and_then(named),
        assignee: fields.get("assignee").and_then(user),
        reporter: fields.get("reporter").and_then(user),
        labels: array(fields, "labels")
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        components: array(fields, "components").filter_map(named).collect(),
        release_ids: array(fields, "fixVersions")
            .filter_map(|version| id_text(version.get("id")?))
            .collect(),
        sprint_ids,
        parent_key: fields
            .get("parent")
            .and_then(|parent| text(parent.get("key")))
            .or_else(epic_key),
        secured: fields.get("security").is_some_and(|security| !security.is_null()),
        due_date: fields.get("duedate").and_then(parse_date),
        created_at,
        updated_at: fields
            .get("updated")
            .and_then(parse_timestamp)
            .unwrap_or(created_at),
        resolved_at: fields.get("resolutiondate").and_then(parse_timestamp),
        custom: parse_custom(index, fields),
        id,
        key,
    })
}

/// Formatted text of either dialect.
pub fn rich_text(value: &Value) -> RichText {
    match value {
        Value::String(text) => wiki::parse_wiki(text),
        Value::Object(_) => adf::parse_adf(value),
        _ => RichText::default(),
    }
}

fn parse_custom(index: &FieldIndex, fields: &Map<String, Value>) -> BTreeMap<String, FieldValue> {
    fields
        .iter()
        .filter(|(id, value)| id.starts_with("customfield_") && !value.is_null())
        .filter_map(|(id, value)| Some((id.clone(), field_value(index.find_kind(id)?, value)?)))
        .collect()
}

/// The value of a field of this kind, or `None` when it is empty or of another shape.
pub fn field_value(kind: FieldKind, value: &Value) -> Option<FieldValue> {
    match kind {
        FieldKind::Date => parse_date(value).map(FieldValue::Date),
        FieldKind::DateTime => parse_timestamp(value).map(FieldValue::DateTime),
        FieldKind::Option => named(value).map(FieldValue::Option),
        FieldKind::MultiOption => {
            let options: Vec<NamedValue> = value.as_array()?.iter().filter_map(named).collect();
            (!options.is_empty()).then_some(FieldValue::Options(options))
        }
        FieldKind::Cascading => {
            let mut parent = named(value)?;
            if let Some(child) = value.get("child").and_then(named) {
                parent.name = format!("{} / {}", parent.name, child.name);
            }
            Some(FieldValue::Option(parent))
        }
        FieldKind::Sprint => None,
        FieldKind::Number => value
            .as_f64()
            .or_else(|| value.as_str()?.parse().ok())
            .filter(|n| n.is_finite())
            .map(FieldValue::Number),
        FieldKind::RichText => {
            let text = rich_text(value);
            (!text.blocks.is_empty()).then_some(FieldValue::RichText(text))
        }
        FieldKind::EpicLink
        | FieldKind::Text
        | FieldKind::User
        | FieldKind::Labels
        | FieldKind::Url
        | FieldKind::Other => plain(value, 4)
            .filter(|text| !text.is_empty())
            .map(FieldValue::Text),
    }
}

/// A value of an unknown kind as text: its name, or the names of its parts.
fn plain(value: &Value, depth: u8) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(values) if depth > 0 => Some(
            values
                .iter()
                .filter_map(|value| plain(value, depth - 1))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        Value::Object(object) => ["displayName", "value", "name", "key", "title"]
            .iter()
            .find_map(|key| object.get(*key)?.as_str())
            .map(str::to_owned),
        Value::Array(_) | Value::Null => None,
    }
}

fn array<'a>(fields: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a Value> {
    fields.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn named(value: &Value) -> Option<NamedValue> {
    let name = ["name", "value"]
        .iter()
        .find_map(|key| value.get(*key)?.as_str())
        .unwrap_or_default();
    Some(NamedValue {
        id: id_text(value.get("id")?)?,
        name: name.to_owned(),
    })
}

fn user(value: &Value) -> Option<JiraUser> {
    let id = ["accountId", "key", "name"]
        .iter()
        .find_map(|key| id_text(value.get(*key)?))?;
    let name = value
        .get("displayName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Some(JiraUser {
        name: if name.is_empty() {
            id.clone()
        } else {
            name.to_owned()
        },
        id,
    })
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
