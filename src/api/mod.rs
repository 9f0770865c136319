//! The contract between browser and server: one file per noun.
//!
//! A server function is a public endpoint: it makes a guard, calls one `app` function and returns a
//! view. Nothing here speaks SQL or HTTP or decides anything.

#![expect(missing_docs, reason = "the server macro makes a public struct of the arguments of each function")]

pub mod audit;
pub mod bug;
pub mod configuration;
pub mod connection;
pub mod error;
pub mod form;
pub mod invitation;
pub mod layout;
pub mod member;
pub mod moment;
pub mod notice;
pub mod organisation;
pub mod plan;
pub mod profile;
pub mod project;
pub mod requirement;
pub mod session;
pub mod setup;
pub mod sync;
pub mod user;
pub mod version;
pub mod wizard;

pub use error::{ApiError, ErrorKind};
