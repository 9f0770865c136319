//! The place of a sealed value: its column, its row, and what in the row decides where the secret goes.
//!
//! The cipher binds a sealed value to its place. Moved to another row or column it does not open, and neither
//! does a token whose address was changed around Traceline: who can write to the database alone cannot have a
//! token sent elsewhere.

/// Where a sealed value lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    parts: Vec<u8>,
    before: String,
}

impl Place {
    /// The token of a connection: for this row, this kind of Jira and these addresses.
    pub fn of_token(
        id: &str,
        deployment: &str,
        site_url: &str,
        api_base: &str,
        ca_pem: Option<&str>,
    ) -> Self {
        // Another authority would let somebody else answer at the same address.
        let bound = [deployment, site_url, api_base, ca_pem.unwrap_or_default()];
        Self::new("connection.sealed_token", id, &bound, "connection.token:")
    }

    /// The token of a test that is kept for a few minutes: for its person and exactly what was tested.
    pub fn of_tested_token(
        id_hash: &str,
        deployment: &str,
        site_url: &str,
        email: &str,
        person_id: &str,
    ) -> Self {
        let bound = [deployment, site_url, email, person_id];
        Self::new(
            "connection_test.sealed_token",
            id_hash,
            &bound,
            "connection_test.token:",
        )
    }

    /// A fresh one-time link, shown once: for the session that made it and the person it is for.
    pub fn of_shown_link(id_hash: &str, session_id: &str, person_id: &str) -> Self {
        Self::new(
            "shown_link.sealed",
            id_hash,
            &[session_id, person_id],
            "shown_link:",
        )
    }

    /// Where messages about notices are sent to: for the host that the page names.
    pub fn of_notice_hook(id: &str, host: &str) -> Self {
        Self::new("notice_hook.sealed", id, &[host], "notice_hook.sealed:")
    }

    /// A key of the audit log.
    pub fn of_audit_key(id: &str) -> Self {
        Self::new("audit_key.sealed", id, &[], "audit_key.sealed:")
    }

    fn new(column: &str, id: &str, bound: &[&str], before: &str) -> Self {
        let mut parts = Vec::new();
        for part in [&[column, id], bound].concat() {
            // With its length: no two lists of texts give the same bytes.
            parts.extend_from_slice(&(part.len() as u64).to_be_bytes());
            parts.extend_from_slice(part.as_bytes());
        }
        Self {
            parts,
            before: format!("{before}{id}"),
        }
    }

    /// What the present format is bound to.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.parts
    }

    /// What the first format was bound to.
    pub(super) fn bytes_before(&self) -> &[u8] {
        self.before.as_bytes()
    }
}
