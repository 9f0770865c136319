//! Pages, one file per noun.

pub mod connection_form;
pub mod connection_test;
pub mod connections;
pub mod home;
pub mod kit;
mod kit_screens;
pub mod not_found;
