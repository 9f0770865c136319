//! The address that people use, kept at hand for every request, and whether a request came over https.
//!
//! The configuration's address wins; else the settings' is asked, which this holds so that no request reads
//! the database for it. Another process on the same database learns of a change within ten minutes
//! (housekeeping). TLS ends in front of this server, so https is known by what a trusted proxy says or by the
//! name that was asked for: whoever comes by another name, such as a loopback address, is not bound to https.

use std::sync::{Arc, PoisonError, RwLock};

use url::Url;

use crate::server::{
    error::Result,
    request::RequestContext,
    state::AppState,
    store::{self, setting},
};

/// The address of the settings; none before the setup.
#[derive(Debug, Clone, Default)]
pub struct PublicAddress(Arc<RwLock<Option<Url>>>);

impl PublicAddress {
    /// The address.
    pub fn find(&self) -> Option<Url> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over what was just stored.
    pub fn set(&self, address: &str) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Url::parse(address).ok();
    }

    /// Reads it from the settings.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(&self, database: &store::Database) -> Result<()> {
        let mut tx = database.read().await?;
        let stored = setting::find(&mut tx, setting::PUBLIC_URL).await?;
        self.set(stored.as_deref().unwrap_or_default());
        Ok(())
    }
}

/// Host of an address, with its port where that is not the scheme's own.
pub fn find_authority(url: &Url) -> Option<String> {
    match (url.host_str(), url.port()) {
        (Some(name), Some(port)) => Some(format!("{name}:{port}")),
        (Some(name), None) => Some(name.to_owned()),
        (None, _) => None,
    }
}

/// Whether people reach this server over https: `forwarded` is the scheme that a trusted proxy named, `host`
/// the name that was asked for.
pub fn is_https(
    configured: Option<&Url>,
    stored: Option<&Url>,
    forwarded: Option<&str>,
    host: Option<&str>,
) -> bool {
    let secure = |url: &Url| url.scheme() == "https";
    let asked_for = |url: &Url| {
        let own = find_authority(url);
        own.zip(host)
            .is_some_and(|(own, host)| own.eq_ignore_ascii_case(host))
    };
    forwarded.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
        || configured.is_some_and(secure)
        || (configured.is_none() && stored.is_some_and(|url| secure(url) && asked_for(url)))
}

/// The request as it would be described now: after the address was changed, its cookies are other ones.
pub fn describe_again(state: &AppState, request: &RequestContext) -> RequestContext {
    let stored = state.public_address().find();
    let https = is_https(
        state.config().public_url.as_ref(),
        stored.as_ref(),
        request.forwarded_scheme.as_deref(),
        request.host(),
    );
    RequestContext {
        https,
        ..request.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_known_by_the_proxy_the_configuration_or_the_name() {
        let https = Url::parse("https://trace.test").expect("address");
        let other_port = Url::parse("https://trace.test:8443").expect("address");
        let http = Url::parse("http://trace.test").expect("address");
        let (name, loopback) = (Some("Trace.test"), Some("127.0.0.1:3000"));
        for (configured, stored, forwarded, host, expected) in [
            (None, None, None, name, false),
            (None, None, Some("HTTPS"), None, true),
            (None, None, Some("http"), name, false),
            (Some(&https), None, None, loopback, true),
            (Some(&http), Some(&https), None, name, false),
            (None, Some(&https), None, name, true),
            (None, Some(&https), None, loopback, false),
            (None, Some(&https), None, None, false),
            (None, Some(&other_port), None, name, false),
            (None, Some(&other_port), None, Some("trace.test:8443"), true),
            (None, Some(&http), None, name, false),
        ] {
            let found = is_https(configured, stored, forwarded, host);
            assert_eq!(
                found, expected,
                "{configured:?} {stored:?} {forwarded:?} {host:?}"
            );
        }
    }
}
