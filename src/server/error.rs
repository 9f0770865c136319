//! The one error of the server, and the one function that turns it into what a browser may see.
//!
//! `app` functions return [`Error`]; the server functions of `api` return `ApiError`, and
//! `From<Error>` is the bridge: it chooses kind, words and HTTP status, sets the status on the
//! response being made, and logs what the browser must not see under the same request id. An error that
//! ends a request is logged here and nowhere else; jobs and streams, which answer nobody, log their own.

use axum::http::StatusCode;

use crate::{
    api::error::{ApiError, ErrorKind},
    domain::field_error::FieldErrors,
    server::{request, secrets::SecretError, store::StoreError},
};

/// What can go wrong in a use case, told apart by what the reader can do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    /// The thing does not exist, or the person may not know that it does.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The person may see it but not do this; the text names who can help.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// What was typed does not hold; nothing was stored.
    #[error("invalid input")]
    Invalid(FieldErrors),
    /// The request is well formed but the state of things refuses it; the text says why and what to do.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Too many tries; seconds to wait.
    #[error("throttled for {0} s")]
    Throttled(i64),
    /// This server has too much to do at the moment.
    #[error("busy")]
    Busy,
    /// Jira said no, or did not answer; the text is made for people already.
    #[error("jira: {0}")]
    Jira(String),
    /// The store.
    #[error(transparent)]
    Store(StoreError),
    /// A sealed value does not open.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A mistake in this program.
    #[error("internal: {0}")]
    Internal(String),
}

/// Result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::OwnerGone => Self::Conflict(
                "What this belongs to was deleted at this moment, so nothing was saved. Reload the page to see what is left.".into(),
            ),
            other => Self::Store(other),
        }
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl Error {
    /// One field and what is wrong with it.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, message))
    }

    /// Kind, status and words for the browser.
    fn public(&self) -> (ErrorKind, StatusCode, String) {
        match self {
            Self::NotSignedIn => (
                ErrorKind::NotSignedIn,
                StatusCode::UNAUTHORIZED,
                "You are not signed in, or your session has ended. Sign in to go on; what you typed is kept, passwords and tokens aside.".into(),
            ),
            // Drafts are discarded and integrations removed while others have their pages open.
            Self::NotFound("configuration" | "integration") => (
                ErrorKind::NotFound,
                StatusCode::NOT_FOUND,
                "This integration does not exist, or you may not see it. Somebody may have removed it, or discarded its draft, meanwhile. The project's page Integrations shows what is there.".into(),
            ),
            Self::NotFound("page") => (
                ErrorKind::NotFound,
                StatusCode::NOT_FOUND,
                "The address leads nowhere, or to something you may not see. Check it, or ask an admin for access.".into(),
            ),
            Self::NotFound(what) => (
                ErrorKind::NotFound,
                StatusCode::NOT_FOUND,
                format!("This {what} does not exist, or you may not see it. Check the address, or ask an admin for access."),
            ),
            Self::Forbidden(text) => (ErrorKind::Forbidden, StatusCode::FORBIDDEN, text.clone()),
            Self::Invalid(_) => (
                ErrorKind::Invalid,
                StatusCode::UNPROCESSABLE_ENTITY,
                "Some fields need another value. Nothing was saved.".into(),
            ),
            Self::Conflict(text) => (ErrorKind::Conflict, StatusCode::CONFLICT, text.clone()),
            Self::Throttled(seconds) => (
                ErrorKind::Throttled,
                StatusCode::TOO_MANY_REQUESTS,
                format!("Too many tries. Wait {} before the next one.", wait_words(*seconds)),
            ),
            Self::Busy | Self::Store(StoreError::Busy) => (
                ErrorKind::Busy,
                StatusCode::SERVICE_UNAVAILABLE,
                "Traceline is busy at the moment and did nothing. Try again in a few seconds.".into(),
            ),
            Self::Jira(text) => (ErrorKind::Jira, StatusCode::BAD_GATEWAY, text.clone()),
            Self::Store(StoreError::Unavailable(_)) => (
                ErrorKind::Busy,
                StatusCode::SERVICE_UNAVAILABLE,
                "The database does not answer, so nothing was saved. Try again in a minute; if it stays so, tell whoever runs this server.".into(),
            ),
            Self::Secret(error) => {
                let (what, next) = error.words();
                (ErrorKind::Internal, StatusCode::INTERNAL_SERVER_ERROR, format!("{what} {next}"))
            }
            Self::Store(_) | Self::Internal(_) => (
                ErrorKind::Internal,
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong in Traceline and nothing was saved. Try again; if it happens again, give your admin the reference below.".into(),
            ),
        }
    }
}

/// "40 seconds", "3 minutes".
fn wait_words(seconds: i64) -> String {
    match seconds.max(1) {
        1 => "1 second".into(),
        seconds @ 2..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", (seconds + 59) / 60),
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (kind, status, message) = error.public();
        let request_id = request::request_id();
        if status.is_server_error() {
            tracing::error!(request.id = request_id, error = ?error, "a request failed");
        }
        request::set_status(status);
        let fields = match error {
            Error::Invalid(fields) => fields,
            _ => FieldErrors::new(),
        };
        Self {
            kind,
            message,
            fields,
            request_id,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internals_never_reach_the_browser() {
        let errors = [
            Error::Internal("password=canary at db.internal".into()),
            Error::Store(StoreError::inconsistent("person", "state", "canary")),
            Error::Store(StoreError::Failed(sqlx::Error::Protocol("canary".into()))),
            Error::Secret(SecretError::DoesNotOpen),
        ];
        for error in errors {
            let (kind, status, message) = error.public();
            assert_eq!(kind, ErrorKind::Internal);
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(!message.contains("canary"));
        }
    }

    #[test]
    fn waiting_is_told_in_words() {
        assert_eq!(wait_words(0), "1 second");
        assert_eq!(wait_words(90), "90 seconds");
        assert_eq!(wait_words(91), "2 minutes");
    }
}
