//! What search decides by, a few hundred bytes an issue.
//!
//! Facts are read from the issue's JSON when it is stored, or drawn by a generator that makes the
//! JSON from them on demand. They hold ids, never names, so that renaming a version or a status in
//! the world touches no issue. Ids are numbers with 0 for *none*: Jira's ids are positive numbers
//! written as text.

use std::collections::HashSet;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::{Map, Value};

use super::{
    issue::Issue,
    words::{Word, Words},
};

/// The searchable facts of one issue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Stable id.
    pub id: i64,
    /// Number in the key.
    pub number: u32,
    /// Project id.
    pub project: u32,
    /// Type id.
    pub issue_type: u32,
    /// Status id.
    pub status: u32,
    /// Priority id or 0.
    pub priority: u32,
    /// Resolution id or 0 while unresolved.
    pub resolution: u32,
    /// Security level id or 0.
    pub security: u32,
    /// `accountId` on Cloud, user name on Data Center.
    pub assignee: Option<Word>,
    /// As [`Facts::assignee`].
    pub reporter: Option<Word>,
    /// As [`Facts::assignee`].
    pub creator: Option<Word>,
    /// Labels.
    pub labels: Box<[Word]>,
    /// Fix version ids.
    pub fix_versions: Box<[u32]>,
    /// Affected version ids.
    pub versions: Box<[u32]>,
    /// Component ids.
    pub components: Box<[u32]>,
    /// Sprint ids, the latest last.
    pub sprints: Box<[u32]>,
    /// Parent issue id or 0; on Data Center only of sub-tasks.
    pub parent: i64,
    /// Epoch milliseconds.
    pub created: i64,
    /// Epoch milliseconds.
    pub updated: i64,
    /// Epoch milliseconds.
    pub resolved: Option<i64>,
    /// Due date as epoch milliseconds of its UTC midnight.
    pub due: Option<i64>,
    /// Values of custom fields by the number of the field; several values repeat the number.
    pub custom: Box<[(u32, Custom)]>,
}

/// One value of a custom field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Custom {
    /// An object with an id and a name: an option, a version, a group, a user.
    Named(u32, Word),
    /// A label, a key, a short text.
    Word(Word),
    /// A number.
    Number(f64),
    /// A date or a timestamp, epoch milliseconds.
    Time(i64),
    /// A value that is searched by its text only.
    Other,
}

/// Longest text of a custom field that is kept as a word.
const SHORT_TEXT: usize = 60;

/// The number in a Jira id; 0 for anything else.
#[must_use]
pub fn read_id(value: &Value) -> u32 {
    match value {
        Value::String(text) => text.parse().unwrap_or_default(),
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or_default(),
        _ => 0,
    }
}

/// A date or timestamp as epoch milliseconds; plain dates count from UTC midnight.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    // Most texts in a world are Jira's own timestamps, which the standard parser refuses.
    if text.len() > 10 {
        return Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text)
            .or_else(|_| text.parse())
            .ok()
            .map(Timestamp::as_millisecond);
    }
    let date = text.parse::<civil::Date>().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// The id of a user object: `accountId` on Cloud, `name` on Data Center.
#[must_use]
pub fn read_user(value: &Value) -> Option<&str> {
    ["accountId", "name", "key"]
        .iter()
        .find_map(|part| value[*part].as_str())
}

impl Facts {
    /// Reads the facts of an issue; `sprint_field` is the id of the site's sprint field.
    #[must_use]
    pub fn read(issue: &Issue, sprint_field: Option<&str>, words: &mut Words) -> Self {
        let empty = Map::new();
        let fields = issue.fields().unwrap_or(&empty);
        let field = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        let mut user = |name: &str| read_user(field(name)).map(|id| words.add(id));
        let (assignee, reporter, creator) = (user("assignee"), user("reporter"), user("creator"));
        let time = |name: &str| field(name).as_str().and_then(parse_time);
        let ids = |name: &str| {
            let list = field(name).as_array().map_or(&[][..], Vec::as_slice);
            list.iter().map(|entry| read_id(&entry["id"])).collect()
        };
        let labels = field("labels").as_array().map_or(&[][..], Vec::as_slice);
        Self {
            id: issue.id,
            number: read_number(&issue.key),
            project: issue.project_id.parse().unwrap_or_default(),
            issue_type: read_id(&field("issuetype")["id"]),
            status: read_id(&field("status")["id"]),
            priority: read_id(&field("priority")["id"]),
            resolution: read_id(&field("resolution")["id"]),
            security: read_id(&field("security")["id"]),
            assignee,
            reporter,
            creator,
            labels: labels
                .iter()
                .filter_map(Value::as_str)
                .map(|label| words.add(label))
                .collect(),
            fix_versions: ids("fixVersions"),
            versions: ids("versions"),
            components: ids("components"),
            sprints: sprint_field.map_or_else(Box::default, |id| {
                list_sprints(field(id)).into_iter().map(|(id, _)| id).collect()
            }),
            parent: i64::from(read_id(&field("parent")["id"])),
            created: time("created").unwrap_or_default(),
            updated: time("updated").unwrap_or_default(),
            resolved: time("resolutiondate"),
            due: time("duedate"),
            custom: read_custom(fields, sprint_field, words),
        }
    }
}

/// The number in a key such as `TRIP-12`; 0 when there is none.
#[must_use]
pub fn read_number(key: &str) -> u32 {
    key.rsplit_once('-')
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or_default()
}

/// The number of a custom field: 10030 of `customfield_10030`.
#[must_use]
pub fn read_field_number(id: &str) -> Option<u32> {
    id.strip_prefix("customfield_")?.parse().ok()
}

fn read_custom(
    fields: &Map<String, Value>,
    sprint_field: Option<&str>,
    words: &mut Words,
) -> Box<[(u32, Custom)]> {
    let mut list = Vec::new();
    for (id, value) in fields {
        if value.is_null() || Some(id.as_str()) == sprint_field {
            continue;
        }
        let Some(number) = read_field_number(id) else {
            continue;
        };
        match value {
            Value::Array(items) => {
                list.extend(items.iter().map(|item| (number, read_one(item, words))));
            }
            one => list.push((number, read_one(one, words))),
        }
    }
    list.into_boxed_slice()
}

fn read_one(value: &Value, words: &mut Words) -> Custom {
    match value {
        Value::Object(_) => {
            let name = ["value", "accountId", "name", "key"]
                .iter()
                .find_map(|part| value[*part].as_str());
            name.map_or(Custom::Other, |name| {
                Custom::Named(read_id(&value["id"]), words.add(name))
            })
        }
        Value::Number(number) => Custom::Number(number.as_f64().unwrap_or_default()),
        Value::String(text)
            if text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('-') =>
        {
            parse_time(text).map_or_else(|| read_text(text, words), Custom::Time)
        }
        Value::String(text) => read_text(text, words),
        _ => Custom::Other,
    }
}

fn read_text(text: &str, words: &mut Words) -> Custom {
    // A rank differs in every issue and is compared with nothing.
    if text.len() <= SHORT_TEXT && !text.contains('|') {
        Custom::Word(words.add(text))
    } else {
        Custom::Other
    }
}

/// Sprints of a field value, Cloud's objects or the old text, as id and name.
#[must_use]
pub fn list_sprints(value: &Value) -> Vec<(u32, String)> {
    let mut seen = HashSet::new();
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    let all = items.iter().filter_map(|item| match item.as_str() {
        None => Some((
            read_id(&item["id"]),
            item["name"].as_str().unwrap_or_default().to_owned(),
        )),
        Some(text) => {
            let id = find_part(text, "[id=").or_else(|| find_part(text, ",id="))?;
            Some((
                id.parse().ok()?,
                find_part(text, ",name=").unwrap_or_default().to_owned(),
            ))
        }
    });
    all.filter(|(id, _)| seen.insert(*id)).collect()
}

fn find_part<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let rest = &text[text.find(name)? + name.len()..];
    Some(&rest[..rest.find([',', ']']).unwrap_or(rest.len())])
}
