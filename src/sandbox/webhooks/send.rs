//! Carrying deliveries out.
//!
//! One task a site. A receiver that is slow delays those behind it, up to the limit of one call.
//! Only the status of the answer is read.

use std::{net::IpAddr, sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::hub::{Delivery, Hub, Next};

/// Longest time a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How a site sends.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    client: reqwest::Client,
    cloud: bool,
    /// Whether deliveries may leave this machine.
    anywhere: bool,
}

impl Sender {
    /// A sender for one dialect.
    ///
    /// # Errors
    /// When the TLS library cannot start.
    pub(crate) fn new(cloud: bool, anywhere: bool) -> Result<Self, reqwest::Error> {
        // Somebody may have chosen a provider before; then that one is used.
        let _chosen_before = rustls::crypto::ring::default_provider().install_default();
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox plays Jira, whose calls are not the product's"
        )]
        let builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            // A receiver on this machine has a certificate that nobody signed.
            .tls_danger_accept_invalid_certs(!anywhere);
        Ok(Self {
            client: builder.build()?,
            cloud,
            anywhere,
        })
    }

    /// Sends until told to stop.
    pub(crate) async fn run(self, hub: Arc<Hub>, stop: CancellationToken) {
        loop {
            let wait = match hub.take(Instant::now()) {
                Next::Send(delivery) => {
                    let (outcome, again) = tokio::select! {
                        () = stop.cancelled() => return,
                        outcome = self.send(&delivery) => outcome,
                    };
                    hub.finish(*delivery, outcome, again && self.cloud, Instant::now());
                    continue;
                }
                Next::WaitUntil(due) => Some(due),
                Next::Wait => None,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = hub.wake.notified() => {}
                () = sleep_until(wait) => {}
            }
        }
    }

    /// The outcome for the log, and whether Cloud would try again.
    async fn send(&self, delivery: &Delivery) -> (String, bool) {
        let Ok(url) = url::Url::parse(&delivery.url) else {
            return ("the URL is not valid".to_owned(), false);
        };
        if !self.anywhere && !is_loopback(&url) {
            return ("not sent: the receiver is not on this machine".to_owned(), false);
        }
        let mut request = self.client.post(url);
        for (name, value) in &delivery.headers {
            request = request.header(*name, value);
        }
        if delivery.retry > 0 {
            request = request.header("x-atlassian-webhook-retry", delivery.retry.to_string());
        }
        if let Some(body) = &delivery.body {
            request = request
                .header("content-type", "application/json; charset=UTF-8")
                .body(body.clone());
        }
        match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                let again = matches!(status, 408 | 409 | 425 | 429 | 500..=599);
                (status.to_string(), again)
            }
            Err(error) => (format!("no answer: {}", error.without_url()), true),
        }
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

fn is_loopback(url: &url::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for (url, loopback) in [
            ("http://127.0.0.1:8080/x", true),
            ("https://localhost/x", true),
            ("http://[::1]/x", true),
            ("http://10.0.0.1/x", false),
            ("http://localhost.example/x", false),
            ("http://127.0.0.1.nip.example/x", false),
        ] {
            assert_eq!(is_loopback(&url::Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
