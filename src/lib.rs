//! Traceline ties a team's tests to its Jira.
//!
//! The only file with `cfg(feature = ...)`: whole folders are gated here, never items.

pub mod api;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
