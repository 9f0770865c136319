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
    println!("{}\nCertificate to trust for https: {}", describe(sandbox.sites()), sandbox.ca_pem_path().display());
    sandbox.run_until(wait_for_signal()).await;
    Ok(())
}

/// The text that tells a person how to connect: address, email and token for each site.
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
            let _infallible = writeln!(text, "  {:<30} {:<32} {}", account.email, account.token, account.note);
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
