//! The command line: `serve` (default), `dev` (with the sandbox Jira beside it), `sandbox`, `audit`, `secrets`.
//!
//! `dev` gives the server the operator settings that let it reach the sandbox on loopback, and no
//! more: two or four addresses and the sandbox's certificate authority.

mod secrets;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use url::Url;

use crate::{
    domain::jira::Deployment,
    sandbox::{Ending, RecordOptions, Sandbox, SandboxOptions, WorldChoice, announce, start_recording},
    server::{
        config::Config,
        start::{self, Ready},
        store::audit::AuditHead,
        telemetry,
    },
};

/// Ports of the sandbox when the server itself has a fixed one.
const DATA_CENTER_PORT: u16 = 3001;
const CLOUD_PORT: u16 = 3002;

#[derive(Debug, Parser)]
#[command(name = "traceline", version, about = "Ties a team's tests to its Jira.")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve,
    /// Run the server with the sandbox Jira beside it, to try Traceline or to work on it.
    Dev(SandboxArguments),
    /// Run the sandbox Jira alone. When it is ready, one line of JSON on standard output says where it
    /// is and with which tokens; all else goes to standard error.
    Sandbox(SandboxArguments),
    /// Look after the audit log, also while the server runs.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look after the keys that seal tokens, also while the server runs.
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
}

#[derive(Debug, Clone, Subcommand)]
enum AuditCommand {
    /// Check that no entry was changed, moved, added or removed. Exit code 0: none; 1: the output names them.
    Verify {
        /// An end of the log that was written down earlier, as the page and this command show it: entries that
        /// were cut off since are told by it alone.
        #[arg(long, value_name = "NUMBER:CODE", value_parser = parse_head)]
        head: Option<AuditHead>,
    },
}

#[derive(Debug, Clone, Subcommand)]
enum SandboxCommand {
    /// Pass requests on to a real Jira and keep its answers without names, secrets and texts. When it is
    /// ready, one line of JSON on standard output says where; all else goes to standard error.
    Record(RecordArguments),
}

#[derive(Debug, Clone, Args)]
struct RecordArguments {
    /// Address of the Jira to record.
    #[arg(long, value_name = "URL", value_parser = parse_upstream)]
    upstream: Url,
    /// Folder for the recording.
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
    /// Where to listen; loopback only.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0", value_parser = parse_loopback)]
    listen: SocketAddr,
    /// Keep summaries, descriptions and comments as they are.
    #[arg(long)]
    keep_texts: bool,
}

#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
struct SandboxArguments {
    #[command(subcommand)]
    command: Option<SandboxCommand>,
    /// A folder of recorded Jira answers, served by two more sites.
    #[arg(long, value_parser = parse_folder)]
    recorded: Option<PathBuf>,
    /// Version that the Data Center site reports.
    #[arg(long, alias = "data-center-version", default_value = "10.7.4", value_parser = parse_version)]
    dc_version: String,
    /// Where the Cloud site listens; port 0 takes a free one. Default: port 3002 on loopback.
    #[arg(long, value_name = "ADDR:PORT")]
    cloud: Option<SocketAddr>,
    /// Where the Data Center site listens; port 0 takes a free one. Default: port 3001 on loopback.
    #[arg(long, value_name = "ADDR:PORT")]
    data_center: Option<SocketAddr>,
    /// What the sites show: company, german, invented, generate:100000,seed=1 or a folder of
    /// recordings.
    #[arg(long, default_value = "company", value_parser = WorldChoice::parse)]
    world: WorldChoice,
    /// Let the Cloud site speak http instead of https.
    #[arg(long)]
    plain_http: bool,
    /// Let the sandbox's webhooks leave this machine; otherwise only loopback is called.
    #[arg(long)]
    webhooks_anywhere: bool,
    /// A folder to keep every exchange with the sandbox in, one file of JSON lines per start.
    #[arg(long, env = "SANDBOX_EXCHANGES")]
    exchanges: Option<PathBuf>,
}

/// Reads the address of the Jira to record.
fn parse_upstream(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("this is no address: {error}"))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err("use an address that begins with https:// or http://".to_owned())
    }
}

/// Reads an address of this machine that no other machine reaches.
fn parse_loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| "use an address and a port, such as 127.0.0.1:0")?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("use a loopback address such as 127.0.0.1:0: your credentials pass through it".to_owned())
    }
}

/// Reads an end of the audit log.
fn parse_head(text: &str) -> Result<AuditHead, String> {
    let parsed = text.split_once(':').and_then(|(number, code)| {
        let seq = number.parse().ok().filter(|seq| *seq > 0)?;
        let is_code = code.len() == 64 && code.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_code.then(|| AuditHead {
            seq,
            mac: code.to_ascii_lowercase(),
        })
    });
    parsed.ok_or_else(|| "use the number and the code as they were shown, such as 12:5f3a...".to_owned())
}

/// Reads a folder that is there.
fn parse_folder(text: &str) -> Result<PathBuf, String> {
    let folder = PathBuf::from(text);
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err("there is no such folder".to_owned())
    }
}

/// Reads a version of Jira Data Center.
fn parse_version(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('.').collect();
    let number =
        |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    if (2..=4).contains(&parts.len()) && parts.iter().all(number) {
        Ok(text.to_owned())
    } else {
        Err("use numbers with dots between them, such as 10.7.4".to_owned())
    }
}

/// Runs the program; the exit code is 0 after an orderly stop, 1 when it could not start, 2 for options
/// that it cannot read.
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
        Command::Dev(arguments) => runtime.block_on(dev(arguments)),
        Command::Sandbox(arguments) => runtime.block_on(sandbox(arguments)),
        Command::Audit(AuditCommand::Verify { head }) => runtime.block_on(verify_audit_log(head)),
        Command::Secrets(command) => runtime.block_on(look_after_secrets(command)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("traceline: {text}");
            ExitCode::FAILURE
        }
    }
}

fn load_config() -> Result<Config, String> {
    let config = Config::load().map_err(|error| error.to_string())?;
    telemetry::init(config.log_format, &config.log);
    Ok(config)
}

async fn serve() -> Result<(), String> {
    let config = load_config()?;
    let announce = config.announce_json;
    let run = async {
        let stored = start::open_stored(&config).await?;
        start::run(config, stored, |ready| tell(ready, None, announce)).await
    };
    run.await.map_err(|error| error.to_string())
}

async fn dev(arguments: SandboxArguments) -> Result<(), String> {
    let mut config = load_config()?;
    let options = sandbox_options(arguments, &config);
    let stored = start::open_stored(&config)
        .await
        .map_err(|error| error.to_string())?;
    let sandbox = Sandbox::start(options).await.map_err(|error| error.to_string())?;
    allow_sandbox(&mut config, &sandbox);
    let announce = config.announce_json;
    let outcome = start::run(config, stored, |ready| tell(ready, Some(&sandbox), announce)).await;
    sandbox.stop().await;
    outcome.map_err(|error| error.to_string())
}

async fn verify_audit_log(head: Option<AuditHead>) -> Result<(), String> {
    let config = load_config()?;
    let verified = start::verify_audit_log(&config, head)
        .await
        .map_err(|error| error.to_string())?;
    for found in &verified.breaks {
        println!("{found}");
    }
    let end = &verified.head;
    match verified.breaks.len() {
        0 if end.seq == 0 => println!("The audit log is empty."),
        0 => println!(
            "The audit log is as it was written: {} entries. Keep its end elsewhere: --head {}:{}",
            end.seq, end.seq, end.mac
        ),
        count => {
            return Err(format!(
                "the audit log is not as it was written, see the {count} lines above"
            ));
        }
    }
    Ok(())
}

async fn look_after_secrets(command: secrets::SecretsCommand) -> Result<(), String> {
    let config = load_config()?;
    secrets::run(command, &config).await
}

async fn sandbox(arguments: SandboxArguments) -> Result<(), String> {
    let config = load_config()?;
    if let Some(SandboxCommand::Record(arguments)) = arguments.command {
        return record(arguments, &config).await;
    }
    let options = sandbox_options(arguments, &config);
    crate::sandbox::run(options)
        .await
        .map_err(|error| error.to_string())
}

async fn record(arguments: RecordArguments, config: &Config) -> Result<(), String> {
    let ending = Ending::listen();
    let options = RecordOptions {
        upstream: arguments.upstream,
        into: arguments.into,
        listen: arguments.listen,
        keep_texts: arguments.keep_texts,
        policy: start::outbound_policy(config).map_err(|error| error.to_string())?,
    };
    let into = options.into.display().to_string();
    let recording = start_recording(options)
        .await
        .map_err(|error| error.to_string())?;
    eprintln!(
        "Use {} in place of your Jira's address. Recording into {into}. Stop with Ctrl-C.",
        recording.url
    );
    if announce(&serde_json::json!({"url": recording.url, "into": into})) {
        ending.wait().await;
    }
    Ok(())
}

/// Fixed ports beside a fixed server, free ones beside a server that takes a free one.
fn sandbox_options(arguments: SandboxArguments, config: &Config) -> SandboxOptions {
    let port = |wanted| if config.listen.port() == 0 { 0 } else { wanted };
    SandboxOptions {
        cloud_addr: arguments
            .cloud
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], port(CLOUD_PORT)))),
        data_center_addr: arguments
            .data_center
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], port(DATA_CENTER_PORT)))),
        ca_dir: config.data_dir.join("sandbox"),
        recorded_dir: arguments.recorded,
        data_center_version: arguments.dc_version,
        world: arguments.world,
        plain_http: arguments.plain_http,
        webhooks_anywhere: arguments.webhooks_anywhere,
        exchanges: arguments.exchanges,
    }
}

/// Lets the server reach the sandbox's own addresses and trust its certificate authority.
fn allow_sandbox(config: &mut Config, sandbox: &Sandbox) {
    let outbound = &mut config.outbound;
    outbound.extra_ca_file = Some(sandbox.ca_pem_path().to_path_buf());
    for site in sandbox.sites() {
        let Ok(url) = Url::parse(&site.url) else { continue };
        let address = format!(
            "{}:{}",
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or_default()
        );
        if site.deployment == Deployment::Cloud {
            outbound.cloud_hosts.push(address.clone());
        }
        outbound.allowed_hosts.push(address);
        if outbound.cloud_gateway.is_none() {
            outbound.cloud_gateway = site
                .gateway_url
                .as_deref()
                .and_then(|gateway| Url::parse(gateway).ok())
                .map(|mut gateway| {
                    gateway.set_path("");
                    gateway
                });
        }
    }
}

/// Says where the server is and, with a sandbox, what to paste into the connection form.
fn tell(ready: &Ready, sandbox: Option<&Sandbox>, announce_json: bool) {
    let sites = sandbox.map(Sandbox::sites).unwrap_or_default();
    if announce_json {
        let sandbox: Vec<serde_json::Value> = sites.iter().map(announced_site).collect();
        let line = serde_json::json!({ "url": ready.url, "setup_url": ready.setup_url, "sandbox": sandbox });
        println!("TRACELINE_READY {line}");
        return;
    }
    println!("\nTraceline is at {}", ready.url);
    if let Some(setup) = &ready.setup_url {
        println!("Set it up, once, at {setup}");
    }
    if let Some(sandbox) = sandbox {
        println!("\nSandbox Jira: paste these when you create an integration.");
        println!("{}", sandbox.describe());
    }
    println!("Stop with Ctrl-C.");
}

/// A site with its first account, and all of them.
fn announced_site(site: &crate::sandbox::SiteInfo) -> serde_json::Value {
    let first = site.accounts.first();
    serde_json::json!({
        "name": site.name,
        "deployment": site.deployment,
        "url": site.url,
        "email": first.map(|account| &account.email),
        "token": first.map(|account| &account.token),
        "accounts": site.accounts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(["traceline", "sandbox"].iter().chain(words))
    }

    #[test]
    fn options_that_make_sense_are_taken() {
        for words in [
            vec![],
            vec!["--cloud", "127.0.0.1:0", "--data-center", "[::1]:0"],
            vec!["--dc-version", "11.2.1", "--plain-http", "--webhooks-anywhere"],
            vec!["--world", "generate:1000,seed=2,projects=5"],
            vec!["--world", "invented", "--exchanges", "somewhere"],
            vec![
                "record",
                "--upstream",
                "https://jira.example.com/jira",
                "--into",
                "x",
            ],
            vec![
                "record",
                "--upstream",
                "http://10.0.0.1",
                "--into",
                "x",
                "--listen",
                "[::1]:0",
                "--keep-texts",
            ],
        ] {
            assert!(parse(&words).is_ok(), "{words:?}");
        }
    }

    #[test]
    fn options_that_do_not_are_refused_with_code_2_and_the_reason() {
        for (words, reason) in [
            (vec!["--cloud", "nowhere"], "--cloud"),
            (vec!["--cloud", "127.0.0.1:99999"], "--cloud"),
            (vec!["--dc-version", "latest"], "10.7.4"),
            (vec!["--dc-version", "10"], "10.7.4"),
            (vec!["--world", "moon"], "company, german, invented"),
            (vec!["--world", "generate:many"], "whole number"),
            (vec!["--world", "generate:10,size=3"], "not a size"),
            (vec!["--recorded", "/no/such/folder"], "no such folder"),
            (vec!["--colour"], "--colour"),
            (vec!["record", "--into", "x"], "--upstream"),
            (vec!["record", "--upstream", "jira", "--into", "x"], "no address"),
            (
                vec!["record", "--upstream", "ftp://jira", "--into", "x"],
                "https://",
            ),
            (
                vec![
                    "record",
                    "--upstream",
                    "https://jira",
                    "--into",
                    "x",
                    "--listen",
                    "0.0.0.0:0",
                ],
                "loopback",
            ),
        ] {
            let error = parse(&words).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{words:?}");
            assert!(error.to_string().contains(reason), "{words:?}: {error}");
        }
    }

    #[test]
    fn an_end_of_the_audit_log_is_a_number_and_a_code() {
        let code = "0123456789ABCDEF".repeat(4);
        let parse = |head: &str| Arguments::try_parse_from(["traceline", "audit", "verify", "--head", head]);
        assert!(parse(&format!("12:{code}")).is_ok());
        for bad in [
            "",
            "12",
            "12:",
            "0:{code}",
            &code,
            &format!("x:{code}"),
            &format!("1:{code}0"),
        ] {
            assert_eq!(parse(bad).unwrap_err().exit_code(), 2, "{bad}");
        }
    }
}
