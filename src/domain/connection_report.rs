//! What a connection test found: its checks in order, and the verdict.
//!
//! Filled in by `server::jira::probe`, kept beside the connection, shown on the form. The words of each
//! check are those of its [`Finding`]. It must never contain a token, a response body or an address
//! that the reader did not type.

use serde::{Deserialize, Serialize};

pub use crate::domain::connection_outcome::{Finding, describe, product_name};
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
    /// What was found, as one fixed word: see [`Finding::code`]. Empty in reports of before there was one.
    #[serde(default)]
    pub outcome: String,
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
    /// Day on which the token ends, `YYYY-MM-DD`, where Jira tells it; save it.
    #[serde(default)]
    pub token_expires: Option<String>,
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

    /// The type that was not chosen, if it is the one that answers.
    pub fn other_type(&self) -> Option<Deployment> {
        let check = self.find_check(CheckCode::Deployment)?;
        self.product.filter(|_| check.state == CheckState::Failed)
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

/// A line saying that an earlier check stopped the test.
pub fn not_reached(code: CheckCode) -> Check {
    Check {
        code,
        state: CheckState::NotReached,
        outcome: "not_reached".to_owned(),
        title: code.title().to_owned(),
        detail: "Not checked: an earlier check failed.".to_owned(),
        next_step: String::new(),
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
