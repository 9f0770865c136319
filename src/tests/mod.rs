//! The integration tests: one binary, a file per noun, each test on SQLite and PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[macro_use]
mod harness;

mod configuration;
mod connection;
mod edge;
mod endpoint_roles;
mod member;
mod mirror_rows;
mod plan;
mod queue;
mod requirement;
mod session;
mod setup;
mod sync;
mod tidy;
mod user;
mod wizard;
