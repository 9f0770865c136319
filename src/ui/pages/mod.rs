//! Pages, one file per noun.

pub mod home;
pub mod kit;
mod kit_screens;
pub mod not_found;
pub mod sync;
