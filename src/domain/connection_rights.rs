//! The Jira permissions that the product uses, and the features that each missing one blocks.

use serde::{Deserialize, Serialize};

/// One Jira permission that the product uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionCheck {
    /// Jira's key.
    pub key: String,
    /// Jira's English name.
    pub name: String,
    /// Whether the account has it.
    pub granted: bool,
}

/// One feature and whether the account's permissions allow it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureCheck {
    /// What the product does.
    pub feature: String,
    /// Whether it works with this account.
    pub works: bool,
    /// Names of the missing permissions.
    pub blocked_by: Vec<String>,
}

/// Key and name of the permission that everything needs.
pub const BROWSE: (&str, &str) = ("BROWSE_PROJECTS", "Browse Projects");

/// Jira's permission keys that the product uses, with the names Jira shows in English.
pub const PERMISSIONS: [(&str, &str); 11] = [
    BROWSE,
    ("CREATE_ISSUES", "Create Issues"),
    ("ASSIGN_ISSUES", "Assign Issues"),
    ("MODIFY_REPORTER", "Modify Reporter"),
    ("LINK_ISSUES", "Link Issues"),
    ("RESOLVE_ISSUES", "Resolve Issues"),
    ("SCHEDULE_ISSUES", "Schedule Issues"),
    ("CREATE_ATTACHMENTS", "Create Attachments"),
    ("ADD_COMMENTS", "Add Comments"),
    ("TRANSITION_ISSUES", "Transition Issues"),
    ("ADMINISTER", "Administer Jira"),
];

/// Features with the permission keys that each needs.
const FEATURES: [(&str, &[&str]); 8] = [
    ("Sync, link bugs, handle webhook events", &["BROWSE_PROJECTS"]),
    ("Create bugs", &["BROWSE_PROJECTS", "CREATE_ISSUES"]),
    (
        "Create bugs where the screen requires assignee, reporter, links, fix versions or due date",
        &[
            "BROWSE_PROJECTS",
            "CREATE_ISSUES",
            "ASSIGN_ISSUES",
            "MODIFY_REPORTER",
            "LINK_ISSUES",
            "RESOLVE_ISSUES",
            "SCHEDULE_ISSUES",
        ],
    ),
    ("Link work items", &["BROWSE_PROJECTS", "LINK_ISSUES"]),
    ("Attach files to bugs", &["BROWSE_PROJECTS", "CREATE_ATTACHMENTS"]),
    ("Comment on bugs", &["BROWSE_PROJECTS", "ADD_COMMENTS"]),
    ("Reopen bugs", &["BROWSE_PROJECTS", "TRANSITION_ISSUES"]),
    ("Set up the webhook", &["ADMINISTER"]),
];

/// The permission list for what `granted` says of a key.
pub fn list_permissions(granted: impl Fn(&str) -> bool) -> Vec<PermissionCheck> {
    PERMISSIONS
        .iter()
        .map(|(key, name)| PermissionCheck {
            key: (*key).to_owned(),
            name: (*name).to_owned(),
            granted: granted(key),
        })
        .collect()
}

/// Which features work with these permissions.
pub fn list_features(permissions: &[PermissionCheck]) -> Vec<FeatureCheck> {
    FEATURES
        .iter()
        .map(|(feature, needs)| {
            let blocked_by: Vec<String> = permissions
                .iter()
                .filter(|permission| !permission.granted && needs.contains(&permission.key.as_str()))
                .map(|permission| permission.name.clone())
                .collect();
            FeatureCheck {
                feature: (*feature).to_owned(),
                works: blocked_by.is_empty(),
                blocked_by,
            }
        })
        .collect()
}
