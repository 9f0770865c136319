//! Use cases, one file per noun: the only place where two adapters meet.
//!
//! Every function takes a guard first. Transactions begin and end here; none is held over a call to
//! Jira.

pub mod form;
pub mod layout;
pub mod plan;
pub mod requirement;
pub mod session;
