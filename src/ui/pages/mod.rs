//! The pages, one file each.

pub mod kit;
mod kit_screens;
