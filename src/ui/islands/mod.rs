//! Behaviours of single pages: what has to live in the browser and knows what it shows.
//!
//! They draw nothing: the server draws, and parts of the page are brought up to date from its pages
//! (`region`). The small islands without domain knowledge are in `components::live`.

pub mod connection_test;
pub mod live_line;
pub mod region;
pub mod wizard_look;
