//! Webhooks: who asked to be told, what they are told, and how it gets there.
//!
//! `registry` reads and shows registrations, `event` is what happened (the routes, which know how Jira shows
//! things, write its body), `hub` keeps the queue and plays tricks with it on request, `send` carries it out. Deliveries
//! leave only for loopback unless the operator of the sandbox said otherwise at start, since what a
//! test registers must not reach the world by accident.

pub(crate) mod control;
pub(crate) mod event;
pub(crate) mod hub;
pub(crate) mod registry;
pub(crate) mod send;
mod signature;
