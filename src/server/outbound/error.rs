//! Why a call did not give an answer, told apart as far as a person can act on it.
//!
//! Nothing here holds a header, a body or a full address: texts reach logs and pages. Can go wrong:
//! a library changes how it nests its errors; the tests meet each kind over a real socket.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use super::BlockedAddress;

/// A call that gave no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The address is neither public nor allowed by the operator. Nothing was sent.
    #[error("the address of {host} is not allowed")]
    AddressNotAllowed {
        /// Host as written.
        host: String,
        /// No list of the operator opens it.
        never: bool,
    },
    /// The URL cannot be called: scheme, user info or no host. Nothing was sent.
    #[error("the URL cannot be called")]
    UrlNotAllowed,
    /// The name has no address.
    #[error("the name {host} is not known")]
    NameNotFound {
        /// Host as written.
        host: String,
    },
    /// Nothing listens there.
    #[error("{host} refuses the connection")]
    Refused {
        /// Host as written.
        host: String,
        /// Port that was called.
        port: u16,
    },
    /// No complete answer in time.
    #[error("{host} gave no complete answer within {} s", after.as_secs())]
    TimedOut {
        /// Host as written.
        host: String,
        /// The deadline, or the connect limit.
        after: Duration,
    },
    /// The secure connection failed.
    #[error("the secure connection to {host} failed: {problem}")]
    Tls {
        /// Host as written.
        host: String,
        /// In which way.
        problem: TlsProblem,
    },
    /// The host sends the caller elsewhere; never followed.
    #[error("{host} redirects (HTTP {status})")]
    Redirect {
        /// Host as written.
        host: String,
        /// Host it points to, without path and query.
        to_host: Option<String>,
        /// Status of the answer.
        status: u16,
    },
    /// The body is larger than the limit.
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge {
        /// Host as written.
        host: String,
        /// The limit in bytes, after decompression.
        limit: usize,
    },
    /// The connection ended inside the answer.
    #[error("the answer of {host} stops in the middle")]
    Truncated {
        /// Host as written.
        host: String,
    },
    /// Any other failure of the connection.
    #[error("the call to {host} failed")]
    Other {
        /// Host as written.
        host: String,
    },
    /// A certificate of the operator or the connection cannot be read.
    #[error("the certificate authority cannot be read")]
    BadCertificateAuthority,
}

/// How a secure connection failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsProblem {
    /// Signed by an authority that is not trusted.
    #[error("unknown authority")]
    UnknownAuthority,
    /// Made for another name.
    #[error("wrong host")]
    WrongHost,
    /// Outside its period of validity.
    #[error("expired")]
    Expired,
    /// Anything else.
    #[error("no agreement")]
    Other,
}

/// What the chain of causes of a reqwest error says.
pub(super) fn classify(
    error: &reqwest::Error,
    host: &str,
    port: u16,
    after: Duration,
    in_body: bool,
) -> OutboundError {
    let host = host.to_owned();
    let mut connecting = error.is_connect();
    let mut found = None;
    walk(error, &mut |cause| {
        if found.is_some() {
            return;
        }
        if let Some(blocked) = cause.downcast_ref::<BlockedAddress>() {
            found = Some(if blocked.unknown_name {
                OutboundError::NameNotFound { host: host.clone() }
            } else {
                OutboundError::AddressNotAllowed {
                    host: host.clone(),
                    never: blocked.never,
                }
            });
        } else if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            found = Some(OutboundError::Tls {
                host: host.clone(),
                problem: classify_tls(tls),
            });
        } else if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            if hyper.is_incomplete_message() {
                found = Some(OutboundError::Truncated { host: host.clone() });
            }
        } else if let Some(io) = cause.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => {
                    found = Some(OutboundError::Refused {
                        host: host.clone(),
                        port,
                    });
                }
                io::ErrorKind::TimedOut => {
                    found = Some(OutboundError::TimedOut {
                        host: host.clone(),
                        after,
                    });
                }
                io::ErrorKind::UnexpectedEof if !connecting => {
                    found = Some(OutboundError::Truncated { host: host.clone() });
                }
                _ => {}
            }
        } else {
            connecting = connecting || error.is_connect();
        }
    });
    match found {
        Some(found) => found,
        None if error.is_timeout() => OutboundError::TimedOut { host, after },
        None if in_body || error.is_body() || error.is_decode() => OutboundError::Truncated { host },
        None => OutboundError::Other { host },
    }
}

/// Visits an error and its causes. A wrapped I/O error hides its inner error from `source`, so it is
/// opened here. Depth is bounded: causes are data of other crates.
fn walk(error: &(dyn StdError + 'static), visit: &mut dyn FnMut(&(dyn StdError + 'static))) {
    let mut open: Vec<&(dyn StdError + 'static)> = vec![error];
    let mut seen = 0;
    while let Some(error) = open.pop() {
        seen += 1;
        if seen > 32 {
            return;
        }
        visit(error);
        if let Some(source) = error.source() {
            open.push(source);
        }
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            open.push(inner);
        }
    }
}

fn classify_tls(error: &rustls::Error) -> TlsProblem {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer | Certificate::BadSignature) => {
            TlsProblem::UnknownAuthority
        }
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => TlsProblem::WrongHost,
        rustls::Error::InvalidCertificate(
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. },
        ) => TlsProblem::Expired,
        // A self-signed end certificate that is marked as an authority is reported in this way.
        rustls::Error::InvalidCertificate(Certificate::Other(other))
            if other.to_string().contains("CaUsedAsEndEntity") =>
        {
            TlsProblem::UnknownAuthority
        }
        _ => TlsProblem::Other,
    }
}
