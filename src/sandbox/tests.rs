//! The sandbox over real HTTP: shapes, paging, errors, authentication, faults, recordings.

mod agile;
mod agreement;
mod auth;
mod control;
mod control_told;
mod faults;
mod harness;
mod jql;
mod jql_properties;
mod lists;
mod methods;
mod pages;
mod paging_faults;
mod reads;
mod recorded;
mod scopes;
mod search;
mod site_faults;
mod world;
mod worlds;
mod writes;

#[cfg(test)]
pub(super) use harness::build_client;
