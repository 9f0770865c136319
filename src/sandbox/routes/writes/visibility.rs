//! What comments and worklogs share: for whom they are, and who may change them.

use serde_json::Value;

use super::desk::Desk;
use crate::sandbox::{readers, world::Issue, write::Refusal};

/// The `visibility` that is sent, if one is: a group or a role that there is and that its writer belongs to.
pub(super) fn read(desk: &Desk<'_>, sent: &Value) -> Result<Option<Value>, Refusal> {
    let visibility = &sent["visibility"];
    if !visibility.is_object() {
        return Ok(None);
    }
    let name = visibility["value"]
        .as_str()
        .or(visibility["identifier"].as_str())
        .unwrap_or_default();
    let opens = desk
        .caller
        .and_then(|account| readers::opens(account, visibility));
    let kind = if visibility["type"] == "role" {
        "role"
    } else {
        "group"
    };
    match opens {
        Some(true) => Ok(Some(visibility.clone())),
        Some(false) => Err(Refusal::field(
            "commentLevel",
            format!("You are currently not a member of the project {kind}: {name}."),
        )),
        None => Err(Refusal::field(
            "commentLevel",
            format!("{kind}: {name} does not exist."),
        )),
    }
}

/// Whether the caller has the right to all such entries, or to own ones and this is one:
/// `EDIT_ALL_COMMENTS`, `EDIT_OWN_COMMENTS`.
pub(super) fn may(desk: &Desk<'_>, issue: &Issue, entry: &Value, (verb, kind): (&str, &str)) -> bool {
    let id = |user: &Value| {
        user["accountId"]
            .as_str()
            .or(user["name"].as_str())
            .map(str::to_owned)
    };
    let author = desk.author();
    let own = id(&author).is_some() && id(&entry["author"]) == id(&author);
    let key = desk.project_of(issue).map(|project| project.key.clone());
    let can = |whose: &str| desk.can(&format!("{verb}_{whose}_{kind}"), key.as_deref());
    can("ALL") || own && can("OWN")
}
