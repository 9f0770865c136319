//! The integration tests: one binary, a file per noun, each test on SQLite and PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[macro_use]
mod harness;

mod configuration;
mod connection;
mod edge;
mod endpoint_roles;
mod queue;
mod sync;
mod member;
mod session;
mod setup;
mod mirror_rows;
mod plan;
mod requirement;
mod tidy;
mod user;
mod wizard;
