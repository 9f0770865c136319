//! Traceline ties a team's tests to its Jira.
//!
//! The only file with `cfg(feature = ...)`: whole folders are gated here, never items.

pub mod api;
#[cfg(feature = "ssr")]
pub mod cli;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;

/// Whether this is a build for development, which has the kit page.
pub const DEVELOPMENT: bool = cfg!(debug_assertions);

/// Starts the islands of a page that the server has rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
