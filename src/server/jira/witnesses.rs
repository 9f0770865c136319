//! Asking a Jira for things that the mirror knows, to tell whether it is the same Jira.
//!
//! A refusal counts as absence: whoever may not see a thing cannot speak for it. Everything else that
//! goes wrong counts as silence, never as a no.

use futures::future::join_all;
use serde_json::Value;

use super::client::JiraClient;
use super::common::FieldSelection;
use super::dates::parse_timestamp;
use super::error::JiraError;
use crate::domain::jira_identity::{Testimony, Witness};

/// What Jira says about each witness; asked all at once, a handful at most.
pub(super) async fn hear(client: &JiraClient, witnesses: &[Witness]) -> Vec<(Witness, Testimony)> {
    join_all(witnesses.iter().map(|witness| async move {
        let testimony = match witness {
            Witness::Issue { id, created_ms } => hear_issue(client, id, *created_ms).await,
            Witness::Project { id, key } => client.get_project(id).await.map(|project| project.key == *key),
        };
        (witness.clone(), judge(testimony))
    }))
    .await
}

async fn hear_issue(client: &JiraClient, id: &str, created_ms: i64) -> Result<bool, JiraError> {
    let issue = client.get_issue(id, &FieldSelection::only(&["created"])).await?;
    let created = issue.raw.pointer("/fields/created").unwrap_or(&Value::Null);
    let created = parse_timestamp(created).ok_or(JiraError::BadAnswer { what: "created" })?;
    Ok(created.as_millisecond() == created_ms)
}

fn judge(answer: Result<bool, JiraError>) -> Testimony {
    match answer {
        Ok(true) => Testimony::Agrees,
        Ok(false) => Testimony::Differs,
        Err(JiraError::NotFound { .. } | JiraError::Forbidden { .. }) => Testimony::Absent,
        Err(_) => Testimony::Unread,
    }
}
