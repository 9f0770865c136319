//! Builds the browser half: cargo for wasm, then wasm-bindgen through its library.
//!
//! The result is `traceline.js` and `traceline_bg.wasm`, the names that leptos' hydration scripts ask for
//! when the output name is `traceline`. Binding is skipped while the module's content is the same.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::{Outcome, paths, server};

/// Part of the record of what was bound; a change here binds again.
const BINDING_OPTIONS: &str = "2: web, no typescript, no names in release";

/// How the browser half is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WasmProfile {
    /// Quick to build, large.
    Dev,
    /// Small.
    Release,
}

/// Builds the module and gives its path.
pub fn build(profile: WasmProfile) -> Outcome<PathBuf> {
    let (name, folder) = match profile {
        WasmProfile::Dev => ("dev", "debug"),
        WasmProfile::Release => ("wasm-release", "wasm-release"),
    };
    println!("xtask: building the browser part (profile {name})");
    let arguments = [
        "rustc",
        "--lib",
        "--crate-type",
        "cdylib",
        "--features",
        "hydrate",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        name,
    ];
    server::cargo(&arguments).map_err(|message| {
        format!("{message}; if the target is missing: rustup target add wasm32-unknown-unknown")
    })?;
    Ok(paths::target()
        .join("wasm32-unknown-unknown")
        .join(folder)
        .join("traceline.wasm"))
}

/// Runs wasm-bindgen on the module, unless this very module was bound before; gives the folder with the
/// result.
pub fn bind(module: &Path, profile: WasmProfile) -> Outcome<PathBuf> {
    let bytes =
        fs::read(module).map_err(|error| format!("xtask: {} is not there: {error}", module.display()))?;
    let record = record(&bytes, profile);
    let folder = paths::bound();
    let note = paths::root().join("target").join("bindgen.input");
    let is_fresh = fs::read_to_string(&note).is_ok_and(|before| before == record)
        && folder.join("traceline.js").is_file()
        && folder.join("traceline_bg.wasm").is_file();
    if is_fresh {
        return Ok(folder);
    }
    println!("xtask: binding {} KB of wasm", bytes.len() / 1024);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("xtask: {}: {error}", folder.display()))?;
    }
    Bindgen::new()
        .input_path(module)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .keep_debug(false)
                .remove_name_section(profile == WasmProfile::Release)
                .remove_producers_section(profile == WasmProfile::Release)
                .out_name("traceline")
                .generate(&folder)
        })
        .map_err(|error| format!("xtask: wasm-bindgen: {error:#}"))?;
    fs::write(&note, record).map_err(|error| format!("xtask: {}: {error}", note.display()))?;
    Ok(folder)
}

fn record(bytes: &[u8], profile: WasmProfile) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let kind = if profile == WasmProfile::Release {
        "release"
    } else {
        "dev"
    };
    format!("{BINDING_OPTIONS}; {kind}; {:016x}", hasher.finish())
}
