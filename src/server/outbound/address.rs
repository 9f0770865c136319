//! Which addresses the server may call.
//!
//! Pure: an address and the operator's policy in, a decision out. It must never know a name service
//! or a socket. Can go wrong: an address family that embeds another one (mapped, translated, 6to4);
//! those are unpacked first and judged by what they carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ipnet::IpNet;
use url::{Host, Url};

/// The usual time for all that one page asks of a Jira; a page that waits longer is of no help.
pub const PAGE_PATIENCE: Duration = Duration::from_secs(10);

/// Whether something may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// It may.
    Allowed,
    /// It may not as long as the operator does not list it.
    NotListed,
    /// It may not, whatever the operator lists.
    Never,
}

/// Names of the services that hand out the credentials of a machine in a cloud.
const METADATA_HOSTS: [&str; 4] = [
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
];

/// What the operator of this server allows beyond the public internet.
#[derive(Clone, Debug)]
pub struct OutboundPolicy {
    /// Hosts `name`, `name:port`, `1.2.3.4` or `[::1]:8080` that may be at a private address.
    pub allowed_hosts: Vec<String>,
    /// Private networks that may be called.
    pub allowed_networks: Vec<IpNet>,
    /// Authorities trusted for every connection, PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// Hosts `name[:port]` that count as Jira Cloud beside Atlassian's own. Being listed here does
    /// not open a private address: list it in `allowed_hosts` too.
    pub cloud_hosts: Vec<String>,
    /// Atlassian's gateway for scoped tokens.
    pub cloud_gateway: Url,
    /// How long one page waits for a Jira in all.
    pub page_patience: Duration,
    /// Allows cloud metadata and link-local addresses where host or network are listed as well.
    pub allow_metadata: bool,
}

impl Default for OutboundPolicy {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_networks: Vec::new(),
            extra_ca_pem: None,
            cloud_hosts: Vec::new(),
            cloud_gateway: Url::parse("https://api.atlassian.com").expect("a constant address"),
            page_patience: PAGE_PATIENCE,
            allow_metadata: false,
        }
    }
}

impl OutboundPolicy {
    /// Whether host and port of `url` are on the operator's list of allowed hosts.
    pub fn is_listed_host(&self, url: &Url) -> bool {
        is_on_list(&self.allowed_hosts, url)
    }

    /// Whether `url` can be a Jira Cloud site: https at Atlassian, or a host the operator lists.
    pub fn is_cloud_site(&self, url: &Url) -> bool {
        if is_on_list(&self.cloud_hosts, url) {
            return true;
        }
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "https"
            && url.port().is_none()
            && [".atlassian.net", ".jira.com"]
                .iter()
                .any(|end| host.strip_suffix(end).is_some_and(|name| !name.is_empty()))
    }

    /// Whether a name may be looked up and called; `listed` tells that the operator named it.
    pub fn judge_name(&self, host: &str, listed: bool) -> Judgement {
        let host = host.trim_end_matches('.');
        if METADATA_HOSTS.contains(&host) && !(self.allow_metadata && listed) {
            Judgement::Never
        } else {
            Judgement::Allowed
        }
    }

    /// Whether an address may be called; `listed` tells that the operator named the host.
    pub fn judge_address(&self, address: IpAddr, listed: bool) -> Judgement {
        let carried = unpack(address);
        let exempt = listed
            || self
                .allowed_networks
                .iter()
                .any(|net| net.contains(&address) || net.contains(&carried));
        for address in [address, carried] {
            if is_metadata(address) && !(self.allow_metadata && exempt) {
                return Judgement::Never;
            }
        }
        if exempt || (is_public(address) && is_public(carried)) {
            Judgement::Allowed
        } else {
            Judgement::NotListed
        }
    }
}

fn is_on_list(list: &[String], url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_end_matches('.');
    list.iter().any(|entry| {
        let (name, port) = split_port(entry.trim());
        let same_port = port.is_none_or(|port| url.port_or_known_default() == Some(port));
        let name = Url::parse(&format!("http://{name}/"))
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        same_port && name.is_some_and(|name| name.trim_end_matches('.') == host)
    })
}

/// Splits `name:port`; brackets of an IPv6 literal stay with the name.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && (!name.contains(':') || name.ends_with(']')) => {
            match port.parse() {
                Ok(port) => (name, Some(port)),
                Err(_) => (entry, None),
            }
        }
        _ => (entry, None),
    }
}

/// The literal address in a URL, if its host is one. The URL parser has already turned decimal,
/// octal, hexadecimal and short notations into it.
pub fn find_literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(name) => name.trim_end_matches('.').parse().ok(),
    }
}

/// The IPv4 address inside an IPv6 one (mapped, compatible, translated, 6to4, Teredo), else itself.
fn unpack(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let s = v6.segments();
    let from = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] // ::ffff:a.b.c.d, mapped
        | [0, 0, 0, 0, 0xffff, 0, high, low] // ::ffff:0:a.b.c.d, translated
        | [0x64, 0xff9b, _, _, _, _, high, low] // 64:ff9b::/96 and 64:ff9b:1::/48, NAT64
        | [0x2002, high, low, _, _, _, _, _] // 6to4
            => from(high, low),
        [0x2001, 0, _, _, _, _, high, low] => from(!high, !low), // Teredo
        [0, 0, 0, 0, 0, 0, high, low] if (high, low) != (0, 0) && (high, low) != (0, 1) => from(high, low),
        _ => address,
    }
}

/// Addresses that hand out machine credentials, and link-local ones, where they live.
fn is_metadata(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_link_local()
                || [
                    Ipv4Addr::new(100, 100, 100, 200),
                    Ipv4Addr::new(192, 0, 0, 192),
                    Ipv4Addr::new(168, 63, 129, 16),
                ]
                .contains(&v4)
        }
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local()
                || v6 == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
                || v6 == Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

/// Global unicast (`2000::/3`) without the ranges for documentation, tunnels and translation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    (s[0] & 0xe000) == 0x2000
        && !(s[0] == 0x2002 // 6to4
            || (s[0] == 0x2001 && s[1] < 0x0200) // protocol assignments: Teredo, ORCHID, benchmarking
            || (s[0] == 0x2001 && s[1] == 0x0db8) // documentation
            || (s[0] & 0xfff0) == 0x3ff0) // documentation
}
