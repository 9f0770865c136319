//! What a call to Jira can end in, and what follows from it.
//!
//! The class decides what the caller does (retry, ask for a new token, limit a feature, ask for a
//! mapping). Messages are Jira's own texts, cut short: foreign, localised, shown as plain text only.
//! No token and no raw page is ever inside.

use std::time::Duration;

use serde_json::Value;

use crate::server::outbound::{OutboundError, OutboundResponse};

/// What a failure asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// Try again later.
    Transient,
    /// The token is not accepted: stop until it is replaced.
    Credential,
    /// The account may not see or do this one thing.
    Permission,
    /// Address, query or configuration is wrong.
    Config,
    /// An answer that cannot be read and will not get better by asking again.
    Poison,
}

/// Why Jira refused a sign-in, as its `X-Seraph-LoginReason` header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginReason {
    /// Wrong or expired token.
    Failed,
    /// Denied until a person solves a CAPTCHA.
    Captcha,
}

/// A call without a usable result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JiraError {
    /// No answer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// Something answers that is not Jira.
    #[error("the answer is not JSON (HTTP {status})")]
    NotJson {
        /// Status of the answer.
        status: u16,
    },
    /// A sign-in page where data was expected.
    #[error("a sign-in page answers instead of Jira")]
    LoginPage,
    /// A web page that is no sign-in page: a gateway, a notice, another program.
    #[error("a web page answers instead of Jira (HTTP {status})")]
    NotJira {
        /// Status of the answer.
        status: u16,
    },
    /// HTTP 401, or an answer as anonymous.
    #[error("Jira refuses the token (HTTP 401)")]
    Unauthorized {
        /// Jira's reason, where it names one.
        login_reason: Option<LoginReason>,
    },
    /// HTTP 403.
    #[error("Jira forbids this (HTTP 403){}", list(messages))]
    Forbidden {
        /// Jira's messages.
        messages: Vec<String>,
    },
    /// HTTP 403 of Cloud for a token sent as Bearer.
    #[error("Jira Cloud does not take a bare token (HTTP 403)")]
    ConnectBearer403,
    /// HTTP 404: gone or not visible.
    #[error("not found or not visible (HTTP 404){}", list(messages))]
    NotFound {
        /// Jira's messages.
        messages: Vec<String>,
    },
    /// HTTP 429.
    #[error("Jira limits the requests (HTTP 429)")]
    RateLimited {
        /// How long Jira asks to wait.
        retry_after: Option<Duration>,
    },
    /// HTTP 500 to 599.
    #[error("Jira is not available (HTTP {status})")]
    Unavailable {
        /// Status of the answer.
        status: u16,
        /// How long Jira asks to wait.
        retry_after: Option<Duration>,
    },
    /// HTTP 410: this interface no longer exists.
    #[error("this interface of Jira has been removed (HTTP 410)")]
    Gone,
    /// HTTP 400.
    #[error("Jira refuses the request (HTTP 400){}", list(messages))]
    BadRequest {
        /// Jira's messages, field errors as `field: text`.
        messages: Vec<String>,
    },
    /// JSON that stops in the middle.
    #[error("the answer stops in the middle")]
    Truncated,
    /// JSON of another shape than agreed, or paging that does not advance.
    #[error("the answer has an unexpected form: {what}")]
    BadAnswer {
        /// What was read.
        what: &'static str,
    },
    /// Any other status.
    #[error("unexpected answer (HTTP {status}){}", list(messages))]
    Unexpected {
        /// Status of the answer.
        status: u16,
        /// Jira's messages.
        messages: Vec<String>,
    },
}

/// Bytes of a page within which a sign-in form shows itself.
const SIGN_IN_WITHIN: usize = 4096;

fn list(messages: &[String]) -> String {
    if messages.is_empty() {
        String::new()
    } else {
        format!(": {}", messages.join("; "))
    }
}

impl JiraError {
    /// What the failure asks for.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Outbound(error) => match error {
                OutboundError::NameNotFound { .. }
                | OutboundError::Refused { .. }
                | OutboundError::TimedOut { .. }
                | OutboundError::Truncated { .. }
                | OutboundError::Other { .. } => ErrorClass::Transient,
                OutboundError::TooLarge { .. } => ErrorClass::Poison,
                OutboundError::AddressNotAllowed { .. }
                | OutboundError::UrlNotAllowed
                | OutboundError::Tls { .. }
                | OutboundError::Redirect { .. }
                | OutboundError::BadCertificateAuthority => ErrorClass::Config,
            },
            // A gateway's notice in plain text, an empty answer, a timeout or a conflict pass by themselves.
            Self::RateLimited { .. }
            | Self::Unavailable { .. }
            | Self::Truncated
            | Self::NotJira { .. }
            | Self::NotJson { status: 200..=299 }
            | Self::Unexpected {
                status: 408 | 409 | 425,
                ..
            } => ErrorClass::Transient,
            Self::Unauthorized { .. } | Self::LoginPage | Self::ConnectBearer403 => ErrorClass::Credential,
            Self::Forbidden { .. } | Self::NotFound { .. } => ErrorClass::Permission,
            Self::NotJson { .. } | Self::Gone | Self::BadRequest { .. } | Self::Unexpected { .. } => {
                ErrorClass::Config
            }
            Self::BadAnswer { .. } => ErrorClass::Poison,
        }
    }

    /// How long Jira asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Turns an answer into its JSON, or into the error that it stands for. `retry_after` is the value
/// that the header gave. A good answer without a body is JSON null, unless its status promises one.
///
/// # Errors
/// Any [`JiraError`] but those of the connection.
pub fn read_answer(answer: &OutboundResponse, retry_after: Option<Duration>) -> Result<Value, JiraError> {
    let status = answer.status;
    let login_reason = match answer.find_header("x-seraph-loginreason") {
        Some(reason) if reason.contains("AUTHENTICATION_DENIED") => Some(LoginReason::Captcha),
        Some(reason) if reason.contains("AUTHENTICATED_FAILED") => Some(LoginReason::Failed),
        _ => None,
    };
    match status {
        200..=299 if login_reason.is_some() => Err(JiraError::Unauthorized { login_reason }),
        200..=299 => read_json(answer),
        401 => Err(JiraError::Unauthorized { login_reason }),
        403 if String::from_utf8_lossy(&answer.body).contains("Connect Session Auth Token") => {
            Err(JiraError::ConnectBearer403)
        }
        403 if login_reason == Some(LoginReason::Captcha) => Err(JiraError::Unauthorized { login_reason }),
        403 => Err(JiraError::Forbidden {
            messages: read_messages(&answer.body),
        }),
        400 => Err(JiraError::BadRequest {
            messages: read_messages(&answer.body),
        }),
        404 => Err(JiraError::NotFound {
            messages: read_messages(&answer.body),
        }),
        410 => Err(JiraError::Gone),
        429 => Err(JiraError::RateLimited { retry_after }),
        500..=599 => Err(JiraError::Unavailable { status, retry_after }),
        _ => Err(JiraError::Unexpected {
            status,
            messages: read_messages(&answer.body),
        }),
    }
}

fn read_json(answer: &OutboundResponse) -> Result<Value, JiraError> {
    let text = answer.body.trim_ascii();
    if text.is_empty() {
        return if answer.status == 200 {
            Err(JiraError::NotJson { status: 200 })
        } else {
            Ok(Value::Null)
        };
    }
    let is_page = answer
        .find_header("content-type")
        .is_some_and(|kind| kind.contains("html"))
        || text.starts_with(b"<");
    if is_page {
        return Err(if asks_to_sign_in(answer) {
            JiraError::LoginPage
        } else {
            JiraError::NotJira {
                status: answer.status,
            }
        });
    }
    let read = serde_json::from_slice(text).map_err(|error| {
        if error.is_eof() {
            JiraError::Truncated
        } else if error.to_string().contains("recursion limit") {
            // Text nested past any sense: asking for fewer issues finds the one that does it.
            JiraError::BadAnswer {
                what: "nesting is too deep",
            }
        } else {
            JiraError::NotJson {
                status: answer.status,
            }
        }
    });
    read.map(|mut value| {
        // No database column takes this character, and no text needs it.
        if text.windows(6).any(|six| six == b"\\u0000") {
            strip_nul(&mut value);
        }
        value
    })
}

/// Whether a page is one to sign in at: Jira's header says so, or its beginning does.
fn asks_to_sign_in(answer: &OutboundResponse) -> bool {
    let begin = answer.body.get(..SIGN_IN_WITHIN).unwrap_or(&answer.body);
    let begin = String::from_utf8_lossy(begin).to_ascii_lowercase();
    answer.find_header("x-seraph-loginreason").is_some()
        || ["login", "log in", "log-in", "signin", "sign in", "sign-in"]
            .iter()
            .any(|word| begin.contains(word))
}

/// Takes U+0000 out of every text. The depth is bounded by the parser.
fn strip_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| c != '\0'),
        Value::Array(items) => items.iter_mut().for_each(strip_nul),
        Value::Object(members) => members.values_mut().for_each(strip_nul),
        _ => {}
    }
}

/// Messages of an error body in any of the shapes that Jira and its gateways use.
fn read_messages(body: &[u8]) -> Vec<String> {
    let cut = |text: &str| {
        text.chars()
            .filter(|c| !c.is_control())
            .take(500)
            .collect::<String>()
    };
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for key in ["errorMessages", "warningMessages"] {
        found.extend(
            body.get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(cut),
        );
    }
    if let Some(errors) = body.get("errors").and_then(Value::as_object) {
        found.extend(
            errors
                .iter()
                .filter_map(|(field, text)| Some(cut(&format!("{field}: {}", text.as_str()?)))),
        );
    }
    for key in ["error", "message"] {
        found.extend(body.get(key).and_then(Value::as_str).map(cut));
    }
    found.truncate(10);
    found
}
