//! The parts of a version: name, dates, flags, and what follows from them.

use jiff::civil::Date;
use serde_json::Value;

use super::desk::Desk;
use crate::sandbox::{world::Project, write::Refusal};

/// Writes the parts that were sent into a version.
pub(super) fn write_parts(
    project: &Project,
    version: &mut Value,
    sent: &Value,
    new: bool,
) -> Result<(), Refusal> {
    let mut refusal = Refusal::default();
    if new || !sent["name"].is_null() {
        match check_name(project, version, &sent["name"]) {
            Ok(name) => version["name"] = Value::from(name),
            Err(message) => refusal.add("name", message),
        }
    }
    for (part, user) in [("startDate", "userStartDate"), ("releaseDate", "userReleaseDate")] {
        match &sent[part] {
            Value::Null if sent.get(part).is_none() => {}
            Value::String(text) if !text.is_empty() => match text.parse::<Date>() {
                Ok(date) => {
                    version[part] = Value::from(date.to_string());
                    version[user] = Value::from(date.strftime("%d/%b/%y").to_string());
                }
                Err(_) => refusal.add(part, "The date must be in the format yyyy-MM-dd."),
            },
            _ => {
                if let Some(body) = version.as_object_mut() {
                    body.remove(part);
                    body.remove(user);
                }
            }
        }
    }
    if let (Some(start), Some(end)) = (version["startDate"].as_str(), version["releaseDate"].as_str())
        && start > end
    {
        refusal.add("startDate", "The start date must be before the release date.");
    }
    for part in ["archived", "released"] {
        if let Some(flag) = sent[part].as_bool() {
            version[part] = Value::Bool(flag);
        }
    }
    if let Some(text) = sent["description"].as_str() {
        version["description"] = Value::from(text);
    }
    if refusal.is_empty() { Ok(()) } else { Err(refusal) }
}

fn check_name(project: &Project, version: &Value, sent: &Value) -> Result<String, &'static str> {
    let name = sent.as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or("You must specify a valid version name")?;
    if name.chars().count() > 255 {
        return Err("The version name must be 255 characters or fewer.");
    }
    let taken = project.versions.iter().any(|other| {
        other["id"] != version["id"]
            && other["name"]
                .as_str()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
    });
    if taken {
        return Err("A version with this name already exists in this project.");
    }
    Ok(name.to_owned())
}

/// `overdue` exists where there is a date and no release yet.
pub(super) fn set_overdue(desk: &Desk<'_>, version: &mut Value) {
    let today = desk.now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let late = version["releaseDate"].as_str().map(|date| date < today.as_str());
    let released = version["released"] == true;
    if let Some(body) = version.as_object_mut() {
        match late.filter(|_| !released) {
            Some(late) => body.insert("overdue".to_owned(), Value::Bool(late)),
            None => body.remove("overdue"),
        };
    }
}
