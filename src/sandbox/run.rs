//! The sandbox as a command: start, tell, run until interrupted.

use super::server::{Sandbox, SandboxError, SandboxOptions, SiteInfo};

/// Starts the sandbox, calls `ready`, prints what to paste where, and runs until Ctrl-C or a
/// termination signal.
///
/// # Errors
/// As [`Sandbox::start`].
pub async fn run(options: SandboxOptions, ready: impl Fn(&Sandbox)) -> Result<(), SandboxError> {
    let sandbox = Sandbox::start(options).await?;
    ready(&sandbox);
    println!("{}", sandbox.describe());
    sandbox.run_until(wait_for_signal()).await;
    Ok(())
}

impl Sandbox {
    /// The text that tells a person how to connect: address, emails and tokens of each site, and the
    /// certificate to trust.
    #[must_use]
    pub fn describe(&self) -> String {
        format!(
            "{}\nCertificate to trust for https: {}",
            describe(self.sites()),
            self.ca_pem_path().display()
        )
    }
}

/// What to paste into the form of a connection, site by site.
#[must_use]
pub fn describe(sites: &[SiteInfo]) -> String {
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

async fn wait_for_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _interrupted = tokio::signal::ctrl_c().await;
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(text.contains("ca.pem"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
