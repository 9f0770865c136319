//! Traceline ties a team's tests to its Jira.
//!
//! The map, and the only file with `cfg(feature = ...)`: whole folders are gated here, never items.
//!
//! ```text
//! ui  ->  api  ->  server  ->  domain
//! ```
//!
//! Inside the server, `server::mod` has a map of its own. Three walks through all of it:
//!
//! - **A page.** `server::http::pages` renders a route of `ui::app`; the page asks `api` for a view;
//!   the server function makes a guard (`server::auth`) and calls one function of `server::app`, which
//!   reads through `server::store`. The HTML is complete; islands wake afterwards.
//! - **A form.** The browser posts to a server function. `server::http::forms` runs it and leads on,
//!   or keeps what was typed and leads back to the form with the messages. With or without script
//!   the same function decides.
//! - **A sync.** Proceed stores a version of the settings and a job in one transaction.
//!   `server::sync` claims the job, reads Jira page by page through `server::jira`, lets
//!   `domain::sync_plan` decide, and applies each page with its checkpoint in one transaction; open
//!   pages hear of it through `server::live`.

pub mod api;
#[cfg(feature = "ssr")]
pub mod cli;
pub mod domain;
#[cfg(feature = "embed")]
mod embedded;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;

/// Whether this is a build for development, which has the kit page.
pub const DEVELOPMENT: bool = cfg!(debug_assertions);

/// Reads the web assets from inside the binary.
pub type EmbeddedFiles = fn() -> Vec<(String, Vec<u8>)>;

/// The web assets inside the binary, where it was built with them.
#[cfg(feature = "embed")]
pub const EMBEDDED: Option<EmbeddedFiles> = Some(embedded::files);
/// The web assets inside the binary, where it was built with them.
#[cfg(not(feature = "embed"))]
pub const EMBEDDED: Option<EmbeddedFiles> = None;

/// Starts the islands of a page that the server has rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
