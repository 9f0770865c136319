//! Stored codes of statuses, as the rules of `domain::standing` take them.

use crate::{
    domain::{connection::ConnectionStatus, standing::Ground, sync_status::ConfigurationStatus},
    server::store::StoreError,
};

/// The connection that a configuration stands on.
///
/// # Errors
/// A stored code that is none.
pub fn parse_ground<'a>(name: &'a str, status: &str, reason: &'a str) -> Result<Ground<'a>, StoreError> {
    let status = ConnectionStatus::find(status)
        .ok_or_else(|| StoreError::inconsistent("connection", "status", status))?;
    Ok(Ground { name, status, reason })
}

/// The status that a configuration has by itself.
///
/// # Errors
/// A stored code that is none.
pub fn parse_own_status(status: &str) -> Result<ConfigurationStatus, StoreError> {
    ConfigurationStatus::find(status)
        .ok_or_else(|| StoreError::inconsistent("configuration", "status", status))
}
