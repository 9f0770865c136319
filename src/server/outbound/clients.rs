//! Clients that are kept, so that one call after another reuses their connections.
//!
//! One client serves every connection that trusts the same authorities: it keeps no cookie and no
//! credential, and its resolver judges each address anew. Only a certificate authority makes a
//! difference. The least recently used goes first; whoever still holds it may go on.

use std::sync::{Mutex, PoisonError};

use super::{OutboundClient, OutboundError, OutboundPolicy};

/// Clients that are kept.
const MOST: usize = 16;

/// The clients of one server.
#[derive(Debug)]
pub struct OutboundClients {
    policy: OutboundPolicy,
    /// By authority, the last used first.
    kept: Mutex<Vec<(Option<String>, OutboundClient)>>,
}

impl OutboundClients {
    /// None yet.
    pub fn new(policy: OutboundPolicy) -> Self {
        Self {
            policy,
            kept: Mutex::default(),
        }
    }

    /// The policy of all of them.
    pub fn policy(&self) -> &OutboundPolicy {
        &self.policy
    }

    /// The client that also trusts the authorities of a PEM.
    ///
    /// # Errors
    /// [`OutboundError::BadCertificateAuthority`] when the PEM holds no readable certificate.
    pub fn get(&self, ca_pem: Option<&str>) -> Result<OutboundClient, OutboundError> {
        if let Some(client) = self.find(ca_pem) {
            return Ok(client);
        }
        // Made outside the lock: reading certificates takes its time. Two at once are no harm.
        let client = OutboundClient::new(self.policy.clone(), ca_pem.map(str::as_bytes))?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known.as_deref() != ca_pem);
        kept.insert(0, (ca_pem.map(str::to_owned), client.clone()));
        kept.truncate(MOST);
        Ok(client)
    }

    fn find(&self, ca_pem: Option<&str>) -> Option<OutboundClient> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known.as_deref() == ca_pem)?;
        let found = kept.remove(at);
        let client = found.1.clone();
        kept.insert(0, found);
        Some(client)
    }

    #[cfg(test)]
    pub(super) fn list_kept(&self) -> Vec<Option<String>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(known, _)| known.clone()).collect()
    }
}
