//! Where things lie: the checkout, cargo's target folder, the web assets.
//!
//! Cargo's target folder may be moved away with `CARGO_TARGET_DIR`; the web assets stay in the checkout
//! at `target/site`, because that is where the server and the embedding look for them.

use std::path::{Path, PathBuf};

/// The checkout that this run was started for. Cargo names it at run time too: with one target folder for several
/// checkouts, the place where this program was built may be another one, or gone.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    here.as_deref()
        .and_then(Path::parent)
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
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
