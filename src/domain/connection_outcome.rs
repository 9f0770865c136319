//! Everything that a connection test can find, each with a code, a text and a next step of its own.
//!
//! All texts are made here by pure functions from a [`Finding`], so that page, API and status speak alike
//! and a table test can hold each of them. Can go wrong: a finding without a text of its own; the test
//! walks them all.

use jiff::civil::Date;

use crate::domain::connection_report::{Check, CheckCode, CheckState, OLDEST_DATA_CENTER};
use crate::domain::connection_rights::BROWSE;
use crate::domain::dates::format_date;
use crate::domain::jira::Deployment;

/// Everything that one check can find. Times are in seconds, hosts are as the person typed them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variant says what its fields are")]
pub enum Finding {
    /// The host answered.
    Reached { host: String },
    /// The guard refused the address. `entry` is host and port as the operator's list takes them.
    AddressNotAllowed { entry: String },
    /// The guard refused the address, and no list of the operator opens it.
    AddressNeverAllowed { host: String },
    /// No such name.
    NameNotFound { host: String },
    /// Nothing listens there.
    ConnectionRefused { host: String, port: u16 },
    /// No answer in time.
    TimedOut { host: String, seconds: u64 },
    /// The host sends elsewhere.
    Redirected { host: String, to: Option<String> },
    /// The connection broke for another reason.
    Unreachable { host: String },
    /// The certificate is trusted.
    TlsTrusted,
    /// Plain http.
    TlsNotUsed,
    /// Signed by nobody we know.
    TlsUnknownAuthority { host: String },
    /// Made for another name.
    TlsWrongHost { host: String },
    /// Past its end.
    TlsExpired { host: String },
    /// Any other failure of the handshake.
    TlsFailed { host: String },
    /// It is Jira.
    IsJira { name: Option<String> },
    /// It is Jira, but not the one whose projects are linked: both addresses.
    OtherJira {
        known: String,
        found: String,
        name: Option<String>,
    },
    /// It did not say enough to tell whether it is the one whose projects are linked: both addresses.
    JiraUnclear { known: String, found: String },
    /// Something else answers.
    NotJira { host: String },
    /// A sign-in page answers.
    LoginPage { host: String },
    /// JSON that stops in the middle.
    HalfAnswer { host: String },
    /// Jira says it is down.
    Maintenance { status: u16 },
    /// Too many requests.
    RateLimited { seconds: Option<u64> },
    /// The type is right.
    TypeMatches { deployment: Deployment },
    /// The other type.
    WrongType { found: Deployment },
    /// New enough.
    VersionSupported { version: String },
    /// Older than supported.
    VersionTooOld { version: String },
    /// Cloud has no version.
    VersionNotNeeded,
    /// Jira does not say.
    VersionUnknown,
    /// Accepted.
    TokenAccepted { name: String },
    /// Accepted at Atlassian's gateway only.
    ScopedTokenAccepted { name: String },
    /// A Cloud token without or with a wrong kind of credential.
    BareTokenOnCloud,
    /// Refused.
    TokenRefused { deployment: Deployment },
    /// Refused, and by its date it is over.
    TokenExpired { on: Date },
    /// Jira wants a person to solve a puzzle first.
    Captcha { host: String },
    /// The account is switched off.
    InactiveUser { name: String },
    /// Known, but not let in.
    TokenForbidden,
    /// The account could not be read.
    TokenUnclear { status: Option<u16> },
    /// Agile API answers.
    BoardsAvailable,
    /// No Jira Software.
    NoBoards,
    /// Boards could not be checked.
    BoardsUnknown,
    /// All permissions.
    PermissionsComplete,
    /// Some are missing: their names.
    PermissionsMissing { names: Vec<String> },
    /// Permissions could not be read.
    PermissionsUnknown,
    /// Jira takes no changes for the time being: what its administrator says about the end.
    ReadOnly { until: Option<String> },
    /// Clocks agree.
    ClockAgrees { seconds: i64 },
    /// Clocks differ: Jira minus ours.
    ClockDiffers { seconds: i64 },
    /// Jira told no time.
    ClockUnknown,
}

impl Finding {
    /// The outcome as one fixed word, for pages, support and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Reached { .. } => "reached",
            Self::AddressNotAllowed { .. } => "address_not_allowed",
            Self::AddressNeverAllowed { .. } => "address_never_allowed",
            Self::NameNotFound { .. } => "name_not_found",
            Self::ConnectionRefused { .. } => "connection_refused",
            Self::TimedOut { .. } => "timed_out",
            Self::Redirected { .. } => "redirected",
            Self::Unreachable { .. } => "unreachable",
            Self::TlsTrusted => "tls_trusted",
            Self::TlsNotUsed => "tls_not_used",
            Self::TlsUnknownAuthority { .. } => "tls_unknown_authority",
            Self::TlsWrongHost { .. } => "tls_wrong_host",
            Self::TlsExpired { .. } => "tls_expired",
            Self::TlsFailed { .. } => "tls_failed",
            Self::IsJira { .. } => "is_jira",
            Self::OtherJira { .. } => "other_jira",
            Self::JiraUnclear { .. } => "jira_unclear",
            Self::NotJira { .. } => "not_jira",
            Self::LoginPage { .. } => "login_page",
            Self::HalfAnswer { .. } => "half_answer",
            Self::Maintenance { .. } => "maintenance",
            Self::RateLimited { .. } => "rate_limited",
            Self::TypeMatches { .. } => "type_matches",
            Self::WrongType { .. } => "wrong_type",
            Self::VersionSupported { .. } => "version_supported",
            Self::VersionTooOld { .. } => "version_too_old",
            Self::VersionNotNeeded => "version_not_needed",
            Self::VersionUnknown => "version_unknown",
            Self::TokenAccepted { .. } => "token_accepted",
            Self::ScopedTokenAccepted { .. } => "scoped_token_accepted",
            Self::BareTokenOnCloud => "bare_token",
            Self::TokenRefused { .. } => "token_refused",
            Self::TokenExpired { .. } => "token_expired",
            Self::Captcha { .. } => "captcha",
            Self::InactiveUser { .. } => "inactive_user",
            Self::TokenForbidden => "token_forbidden",
            Self::TokenUnclear { .. } => "token_unclear",
            Self::BoardsAvailable => "boards_available",
            Self::NoBoards => "no_boards",
            Self::BoardsUnknown => "boards_unknown",
            Self::PermissionsComplete => "permissions_complete",
            Self::PermissionsMissing { .. } => "permissions_missing",
            Self::PermissionsUnknown => "permissions_unknown",
            Self::ReadOnly { .. } => "read_only",
            Self::ClockAgrees { .. } => "clock_agrees",
            Self::ClockDiffers { .. } => "clock_differs",
            Self::ClockUnknown => "clock_unknown",
        }
    }
}

/// The product's name of a deployment.
pub fn product_name(deployment: Deployment) -> &'static str {
    match deployment {
        Deployment::Cloud => "Jira Cloud",
        Deployment::DataCenter => "Jira Data Center",
    }
}

/// The line for a finding. `code` says at which step it was found: a time-out can meet any of them.
pub fn describe(code: CheckCode, finding: &Finding) -> Check {
    let (state, detail, next_step) = reach_text(finding)
        .or_else(|| product_text(finding))
        .or_else(|| token_text(finding))
        .unwrap_or_else(|| rights_text(finding));
    Check {
        code,
        state,
        outcome: finding.code().to_owned(),
        title: code.title().to_owned(),
        detail,
        next_step: next_step.to_owned(),
    }
}

type Text = (CheckState, String, &'static str);

/// Texts about reaching the host.
fn reach_text(finding: &Finding) -> Option<Text> {
    use CheckState::{Failed, Passed, Warned};
    Some(match finding {
        Finding::Reached { host } => (Passed, format!("{host} answers."), ""),
        Finding::AddressNotAllowed { entry } => (
            Failed,
            format!(
                "{entry} is at a private or reserved address, which this server calls only where its operator allows it: by the entry {entry} in TRACELINE_ALLOWED_HOSTS, or by its network in TRACELINE_ALLOWED_NETWORKS."
            ),
            "Ask the operator of this server for that entry, or correct the address.",
        ),
        Finding::AddressNeverAllowed { host } => (
            Failed,
            format!(
                "{host} is at an address where a cloud server keeps its own credentials, or at a link-local one. Traceline never calls those, whatever its operator allows."
            ),
            "Enter the address of your Jira.",
        ),
        Finding::NameNotFound { host } => (
            Failed,
            format!("The name {host} is not known. The name server of this machine has no address for it."),
            "Check the spelling of the Organization URL.",
        ),
        Finding::ConnectionRefused { host, port } => (
            Failed,
            format!(
                "{host} refuses connections on port {port}. Jira is not running there, or a firewall blocks this server."
            ),
            "Check the port, and that this server may reach it.",
        ),
        Finding::TimedOut { host, seconds } => (
            Failed,
            format!(
                "{host} gives no answer within {seconds} s. It is overloaded, or a firewall drops the connection."
            ),
            "Check that this server may reach Jira, then test again.",
        ),
        Finding::Redirected { host, to: Some(to) } => (
            Failed,
            format!("{host} sends callers on to {to}. The token is never sent to another address."),
            "Enter the address that Jira itself uses, without a redirect.",
        ),
        Finding::Redirected { host, to: None } => (
            Failed,
            format!("{host} answers with a redirect that names no other address."),
            "Enter the address that Jira itself uses, without a redirect.",
        ),
        Finding::Unreachable { host } => (
            Failed,
            format!("The connection to {host} broke before an answer came."),
            "Test again. If it stays, check the network between this server and Jira.",
        ),
        Finding::TlsTrusted => (Passed, "The certificate is valid and trusted.".to_owned(), ""),
        Finding::TlsNotUsed => (
            Warned,
            "The address starts with http://: the token travels unencrypted, and browsers block or upgrade what Jira serves without https.".to_owned(),
            "Switch Jira to https, then change the address.",
        ),
        Finding::TlsUnknownAuthority { host } => (
            Failed,
            format!("The certificate of {host} is signed by an authority that this server does not know."),
            "Paste the certificate of your authority (PEM) into Certificate authority.",
        ),
        Finding::TlsWrongHost { host } => (
            Failed,
            format!("The certificate is made for another name than {host}."),
            "Enter the name that stands in the certificate, or have the certificate renewed with this name.",
        ),
        Finding::TlsExpired { host } => (
            Failed,
            format!("The certificate of {host} is outside its period of validity."),
            "Have the certificate renewed, and check the clock of this server.",
        ),
        Finding::TlsFailed { host } => (
            Failed,
            format!(
                "{host} and this server agree on no secure connection. The port may speak http, or TLS older than 1.2."
            ),
            "Check scheme and port, and that Jira offers TLS 1.2 or newer.",
        ),
        _ => return None,
    })
}

/// Texts about what answers.
fn product_text(finding: &Finding) -> Option<Text> {
    use CheckState::{Failed, NotNeeded, Passed, Warned};
    let (major, minor, patch) = OLDEST_DATA_CENTER;
    Some(match finding {
        Finding::IsJira { name: Some(name) } => (Passed, format!("Jira answers as \"{name}\"."), ""),
        Finding::IsJira { name: None } => (Passed, "Jira answers.".to_owned(), ""),
        Finding::OtherJira { known, found, name } => (
            Failed,
            format!(
                "{found}{} is another Jira than {known}, whose projects are linked through this connection. Both number their work items alike, so they would be mixed up.",
                name.as_ref()
                    .map(|name| format!(" (\"{name}\")"))
                    .unwrap_or_default()
            ),
            "Make a new connection for this Jira and link its projects there. If it is the same Jira at a new address, use an account that may browse the linked projects.",
        ),
        Finding::JiraUnclear { known, found } => (
            Failed,
            format!(
                "{found} did not show whether it is {known} at a new address. The projects linked through this connection must not be mixed up with another Jira's."
            ),
            "Test again in a minute.",
        ),
        Finding::NotJira { host } => (
            Failed,
            format!("{host} answers, but not as Jira."),
            "Check the address. If Jira runs under a path such as /jira, include it.",
        ),
        Finding::LoginPage { host } => (
            Failed,
            format!(
                "{host} answers with a web page instead of data. A sign-in page or a proxy stands before Jira."
            ),
            "Let this server reach the path /rest without the sign-in page, or enter Jira's own address.",
        ),
        Finding::HalfAnswer { host } => (
            Failed,
            format!("The answer of {host} stops in the middle."),
            "Test again. If it stays, look at the proxy before Jira.",
        ),
        Finding::Maintenance { status } => (
            Failed,
            format!("Jira is not available now (HTTP {status}). It is starting, or under maintenance."),
            "Test again when Jira is back.",
        ),
        Finding::RateLimited {
            seconds: Some(seconds),
        } => (
            Failed,
            format!("Jira limits the requests of this account (HTTP 429) and asks to wait {seconds} s."),
            "Test again after that time.",
        ),
        Finding::RateLimited { seconds: None } => (
            Failed,
            "Jira limits the requests of this account (HTTP 429).".to_owned(),
            "Test again in a minute.",
        ),
        Finding::TypeMatches { deployment } => (Passed, format!("It is {}.", product_name(*deployment)), ""),
        Finding::WrongType {
            found: Deployment::Cloud,
        } => (
            Failed,
            "The address belongs to Jira Cloud, and the type is Jira Data Center.".to_owned(),
            "Switch the type to Jira Cloud, and enter the account's email and an API token.",
        ),
        Finding::WrongType {
            found: Deployment::DataCenter,
        } => (
            Failed,
            "The address belongs to Jira Data Center, and the type is Jira Cloud.".to_owned(),
            "Switch the type to Jira Data Center, and enter a personal access token.",
        ),
        Finding::VersionSupported { version } => (Passed, format!("Version {version}."), ""),
        Finding::VersionTooOld { version } => (
            Failed,
            format!("This Jira has version {version}. Traceline needs {major}.{minor}.{patch} or newer."),
            "Upgrade Jira, then test again.",
        ),
        Finding::VersionNotNeeded => (NotNeeded, "Jira Cloud is always current.".to_owned(), ""),
        Finding::VersionUnknown => (
            Warned,
            "Jira does not tell its version.".to_owned(),
            "Check in Jira that it is 10.6.1 or newer.",
        ),
        _ => return None,
    })
}

/// Texts about the token.
fn token_text(finding: &Finding) -> Option<Text> {
    use CheckState::{Failed, Passed};
    Some(match finding {
        Finding::TokenAccepted { name } => (Passed, format!("Jira accepts the token of {name}."), ""),
        Finding::ScopedTokenAccepted { name } => {
            (Passed, format!("Jira accepts the scoped token of {name}. Calls go through Atlassian's gateway."), "")
        }
        Finding::BareTokenOnCloud => (
            Failed,
            "Jira Cloud does not take a token on its own (HTTP 403).".to_owned(),
            "Enter the email of the account that made the API token.",
        ),
        Finding::TokenRefused { deployment: Deployment::Cloud } => (
            Failed,
            "Jira refuses the email and API token (HTTP 401). One of them is wrong, or the token is revoked or expired: Jira does not say which.".to_owned(),
            "Check the email, or make a new API token in your Atlassian account and enter it.",
        ),
        Finding::TokenRefused { deployment: Deployment::DataCenter } => (
            Failed,
            "Jira refuses the personal access token (HTTP 401). It is wrong, revoked or expired: Jira does not say which.".to_owned(),
            "Make a new personal access token in your Jira profile and enter it.",
        ),
        Finding::TokenExpired { on } => (
            Failed,
            format!("Jira refuses the token (HTTP 401), and by the date entered here it expired on {}.", format_date(*on)),
            "Make a new token in Jira, and enter it with its own expiry date.",
        ),
        Finding::Captcha { host } => (
            Failed,
            format!("Jira has locked automatic sign-in for this account after failed attempts. {host} asks for a CAPTCHA."),
            "Sign in to Jira once in a browser and solve the CAPTCHA, then test again.",
        ),
        Finding::InactiveUser { name } => (
            Failed,
            format!("The account {name} is deactivated in Jira."),
            "Activate the account in Jira, or use the token of another account.",
        ),
        Finding::TokenForbidden => (
            Failed,
            "Jira knows the token but does not let the account in (HTTP 403).".to_owned(),
            "Give the account access to Jira, then test again.",
        ),
        Finding::TokenUnclear { status: Some(status) } => (
            Failed,
            format!("Jira does not say whose token this is (HTTP {status})."),
            "Test again. If it stays, try the token in Jira itself.",
        ),
        Finding::TokenUnclear { status: None } => (
            Failed,
            "Jira does not say whose token this is.".to_owned(),
            "Test again. If it stays, try the token in Jira itself.",
        ),
        _ => return None,
    })
}

/// Texts about rights, boards and clocks.
fn rights_text(finding: &Finding) -> Text {
    use CheckState::{Passed, Warned};
    match finding {
        Finding::BoardsAvailable => (Passed, "Jira Software answers.".to_owned(), ""),
        Finding::NoBoards => (
            Warned,
            "Jira Software does not answer for this account: boards and sprints are not available."
                .to_owned(),
            "Give the account access to Jira Software, or go on without sprints.",
        ),
        Finding::PermissionsComplete => (
            Passed,
            "The account has every permission that Traceline uses.".to_owned(),
            "",
        ),
        Finding::PermissionsMissing { names } if names.iter().any(|name| name == BROWSE.1) => (
            Warned,
            "Signed in, but this account can browse no project, so nothing can be read or synced.".to_owned(),
            "Ask a Jira administrator to give the account Browse Projects, then test again.",
        ),
        Finding::PermissionsMissing { names } => (
            Warned,
            format!(
                "Missing: {}. The features that need them are blocked, the rest works.",
                names.join(", ")
            ),
            "Ask a Jira administrator for the permissions of the features that you want.",
        ),
        Finding::PermissionsUnknown => (
            Warned,
            "Jira does not tell the permissions of this account.".to_owned(),
            "Test again later.",
        ),
        Finding::ReadOnly { until } => (
            Warned,
            format!(
                "Jira is in read-only mode for maintenance{}. Reading and syncing work; creating bugs, comments and the webhook do not.",
                until
                    .as_ref()
                    .map(|until| format!(" until {until}"))
                    .unwrap_or_default()
            ),
            "Go on, and test again when the maintenance is over: only then Jira tells all permissions.",
        ),
        Finding::ClockAgrees { seconds } => (
            Passed,
            format!("Jira's clock and this server's differ by {} s.", seconds.abs()),
            "",
        ),
        Finding::ClockDiffers { seconds } => (
            Warned,
            format!(
                "Jira's clock is {} s {} this server's. Times on pages and sync windows shift by that much.",
                seconds.abs(),
                if *seconds > 0 { "ahead of" } else { "behind" }
            ),
            "Synchronise the clocks of both servers with a time server.",
        ),
        Finding::ClockUnknown => (
            Warned,
            "Jira does not tell its time.".to_owned(),
            "Check the clock of the Jira server.",
        ),
        _ => (
            Warned,
            "Jira Software could not be checked.".to_owned(),
            "Test again later.",
        ),
    }
}

#[cfg(test)]
#[path = "connection_outcome_tests.rs"]
mod tests;
