//! Values from a closed list: options, priorities, releases, components, types.
//!
//! The list is the field's `allowedValues`. Releases are looked up in the whole project as well: an
//! archived one is not offered, and still refused by name and not as unknown.

use serde_json::Value;

use super::{known::Known, value::Field};

/// What messages call an entry of a list, and whether it is found by `value` instead of `name`.
fn describe(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "version" => ("Version", "name"),
        "component" => ("Component", "name"),
        "priority" => ("Priority", "name"),
        "resolution" => ("Resolution", "name"),
        "issuetype" => ("Issue type", "name"),
        "securitylevel" => ("Security level", "name"),
        _ => ("Option", "value"),
    }
}

/// The entry that the input names by id or by name.
///
/// # Errors
/// The text that stands beside the field.
pub(crate) fn accept(
    field: &Field<'_>,
    kind: &str,
    input: &Value,
    known: &dyn Known,
) -> Result<Value, String> {
    let (what, by) = describe(kind);
    let allowed = field.allowed.unwrap_or_default();
    let id = text_of(&input["id"]);
    let name = input[by].as_str();
    if id.is_none() && name.is_none() {
        return Err(format!("Specify a valid 'id' or '{by}' for {}", field.name));
    }
    let found = match (&id, name) {
        (Some(id), _) => allowed
            .iter()
            .find(|entry| text_of(&entry["id"]).as_ref() == Some(id))
            .cloned(),
        (None, Some(name)) => allowed.iter().find(|entry| entry[by] == name).cloned(),
        (None, None) => None,
    };
    let found = found.or_else(|| match (kind, &id, name) {
        ("version", Some(id), _) => known.find_version(id),
        ("version", None, Some(name)) => known.find_version_by_name(name),
        _ => None,
    });
    let entry = found.ok_or_else(|| match (&id, name) {
        (Some(_), _) if matches!(kind, "priority" | "resolution" | "issuetype") => {
            format!("The {} selected is invalid.", what.to_lowercase())
        }
        (Some(id), _) => format!("{what} id '{id}' is not valid"),
        (None, name) => format!("{what} {by} '{}' is not valid", name.unwrap_or_default()),
    })?;
    if kind == "version" && entry["archived"] == true {
        return Err(format!(
            "Version {} is archived.",
            entry["name"].as_str().unwrap_or_default()
        ));
    }
    Ok(shorten(kind, entry))
}

/// The entry as an issue carries it, which is less than its own resource shows.
pub(crate) fn shorten(kind: &str, mut entry: Value) -> Value {
    let leave_out: &[&str] = match kind {
        "version" => &[
            "startDate",
            "userStartDate",
            "userReleaseDate",
            "overdue",
            "projectId",
            "expand",
        ],
        "priority" => &["statusColor", "description", "isDefault", "avatarId", "schemes"],
        "issuetype" => &["scope", "untranslatedName", "fields", "expand"],
        "option" => &["disabled", "children"],
        "component" => &[
            "assigneeType",
            "assignee",
            "realAssigneeType",
            "realAssignee",
            "isAssigneeTypeValid",
            "lead",
            "project",
            "projectId",
        ],
        _ => &[],
    };
    if let Some(body) = entry.as_object_mut() {
        body.retain(|name, _| !leave_out.contains(&name.as_str()));
    }
    entry
}

/// A parent option and, if one is named, its child.
///
/// # Errors
/// The text that stands beside the field.
pub(crate) fn accept_cascade(field: &Field<'_>, input: &Value) -> Result<Value, String> {
    let allowed = field.allowed.unwrap_or_default();
    let parent = find_option(allowed, input)
        .ok_or("Could not find valid 'id' or 'value' in the Parent Option object.")?;
    let children = parent["children"].as_array().map_or(&[][..], Vec::as_slice);
    let mut shown = shorten("option", parent.clone());
    if let Some(child) = input.get("child").filter(|child| !child.is_null()) {
        let child = find_option(children, child)
            .ok_or("Could not find valid 'id' or 'value' in the Child Option object.")?;
        shown["child"] = shorten("option", child.clone());
    }
    Ok(shown)
}

fn find_option<'a>(options: &'a [Value], input: &Value) -> Option<&'a Value> {
    let id = text_of(&input["id"]);
    options.iter().find(|option| match &id {
        Some(id) => text_of(&option["id"]).as_ref() == Some(id),
        None => input["value"].is_string() && option["value"] == input["value"],
    })
}

/// A project by id or key.
///
/// # Errors
/// The text that stands beside the field.
pub(crate) fn find_name(field: &Field<'_>, input: &Value, known: &dyn Known) -> Result<Value, String> {
    let named = text_of(&input["id"]).or_else(|| text_of(&input["key"]));
    let named = named.ok_or_else(|| format!("Specify a valid project ID or key for {}", field.name))?;
    known
        .find_project(&named)
        .ok_or_else(|| "valid project is required".to_owned())
}

/// An id, which clients send as text or as a number.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
