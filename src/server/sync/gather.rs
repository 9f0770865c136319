//! Issues by their ids, and pages around an issue that spoils its page.
//!
//! Jira may fail over a whole answer because of one issue in it: a corrupt one is an HTTP 500, text
//! nested past any sense or half a character makes the JSON unreadable, one that is too large or too
//! slow takes its page along. Then the same page is read with ids alone, the issues are asked for in
//! halves ([`super::halving`]), and what fails alone is kept aside. What was kept aside before is asked for
//! last, so that it cannot take the time of the others at every sync. Can go wrong: a Jira that fails over
//! every issue is unwell as a whole, and the error is given back instead of keeping everything aside.

use std::{collections::BTreeSet, time::Duration};

use crate::server::{
    clock::Clock,
    jira::{FieldIndex, FieldSelection, IssueQuery, JiraClient, JiraError, PageToken},
    outbound::OutboundError,
    sync::{
        halving::{Halving, Patience},
        snapshot::{self, PAGE_SIZE, Poisoned, ReadPage},
    },
};

/// Issues that may fail alone before one was read.
const MOST_BROKEN_AT_FIRST: usize = 4;
/// Tries of a read of one issue alone, and of the ids of a page: that it fails is likely.
const TRIES: u32 = 2;
/// Time of a call that looks for the broken issue. An issue that needs longer is asked for alone, with the usual
/// time.
const SEARCH_DEADLINE: Duration = Duration::from_secs(10);

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
    index: &'a FieldIndex,
    fields: &'a FieldSelection,
    clock: &'a Clock,
    patience: Patience,
    page: ReadPage,
}

/// What did not come back.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Without a proof that they are gone: they are to be asked for alone.
    pub absent: Vec<String>,
    /// Not read in time: they are to be set aside.
    pub left: Vec<String>,
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
            index,
            fields,
            clock,
            patience: Patience::new(clock.now_ms()),
            page: ReadPage::default(),
        }
    }

    /// What Jira gave, and what it cannot give.
    pub fn into_page(mut self) -> ReadPage {
        self.page.mark_read_by_id();
        self.page
    }

    /// Asks for issues by their ids; the ones that break an answer are found by halves.
    ///
    /// # Errors
    /// [`JiraError`] that a smaller answer does not help against, or of a Jira that fails over everything.
    pub async fn gather(&mut self, ids: &[String]) -> Result<Gathered, JiraError> {
        let mut halving = Halving::of(ids);
        while let Some(part) = halving.next() {
            let asked = if self.patience.met_failure() {
                self.searching().find_issues(&part, self.fields).await
            } else {
                self.client.find_issues(&part, self.fields).await
            };
            match asked {
                Ok(found) => {
                    for raw in found.values() {
                        snapshot::add(&mut self.page, self.index, raw);
                    }
                    self.patience.note_read(found.len());
                    halving.answered(part, |id| found.contains_key(id));
                }
                Err(error) if is_about_size_or_content(&error) => {
                    if !self.patience.note_failure() {
                        return Err(error);
                    }
                    halving.failed(part, self.patience.is_late(self.clock.now_ms()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Gathered {
            absent: halving.absent,
            left: halving.left,
        })
    }

    /// Asks for one issue alone. What Jira cannot give even then is kept aside in the page.
    ///
    /// # Errors
    /// [`JiraError`] that is not about this issue, or about too many of them.
    pub async fn ask_alone(&mut self, jira_id: &str, key: &str) -> Result<Alone, JiraError> {
        let now = self.clock.now_ms();
        if self.patience.is_over(now) {
            self.set_aside(jira_id, key);
            return Ok(Alone::Read);
        }
        let client = if self.patience.is_late(now) {
            self.searching()
        } else {
            self.client.clone().with_tries(TRIES)
        };
        match client.get_issue(jira_id, self.fields).await {
            Ok(raw) if raw.id.as_deref() == Some(jira_id) => {
                snapshot::add(&mut self.page, self.index, &raw);
                self.patience.note_read(1);
                Ok(Alone::Read)
            }
            Ok(_) | Err(JiraError::NotFound { .. }) => Ok(Alone::NotFound),
            Err(JiraError::Forbidden { .. }) => Ok(Alone::Forbidden),
            Err(error) if is_about_size_or_content(&error) => {
                let unwell = !self.patience.has_read() && self.page.poisoned.len() >= MOST_BROKEN_AT_FIRST;
                if unwell || !self.patience.note_failure() {
                    return Err(error);
                }
                self.keep_aside(jira_id, key, &error.to_string());
                Ok(Alone::Read)
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps an issue aside that was not read in time.
    pub fn set_aside(&mut self, jira_id: &str, key: &str) {
        self.keep_aside(
            jira_id,
            key,
            "it was left for the next sync, because others took too long",
        );
    }

    /// The client for reads that probably fail.
    fn searching(&self) -> JiraClient {
        self.client
            .clone()
            .with_tries(1)
            .with_deadline_at_most(SEARCH_DEADLINE)
    }

    fn keep_aside(&mut self, jira_id: &str, key: &str, why: &str) {
        self.page.poisoned.push(Poisoned {
            jira_id: jira_id.to_owned(),
            key: key.to_owned(),
            reason: format!("Jira cannot give this work item: {why}"),
            raw_hash: String::new(),
        });
    }
}

/// Reads a page whose answer is unusable: its ids first, then its issues, those that were kept aside before
/// (`suspects`) last.
///
/// # Errors
/// [`JiraError`] when the ids cannot be read either, or too many issues cannot.
pub async fn read_page_by_ids(
    client: &JiraClient,
    jql: &str,
    fields: &FieldSelection,
    index: &FieldIndex,
    clock: &Clock,
    suspects: &BTreeSet<String>,
    page: Option<PageToken>,
) -> Result<ReadPage, JiraError> {
    let query = IssueQuery {
        jql: jql.to_owned(),
        fields: FieldSelection::only(&["id"]),
        page,
        page_size: PAGE_SIZE,
    };
    let listing = client.clone().with_tries(TRIES).search_issues(&query).await?;
    let key = |id: &str| {
        let row = listing.issues.iter().find(|row| row.id.as_deref() == Some(id));
        let key = row.and_then(|row| row.raw.get("key")?.as_str());
        snapshot::cut(key.unwrap_or_default())
    };
    let ids = listing.issues.iter().filter_map(|row| row.id.clone());
    let (suspected, trusted): (Vec<String>, Vec<String>) = ids.partition(|id| suspects.contains(id));
    let mut gatherer = Gatherer::new(client, index, fields, clock);
    for ids in [trusted, suspected] {
        let gathered = gatherer.gather(&ids).await?;
        for jira_id in &gathered.absent {
            // One that is gone or hidden since the listing is none of this page's issues.
            gatherer.ask_alone(jira_id, &key(jira_id)).await?;
        }
        for jira_id in &gathered.left {
            gatherer.set_aside(jira_id, &key(jira_id));
        }
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
