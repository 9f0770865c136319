//! Ids of our own rows, as types.
//!
//! Each id is the text of a UUID, lower case with hyphens, and comes into being only by parsing, so
//! that a project's id can never be handed to a function that wants a person's. Nothing here makes a
//! new id: the server does that and parses the text. A text that is no UUID gives [`InvalidId`].

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

/// Checks the shape 8-4-4-4-12 of hexadecimal digits and returns it in lower case.
fn parse_uuid_text(text: &str) -> Result<String, InvalidId> {
    let well_formed = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if well_formed {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(InvalidId)
    }
}

macro_rules! id {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as lower-case text with hyphens.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_uuid_text(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

id! {
    /// A person with an account.
    PersonId,
    /// A project of ours (not Jira's).
    ProjectId,
    /// A connection: one Jira site with one credential.
    ConnectionId,
    /// A configuration: one Jira project linked to one project of ours.
    ConfigurationId,
    /// One proceeded version of a configuration.
    ConfigurationVersionId,
    /// One run of the sync.
    SyncRunId,
    /// A row of the job queue.
    JobId,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0190b1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b";

    #[test]
    fn only_uuid_text_is_taken() {
        let id: ProjectId = TEXT.parse().expect("valid");
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(TEXT.to_uppercase().parse::<ProjectId>().expect("valid"), id);
        for bad in [
            "",
            "1",
            "0190b1b27c3d7e4f8a5b6c7d8e9f0a1b",
            "0190b1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1g",
            "../etc",
        ] {
            assert_eq!(bad.parse::<ProjectId>(), Err(InvalidId), "{bad}");
        }
    }

    #[test]
    fn json_validates() {
        let id: JobId = serde_json::from_str(&format!("\"{TEXT}\"")).expect("valid");
        assert_eq!(serde_json::to_string(&id).expect("text"), format!("\"{TEXT}\""));
        assert!(serde_json::from_str::<JobId>("\"x\"").is_err());
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics_and_keeps_what_it_takes(text in ".{0,40}") {
            if let Ok(id) = text.parse::<PersonId>() {
                proptest::prop_assert_eq!(id.as_str(), text.to_ascii_lowercase());
            }
        }
    }
}
