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

/// What a permission is needed for, in words for a table; empty for a key that is not ours.
pub fn needed_for(key: &str) -> &'static str {
    match key {
        "BROWSE_PROJECTS" => "Everything: sync, link and create bugs, webhook events",
        "CREATE_ISSUES" => "Create bugs",
        "ASSIGN_ISSUES" => "Create bugs, if Assignee is required",
        "MODIFY_REPORTER" => "Create bugs, if Reporter is required",
        "LINK_ISSUES" => "Link work items. Create bugs, if Linked Issues is required",
        "RESOLVE_ISSUES" => "Create bugs, if Fix Versions is required",
        "SCHEDULE_ISSUES" => "Create bugs, if Due Date is required",
        "CREATE_ATTACHMENTS" => "Attach files to bugs",
        "ADD_COMMENTS" => "Comment on bugs",
        "TRANSITION_ISSUES" => "Reopen bugs",
        "ADMINISTER" => "Set up the webhook",
        _ => "",
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_says_what_it_is_needed_for() {
        for (key, name) in PERMISSIONS {
            assert!(!needed_for(key).is_empty(), "{name}");
            assert!(
                FEATURES.iter().any(|(_, needs)| needs.contains(&key)),
                "{name} is needed by no feature"
            );
        }
        assert_eq!(needed_for("DELETE_ALL"), "");
    }
}
