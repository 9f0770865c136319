//! `traceline secrets`: looking after the keys that seal tokens, also while the server runs.

use clap::Subcommand;
use secrecy::ExposeSecret as _;

use crate::server::{
    app::secrets::{Counted, Unopened},
    config::Config,
    secrets::{add_key, make_key},
    start,
};

/// How many sealed values pass between two lines of progress.
const PROGRESS: u64 = 50;

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum SecretsCommand {
    /// Count the secrets sealed with each key, and try to open each. Exit code 0: all open; 1: the output names
    /// those that do not.
    Check,
    /// Put a new key before the others in the key file. The server finds it by itself; with keys in the settings
    /// this prints what to set.
    NewKey,
    /// Seal all secrets with the first key. It can be stopped at any moment and run again. Exit code 0: all are
    /// sealed with it; 1: the output names those that do not open.
    Rotate,
}

/// Runs a command; the error is for people.
pub(super) async fn run(command: SecretsCommand, config: &Config) -> Result<(), String> {
    match command {
        SecretsCommand::Check => check(config).await,
        SecretsCommand::NewKey => new_key(config),
        SecretsCommand::Rotate => rotate(config).await,
    }
}

async fn check(config: &Config) -> Result<(), String> {
    let (counted, keys) = start::count_secrets(config)
        .await
        .map_err(|error| error.to_string())?;
    for (at, key) in keys.iter().enumerate() {
        let count = counted.keys.get(key).copied().unwrap_or_default();
        let role = if at == 0 { "present key" } else { "earlier key" };
        println!("{key} ({role}): {}", secrets(count));
    }
    for (key, count) in counted.keys.iter().filter(|(key, _)| !keys.contains(key)) {
        println!("{key} (a key that is not here): {}", secrets(*count));
    }
    let opened = counted
        .keys
        .values()
        .sum::<u64>()
        .saturating_sub(counted.unopened.len() as u64);
    if opened > counted.current {
        println!(
            "{} can be sealed with the present key: traceline secrets rotate",
            secrets(opened - counted.current)
        );
    }
    judge(&counted)
}

fn new_key(config: &Config) -> Result<(), String> {
    let Some(path) = config.secret_key.find_file(&config.data_dir) else {
        println!(
            "The keys are in the settings, so nothing was changed. Set these and start the server again:"
        );
        println!("TRACELINE_SECRET_KEY={}", make_key().expose_secret());
        println!(
            "TRACELINE_SECRET_KEY_PREVIOUS=<what TRACELINE_SECRET_KEY is now, then what TRACELINE_SECRET_KEY_PREVIOUS is now, with commas between>"
        );
        return Ok(());
    };
    let key = add_key(&path).map_err(|error| error.to_string())?;
    println!(
        "{key} is the present key now, the first line of {}. Keep a copy of that file apart from backups of the database.",
        path.display()
    );
    println!("The server seals with it from now on. Next: traceline secrets rotate");
    Ok(())
}

async fn rotate(config: &Config) -> Result<(), String> {
    let progress = |done: u64| {
        if done.is_multiple_of(PROGRESS) {
            println!("{} so far", secrets(done));
        }
    };
    let (rotated, keys) = start::rotate_secrets(config, progress)
        .await
        .map_err(|error| error.to_string())?;
    let before = rotated.now.current.saturating_sub(rotated.resealed);
    println!(
        "{} sealed anew, {before} were so already, {} replaced by somebody meanwhile.",
        secrets(rotated.resealed),
        rotated.replaced
    );
    for key in keys.iter().skip(1) {
        match rotated.now.keys.get(key) {
            None => println!(
                "The key {key} may be removed: nothing is sealed with it. Backups of the database from before still need it."
            ),
            Some(count) => println!("The key {key} must stay: {} sealed with it.", secrets(*count)),
        }
    }
    judge(&rotated.now)
}

fn judge(counted: &Counted) -> Result<(), String> {
    for Unopened { name, why } in &counted.unopened {
        println!("Does not open: {name}: {why}");
    }
    match counted.unopened.len() {
        0 => Ok(()),
        count => Err(format!(
            "{} not open, see the lines above. Bring the key back that they name, or enter these tokens again",
            if count == 1 {
                "1 secret does".to_owned()
            } else {
                format!("{count} secrets do")
            }
        )),
    }
}

fn secrets(count: u64) -> String {
    match count {
        1 => "1 secret".to_owned(),
        count => format!("{count} secrets"),
    }
}
