//! Failures of Jira in words: what happened, why, what to do next.

use std::time::Duration;

use crate::server::{
    app::wizard::lists::Problem,
    jira::{ErrorClass, JiraError},
};

/// What could not be read before the page's time was over, as a note.
pub fn too_slow(limit: Duration, parts: &str) -> Problem {
    Problem {
        title: "Jira does not answer in time.".into(),
        text: format!(
            "It did not send {parts} within {} s. Your answers are kept. Choose Refresh in a minute.",
            limit.as_secs()
        ),
        gone: false,
        refused: false,
    }
}

/// This server stops before Jira has answered, as a note.
pub fn stopping() -> Problem {
    Problem {
        title: "Traceline is stopping.".into(),
        text: "It was told to stop before Jira had answered. Your answers are kept. Choose Refresh once it \
               runs again."
            .into(),
        gone: false,
        refused: false,
    }
}

/// A failed call as a note. `what` is the key or name of the thing that was asked for, `parts` what was
/// to be read of it.
pub fn problem(error: &JiraError, what: &str, parts: &str) -> Problem {
    let refused = matches!(error.class(), ErrorClass::Credential | ErrorClass::Permission);
    let (title, text, gone) = match error {
        JiraError::NotFound { .. } => (
            format!("Jira does not show {what} to this connection."),
            "It was deleted, or the account of the connection may no longer browse it. Your answers are kept. Have the permission Browse Projects given back in Jira, or choose another Jira project: in step 1 before the first Proceed, in a new configuration after it.".to_owned(),
            true,
        ),
        JiraError::RateLimited { .. } => (
            "Jira asks to wait.".to_owned(),
            "It limits the number of requests. Your answers are kept. Choose Refresh in a minute.".to_owned(),
            false,
        ),
        error => match error.class() {
            ErrorClass::Credential => (
                "Jira refuses the token of this connection.".to_owned(),
                "It is wrong or has expired. Your answers are kept. An Account Admin or System Admin has to replace it.".to_owned(),
                false,
            ),
            ErrorClass::Permission => (
                format!("Jira does not let this connection read {what}."),
                format!("{error}. Your answers are kept. Have the permission given in Jira, then choose Refresh."),
                false,
            ),
            ErrorClass::Transient => (
                "Jira does not answer.".to_owned(),
                format!("It did not send {parts}: {error}. Your answers are kept. Choose Refresh in a minute."),
                false,
            ),
            ErrorClass::Config | ErrorClass::Poison => (
                "Jira's answer cannot be used.".to_owned(),
                format!("{error}. Your answers are kept. Choose Refresh; if it stays so, an Account Admin or System Admin can test the connection."),
                false,
            ),
        },
    };
    Problem {
        title,
        text,
        gone,
        refused,
    }
}
