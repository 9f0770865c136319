//! Pages, one file per noun.

pub mod connection_form;
pub mod connection_test;
pub mod connections;
pub mod form_state;
pub mod home;
pub mod invitation;
pub mod kit;
mod kit_screens;
pub mod members;
pub mod not_found;
pub mod profile;
pub mod project_new;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod user;
pub mod users;
