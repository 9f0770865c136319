//! Builds the server binary and runs cargo for the other steps.
//!
//! Whether something is up to date is cargo's decision alone; asking it costs half a second.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, paths};

/// How the server is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ServerProfile {
    /// Quick to build, what the tests use as well.
    Dev,
    /// Optimised, without link-time optimisation.
    Release,
    /// What people install: optimised, web assets inside.
    Dist,
}

/// Builds the server and gives the path of the binary.
pub fn build(profile: ServerProfile) -> Outcome<PathBuf> {
    let (name, folder, features) = match profile {
        ServerProfile::Dev => ("dev", "debug", "ssr"),
        ServerProfile::Release => ("release", "release", "ssr"),
        ServerProfile::Dist => ("dist", "dist", "ssr,embed"),
    };
    println!("xtask: building the server (profile {name}, features {features})");
    cargo(&[
        "build",
        "--bin",
        "traceline",
        "--profile",
        name,
        "--features",
        features,
    ])?;
    Ok(paths::target()
        .join(folder)
        .join(format!("traceline{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs cargo in the checkout and waits for it.
pub fn cargo(arguments: &[&str]) -> Outcome {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    // Set at compile time, this one changes the name under which the pages ask for the wasm file.
    command
        .args(arguments)
        .current_dir(paths::root())
        .env_remove("LEPTOS_OUTPUT_NAME");
    // `cargo xtask` describes the build tool in these. Build scripts watch them (ring's does), so passing
    // them on would compile half of the server again at each change between this cargo and a plain one.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let status = command
        .status()
        .map_err(|error| format!("xtask: cargo cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("xtask: `cargo {}` failed", arguments.join(" ")))
    }
}
