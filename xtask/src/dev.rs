//! Rebuilds and restarts while somebody edits.
//!
//! Looks at the times of the files twice a second; no file-watching service, because those differ per
//! machine and the tree is small. A build that fails leaves the old server running.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::browser::WasmProfile;
use crate::server::ServerProfile;
use crate::{Outcome, assets, build, paths};

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long the server gets to stop by itself.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Builds, starts `traceline dev` and starts over at each change. Ends with Ctrl-C.
pub fn watch() -> Outcome {
    let mut running: Option<Child> = None;
    loop {
        let seen = times()?;
        match build(WasmProfile::Dev, ServerProfile::Dev) {
            Ok(binary) => {
                if let Some(child) = running.take() {
                    stop(child);
                }
                let child = Command::new(binary)
                    .arg("dev")
                    .current_dir(paths::root())
                    .env("TRACELINE_SITE_ROOT", paths::site())
                    .spawn()
                    .map_err(|error| format!("xtask: the server cannot be started: {error}"))?;
                running = Some(child);
            }
            Err(message) => eprintln!("{message}\nxtask: waiting for the next change"),
        }
        while times()? == seen {
            thread::sleep(LOOK_EVERY);
        }
        println!("xtask: something changed");
    }
}

fn times() -> Outcome<BTreeMap<PathBuf, Option<SystemTime>>> {
    let root = paths::root();
    let mut files = vec![root.join("Cargo.toml"), root.join("Cargo.lock")];
    for folder in ["src", "style", "public", "migrations"] {
        files.extend(assets::read_names(&root.join(folder))?);
    }
    let time_of = |path: &PathBuf| path.metadata().and_then(|data| data.modified()).ok();
    Ok(files
        .into_iter()
        .map(|path| (path.clone(), time_of(&path)))
        .collect())
}

/// Asks the server to stop, so that it can finish what it writes; ends it if it does not.
fn stop(mut child: Child) {
    let asked = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .is_ok_and(|status| status.success());
    let until = Instant::now() + STOP_WITHIN;
    while asked && Instant::now() < until {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    if child.kill().and_then(|()| child.wait()).is_err() {
        eprintln!(
            "xtask: the old server (process {}) could not be stopped",
            child.id()
        );
    }
}
