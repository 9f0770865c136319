//! Counting of tries at passwords, before the work is done: of many at once only the allowed number
//! passes. A bucket belongs to an account at an address, or to an address alone, so that nobody can
//! lock a person out from elsewhere.

use std::net::IpAddr;

use crate::server::{
    error::{Error, Result},
    random,
    request::RequestContext,
    state::AppState,
    store::{Tx, throttle},
};

/// Window in milliseconds.
pub const WINDOW_MS: i64 = 15 * 60 * 1000;
/// Failures of one account from one address within the window.
pub const PER_ACCOUNT: i64 = 5;
/// Failures from one address within the window.
pub const PER_ADDRESS: i64 = 30;

/// Failures from one IPv6 site (48 bits, 65,536 networks) within the window.
pub const PER_SITE: i64 = 100;

/// A try that was counted as a failure in advance.
#[derive(Debug)]
pub struct Try {
    account: String,
    address: String,
    site: Option<String>,
}

/// Counts a try, or refuses it. `account` is the folded email.
///
/// # Errors
/// [`Error::Throttled`] with the seconds left; the database does not answer.
pub async fn count_try(state: &AppState, request: &RequestContext, account: &str) -> Result<Try> {
    let network = network_of(&request.address);
    let counted = Try {
        account: format!("account:{}@{network}", random::hash_token(account)),
        address: format!("address:{network}"),
        site: site_of(&request.address).map(|site| format!("site:{site}")),
    };
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    let own = [(&counted.account, PER_ACCOUNT), (&counted.address, PER_ADDRESS)];
    for (bucket, limit) in own
        .into_iter()
        .chain(counted.site.as_ref().map(|site| (site, PER_SITE)))
    {
        let row = throttle::add(&mut tx, bucket, WINDOW_MS, now).await?;
        if row.failures > limit {
            // The transaction is dropped: refused tries do not count, so the window always ends.
            return Err(Error::Throttled((row.since + WINDOW_MS - now + 999) / 1000));
        }
    }
    tx.commit().await?;
    Ok(counted)
}

impl Try {
    /// After a success: the account starts anew, the address gets its try back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn succeed(&self, tx: &mut Tx) -> Result<()> {
        throttle::clear(tx, &self.account).await?;
        self.subtract_from_networks(tx).await
    }

    /// When the work could not be done: neither failure nor success.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_back(&self, state: &AppState) -> Result<()> {
        let mut tx = state.database().write().await?;
        throttle::subtract(&mut tx, &self.account).await?;
        self.subtract_from_networks(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn subtract_from_networks(&self, tx: &mut Tx) -> Result<()> {
        for bucket in std::iter::once(&self.address).chain(&self.site) {
            throttle::subtract(tx, bucket).await?;
        }
        Ok(())
    }
}

/// What counts as one address: of IPv6 the first 64 bits, which one household or machine has at will.
pub fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return v4.to_string();
            }
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

/// The 48 bits that a provider hands out as one piece; only of IPv6.
fn site_of(address: &str) -> Option<String> {
    let Ok(IpAddr::V6(v6)) = address.parse::<IpAddr>() else {
        return None;
    };
    let [a, b, c, ..] = v6.segments();
    v6.to_ipv4_mapped()
        .is_none()
        .then(|| format!("{a:x}:{b:x}:{c:x}::/48"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_networks_of_one_site_are_one_site() {
        assert_eq!(site_of("2001:db8:1:2::1").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(site_of("2001:db8:1:ffff::1"), site_of("2001:db8:1:2::1"));
        assert_eq!(site_of("203.0.113.9"), None);
        assert_eq!(site_of("::ffff:203.0.113.9"), None);
    }

    #[test]
    fn one_network_is_one_address() {
        assert_eq!(network_of("203.0.113.9"), "203.0.113.9");
        assert_eq!(network_of("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(
            network_of("2001:db8:1:2:ffff::1"),
            network_of("2001:db8:1:2:3:4:5:6")
        );
        assert_eq!(network_of("unknown"), "unknown");
    }
}
