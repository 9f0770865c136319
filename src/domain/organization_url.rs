//! The address of a Jira site: what people paste, and what it means.
//!
//! People paste whatever is in the browser's address bar. Whatever can be put right is put right with
//! a notice; the rest is refused with the reason. The result is the base of every request, so that a
//! wrong one could send the token elsewhere: user names, other schemes and unknown Cloud hosts are
//! refused here, private networks by the outbound client.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::domain::jira::Deployment;

/// Longest address, in bytes.
pub const MAX_URL: usize = 500;

/// What was put right, or stays a risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "part", rename_all = "snake_case")]
pub enum UrlNotice {
    /// `https://` was put in front.
    SchemeAdded,
    /// A part of a page's address was cut off; the part.
    Trimmed(String),
    /// Unencrypted: stays as a warning as long as the address does.
    Unencrypted,
    /// The host has letters beyond ASCII; its real name.
    Punycode(String),
}

impl UrlNotice {
    /// Words for the form.
    pub fn label(&self) -> String {
        match self {
            Self::SchemeAdded => "https:// was added in front.".to_owned(),
            Self::Trimmed(part) => format!("{part} was removed: it belongs to a page, not to the site."),
            Self::Unencrypted => {
                "http:// is not encrypted: the token travels readable, and browsers block or upgrade \
                 embedded content. Use https:// if Jira offers it."
                    .to_owned()
            }
            Self::Punycode(host) => {
                format!("The host is written {host}. Make sure that this is the site you mean.")
            }
        }
    }

    /// Whether the notice stays with the connection.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Unencrypted)
    }
}

/// Why an address is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    /// Nothing was typed.
    #[error(
        "The organization URL is empty. Enter the address of Jira, such as https://example.atlassian.net."
    )]
    Empty,
    /// Too long.
    #[error("The organization URL is longer than {MAX_URL} characters. Enter the address of the site only.")]
    TooLong,
    /// Control characters, spaces or backslashes.
    #[error("The organization URL contains a space, a backslash or a control character. Type it again.")]
    BadCharacter,
    /// Neither http nor https.
    #[error("The organization URL starts with {0}:. Enter one that starts with https://.")]
    Scheme(String),
    /// User name or password in it.
    #[error(
        "The organization URL contains a user name or password. Remove the part before the @; the token has its own field."
    )]
    UserInfo,
    /// Not an address.
    #[error("This is not a web address. Enter one such as https://jira.example.com.")]
    Invalid,
    /// Cloud without encryption.
    #[error("Jira Cloud is only reached over https://. Change http:// to https://.")]
    CloudNeedsHttps,
    /// A host that is no Cloud site.
    #[error(
        "{0} is not a Jira Cloud site; those end in .atlassian.net or .jira.com. If Jira runs on your own servers, choose Jira Data Center."
    )]
    NotCloudHost(String),
    /// A Cloud site as Data Center.
    #[error("{0} is a Jira Cloud site. Choose Jira Cloud as type.")]
    IsCloudHost(String),
    /// Atlassian's gateway, under which the site has a number instead of a name.
    #[error(
        "{0} is Atlassian's gateway for programs, not your site. Enter the address that you see when you work in Jira, such as https://example.atlassian.net; Traceline finds the gateway by itself when a scoped token needs it."
    )]
    Gateway(String),
    /// Where people manage their Atlassian account and make API tokens.
    #[error(
        "{0} is where API tokens are made, not your site. Enter the address that you see when you work in Jira, such as https://example.atlassian.net, and the token in its own field."
    )]
    AccountPage(String),
    /// Another of Atlassian's own sites.
    #[error(
        "{0} is Atlassian's own service, not your site. Enter the address that you see when you work in Jira."
    )]
    AtlassianService(String),
}

impl UrlProblem {
    /// The type of Jira that the address belongs to instead, if that is what is wrong.
    pub fn other_type(&self) -> Option<Deployment> {
        match self {
            Self::NotCloudHost(_) => Some(Deployment::DataCenter),
            Self::IsCloudHost(_) => Some(Deployment::Cloud),
            _ => None,
        }
    }
}

/// Reads an address for a deployment. `extra_cloud_hosts` are the operator's further Cloud hosts,
/// each `host` (port 443) or `host:port`.
///
/// # Errors
/// The reason why the address is refused.
pub fn parse_organization_url(
    deployment: Deployment,
    text: &str,
    extra_cloud_hosts: &[String],
) -> Result<(Url, Vec<UrlNotice>), UrlProblem> {
    let text = text.trim();
    check_characters(text)?;
    let mut notices = Vec::new();
    let with_scheme = match scheme_of(text).as_deref() {
        Some("http" | "https") => text.to_owned(),
        Some(other) => return Err(UrlProblem::Scheme(other.to_owned())),
        None => {
            notices.push(UrlNotice::SchemeAdded);
            format!("https://{}", text.trim_start_matches('/'))
        }
    };
    let mut url = Url::parse(&with_scheme).map_err(|_| UrlProblem::Invalid)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlProblem::UserInfo);
    }
    let host = host_name(&url).ok_or(UrlProblem::Invalid)?;
    // A trailing dot names the same host but makes another certificate name and another cookie jar.
    if url.host_str().is_some_and(|written| written.ends_with('.')) {
        url.set_host(Some(&host)).map_err(|_| UrlProblem::Invalid)?;
    }
    check_host(deployment, &url, &host, extra_cloud_hosts)?;
    trim_to_base(deployment, &mut url, &mut notices);
    if url.scheme() == "http" {
        notices.push(UrlNotice::Unencrypted);
    }
    if host.split('.').any(|label| label.starts_with("xn--")) {
        notices.push(UrlNotice::Punycode(host));
    }
    Ok((url, notices))
}

fn check_characters(text: &str) -> Result<(), UrlProblem> {
    if text.is_empty() {
        return Err(UrlProblem::Empty);
    }
    if text.len() > MAX_URL {
        return Err(UrlProblem::TooLong);
    }
    // The url crate would quietly drop tabs and line breaks and turn backslashes into slashes; what a
    // person cannot see must not decide where a token goes.
    let bad = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '\\' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    if text.chars().any(bad) {
        Err(UrlProblem::BadCharacter)
    } else {
        Ok(())
    }
}

const OTHER_SCHEMES: [&str; 14] = [
    "ftp",
    "ftps",
    "file",
    "javascript",
    "data",
    "ws",
    "wss",
    "ssh",
    "mailto",
    "blob",
    "gopher",
    "ldap",
    "unix",
    "about",
];

/// The scheme in lower case, if there is one; `host:8080` has none.
fn scheme_of(text: &str) -> Option<String> {
    let (start, rest) = text.split_once(':')?;
    let start = start.to_ascii_lowercase();
    let known = matches!(start.as_str(), "http" | "https") || OTHER_SCHEMES.contains(&start.as_str());
    // Long or odd beginnings are not repeated in a message.
    let shaped = (1..=20).contains(&start.len())
        && start
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    (known || (rest.starts_with("//") && shaped)).then_some(start)
}

/// The host in ASCII lower case without trailing dot; `None` when nothing is left.
fn host_name(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty() && !host.split('.').any(str::is_empty)).then_some(host)
}

fn is_under(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent)
        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

fn check_host(deployment: Deployment, url: &Url, host: &str, extra: &[String]) -> Result<(), UrlProblem> {
    let port = url.port_or_known_default().unwrap_or(443);
    let is_extra = extra.iter().any(|allowed| {
        let allowed = allowed.trim().to_ascii_lowercase();
        allowed == format!("{host}:{port}") || (port == 443 && allowed == host)
    });
    let is_domain = matches!(url.host(), Some(Host::Domain(_)));
    let is_cloud = is_domain && (is_under(host, "atlassian.net") || is_under(host, "jira.com"));
    // Whatever the type: nobody's Jira is there.
    match host {
        "api.atlassian.com" => return Err(UrlProblem::Gateway(host.to_owned())),
        // An operator may name another gateway; a site of Jira Cloud has nothing at this path.
        _ if deployment == Deployment::Cloud && is_gateway_path(url.path()) => {
            return Err(UrlProblem::Gateway(format!("{}/ex/jira", with_port(url, host))));
        }
        "id.atlassian.com" => return Err(UrlProblem::AccountPage(host.to_owned())),
        _ if host == "atlassian.com" || is_under(host, "atlassian.com") => {
            return Err(UrlProblem::AtlassianService(host.to_owned()));
        }
        _ => {}
    }
    match deployment {
        Deployment::Cloud => {
            if !is_extra && !(is_cloud && (url.port().is_none() || url.scheme() == "http")) {
                return Err(UrlProblem::NotCloudHost(with_port(url, host)));
            }
            if url.scheme() != "https" {
                return Err(UrlProblem::CloudNeedsHttps);
            }
        }
        // The operator's further hosts are not refused here: one host may serve both for a test.
        Deployment::DataCenter if is_cloud => return Err(UrlProblem::IsCloudHost(host.to_owned())),
        Deployment::DataCenter => {}
    }
    Ok(())
}

/// Whether a path is that of a site at Atlassian's gateway: `/ex/jira/<cloud id>/rest/...`.
fn is_gateway_path(path: &str) -> bool {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    parts.next() == Some("ex") && parts.next() == Some("jira")
}

fn with_port(url: &Url, host: &str) -> String {
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// First path segments that begin a page of Jira, not a context path.
const PAGE_SEGMENTS: [&str; 10] = [
    "browse",
    "secure",
    "rest",
    "projects",
    "plugins",
    "issues",
    "login.jsp",
    "dashboard.jspa",
    "servicedesk",
    "people",
];

/// Cuts everything that belongs to a page: query, fragment, and the path from the first page segment.
fn trim_to_base(deployment: Deployment, url: &mut Url, notices: &mut Vec<UrlNotice>) {
    let segments: Vec<String> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let starts_page = |at: usize, segment: &str| {
        let segment = segment.to_ascii_lowercase();
        // Cloud sites have no context path: `/jira/software/projects/...` is all page.
        deployment == Deployment::Cloud
            || PAGE_SEGMENTS.contains(&segment.as_str())
            || (segment == "software"
                && segments
                    .get(at + 1)
                    .is_some_and(|next| next == "projects" || next == "c"))
    };
    let keep = segments
        .iter()
        .enumerate()
        .position(|(at, segment)| starts_page(at, segment))
        .unwrap_or(segments.len());
    let mut cut = segments[keep..]
        .iter()
        .fold(String::new(), |cut, segment| cut + "/" + segment);
    if let Some(query) = url.query().filter(|query| !query.is_empty()) {
        cut = format!("{cut}?{query}");
    }
    if let Some(fragment) = url.fragment().filter(|fragment| !fragment.is_empty()) {
        cut = format!("{cut}#{fragment}");
    }
    let base = segments[..keep]
        .iter()
        .fold(String::new(), |base, segment| base + "/" + segment);
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&base);
    if !cut.is_empty() {
        notices.push(UrlNotice::Trimmed(cut.chars().take(80).collect()));
    }
}

/// Whether two addresses are the same place to send a token to: scheme, host, port and path, with
/// case of the host, a trailing dot and trailing slashes set aside. The case of the path counts.
pub fn same_target(a: &Url, b: &Url) -> bool {
    let key = |url: &Url| {
        let path = url.path().trim_end_matches('/').to_owned();
        (
            url.scheme().to_owned(),
            host_name(url),
            url.port_or_known_default(),
            path,
        )
    };
    key(a) == key(b)
}

/// The page of an issue for people; `None` for a site that is no web address. The key comes from Jira:
/// as one encoded segment it leads nowhere else.
pub fn browse_url(site_url: &str, key: &str) -> Option<String> {
    let mut url = Url::parse(site_url)
        .ok()
        .filter(|site| matches!(site.scheme(), "http" | "https"))?;
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["browse", key]);
    url.set_query(None);
    url.set_fragment(None);
    Some(url.to_string())
}

/// The address for pages: as stored (a host beyond ASCII in its `xn--` form), without the final slash.
pub fn display_url(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
#[path = "organization_url_tests.rs"]
mod tests;
