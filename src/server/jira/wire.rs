//! Jira's JSON, read with tolerance.
//!
//! Ids come as text or number, optional things as null or not at all, and unknown keys everywhere.
//! These structs are the only place that knows Jira's key names outside of issues; each turns into
//! its neutral shape. A row that cannot be read is left out by [`rows`], never the whole list.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::dates::{parse_date, parse_timestamp};
use crate::domain::jira as shape;

/// The rows that can be read.
pub fn rows<T: DeserializeOwned>(items: Vec<Value>) -> Vec<T> {
    items
        .into_iter()
        .filter_map(|item| serde_json::from_value(item).ok())
        .collect()
}

/// The rows that can be read, and whether that is all of them.
pub fn rows_and_whole<T: DeserializeOwned>(items: Vec<Value>) -> (Vec<T>, bool) {
    let count = items.len();
    let found = rows(items);
    let whole = found.len() == count;
    (found, whole)
}

/// An id or key that is longer names nothing, and no index of the database takes it.
pub const MOST_ID_BYTES: usize = 255;

/// An id as text, whether it came as text or number.
pub fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() && text.len() <= MOST_ID_BYTES => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn id<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    id_text(&Value::deserialize(input)?).ok_or_else(|| serde::de::Error::custom("no id"))
}

fn optional_id<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(id_text(&Value::deserialize(input)?))
}

fn number<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    id_text(&Value::deserialize(input)?)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| serde::de::Error::custom("no number"))
}

fn text<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(input)?.unwrap_or_default())
}

fn flag<'de, D: Deserializer<'de>>(input: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(input)?.unwrap_or_default())
}

/// `serverInfo`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    #[serde(default, deserialize_with = "text")]
    pub(crate) base_url: String,
    #[serde(default)]
    pub(crate) version: Option<String>,
    #[serde(default)]
    pub(crate) version_numbers: Vec<u32>,
    #[serde(default)]
    pub(crate) deployment_type: Option<String>,
    #[serde(default)]
    pub(crate) server_title: Option<String>,
    #[serde(default)]
    pub(crate) server_time: Value,
}

/// `myself`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Myself {
    #[serde(default)]
    pub(crate) account_id: Option<String>,
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(crate) display_name: String,
    #[serde(default)]
    pub(crate) email_address: Option<String>,
    #[serde(default)]
    pub(crate) active: Option<bool>,
    #[serde(default)]
    pub(crate) time_zone: Option<String>,
}

/// A project with its types.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    #[serde(deserialize_with = "id")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    key: String,
    #[serde(default, deserialize_with = "text")]
    name: String,
    #[serde(default)]
    pub(crate) issue_types: Vec<Value>,
    #[serde(default, deserialize_with = "flag")]
    pub(crate) archived: bool,
}

impl From<Project> for shape::JiraProject {
    fn from(project: Project) -> Self {
        Self {
            id: project.id,
            key: project.key,
            name: project.name,
        }
    }
}

/// A work item type; with its statuses in the list of a project's statuses.
#[derive(Debug, Deserialize)]
pub struct IssueType {
    #[serde(deserialize_with = "id")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "text")]
    name: String,
    #[serde(default, deserialize_with = "flag")]
    subtask: bool,
    #[serde(default)]
    pub(crate) statuses: Vec<Value>,
}

impl From<IssueType> for shape::IssueType {
    fn from(kind: IssueType) -> Self {
        Self {
            id: kind.id,
            name: kind.name,
            subtask: kind.subtask,
        }
    }
}

/// A status.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    #[serde(deserialize_with = "id")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) name: String,
    #[serde(default)]
    #[serde(rename = "statusCategory")]
    pub(crate) category: Value,
}

/// The category of a status object, by its key.
pub fn category(status_category: &Value) -> shape::StatusCategory {
    match status_category.get("key").and_then(Value::as_str) {
        Some("new") => shape::StatusCategory::ToDo,
        Some("indeterminate") => shape::StatusCategory::InProgress,
        Some("done") => shape::StatusCategory::Done,
        _ => shape::StatusCategory::Undefined,
    }
}

/// Priority, resolution, option: `name`, or `value` of an option.
#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(deserialize_with = "id")]
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    value: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    pub(crate) disabled: bool,
}

impl From<Named> for shape::NamedValue {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            name: named.name.or(named.value).unwrap_or_default(),
        }
    }
}

/// A field of the site.
#[derive(Debug, Deserialize)]
pub struct Field {
    #[serde(deserialize_with = "id")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    name: String,
    #[serde(default, deserialize_with = "flag")]
    custom: bool,
    #[serde(default)]
    schema: Option<Schema>,
    #[serde(default)]
    scope: Value,
}

/// What a field holds.
#[derive(Debug, Default, Deserialize)]
pub struct Schema {
    #[serde(default, rename = "type", deserialize_with = "text")]
    kind: String,
    #[serde(default, deserialize_with = "text")]
    items: String,
    #[serde(default)]
    system: Option<String>,
    #[serde(default)]
    custom: Option<String>,
}

impl From<Field> for shape::Field {
    fn from(field: Field) -> Self {
        let kind = field.schema.as_ref().map_or(shape::FieldKind::Other, field_kind);
        let scope_project_id = field.scope.pointer("/project/id").and_then(id_text);
        Self {
            id: field.id,
            name: field.name,
            custom: field.custom,
            kind,
            scope_project_id,
        }
    }
}

/// The kind of a field, from the custom type first and from the type of its value else.
fn field_kind(schema: &Schema) -> shape::FieldKind {
    use shape::FieldKind as Kind;
    if let Some(custom) = &schema.custom {
        let found = match custom.rsplit(':').next().unwrap_or_default() {
            "gh-sprint" => Some(Kind::Sprint),
            "gh-epic-link" => Some(Kind::EpicLink),
            "cascadingselect" => Some(Kind::Cascading),
            "select" | "radiobuttons" => Some(Kind::Option),
            "multiselect" | "multicheckboxes" => Some(Kind::MultiOption),
            "textarea" => Some(Kind::RichText),
            "url" => Some(Kind::Url),
            "labels" => Some(Kind::Labels),
            "userpicker" | "multiuserpicker" => Some(Kind::User),
            _ => None,
        };
        if let Some(found) = found {
            return found;
        }
    }
    match (
        schema.kind.as_str(),
        schema.items.as_str(),
        schema.system.as_deref(),
    ) {
        (_, _, Some("description" | "environment")) => Kind::RichText,
        (_, _, Some("labels")) => Kind::Labels,
        ("date", ..) => Kind::Date,
        ("datetime", ..) => Kind::DateTime,
        ("number", ..) => Kind::Number,
        ("string", ..) => Kind::Text,
        ("option", ..) => Kind::Option,
        ("option-with-child", ..) => Kind::Cascading,
        ("array", "option", _) => Kind::MultiOption,
        ("user", ..) | ("array", "user", _) => Kind::User,
        _ => Kind::Other,
    }
}

/// A board.
#[derive(Debug, Deserialize)]
pub struct Board {
    #[serde(deserialize_with = "number")]
    id: i64,
    #[serde(default, deserialize_with = "text")]
    name: String,
    #[serde(default, rename = "type", deserialize_with = "text")]
    kind: String,
}

impl From<Board> for shape::Board {
    fn from(board: Board) -> Self {
        let kind = match board.kind.as_str() {
            "scrum" => shape::BoardKind::Scrum,
            "kanban" => shape::BoardKind::Kanban,
            _ => shape::BoardKind::Simple,
        };
        Self {
            id: board.id,
            name: board.name,
            kind,
        }
    }
}

/// A version.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    #[serde(deserialize_with = "id")]
    id: String,
    #[serde(default, deserialize_with = "text")]
    name: String,
    #[serde(default, deserialize_with = "text")]
    description: String,
    #[serde(default)]
    start_date: Value,
    #[serde(default)]
    release_date: Value,
    #[serde(default, deserialize_with = "flag")]
    released: bool,
    #[serde(default, deserialize_with = "flag")]
    archived: bool,
}

impl From<Version> for shape::Release {
    fn from(version: Version) -> Self {
        Self {
            id: version.id,
            name: version.name,
            description: version.description,
            start_date: parse_date(&version.start_date),
            release_date: parse_date(&version.release_date),
            released: version.released,
            archived: version.archived,
        }
    }
}

/// A sprint of the agile API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sprint {
    #[serde(deserialize_with = "number")]
    id: i64,
    #[serde(default, deserialize_with = "text")]
    name: String,
    #[serde(default, deserialize_with = "text")]
    state: String,
    #[serde(default)]
    start_date: Value,
    #[serde(default)]
    end_date: Value,
    #[serde(default)]
    complete_date: Value,
    #[serde(default, deserialize_with = "text")]
    goal: String,
    #[serde(default, deserialize_with = "optional_id")]
    origin_board_id: Option<String>,
}

impl From<Sprint> for shape::Sprint {
    fn from(sprint: Sprint) -> Self {
        let state = match sprint.state.to_ascii_lowercase().as_str() {
            "active" => shape::SprintState::Active,
            "closed" => shape::SprintState::Closed,
            _ => shape::SprintState::Future,
        };
        Self {
            id: sprint.id,
            name: sprint.name,
            state,
            start_at: parse_timestamp(&sprint.start_date),
            end_at: parse_timestamp(&sprint.end_date),
            completed_at: parse_timestamp(&sprint.complete_date),
            goal: sprint.goal,
            board_id: sprint.origin_board_id.and_then(|id| id.parse().ok()),
        }
    }
}
