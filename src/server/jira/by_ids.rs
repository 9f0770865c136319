//! Many issues by their ids: to confirm what a listing no longer shows without asking for each.
//!
//! An issue that does not come back is not proven to be gone: it may be hidden, or the site refused the
//! whole request because of another id. Whoever has to know asks for that one alone, with
//! [`JiraClient::get_issue`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::client::JiraClient;
use super::common::{FieldSelection, RawIssue};
use super::error::JiraError;
use super::jql::Jql;
use super::paging::read_page;
use crate::domain::jira::Deployment;

/// Ids in one request: as many as Cloud takes.
pub const MOST_IDS: usize = 100;

impl JiraClient {
    /// Those of these issues that Jira gives, by id. Where an answer holds only some of them (a server
    /// may give fewer than it is asked for), the rest is asked for again until nothing more comes.
    ///
    /// # Errors
    /// [`JiraError`] unless it refuses this way of asking; then nothing is found.
    pub async fn find_issues(
        &self,
        ids: &[String],
        fields: &FieldSelection,
    ) -> Result<BTreeMap<String, RawIssue>, JiraError> {
        let mut found = BTreeMap::new();
        for chunk in ids.chunks(MOST_IDS) {
            let mut left = chunk.to_vec();
            while !left.is_empty() {
                let before = found.len();
                for raw in self.ask_for(&left, fields).await? {
                    if let Some(id) = raw.id.clone().filter(|id| left.contains(id)) {
                        found.insert(id, raw);
                    }
                }
                if found.len() == before {
                    break;
                }
                left.retain(|id| !found.contains_key(id));
            }
        }
        Ok(found)
    }

    /// One request. Data Center refuses a query that names an issue it no longer has, unless it is told
    /// not to validate; a site that refuses all the same gives nothing here.
    async fn ask_for(&self, ids: &[String], fields: &FieldSelection) -> Result<Vec<RawIssue>, JiraError> {
        let answer = match self.site().deployment {
            Deployment::Cloud => {
                let body = json!({ "issueIdsOrKeys": ids, "fields": fields.0 });
                self.search_platform(&["issue", "bulkfetch"], body).await
            }
            Deployment::DataCenter => {
                let body = json!({
                    "jql": Jql::default().with_ids(ids).build(),
                    "fields": fields.0,
                    "maxResults": ids.len(),
                    "validateQuery": false,
                });
                self.search_platform(&["search"], body).await
            }
        };
        match answer {
            Ok(value) => read_issues(value),
            Err(
                JiraError::BadRequest { .. }
                | JiraError::Forbidden { .. }
                | JiraError::NotFound { .. }
                | JiraError::Gone,
            ) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

fn read_issues(value: Value) -> Result<Vec<RawIssue>, JiraError> {
    let page = read_page(value).ok_or(JiraError::BadAnswer { what: "issues" })?;
    Ok(page.items.into_iter().map(RawIssue::from).collect())
}
