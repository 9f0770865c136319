//! Which field a JQL name means, and which operators it takes.

use serde_json::Value;

use super::query::Op;
use crate::sandbox::world::{World, read_field_number};

/// A field as search sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field {
    /// Facts that are ids.
    Numbers(NumberField),
    /// Facts that are words.
    Words(WordField),
    Category,
    Time(TimeField),
    Text(TextField),
    /// Custom fields by number; a repeated name means all of them.
    Custom(Vec<u32>, CustomKind),
    /// A board's filter, by its id.
    Filter,
    /// The rank of a board, an order only.
    Rank,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberField {
    Id,
    Project,
    IssueType,
    Status,
    Priority,
    Resolution,
    Security,
    FixVersions,
    Versions,
    Components,
    Sprints,
    Parent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordField {
    Assignee,
    Reporter,
    Creator,
    Labels,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeField {
    Created,
    Updated,
    Resolved,
    /// A date without a time.
    Due,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TextField {
    Summary,
    Description,
    Environment,
    Comment,
    /// Summary, description, environment, comments and text custom fields.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CustomKind {
    Option,
    Word,
    User,
    Number,
    Date,
    DateTime,
    Text,
}

/// Resolves a name; `None` when the site has no such field.
pub(super) fn find_field(world: &World, name: &str) -> Option<Field> {
    let lower = name.to_lowercase();
    Some(match lower.as_str() {
        "project" => Field::Numbers(NumberField::Project),
        "id" | "key" | "issue" | "issuekey" => Field::Numbers(NumberField::Id),
        "issuetype" | "type" => Field::Numbers(NumberField::IssueType),
        "status" => Field::Numbers(NumberField::Status),
        "statuscategory" => Field::Category,
        "priority" => Field::Numbers(NumberField::Priority),
        "resolution" => Field::Numbers(NumberField::Resolution),
        "level" => Field::Numbers(NumberField::Security),
        "fixversion" => Field::Numbers(NumberField::FixVersions),
        "affectedversion" => Field::Numbers(NumberField::Versions),
        "component" => Field::Numbers(NumberField::Components),
        "sprint" => Field::Numbers(NumberField::Sprints),
        "parent" => Field::Numbers(NumberField::Parent),
        "assignee" => Field::Words(WordField::Assignee),
        "reporter" => Field::Words(WordField::Reporter),
        "creator" => Field::Words(WordField::Creator),
        "labels" => Field::Words(WordField::Labels),
        "created" | "createddate" => Field::Time(TimeField::Created),
        "updated" | "updateddate" => Field::Time(TimeField::Updated),
        "resolved" | "resolutiondate" => Field::Time(TimeField::Resolved),
        "due" | "duedate" => Field::Time(TimeField::Due),
        "summary" => Field::Text(TextField::Summary),
        "description" => Field::Text(TextField::Description),
        "environment" => Field::Text(TextField::Environment),
        "comment" => Field::Text(TextField::Comment),
        "text" => Field::Text(TextField::All),
        "filter" | "savedfilter" | "request" | "searchrequest" => Field::Filter,
        "rank" => Field::Rank,
        _ => return find_custom(world, &lower),
    })
}

fn find_custom(world: &World, name: &str) -> Option<Field> {
    let number = name
        .strip_prefix("cf[")
        .and_then(|rest| rest.strip_suffix(']'))
        .map(|number| format!("customfield_{number}"));
    // Cloud also knows `Severity[Dropdown]`.
    let short = if world.is_cloud() && name.ends_with(']') {
        name.split_once('[').map_or(name, |(short, _)| short)
    } else {
        name
    };
    let found: Vec<&Value> = world
        .fields
        .iter()
        .filter(|field| field["custom"] == true)
        .filter(|field| match &number {
            Some(id) => field["id"] == id.as_str(),
            None => field["name"].as_str().is_some_and(|own| {
                let own = own.to_lowercase();
                own == name || own == short
            }),
        })
        .collect();
    let first = found.first()?;
    let custom = first["schema"]["custom"].as_str().unwrap_or_default();
    match custom.rsplit_once(':').map_or(custom, |(_, name)| name) {
        "gh-sprint" => return Some(Field::Numbers(NumberField::Sprints)),
        "gh-epic-link" if world.is_cloud() => return Some(Field::Numbers(NumberField::Parent)),
        "gh-lexo-rank" => return Some(Field::Rank),
        _ => {}
    }
    let numbers = found
        .iter()
        .filter_map(|field| read_field_number(field["id"].as_str()?))
        .collect();
    Some(Field::Custom(numbers, find_kind(&first["schema"], custom)))
}

fn find_kind(schema: &Value, custom: &str) -> CustomKind {
    let text = |name: &str| schema[name].as_str().unwrap_or_default();
    let kind = if text("type") == "array" {
        text("items")
    } else {
        text("type")
    };
    match kind {
        "option" | "option-with-child" | "version" | "group" | "project" | "component" => CustomKind::Option,
        "user" => CustomKind::User,
        "number" => CustomKind::Number,
        "date" => CustomKind::Date,
        "datetime" => CustomKind::DateTime,
        _ if text("type") == "array" || custom.ends_with("gh-epic-link") => CustomKind::Word,
        _ => CustomKind::Text,
    }
}

impl Field {
    /// Whether Jira takes the operator for the field.
    pub(super) fn takes(&self, op: Op) -> bool {
        let like = matches!(op, Op::Like | Op::NotLike);
        let ordered = matches!(op, Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual);
        let was = matches!(op, Op::Was(_));
        match self {
            _ if was => false,
            Self::Text(TextField::All) => op == Op::Like,
            Self::Text(TextField::Comment) => like,
            Self::Text(_) | Self::Custom(_, CustomKind::Text) => like || matches!(op, Op::Is | Op::IsNot),
            Self::Time(_) | Self::Custom(_, CustomKind::Number | CustomKind::Date | CustomKind::DateTime) => {
                !like
            }
            Self::Numbers(NumberField::FixVersions | NumberField::Versions) => true,
            Self::Numbers(NumberField::Id | NumberField::Priority) => !like,
            Self::Filter => matches!(op, Op::Equal | Op::NotEqual | Op::In | Op::NotIn),
            Self::Rank => false,
            _ => !like && !ordered,
        }
    }

    /// Whether a search can be ordered by the field.
    pub(super) fn sorts(&self) -> bool {
        !matches!(
            self,
            Self::Text(TextField::All | TextField::Comment) | Self::Filter | Self::Category
        )
    }

    /// The direction of an order that does not say one: the field's own.
    pub(super) fn descends(&self) -> bool {
        matches!(
            self,
            Self::Time(TimeField::Created | TimeField::Updated | TimeField::Resolved)
                | Self::Numbers(NumberField::Priority)
        )
    }
}
