//! The command line: `serve` (default), `dev` (with the sandbox Jira beside it), `sandbox`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::server::{config::Config, start, telemetry};

#[derive(Debug, Parser)]
#[command(name = "traceline", version, about = "Ties a team's tests to its Jira.")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve,
}

/// Runs the program; the exit code is 0 after an orderly stop, 1 when it could not start.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The one TLS implementation of this program; a second call in one process is harmless.
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("traceline cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => runtime.block_on(serve()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("traceline cannot start: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), String> {
    let config = Config::load().map_err(|error| error.to_string())?;
    telemetry::init(config.log_format, &config.log);
    start::run(config).await.map_err(|error| error.to_string())
}
