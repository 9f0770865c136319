//! The integration tests: one binary, a file per noun, each test on SQLite and PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers of test worlds are small"
)]
#![expect(clippy::too_many_lines, reason = "a flow is one story")]

#[macro_use]
mod harness;
#[macro_use]
mod sync_bench;
#[macro_use]
mod connection;

mod abuse;
mod attacks;
mod audit;
mod configuration;
mod configuration_end;
mod configuration_versions;
mod connection_move;
mod connection_rights;
mod connection_switch;
mod edge;
mod endpoint_roles;
mod error_pages;
mod flood;
mod health;
mod housekeeping;
mod lock_order;
mod member;
mod mirror_rows;
mod notice;
mod plan;
mod project;
mod queue;
mod requirement;
mod sandbox_command;
mod second_process;
mod secrets;
mod session;
mod setup;
mod stop;
mod sync;
mod sync_reads;
mod sync_stops;
mod tidy;
mod user;
mod wizard;
mod wizard_jira;
mod wizard_map;
mod wizard_proceed;
