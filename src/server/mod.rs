//! The server: adapters, use cases, jobs. Compiled under `ssr` only.
//!
//! `http` and jobs call `app`; `app` calls `store`, `jira` and `secrets`; rules are in `domain`. Beside
//! these stand:
//!
//! - what a start needs: [`config`], [`start`], [`telemetry`], and [`state`], which holds everything below;
//! - what keeps one visitor from taking all: [`bodies`] (memory of requests), [`pace`] (failed forms of
//!   strangers), [`on_its_way`] (one question to Jira at a time for all who ask the same);
//! - what is kept from others: [`secrets`] (tokens at rest), [`private_file`] (files of the owner alone);
//! - [`request`], what all layers know of the request being answered;
//! - [`public_address`], the address that people use, and what follows from it being https;
//! - [`live`], the word to open pages that something changed; [`clock`] and [`random`], so that tests decide
//!   what time it is and nothing else asks the system.

pub mod app;
pub mod auth;
pub mod bodies;
pub mod calls;
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
pub mod request;
pub mod secrets;
pub mod start;
pub mod state;
pub mod store;
pub mod sync;
pub mod telemetry;
