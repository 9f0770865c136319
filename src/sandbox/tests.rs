//! The sandbox over real HTTP: shapes, paging, errors, authentication, faults, recordings.

mod agile;
mod auth;
mod control;
mod harness;
mod jql;
mod lists;
mod recorded;
mod search;
mod world;
