//! The people of a sandbox site, their tokens and their rights.
//!
//! Tokens are fixed and obviously fake words, so that they can be printed. Rights are decided here
//! and nowhere else; a right that is unknown is not granted.

use crate::domain::jira::Deployment;

/// What an account may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything, including *Administer Jira*.
    Admin,
    /// Everything in every project, but no administration.
    QaLead,
    /// Browses the one project with this key, or every project (`*`).
    Reader(String),
    /// Can sign in and sees nothing.
    Nobody,
}

/// A person with a token.
#[derive(Clone, Debug)]
pub struct Account {
    /// `accountId` on Cloud, `key` on Data Center.
    pub id: String,
    /// Data Center user name.
    pub name: String,
    /// Display name.
    pub display_name: String,
    /// Email, the user part of Basic authentication on Cloud.
    pub email: String,
    /// The token to paste.
    pub token: String,
    /// IANA time zone; quoted dates in JQL mean this zone.
    pub time_zone: String,
    /// Rights.
    pub role: Role,
    /// Cloud: the token has scopes, so the site refuses it and only the gateway takes it.
    pub scoped: bool,
    /// The token has run out or was revoked.
    pub expired: bool,
    /// When the token runs out, epoch milliseconds.
    pub expires_at: Option<i64>,
    /// Too many failed attempts: Jira wants a CAPTCHA answered in a browser first.
    pub captcha: bool,
    /// Permissions taken away from what the role grants.
    pub denied: Vec<String>,
    /// One line for the person who picks an account.
    pub note: String,
}

impl Account {
    /// Cloud: the same person's token with scopes, which only the gateway takes.
    #[must_use]
    pub fn scoped_token(&self) -> String {
        if self.scoped {
            self.token.clone()
        } else {
            format!("{}-scoped", self.token)
        }
    }

    /// Keys of the permissions the account has in at least one project.
    #[must_use]
    pub fn list_permissions(&self) -> Vec<&'static str> {
        let keys = PERMISSIONS.iter().map(|(key, ..)| *key);
        keys.filter(|key| self.can(key, None)).collect()
    }

    /// Whether the account browses every project or none; `None` when it depends on the project.
    pub(super) fn browses_all(&self) -> Option<bool> {
        let denied = self.denied.iter().any(|denied| denied == "BROWSE_PROJECTS");
        match &self.role {
            _ if denied => Some(false),
            Role::Admin | Role::QaLead => Some(true),
            Role::Reader(key) if key == "*" => Some(true),
            Role::Reader(_) => None,
            Role::Nobody => Some(false),
        }
    }

    /// Whether the account has a permission, in one project or (without a key) in any.
    #[must_use]
    pub fn can(&self, permission: &str, project_key: Option<&str>) -> bool {
        let administration = matches!(
            permission,
            "ADMINISTER" | "SYSTEM_ADMIN" | "ADMINISTER_PROJECTS" | "PROJECT_ADMIN" | "GLOBAL_BROWSE_ARCHIVE"
        );
        if self.denied.iter().any(|denied| denied == permission) {
            return false;
        }
        match &self.role {
            Role::Admin => true,
            Role::QaLead => !administration,
            Role::Reader(key) => {
                is_looking(permission) && (key == "*" || project_key.is_none_or(|asked| asked == key))
            }
            Role::Nobody => false,
        }
    }
}

/// Whether a permission is to look and nothing more.
pub(super) fn is_looking(permission: &str) -> bool {
    matches!(
        permission,
        "BROWSE_PROJECTS" | "BROWSE" | "VIEW_READONLY_WORKFLOW" | "VIEW_WORKFLOW_READONLY"
    )
}

/// Whether a permission is one of the whole site.
pub(super) fn is_global(permission: &str) -> bool {
    PERMISSIONS
        .iter()
        .any(|(key, _, global, _)| *global && *key == permission)
}

fn account(
    deployment: Deployment,
    number: u32,
    first: &str,
    display: &str,
    zone: &str,
    role: Role,
    note: &str,
) -> Account {
    let word = match deployment {
        Deployment::Cloud => "cloud",
        Deployment::DataCenter => "dc",
    };
    Account {
        id: match deployment {
            Deployment::Cloud => format!("712020:5a9d0b{number:02}-sandbox-{first}"),
            Deployment::DataCenter => format!("JIRAUSER{}", 10_100 + number),
        },
        name: first.to_owned(),
        display_name: display.to_owned(),
        email: format!("{first}@lanternway.example"),
        token: format!("sandbox-{word}-{first}-token"),
        time_zone: zone.to_owned(),
        role,
        scoped: false,
        expired: false,
        expires_at: None,
        captcha: false,
        denied: Vec::new(),
        note: note.to_owned(),
    }
}

/// The accounts of a generated site.
pub(super) fn list_accounts(deployment: Deployment) -> Vec<Account> {
    let mut accounts = vec![
        account(
            deployment,
            1,
            "ada",
            "Ada Castellan",
            "Europe/Berlin",
            Role::Admin,
            "admin",
        ),
        account(
            deployment,
            2,
            "quentin",
            "Quentin Marsh",
            "America/New_York",
            Role::QaLead,
            "QA lead: browses and creates everywhere, cannot administer",
        ),
        account(
            deployment,
            3,
            "rhea",
            "Rhea Okafor",
            "Asia/Kolkata",
            Role::Reader("PAY".to_owned()),
            "reader: browses only, sees one project (PAY)",
        ),
        account(
            deployment,
            4,
            "nils",
            "Nils Brandt",
            "Europe/Berlin",
            Role::Nobody,
            "signs in, sees no project",
        ),
        account(
            deployment,
            5,
            "erin",
            "Erin Vale",
            "Europe/London",
            Role::Admin,
            "expired token",
        ),
    ];
    if let Some(erin) = accounts.last_mut() {
        erin.expired = true;
    }
    if deployment == Deployment::Cloud {
        let mut selma = account(
            deployment,
            6,
            "selma",
            "Selma Ortiz",
            "Europe/Madrid",
            Role::QaLead,
            "scoped token: works through the gateway only",
        );
        selma.scoped = true;
        accounts.push(selma);
    }
    accounts
}

/// Where no project is called as in the company, who may only browse browses everything.
pub(super) fn let_readers_see_all(accounts: &mut [Account]) {
    for account in accounts {
        if let Role::Reader(key) = &mut account.role {
            "*".clone_into(key);
            "reader: browses only".clone_into(&mut account.note);
        }
    }
}

/// The accounts of a site that serves recordings.
pub(super) fn list_recorded_accounts(deployment: Deployment) -> Vec<Account> {
    let mut ada = account(
        deployment,
        1,
        "ada",
        "Ada Castellan",
        "Europe/Berlin",
        Role::Admin,
        "admin, recorded data",
    );
    ada.token = format!("sandbox-recorded-{}", ada.token.trim_start_matches("sandbox-"));
    let mut rhea = account(
        deployment,
        3,
        "rhea",
        "Rhea Okafor",
        "Asia/Kolkata",
        Role::Reader("*".to_owned()),
        "reader: browses only, recorded data",
    );
    rhea.token = format!("sandbox-recorded-{}", rhea.token.trim_start_matches("sandbox-"));
    vec![ada, rhea]
}

/// Permissions as both deployments name them: key, Jira's id, whether it is global, name.
pub(super) const PERMISSIONS: &[(&str, &str, bool, &str)] = &[
    ("ADMINISTER", "0", true, "Administer Jira"),
    ("SYSTEM_ADMIN", "44", true, "Jira System Administrators"),
    ("BULK_CHANGE", "33", true, "Make bulk changes"),
    (
        "CREATE_SHARED_OBJECTS",
        "22",
        true,
        "Share dashboards and filters",
    ),
    (
        "MANAGE_GROUP_FILTER_SUBSCRIPTIONS",
        "24",
        true,
        "Manage group filter subscriptions",
    ),
    ("USER_PICKER", "27", true, "Browse users and groups"),
    ("ADMINISTER_PROJECTS", "23", false, "Administer Projects"),
    ("BROWSE_PROJECTS", "10", false, "Browse Projects"),
    ("CREATE_ISSUES", "11", false, "Create Issues"),
    ("EDIT_ISSUES", "12", false, "Edit Issues"),
    ("ASSIGN_ISSUES", "13", false, "Assign Issues"),
    ("RESOLVE_ISSUES", "14", false, "Resolve Issues"),
    ("ADD_COMMENTS", "15", false, "Add Comments"),
    ("DELETE_ISSUES", "16", false, "Delete Issues"),
    ("ASSIGNABLE_USER", "17", false, "Assignable User"),
    ("CLOSE_ISSUES", "18", false, "Close Issues"),
    ("CREATE_ATTACHMENTS", "19", false, "Create Attachments"),
    ("WORK_ON_ISSUES", "20", false, "Work On Issues"),
    ("LINK_ISSUES", "21", false, "Link Issues"),
    ("MOVE_ISSUES", "25", false, "Move Issues"),
    ("SET_ISSUE_SECURITY", "26", false, "Set Issue Security"),
    ("SCHEDULE_ISSUES", "28", false, "Schedule Issues"),
    ("VIEW_DEV_TOOLS", "29", false, "View Development Tools"),
    ("MODIFY_REPORTER", "30", false, "Modify Reporter"),
    (
        "VIEW_VOTERS_AND_WATCHERS",
        "31",
        false,
        "View Voters and Watchers",
    ),
    ("MANAGE_WATCHERS", "32", false, "Manage Watchers"),
    ("EDIT_ALL_COMMENTS", "34", false, "Edit All Comments"),
    ("EDIT_OWN_COMMENTS", "35", false, "Edit Own Comments"),
    ("DELETE_ALL_COMMENTS", "36", false, "Delete All Comments"),
    ("DELETE_OWN_COMMENTS", "37", false, "Delete Own Comments"),
    ("DELETE_ALL_ATTACHMENTS", "38", false, "Delete All Attachments"),
    ("DELETE_OWN_ATTACHMENTS", "39", false, "Delete Own Attachments"),
    ("EDIT_OWN_WORKLOGS", "40", false, "Edit Own Worklogs"),
    ("EDIT_ALL_WORKLOGS", "41", false, "Edit All Worklogs"),
    ("DELETE_OWN_WORKLOGS", "42", false, "Delete Own Worklogs"),
    ("DELETE_ALL_WORKLOGS", "43", false, "Delete All Worklogs"),
    ("VIEW_READONLY_WORKFLOW", "45", false, "View Read-Only Workflow"),
    ("TRANSITION_ISSUES", "46", false, "Transition Issues"),
    ("MANAGE_SPRINTS_PERMISSION", "-1", false, "Manage Sprints"),
];

/// Old names that Data Center still lists, each with the key it stands for.
pub(super) const OLD_PERMISSIONS: &[(&str, &str)] = &[
    ("BROWSE", "BROWSE_PROJECTS"),
    ("CREATE_ISSUE", "CREATE_ISSUES"),
    ("EDIT_ISSUE", "EDIT_ISSUES"),
    ("ASSIGN_ISSUE", "ASSIGN_ISSUES"),
    ("RESOLVE_ISSUE", "RESOLVE_ISSUES"),
    ("COMMENT_ISSUE", "ADD_COMMENTS"),
    ("DELETE_ISSUE", "DELETE_ISSUES"),
    ("CLOSE_ISSUE", "CLOSE_ISSUES"),
    ("CREATE_ATTACHMENT", "CREATE_ATTACHMENTS"),
    ("WORK_ISSUE", "WORK_ON_ISSUES"),
    ("LINK_ISSUE", "LINK_ISSUES"),
    ("MOVE_ISSUE", "MOVE_ISSUES"),
    ("SCHEDULE_ISSUE", "SCHEDULE_ISSUES"),
    ("TRANSITION_ISSUE", "TRANSITION_ISSUES"),
    ("PROJECT_ADMIN", "ADMINISTER_PROJECTS"),
    ("COMMENT_EDIT_ALL", "EDIT_ALL_COMMENTS"),
    ("COMMENT_EDIT_OWN", "EDIT_OWN_COMMENTS"),
    ("COMMENT_DELETE_ALL", "DELETE_ALL_COMMENTS"),
    ("COMMENT_DELETE_OWN", "DELETE_OWN_COMMENTS"),
    ("ATTACHMENT_DELETE_ALL", "DELETE_ALL_ATTACHMENTS"),
    ("ATTACHMENT_DELETE_OWN", "DELETE_OWN_ATTACHMENTS"),
    ("WORKLOG_EDIT_ALL", "EDIT_ALL_WORKLOGS"),
    ("WORKLOG_EDIT_OWN", "EDIT_OWN_WORKLOGS"),
    ("WORKLOG_DELETE_ALL", "DELETE_ALL_WORKLOGS"),
    ("WORKLOG_DELETE_OWN", "DELETE_OWN_WORKLOGS"),
    ("MANAGE_WATCHER_LIST", "MANAGE_WATCHERS"),
    ("VIEW_VERSION_CONTROL", "VIEW_DEV_TOOLS"),
];
