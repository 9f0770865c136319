//! The Jira permissions that the product uses, the features behind them, and what a missing one blocks.
//!
//! Without a project a permission means "in at least one project". Some are needed only where a create
//! screen requires a field: those are decided by the screens that were really found, and say by which.

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

/// How a feature stands with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureState {
    /// It works.
    Ready,
    /// It works except where a create screen requires a field whose permission is missing.
    Depends,
    /// It does not work.
    Blocked,
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
    /// The permissions behind it. Empty in reports of before they were kept.
    #[serde(default)]
    pub needs: Vec<PermissionCheck>,
    /// What is missing is needed on some create screens only, and no screen was looked at.
    #[serde(default)]
    pub depends: bool,
}

impl FeatureCheck {
    /// How it stands.
    pub fn state(&self) -> FeatureState {
        match (self.works, self.depends) {
            (true, _) => FeatureState::Ready,
            (false, true) => FeatureState::Depends,
            (false, false) => FeatureState::Blocked,
        }
    }
}

/// A field of Jira that only some may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuardedField {
    /// Assignee.
    Assignee,
    /// Reporter.
    Reporter,
    /// Links to other work items.
    LinkedIssues,
    /// Fix versions.
    FixVersions,
    /// Due date.
    DueDate,
}

impl GuardedField {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Assignee,
        Self::Reporter,
        Self::LinkedIssues,
        Self::FixVersions,
        Self::DueDate,
    ];

    /// The field of Jira's field id.
    pub fn find(field_id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.id() == field_id)
    }

    /// Whether a permission is to set one of them.
    pub fn guards(permission: &str) -> bool {
        Self::ALL.iter().any(|field| field.permission() == permission)
    }

    fn id(self) -> &'static str {
        match self {
            Self::Assignee => "assignee",
            Self::Reporter => "reporter",
            Self::LinkedIssues => "issuelinks",
            Self::FixVersions => "fixVersions",
            Self::DueDate => "duedate",
        }
    }

    /// Its name in Jira.
    pub fn label(self) -> &'static str {
        match self {
            Self::Assignee => "Assignee",
            Self::Reporter => "Reporter",
            Self::LinkedIssues => "Linked Issues",
            Self::FixVersions => "Fix versions",
            Self::DueDate => "Due date",
        }
    }

    /// Key of the permission to set it.
    pub fn permission(self) -> &'static str {
        match self {
            Self::Assignee => "ASSIGN_ISSUES",
            Self::Reporter => "MODIFY_REPORTER",
            Self::LinkedIssues => "LINK_ISSUES",
            Self::FixVersions => "RESOLVE_ISSUES",
            Self::DueDate => "SCHEDULE_ISSUES",
        }
    }
}

/// The create screen of one work item type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateScreen {
    /// Name of the type, as Jira sends it.
    pub type_name: String,
    /// Fields that it requires and does not fill by itself, in the order of [`GuardedField::ALL`].
    pub requires: Vec<GuardedField>,
}

/// What a permission is needed for, in words for a table; empty for a key that is not ours.
pub fn needed_for(key: &str) -> &'static str {
    match key {
        "BROWSE_PROJECTS" => "Everything: sync, link and create bugs, webhook events",
        "CREATE_ISSUES" => "Create bugs",
        "ASSIGN_ISSUES" => "Create bugs, if Assignee is required",
        "MODIFY_REPORTER" => "Create bugs, if Reporter is required",
        "LINK_ISSUES" => "Link work items. Create bugs, if Linked Issues is required",
        "RESOLVE_ISSUES" => "Create bugs, if Fix versions is required",
        "SCHEDULE_ISSUES" => "Create bugs, if Due date is required",
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

const CREATE: &[&str] = &["BROWSE_PROJECTS", "CREATE_ISSUES"];

/// Features with the permission keys that each needs always, and whether create screens may ask for more.
const FEATURES: [(&str, &[&str], bool); 8] = [
    (
        "Sync, link bugs, handle webhook events",
        &["BROWSE_PROJECTS"],
        false,
    ),
    ("Create bugs", CREATE, false),
    (
        "Create bugs where the screen requires assignee, reporter, links, fix versions or due date",
        CREATE,
        true,
    ),
    ("Link work items", &["BROWSE_PROJECTS", "LINK_ISSUES"], false),
    (
        "Attach files to bugs",
        &["BROWSE_PROJECTS", "CREATE_ATTACHMENTS"],
        false,
    ),
    ("Comment on bugs", &["BROWSE_PROJECTS", "ADD_COMMENTS"], false),
    ("Reopen bugs", &["BROWSE_PROJECTS", "TRANSITION_ISSUES"], false),
    ("Set up the webhook", &["ADMINISTER"], false),
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

/// Which features work with these permissions. `screens` are those of the project that the permissions are of;
/// `None` when none were looked at.
pub fn list_features(permissions: &[PermissionCheck], screens: Option<&[CreateScreen]>) -> Vec<FeatureCheck> {
    // Jira shows an account only the fields that it may set: screens tell all to one that may set all of them.
    let sets_all = permissions
        .iter()
        .all(|one| one.granted || !GuardedField::guards(&one.key));
    let asked = |field: &GuardedField| {
        screens.is_some_and(|screens| screens.iter().any(|screen| screen.requires.contains(field)))
    };
    let find = |key: &str| {
        permissions
            .iter()
            .find(|permission| permission.key == key)
            .cloned()
    };
    FEATURES
        .iter()
        .map(|(feature, always, by_screen)| {
            let mut keys: Vec<&str> = always.to_vec();
            let mut certain = keys.clone();
            if *by_screen {
                let fields = GuardedField::ALL.into_iter();
                certain.extend(fields.clone().filter(asked).map(GuardedField::permission));
                let named = fields.filter(|field| screens.is_none() || !sets_all || asked(field));
                keys.extend(named.map(GuardedField::permission));
            }
            let needs: Vec<PermissionCheck> = keys.into_iter().filter_map(find).collect();
            let missing = || needs.iter().filter(|need| !need.granted);
            let names = |certainly: bool| -> Vec<String> {
                missing()
                    .filter(|need| !certainly || certain.contains(&need.key.as_str()))
                    .map(|need| need.name.clone())
                    .collect()
            };
            let (blocks, may_block) = (names(true), names(false));
            FeatureCheck {
                feature: (*feature).to_owned(),
                works: may_block.is_empty(),
                depends: blocks.is_empty() && !may_block.is_empty(),
                blocked_by: if blocks.is_empty() { may_block } else { blocks },
                needs,
            }
        })
        .collect()
}

/// What the create screens of a project ask for, one sentence for each kind of screen: "Bug and Task in SHOP
/// require Assignee and Due date: Assign Issues and Schedule Issues are needed."
pub fn explain_screens(project_key: &str, screens: &[CreateScreen]) -> Vec<String> {
    let mut kinds: Vec<(&[GuardedField], Vec<&str>)> = Vec::new();
    for screen in screens.iter().filter(|screen| !screen.requires.is_empty()) {
        match kinds
            .iter_mut()
            .find(|(requires, _)| *requires == screen.requires.as_slice())
        {
            Some((_, names)) => names.push(&screen.type_name),
            None => kinds.push((&screen.requires, vec![&screen.type_name])),
        }
    }
    if kinds.is_empty() {
        return vec![format!(
            "No create screen in {project_key} requires Assignee, Reporter, Linked Issues, Fix versions or Due date."
        )];
    }
    kinds
        .into_iter()
        .map(|(requires, names)| {
            let fields: Vec<&str> = requires.iter().map(|field| field.label()).collect();
            let needed: Vec<&str> = requires
                .iter()
                .filter_map(|field| PERMISSIONS.iter().find(|(key, _)| *key == field.permission()))
                .map(|(_, name)| *name)
                .collect();
            format!(
                "{} in {project_key} {} {}: {} {} needed.",
                join(&names),
                if names.len() == 1 { "requires" } else { "require" },
                join(&fields),
                join(&needed),
                if needed.len() == 1 { "is" } else { "are" },
            )
        })
        .collect()
}

/// "A", "A and B", "A, B and C".
fn join(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(name: &str, requires: &[GuardedField]) -> CreateScreen {
        CreateScreen {
            type_name: name.to_owned(),
            requires: requires.to_vec(),
        }
    }

    fn blocked(features: &[FeatureCheck], state: FeatureState) -> Vec<(usize, String)> {
        let found = features
            .iter()
            .enumerate()
            .filter(|(_, one)| one.state() == state);
        found.map(|(at, one)| (at, one.blocked_by.join(", "))).collect()
    }

    #[test]
    fn every_permission_says_what_it_is_needed_for() {
        let features = list_features(&list_permissions(|_| true), None);
        for (key, name) in PERMISSIONS {
            assert!(!needed_for(key).is_empty(), "{name}");
            assert!(
                features
                    .iter()
                    .any(|feature| feature.needs.iter().any(|need| need.key == key)),
                "{name} is needed by no feature"
            );
        }
        assert_eq!(needed_for("DELETE_ALL"), "");
        assert!(
            features
                .iter()
                .all(|feature| feature.state() == FeatureState::Ready)
        );
    }

    #[test]
    fn a_missing_permission_blocks_its_features_alone() {
        for (missing, hit) in [
            ("BROWSE_PROJECTS", vec![0, 1, 2, 3, 4, 5, 6]),
            ("CREATE_ISSUES", vec![1, 2]),
            ("CREATE_ATTACHMENTS", vec![4]),
            ("ADD_COMMENTS", vec![5]),
            ("TRANSITION_ISSUES", vec![6]),
            ("ADMINISTER", vec![7]),
        ] {
            let features = list_features(&list_permissions(|key| key != missing), None);
            let found: Vec<usize> = blocked(&features, FeatureState::Blocked)
                .into_iter()
                .map(|(at, _)| at)
                .collect();
            assert_eq!(found, hit, "{missing}");
        }
    }

    #[test]
    fn what_only_some_screens_ask_for_depends_until_they_are_known() {
        use GuardedField::{Assignee, DueDate};
        let permissions = list_permissions(|key| key != "SCHEDULE_ISSUES" && key != "MODIFY_REPORTER");
        let unknown = list_features(&permissions, None);
        assert_eq!(
            blocked(&unknown, FeatureState::Depends),
            [(2, "Modify Reporter, Schedule Issues".to_owned())]
        );
        assert!(blocked(&unknown, FeatureState::Blocked).is_empty());
        let asked = [screen("Bug", &[Assignee, DueDate]), screen("Task", &[])];
        let known = list_features(&permissions, Some(&asked));
        assert_eq!(
            blocked(&known, FeatureState::Blocked),
            [(2, "Schedule Issues".to_owned())]
        );
        // The account is not shown the fields that it may not set: a screen that seems to ask for nothing may.
        let hidden = list_features(&permissions, Some(&asked[1..]));
        assert_eq!(
            blocked(&hidden, FeatureState::Depends),
            [(2, "Modify Reporter, Schedule Issues".to_owned())]
        );
        let whole = list_permissions(|_| true);
        let easy = list_features(&whole, Some(&asked[1..]));
        assert!(easy.iter().all(|feature| feature.state() == FeatureState::Ready));
        assert!(
            easy[2].needs.iter().all(|need| need.key != "SCHEDULE_ISSUES"),
            "not asked for"
        );
    }

    #[test]
    fn create_screens_are_explained_by_what_they_require() {
        use GuardedField::{Assignee, DueDate, FixVersions};
        let screens = [
            screen("Bug", &[Assignee, DueDate]),
            screen("Task", &[]),
            screen("Incident", &[Assignee, DueDate]),
            screen("Story", &[FixVersions]),
        ];
        assert_eq!(
            explain_screens("SHOP", &screens),
            [
                "Bug and Incident in SHOP require Assignee and Due date: Assign Issues and Schedule Issues are needed.",
                "Story in SHOP requires Fix versions: Resolve Issues is needed.",
            ]
        );
        assert!(explain_screens("SHOP", &screens[1..2])[0].starts_with("No create screen in SHOP requires"));
    }

    #[test]
    fn fields_are_found_by_jiras_ids() {
        for field in GuardedField::ALL {
            assert_eq!(GuardedField::find(field.id()), Some(field));
            assert!(PERMISSIONS.iter().any(|(key, _)| *key == field.permission()));
        }
        assert_eq!(GuardedField::find("summary"), None);
        assert!(GuardedField::guards("SCHEDULE_ISSUES") && !GuardedField::guards("ADMINISTER"));
    }

    #[test]
    fn reports_of_before_are_read() {
        let old = r#"{"feature":"Create bugs","works":false,"blocked_by":["Create Issues"]}"#;
        let read: FeatureCheck = serde_json::from_str(old).unwrap();
        assert_eq!(read.state(), FeatureState::Blocked);
    }
}
