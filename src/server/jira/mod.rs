//! The Jira client.
