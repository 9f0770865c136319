//! What Jira has, in one neutral shape for Cloud and Data Center.
//!
//! The client (`server::jira`) is the only maker of these values; mapping, wizard and sync planner
//! only read them. Ids are Jira's own and are compared as text: platform ids are strings there,
//! agile ids (boards, sprints) integers. Names are display text from a foreign system: never trusted,
//! never unique, never used as a key.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::domain::rich_text::RichText;

/// The deployment a site runs as; every difference between the two dialects follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deployment {
    /// Atlassian's own hosting: platform REST v3, Basic authentication with email and API token.
    Cloud,
    /// Self-managed Jira, 10.6.1 or newer: platform REST v2, Bearer personal access token.
    DataCenter,
}

/// A Jira project as the project picker and the configuration need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JiraProject {
    /// Stable id, survives a rename of the key.
    pub id: String,
    /// Current key, for people and links only.
    pub key: String,
    /// Display name.
    pub name: String,
}

/// A board of the agile API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Agile id.
    pub id: i64,
    /// Display name.
    pub name: String,
    /// Whether the board can have sprints (a Kanban board answers 400 when asked).
    pub kind: BoardKind,
}

/// Kinds of board; `Simple` is the team-managed one, which may or may not have sprints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardKind {
    /// Has sprints.
    Scrum,
    /// Has none.
    Kanban,
    /// Team-managed: ask and see.
    Simple,
}

/// A work item type of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueType {
    /// Stable id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Whether it is a sub-task type.
    pub subtask: bool,
}

/// Jira's four status categories, matched by key only (names and colours are localised).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusCategory {
    /// `undefined`, or a key this program does not know.
    Undefined,
    /// `new`.
    ToDo,
    /// `indeterminate`.
    InProgress,
    /// `done`.
    Done,
}

/// A workflow status. Two statuses of one project may share a name; the id tells them apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Stable id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Category.
    pub category: StatusCategory,
    /// Ids of the work item types whose workflow has this status.
    pub issue_type_ids: Vec<String>,
}

/// Something with an id and a name: priority, resolution, option of a select field, component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedValue {
    /// Stable id.
    pub id: String,
    /// Display name.
    pub name: String,
}

/// What kind of value a field holds, as far as this program cares. Found by `schema`, never by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A plain date (`YYYY-MM-DD`).
    Date,
    /// A date with time and offset.
    DateTime,
    /// One of a list: select, radio buttons.
    Option,
    /// Several of a list: multi-select, checkboxes.
    MultiOption,
    /// A cascading select.
    Cascading,
    /// The sprint field of Jira Software.
    Sprint,
    /// Epic link (Data Center).
    EpicLink,
    /// One line of text.
    Text,
    /// Formatted text.
    RichText,
    /// A number.
    Number,
    /// One or several users.
    User,
    /// Labels.
    Labels,
    /// A web address.
    Url,
    /// Anything else.
    Other,
}

/// A field of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// `summary`, `duedate`, `customfield_10020`, ...
    pub id: String,
    /// Display name; team-managed projects repeat names, so show `scope` beside it.
    pub name: String,
    /// Whether it is a custom field.
    pub custom: bool,
    /// Kind of value.
    pub kind: FieldKind,
    /// Id of the one project the field belongs to (Cloud, team-managed), if any.
    pub scope_project_id: Option<String>,
}

/// A Jira version, here called release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Stable id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Plain text.
    pub description: String,
    /// First day.
    pub start_date: Option<Date>,
    /// Day of release.
    pub release_date: Option<Date>,
    /// Released.
    pub released: bool,
    /// Archived.
    pub archived: bool,
}

/// State of a sprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SprintState {
    /// Running.
    Active,
    /// Planned.
    Future,
    /// Over.
    Closed,
}

impl SprintState {
    /// All states, in the order of a sprint's life.
    pub const ALL: [Self; 3] = [Self::Future, Self::Active, Self::Closed];

    /// Stable text for storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Future => "future",
            Self::Closed => "closed",
        }
    }

    /// The state of a code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A sprint of the agile API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sprint {
    /// Agile id.
    pub id: i64,
    /// Display name.
    pub name: String,
    /// State.
    pub state: SprintState,
    /// Planned or real start.
    pub start_at: Option<Timestamp>,
    /// Planned end.
    pub end_at: Option<Timestamp>,
    /// Real end of a closed sprint.
    pub completed_at: Option<Timestamp>,
    /// Goal, plain text.
    pub goal: String,
    /// Board the sprint was made on.
    pub board_id: Option<i64>,
}

/// A person as Jira names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JiraUser {
    /// `accountId` on Cloud, `key` on Data Center.
    pub id: String,
    /// Display name.
    pub name: String,
}

/// The value of one custom field on one issue, reduced to what mapping, dates and pages need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum FieldValue {
    /// A plain date.
    Date(Date),
    /// A moment.
    DateTime(Timestamp),
    /// One option (for cascading: the parent with the child's name appended).
    Option(NamedValue),
    /// Several options.
    Options(Vec<NamedValue>),
    /// Anything that is shown as text.
    Text(String),
    /// A number.
    Number(f64),
    /// Formatted text.
    RichText(RichText),
}

/// One issue, read whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// Stable id; survives moves and key renames.
    pub id: String,
    /// Current key.
    pub key: String,
    /// Project it is in now.
    pub project_id: String,
    /// Type.
    pub issue_type: NamedValue,
    /// Summary, one line.
    pub summary: String,
    /// Formatted description, already parsed from ADF or wiki text.
    pub description: RichText,
    /// Status id and name.
    pub status: NamedValue,
    /// Category of the status.
    pub status_category: StatusCategory,
    /// Priority; absent where the project has none.
    pub priority: Option<NamedValue>,
    /// Resolution; absent while unresolved.
    pub resolution: Option<NamedValue>,
    /// Assignee.
    pub assignee: Option<JiraUser>,
    /// Reporter.
    pub reporter: Option<JiraUser>,
    /// Labels.
    pub labels: Vec<String>,
    /// Components.
    pub components: Vec<NamedValue>,
    /// Ids of the fix versions, in Jira's order.
    pub release_ids: Vec<String>,
    /// Ids of the sprints, in Jira's order.
    pub sprint_ids: Vec<i64>,
    /// Key of the parent (epic, story of a sub-task), if any.
    pub parent_key: Option<String>,
    /// Whether a security level is set.
    pub secured: bool,
    /// Due date.
    pub due_date: Option<Date>,
    /// Created.
    pub created_at: Timestamp,
    /// Last change, Jira's clock.
    pub updated_at: Timestamp,
    /// Resolved.
    pub resolved_at: Option<Timestamp>,
    /// Requested custom fields that have a value, by field id.
    pub custom: std::collections::BTreeMap<String, FieldValue>,
}
