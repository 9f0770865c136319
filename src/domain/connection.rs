//! A connection: what its form may hold, and the states it can be in.
//!
//! [`parse_connection`] turns form text into a [`ConnectionInput`] or says field by field what is
//! wrong. The token goes through [`TokenText`], which no `Debug`, error or JSON shows. Whether a stored
//! token may be kept is decided by [`same_target`] alone.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

pub use crate::domain::organization_url::{
    UrlNotice, UrlProblem, display_url, parse_organization_url, same_target,
};
use crate::domain::{
    dates::format_date,
    field_error::{FieldErrors, Validated},
    jira::Deployment,
    mapping::Tone,
    text::{MAX_DESCRIPTION, parse_connection_name, parse_description, parse_email},
};

/// Form names of the fields, shared by page, server function and error summary.
pub mod fields {
    /// Integration name.
    pub const NAME: &str = "name";
    /// Type.
    pub const DEPLOYMENT: &str = "deployment";
    /// Organization URL.
    pub const URL: &str = "url";
    /// Account email.
    pub const EMAIL: &str = "email";
    /// Token.
    pub const TOKEN: &str = "token";
    /// Token expiry.
    pub const TOKEN_EXPIRES: &str = "token_expires";
    /// Description.
    pub const DESCRIPTION: &str = "description";
    /// Certificate authority.
    pub const CA_PEM: &str = "ca_pem";
}

/// Longest token that is taken, in bytes: Jira's are far below.
pub const MAX_TOKEN: usize = 2048;
/// Longest certificate authority, in bytes.
pub const MAX_CA_PEM: usize = 64 * 1024;

/// A token as typed. Never printed, never serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

impl TokenText {
    /// The token, for sealing or for the request.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenText(..)")
    }
}

/// The form as it was sent.
#[derive(Clone, Default)]
pub struct ConnectionForm {
    /// Integration name.
    pub name: String,
    /// Type: `cloud` or `data_center`.
    pub deployment: String,
    /// Organization URL.
    pub url: String,
    /// Account email, Cloud only.
    pub email: String,
    /// Token; empty keeps a stored one.
    pub token: String,
    /// Token expiry as `YYYY-MM-DD` or empty.
    pub token_expires: String,
    /// Description.
    pub description: String,
    /// Certificate authority as PEM or empty, Data Center only.
    pub ca_pem: String,
}

impl fmt::Debug for ConnectionForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionForm")
            .field("name", &self.name)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// A checked form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionInput {
    /// Integration name.
    pub name: String,
    /// Type.
    pub deployment: Deployment,
    /// Base address, without trailing slash except for an empty path.
    pub url: Url,
    /// What was changed about the address or stays a risk.
    pub url_notices: Vec<UrlNotice>,
    /// Account email; always there on Cloud, never on Data Center.
    pub email: Option<String>,
    /// A newly typed token; `None` keeps the stored one.
    pub token: Option<TokenText>,
    /// What was changed about the token.
    pub token_notices: Vec<TokenNotice>,
    /// Token expiry.
    pub token_expires: Option<Date>,
    /// Description.
    pub description: String,
    /// Certificate authority.
    pub ca_pem: Option<String>,
}

/// What the form is checked against.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionRules<'a> {
    /// Hosts (with port, if not 443) that the operator accepts as Cloud sites.
    pub extra_cloud_hosts: &'a [String],
    /// Today in the organization's time zone.
    pub today: Date,
    /// The form is tested, not saved: name, token expiry and description do not matter to Jira.
    pub for_test: bool,
    /// The stored connection with a sealed token; `None` for a new one.
    pub stored: Option<StoredTarget<'a>>,
}

/// Where a stored token goes, and who may answer there.
#[derive(Clone, Copy, Debug)]
pub struct StoredTarget<'a> {
    /// Deployment.
    pub deployment: Deployment,
    /// Address.
    pub url: &'a Url,
    /// Certificate authority trusted besides the usual ones.
    pub ca_pem: Option<&'a str>,
}

/// What was silently put right about a token, or looks odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenNotice {
    /// A pasted `Bearer ` in front was taken away.
    BearerRemoved,
    /// White space around it was taken away.
    Trimmed,
    /// A Cloud token that looks like a personal access token of Data Center.
    LooksLikeDataCenter,
    /// A Data Center token that looks like an API token of Cloud.
    LooksLikeCloud,
}

impl TokenNotice {
    /// Words for the form.
    pub fn label(self) -> &'static str {
        match self {
            Self::BearerRemoved => "The word Bearer in front of the token was removed.",
            Self::Trimmed => "Spaces around the token were removed.",
            Self::LooksLikeDataCenter => {
                "This looks like a personal access token of Jira Data Center. Jira Cloud needs an API token from id.atlassian.com."
            }
            Self::LooksLikeCloud => {
                "This looks like an API token of Jira Cloud. Data Center needs a personal access token from the Jira profile."
            }
        }
    }
}

impl Deployment {
    /// Stable text for storage and forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::DataCenter => "data_center",
        }
    }

    /// Words for pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cloud => "Jira Cloud",
            Self::DataCenter => "Jira Data Center",
        }
    }

    /// Words beside "Jira", as in the column of a table.
    pub fn short_label(self) -> &'static str {
        match self {
            Self::Cloud => "Cloud",
            Self::DataCenter => "Data Center",
        }
    }

    /// The deployment of a code.
    pub fn find(code: &str) -> Option<Self> {
        [Self::Cloud, Self::DataCenter]
            .into_iter()
            .find(|deployment| deployment.code() == code)
    }
}

/// Checks the whole form and reports all that is wrong at once.
///
/// # Errors
/// A message per field, in the order of the form.
pub fn parse_connection(form: &ConnectionForm, rules: ConnectionRules<'_>) -> Validated<ConnectionInput> {
    let mut errors = FieldErrors::new();
    let name = errors.take(beside_test(
        rules,
        parse_connection_name(fields::NAME, &form.name),
    ));
    let Some(deployment) = Deployment::find(form.deployment.trim()) else {
        errors.push(fields::DEPLOYMENT, "Choose Jira Cloud or Jira Data Center.");
        return Err(errors);
    };
    let url = errors.take(
        parse_organization_url(deployment, &form.url, rules.extra_cloud_hosts)
            .map_err(|problem| FieldErrors::one(fields::URL, problem.to_string())),
    );
    let email = match deployment {
        Deployment::Cloud => errors.take(parse_cloud_email(&form.email)),
        Deployment::DataCenter => None,
    };
    let ca_pem = match deployment {
        Deployment::Cloud => Some(None),
        Deployment::DataCenter => errors.take(parse_ca_pem(&form.ca_pem)),
    };
    let keeps_token = match (&rules.stored, &url) {
        (Some(stored), Some((url, _))) => {
            stored.deployment == deployment
                && same_target(stored.url, url)
                && trusts_no_more(stored.ca_pem, ca_pem.as_ref())
        }
        _ => false,
    };
    let token = errors.take(parse_token(
        deployment,
        &form.token,
        rules.stored.is_some(),
        keeps_token || url.is_none(),
    ));
    let token_expires = errors.take(beside_test(
        rules,
        parse_token_expiry(&form.token_expires, rules.today),
    ));
    let description = errors.take(beside_test(
        rules,
        parse_description(fields::DESCRIPTION, &form.description, MAX_DESCRIPTION),
    ));
    match (name, url, token, token_expires, description, ca_pem) {
        (
            Some(name),
            Some((url, url_notices)),
            Some((token, token_notices)),
            Some(token_expires),
            Some(description),
            Some(ca_pem),
        ) if errors.is_empty() => Ok(ConnectionInput {
            name,
            deployment,
            url,
            url_notices,
            email,
            token,
            token_notices,
            token_expires,
            description,
            ca_pem,
        }),
        _ => Err(errors),
    }
}

/// What a test does not ask Jira with: while testing nothing is wrong with it.
fn beside_test<T: Default>(rules: ConnectionRules<'_>, checked: Validated<T>) -> Validated<T> {
    match checked {
        Err(_) if rules.for_test => Ok(T::default()),
        checked => checked,
    }
}

fn parse_cloud_email(text: &str) -> Validated<String> {
    if text.trim().is_empty() {
        return Err(FieldErrors::one(
            fields::EMAIL,
            "The account email is missing. Jira Cloud accepts an API token only together with the email of its account.",
        ));
    }
    parse_email(fields::EMAIL, text)
}

/// Whether no other server can pose as the Jira that the token was given for: another certificate authority could
/// vouch for one. `typed` is `None` when it is not readable, which has a message of its own.
fn trusts_no_more(stored: Option<&str>, typed: Option<&Option<String>>) -> bool {
    match typed {
        Some(Some(pem)) => stored == Some(pem.as_str()),
        Some(None) | None => true,
    }
}

/// Checks a typed token. Empty is fine while a stored one can be kept.
///
/// # Errors
/// Missing, too long, with characters that no token has, or not a token but something around it.
pub fn parse_token(
    deployment: Deployment,
    text: &str,
    has_stored: bool,
    keeps_stored: bool,
) -> Validated<(Option<TokenText>, Vec<TokenNotice>)> {
    let error = |message: &str| Err(FieldErrors::one(fields::TOKEN, message));
    let mut notices = Vec::new();
    let mut token = text.trim();
    if token.len() != text.len() && !token.is_empty() {
        notices.push(TokenNotice::Trimmed);
    }
    for prefix in ["Authorization:", "Bearer "] {
        if token
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        {
            token = token[prefix.len()..].trim_start();
            if !notices.contains(&TokenNotice::BearerRemoved) {
                notices.push(TokenNotice::BearerRemoved);
            }
        }
    }
    if token.is_empty() {
        return match (has_stored, keeps_stored) {
            (true, true) => Ok((None, Vec::new())),
            (true, false) => error(
                "The address or its certificate authority changed, so the stored token is not sent there. Enter the token again.",
            ),
            (false, _) if deployment == Deployment::Cloud => {
                error("The API token is missing. Create one at id.atlassian.com under Security.")
            }
            (false, _) => error(
                "The personal access token is missing. Create one in Jira under Profile, Personal access tokens.",
            ),
        };
    }
    if token.len() > MAX_TOKEN {
        return error("This is too long for a token. Copy the token alone.");
    }
    if token
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("basic "))
    {
        return error("This is a Basic header, not a token. Enter the token itself.");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return error("A token has no spaces, line breaks or letters beyond ASCII. Copy it again.");
    }
    match deployment {
        Deployment::Cloud if looks_like_data_center_token(token) => {
            notices.push(TokenNotice::LooksLikeDataCenter);
        }
        Deployment::DataCenter if token.starts_with("ATATT") => notices.push(TokenNotice::LooksLikeCloud),
        _ => {}
    }
    Ok((Some(TokenText(token.to_owned())), notices))
}

/// Personal access tokens of Data Center are 44 characters of Base64 without padding; API tokens of
/// Cloud begin with `ATATT` or, older, have 24 characters.
fn looks_like_data_center_token(token: &str) -> bool {
    token.len() == 44
        && !token.starts_with("ATATT")
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// Reads the optional expiry date of the token.
///
/// # Errors
/// Not a date, or a day that is over.
pub fn parse_token_expiry(text: &str, today: Date) -> Validated<Option<Date>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    // The strict shape of a date control: jiff alone would take a whole timestamp too.
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    match text.parse::<Date>() {
        Ok(date) if shaped && date >= today => Ok(Some(date)),
        Ok(date) if shaped => Err(FieldErrors::one(
            fields::TOKEN_EXPIRES,
            format!(
                "The token expired on {}. Create a new one in Jira.",
                format_date(date)
            ),
        )),
        _ => Err(FieldErrors::one(
            fields::TOKEN_EXPIRES,
            "This is not a date. Enter it as year-month-day, such as 2026-11-27.",
        )),
    }
}

/// How near the end of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "days", rename_all = "snake_case")]
pub enum TokenLife {
    /// No date, or more than 14 days away.
    Fine,
    /// Days left, 0 to 14; 0 is today.
    EndsSoon(i32),
    /// Days since the end.
    Expired(i32),
}

/// How near the end is today.
pub fn token_life(expires: Option<Date>, today: Date) -> TokenLife {
    let Some(days) = expires.map(|expires| days_between(today, expires)) else {
        return TokenLife::Fine;
    };
    match days {
        ..0 => TokenLife::Expired(-days),
        0..=14 => TokenLife::EndsSoon(days),
        _ => TokenLife::Fine,
    }
}

/// Days from one day to another, negative when it lies before.
pub fn days_between(from: Date, to: Date) -> i32 {
    // Dates span at most 20,000 years: 7.3 million days.
    from.until(to).map_or(0, |span| span.get_days())
}

fn parse_ca_pem(text: &str) -> Validated<Option<String>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let error = |message: &str| Err(FieldErrors::one(fields::CA_PEM, message));
    if text.len() > MAX_CA_PEM {
        return error(
            "The certificate authority is larger than 64 KB. Enter the authority's certificates alone.",
        );
    }
    if text.contains("PRIVATE KEY") {
        return error(
            "This holds a private key. Only the certificate of the authority is needed; keep the key where it is.",
        );
    }
    if !text.contains("-----BEGIN CERTIFICATE-----") || !text.contains("-----END CERTIFICATE-----") {
        return error("This is not a PEM certificate. It begins with -----BEGIN CERTIFICATE-----.");
    }
    Ok(Some(format!("{text}\n")))
}

/// Status of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// Works.
    Active,
    /// Disconnected by a person.
    Inactive,
    /// Does not work; see the reason.
    Error,
}

impl ConnectionStatus {
    /// All values.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Error];

    /// Stable text for storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Error => "error",
        }
    }

    /// Words for pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Error => "Error",
        }
    }

    /// Colour family.
    pub fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Ok,
            Self::Inactive => Tone::Mute,
            Self::Error => Tone::Bad,
        }
    }

    /// The status of a code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident, $what:literal, $next:literal;)*) => {
        /// Why a connection has its status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum StatusReason {
            $($(#[$doc])* #[serde(rename = $code)] $variant),*
        }

        impl StatusReason {
            /// All reasons.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable text for storage.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The status that goes with it.
            pub fn status(self) -> ConnectionStatus {
                match self { $(Self::$variant => ConnectionStatus::$status),* }
            }

            /// What happened.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what),* }
            }

            /// What to do next; empty when nothing is to do.
            pub fn next_step(self) -> &'static str {
                match self { $(Self::$variant => $next),* }
            }

            /// The reason of a code.
            pub fn find(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.code() == code)
            }
        }
    };
}

reasons! {
    /// All checks passed.
    Tested = "tested", Active, "All checks passed.", "";
    /// Works, but a permission is missing.
    MissingPermissions = "missing_permissions", Active,
        "Some permissions are missing; the features that need them are off.",
        "Grant them in Jira, then test again.";
    /// Disconnected by a person.
    Disconnected = "disconnected", Inactive, "Disconnected.", "Reconnect to continue.";
    /// No answer.
    Unreachable = "unreachable", Error, "Jira does not answer.", "Check the address and the network, then test again.";
    /// The certificate is not trusted.
    Tls = "tls", Error, "The TLS certificate of Jira is not trusted.",
        "Renew the certificate, or add its authority to the integration.";
    /// Something else answers there.
    NotJira = "not_jira", Error, "The address answers, but it is not Jira.", "Check the address.";
    /// Too old.
    TooOld = "too_old", Error, "Jira is older than Data Center 10.6.1.", "Upgrade Jira, then test again.";
    /// The token is refused.
    TokenRefused = "token_refused", Error, "Jira refuses the token.", "Replace the token.";
    /// The token is over.
    TokenExpired = "token_expired", Error, "The token has expired.", "Create a new token in Jira and replace this one.";
    /// Jira fails.
    ServerError = "server_error", Error, "Jira answers with a server error.", "Wait, or ask the Jira administrator; it is tried again by itself.";
    /// The operator's rules forbid the address.
    Blocked = "blocked", Error, "The address is in a network that this server must not call.",
        "Ask the operator of Traceline to allow it.";
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
