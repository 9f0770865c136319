//! Which field a JQL name means, and what an issue has there.
//!
//! Reads the same JSON that is served, so invented and recorded issues are searched alike. Sprints
//! are read from Cloud's objects and from Data Center's old text.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::Value;

use super::super::world::{Issue, World};

/// A field as JQL sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Project,
    /// The same as `Key` but for ordering, which goes by the number of the id.
    Id,
    Key,
    /// JSON field with an object or a list of objects having id and name.
    Named(String),
    Category,
    Labels,
    Sprint(Vec<String>),
    Time(String),
    Text(Vec<String>),
    User(String),
    Parent,
    /// Custom fields (several when a name is repeated).
    Custom(Vec<String>),
}

/// Resolves a name; `None` when the site has no such field.
pub(super) fn find_kind(world: &World, name: &str) -> Option<Kind> {
    let lower = name.to_lowercase();
    let sprint = || world.find_sprint_field().into_iter().collect::<Vec<_>>();
    Some(match lower.as_str() {
        "project" => Kind::Project,
        "id" => Kind::Id,
        "key" | "issue" | "issuekey" => Kind::Key,
        "issuetype" | "type" => Kind::Named("issuetype".to_owned()),
        "status" | "priority" | "resolution" => Kind::Named(lower),
        "statuscategory" => Kind::Category,
        "fixversion" => Kind::Named("fixVersions".to_owned()),
        "affectedversion" => Kind::Named("versions".to_owned()),
        "component" => Kind::Named("components".to_owned()),
        "labels" => Kind::Labels,
        "sprint" => Kind::Sprint(sprint()),
        "created" | "createddate" => Kind::Time("created".to_owned()),
        "updated" | "updateddate" => Kind::Time("updated".to_owned()),
        "resolved" | "resolutiondate" => Kind::Time("resolutiondate".to_owned()),
        "due" | "duedate" => Kind::Time("duedate".to_owned()),
        "summary" | "description" => Kind::Text(vec![lower]),
        "text" => Kind::Text(vec!["summary".to_owned(), "description".to_owned()]),
        "assignee" | "reporter" => Kind::User(lower),
        "parent" => Kind::Parent,
        _ => {
            let number = lower.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']'));
            let ids: Vec<String> = world
                .fields
                .iter()
                .filter(|field| field["custom"] == true)
                .filter(|field| match number {
                    Some(number) => field["id"].as_str() == Some(&format!("customfield_{number}")),
                    None => field["name"]
                        .as_str()
                        .is_some_and(|own| own.to_lowercase() == lower),
                })
                .filter_map(|field| field["id"].as_str().map(str::to_owned))
                .collect();
            let schema = |id: &str| {
                let field = world.fields.iter().find(|field| field["id"] == id);
                field.map(|field| field["schema"].clone()).unwrap_or_default()
            };
            let first = ids.first()?;
            match schema(first)["type"].as_str() {
                Some("date" | "datetime") => Kind::Time(first.clone()),
                _ if sprint().contains(first) => Kind::Sprint(ids),
                _ => Kind::Custom(ids),
            }
        }
    })
}

/// One value of an issue: what it can be compared by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Atom {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) number: Option<f64>,
}

fn atom(value: &Value) -> Atom {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Object(fields) => Atom {
            id: fields.get("id").and_then(text),
            name: ["name", "value", "key"]
                .iter()
                .find_map(|part| fields.get(*part))
                .and_then(text),
            number: None,
        },
        other => Atom {
            id: None,
            name: text(other),
            number: other.as_f64(),
        },
    }
}

fn atoms(value: Option<&Value>) -> Vec<Atom> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().map(atom).collect(),
        Some(one) => vec![atom(one)],
    }
}

/// What the issue has in the field; empty means EMPTY.
pub(super) fn list_atoms(issue: &Issue, kind: &Kind) -> Vec<Atom> {
    match kind {
        Kind::Project => {
            let mut own = atoms(issue.find_field("project"));
            let key = issue
                .find_field("project")
                .and_then(|project| project["key"].as_str());
            own.extend(key.map(|key| Atom {
                name: Some(key.to_owned()),
                ..Atom::default()
            }));
            own
        }
        Kind::Id | Kind::Key => vec![Atom {
            id: Some(issue.id.to_string()),
            name: Some(issue.key.clone()),
            number: None,
        }],
        Kind::Named(field) => atoms(issue.find_field(field)),
        Kind::Category => atoms(
            issue
                .find_field("status")
                .and_then(|status| status.get("statusCategory")),
        ),
        Kind::Labels => atoms(issue.find_field("labels")),
        Kind::Sprint(ids) => ids
            .iter()
            .flat_map(|id| list_sprints(issue.find_field(id)))
            .collect(),
        Kind::Time(field) => find_time(issue, field)
            .map(|ms| {
                #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit 53 bits")]
                let number = ms as f64;
                Atom {
                    number: Some(number),
                    ..Atom::default()
                }
            })
            .into_iter()
            .collect(),
        Kind::Text(fields) => fields
            .iter()
            .filter_map(|field| issue.wiki.get(field).or_else(|| issue.find_field(field)))
            .map(|value| Atom {
                name: Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
                ..Atom::default()
            })
            .collect(),
        Kind::User(field) => issue
            .find_field(field)
            .map(|user| Atom {
                id: ["accountId", "name", "key"]
                    .iter()
                    .find_map(|part| user[*part].as_str())
                    .map(str::to_owned),
                name: user["displayName"].as_str().map(str::to_owned),
                number: None,
            })
            .into_iter()
            .collect(),
        Kind::Parent => issue
            .find_field("parent")
            .map(|parent| Atom {
                id: parent["id"].as_str().map(str::to_owned),
                name: parent["key"].as_str().map(str::to_owned),
                number: None,
            })
            .into_iter()
            .collect(),
        Kind::Custom(ids) => ids.iter().flat_map(|id| atoms(issue.find_field(id))).collect(),
    }
}

/// Sprints of a field value, objects or old text.
pub(super) fn list_sprints(value: Option<&Value>) -> Vec<Atom> {
    let Some(Value::Array(items)) = value else {
        return Vec::new();
    };
    items
        .iter()
        .map(|item| match item.as_str() {
            None => atom(item),
            Some(text) => {
                let part = |name: &str| {
                    let start = text.find(name)? + name.len();
                    let end = text[start..]
                        .find([',', ']'])
                        .map_or(text.len(), |end| start + end);
                    Some(text[start..end].to_owned())
                };
                Atom {
                    id: part("[id=").or_else(|| part(",id=")),
                    name: part(",name="),
                    number: None,
                }
            }
        })
        .collect()
}

/// A date or timestamp of an issue as epoch milliseconds; plain dates count from UTC midnight.
pub(super) fn find_time(issue: &Issue, field: &str) -> Option<i64> {
    parse_time(issue.find_field(field)?.as_str()?)
}

pub(super) fn parse_time(text: &str) -> Option<i64> {
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Some(stamp.as_millisecond());
    }
    if let Ok(stamp) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text) {
        return Some(stamp.as_millisecond());
    }
    let date = text.parse::<civil::Date>().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}
