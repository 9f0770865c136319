//! Pages, one file per noun.

pub mod home;
pub mod kit;
pub mod kit_screens;
pub mod not_found;
pub mod plans;
pub mod plans_item;
mod plans_list;
mod plans_timeline;
pub mod requirement;
mod requirement_table;
pub mod requirements;
