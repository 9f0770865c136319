//! The only error that crosses from server to browser.
//!
//! Made by `server::error` alone (and by the framework's own failures, which are reduced to general
//! words here): what happened, why, what to do, and the request id under which the log has the rest.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::domain::field_error::FieldErrors;

/// What kind of failure it is; decides the status and how a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// 401.
    NotSignedIn,
    /// 404.
    NotFound,
    /// 403.
    Forbidden,
    /// 422, with fields.
    Invalid,
    /// 409.
    Conflict,
    /// 429.
    Throttled,
    /// 503.
    Busy,
    /// 502.
    Jira,
    /// 500.
    Internal,
    /// The request could not be read, or the answer did not arrive.
    Transport,
}

/// A failure as a person may read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// Kind.
    pub kind: ErrorKind,
    /// What happened, why, what to do.
    pub message: String,
    /// Messages that belong to fields, by field name.
    pub fields: FieldErrors,
    /// Reference for the log; empty when there was no request.
    pub request_id: String,
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // The framework's own texts name types and addresses: none of them is for people.
        let message = match &error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => {
                "The server did not answer. Check your connection and try again; nothing is lost on this page."
            }
            _ => "The request could not be read. Reload the page and try again.",
        };
        // What the server could not do with a request that it did read is no fault of the request.
        let kind = match error {
            ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::Registration(_) => ErrorKind::Internal,
            _ => ErrorKind::Transport,
        };
        Self {
            kind,
            message: message.into(),
            fields: FieldErrors::new(),
            request_id: String::new(),
        }
    }
}
