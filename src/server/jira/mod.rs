//! The Jira client: Cloud and Data Center in one neutral shape.
//!
//! Callers see [`JiraClient`], `domain::jira` and [`JiraError`]; the two dialects stay inside. It must
//! never write to the store, decide what a mapping gives, or call anything but `outbound`. Can go
//! wrong: Jira sends what no document shows; whatever is not needed is ignored, and an issue that
//! cannot be read is reported by [`PoisonReason`] without stopping the rest.

pub mod adf;
mod by_ids;
pub mod client;
mod cloud;
pub mod common;
mod data_center;
pub mod dates;
pub mod error;
pub mod issue;
pub mod jql;
pub mod paging;
pub mod probe;
pub mod retry;
mod rights;
pub mod sprint_text;
mod sprints;
pub mod wiki;
mod wiki_inline;
pub mod wire;
mod witnesses;

#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod probe_tests;
#[cfg(test)]
mod recorded_tests;
#[cfg(test)]
mod scripted_tests;

pub use by_ids::MOST_IDS;
pub use client::{Credential, JiraClient, Site};
pub use common::{Count, FieldSelection, Identity, IssuePage, IssueQuery, ProjectPage, RawIssue, ServerInfo};
pub use data_center::filter_projects;
pub use error::{ErrorClass, JiraError, LoginReason};
pub use issue::{FieldIndex, PoisonReason, parse_issue};
pub use paging::{PageGuard, PageToken};
pub use probe::{ConnectionInput, test_connection};
