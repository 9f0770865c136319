//! What a connection test found, and every word it says about it.
//!
//! Filled in by `server::jira::probe`, kept beside the connection, shown on the form. All texts are
//! made here by pure functions from a [`Finding`], so that page, API and status speak alike and a
//! table test can hold each of them. It must never contain a token, a response body or an address
//! that the reader did not type. Can go wrong: a finding without a text of its own; the test walks
//! them all.

use serde::{Deserialize, Serialize};

use crate::domain::connection_rights::BROWSE;
pub use crate::domain::connection_rights::{
    FeatureCheck, PERMISSIONS, PermissionCheck, list_features, list_permissions, needed_for,
};
use crate::domain::jira::Deployment;

/// The oldest supported Data Center.
pub const OLDEST_DATA_CENTER: (u32, u32, u32) = (10, 6, 1);

/// Seconds of clock difference that are reported as a warning.
pub const CLOCK_TOLERANCE_SECS: i64 = 120;

/// The result in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything works.
    Passed,
    /// It can be saved, some features are blocked.
    PassedWithLimits,
    /// It cannot be saved.
    Failed,
}

/// What was checked, in the order of checking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckCode {
    /// The host answers.
    Reachable,
    /// The certificate holds.
    Tls,
    /// The answer is Jira's.
    IsJira,
    /// It is the type that was chosen.
    Deployment,
    /// It is new enough.
    Version,
    /// The token is accepted.
    Token,
    /// Jira Software answers.
    Boards,
    /// The account has the rights.
    Permissions,
    /// Both clocks agree.
    Clock,
}

impl CheckCode {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Reachable,
        Self::Tls,
        Self::IsJira,
        Self::Deployment,
        Self::Version,
        Self::Token,
        Self::Boards,
        Self::Permissions,
        Self::Clock,
    ];

    /// Its name on the page.
    pub fn title(self) -> &'static str {
        match self {
            Self::Reachable => "Address reachable",
            Self::Tls => "Secure connection",
            Self::IsJira => "Jira answers",
            Self::Deployment => "Type of Jira",
            Self::Version => "Version",
            Self::Token => "Token accepted",
            Self::Boards => "Boards and sprints",
            Self::Permissions => "Permissions",
            Self::Clock => "Clock difference",
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Good.
    Passed,
    /// Stops the connection.
    Failed,
    /// Limits the connection.
    Warned,
    /// Does not apply here.
    NotNeeded,
    /// An earlier check stopped the test.
    NotReached,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which check.
    pub code: CheckCode,
    /// How it ended.
    pub state: CheckState,
    /// Name of the check.
    pub title: String,
    /// What happened and why.
    pub detail: String,
    /// What to do; empty when nothing is to be done.
    pub next_step: String,
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportIdentity {
    /// `accountId` on Cloud, `key` on Data Center.
    pub id: String,
    /// Display name.
    pub display_name: String,
    /// Email, where Jira tells it.
    pub email: Option<String>,
}

/// The whole result of a connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionReport {
    /// The result in one word.
    pub verdict: Verdict,
    /// All nine checks, in order.
    pub checks: Vec<Check>,
    /// Whose token it is; absent until the token is accepted.
    pub identity: Option<ReportIdentity>,
    /// What answered, if it is Jira: its real deployment, even if another was chosen.
    pub product: Option<Deployment>,
    /// Version as Jira writes it.
    pub version: Option<String>,
    /// Jira's clock minus ours, in seconds.
    pub server_time_skew_secs: Option<i64>,
    /// Address that the API is called at (Atlassian's gateway for a scoped token); save it.
    pub api_base: Option<String>,
    /// Cloud id of the site, as far as it tells it; save it.
    pub cloud_id: Option<String>,
    /// Address that Jira calls its own; save it.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Permissions, in a fixed order; empty until the token is accepted.
    pub permissions: Vec<PermissionCheck>,
    /// Features, in a fixed order; empty until the token is accepted.
    pub features: Vec<FeatureCheck>,
}

impl ConnectionReport {
    /// The check with this code; every report made by [`assemble`] has each of them.
    pub fn find_check(&self, code: CheckCode) -> Option<&Check> {
        self.checks.iter().find(|check| check.code == code)
    }

    /// Whether the account can browse any project, as far as Jira tells. Without it nothing works, though
    /// the token is good.
    pub fn can_browse(&self) -> bool {
        !self
            .permissions
            .iter()
            .any(|permission| permission.key == BROWSE.0 && !permission.granted)
    }

    /// The first failed check: the reason of the whole failure.
    pub fn find_failure(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.state == CheckState::Failed)
    }
}

/// Checks in two parts: what needs attention (failed, limited), and what is well, not needed or not reached.
pub fn sort_checks(checks: &[Check]) -> (Vec<&Check>, Vec<&Check>) {
    checks
        .iter()
        .partition(|check| matches!(check.state, CheckState::Failed | CheckState::Warned))
}

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
    /// Clocks agree.
    ClockAgrees { seconds: i64 },
    /// Clocks differ: Jira minus ours.
    ClockDiffers { seconds: i64 },
    /// Jira told no time.
    ClockUnknown,
}

/// The product's name of a deployment.
pub fn product_name(deployment: Deployment) -> &'static str {
    match deployment {
        Deployment::Cloud => "Jira Cloud",
        Deployment::DataCenter => "Jira Data Center",
    }
}

/// A line saying that an earlier check stopped the test.
pub fn not_reached(code: CheckCode) -> Check {
    Check {
        code,
        state: CheckState::NotReached,
        title: code.title().to_owned(),
        detail: "Not checked: an earlier check failed.".to_owned(),
        next_step: String::new(),
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
            "Jira refuses the email and API token (HTTP 401). One of them is wrong, or the token has expired.".to_owned(),
            "Check the email, or make a new API token in your Atlassian account and enter it.",
        ),
        Finding::TokenRefused { deployment: Deployment::DataCenter } => (
            Failed,
            "Jira refuses the personal access token (HTTP 401). It is wrong, revoked or expired.".to_owned(),
            "Make a new personal access token in your Jira profile and enter it.",
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

/// Whether a Data Center version is new enough. Missing numbers count as 0.
pub fn is_supported_version(numbers: &[u32]) -> bool {
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
    (at(0), at(1), at(2)) >= OLDEST_DATA_CENTER
}

/// Puts the lines into order, fills what was not reached, and gives the verdict.
pub fn assemble(mut checks: Vec<Check>) -> (Verdict, Vec<Check>) {
    for code in CheckCode::ALL {
        if !checks.iter().any(|check| check.code == code) {
            checks.push(not_reached(code));
        }
    }
    checks.sort_by_key(|check| check.code);
    let any = |state| checks.iter().any(|check| check.state == state);
    let verdict = if any(CheckState::Failed) || any(CheckState::NotReached) {
        Verdict::Failed
    } else if any(CheckState::Warned) {
        Verdict::PassedWithLimits
    } else {
        Verdict::Passed
    };
    (verdict, checks)
}

#[cfg(test)]
#[path = "connection_report_tests.rs"]
mod tests;
