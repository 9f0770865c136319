//! Issues by their ids, and pages around an issue that spoils its page.
//!
//! Jira may fail over a whole answer because of one issue in it: a corrupt one is an HTTP 500, text
//! nested past any sense or half a character makes the JSON unreadable, one that is too large or too
//! slow takes its page along. Then the same page is read with ids alone, the issues are asked for in
//! halves, and what fails alone is kept aside. Can go wrong: a Jira that fails over every issue is
//! unwell as a whole, and the error is given back instead of keeping everything aside. Where each
//! failure takes its time, a page gets [`LONGEST_MS`]; what was not read by then is kept aside until the
//! next run.

use crate::server::{
    clock::Clock,
    jira::{FieldIndex, FieldSelection, IssueQuery, JiraClient, JiraError, PageToken},
    outbound::OutboundError,
    sync::snapshot::{self, PAGE_SIZE, Poisoned, ReadPage},
};

/// Issues that may fail alone before one was read.
const MOST_BROKEN_AT_FIRST: usize = 4;
/// Reads that may fail before an issue was read: one broken issue of a hundred fails eight.
const MOST_FAILED_AT_FIRST: usize = 16;
/// Tries of a read that looks for the broken issue: that it fails is expected.
const TRIES: u32 = 2;
/// Longest look for what breaks a page, in milliseconds.
const LONGEST_MS: i64 = 3 * 60 * 1000;

/// Whether a smaller answer may be readable where this one was not.
pub fn is_about_size_or_content(error: &JiraError) -> bool {
    match error {
        JiraError::BadAnswer { what } => *what != "page token",
        JiraError::NotJson { status } => (200..300).contains(status),
        JiraError::Unavailable { retry_after, .. } => retry_after.is_none(),
        JiraError::Outbound(error) => matches!(
            error,
            OutboundError::TooLarge { .. } | OutboundError::TimedOut { .. }
        ),
        _ => false,
    }
}

/// What a read of one issue alone gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Alone {
    /// It is in the page now, or kept aside there.
    Read,
    /// Jira knows no issue of this id, or shows another one.
    NotFound,
    /// The account may not see it.
    Forbidden,
}

/// Reads the issues of one page by their ids.
#[derive(Debug)]
pub struct Gatherer<'a> {
    client: &'a JiraClient,
    /// The same client, for reads that probably fail.
    searching: JiraClient,
    index: &'a FieldIndex,
    fields: &'a FieldSelection,
    clock: &'a Clock,
    until: i64,
    failed: usize,
    page: ReadPage,
}

impl<'a> Gatherer<'a> {
    /// One whose patience begins now.
    pub fn new(
        client: &'a JiraClient,
        index: &'a FieldIndex,
        fields: &'a FieldSelection,
        clock: &'a Clock,
    ) -> Self {
        Self {
            client,
            searching: client.clone().with_tries(TRIES),
            index,
            fields,
            clock,
            until: clock.now_ms() + LONGEST_MS,
            failed: 0,
            page: ReadPage::default(),
        }
    }

    /// What Jira gave, and what it cannot give.
    pub fn into_page(mut self) -> ReadPage {
        self.page.mark_read_by_id();
        self.page
    }

    /// Asks for issues by their ids; the ones that break an answer are found by halves. Gives the ids that
    /// did not come back, without a proof that they are gone: they are to be asked for alone.
    ///
    /// # Errors
    /// [`JiraError`] that a smaller answer does not help against.
    pub async fn gather(&mut self, ids: &[String]) -> Result<Vec<String>, JiraError> {
        let mut absent = Vec::new();
        let mut parts = vec![ids];
        while let Some(part) = parts.pop() {
            if self.is_late() {
                absent.extend_from_slice(part);
                continue;
            }
            let client = if self.failed == 0 {
                self.client
            } else {
                &self.searching
            };
            match client.find_issues(part, self.fields).await {
                Ok(found) => {
                    for raw in found.values() {
                        snapshot::add(&mut self.page, self.index, raw);
                    }
                    absent.extend(part.iter().filter(|id| !found.contains_key(*id)).cloned());
                }
                Err(error) if is_about_size_or_content(&error) => {
                    self.note_failure(&error)?;
                    match part {
                        [] => return Err(error),
                        [id] => absent.push(id.clone()),
                        part => {
                            let (first, second) = part.split_at(part.len() / 2);
                            parts.extend([second, first]);
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(absent)
    }

    /// Asks for one issue alone. What Jira cannot give even then is kept aside in the page.
    ///
    /// # Errors
    /// [`JiraError`] that is not about this issue, or about too many of them.
    pub async fn ask_alone(&mut self, jira_id: &str, key: &str) -> Result<Alone, JiraError> {
        if self.is_late() {
            self.keep_aside(
                jira_id,
                key,
                "it was left for the next sync, because others took too long".into(),
            );
            return Ok(Alone::Read);
        }
        match self.searching.get_issue(jira_id, self.fields).await {
            Ok(raw) if raw.id.as_deref() == Some(jira_id) => {
                snapshot::add(&mut self.page, self.index, &raw);
                Ok(Alone::Read)
            }
            Ok(_) | Err(JiraError::NotFound { .. }) => Ok(Alone::NotFound),
            Err(JiraError::Forbidden { .. }) => Ok(Alone::Forbidden),
            Err(error) if is_about_size_or_content(&error) => {
                self.note_failure(&error)?;
                if self.page.issues.is_empty() && self.page.poisoned.len() >= MOST_BROKEN_AT_FIRST {
                    return Err(error);
                }
                self.keep_aside(jira_id, key, error.to_string());
                Ok(Alone::Read)
            }
            Err(error) => Err(error),
        }
    }

    /// While nothing was read it is Jira that is unwell, after so many failures or so long.
    fn note_failure(&mut self, error: &JiraError) -> Result<(), JiraError> {
        self.failed += 1;
        let enough = self.failed >= MOST_FAILED_AT_FIRST || self.clock.now_ms() > self.until;
        if enough && self.page.issues.is_empty() {
            return Err(error.clone());
        }
        Ok(())
    }

    /// Only a look that meets failures can be late.
    fn is_late(&self) -> bool {
        self.failed > 0 && self.clock.now_ms() > self.until
    }

    fn keep_aside(&mut self, jira_id: &str, key: &str, why: String) {
        self.page.poisoned.push(Poisoned {
            jira_id: jira_id.to_owned(),
            key: key.to_owned(),
            reason: format!("Jira cannot give this work item: {why}"),
            raw_hash: String::new(),
        });
    }
}

/// Reads a page whose answer is unusable: its ids first, then its issues.
///
/// # Errors
/// [`JiraError`] when the ids cannot be read either, or too many issues cannot.
pub async fn read_page_by_ids(
    client: &JiraClient,
    jql: &str,
    fields: &FieldSelection,
    index: &FieldIndex,
    clock: &Clock,
    page: Option<PageToken>,
) -> Result<ReadPage, JiraError> {
    let client = client.clone().with_tries(TRIES);
    let query = IssueQuery {
        jql: jql.to_owned(),
        fields: FieldSelection::only(&["id"]),
        page,
        page_size: PAGE_SIZE,
    };
    let listing = client.search_issues(&query).await?;
    let key = |id: &str| {
        let row = listing.issues.iter().find(|row| row.id.as_deref() == Some(id));
        let key = row.and_then(|row| row.raw.get("key")?.as_str());
        snapshot::cut(key.unwrap_or_default())
    };
    let ids: Vec<String> = listing.issues.iter().filter_map(|row| row.id.clone()).collect();
    let mut gatherer = Gatherer::new(&client, index, fields, clock);
    for jira_id in gatherer.gather(&ids).await? {
        // One that is gone or hidden since the listing is none of this page's issues.
        gatherer.ask_alone(&jira_id, &key(&jira_id)).await?;
    }
    let mut read = gatherer.into_page();
    read.next = listing.next;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_a_smaller_answer_may_help_against_is_read_by_ids() {
        let host = || "jira.example".to_owned();
        let down = |retry_after| JiraError::Unavailable {
            status: 500,
            retry_after,
        };
        for (error, helps) in [
            (down(None), true),
            (down(Some(Duration::from_secs(9))), false),
            (
                JiraError::BadAnswer {
                    what: "nesting is too deep",
                },
                true,
            ),
            (JiraError::BadAnswer { what: "page token" }, false),
            (JiraError::NotJson { status: 200 }, true),
            (JiraError::NotJson { status: 418 }, false),
            (
                OutboundError::TooLarge {
                    host: host(),
                    limit: 9,
                }
                .into(),
                true,
            ),
            (
                OutboundError::TimedOut {
                    host: host(),
                    after: Duration::from_secs(30),
                }
                .into(),
                true,
            ),
            (OutboundError::Truncated { host: host() }.into(), false),
            (JiraError::Unauthorized { login_reason: None }, false),
            (JiraError::RateLimited { retry_after: None }, false),
        ] {
            assert_eq!(is_about_size_or_content(&error), helps, "{error}");
        }
    }
}
