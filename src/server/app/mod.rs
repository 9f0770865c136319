//! Use cases, one file per noun: the only place where two adapters meet.
//!
//! A function that answers a person takes a guard first; what has none is called by a function that has one,
//! by a job, or by the way in (setup, sign-in), which checks for itself. Transactions begin and end here;
//! none is held over a call to Jira.

pub mod audit;
pub mod audit_page;
pub mod bug;
pub mod calendar;
pub mod configuration;
pub mod configuration_end;
pub mod connection;
mod connection_check;
pub mod connection_form;
pub mod connection_list;
pub mod connection_rights;
mod connection_row;
pub mod connection_switch;
pub mod form;
pub mod health;
pub mod housekeeping;
pub mod invitation;
pub mod layout;
pub mod live;
pub mod member;
pub mod notice;
pub mod notice_hook;
pub mod organisation;
pub mod plan;
pub mod plan_item;
pub mod profile;
pub mod project;
pub mod requirement;
pub mod requirement_page;
pub mod secrets;
pub mod session;
pub mod setup;
pub mod standing;
pub mod sync;
pub mod target;
pub mod throttle;
pub mod user;
pub mod wizard;
