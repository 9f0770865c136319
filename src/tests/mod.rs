//! The integration tests: one binary, a file per noun, each test on SQLite and PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[macro_use]
mod harness;

mod edge;
mod endpoint_roles;
mod mirror_rows;
mod plan;
mod requirement;
mod tidy;
