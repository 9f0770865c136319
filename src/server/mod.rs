//! The server: adapters, use cases, jobs. Compiled under `ssr` only.

pub mod jira;
pub mod outbound;
