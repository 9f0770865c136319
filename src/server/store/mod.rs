//! All SQL: one text for SQLite and PostgreSQL, behind an enum of two pools.
//!
//! A store function takes a [`Tx`] and runs inside it; use cases decide where a transaction begins
//! and ends. [`Database::read`] begins a snapshot to read from, [`Database::write`] the one writer
//! of SQLite (begun IMMEDIATE, so that waiting happens at the start and never at the commit) or a
//! plain transaction of PostgreSQL. A transaction that is dropped is rolled back. No transaction may
//! be held over a call to Jira.
//!
//! On PostgreSQL rows are locked in one order, so that no two transactions wait for each other: **project,
//! configuration, job, sync run**, then the rows of the mirror. Whoever needs a later one takes the earlier
//! ones that it will write first ([`project::lock`], [`configuration::lock`], [`job::fence`]). A row that refers
//! to another one locks that too, weakly: a new issue or run takes its configuration, so who writes issues
//! holds the configuration already. Who needs one of them alone (a sign of life, a claim) takes nothing else.
//!
//! Rows of other people's data (`*Row`) stay in this module's callers on the server; pages get views.

#[macro_use]
mod macros;
pub mod audit;
pub mod audit_chain;
pub mod configuration;
pub mod configuration_delete;
pub mod connection;
pub mod connection_health;
pub mod connection_switch;
pub mod connection_test;
pub mod connection_witness;
mod database;
pub mod dialect;
pub mod error;
pub mod form_failure;
pub mod helpers;
pub mod job;
pub mod mirror;
pub mod mirror_plan;
pub mod notice;
pub mod one_time_link;
pub mod person;
pub mod plan;
pub mod project;
pub mod project_delete;
pub mod requirement;
pub mod sealed;
pub mod session;
pub mod setting;
pub mod standing;
pub mod sync_run;
pub mod throttle;
pub mod wizard_cache;

pub use database::{Database, OpenError, PgDatabase, PgTx, SqliteTx, Tx};
pub use error::StoreError;
