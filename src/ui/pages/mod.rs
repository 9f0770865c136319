//! Pages, one file per noun.

pub mod home;
pub mod kit;
pub mod kit_screens;
pub mod not_found;
