//! From a request body to the values an issue gets: screens, required fields, update verbs.
//!
//! All complaints are gathered before anything is refused, as Jira does, so that a form can show
//! them beside its inputs at once.

use serde_json::{Map, Value};

use super::{
    known::Known,
    refusal::Refusal,
    value::{Accepted, Field, accept, accept_one, check_label},
};

/// Values by field id.
pub(crate) type Values = Vec<(String, Accepted)>;

fn not_on_screen(id: &str) -> String {
    format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.")
}

fn find_entry<'a>(screen: &'a [Value], id: &str) -> Option<Field<'a>> {
    screen
        .iter()
        .find(|entry| entry["fieldId"] == id)
        .and_then(Field::read)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn require(field: &Field<'_>) -> String {
    match field.id {
        "summary" => "You must specify a summary of the issue.".to_owned(),
        _ => format!("{} is required.", field.name),
    }
}

/// Checks `fields` of a new issue against its create screen. Project and type are the caller's, who
/// had to know them to find the screen.
///
/// # Errors
/// Everything wrong with the fields at once.
pub(crate) fn read_create(
    screen: &[Value],
    fields: &Map<String, Value>,
    update: &Map<String, Value>,
    known: &dyn Known,
) -> Result<Values, Refusal> {
    let mut refusal = Refusal::default();
    let mut values = read_fields(screen, fields, known, &mut refusal);
    read_update(
        screen,
        update,
        fields,
        &Map::new(),
        known,
        &mut refusal,
        &mut values,
    );
    for entry in screen {
        let Some(field) = Field::read(entry) else { continue };
        // A missing parent is told by the type, which only the caller knows.
        if matches!(field.id, "project" | "issuetype" | "parent") || entry["required"] != true {
            continue;
        }
        let given = values.iter().find(|(id, _)| id == field.id);
        let missing = given.is_none_or(|(_, accepted)| is_empty(&accepted.value));
        if missing && (given.is_some() || entry["hasDefaultValue"] != true) {
            refusal.add(field.id, require(&field));
        }
    }
    if refusal.is_empty() {
        Ok(values)
    } else {
        Err(refusal)
    }
}

/// Checks `fields` and `update` of an edit or a transition against its screen. `current` holds what
/// the issue shows now.
///
/// # Errors
/// Everything wrong with the fields at once.
pub(crate) fn read_edit(
    screen: &[Value],
    fields: &Map<String, Value>,
    update: &Map<String, Value>,
    current: &Map<String, Value>,
    known: &dyn Known,
) -> Result<Values, Refusal> {
    let mut refusal = Refusal::default();
    let mut values = read_fields(screen, fields, known, &mut refusal);
    read_update(screen, update, fields, current, known, &mut refusal, &mut values);
    for (id, accepted) in &values {
        let entry = screen.iter().find(|entry| entry["fieldId"] == id.as_str());
        if let Some(entry) = entry
            && entry["required"] == true
            && is_empty(&accepted.value)
            && let Some(field) = Field::read(entry)
        {
            refusal.add(id, require(&field));
        }
    }
    if refusal.is_empty() {
        Ok(values)
    } else {
        Err(refusal)
    }
}

fn read_fields(
    screen: &[Value],
    fields: &Map<String, Value>,
    known: &dyn Known,
    refusal: &mut Refusal,
) -> Values {
    let mut values = Values::new();
    for (id, input) in fields {
        if matches!(id.as_str(), "project" | "issuetype") {
            continue;
        }
        match find_entry(screen, id).map(|field| accept(&field, input, known)) {
            None => refusal.add(id, not_on_screen(id)),
            Some(Ok(accepted)) => values.push((id.clone(), accepted)),
            Some(Err(message)) => refusal.add(id, message),
        }
    }
    values
}

/// Verbs that are no field values and that the caller carries out: comments, links, work logs.
pub(crate) const SIDE_VERBS: [&str; 3] = ["comment", "issuelinks", "worklog"];

fn read_update(
    screen: &[Value],
    update: &Map<String, Value>,
    fields: &Map<String, Value>,
    current: &Map<String, Value>,
    known: &dyn Known,
    refusal: &mut Refusal,
    values: &mut Values,
) {
    for (id, verbs) in update {
        if SIDE_VERBS.contains(&id.as_str()) {
            continue;
        }
        if fields.contains_key(id) {
            refusal.add(
                id,
                format!("Field '{id}' cannot appear in both 'fields' and 'update'"),
            );
            continue;
        }
        let Some(field) = find_entry(screen, id) else {
            refusal.add(id, not_on_screen(id));
            continue;
        };
        let mut shown = current.get(id).cloned().unwrap_or_default();
        let mut outcome: Result<Option<Accepted>, String> = Ok(None);
        for verb in verbs.as_array().map_or(&[][..], Vec::as_slice) {
            outcome = apply_verb(&field, verb, &shown, known).map(Some);
            match &outcome {
                Ok(Some(accepted)) => shown.clone_from(&accepted.value),
                _ => break,
            }
        }
        match outcome {
            Ok(None) => {}
            Ok(Some(accepted)) => values.push((id.clone(), accepted)),
            Err(message) => refusal.add(id, message),
        }
    }
}

/// One verb, such as `{"add": "label"}`, on what the issue shows.
fn apply_verb(field: &Field<'_>, verb: &Value, shown: &Value, known: &dyn Known) -> Result<Accepted, String> {
    let Some((name, input)) = verb.as_object().and_then(|verb| verb.iter().next()) else {
        return Err("The operation is not an object.".to_owned());
    };
    match name.as_str() {
        "set" | "edit" => accept(field, input, known),
        "add" | "remove" if field.is_list() => {
            let entry = if field.schema["items"] == "string" {
                let label = input.as_str().ok_or("string expected")?;
                check_label(label)?;
                input.clone()
            } else {
                accept_one(
                    field,
                    field.schema["items"].as_str().unwrap_or_default(),
                    input,
                    known,
                )?
            };
            let mut list = shown.as_array().cloned().unwrap_or_default();
            list.retain(|have| !is_same_entry(have, &entry));
            if name == "add" {
                list.push(entry);
            }
            if field.schema["items"] == "string" {
                list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            let value = if list.is_empty() {
                field.empty()
            } else {
                Value::Array(list)
            };
            Ok(value.into())
        }
        other => Err(format!(
            "Field with id '{}' and name '{}' does not support operation '{other}'",
            field.id, field.name
        )),
    }
}

fn is_same_entry(a: &Value, b: &Value) -> bool {
    let id = |value: &Value| {
        ["id", "accountId", "key", "name"]
            .iter()
            .find_map(|part| value.get(*part).cloned())
    };
    match (id(a), id(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
