//! How a job stops before its end, and the words for people.
//!
//! The class of Jira's error decides: what may pass is tried again, what needs a person ends the run
//! and says what to do. The words name the connection and the project, never a token or an address
//! that Jira sent.

use crate::server::{
    error::Error,
    jira::{ErrorClass, JiraError},
    store::{StoreError, sync_run::SyncTargetRow},
};

/// How the note of a wait begins that Jira asked for.
pub(super) const SLOW_DOWN: &str = "Jira asks to slow down (HTTP 429 or 503).";

/// How long a limit is waited for that does not say how long.
const UNTOLD_WAIT_MS: i64 = 30_000;

/// Why a job stops before its end.
#[derive(Debug)]
pub enum Stop {
    /// Another worker has the job.
    Lost,
    /// The server stops.
    Shutdown,
    /// Somebody wants the run to end.
    Cancelled,
    /// The run has to follow other settings.
    Changed,
    /// The token was refused, and somebody has replaced it meanwhile.
    TokenReplaced,
    /// It cannot be done; the text says why and what to do.
    Refused(String),
    /// Jira.
    Jira(JiraError),
    /// Our own side.
    Server(Error),
}

impl From<JiraError> for Stop {
    fn from(error: JiraError) -> Self {
        Self::Jira(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Server(error.into())
    }
}

/// What happens to the job and its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Leave everything to whoever has the job.
    Leave,
    /// Wait without counting the attempt: milliseconds, the note, and whether it is Jira's wish.
    Wait(i64, String, bool),
    /// Try again after the usual wait.
    Retry(String),
    /// The run is cancelled.
    Cancel,
    /// The run failed; the words.
    Fail(String),
}

/// Decides what a stop means.
pub fn judge(stop: &Stop, target: Option<&SyncTargetRow>) -> Verdict {
    match stop {
        Stop::Lost => Verdict::Leave,
        Stop::Shutdown => Verdict::Wait(0, "Traceline is restarting; the sync goes on by itself.".into(), false),
        Stop::Changed => Verdict::Wait(0, "The settings were changed; the sync begins with the new ones.".into(), false),
        Stop::TokenReplaced => {
            Verdict::Wait(0, "The token was replaced; the sync goes on with the new one.".into(), false)
        }
        Stop::Cancelled => Verdict::Cancel,
        Stop::Refused(text) => Verdict::Fail(text.clone()),
        Stop::Jira(error) if error.class() == ErrorClass::Transient => match error.retry_after() {
            Some(wish) if !wish.is_zero() => {
                let wait = i64::try_from(wish.as_millis()).unwrap_or(i64::MAX).min(24 * 60 * 60 * 1000);
                slow_down(wait)
            }
            // A limit is no failure: it passes by itself, and costs no attempt.
            _ if matches!(error, JiraError::RateLimited { .. }) => slow_down(UNTOLD_WAIT_MS),
            _ => Verdict::Retry(format!("Jira does not answer as it should: {error}. Traceline tries again by itself.")),
        },
        Stop::Jira(error) => Verdict::Fail(explain(error, target)),
        Stop::Server(Error::Busy | Error::Store(StoreError::Busy)) => {
            Verdict::Retry("The database of Traceline was busy. Traceline tries again by itself.".into())
        }
        Stop::Server(Error::Store(StoreError::Unavailable(_))) => {
            Verdict::Retry("The database of Traceline did not answer. Traceline tries again by itself.".into())
        }
        Stop::Server(Error::Jira(text) | Error::Conflict(text)) => Verdict::Fail(text.clone()),
        Stop::Server(Error::Secret(error)) => {
            let (what, next) = error.words();
            Verdict::Fail(format!("{what} So Jira was not asked. For an admin: {next}"))
        }
        Stop::Server(_) => Verdict::Fail(
            "Something went wrong in Traceline; what was read so far is kept. Press Sync to try again; if it happens again, tell whoever runs this server to look into its log.".into(),
        ),
    }
}

fn slow_down(wait: i64) -> Verdict {
    Verdict::Wait(wait, format!("{SLOW_DOWN} The sync goes on by itself."), true)
}

/// Words for an error of Jira that needs a person.
pub fn explain(error: &JiraError, target: Option<&SyncTargetRow>) -> String {
    let connection = target.map_or("the connection", |target| target.connection_name.as_str());
    let kept = "What was synced before is kept.";
    match error.class() {
        ErrorClass::Credential => format!(
            "Jira does not accept the token of {connection}: {error}. {kept} An account admin replaces the token under Admin > Integrations; then press Sync."
        ),
        ErrorClass::Permission => format!(
            "The account of {connection} may not read this in Jira: {error}. {kept} Give it Browse Projects in the Jira project, then press Sync."
        ),
        ErrorClass::Config => format!(
            "Jira refuses what Traceline asks through {connection}: {error}. {kept} Check the address of the connection with Test connection and the answers of the wizard, then press Sync."
        ),
        ErrorClass::Poison => format!(
            "Jira's answer cannot be used: {error}. {kept} Press Sync to try again; if it stays so, give your admin this text."
        ),
        ErrorClass::Transient => {
            format!(
                "Jira did not answer as it should, again and again: {error}. {kept} Check that Jira is up, then press Sync."
            )
        }
    }
}

/// Words for a project the account cannot see.
pub fn explain_no_browse(target: &SyncTargetRow) -> String {
    format!(
        "The account of {} does not see the Jira project {} any more: it was deleted, or Browse Projects was taken away. What was synced before is kept. Give the account Browse Projects there, then press Sync.",
        target.connection_name,
        target
            .jira_project_key
            .as_deref()
            .unwrap_or("of this configuration"),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_class_decides() {
        let judge = |error| judge(&Stop::Jira(error), None);
        let limited = JiraError::RateLimited {
            retry_after: Some(Duration::from_secs(90)),
        };
        assert!(matches!(judge(limited), Verdict::Wait(90_000, _, true)));
        assert!(matches!(
            judge(JiraError::RateLimited { retry_after: None }),
            Verdict::Wait(UNTOLD_WAIT_MS, _, true)
        ));
        assert!(matches!(judge(JiraError::Truncated), Verdict::Retry(_)));
        assert!(
            matches!(judge(JiraError::Unauthorized { login_reason: None }), Verdict::Fail(text) if text.contains("token"))
        );
        assert!(matches!(judge(JiraError::Gone), Verdict::Fail(_)));
    }
}
