//! Who asks, and what they may do.
//!
//! Guards are types that only this folder can make, from the request being answered. Every `app`
//! function that answers a person takes one first, so that a check cannot be forgotten: without it there is
//! nothing to pass.

pub mod guard;
pub mod password;
pub mod session;

pub use guard::{
    AccountGuard, Anyone, ProjectGuard, Viewer, account, anyone, find_viewer, project, signed_in,
};
