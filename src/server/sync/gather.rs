//! Issues by their ids, and pages around an issue that spoils its page.
//!
//! Jira may fail over a whole answer because of one issue in it: a corrupt one is an HTTP 500, text
//! nested past any sense or half a character makes the JSON unreadable, one that is too large or too
//! slow takes its page along. Then the same page is read with ids alone, the issues are asked for in
//! halves, and what fails alone is kept aside. Can go wrong: a Jira that fails over every issue is
//! unwell as a whole, and the error is given back instead of keeping everything aside.

use crate::server::{
    jira::{FieldIndex, FieldSelection, IssueQuery, JiraClient, JiraError, PageToken},
    outbound::OutboundError,
    sync::snapshot::{self, PAGE_SIZE, Poisoned, ReadPage},
};

/// Issues that may fail alone before one was read.
const MOST_BROKEN_AT_FIRST: usize = 4;
/// Tries of a read that looks for the broken issue: that it fails is expected.
const TRIES: u32 = 2;

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

/// What came of asking for issues by their ids.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What Jira gave, and what it cannot give.
    pub page: ReadPage,
    /// Ids that did not come back, without a proof that they are gone.
    pub absent: Vec<String>,
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

/// Asks for issues by their ids; the ones that break an answer are found by halves and come back as
/// absent, to be asked for alone.
///
/// # Errors
/// [`JiraError`] that a smaller answer does not help against.
pub async fn gather(
    client: &JiraClient,
    index: &FieldIndex,
    fields: &FieldSelection,
    ids: &[String],
) -> Result<Gathered, JiraError> {
    let mut gathered = Gathered::default();
    let mut parts = vec![ids];
    while let Some(part) = parts.pop() {
        match client.find_issues(part, fields).await {
            Ok(found) => {
                for raw in found.values() {
                    snapshot::add(&mut gathered.page, index, raw);
                }
                let absent = part.iter().filter(|id| !found.contains_key(*id));
                gathered.absent.extend(absent.cloned());
            }
            Err(error) if is_about_size_or_content(&error) => match part {
                [] => return Err(error),
                [id] => gathered.absent.push(id.clone()),
                part => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            },
            Err(error) => return Err(error),
        }
    }
    gathered.page.mark_read_by_id();
    Ok(gathered)
}

/// Asks for one issue alone. What Jira cannot give even then is kept aside in the page.
///
/// # Errors
/// [`JiraError`] that is not about this issue, or about too many of them.
pub async fn ask_alone(
    client: &JiraClient,
    index: &FieldIndex,
    fields: &FieldSelection,
    jira_id: &str,
    key: &str,
    page: &mut ReadPage,
) -> Result<Alone, JiraError> {
    match client.get_issue(jira_id, fields).await {
        Ok(raw) if raw.id.as_deref() == Some(jira_id) => {
            snapshot::add(page, index, &raw);
            page.mark_read_by_id();
            Ok(Alone::Read)
        }
        Ok(_) | Err(JiraError::NotFound { .. }) => Ok(Alone::NotFound),
        Err(JiraError::Forbidden { .. }) => Ok(Alone::Forbidden),
        Err(error) if is_about_size_or_content(&error) => {
            if page.issues.is_empty() && page.poisoned.len() >= MOST_BROKEN_AT_FIRST {
                return Err(error);
            }
            page.poisoned.push(Poisoned {
                jira_id: jira_id.to_owned(),
                key: key.to_owned(),
                reason: format!("Jira cannot give this issue: {error}"),
                raw_hash: String::new(),
            });
            Ok(Alone::Read)
        }
        Err(error) => Err(error),
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
    let mut gathered = gather(&client, index, fields, &ids).await?;
    for jira_id in &gathered.absent {
        // One that is gone or hidden since the listing is none of this page's issues.
        ask_alone(&client, index, fields, jira_id, &key(jira_id), &mut gathered.page).await?;
    }
    gathered.page.next = listing.next;
    Ok(gathered.page)
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
