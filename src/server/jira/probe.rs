//! The connection test.
//!
//! Asks in order, each question only if the one before was answered, within ten seconds in all and
//! without repeating: a wrong token must not be tried into a lock-out. It never saves anything. Can go
//! wrong: Jira answers the first questions slowly; what was not reached is said so.

use std::time::{Duration, Instant};

use jiff::civil::Date;
use secrecy::SecretString;
use url::Url;

use super::client::{Credential, JiraClient, Site, build_url};
use super::common::Identity;
use super::error::{JiraError, LoginReason};
use super::witnesses;
use crate::domain::connection_report::{
    CLOCK_TOLERANCE_SECS, Check, CheckCode, ConnectionReport, Finding, ReportIdentity, Verdict, assemble,
    describe, is_supported_version, list_features, list_permissions,
};
use crate::domain::jira::Deployment;
use crate::domain::jira_identity::{JiraIdentity, KnownJira, Recognition, weigh};
use crate::domain::organization_url::{MAX_URL, display_url};
use crate::server::outbound::{OutboundClient, OutboundError, TlsProblem};

/// Time for the whole test.
pub const TEST_LIMIT: Duration = Duration::from_secs(10);

/// Time for each question whose answer is good to have and not needed.
const EXTRA_LIMIT: Duration = Duration::from_secs(2);
/// Time that is left at least before one is asked.
const EXTRA_MARGIN: Duration = Duration::from_millis(250);

/// What the form holds.
#[derive(Clone, Debug)]
pub struct ConnectionInput {
    /// Chosen type.
    pub deployment: Deployment,
    /// Organization URL, already parsed and trimmed.
    pub site_url: Url,
    /// Account email; Cloud only.
    pub email: Option<String>,
    /// API token or personal access token.
    pub token: SecretString,
    /// The day on which the token ended, if its date is over: Jira itself does not tell an expired token from a
    /// wrong one.
    pub expired_on: Option<Date>,
    /// The Jira whose projects are linked through the connection: another one fails the test.
    pub known: Option<KnownJira>,
}

/// Tests a connection within [`TEST_LIMIT`]; `outbound` already trusts the connection's authority.
/// Never fails itself: what goes wrong is in the report.
pub async fn test_connection(outbound: &OutboundClient, input: &ConnectionInput) -> ConnectionReport {
    test_connection_within(outbound, input, TEST_LIMIT).await
}

/// The same within another time.
pub async fn test_connection_within(
    outbound: &OutboundClient,
    input: &ConnectionInput,
    limit: Duration,
) -> ConnectionReport {
    let credential = match input.deployment {
        Deployment::Cloud => Credential::Cloud {
            email: input.email.clone().unwrap_or_default(),
            token: input.token.clone(),
        },
        Deployment::DataCenter => Credential::DataCenter {
            token: input.token.clone(),
        },
    };
    let site = Site {
        deployment: input.deployment,
        site_url: input.site_url.clone(),
        api_base: input.site_url.clone(),
        credential,
    };
    let mut probe = Probe {
        outbound,
        host: input.site_url.host_str().unwrap_or_default().to_owned(),
        until: Instant::now() + limit,
        limit,
        site,
        known: input.known.as_ref(),
        expired_on: input.expired_on,
        step: CheckCode::Reachable,
        checks: Vec::new(),
        report: empty_report(),
        name: None,
    };
    if tokio::time::timeout(limit, probe.run()).await.is_err() {
        let finding = Finding::TimedOut {
            host: probe.host.clone(),
            seconds: limit.as_secs(),
        };
        probe.note(probe.step, &finding);
    }
    let (verdict, checks) = assemble(probe.checks);
    ConnectionReport {
        verdict,
        checks,
        ..probe.report
    }
}

fn empty_report() -> ConnectionReport {
    ConnectionReport {
        verdict: Verdict::Failed,
        checks: Vec::new(),
        identity: None,
        product: None,
        version: None,
        server_time_skew_secs: None,
        api_base: None,
        cloud_id: None,
        base_url: None,
        token_expires: None,
        permissions: Vec::new(),
        features: Vec::new(),
    }
}

struct Probe<'a> {
    outbound: &'a OutboundClient,
    host: String,
    until: Instant,
    limit: Duration,
    site: Site,
    known: Option<&'a KnownJira>,
    expired_on: Option<Date>,
    /// The check that is being made, for a time-out in the middle of it.
    step: CheckCode,
    checks: Vec<Check>,
    report: ConnectionReport,
    /// Name of the site, as it tells it.
    name: Option<String>,
}

impl Probe<'_> {
    fn note(&mut self, code: CheckCode, finding: &Finding) {
        let check = describe(code, finding);
        self.checks.retain(|known| known.code != code);
        self.checks.push(check);
    }

    /// A client whose calls end with the test, tried once each.
    fn client(&self) -> JiraClient {
        let left = self
            .until
            .saturating_duration_since(Instant::now())
            .max(Duration::from_millis(1));
        JiraClient::new(self.outbound.clone(), self.site.clone()).with_limits(1, left)
    }

    /// All checks; ends early at the first that stops the rest.
    async fn run(&mut self) {
        if self.check_product().await.is_none()
            || self.check_token().await.is_none()
            || self.check_known().await.is_none()
        {
            return;
        }
        self.check_boards().await;
        self.check_permissions().await;
        if self.site.deployment == Deployment::DataCenter {
            let client = self.client();
            if let Some(Some(end)) = self.ask_extra(client.find_token_end()).await {
                self.report.token_expires = Some(end.to_string());
            }
        }
    }

    /// An answer that is not needed: silence, a refusal or no time left is none.
    async fn ask_extra<T>(&self, question: impl Future<Output = Result<T, JiraError>>) -> Option<T> {
        let left = self.until.saturating_duration_since(Instant::now());
        let limit = left.checked_sub(EXTRA_MARGIN)?.min(EXTRA_LIMIT);
        tokio::time::timeout(limit, question).await.ok()?.ok()
    }

    /// Reachable, TLS, Jira, type, version, clock: all from one public answer.
    async fn check_product(&mut self) -> Option<()> {
        let client = self.client();
        let info = match client.server_info().await {
            Ok(info) => info,
            Err(error) => {
                self.note_failed_reach(&error);
                return None;
            }
        };
        self.note_reached();
        self.note(
            CheckCode::IsJira,
            &Finding::IsJira {
                name: info.title.clone(),
            },
        );
        self.report.product = Some(info.deployment);
        self.report.version.clone_from(&info.version);
        self.report.base_url = Some(info.base_url).filter(|base| (1..=MAX_URL).contains(&base.len()));
        self.name.clone_from(&info.title);
        self.check_clock(client.now(), info.server_time);
        if info.deployment != self.site.deployment {
            self.note(
                CheckCode::Deployment,
                &Finding::WrongType {
                    found: info.deployment,
                },
            );
            return None;
        }
        self.note(
            CheckCode::Deployment,
            &Finding::TypeMatches {
                deployment: info.deployment,
            },
        );
        let version = info.version.clone().unwrap_or_default();
        let finding = match info.deployment {
            Deployment::Cloud => Finding::VersionNotNeeded,
            Deployment::DataCenter if info.version_numbers.is_empty() => Finding::VersionUnknown,
            Deployment::DataCenter if is_supported_version(&info.version_numbers) => {
                Finding::VersionSupported { version }
            }
            Deployment::DataCenter => Finding::VersionTooOld { version },
        };
        self.note(CheckCode::Version, &finding);
        (!matches!(finding, Finding::VersionTooOld { .. })).then_some(())
    }

    fn note_reached(&mut self) {
        let host = self.host.clone();
        self.note(CheckCode::Reachable, &Finding::Reached { host });
        let tls = if self.site.site_url.scheme() == "https" {
            Finding::TlsTrusted
        } else {
            Finding::TlsNotUsed
        };
        self.note(CheckCode::Tls, &tls);
        self.step = CheckCode::Token;
    }

    fn check_clock(&mut self, now: jiff::Timestamp, server_time: Option<jiff::Timestamp>) {
        let finding = match server_time.map(|time| time.as_second().saturating_sub(now.as_second())) {
            None => Finding::ClockUnknown,
            Some(seconds) => {
                self.report.server_time_skew_secs = Some(seconds);
                if seconds.abs() <= CLOCK_TOLERANCE_SECS {
                    Finding::ClockAgrees { seconds }
                } else {
                    Finding::ClockDiffers { seconds }
                }
            }
        };
        self.note(CheckCode::Clock, &finding);
    }

    /// Sorts the first failure under the check that it belongs to.
    fn note_failed_reach(&mut self, error: &JiraError) {
        let host = self.host.clone();
        if let JiraError::Outbound(outbound) = error {
            let (code, finding) = describe_outbound(outbound, &self.site.site_url, host, self.limit);
            if code == CheckCode::Tls {
                let host = self.host.clone();
                self.note(CheckCode::Reachable, &Finding::Reached { host });
            } else if code == CheckCode::IsJira {
                self.note_reached();
            }
            self.note(code, &finding);
            return;
        }
        self.note_reached();
        let finding = match error {
            JiraError::LoginPage => Finding::LoginPage { host },
            JiraError::Truncated => Finding::HalfAnswer { host },
            JiraError::RateLimited { retry_after } => Finding::RateLimited {
                seconds: retry_after.map(|time| time.as_secs()),
            },
            JiraError::Unavailable { status, .. } => Finding::Maintenance { status: *status },
            JiraError::Unauthorized {
                login_reason: Some(LoginReason::Captcha),
            } => Finding::Captcha { host },
            JiraError::Unauthorized { .. } => self.describe_401(),
            JiraError::ConnectBearer403 => Finding::BareTokenOnCloud,
            _ => Finding::NotJira { host },
        };
        // What is about the token is said there: the address is right.
        let about_token = matches!(
            finding,
            Finding::Captcha { .. }
                | Finding::TokenRefused { .. }
                | Finding::TokenExpired { .. }
                | Finding::BareTokenOnCloud
        );
        self.note(
            if about_token {
                CheckCode::Token
            } else {
                CheckCode::IsJira
            },
            &finding,
        );
    }

    async fn check_token(&mut self) -> Option<()> {
        self.step = CheckCode::Token;
        let is_cloud = self.site.deployment == Deployment::Cloud;
        if is_cloud
            && matches!(&self.site.credential, Credential::Cloud { email, .. } if email.trim().is_empty())
        {
            self.note(CheckCode::Token, &Finding::BareTokenOnCloud);
            return None;
        }
        let (result, scoped) = match self.client().myself().await {
            Err(JiraError::Unauthorized { login_reason })
                if is_cloud && login_reason != Some(LoginReason::Captcha) =>
            {
                match self.try_gateway().await {
                    Some(identity) => (Ok(identity), true),
                    None => (Err(JiraError::Unauthorized { login_reason }), false),
                }
            }
            result => (result, false),
        };
        let finding = match result {
            Ok(Identity {
                active: false,
                display_name,
                ..
            }) => Finding::InactiveUser { name: display_name },
            Ok(identity) => {
                let name = identity.display_name.clone();
                self.report.identity = Some(ReportIdentity {
                    id: identity.id,
                    display_name: identity.display_name,
                    email: identity.email,
                });
                self.report.api_base = Some(self.site.api_base.to_string());
                if scoped {
                    Finding::ScopedTokenAccepted { name }
                } else {
                    Finding::TokenAccepted { name }
                }
            }
            Err(error) => self.describe_refusal(&error),
        };
        self.note(CheckCode::Token, &finding);
        self.report.identity.as_ref().map(|_| ())
    }

    fn describe_401(&self) -> Finding {
        match self.expired_on {
            Some(on) => Finding::TokenExpired { on },
            None => Finding::TokenRefused {
                deployment: self.site.deployment,
            },
        }
    }

    fn describe_refusal(&self, error: &JiraError) -> Finding {
        let host = self.host.clone();
        match error {
            JiraError::Unauthorized {
                login_reason: Some(LoginReason::Captcha),
            } => Finding::Captcha { host },
            JiraError::Unauthorized { .. } => self.describe_401(),
            JiraError::ConnectBearer403 => Finding::BareTokenOnCloud,
            JiraError::Forbidden { .. } => Finding::TokenForbidden,
            JiraError::LoginPage => Finding::LoginPage { host },
            JiraError::NotJira { .. } => Finding::NotJira { host },
            JiraError::Truncated => Finding::HalfAnswer { host },
            JiraError::RateLimited { retry_after } => Finding::RateLimited {
                seconds: retry_after.map(|time| time.as_secs()),
            },
            JiraError::Unavailable { status, .. } => Finding::Maintenance { status: *status },
            JiraError::Outbound(outbound) => {
                describe_outbound(outbound, &self.site.site_url, host, self.limit).1
            }
            JiraError::Unexpected { status, .. } | JiraError::NotJson { status } => Finding::TokenUnclear {
                status: Some(*status),
            },
            JiraError::NotFound { .. } => Finding::TokenUnclear { status: Some(404) },
            _ => Finding::TokenUnclear { status: None },
        }
    }

    /// Whether it is the Jira whose projects are linked. Asked last of what can stop the test, because
    /// the account has to see the linked projects.
    async fn check_known(&mut self) -> Option<()> {
        self.step = CheckCode::IsJira;
        if self.site.deployment == Deployment::Cloud && self.report.cloud_id.is_none() {
            self.report.cloud_id = self.client().tenant_cloud_id().await.ok();
        }
        let Some(known) = self.known else { return Some(()) };
        let found = JiraIdentity {
            deployment: self.site.deployment,
            cloud_id: self.report.cloud_id.clone(),
            base_url: self.report.base_url.as_deref().and_then(|base| base.parse().ok()),
        };
        let recognition = match known.compare(&self.site.site_url, &found) {
            Some(recognition) => recognition,
            None => weigh(&witnesses::hear(&self.client(), &known.witnesses).await),
        };
        let (known, found) = (display_url(&known.address), display_url(&self.site.site_url));
        let finding = match recognition {
            Recognition::Same => return Some(()),
            Recognition::Other => Finding::OtherJira {
                known,
                found,
                name: self.name.clone(),
            },
            Recognition::Unclear => Finding::JiraUnclear { known, found },
        };
        self.note(CheckCode::IsJira, &finding);
        None
    }

    /// A scoped token is refused at the site and accepted at the gateway. Keeps the gateway on success.
    async fn try_gateway(&mut self) -> Option<Identity> {
        let cloud_id = self.client().tenant_cloud_id().await.ok()?;
        let site_base = self.site.api_base.clone();
        self.site.api_base = build_url(
            &self.outbound.policy().cloud_gateway,
            &["ex", "jira", &cloud_id],
            &[],
        );
        let Ok(identity) = self.client().myself().await else {
            self.site.api_base = site_base;
            return None;
        };
        self.report.cloud_id = Some(cloud_id);
        Some(identity)
    }

    async fn check_boards(&mut self) {
        self.step = CheckCode::Boards;
        let finding = match self.client().get_agile(&["board"], &[("maxResults", "1")]).await {
            Ok(_) => Finding::BoardsAvailable,
            Err(
                JiraError::Forbidden { .. } | JiraError::NotFound { .. } | JiraError::Unauthorized { .. },
            ) => Finding::NoBoards,
            Err(_) => Finding::BoardsUnknown,
        };
        self.note(CheckCode::Boards, &finding);
    }

    async fn check_permissions(&mut self) {
        self.step = CheckCode::Permissions;
        let finding = match self.client().my_permissions(None).await {
            Err(_) => Finding::PermissionsUnknown,
            Ok(granted) => {
                self.report.permissions = list_permissions(|key| granted.get(key).copied().unwrap_or(false));
                self.report.features = list_features(&self.report.permissions, None);
                let missing = self
                    .report
                    .permissions
                    .iter()
                    .filter(|permission| !permission.granted);
                let names: Vec<String> = missing.map(|permission| permission.name.clone()).collect();
                if names.is_empty() {
                    Finding::PermissionsComplete
                } else {
                    Finding::PermissionsMissing { names }
                }
            }
        };
        // In read-only mode Jira takes away every permission to write: nobody can be asked to grant them.
        let may_be_read_only = self.site.deployment == Deployment::DataCenter && self.report.can_browse();
        let mode = if may_be_read_only {
            self.ask_extra(self.client().find_read_only()).await.flatten()
        } else {
            None
        };
        let finding = mode.map_or(finding, |until| Finding::ReadOnly {
            until: Some(until).filter(|until| !until.is_empty()),
        });
        self.note(CheckCode::Permissions, &finding);
    }
}

/// Which check a failed connection belongs to, and how it is told.
pub(super) fn describe_outbound(
    error: &OutboundError,
    site: &Url,
    host: String,
    limit: Duration,
) -> (CheckCode, Finding) {
    match error {
        OutboundError::AddressNotAllowed { never: true, .. } => {
            (CheckCode::Reachable, Finding::AddressNeverAllowed { host })
        }
        OutboundError::AddressNotAllowed { .. } | OutboundError::UrlNotAllowed => {
            let entry = match site.port_or_known_default() {
                Some(port) => format!("{host}:{port}"),
                None => host,
            };
            (CheckCode::Reachable, Finding::AddressNotAllowed { entry })
        }
        OutboundError::NameNotFound { .. } => (CheckCode::Reachable, Finding::NameNotFound { host }),
        OutboundError::Refused { port, .. } => (
            CheckCode::Reachable,
            Finding::ConnectionRefused { host, port: *port },
        ),
        OutboundError::TimedOut { after, .. } => (
            CheckCode::Reachable,
            Finding::TimedOut {
                host,
                seconds: (*after).min(limit).as_secs().max(1),
            },
        ),
        OutboundError::Tls { problem, .. } => {
            let finding = match problem {
                TlsProblem::UnknownAuthority => Finding::TlsUnknownAuthority { host },
                TlsProblem::WrongHost => Finding::TlsWrongHost { host },
                TlsProblem::Expired => Finding::TlsExpired { host },
                TlsProblem::Other => Finding::TlsFailed { host },
            };
            (CheckCode::Tls, finding)
        }
        OutboundError::Redirect { to_host, .. } => (
            CheckCode::IsJira,
            Finding::Redirected {
                host,
                to: to_host.clone(),
            },
        ),
        OutboundError::TooLarge { .. } => (CheckCode::IsJira, Finding::NotJira { host }),
        OutboundError::Truncated { .. } => (CheckCode::IsJira, Finding::HalfAnswer { host }),
        OutboundError::Other { .. } | OutboundError::BadCertificateAuthority => {
            (CheckCode::Reachable, Finding::Unreachable { host })
        }
    }
}
