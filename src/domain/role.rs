//! Who may do what: one table.
//!
//! The table is the one of the product description, row by row, and one row of its own: who manages a
//! project itself is who manages its members. Roles add up, and an account role alone gives no project
//! rights beyond the rows that name it. Nothing else in the program compares roles: a guard asks
//! [`can_account`] or [`can_project`] for a [`Capability`], and pages explain roles from
//! [`super::role_table`], which asks the same.

use serde::{Deserialize, Serialize};

/// Role in the whole account. Everyone is at least a [`AccountRole::User`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    /// Everything account-wide.
    AccountAdmin,
    /// System settings and integrations, no user management.
    SystemAdmin,
    /// Signs in; rights come from projects.
    User,
}

/// Role in one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Configures integrations and members.
    ProjectAdmin,
    /// Leads the testing.
    TestLead,
    /// Tests; what someone becomes who joins a project.
    Tester,
    /// Looks on.
    Member,
}

macro_rules! codes {
    ($type:ident { $($variant:ident => $code:literal, $label:literal);* $(;)? }) => {
        impl $type {
            /// All values, strongest first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable text for storage and forms.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Text for pages.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }

            /// The value of a code.
            pub fn find(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}

codes!(AccountRole {
    AccountAdmin => "account_admin", "Account Admin";
    SystemAdmin => "system_admin", "System Admin";
    User => "user", "User";
});

codes!(ProjectRole {
    ProjectAdmin => "project_admin", "Project Admin";
    TestLead => "test_lead", "Test Lead";
    Tester => "tester", "Tester";
    Member => "member", "Member";
});

impl ProjectRole {
    /// The roles whose checkbox came with a form, in the order of [`Self::ALL`]; an empty text is a
    /// checkbox that was not sent.
    pub fn chosen(sent: [&str; 4]) -> Vec<Self> {
        Self::ALL
            .iter()
            .copied()
            .zip(sent)
            .filter(|(_, sent)| !sent.is_empty())
            .map(|(role, _)| role)
            .collect()
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Invite, deactivate, change account roles.
    ManageUsers,
    /// Create projects.
    CreateProjects,
    /// Add, change and remove members of a project.
    ManageMembers,
    /// Rename, describe and delete a project.
    ManageProject,
    /// See, create, test, edit, disconnect, reconnect connections; read the audit log.
    ManageConnections,
    /// Configure, edit, archive, unarchive a project's integration; map; Proceed.
    Configure,
    /// See a project's integrations, sync runs and deliveries.
    SeeIntegrations,
    /// The Sync button.
    SyncNow,
    /// See Plans, requirements, tests, reports.
    SeePlans,
    /// Assign testers, edit test cases, link and unlink, import results, create and link bugs.
    EditTests,
    /// Make test cases by generation.
    GenerateTests,
    /// Release-health thresholds.
    SetThresholds,
    /// Own API tokens, never above own rights.
    OwnTokens,
}

impl Capability {
    /// All rows, in the order of the table.
    pub const ALL: [Self; 13] = [
        Self::ManageUsers,
        Self::CreateProjects,
        Self::ManageMembers,
        Self::ManageProject,
        Self::ManageConnections,
        Self::Configure,
        Self::SeeIntegrations,
        Self::SyncNow,
        Self::SeePlans,
        Self::EditTests,
        Self::GenerateTests,
        Self::SetThresholds,
        Self::OwnTokens,
    ];

    /// What the row allows, in the words of the pages that explain roles; `None` while nothing in the
    /// product needs it.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::ManageUsers => "Add people, change account roles, deactivate accounts",
            Self::CreateProjects => "Create projects",
            Self::ManageMembers => "Add and remove members of a project, change their roles",
            Self::ManageProject => "Rename and delete a project",
            Self::ManageConnections => "Connect Jira sites, change the settings of the organization",
            Self::Configure => "Link Jira projects, map their values, proceed, remove them",
            Self::SeeIntegrations => "See linked Jira projects and their sync runs",
            Self::SyncNow => "Start and cancel a sync",
            Self::SeePlans => "See Plans, requirements and bugs",
            // So far what testers see more than members do.
            Self::EditTests => "See work items that have a security level in Jira",
            Self::GenerateTests | Self::SetThresholds | Self::OwnTokens => return None,
        })
    }

    /// The row: account roles and project roles that have it.
    fn holders(self) -> (&'static [AccountRole], &'static [ProjectRole]) {
        use AccountRole::{AccountAdmin, SystemAdmin, User};
        use ProjectRole::{Member, ProjectAdmin, TestLead, Tester};
        match self {
            Self::ManageUsers | Self::CreateProjects => (&[AccountAdmin], &[]),
            Self::ManageMembers | Self::ManageProject => (&[AccountAdmin], &[ProjectAdmin]),
            Self::ManageConnections => (&[AccountAdmin, SystemAdmin], &[]),
            Self::Configure => (&[], &[ProjectAdmin]),
            Self::SeeIntegrations | Self::SyncNow | Self::EditTests | Self::GenerateTests => {
                (&[], &[ProjectAdmin, TestLead, Tester])
            }
            Self::SeePlans => (&[], &[ProjectAdmin, TestLead, Tester, Member]),
            Self::SetThresholds => (&[], &[ProjectAdmin, TestLead]),
            // Everyone who can sign in: each column of the table says yes.
            Self::OwnTokens => (
                &[AccountAdmin, SystemAdmin, User],
                &[ProjectAdmin, TestLead, Tester, Member],
            ),
        }
    }
}

/// Whether account roles alone give the capability.
pub fn can_account(roles: &[AccountRole], capability: Capability) -> bool {
    let (holders, _) = capability.holders();
    roles.iter().any(|role| holders.contains(role))
}

/// Whether account roles and the roles in one project together give the capability there.
pub fn can_project(account: &[AccountRole], project: &[ProjectRole], capability: Capability) -> bool {
    let (_, holders) = capability.holders();
    can_account(account, capability) || project.iter().any(|role| holders.contains(role))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as the product description prints it, with the row of the project itself; columns Account Admin, System Admin, Project
    /// Admin, Test Lead, Tester, Member.
    const TABLE: &str = "
| manage users | yes | | | | | |
| create projects | yes | | | | | |
| manage a project's members | yes | | yes | | | |
| rename, describe and delete a project | yes | | yes | | | |
| see, create, test, edit, disconnect, reconnect account integrations; read the audit log | yes | yes | | | | |
| configure, edit, archive, unarchive a project's integration; map; Proceed | | | yes | | | |
| see a project's integrations, sync runs and deliveries | | | yes | yes | yes | |
| Sync now | | | yes | yes | yes | |
| see Plans, requirements, tests, reports | | | yes | yes | yes | yes |
| assign testers, edit test cases, link and unlink, import results, create and link bugs | | | yes | yes | yes | |
| make test cases by generation | | | yes | yes | yes | |
| release-health thresholds | | | yes | yes | | |
| own API tokens, never above own rights | yes | yes | yes | yes | yes | yes |
";

    #[test]
    fn every_cell_of_the_table() {
        let rows: Vec<Vec<bool>> = TABLE
            .trim()
            .lines()
            .map(|line| {
                line.trim_matches('|')
                    .split('|')
                    .skip(1)
                    .map(|cell| cell.trim() == "yes")
                    .collect()
            })
            .collect();
        assert_eq!(rows.len(), Capability::ALL.len());
        for (row, capability) in rows.iter().zip(Capability::ALL) {
            assert_eq!(row.len(), 6);
            for (column, role) in [AccountRole::AccountAdmin, AccountRole::SystemAdmin]
                .into_iter()
                .enumerate()
            {
                assert_eq!(
                    can_account(&[role], capability),
                    row[column],
                    "{capability:?} {role:?}"
                );
                assert_eq!(
                    can_project(&[role], &[], capability),
                    row[column],
                    "{capability:?} {role:?}"
                );
            }
            for (column, role) in ProjectRole::ALL.iter().enumerate() {
                if capability != Capability::OwnTokens {
                    assert_eq!(
                        can_project(&[AccountRole::User], &[*role], capability),
                        row[column + 2],
                        "{capability:?} {role:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn roles_add_up_and_nothing_comes_from_nothing() {
        let both = [ProjectRole::Member, ProjectRole::ProjectAdmin];
        assert!(can_project(&[AccountRole::User], &both, Capability::Configure));
        assert!(can_account(
            &[AccountRole::User, AccountRole::SystemAdmin],
            Capability::ManageConnections
        ));
        for capability in Capability::ALL {
            assert!(!can_project(&[], &[], capability));
            assert_eq!(
                can_account(&[AccountRole::User], capability),
                capability == Capability::OwnTokens
            );
        }
    }

    #[test]
    fn codes_come_back() {
        for role in ProjectRole::ALL {
            assert_eq!(ProjectRole::find(role.code()), Some(*role));
            assert_eq!(
                serde_json::to_string(role).expect("json"),
                format!("\"{}\"", role.code())
            );
        }
        for role in AccountRole::ALL {
            assert_eq!(AccountRole::find(role.code()), Some(*role));
        }
        assert_eq!(ProjectRole::find("owner"), None);
        assert_eq!(
            ProjectRole::chosen(["on", "", "x", ""]),
            [ProjectRole::ProjectAdmin, ProjectRole::Tester]
        );
        assert!(ProjectRole::chosen([""; 4]).is_empty());
    }
}
