//! How a configuration stands for people: its own status and that of its connection, taken together.
//!
//! Every page that shows a status asks here, so that two pages cannot disagree. What Plans offers is the
//! same rule in SQL (`store::requirement`); a test holds the two together.

use serde::{Deserialize, Serialize};

use crate::domain::{connection::ConnectionStatus, sync_status::ConfigurationStatus};

/// A status with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Status.
    pub status: ConfigurationStatus,
    /// Words for people; empty when there is nothing to say.
    pub reason: String,
}

/// What of a connection its configurations depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground<'a> {
    /// Name of the connection.
    pub name: &'a str,
    /// Status of the connection.
    pub status: ConnectionStatus,
    /// Words to it; may be empty.
    pub reason: &'a str,
}

impl Ground<'_> {
    /// What is wrong with the connection, in words; `None` when it works.
    fn find_trouble(&self) -> Option<String> {
        let name = self.name;
        match self.status {
            ConnectionStatus::Active => None,
            ConnectionStatus::Inactive => Some(format!(
                "The connection {name} is disconnected. An Account Admin or System Admin can reconnect it under Admin > Integrations."
            )),
            ConnectionStatus::Error => Some(format!("The connection {name} is in error: {}", self.reason)),
        }
    }
}

/// Why no sync can run; `None` when one can. The page says it before, the job finds it out when it begins.
pub fn refuse_sync(own: ConfigurationStatus, proceeded: bool, ground: Ground<'_>) -> Option<String> {
    if own == ConfigurationStatus::Archived {
        return Some("This configuration is archived, so it does not sync.".into());
    }
    if ground.status == ConnectionStatus::Inactive {
        return ground.find_trouble();
    }
    (!proceeded).then(|| {
        "The settings are not in force yet. A Project Admin finishes the six steps and presses Proceed."
            .into()
    })
}

/// How a configuration stands that is `own` by itself. It can be no better than its connection: under a
/// disconnected one it is Inactive, under one in Error it is in Error. What is archived stays archived,
/// and what was never proceeded stays Inactive, with the connection's reason beside it.
pub fn stand(own: ConfigurationStatus, own_reason: &str, proceeded: bool, ground: Ground<'_>) -> Standing {
    let trouble = match own {
        ConfigurationStatus::Archived => None,
        _ => ground.find_trouble(),
    };
    let Some(reason) = trouble else {
        return Standing {
            status: own,
            reason: own_reason.to_owned(),
        };
    };
    let draft_only = own == ConfigurationStatus::Inactive && !proceeded;
    let status = if ground.status == ConnectionStatus::Error && !draft_only {
        ConfigurationStatus::Error
    } else {
        ConfigurationStatus::Inactive
    };
    Standing { status, reason }
}

#[cfg(test)]
mod tests {
    use ConfigurationStatus::{Active, Archived, Error, Inactive};

    use super::*;

    #[test]
    fn a_configuration_is_no_better_than_its_connection() {
        const OWN: &str = "own";
        const OFF: &str = "The connection Halden is disconnected. An Account Admin or System Admin can reconnect it under Admin > Integrations.";
        const BAD: &str = "The connection Halden is in error: Jira refuses the token.";
        type Row = (
            ConfigurationStatus,
            bool,
            ConnectionStatus,
            ConfigurationStatus,
            &'static str,
        );
        let table: [Row; 15] = [
            (Active, true, ConnectionStatus::Active, Active, OWN),
            (Active, true, ConnectionStatus::Inactive, Inactive, OFF),
            (Active, true, ConnectionStatus::Error, Error, BAD),
            (Error, true, ConnectionStatus::Active, Error, OWN),
            (Error, true, ConnectionStatus::Inactive, Inactive, OFF),
            (Error, true, ConnectionStatus::Error, Error, BAD),
            (Inactive, true, ConnectionStatus::Active, Inactive, OWN),
            (Inactive, true, ConnectionStatus::Inactive, Inactive, OFF),
            (Inactive, true, ConnectionStatus::Error, Error, BAD),
            (Inactive, false, ConnectionStatus::Active, Inactive, OWN),
            (Inactive, false, ConnectionStatus::Inactive, Inactive, OFF),
            (Inactive, false, ConnectionStatus::Error, Inactive, BAD),
            (Archived, true, ConnectionStatus::Active, Archived, OWN),
            (Archived, true, ConnectionStatus::Inactive, Archived, OWN),
            (Archived, true, ConnectionStatus::Error, Archived, OWN),
        ];
        for (own, proceeded, status, expected, reason) in table {
            let ground = Ground {
                name: "Halden",
                status,
                reason: "Jira refuses the token.",
            };
            let standing = stand(own, OWN, proceeded, ground);
            assert_eq!(
                (standing.status, standing.reason.as_str()),
                (expected, reason),
                "{own:?} {proceeded} {status:?}"
            );
        }
    }

    #[test]
    fn a_sync_is_refused_with_the_way_out() {
        use ConfigurationStatus as Own;
        use ConnectionStatus as Jira;
        let refused = |own, proceeded, status| {
            let ground = Ground {
                name: "Halden",
                status,
                reason: "The token has expired.",
            };
            refuse_sync(own, proceeded, ground).unwrap_or_default()
        };
        assert_eq!(refused(Own::Active, true, Jira::Active), "");
        // A sync is how an error ends.
        assert_eq!(refused(Own::Error, true, Jira::Error), "");
        assert_eq!(refused(Own::Inactive, true, Jira::Active), "");
        for (own, proceeded, status, way) in [
            (Own::Archived, true, Jira::Inactive, "archived"),
            (Own::Active, true, Jira::Inactive, "reconnect"),
            (Own::Inactive, false, Jira::Inactive, "reconnect"),
            (Own::Inactive, false, Jira::Active, "Proceed"),
        ] {
            let words = refused(own, proceeded, status);
            assert!(words.contains(way), "{own:?}: {words}");
        }
    }
}
