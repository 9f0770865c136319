//! Faults below HTTP: bytes that trickle, connections that are reset.
//!
//! Every accepted connection is wrapped; the handler of a request finds the switch among the request's
//! extensions and sets it for its own answer. TLS lies above, so that its bytes trickle, too.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use super::FaultRule;

#[derive(Debug, Default)]
struct State {
    drip: Option<Duration>,
    /// Break off with a reset at the next write.
    reset: bool,
    /// Whatever closes the connection, close it with a reset.
    reset_at_end: bool,
}

/// The switch of one connection.
#[derive(Clone, Debug, Default)]
pub(in crate::sandbox) struct Wire(Arc<Mutex<State>>);

impl Wire {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what the answer of this request suffers; `None` heals the connection.
    pub(in crate::sandbox) fn set(&self, rule: Option<&FaultRule>) {
        *self.lock() = rule.map_or_else(State::default, |rule| State {
            drip: rule.drip_ms.map(Duration::from_millis),
            reset: rule.reset && rule.truncate_at.is_none(),
            reset_at_end: rule.reset,
        });
    }
}

/// A connection that obeys its switch.
#[derive(Debug)]
pub(in crate::sandbox) struct Spoiled {
    stream: TcpStream,
    wire: Wire,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Spoiled {
    pub(in crate::sandbox) fn new(stream: TcpStream) -> (Self, Wire) {
        let wire = Wire::default();
        let spoiled = Self {
            stream,
            wire: wire.clone(),
            pause: None,
        };
        (spoiled, wire)
    }

    /// Waits for the next byte's turn; gives how many bytes may be written.
    fn poll_turn(&mut self, context: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        let (drip, reset) = {
            let state = self.wire.lock();
            (state.drip, state.reset)
        };
        if reset {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let Some(drip) = drip else {
            return Poll::Ready(Ok(wanted));
        };
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(drip)));
        if pause.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.pause = None;
        Poll::Ready(Ok(wanted.min(1)))
    }
}

impl Drop for Spoiled {
    fn drop(&mut self) {
        if self.wire.lock().reset_at_end {
            // Without lingering the kernel answers the peer with a reset.
            let _already_gone = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Spoiled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Spoiled {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.poll_turn(context, bytes.len()) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(count)) => Pin::new(&mut self.stream).poll_write(context, &bytes[..count]),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.wire.lock().reset_at_end {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
