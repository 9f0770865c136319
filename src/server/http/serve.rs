//! Listening and stopping.
//!
//! Served by hyper itself rather than `axum::serve`, which starts no timer for the head of a request: here a
//! client has 10 seconds to send it, from the first moment on, and half a minute to take what it is sent.
//! HTTP/1.1 only: browsers speak nothing else without TLS, and the proxy in front speaks the rest. At most
//! 2,000 connections are open at once, 200 of one address; more wait in the system's queue, or are closed.
//! Whatever one silent client holds, the others come through. Stopping ends event streams first, then waits
//! up to 15 seconds for answers in flight, then ends.

use std::{
    collections::HashMap,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, extract::ConnectInfo, extract::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulConnection, GracefulShutdown},
};
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};

use crate::server::app::throttle::network_of;

const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that may be open at once.
const CONNECTIONS: usize = 2000;
/// Connections of one address; a trusted proxy brings those of many people.
const CONNECTIONS_OF_ONE: usize = 200;
/// How long a client may take nothing of what it is sent.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// How long clients may keep a connection waiting.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of a request, from the opening of the connection or the end of the answer before.
    pub head: Duration,
    /// For taking some more of an answer.
    pub write: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: HEADER_TIMEOUT,
            write: WRITE_TIMEOUT,
        }
    }
}

/// Serves until `shutdown` is cancelled, then drains. Peers in `proxies` may open as many connections as there
/// are.
///
/// # Errors
/// Never at present; failures of single connections are logged.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    proxies: &[IpNet],
    patience: Patience,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let graceful = GracefulShutdown::new();
    let peers = Peers::default();
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let slot = tokio::select! {
            slot = Arc::clone(&slots).acquire_owned() => slot,
            () = shutdown.cancelled() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors and the like: wait a little instead of spinning.
                    tracing::warn!(error = %error, "a connection cannot be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = shutdown.cancelled() => break,
        };
        let address = peer.ip().to_canonical();
        let place = if proxies.iter().any(|net| net.contains(&address)) {
            None
        } else if let Some(place) = peers.enter(network_of(&address.to_string())) {
            Some(place)
        } else {
            tracing::debug!(address = %address, "too many connections of one address, closed");
            continue;
        };
        let connection = connection(&router, stream, peer, patience);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            let _held = (slot, place);
            if let Err(error) = watched.await {
                tracing::debug!(error = %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => tracing::info!("all answers are out"),
        () = tokio::time::sleep(DRAIN_TIMEOUT) => tracing::warn!("some answers were cut after 15 s"),
    }
    Ok(())
}

/// How many connections each address has open; of IPv6, each network that one household has.
#[derive(Debug, Clone, Default)]
struct Peers(Arc<Mutex<HashMap<String, usize>>>);

/// A connection that is counted until this is dropped.
#[derive(Debug)]
struct Place {
    peers: Peers,
    network: String,
}

impl Peers {
    /// Counts one more, unless the address has all it may have.
    fn enter(&self, network: String) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(network.clone()).or_default();
        if *count >= CONNECTIONS_OF_ONE {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(Place {
            peers: self.clone(),
            network,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.network);
            }
        }
    }
}

fn connection(
    router: &Router,
    stream: TcpStream,
    peer: SocketAddr,
    patience: Patience,
) -> impl GracefulConnection<Error = hyper::Error> + Send + 'static {
    let router = router.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut router = router.clone();
        async move {
            let ready = ServiceExt::<Request<Incoming>>::ready(&mut router).await?;
            ready.call(request).await
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(with_write_timeout(stream, patience.write)), service)
}

/// The connection fails when a write makes no progress for so long.
fn with_write_timeout(stream: TcpStream, patience: Duration) -> Pin<Box<TimeoutWriter<TcpStream>>> {
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(patience));
    Box::pin(stream)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Serves `/` with so many bytes, and gives up on clients soon.
    async fn start(bytes: usize) -> (SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let address = listener.local_addr().expect("address");
        let router = Router::new().route("/", get(move || async move { "x".repeat(bytes) }));
        let shutdown = CancellationToken::new();
        let patience = Patience {
            head: Duration::from_millis(100),
            write: Duration::from_millis(100),
        };
        let stop = shutdown.clone();
        tokio::spawn(async move { serve(listener, router, &[], patience, stop).await });
        (address, shutdown)
    }

    #[tokio::test]
    async fn clients_that_keep_silent_are_let_go() {
        let (address, shutdown) = start(1).await;
        for beginning in [
            "",
            "PRI * HT",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\n",
        ] {
            let mut client = TcpStream::connect(address).await.expect("connected");
            client.write_all(beginning.as_bytes()).await.expect("sent");
            let mut rest = Vec::new();
            // An end, with or without a last word, or a reset: the place is free again.
            drop(client.read_to_end(&mut rest).await);
        }
        shutdown.cancel();
    }

    #[tokio::test]
    async fn clients_that_take_nothing_are_let_go() {
        let (address, shutdown) = start(64 * 1024 * 1024).await;
        let mut client = TcpStream::connect(address).await.expect("connected");
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await
            .expect("sent");
        tokio::time::sleep(Duration::from_millis(600)).await;
        let mut rest = Vec::new();
        drop(client.read_to_end(&mut rest).await);
        assert!(rest.len() < 64 * 1024 * 1024, "{} bytes", rest.len());
        shutdown.cancel();
    }

    #[test]
    fn one_address_has_its_share_and_gets_it_back() {
        let peers = Peers::default();
        let one = || network_of("2001:db8:1:2::9");
        let mut places: Vec<_> = (0..CONNECTIONS_OF_ONE)
            .map(|_| peers.enter(one()).expect("room"))
            .collect();
        assert!(peers.enter(one()).is_none());
        let elsewhere = peers.enter(network_of("203.0.113.9"));
        assert!(elsewhere.is_some());
        places.pop();
        assert!(peers.enter(one()).is_some());
        drop((places, elsewhere));
        assert!(peers.0.lock().expect("counts").is_empty());
    }
}
