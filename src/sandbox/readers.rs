//! Who reads what is not for everybody: comments and worklogs can be for a group or a role.

use serde_json::Value;

use super::{
    accounts::{Account, Role},
    generate::GROUPS,
};

/// The roles of every project: id, name, group that fills it, description.
pub(super) const ROLES: [(i64, &str, &str, &str); 2] = [
    (
        10_002,
        "Administrators",
        "jira-administrators",
        "People who administer a project",
    ),
    (10_101, "Testers", "qa-leads", "People who plan and run tests"),
];

/// Whether somebody is in a group.
pub(super) fn belongs(account: &Account, group: &str) -> bool {
    match group {
        "jira-administrators" => account.role == Role::Admin,
        "qa-leads" => account.role == Role::QaLead,
        _ => true,
    }
}

/// Whether somebody belongs to the group or the role of a `visibility`; `None` when there is none of that
/// name.
pub(super) fn opens(account: &Account, visibility: &Value) -> Option<bool> {
    let name = visibility["value"]
        .as_str()
        .or(visibility["identifier"].as_str())?;
    let group = match visibility["type"].as_str()? {
        "role" => ROLES.iter().find(|role| role.1 == name)?.2,
        "group" => GROUPS.iter().find(|(own, id)| *own == name || *id == name)?.0,
        _ => return None,
    };
    Some(belongs(account, group))
}

/// Whether somebody may read a comment or a worklog.
pub(super) fn is_open(account: Option<&Account>, entry: &Value) -> bool {
    let visibility = &entry["visibility"];
    visibility.is_null() || account.is_some_and(|account| opens(account, visibility).unwrap_or_default())
}
