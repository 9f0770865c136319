//! Plain types and pure rules, compiled for server and browser.
//!
//! Everything a customer could argue about is decided here and returns its reason. Nothing here
//! reads a clock, makes an id, does I/O or knows the framework.

pub mod connection_report;
pub mod jira;
pub mod rich_text;
