//! The server: adapters, use cases, jobs. Compiled under `ssr` only.
//!
//! `http` and jobs call `app`; `app` calls `store`, `jira` and `secrets`; rules are in `domain`.

pub mod app;
pub mod auth;
pub mod bodies;
pub mod clock;
pub mod config;
pub mod error;
pub mod http;
pub mod jira;
pub mod live;
pub mod on_its_way;
pub mod outbound;
pub mod pace;
pub mod private_file;
pub mod public_address;
pub mod random;
pub mod secrets;
pub mod start;
pub mod state;
pub mod store;
pub mod sync;
pub mod telemetry;
