//! Jira in a box.
