//! Listening and stopping.
//!
//! Served through hyper-util rather than `axum::serve`, which starts no timer for the head of a
//! request: here a client has 10 seconds to send it. At most 2,000 connections are open at once; more
//! wait in the system's queue. Stopping ends event streams first, then waits
//! up to 15 seconds for answers in flight, then ends.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};

const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that may be open at once.
const CONNECTIONS: usize = 2000;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// Serves until `shutdown` is cancelled, then drains.
///
/// # Errors
/// Never at present; failures of single connections are logged.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let graceful = GracefulShutdown::new();
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
        let connection = connection(&router, stream, peer);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            let _held = slot;
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

fn connection(
    router: &Router,
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = Box<dyn std::error::Error + Send + Sync>>
+ Send
+ 'static {
    let router = router.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut router = router.clone();
        async move {
            let ready = ServiceExt::<Request<Incoming>>::ready(&mut router).await?;
            ready.call(request).await
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .max_concurrent_streams(100);
    builder
        .serve_connection_with_upgrades(TokioIo::new(stream), service)
        .into_owned()
}
