//! The sandbox over real HTTP: shapes, paging, errors, authentication, faults, recordings.

mod agile;
mod auth;
mod control;
mod harness;
mod jql;
mod jql_properties;
mod lists;
mod recorded;
mod search;
mod world;
mod worlds;
mod writes;
