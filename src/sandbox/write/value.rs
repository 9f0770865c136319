//! One field's value as a client sends it, checked and turned into what an issue then shows.
//!
//! The schema decides, never the field's name. What Jira stores differs from what it is sent: an id
//! becomes the whole option, a user name the whole person. Schemas that no rule knows (Assets, teams)
//! are stored as sent.

use serde_json::{Map, Value, json};

use super::{
    choice,
    duration::{parse_duration, write_duration},
    known::Known,
    text, wiki,
};

/// A field as create or edit metadata describes it.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    /// Id such as `summary` or `customfield_10030`.
    pub(crate) id: &'a str,
    /// Name for messages.
    pub(crate) name: &'a str,
    /// `schema` of the metadata.
    pub(crate) schema: &'a Value,
    /// `allowedValues`, when the field has a closed list.
    pub(crate) allowed: Option<&'a [Value]>,
}

/// A value ready to be stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Accepted {
    /// As the issue shows it (ADF on Cloud).
    pub(crate) value: Value,
    /// Cloud: the wiki text of a rich field.
    pub(crate) wiki: Option<Value>,
}

impl From<Value> for Accepted {
    fn from(value: Value) -> Self {
        Self { value, wiki: None }
    }
}

impl<'a> Field<'a> {
    /// Reads an entry of create or edit metadata.
    pub(crate) fn read(entry: &'a Value) -> Option<Self> {
        Some(Self {
            id: entry["fieldId"].as_str()?,
            name: entry["name"].as_str().unwrap_or_default(),
            schema: &entry["schema"],
            allowed: entry["allowedValues"].as_array().map(Vec::as_slice),
        })
    }

    /// The plugin's own name of a custom field: `textarea`, `gh-sprint`; empty for a system field.
    pub(crate) fn custom(&self) -> &'a str {
        let custom = self.schema["custom"].as_str().unwrap_or_default();
        custom.rsplit(':').next().unwrap_or_default()
    }

    fn kind(&self) -> &'a str {
        self.schema["type"].as_str().unwrap_or_default()
    }

    /// Whether the field holds formatted text.
    pub(crate) fn is_rich(&self) -> bool {
        self.custom() == "textarea" || matches!(self.id, "description" | "environment")
    }

    /// Whether the field holds a list.
    pub(crate) fn is_list(&self) -> bool {
        self.kind() == "array" && self.custom() != "gh-sprint"
    }

    /// What the issue shows when the field holds nothing.
    pub(crate) fn empty(&self) -> Value {
        if self.kind() == "array" && self.schema["system"].is_string() {
            json!([])
        } else {
            Value::Null
        }
    }
}

/// Checks a value and turns it into what the issue shows.
///
/// # Errors
/// The text that stands beside the field.
pub(crate) fn accept(field: &Field<'_>, input: &Value, known: &dyn Known) -> Result<Accepted, String> {
    if input.is_null() {
        return Ok(Accepted {
            value: field.empty(),
            wiki: field.is_rich().then_some(Value::Null),
        });
    }
    if field.is_rich() {
        return accept_rich(input, known);
    }
    match (field.custom(), field.kind()) {
        ("gh-sprint", _) => accept_sprint(input, known),
        ("gh-epic-link", _) => accept_epic(input, known),
        ("labels", _) => accept_labels(input, field),
        (_, "array") => accept_list(field, input, known),
        (_, kind) => accept_one(field, kind, input, known),
    }
    .map(Accepted::from)
}

/// One value that is not a list; also each entry of a list, whose kind is the schema's `items`.
pub(crate) fn accept_one(
    field: &Field<'_>,
    kind: &str,
    input: &Value,
    known: &dyn Known,
) -> Result<Value, String> {
    match kind {
        "string" => accept_string(field, input),
        "number" => match input.as_f64() {
            Some(_) => Ok(input.clone()),
            None => Err("Operation value must be a number".to_owned()),
        },
        "date" => accept_date(input),
        "datetime" => accept_time(input),
        "user" => accept_user(field, input, known),
        "group" => accept_group(input, known),
        "issuelink" => accept_parent(input, known),
        "project" => choice::find_name(field, input, known),
        "option-with-child" => choice::accept_cascade(field, input),
        "timetracking" => accept_tracking(input),
        "option" | "priority" | "resolution" | "issuetype" | "securitylevel" | "version" | "component" => {
            choice::accept(field, kind, input, known)
        }
        _ => Ok(input.clone()),
    }
}

fn accept_list(field: &Field<'_>, input: &Value, known: &dyn Known) -> Result<Value, String> {
    let items = field.schema["items"].as_str().unwrap_or_default();
    if field.schema["system"] == "labels" {
        return accept_labels(input, field);
    }
    let Some(list) = input.as_array() else {
        return Err("data was not an array".to_owned());
    };
    let mut values: Vec<Value> = Vec::with_capacity(list.len());
    for entry in list {
        let value = accept_one(field, items, entry, known)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if values.is_empty() {
        return Ok(field.empty());
    }
    Ok(Value::Array(values))
}

fn accept_rich(input: &Value, known: &dyn Known) -> Result<Accepted, String> {
    if known.takes_adf() {
        text::check_adf(input).map_err(str::to_owned)?;
        let plain = text::to_wiki(input);
        check_length(&plain)?;
        return Ok(Accepted {
            value: input.clone(),
            wiki: Some(Value::from(plain)),
        });
    }
    let Some(plain) = input.as_str() else {
        return Err("Operation value must be a string".to_owned());
    };
    check_length(plain)?;
    if known.is_cloud() {
        return Ok(Accepted {
            value: wiki::to_adf(plain),
            wiki: Some(Value::from(plain)),
        });
    }
    Ok(Value::from(plain).into())
}

/// Jira's limit of a text field, in characters.
const TEXT_LIMIT: usize = 32_767;

fn check_length(plain: &str) -> Result<(), String> {
    if plain.chars().count() > TEXT_LIMIT {
        return Err(
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.".to_owned(),
        );
    }
    Ok(())
}

fn accept_string(field: &Field<'_>, input: &Value) -> Result<Value, String> {
    let Some(plain) = input.as_str() else {
        return Err("Operation value must be a string".to_owned());
    };
    let long = plain.chars().count() > 255;
    match (field.id, field.custom()) {
        ("summary", _) if plain.trim().is_empty() => {
            return Err("You must specify a summary of the issue.".to_owned());
        }
        ("summary", _) if plain.contains(['\n', '\r']) => {
            return Err("The summary is invalid because it contains newline characters.".to_owned());
        }
        ("summary", _) if long => return Err("Summary must be less than 255 characters.".to_owned()),
        (_, "url") if url::Url::parse(plain).is_err() => {
            return Err("Not a valid URL".to_owned());
        }
        (_, "textfield") if long => {
            return Err(
                "The entered text is too long. It exceeds the allowed limit of 255 characters.".to_owned(),
            );
        }
        (_, "readonlyfield") => return Err("The field is read only.".to_owned()),
        _ => {}
    }
    check_length(plain)?;
    Ok(if field.id == "summary" {
        Value::from(plain.trim())
    } else if plain.is_empty() {
        Value::Null
    } else {
        Value::from(plain)
    })
}

fn accept_date(input: &Value) -> Result<Value, String> {
    let plain = input.as_str().ok_or("Operation value must be a string")?;
    match plain.parse::<jiff::civil::Date>() {
        Ok(date) if plain.len() == 10 => Ok(Value::from(date.to_string())),
        _ => Err(format!("Error parsing date string: {plain}")),
    }
}

/// Date and time with an offset; kept as sent, since the zone shown is the reader's own affair.
fn accept_time(input: &Value) -> Result<Value, String> {
    let plain = input.as_str().ok_or("Operation value must be a string")?;
    let formats = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"];
    let parsed = formats
        .iter()
        .find_map(|format| {
            jiff::Zoned::strptime(format, plain)
                .ok()
                .map(|zoned| zoned.timestamp())
        })
        .or_else(|| plain.parse::<jiff::Timestamp>().ok());
    match parsed {
        Some(stamp) => Ok(Value::from(crate::sandbox::generate::format_timestamp(stamp))),
        None => Err(format!("Error parsing time: {plain}")),
    }
}

fn accept_user(field: &Field<'_>, input: &Value, known: &dyn Known) -> Result<Value, String> {
    let id = if known.is_cloud() {
        input["accountId"].as_str().or(input["id"].as_str())
    } else {
        input["name"].as_str()
    };
    let Some(id) = id else {
        return Err("expected Object".to_owned());
    };
    // `-1` asks for the project's default assignee, which is nobody here.
    if field.id == "assignee" && id == "-1" {
        return Ok(Value::Null);
    }
    known.find_user(id).ok_or_else(|| match field.id {
        "reporter" => "The reporter specified is not a user.".to_owned(),
        _ => format!("User '{id}' does not exist."),
    })
}

fn accept_group(input: &Value, known: &dyn Known) -> Result<Value, String> {
    let name = input["name"].as_str().ok_or("data was not an object")?;
    known
        .find_group(name)
        .ok_or_else(|| format!("Could not find group with name '{name}'."))
}

fn accept_parent(input: &Value, known: &dyn Known) -> Result<Value, String> {
    let named = input["key"].as_str().or(input["id"].as_str());
    let name = named.ok_or("data was not an object")?;
    known
        .find_parent(name)
        .ok_or_else(|| "Could not find issue by id or key.".to_owned())
}

fn accept_epic(input: &Value, known: &dyn Known) -> Result<Value, String> {
    let key = input.as_str().ok_or("Operation value must be a string")?;
    let key = key.strip_prefix("key:").unwrap_or(key);
    let found = known.find_parent(key).filter(|issue| {
        let kind = &issue["fields"]["issuetype"];
        kind["hierarchyLevel"] == 1 || kind["name"] == "Epic"
    });
    found
        .map(|issue| issue["key"].clone())
        .ok_or_else(|| format!("Issue '{key}' is not an epic, or you do not have permission to see it."))
}

/// Written as one integer; shown as a list of one.
fn accept_sprint(input: &Value, known: &dyn Known) -> Result<Value, String> {
    let id = input.as_i64().ok_or("Number value expected as the Sprint id.")?;
    let sprint = known.find_sprint(id).ok_or_else(|| {
        format!("Sprint with id '{id}' does not exist or you do not have permission to see it.")
    })?;
    Ok(Value::Array(vec![sprint]))
}

fn accept_labels(input: &Value, field: &Field<'_>) -> Result<Value, String> {
    let Some(list) = input.as_array() else {
        return Err("data was not an array".to_owned());
    };
    let mut labels: Vec<&str> = Vec::new();
    for entry in list {
        let label = entry.as_str().ok_or("string expected at index 0")?;
        check_label(label)?;
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    // Jira keeps labels as a sorted set.
    labels.sort_unstable();
    Ok(if labels.is_empty() {
        field.empty()
    } else {
        json!(labels)
    })
}

/// Whether Jira takes the text as a label.
///
/// # Errors
/// The text that stands beside the field.
pub(crate) fn check_label(label: &str) -> Result<(), String> {
    if label.contains(char::is_whitespace) {
        return Err(format!("The label '{label}' contains spaces which is invalid."));
    }
    if label.chars().count() > 255 {
        return Err(format!(
            "The label '{label}' exceeds the maximum length of 255 characters."
        ));
    }
    Ok(())
}

fn accept_tracking(input: &Value) -> Result<Value, String> {
    let Some(sent) = input.as_object() else {
        return Err("data was not an object".to_owned());
    };
    let mut shown = Map::new();
    for name in ["originalEstimate", "remainingEstimate"] {
        let Some(text) = sent.get(name).and_then(Value::as_str) else {
            continue;
        };
        let seconds = parse_duration(text).ok_or_else(|| format!("'{text}' is not a valid time duration"))?;
        shown.insert(name.to_owned(), Value::from(write_duration(seconds)));
        shown.insert(format!("{name}Seconds"), Value::from(seconds));
    }
    if let (Some(original), false) = (
        shown.get("originalEstimate").cloned(),
        sent.contains_key("remainingEstimate"),
    ) {
        shown.insert("remainingEstimate".to_owned(), original);
        let seconds = shown.get("originalEstimateSeconds").cloned().unwrap_or_default();
        shown.insert("remainingEstimateSeconds".to_owned(), seconds);
    }
    Ok(Value::Object(shown))
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
