//! Islands of single pages: what has to live in the browser and knows what it shows.
//!
//! The small ones without domain knowledge are in `components::live`.

pub mod sync_progress;
