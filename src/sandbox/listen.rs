//! Taking connections: a port, TLS where the site speaks it, and a gate behind which a site looks dead.

use std::{net::SocketAddr, time::Duration};

use axum::Extension;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{faults::Spoiled, server::SandboxError};

/// Opens a port. Asynchronous, because it binds to the reactor of the runtime it is called in.
pub(super) async fn listen(address: SocketAddr, scheme: &str) -> Result<(TcpListener, String), SandboxError> {
    let listener = bind(address).map_err(|error| SandboxError::Listen(address, error))?;
    let url = format!("{scheme}://{}", listener.local_addr()?);
    Ok((listener, url))
}

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A port that was just left may be taken again at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Connections that the kernel may keep waiting; few, so that a site can be made to look dead.
const BACKLOG: u32 = 256;

pub(super) async fn accept_all(
    listener: TcpListener,
    mut gate: watch::Receiver<bool>,
    tls: Option<TlsAcceptor>,
    router: axum::Router,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let next = tokio::select! {
            () = stop.cancelled() => return,
            () = wait_until_closed(&mut gate) => None,
            accepted = listener.accept() => Some(accepted),
        };
        let Some(accepted) = next else {
            tokio::select! {
                () = stop.cancelled() => return,
                () = keep_out(&listener, &mut gate) => continue,
            }
        };
        // A failed accept (out of file handles, a peer that is gone) is not ours to report; the next may work.
        let Ok((stream, _)) = accepted else { continue };
        let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = serve_connection(stream, tls, router) => {}
            }
        });
    }
}

async fn wait_until_closed(gate: &mut watch::Receiver<bool>) {
    // A gate that is gone stays as it was.
    if gate.wait_for(|open| !open).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Fills the queue of waiting connections, so that the kernel answers no more, and returns when the gate
/// is open again.
async fn keep_out(listener: &TcpListener, gate: &mut watch::Receiver<bool>) {
    let mut waiting = Vec::new();
    if let Ok(address) = listener.local_addr() {
        let patience = Duration::from_millis(100);
        while let Ok(Ok(stream)) = tokio::time::timeout(patience, TcpStream::connect(address)).await {
            waiting.push(stream);
        }
    }
    let _gate_gone = gate.wait_for(|open| *open).await;
}

async fn serve_connection(stream: TcpStream, tls: Option<TlsAcceptor>, router: axum::Router) {
    let (stream, wire) = Spoiled::new(stream);
    let router = router.layer(Extension(wire));
    match tls {
        None => serve_stream(stream, router).await,
        // A failed handshake is the client's to report.
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve_stream(stream, router).await;
            }
        }
    }
}

async fn serve_stream<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, router: axum::Router) {
    let service = TowerToHyperService::new(router);
    // An error here means that the client went away or a fault cut the answer: both wanted.
    let _ended = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
