//! What each role may do, for the pages that explain it: drawn from the one table of [`super::role`],
//! so that an explanation cannot say anything else than what the guards do.

use crate::domain::role::{AccountRole, Capability, ProjectRole, can_account, can_project};

/// Roles and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleTable {
    /// Names of the roles, strongest first.
    pub roles: Vec<&'static str>,
    /// What may be done, in words, and which of the roles may; at least one does.
    pub rows: Vec<(&'static str, Vec<bool>)>,
}

impl RoleTable {
    /// The account roles.
    pub fn of_account() -> Self {
        Self::new(AccountRole::ALL, AccountRole::label, |role, capability| {
            can_account(&[role], capability)
        })
    }

    /// The roles in a project, each without any account role.
    pub fn of_project() -> Self {
        Self::new(ProjectRole::ALL, ProjectRole::label, |role, capability| {
            can_project(&[], &[role], capability)
        })
    }

    fn new<R: Copy>(all: &[R], label: fn(R) -> &'static str, may: fn(R, Capability) -> bool) -> Self {
        let row = |capability: Capability| {
            let allowed: Vec<bool> = all.iter().map(|role| may(*role, capability)).collect();
            Some((capability.words()?, allowed)).filter(|(_, allowed)| allowed.contains(&true))
        };
        Self {
            roles: all.iter().map(|role| label(*role)).collect(),
            rows: Capability::ALL.into_iter().filter_map(row).collect(),
        }
    }

    /// Roles that may do the same, by name: `["Test Lead and Tester"]`.
    pub fn alike(&self) -> Vec<String> {
        let column = |at: usize| self.rows.iter().map(move |(_, allowed)| allowed.get(at));
        let mut found: Vec<String> = Vec::new();
        for (at, role) in self.roles.iter().enumerate() {
            for (other, name) in self.roles.iter().enumerate().skip(at + 1) {
                if column(at).eq(column(other)) {
                    found.push(format!("{role} and {name}"));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(table: &RoleTable, role: &str) -> Vec<&'static str> {
        let at = table.roles.iter().position(|name| *name == role).expect("a role");
        table
            .rows
            .iter()
            .filter(|(_, allowed)| allowed[at])
            .map(|(words, _)| *words)
            .collect()
    }

    #[test]
    fn explanations_say_what_the_guards_do() {
        let (account, project) = (RoleTable::of_account(), RoleTable::of_project());
        for capability in Capability::ALL {
            let Some(words) = capability.words() else { continue };
            let row = |table: &RoleTable| {
                table
                    .rows
                    .iter()
                    .find(|(found, _)| *found == words)
                    .map(|(_, allowed)| allowed.clone())
            };
            let by_account: Vec<bool> = AccountRole::ALL
                .iter()
                .map(|role| can_account(&[*role], capability))
                .collect();
            let by_project: Vec<bool> = ProjectRole::ALL
                .iter()
                .map(|role| can_project(&[], &[*role], capability))
                .collect();
            let some = |allowed: Vec<bool>| Some(allowed).filter(|allowed| allowed.contains(&true));
            assert_eq!(row(&account), some(by_account), "{capability:?}");
            assert_eq!(row(&project), some(by_project), "{capability:?}");
            assert!(
                row(&account).or(row(&project)).is_some(),
                "{capability:?} stands nowhere"
            );
        }
    }

    #[test]
    fn columns_in_words() {
        let account = RoleTable::of_account();
        assert_eq!(account.roles, ["Account Admin", "System Admin", "User"]);
        assert_eq!(column(&account, "User"), [""; 0]);
        assert_eq!(
            column(&account, "System Admin"),
            ["Connect Jira sites, change the settings of the organization"]
        );
        let project = RoleTable::of_project();
        assert_eq!(column(&project, "Member"), ["See Plans, requirements and bugs"]);
        assert_eq!(
            column(&project, "Tester"),
            [
                "See linked Jira projects and their sync runs",
                "Start and cancel a sync",
                "See Plans, requirements and bugs",
                "See work items that have a security level in Jira"
            ]
        );
        assert!(column(&project, "Project Admin").len() > column(&project, "Tester").len());
        assert_eq!(project.alike(), ["Test Lead and Tester"]);
        assert!(account.alike().is_empty());
    }
}
