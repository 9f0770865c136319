//! The sandbox as a command: start, tell, run until interrupted.

use std::io::Write as _;

use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    accounts::{Account, Role},
    server::{Sandbox, SandboxError, SandboxOptions, SiteInfo},
};
use crate::domain::jira::Deployment;

/// Said beside the certificate: a browser that follows a link to the Cloud site does not know it.
const TRUST: &str = "Your browser does not know it: \"Open in Jira\" leads to a warning there. Go on past it, or import the certificate as an authority.";

/// Starts the sandbox, says where it is, and runs until it is told to stop, see [`Ending`].
///
/// Programs read one line of JSON on standard output, see [`Sandbox::announce`]; people read what to
/// paste where on standard error.
///
/// # Errors
/// As [`Sandbox::start`].
pub async fn run(options: SandboxOptions) -> Result<(), SandboxError> {
    let ending = Ending::listen();
    let mut sandbox = Sandbox::start(options).await?;
    let admin = sandbox.listen_for_admin().await?;
    eprintln!("{}", sandbox.describe());
    if announce(&sandbox.announce(&admin)) {
        sandbox.run_until(ending.wait()).await;
    } else {
        sandbox.stop().await;
    }
    Ok(())
}

/// Writes the one line that programs read; false when nobody is there to read it.
#[must_use]
pub fn announce(line: &Value) -> bool {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}

/// What ends the program: Ctrl-C, a termination signal, or the end of whoever reads standard output, for a
/// program that is gone must not leave this one behind. A signal counts from the moment this is made.
#[derive(Debug)]
pub struct Ending {
    terminate: Option<Signal>,
    interrupt: Option<Signal>,
}

impl Ending {
    /// Listens from now on. Where that cannot be, a signal ends the process as it always does.
    #[must_use]
    pub fn listen() -> Self {
        Self {
            terminate: signal(SignalKind::terminate()).ok(),
            interrupt: signal(SignalKind::interrupt()).ok(),
        }
    }

    /// Waits for the end.
    pub async fn wait(mut self) {
        tokio::select! {
            () = next(self.terminate.as_mut()) => {}
            () = next(self.interrupt.as_mut()) => {}
            () = wait_for_reader_gone() => {}
        }
    }
}

async fn next(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Never ready where standard output is no pipe.
async fn wait_for_reader_gone() {
    use std::os::fd::AsFd as _;
    use tokio::{io::Interest, net::unix::pipe::Sender};
    let copy = std::io::stdout().as_fd().try_clone_to_owned();
    // What is no pipe is refused here.
    if let Ok(pipe) = copy.and_then(|copy| Sender::from_file(copy.into()))
        && pipe.ready(Interest::ERROR).await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

impl Sandbox {
    /// What programs need to use the sandbox: `{cloud: {url, cloud_id, accounts[]}, data_center: {url,
    /// version, accounts[]}, ca_file, admin}`. Accounts that can use the site, administrators first,
    /// who may only browse last.
    #[must_use]
    pub fn announce(&self, admin: &str) -> Value {
        let show = |deployment: Deployment| {
            self.world().get(deployment).read(|world| {
                let mut accounts: Vec<&Account> = world
                    .accounts
                    .iter()
                    .filter(|account| !account.expired && !account.scoped && account.role != Role::Nobody)
                    .collect();
                accounts.sort_by_key(|account| match account.role {
                    Role::Admin => 0,
                    Role::QaLead => 1,
                    Role::Reader(_) | Role::Nobody => 2,
                });
                let accounts: Vec<Value> = accounts
                    .into_iter()
                    .map(|account| show_account(account, deployment))
                    .collect();
                match deployment {
                    Deployment::Cloud => {
                        json!({"url": world.base_url, "cloud_id": world.cloud_id, "accounts": accounts})
                    }
                    Deployment::DataCenter => {
                        json!({"url": world.base_url, "version": world.version, "accounts": accounts})
                    }
                }
            })
        };
        json!({
            "cloud": show(Deployment::Cloud),
            "data_center": show(Deployment::DataCenter),
            "ca_file": self.ca_pem_path(),
            "admin": admin,
        })
    }

    /// The text that tells a person how to connect: address, emails and tokens of each site, and where one
    /// of them speaks https the certificate to trust.
    #[must_use]
    pub fn describe(&self) -> String {
        let sites = describe(self.sites());
        if self.sites().iter().all(|site| !site.url.starts_with("https:")) {
            return sites;
        }
        format!(
            "{sites}\nCertificate to trust for https: {}\n{TRUST}",
            self.ca_pem_path().display()
        )
    }
}

/// What to paste into the form of a connection, site by site.
fn describe(sites: &[SiteInfo]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for site in sites {
        let _infallible = writeln!(text, "\n{}  {}", site.name, site.url);
        if let Some(gateway) = &site.gateway_url {
            let _infallible = writeln!(text, "  gateway for scoped tokens: {gateway}");
        }
        for account in &site.accounts {
            let _infallible = writeln!(
                text,
                "  {:<30} {:<32} {}",
                account.email, account.token, account.note
            );
        }
    }
    text
}

fn show_account(account: &Account, deployment: Deployment) -> Value {
    match deployment {
        Deployment::Cloud => json!({
            "email": account.email, "token": account.token, "scoped_token": account.scoped_token(),
            "can": account.list_permissions(),
        }),
        Deployment::DataCenter => json!({
            "name": account.name, "token": account.token, "can": account.list_permissions(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_line_for_programs_names_usable_accounts() {
        let folder = std::env::temp_dir().join(format!("sandbox-line-{}", std::process::id()));
        for world in ["company", "german", "generate:50,seed=3"] {
            let options = SandboxOptions {
                ca_dir: folder.clone(),
                world: crate::sandbox::WorldChoice::parse(world).unwrap(),
                plain_http: true,
                ..SandboxOptions::default()
            };
            let mut sandbox = Sandbox::start(options).await.unwrap();
            let admin = sandbox.listen_for_admin().await.unwrap();
            let line = sandbox.announce(&admin);
            let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["admin", "ca_file", "cloud", "data_center"]);
            assert!(
                line["cloud"]["url"]
                    .as_str()
                    .unwrap()
                    .starts_with("http://127.0.0.1:")
            );
            assert!(admin.starts_with("http://127.0.0.1:"));
            for site in ["cloud", "data_center"] {
                let accounts = line[site]["accounts"].as_array().unwrap();
                let can = |place: usize, key: &str| {
                    let list = accounts[place]["can"].as_array().unwrap();
                    list.iter().any(|own| own == key)
                };
                let last = accounts.len() - 1;
                assert!(can(0, "ADMINISTER") && can(0, "BROWSE_PROJECTS"));
                assert!(can(last, "BROWSE_PROJECTS") && !can(last, "CREATE_ISSUES"));
                assert!(accounts[0]["token"].is_string());
            }
            assert_eq!(line["data_center"]["version"], "10.7.4");
            assert!(line["cloud"]["accounts"][0]["scoped_token"].is_string());
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn every_token_and_address_is_told() {
        let folder = std::env::temp_dir().join(format!("sandbox-run-{}", std::process::id()));
        let options = SandboxOptions {
            ca_dir: folder.clone(),
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let text = sandbox.describe();
        for site in sandbox.sites() {
            assert!(text.contains(&site.url));
            assert!(site.accounts.iter().all(|account| text.contains(&account.token)));
        }
        assert!(text.contains("ca.pem") && text.contains("Open in Jira"));
        sandbox.stop().await;
        let options = SandboxOptions {
            ca_dir: folder.clone(),
            plain_http: true,
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        assert!(
            !sandbox.describe().contains("Open in Jira"),
            "no certificate, no warning"
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
