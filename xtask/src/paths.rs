//! Where things lie: the checkout, cargo's target folder, the web assets.
//!
//! Cargo's target folder may be moved away with `CARGO_TARGET_DIR`; the web assets stay in the checkout
//! at `target/site`, because that is where the server and the embedding look for them.

use std::path::{Path, PathBuf};

/// The checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(moved) if !moved.is_empty() => root().join(moved),
        _ => root().join("target"),
    }
}

/// The web assets that the server hands out.
pub fn site() -> PathBuf {
    root().join("target").join("site")
}

/// What wasm-bindgen made, before it is laid out.
pub fn bound() -> PathBuf {
    root().join("target").join("bindgen")
}

/// A path as a person in the checkout would type it.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
