//! Numbers of work items, asked of Jira and kept for ten minutes.
//!
//! At most [`MOST`] questions a page and [`PATIENCE`] for all of them, within the page's [`Deadline`]:
//! what is not answered by then has no number on the page, which says so, and is asked again with the
//! next one. A Jira that limits or is away is asked nothing more, for as long as it wants; a question that it
//! refuses is as well known as one that it answered.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use crate::server::{
    app::wizard::{
        deadline::Deadline,
        lists::{FRESH_MS, Looked, find_cached, save_cached_at},
    },
    error::Result,
    jira::{Count, ErrorClass, JiraClient},
    state::AppState,
    store::configuration::ConfigurationRow,
};

/// Most questions for one page.
pub const MOST: usize = 40;
/// Longest wait for all answers of one page.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Questions on their way at once.
const AT_ONCE: usize = 5;
const KIND: &str = "counts";
/// Until when Jira is asked nothing, in the same cache.
const PAUSE_KIND: &str = "counts.pause";
/// How long a Jira is left alone that does not say how long.
const PAUSE: Duration = Duration::from_secs(30);

/// A number of work items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The number.
    pub n: u64,
    /// Whether Jira counted rather than estimated.
    pub exact: bool,
}

impl Counted {
    /// Whether the number is to be read as "about" so many: an estimate of nothing says no more than nothing.
    pub fn is_estimate(self) -> bool {
        !self.exact && self.n > 0
    }
}

impl From<Count> for Counted {
    fn from(count: Count) -> Self {
        Self {
            n: count.n,
            exact: count.exact,
        }
    }
}

/// Known numbers by query, and when the oldest was asked.
#[derive(Debug, Default)]
pub struct CountBook {
    known: Known,
    /// UTC milliseconds; `None` when nothing is known.
    pub at: Option<i64>,
    /// Jira took longer than the page waits, or wants to be left alone.
    pub late: bool,
}

/// Numbers by query; `None` for one that Jira refuses to count.
type Known = BTreeMap<String, Option<Counted>>;

impl CountBook {
    /// The number of a query.
    pub fn find(&self, jql: &str) -> Option<Counted> {
        self.known.get(jql).copied().flatten()
    }

    /// What all these queries count together; `None` while one of them is not known.
    pub fn sum<'a>(&self, queries: impl IntoIterator<Item = &'a str>) -> Option<Counted> {
        let none = Counted { n: 0, exact: true };
        queries.into_iter().try_fold(none, |sum, jql| {
            let found = self.find(jql)?;
            Some(Counted {
                n: sum.n.saturating_add(found.n),
                exact: sum.exact && found.exact,
            })
        })
    }
}

/// Numbers for these queries: from the cache, else from Jira as far as bound and patience reach.
///
/// # Errors
/// When the database does not answer; a question that fails leaves its number unknown.
pub async fn count(
    state: &AppState,
    row: &ConfigurationRow,
    looked: &Looked,
    queries: &[String],
    deadline: Deadline,
) -> Result<CountBook> {
    let project = looked
        .lists
        .as_ref()
        .map_or("", |lists| lists.project.id.as_str());
    let cached = find_cached::<Known>(state, &row.id, KIND, project).await?;
    let now = state.clock().now_ms();
    let (mut known, mut at) = match cached {
        Some((known, at)) if now - at < FRESH_MS => (known, Some(at)),
        _ => (BTreeMap::new(), None),
    };
    let missing: Vec<String> = queries
        .iter()
        .filter(|jql| !known.contains_key(*jql))
        .take(MOST)
        .cloned()
        .collect();
    let pause = find_cached::<i64>(state, &row.id, PAUSE_KIND, project).await?;
    let is_paused = pause.is_some_and(|(until, _)| now < until);
    let mut late = is_paused && !missing.is_empty();
    if let Some(open) = looked
        .open
        .as_ref()
        .filter(|_| !missing.is_empty() && looked.problem.is_none() && !is_paused)
    {
        let before = known.len();
        let asked = ask(&open.client, missing, &mut known, deadline).await;
        late = !matches!(asked, Asked::All);
        if let Asked::Refused(wish) = asked {
            let until = now.saturating_add(i64::try_from(wish.as_millis()).unwrap_or(i64::MAX));
            save_cached_at(state, &row.id, PAUSE_KIND, project, &until, now).await?;
        }
        if known.len() > before {
            // The age of the oldest number is the age of all, or some would never be asked again.
            let oldest = at.unwrap_or(now);
            save_cached_at(state, &row.id, KIND, project, &known, oldest).await?;
            at = Some(oldest);
        }
    }
    Ok(CountBook { known, at, late })
}

/// How the asking ended.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// Jira said something to every question.
    All,
    /// Patience was over.
    Late,
    /// Jira limits, or is away: how long to ask nothing.
    Refused(Duration),
}

/// Asks as far as patience reaches, and no further once Jira wants to be left alone.
async fn ask(client: &JiraClient, queries: Vec<String>, known: &mut Known, deadline: Deadline) -> Asked {
    let mut answers = stream::iter(queries)
        .map(|jql| async move {
            let count = client.count_issues(&jql).await;
            (jql, count)
        })
        .buffer_unordered(AT_ONCE);
    let all = async {
        while let Some((jql, count)) = answers.next().await {
            match count {
                Ok(count) => {
                    known.insert(jql, Some(count.into()));
                }
                Err(error) if error.class() == ErrorClass::Transient => {
                    return Asked::Refused(error.retry_after().unwrap_or(PAUSE));
                }
                Err(_) => {
                    known.insert(jql, None);
                }
            }
        }
        Asked::All
    };
    // Late answers are left out; those that came are kept.
    deadline.within(PATIENCE, all).await.unwrap_or(Asked::Late)
}
