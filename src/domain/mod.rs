//! Plain types and pure rules, compiled for server and browser.
//!
//! Everything a customer could argue about is decided here and returns its reason. Nothing here
//! reads a clock, makes an id, does I/O or knows the framework.

pub mod audit;
mod axis;
pub mod configuration;
pub mod connection;
pub mod connection_outcome;
pub mod connection_report;
pub mod connection_rights;
pub mod date_supply;
pub mod dates;
pub mod field_error;
pub mod field_suggestion;
pub mod health;
pub mod ids;
pub mod integration_name;
pub mod jira;
pub mod jira_identity;
pub mod lane_counts;
#[cfg(test)]
mod long_input_tests;
pub mod mapping;
pub mod mirror_issue;
pub mod notice;
pub mod notice_hook;
pub mod numbers;
pub mod organization_url;
pub mod own_path;
pub mod public_url;
pub mod release_date;
pub mod rich_text;
pub mod role;
pub mod role_table;
mod short_name;
pub mod standing;
pub mod suggestion;
pub mod sync_plan;
pub mod sync_status;
mod synonyms;
#[cfg(test)]
mod test_data;
pub mod text;
pub mod time_zone;
pub mod timeline;
mod timeline_place;
pub mod type_suggestion;
pub mod unmapped;
pub mod user_agent;
pub mod version_diff;
pub mod wizard;
pub mod wizard_change;
pub mod wizard_check;
pub mod wizard_facts;
pub mod wizard_gaps;
pub mod wizard_offer;
pub mod wizard_steps;
