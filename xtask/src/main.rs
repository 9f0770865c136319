//! `cargo xtask`: builds both halves of Traceline and lays the web assets out.
//!
//! It exists so that a checkout needs nothing but cargo: the browser half is turned into JavaScript and
//! wasm by the wasm-bindgen *library* of the same pinned version, so no tool can be missing or differ.
//! It never downloads anything itself and never touches a file outside the target folder. What it can
//! trip over: the wasm target is not installed, or somebody removed the target folder under it; both end
//! in one line that says what to run.

mod assets;
mod browser;
mod dev;
mod paths;
mod report;
mod server;

use std::process::ExitCode;

use browser::WasmProfile;
use server::ServerProfile;

/// What every step returns: the text says what happened and what to do next.
type Outcome<T = ()> = Result<T, String>;

const USAGE: &str = "usage: cargo xtask <command>

  build             browser part optimised for size, server for development
  build --dev       both for development, fastest to rebuild
  build --release   both optimised
  build --dist      one optimised binary with the web assets inside
  build --assets    browser part and web assets only
  dev               build --dev, start `traceline dev`, rebuild on change
  size              size of the browser part against its budget
  loc               lines of code per layer";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["build"] => build(WasmProfile::Release, ServerProfile::Dev).map(drop),
        ["build", "--dev"] => build(WasmProfile::Dev, ServerProfile::Dev).map(drop),
        ["build", "--release"] => build(WasmProfile::Release, ServerProfile::Release).map(drop),
        ["build", "--dist"] => build(WasmProfile::Release, ServerProfile::Dist).map(drop),
        ["build", "--assets"] => build_assets(WasmProfile::Release),
        ["dev"] => dev::watch(),
        ["size"] => report::size(),
        ["loc"] => report::loc(),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Builds everything and gives the path of the server binary. Assets come first, because the `dist`
/// binary takes them in.
fn build(wasm: WasmProfile, server: ServerProfile) -> Outcome<std::path::PathBuf> {
    build_assets(wasm)?;
    let binary = server::build(server)?;
    println!("xtask: server is {}", paths::shown(&binary));
    Ok(binary)
}

fn build_assets(wasm: WasmProfile) -> Outcome {
    let module = browser::build(wasm)?;
    let bound = browser::bind(&module, wasm)?;
    assets::lay_out(&bound, wasm)
}
