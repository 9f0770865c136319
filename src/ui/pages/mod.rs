//! Pages, one file per noun.

pub mod home;
pub mod integrations;
pub mod kit;
mod kit_screens;
pub mod not_found;
pub mod wizard;
mod wizard_parts;
pub mod wizard_search;
mod wizard_steps;
