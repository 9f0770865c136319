//! Pages, one file per noun.

pub mod home;
pub mod not_found;
