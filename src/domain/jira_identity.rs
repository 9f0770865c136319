//! Whether an address leads to the Jira that a connection knows.
//!
//! Jira counts its ids from the same numbers everywhere, so the mirror of one Jira read through
//! another would quietly mix two worlds. Cloud names itself by its cloud id. Data Center has nothing
//! like it: its own base URL serves until an administrator changes that; then things of the mirror
//! are asked for, and the moment when a work item was created decides, which no two Jiras share. Can
//! go wrong: a copy of a Jira, such as a staging server, is taken for the original.

use url::Url;

use crate::domain::{jira::Deployment, organization_url::same_target};

/// What a Jira says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JiraIdentity {
    /// Type.
    pub deployment: Deployment,
    /// Cloud id, if it is known; Cloud only.
    pub cloud_id: Option<String>,
    /// The address that it calls its own, if it is known.
    pub base_url: Option<Url>,
}

/// The Jira of a stored connection, with what is left to recognise it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownJira {
    /// What it said about itself when the connection was saved.
    pub identity: JiraIdentity,
    /// The stored address.
    pub address: Url,
    /// Things of it that the mirror knows.
    pub witnesses: Vec<Witness>,
}

/// A thing of a Jira that another Jira with the same ids has differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witness {
    /// A mirrored work item.
    Issue {
        /// Jira's id.
        id: String,
        /// When it was created, UTC milliseconds; Jira never changes that.
        created_ms: i64,
    },
    /// A linked project.
    Project {
        /// Jira's id.
        id: String,
        /// Its key.
        key: String,
    },
}

/// What the Jira at the new address says about a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Testimony {
    /// It has the very thing.
    Agrees,
    /// It has another thing of that id.
    Differs,
    /// It has nothing of that id, or does not show it.
    Absent,
    /// It did not answer.
    Unread,
}

/// Whether the Jira at an address is the known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// The same, if perhaps at a new address.
    Same,
    /// Another one.
    Other,
    /// It did not say enough.
    Unclear,
}

impl KnownJira {
    /// What the identity alone says about the Jira `found` at `address`; `None` when the witnesses have
    /// to be heard.
    pub fn compare(&self, address: &Url, found: &JiraIdentity) -> Option<Recognition> {
        let known = &self.identity;
        if known.deployment != found.deployment {
            return Some(Recognition::Other);
        }
        if let (Some(was), Some(is)) = (&known.cloud_id, &found.cloud_id) {
            return Some(if was == is {
                Recognition::Same
            } else {
                Recognition::Other
            });
        }
        let same_base = match (&known.base_url, &found.base_url) {
            (Some(was), Some(is)) => same_target(was, is),
            _ => false,
        };
        (same_target(&self.address, address) || same_base).then_some(Recognition::Same)
    }
}

/// What the witnesses say together. Work items decide where there are any: a key such as `TEST` is
/// common, a moment is not. Without any witness there is nothing that could be mixed up.
pub fn weigh(heard: &[(Witness, Testimony)]) -> Recognition {
    let is_issue = |witness: &Witness| matches!(witness, Witness::Issue { .. });
    let any_issue = heard.iter().any(|(witness, _)| is_issue(witness));
    let counted: Vec<Testimony> = heard
        .iter()
        .filter(|(witness, _)| is_issue(witness) == any_issue)
        .map(|(_, testimony)| *testimony)
        .collect();
    let says = |wanted: Testimony| counted.contains(&wanted);
    if says(Testimony::Differs) {
        Recognition::Other
    } else if any_issue && says(Testimony::Agrees) {
        Recognition::Same
    } else if says(Testimony::Unread) {
        Recognition::Unclear
    } else if says(Testimony::Absent) {
        Recognition::Other
    } else {
        Recognition::Same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn cloud(id: Option<&str>) -> JiraIdentity {
        JiraIdentity {
            deployment: Deployment::Cloud,
            cloud_id: id.map(str::to_owned),
            base_url: None,
        }
    }

    fn center(base: Option<&str>) -> JiraIdentity {
        JiraIdentity {
            deployment: Deployment::DataCenter,
            cloud_id: None,
            base_url: base.map(url),
        }
    }

    #[test]
    fn the_identity_decides_where_it_can() {
        const OLD: &str = "https://old.example.com/jira";
        const NEW: &str = "https://new.example.com";
        use Recognition::{Other, Same};
        let cases = [
            (
                "the same cloud id, renamed site",
                cloud(Some("a")),
                NEW,
                cloud(Some("a")),
                Some(Same),
            ),
            (
                "another cloud id",
                cloud(Some("a")),
                NEW,
                cloud(Some("b")),
                Some(Other),
            ),
            (
                "another cloud id at the same name",
                cloud(Some("a")),
                OLD,
                cloud(Some("b")),
                Some(Other),
            ),
            ("a cloud id never read", cloud(None), NEW, cloud(Some("b")), None),
            (
                "a cloud id never read, same name",
                cloud(None),
                OLD,
                cloud(Some("b")),
                Some(Same),
            ),
            (
                "the same base URL",
                center(Some(OLD)),
                NEW,
                center(Some("https://OLD.example.com/jira/")),
                Some(Same),
            ),
            (
                "another base URL",
                center(Some(OLD)),
                NEW,
                center(Some(NEW)),
                None,
            ),
            (
                "another base URL at the same address",
                center(Some(OLD)),
                OLD,
                center(Some(NEW)),
                Some(Same),
            ),
            ("no base URL", center(None), NEW, center(None), None),
            (
                "the other type",
                center(Some(OLD)),
                OLD,
                cloud(Some("a")),
                Some(Other),
            ),
        ];
        for (what, identity, address, found, expected) in cases {
            let known = KnownJira {
                identity,
                address: url(OLD),
                witnesses: Vec::new(),
            };
            assert_eq!(known.compare(&url(address), &found), expected, "{what}");
        }
    }

    #[test]
    fn witnesses_decide_the_rest() {
        use Testimony::{Absent, Agrees, Differs, Unread};
        let issue = |testimony| {
            let witness = Witness::Issue {
                id: "10000".into(),
                created_ms: 1,
            };
            (witness, testimony)
        };
        let project = |testimony| {
            let witness = Witness::Project {
                id: "10000".into(),
                key: "TEST".into(),
            };
            (witness, testimony)
        };
        let cases = [
            ("nothing is mirrored or linked", vec![], Recognition::Same),
            (
                "a work item is there",
                vec![issue(Agrees), issue(Absent)],
                Recognition::Same,
            ),
            (
                "one is there, one does not answer",
                vec![issue(Unread), issue(Agrees)],
                Recognition::Same,
            ),
            (
                "an id is another work item",
                vec![issue(Agrees), issue(Differs)],
                Recognition::Other,
            ),
            (
                "none is there",
                vec![issue(Absent), issue(Absent)],
                Recognition::Other,
            ),
            (
                "a common key proves nothing",
                vec![project(Agrees), issue(Absent)],
                Recognition::Other,
            ),
            (
                "a project renamed by the move",
                vec![project(Differs), issue(Agrees)],
                Recognition::Same,
            ),
            (
                "none answers",
                vec![issue(Unread), issue(Absent)],
                Recognition::Unclear,
            ),
            (
                "only linked, all there",
                vec![project(Agrees), project(Agrees)],
                Recognition::Same,
            ),
            (
                "only linked, one missing",
                vec![project(Agrees), project(Absent)],
                Recognition::Other,
            ),
            (
                "only linked, one not answered",
                vec![project(Agrees), project(Unread)],
                Recognition::Unclear,
            ),
            (
                "only linked, another key",
                vec![project(Differs)],
                Recognition::Other,
            ),
        ];
        for (what, heard, expected) in cases {
            assert_eq!(weigh(&heard), expected, "{what}");
        }
    }
}
