//! What the audit log tells: each thing that people or the server do, with its code, its object and its words.
//!
//! Codes are stored and exported, so they never change; words are for pages. An action that the table does not
//! name (written by a newer program) is shown by its code.

macro_rules! actions {
    ($($variant:ident => $code:literal, $object:literal, $label:literal;)*) => {
        /// Something that is told in the audit log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AuditAction {
            $(#[doc = $label] $variant),*
        }

        impl AuditAction {
            /// All of them, grouped as pages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Noun and verb, as stored and exported.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Kind of the thing that an entry of this action is about.
            pub fn object(self) -> &'static str {
                match self { $(Self::$variant => $object),* }
            }

            /// Words for pages.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }
        }
    };
}

actions! {
    SetupDone => "setup.done", "person", "Set up Traceline";
    SessionBegan => "session.began", "person", "Signed in";
    SessionRefused => "session.refused", "person", "Sign-in refused";
    SessionEnded => "session.ended", "person", "Session ended";
    PersonInvited => "person.invited", "person", "Person added";
    PersonInvitedAgain => "person.invited_again", "person", "Invitation renewed";
    PersonJoined => "person.joined", "person", "Invitation accepted";
    ResetLinkMade => "person.reset_link_made", "person", "Reset link made";
    PasswordReset => "person.password_reset", "person", "Password reset";
    PasswordChanged => "person.password_changed", "person", "Password changed";
    ProfileChanged => "person.profile_changed", "person", "Profile changed";
    AccountRoleChanged => "person.role_changed", "person", "Account role changed";
    PersonDeactivated => "person.deactivated", "person", "Person deactivated";
    PersonReactivated => "person.reactivated", "person", "Person reactivated";
    MemberAdded => "member.added", "project", "Member added";
    MemberRolesChanged => "member.roles_changed", "project", "Project roles changed";
    MemberRemoved => "member.removed", "project", "Member removed";
    ProjectCreated => "project.created", "project", "Project created";
    ProjectChanged => "project.changed", "project", "Project changed";
    ProjectDeleted => "project.deleted", "project", "Project deleted";
    ConnectionCreated => "connection.created", "connection", "Connection created";
    ConnectionChanged => "connection.changed", "connection", "Connection changed";
    ConnectionTested => "connection.tested", "connection", "Connection tested";
    ConnectionDisconnected => "connection.disconnected", "connection", "Connection disconnected";
    ConnectionReconnected => "connection.reconnected", "connection", "Connection reconnected";
    TokenReplaced => "connection.token_replaced", "connection", "Token replaced";
    ConfigurationCreated => "configuration.created", "configuration", "Jira project link begun";
    VersionRestored => "configuration.version_restored", "configuration", "Version brought back";
    DraftDiscarded => "configuration.draft_discarded", "configuration", "Draft discarded";
    ConfigurationRemoved => "configuration.removed", "configuration", "Integration removed";
    ConfigurationProceeded => "configuration.proceeded", "configuration", "Configuration proceeded";
    SyncStarted => "sync.started", "configuration", "Sync started";
    SyncCancelled => "sync.cancelled", "configuration", "Sync cancelled";
    SettingsChanged => "settings.changed", "organisation", "Settings changed";
    NoticeHookChanged => "notice_hook.changed", "organisation", "Sending of notices changed";
    SecretsResealed => "secrets.resealed", "organisation", "Secrets re-sealed";
    AuditExported => "audit.exported", "organisation", "Audit log exported";
}

impl AuditAction {
    /// The action of a code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.code() == code)
    }

    /// Words for a stored code, also for one that this program does not know.
    pub fn words(code: &str) -> String {
        Self::find(code).map_or_else(|| code.to_owned(), |action| action.label().to_owned())
    }
}

/// A cell of an export that a spreadsheet must not read as a formula: where it begins like one, an apostrophe
/// stands before it. [`read_cell`] takes it off again.
pub fn safe_cell(text: &str) -> String {
    // The apostrophe too, or what begins with one could not be told from what got one.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// What [`safe_cell`] was given.
pub fn read_cell(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_noun_and_verb_and_found_again() {
        let mut seen = std::collections::HashSet::new();
        for action in AuditAction::ALL {
            assert!(seen.insert(action.code()), "{} twice", action.code());
            assert_eq!(AuditAction::find(action.code()), Some(*action));
            assert_eq!(action.code().split('.').count(), 2);
            assert!(!action.label().is_empty() && !action.object().is_empty());
        }
        assert_eq!(AuditAction::words("later.thing"), "later.thing");
        assert_eq!(AuditAction::words("session.began"), "Signed in");
    }

    #[test]
    fn what_begins_like_a_formula_does_not_any_more() {
        for bad in ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1", "'=1"] {
            assert!(safe_cell(bad).starts_with('\''), "{bad:?}");
        }
        for good in ["", "Ada", "1=1", "https://jira.example/a"] {
            assert_eq!(safe_cell(good), good);
        }
    }

    proptest! {
        #[test]
        fn a_cell_reads_back(text in any::<String>()) {
            let cell = safe_cell(&text);
            prop_assert_eq!(read_cell(&cell), text.as_str());
        }
    }
}
